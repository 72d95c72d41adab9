"""Powers of one variable: the gap of gradient descent goes as k^(-p/(p-2)), p the least exponent. [derived]"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline, power

from .facts import Fact
from .formulas import rational
from .ranges import positive
from .ravines import nothing, order_facts


@inline
def _sum(problem, work, x, g):
    u = x[0]
    f = 0.0
    slope = 0.0
    for j in range(len(problem.c)):
        r = problem.c[j] * power(abs(u), problem.p[j] - 2)
        f = fma(r, u * u, f)
        slope = fma(problem.p[j] * r, u, slope)
    return f, (slope,)


@inline
def _real(problem, work, x, g):
    u = x[0]
    # No products make a real power: this kernel pays for a call of the library, which `SumOfPowers` does not.
    r = problem.c * abs(u) ** (problem.p - 2.0)
    return r * u * u, (problem.p * r * u,)


def line_dimension(self) -> int:
    """Number of coordinates of an iterate."""
    return 1


def _start(self) -> np.ndarray:
    """Default start, shape (1,)."""
    return np.array([0.5])


def line_distance(self, x) -> np.ndarray:
    """|x|: points (..., 1) -> (...)."""
    return np.abs(np.asarray(x, dtype=float)[..., 0])


def _lojasiewicz(p, c) -> Fact:
    r"""From :math:`|x||f'| \ge pf` and :math:`f \ge c|x|^p`: :math:`f^{1-1/p} \le c^{-1/p}/p\,|f'|`."""
    return Fact((1.0 - 1.0 / p, c ** (-1.0 / p) / p))


def _curvature(c, p, l1: float) -> float:
    r"""The maximum of :math:`p(p-1)cx^{p-2} - L_1pcx^{p-1}`, which is at :math:`x = (p-2)/L_1`."""
    return c * p * ((p - 2.0) / l1) ** (p - 2.0)


class SumOfPowers(NamedTuple):
    r""":math:`f(x) = \sum_j c_j |x|^{p_j}` in one dimension; the least exponent rules near 0, the others far away.

    Parameters
    ----------
    c : tuple of float
        Coefficients :math:`c_j > 0`.
    p : tuple of int
        Exponents :math:`3 \le p_j \le 31`, as many.
    """

    c: tuple[float, ...]
    p: tuple[int, ...]

    kernel = staticmethod(_sum)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    start = property(_start)
    distance = line_distance

    @classmethod
    def examples(cls) -> list["SumOfPowers"]:
        """Instances for the property suite."""
        return [cls((0.25,), (4,)), cls((1.0, 2.0), (4, 6)), cls((0.5, 1.0), (3, 4)), cls((3.0, 0.5, 2.0), (8, 5, 4))]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        odd = [p for p in self.p if p % 2 == 1]
        smoothness = f"C^{min(odd) - 1}, not C^{min(odd)}" if odd else "analytic"
        least = min(self.p)
        return order_facts(least, 1) | {
            "smoothness": Fact(smoothness),
            "hessian_eigenvalues": Fact(np.zeros(1), "at the minimiser"),
            "lojasiewicz": _lojasiewicz(least, sum(c for c, p in zip(*self, strict=True) if p == least)),
        }

    def curvature(self, l1: float) -> float:
        r""":math:`L_0(L_1) = \sum_j c_jp_j(p_j-2)^{p_j-2}L_1^{2-p_j}`: :math:`f'' \le L_0 + L_1|f'|` for this L1 > 0.

        The least possible one for a single power.
        """
        return sum(_curvature(c, p, l1) for c, p in zip(*self, strict=True))

    def expression(self):
        """Symbol x and the gap, parameters exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sum(rational(c) * sp.Abs(x) ** p for c, p in zip(self.c, self.p, strict=True))

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        # A kernel unrolls a tuple only if all its entries are of one type, so that floats have to be floats here.
        c, p = self
        if not (isinstance(c, tuple) and c and all(isinstance(v, float) and 0 < v < math.inf for v in c)):
            return [f"SumOfPowers.c is {c}; it has to be a tuple of positive finite floats"]
        if not (isinstance(p, tuple) and len(p) == len(c) and all(isinstance(v, int) and 3 <= v <= 31 for v in p)):
            return [f"SumOfPowers.p is {p}; it has to be a tuple of {len(c)} integers from 3 to 31, one a coefficient"]
        return []


class RealPower(NamedTuple):
    r""":math:`f(x) = c|x|^p` in one dimension with a real exponent; `SumOfPowers` is faster for integers.

    Parameters
    ----------
    c : float
        Positive.
    p : float
        Order :math:`p > 2`.
    """

    c: float
    p: float

    kernel = staticmethod(_real)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    start = property(_start)
    distance = line_distance

    @classmethod
    def examples(cls) -> list["RealPower"]:
        """Instances for the property suite."""
        return [cls(0.5, 3.5), cls(2.0, math.pi), cls(1.0, 10.25)]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        whole = math.ceil(self.p)
        return order_facts(self.p, 1) | {
            "smoothness": Fact("analytic" if self.p % 2 == 0 else f"C^{whole - 1}, not C^{whole}"),
            "hessian_eigenvalues": Fact(np.zeros(1), "at the minimiser"),
            "lojasiewicz": _lojasiewicz(self.p, self.c),
        }

    def curvature(self, l1: float) -> float:
        r""":math:`L_0(L_1) = cp(p-2)^{p-2}L_1^{2-p}`: the least with :math:`f'' \le L_0 + L_1|f'|`, L1 > 0."""
        return _curvature(self.c, self.p, l1)

    def expression(self):
        """Symbol x and the gap, parameters exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.c) * sp.Abs(x) ** rational(self.p)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = positive(self, "c", "p")
        if not faults and self.p <= 2:
            return [f"RealPower.p is {self.p}; it has to be above 2"]
        return faults
