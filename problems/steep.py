r"""Functions whose curvature grows with their gradient, :math:`|f''| \le L_0 + L_1|f'|`, and one that is flat.

References
----------
.. [1] B. Bensaid (2024), arXiv:2412.14637, on Armijo-like searches under (L0, L1)-smoothness and analyticity. The
   functions here are ours. [derived]
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline

from .facts import Fact
from .formulas import rational
from .powers import line_dimension, line_distance
from .ranges import positive
from .ravines import nothing, order_facts


@inline
def cosh_minus_one(u):
    r""":math:`\cosh u - 1 = 2\sinh^2(u/2)` and its derivative :math:`\sinh u`, to a few units of rounding at any u."""
    s = math.sinh(0.5 * u)
    return 2.0 * s * s, 2.0 * s * math.sqrt(fma(s, s, 1.0))


@inline
def exp_remainder(u):
    r""":math:`\varphi(u) = e^u - 1 - u` for :math:`u \ge 0`, relative error a few units of rounding at any u.

    Below 1/2 the terms cancel: there 14 terms of the series, whose first neglected one is below 1e-17 of the result.
    """
    if u > 0.5:
        return math.expm1(u) - u
    tail = 1.0
    for k in range(15, 2, -1):
        tail = 1.0 + u * tail / (1.0 * k)
    return 0.5 * u * u * tail


#: What the primitive above stands for: on balls, where cancellation only costs bits, the plain formula.
EXACT = {"exp_remainder": lambda math, u: math.expm1(u) - u}


@inline
def _cosh(problem, work, x, g):
    f, slope = cosh_minus_one(problem.a * x[0])
    return f, (problem.a * slope,)


@inline
def _extremal(problem, work, x, g):
    u = problem.L1 * abs(x[0])
    slope = problem.L0 * math.expm1(u) / problem.L1
    return problem.L0 * exp_remainder(u) / (problem.L1 * problem.L1), (slope if x[0] >= 0.0 else -slope,)


@inline
def _exp_up(problem, work, x, g):
    f = math.exp(x[0])
    return f, (f,)


@inline
def _flat(problem, work, x, g):
    square = x[0] * x[0]
    if square == 0.0:
        return 0.0, (0.0,)
    f = math.exp(-1.0 / square)
    return f, (0.0 if f == 0.0 else 2.0 * f / (square * x[0]),)


class Cosh(NamedTuple):
    r""":math:`f(x) = \cosh(ax) - 1 = 2\sinh^2(ax/2)`: :math:`f'' = a^2\cosh(ax) \le a^2 + a|f'|`.

    Parameters
    ----------
    a : float
        Positive.
    """

    a: float = 1.0

    kernel = staticmethod(_cosh)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    distance = line_distance

    @classmethod
    def examples(cls) -> list["Cosh"]:
        """Instances for the property suite."""
        return [cls(), cls(3.0)]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.array([6.0])

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived] Strong convexity, :math:`f'' \ge \mu`, gives :math:`2\mu f \le f'^2`."""
        a = self.a
        return order_facts(2, 1) | {
            "hessian_eigenvalues": Fact(np.array([a * a]), "at the minimiser"),
            "L0_L1": Fact((a * a, a)),
            "lojasiewicz": Fact((0.5, 1.0 / (a * math.sqrt(2.0)))),
        }

    def expression(self):
        """Symbol x and the gap, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sp.cosh(rational(self.a) * x) - 1

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "a")


class Extremal(NamedTuple):
    r""":math:`f(x) = \frac{L_0}{L_1^2}\varphi(L_1|x|)`, :math:`\varphi(u) = e^u-1-u`: :math:`f'' = L_0 + L_1|f'|`.

    No (L0, L1)-smooth function grows faster from a critical point. Its third derivative jumps at 0.

    Parameters
    ----------
    L0, L1 : float
        Both positive.
    """

    L0: float = 1.0
    L1: float = 1.0

    kernel = staticmethod(_extremal)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    distance = line_distance

    @classmethod
    def examples(cls) -> list["Extremal"]:
        """Instances for the property suite."""
        return [cls(), cls(1.0, 5.0), cls(2.5, 0.3)]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.array([6.0])

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived] Strong convexity, :math:`f'' \ge \mu`, gives :math:`2\mu f \le f'^2`."""
        return order_facts(2, 1) | {
            "smoothness": Fact("C^2, not C^3"),
            "hessian_eigenvalues": Fact(np.array([self.L0]), "at the minimiser"),
            "L0_L1": Fact((self.L0, self.L1), "everywhere, with equality"),
            "lojasiewicz": Fact((0.5, 1.0 / math.sqrt(2.0 * self.L0))),
        }

    def expression(self):
        """Symbol x and the gap, parameters exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        l0, l1 = map(rational, self)
        u = l1 * sp.Abs(x)
        return (x,), l0 / l1**2 * (sp.exp(u) - 1 - u)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "L0", "L1")


class ExpUp(NamedTuple):
    r""":math:`f(x) = e^x`, run downhill from x > 0: :math:`f'' = |f'|`, that is :math:`L_0 = 0, L_1 = 1`.

    The infimum 0 lies at minus infinity: no fact x_star, no `distance`.
    """

    kernel = staticmethod(_exp_up)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)

    @classmethod
    def examples(cls) -> list["ExpUp"]:
        """Instances for the property suite."""
        return [cls()]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.ones(1)

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return {
            "f_star": Fact(0.0, "the infimum, attained nowhere"),
            "smoothness": Fact("analytic"),
            "L0_L1": Fact((0.0, 1.0), "everywhere, with equality"),
        }

    def expression(self):
        """Symbol x and the gap."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sp.exp(x)

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []


class Flat(NamedTuple):
    r""":math:`f(x) = e^{-1/x^2}`, f(0) = 0: all derivatives vanish at the minimiser, and no KL inequality holds there.

    For every :math:`\theta < 1` and c, :math:`f^\theta > c|f'|` close enough to 0. The gap underflows for
    :math:`|x| < 0.0366`.
    """

    kernel = staticmethod(_flat)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    distance = line_distance

    @classmethod
    def examples(cls) -> list["Flat"]:
        """Instances for the property suite."""
        return [cls()]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.array([0.6])

    def facts(self) -> dict[str, Fact]:
        r"""Known values; every one is [derived]. f grows slower than any power: there is no growth order.

        :math:`f'' = (4v^3 - 6v^2)e^{-v}` with :math:`v = x^{-2}` is largest in modulus at :math:`v = (9+\sqrt{33})/4`.
        """
        v = (9.0 + math.sqrt(33.0)) / 4.0
        return {
            "f_star": Fact(0.0),
            "x_star": Fact(np.zeros(1), "the only minimiser"),
            "smoothness": Fact("C^infinity, not analytic at 0"),
            "hessian_eigenvalues": Fact(np.zeros(1), "at the minimiser"),
            "L": Fact((4.0 * v - 6.0) * v * v * math.exp(-v)),
        }

    def expression(self):
        """Symbol x and the gap for x other than 0."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sp.exp(-1 / x**2)

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []
