r"""Two-dimensional ravines: quadratic across, of order p along.

References
----------
.. [1] D. Davis, D. Drusvyatskiy, L. Jiang (2024), Gradient descent with adaptive stepsize converges (nearly) linearly
   under fourth-order growth, arXiv:2409.19791. The curved ravine with p = 4, a = 10 is an experiment of the authors'
   public notebook [secondary]; other orders and the straight one are ours [derived].
"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline, power

from .facts import Fact
from .formulas import rational
from .ranges import count, positive


@inline
def nothing(problem):
    """The scratch space of a problem that needs none."""
    return ()


@inline
def _straight(problem, work, x, g):
    u = x[0]
    v = x[1]
    # |u|^(p-2) goes with u, not with |u|^p: signs come out right for odd p, and the chain u -> gradient stays short.
    r = power(abs(u), problem.p - 2)
    f = fma(problem.c * r, u * u, 0.5 * problem.lam * v * v)
    return f, (r * (problem.p * problem.c * u), problem.lam * v)


@inline
def _curved(problem, work, x, g):
    u = x[0]
    n = fma(-u, u, x[1])
    r = power(abs(u), problem.p - 2)
    # A step of two coordinates costs nothing but its latency: the power, which comes last, enters by one fma.
    slope = fma(r, problem.p * problem.c * u, -(4.0 * problem.a * u) * n)
    f = fma(problem.c * r, u * u, problem.a * n * n)
    return f, (slope, 2.0 * problem.a * n)


def order_facts(p: int, dimension: int) -> dict[str, Fact]:
    """What all ravines with f_star = 0 and an isolated minimiser at the origin share."""
    return {
        "f_star": Fact(0.0),
        "x_star": Fact(np.zeros(dimension), "the only minimiser"),
        "growth_order": Fact(p, "at the minimiser"),
        "smoothness": Fact("analytic" if p % 2 == 0 else f"C^{p - 1}, not C^{p}"),
    }


class PowerRavine(NamedTuple):
    r""":math:`f(u, x) = c|u|^p + \tfrac{\lambda}{2} x^2`, coordinates (u, x).

    With an axis-aligned ravine the short steps of an alternating method drive x to exactly zero (it underflows), so
    that a fixed number of short steps never breaks down: the fact `axis_aligned` marks such instances.

    Parameters
    ----------
    p : int
        Order :math:`p \ge 3`; for odd p the function is only :math:`C^{p-1}`.
    c, lam : float
        :math:`c > 0` and the curvature :math:`\lambda > 0` across the ravine.
    """

    p: int = 4
    c: float = 0.25
    lam: float = 1.0

    kernel = staticmethod(_straight)
    workspace = staticmethod(nothing)

    @classmethod
    def of_order(cls, p: int, lam: float = 1.0) -> "PowerRavine":
        """The ravine with c = 1/p."""
        return cls(p, 1.0 / p, lam)

    @classmethod
    def examples(cls) -> list["PowerRavine"]:
        """Instances for the property suite."""
        return [cls(), cls.of_order(3), cls.of_order(5, lam=2.5), cls(6, 3.0, 0.5), cls.of_order(8)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return 2

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.array([0.5, 0.3])

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return order_facts(self.p, 2) | {
            "hessian_eigenvalues": Fact(np.array([0.0, self.lam]), "at the minimiser, all of them, ascending"),
            "growth_constant": Fact(self.c, "f = c |u|^p on the ravine"),
            "axis_aligned": Fact(True),
        }

    def expression(self):
        """Symbols (u, x) and the gap, parameters exact."""
        import sympy as sp

        u, x = sp.symbols("u x", real=True)
        return (u, x), rational(self.c) * sp.Abs(u) ** self.p + rational(self.lam) / 2 * x**2

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., 2) -> (...)."""
        return np.hypot(*np.moveaxis(np.asarray(x, dtype=float), -1, 0))

    def tangential(self, x) -> np.ndarray:
        """Coordinate u along the ravine: points (..., 2) -> (...)."""
        return np.asarray(x, dtype=float)[..., 0]

    def normal(self, x) -> np.ndarray:
        """Coordinate x across the ravine, signed: points (..., 2) -> (...)."""
        return np.asarray(x, dtype=float)[..., 1]

    def on_ravine(self, x) -> np.ndarray:
        """The point (u, 0) of the ravine with the same u: points (..., 2) -> (..., 2)."""
        u = self.tangential(x)
        return np.stack([u, np.zeros_like(u)], axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return count(self, 3, "p") + positive(self, "c", "lam")


class CurvedRavine(NamedTuple):
    r""":math:`f(x, y) = c|x|^p + a\,(y - x^2)^2`; p = 4, c = 1 is the fourth-order Rosenbrock function [1]_.

    The curvature across the ravine is :math:`\lambda = 2a` at the minimiser.

    Parameters
    ----------
    p : int
        Order :math:`p \ge 3`; for odd p the function is only :math:`C^{p-1}`.
    c, a : float
        Both positive.
    """

    p: int = 4
    c: float = 1.0
    a: float = 10.0

    kernel = staticmethod(_curved)
    workspace = staticmethod(nothing)

    @classmethod
    def examples(cls) -> list["CurvedRavine"]:
        """Instances for the property suite."""
        return [cls(), cls(3, 0.7, 0.5), cls(5, 1.0, 0.5), cls(6, 2.0, 3.0), cls(8, 0.125, 0.5)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return 2

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.array([0.3, 0.05])

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return order_facts(self.p, 2) | {
            "hessian_eigenvalues": Fact(np.array([0.0, 2.0 * self.a]), "at the minimiser, all of them, ascending"),
            "growth_constant": Fact(self.c, "f = c |x|^p on the parabola"),
            "axis_aligned": Fact(False),
        }

    def expression(self):
        """Symbols (x, y) and the gap, parameters exact."""
        import sympy as sp

        x, y = sp.symbols("x y", real=True)
        return (x, y), rational(self.c) * sp.Abs(x) ** self.p + rational(self.a) * (y - x**2) ** 2

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., 2) -> (...)."""
        return np.hypot(*np.moveaxis(np.asarray(x, dtype=float), -1, 0))

    def tangential(self, x) -> np.ndarray:
        """Coordinate x along the ravine: points (..., 2) -> (...)."""
        return np.asarray(x, dtype=float)[..., 0]

    def normal(self, x) -> np.ndarray:
        """:math:`n = y - x^2`, signed: points (..., 2) -> (...)."""
        x = np.asarray(x, dtype=float)
        return x[..., 1] - x[..., 0] ** 2

    def on_ravine(self, x) -> np.ndarray:
        r"""The point of :math:`M_0 = \{P_N \nabla f = 0\}`, the parabola, with the same x: (..., 2) -> (..., 2)."""
        u = self.tangential(x)
        return np.stack([u, u**2], axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return count(self, 3, "p") + positive(self, "c", "a")
