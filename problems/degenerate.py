r"""Functions of two variables whose minimisers are degenerate, with their Lojasiewicz exponents.

Where :math:`f^\theta \le c|\nabla f|`, the fact `lojasiewicz` is the pair (theta, c). [derived] throughout.
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline, power

from .facts import Fact
from .formulas import rational
from .ranges import count, positive
from .ravines import nothing, order_facts


@inline
def _mixed(problem, work, x, g):
    v = x[1]
    r = power(abs(v), problem.p - 2) * v
    return fma(0.5 * problem.a * x[0], x[0], r * v / (1.0 * problem.p)), (problem.a * x[0], r)


@inline
def _cusp(problem, work, x, g):
    u = x[0]
    v = x[1]
    # Both products are split into their value and what it lost: on the curve n is exact to a few units of rounding.
    square = v * v
    cube = square * v
    lost = fma(fma(v, v, -square), v, fma(square, v, -cube))
    n = fma(u, u, -cube) - lost
    return n * n, (4.0 * u * n, -6.0 * square * n)


@inline
def _cross(problem, work, x, g):
    n = x[0] * x[1]
    return n * n, (2.0 * n * x[1], 2.0 * n * x[0])


def plane_dimension(self) -> int:
    """Number of coordinates of an iterate."""
    return 2


def _coordinates(x):
    x = np.asarray(x, dtype=float)
    return x[..., 0], x[..., 1]


class Mixed(NamedTuple):
    r""":math:`f(x, y) = \tfrac a2x^2 + \tfrac1p|y|^p`: a stiff direction beside a flat one.

    The straight ravine of `PowerRavine` with the stiff coordinate first and no rounded 1/p.

    Parameters
    ----------
    p : int
        Order :math:`3 \le p \le 33` along y.
    a : float
        Positive curvature along x.
    """

    p: int = 4
    a: float = 1.37

    kernel = staticmethod(_mixed)
    workspace = staticmethod(nothing)
    dimension = property(plane_dimension)

    @classmethod
    def examples(cls) -> list["Mixed"]:
        """Instances for the property suite."""
        return [cls(), cls(6, 1.9), cls(3, 0.5)]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.ones(2)

    def facts(self) -> dict[str, Fact]:
        r"""Known values; every one is [derived] from the formula.

        With :math:`s = 2\theta = 2-2/p`: :math:`f^s \le 2^{s-1}\bigl((\tfrac a2x^2)^s + (\tfrac1p|y|^p)^s\bigr)`, and
        :math:`u^s \le u` for :math:`u \le 1`, so that :math:`c^2 = 2^{s-1}\max(\tfrac1{2a}, p^{-s})`.
        """
        s = 2.0 - 2.0 / self.p
        c = math.sqrt(2.0 ** (s - 1.0) * max(0.5 / self.a, float(self.p) ** -s))
        return order_facts(self.p, 2) | {
            "hessian_eigenvalues": Fact(np.array([0.0, self.a]), "at the minimiser, all of them, ascending"),
            "growth_constant": Fact(1.0 / self.p, "f = |y|^p/p on the ravine"),
            "axis_aligned": Fact(True),
            "lojasiewicz": Fact((s / 2.0, c), "a x^2/2 <= 1", lambda x: self.a * x[..., 0] ** 2 <= 2.0),
        }

    def expression(self):
        """Symbols (x, y) and the gap, parameters exact."""
        import sympy as sp

        x, y = sp.symbols("x y", real=True)
        return (x, y), rational(self.a) / 2 * x**2 + sp.Abs(y) ** self.p / self.p

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., 2) -> (...)."""
        return np.hypot(*_coordinates(x))

    def tangential(self, x) -> np.ndarray:
        """Coordinate y along the ravine: points (..., 2) -> (...)."""
        return _coordinates(x)[1]

    def normal(self, x) -> np.ndarray:
        """Coordinate x across the ravine, signed: points (..., 2) -> (...)."""
        return _coordinates(x)[0]

    def on_ravine(self, x) -> np.ndarray:
        """The point (0, y) of the ravine with the same y: points (..., 2) -> (..., 2)."""
        y = self.tangential(x)
        return np.stack([np.zeros_like(y), y], axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = count(self, 3, "p") + positive(self, "a")
        if not faults and self.p > 33:
            return [f"Mixed.p is {self.p}; it has to be at most 33"]
        return faults


class Cusp(NamedTuple):
    r""":math:`f(x, y) = (x^2 - y^3)^2`: all points of the curve :math:`x^2 = y^3` are minimisers.

    At its cusp, the origin, :math:`\theta = 5/6`; elsewhere on the curve f grows quadratically and
    :math:`\theta = 1/2`.
    """

    kernel = staticmethod(_cusp)
    workspace = staticmethod(nothing)
    dimension = property(plane_dimension)

    @classmethod
    def examples(cls) -> list["Cusp"]:
        """Instances for the property suite."""
        return [cls()]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.array([0.0, 0.9])

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived]

        With :math:`n = x^2 - y^3`, :math:`|\nabla f| = 2|n|\,|\nabla n|` and :math:`|\nabla n|^2 = 4x^2 + 9y^4`. For
        :math:`|x| \le 1`: :math:`|n|^{2/3} \le |x|^{4/3} + y^2 \le |x| + y^2 \le |\nabla n|/\sqrt2`.
        """

        def slope(x):
            return np.hypot(2.0 * x[..., 0], 3.0 * x[..., 1] ** 2)

        return {
            "f_star": Fact(0.0),
            "x_star": Fact(np.ones(2), "one of the minimisers (t^3, t^2)"),
            "growth_order": Fact(2, "at the minimisers other than the cusp"),
            "smoothness": Fact("analytic"),
            "hessian_eigenvalues": Fact(np.array([0.0, 26.0]), "at x_star, all of them, ascending"),
            "lojasiewicz": Fact((5.0 / 6.0, 1.0 / math.sqrt(8.0)), "|x| <= 1", lambda x: np.abs(x[..., 0]) <= 1.0),
            "lojasiewicz_off_the_origin": Fact((0.5, 1.0), "4 x^2 + 9 y^4 >= 1/4", lambda x: slope(x) >= 0.5),
        }

    def expression(self):
        """Symbols (x, y) and the gap."""
        import sympy as sp

        x, y = sp.symbols("x y", real=True)
        return (x, y), (x**2 - y**3) ** 2

    def distance(self, x) -> np.ndarray:
        r"""Distance to the curve :math:`(t^3, t^2)`: points (..., 2) -> (...).

        The nearest t is 0 or solves :math:`3t^4 + 2t^2 - 3xt - 2y = 0`. The real parts of all four roots are tried:
        no other t can undercut the minimum.
        """
        u, v = _coordinates(x)
        companion = np.zeros((*u.shape, 4, 4))
        companion[..., [1, 2, 3], [0, 1, 2]] = 1.0
        companion[..., 0, 3], companion[..., 1, 3], companion[..., 2, 3] = 2.0 * v / 3.0, u, -2.0 / 3.0
        t = np.linalg.eigvals(companion).real
        t = np.concatenate([t, np.zeros((*u.shape, 1))], axis=-1)
        for _ in range(2):  # Newton: eigenvalues are accurate to the norm of the matrix only
            slope = 12.0 * t**3 + 4.0 * t - 3.0 * u[..., None]
            value = 3.0 * t**4 + 2.0 * t**2 - 3.0 * u[..., None] * t - 2.0 * v[..., None]
            t = np.where(slope == 0.0, t, t - value / np.where(slope == 0.0, 1.0, slope))
        t = np.concatenate([t, np.zeros((*u.shape, 1))], axis=-1)
        return np.hypot(t**3 - u[..., None], t**2 - v[..., None]).min(axis=-1)

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []


class Cross(NamedTuple):
    r""":math:`f(x, y) = x^2y^2`: all points of both axes are minimisers.

    At the origin :math:`\theta = 3/4`; elsewhere on the axes f grows quadratically and :math:`\theta = 1/2`.
    """

    kernel = staticmethod(_cross)
    workspace = staticmethod(nothing)
    dimension = property(plane_dimension)

    @classmethod
    def examples(cls) -> list["Cross"]:
        """Instances for the property suite."""
        return [cls()]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.array([0.8, 0.8])

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived]

        :math:`|\nabla f| = 2|xy|\,r` with :math:`r^2 = x^2+y^2 \ge 2|xy|`.
        """
        return {
            "f_star": Fact(0.0),
            "x_star": Fact(np.array([1.0, 0.0]), "one of the minimisers (s, 0), (0, s)"),
            "growth_order": Fact(2, "at the minimisers other than the origin"),
            "smoothness": Fact("analytic"),
            "hessian_eigenvalues": Fact(np.array([0.0, 2.0]), "at x_star, all of them, ascending"),
            "lojasiewicz": Fact((0.75, 1.0 / math.sqrt(8.0))),
            "lojasiewicz_off_the_origin": Fact(
                (0.5, 1.0), "x^2 + y^2 >= 1/4", lambda x: np.linalg.norm(x, axis=-1) >= 0.5
            ),
        }

    def expression(self):
        """Symbols (x, y) and the gap."""
        import sympy as sp

        x, y = sp.symbols("x y", real=True)
        return (x, y), x**2 * y**2

    def distance(self, x) -> np.ndarray:
        """Distance to the nearer axis: points (..., 2) -> (...)."""
        return np.abs(np.asarray(x, dtype=float)).min(axis=-1)

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []
