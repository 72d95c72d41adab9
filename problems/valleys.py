r"""Ravines in n dimensions: a curved sheet, quadratic across it, three laws of order p along it. [derived]

All share :math:`f(u, v) = \sum_{j=1}^m \tfrac{\lambda_j}{2}(v_j - \kappa_j |u|^2)^2 + T(u)`, u of dimension d_u: the
ravine is :math:`v = \kappa |u|^2`, where :math:`P_N\nabla f = 0` exactly and f = T.
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline, power

from .facts import Fact
from .flat import as_array, like
from .formulas import LARGEST, rational
from .ranges import array, count, finite, positive
from .ravines import order_facts


@inline
def _scratch(problem):
    return np.empty(problem.along + problem.lam.size), np.empty(problem.along + problem.lam.size)


@inline
def _quartic_scratch(problem):
    return np.empty(2 + problem.lam.size), np.empty(2 + problem.lam.size)


@inline
def _across(problem, n, x, g):
    """The normal part of f at u = x[:n], v = x[n:]; its gradient fills `g`. Returns it with |u|^2."""
    square = 0.0
    for i in range(n):
        square += x[i] * x[i]
    f = 0.0
    pull = 0.0
    for j in range(problem.lam.size):
        off = x[n + j] - problem.kappa[j] * square
        g[n + j] = problem.lam[j] * off
        f += 0.5 * g[n + j] * off
        pull += g[n + j] * problem.kappa[j]
    for i in range(n):
        g[i] = -2.0 * pull * x[i]
    return f, square


@inline
def _power(problem, work, x, g):
    point = as_array(x, work[0])
    gradient = as_array(g, work[1])
    f, square = _across(problem, problem.along, point, gradient)
    r = problem.c * power(math.sqrt(square), problem.p - 2)
    for i in range(problem.along):
        gradient[i] += problem.p * r * point[i]
    return f + r * square, like(x, gradient)


@inline
def _separable(problem, work, x, g):
    point = as_array(x, work[0])
    gradient = as_array(g, work[1])
    f, _ = _across(problem, problem.along, point, gradient)
    for i in range(problem.along):
        r = problem.c[i] * power(abs(point[i]), problem.p - 2) * point[i]
        f += r * point[i]
        gradient[i] += problem.p * r
    return f, like(x, gradient)


@inline
def _quartic(problem, work, x, g):
    point = as_array(x, work[0])
    gradient = as_array(g, work[1])
    f, _ = _across(problem, 2, point, gradient)
    s = point[0] * point[0]
    t = point[1] * point[1]
    gradient[0] += (4.0 * problem.c * s + problem.mu * t) * point[0]
    gradient[1] += (4.0 * problem.d * t + problem.mu * s) * point[1]
    return f + problem.c * s * s + 0.5 * problem.mu * s * t + problem.d * t * t, like(x, gradient)


def _dimension(self) -> int:
    """Number of coordinates of an iterate."""
    return self.along + np.size(self.lam)


def _start(self) -> np.ndarray:
    """|u| = 0.3 in a direction without symmetry, all v = 0.05."""
    u = 1.0 / np.arange(1.0, self.along + 1.0)
    return np.concatenate([0.3 * u / np.linalg.norm(u), np.full(np.size(self.lam), 0.05)])


def _facts(self, p: int) -> dict[str, Fact]:
    """What the three valleys know of themselves."""
    eigenvalues = np.concatenate([np.zeros(self.along), np.sort(self.lam)])
    return order_facts(p, self.dimension) | {
        "hessian_eigenvalues": Fact(eigenvalues, "at the minimiser, all of them, ascending"),
        "axis_aligned": Fact(not np.any(self.kappa)),
    }


def _expression(self, law):
    """Symbols (u, v) and the gap with the law T(u) along the ravine; None above six dimensions."""
    import sympy as sp

    if self.dimension > LARGEST:
        return None
    u = sp.symbols(f"u_:{self.along}", real=True)
    v = sp.symbols(f"v_:{np.size(self.lam)}", real=True)
    square = sum(s**2 for s in u)
    normals = zip(map(rational, self.lam), map(rational, self.kappa), v, strict=True)
    return (*u, *v), sum(lam / 2 * (s - kappa * square) ** 2 for lam, kappa, s in normals) + law(u, square)


def _distance(self, x) -> np.ndarray:
    """Distance to the minimiser: points (..., d) -> (...)."""
    return np.linalg.norm(np.asarray(x, dtype=float), axis=-1)


def _tangential(self, x) -> np.ndarray:
    """|u|: points (..., d) -> (...)."""
    return np.linalg.norm(np.asarray(x, dtype=float)[..., : self.along], axis=-1)


def _normal(self, x) -> np.ndarray:
    r""":math:`v - \kappa |u|^2`, a vector: points (..., d) -> (..., m)."""
    return (np.asarray(x, dtype=float) - self.on_ravine(x))[..., self.along :]


def _on_ravine(self, x) -> np.ndarray:
    r"""The point :math:`(u, \kappa|u|^2)` of the ravine with the same u: points (..., d) -> (..., d)."""
    u = np.asarray(x, dtype=float)[..., : self.along]
    return np.concatenate([u, self.kappa * np.sum(u**2, axis=-1, keepdims=True)], axis=-1)


def _sheet_faults(self) -> list[str]:
    faults = count(self, 1, "along") + array(self, "lam", (None,), above=0.0)
    return faults or array(self, "kappa", np.shape(self.lam))


def _sheet(m: int) -> dict[str, np.ndarray]:
    """Curvatures spread from 1 to 3 and unit bends for m normal directions."""
    return {"lam": np.linspace(1.0, 3.0, m), "kappa": np.ones(m)}


class PowerValley(NamedTuple):
    r""":math:`T(u) = c|u|^p`: the same order in every direction along the ravine.

    Parameters
    ----------
    along : int
        Dimension :math:`d_u \ge 1` of u.
    lam, kappa : ndarray, shape (m,)
        Curvatures :math:`\lambda_j > 0` across the ravine and its bends :math:`\kappa_j`.
    p : int
        Order :math:`p \ge 3`; for odd p the function is only :math:`C^{p-1}`.
    c : float
        Positive.
    """

    along: int
    lam: np.ndarray
    kappa: np.ndarray
    p: int = 4
    c: float = 1.0

    kernel = staticmethod(_power)
    workspace = staticmethod(_scratch)
    dimension = property(_dimension)
    start = property(_start)
    distance, tangential, normal, on_ravine = _distance, _tangential, _normal, _on_ravine

    @classmethod
    def of_sizes(cls, along: int, m: int, p: int = 4, c: float = 1.0) -> "PowerValley":
        """Curvatures spread from 1 to 3, unit bends."""
        return cls(along, p=p, c=c, **_sheet(m))

    @classmethod
    def examples(cls) -> list["PowerValley"]:
        """Instances for the property suite."""
        bent = cls.of_sizes(3, 2, p=5)._replace(kappa=np.array([0.75, -0.5]))
        return [cls.of_sizes(1, 1), cls.of_sizes(2, 2, p=3, c=0.5), bent, cls.of_sizes(4, 20, p=6)]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return _facts(self, self.p) | {"growth_constant": Fact(self.c, "f = c |u|^p on the ravine")}

    def expression(self):
        """Symbols (u, v) and the gap with exact parameters; None above six dimensions."""
        import sympy as sp

        return _expression(self, lambda u, square: rational(self.c) * sp.sqrt(square) ** self.p)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return _sheet_faults(self) + count(self, 3, "p") + positive(self, "c")


class SeparableValley(NamedTuple):
    r""":math:`T(u) = \sum_i c_i |u_i|^p`: every direction along the ravine has its own constant.

    Parameters
    ----------
    along : int
        Dimension :math:`d_u \ge 1` of u.
    lam, kappa : ndarray, shape (m,)
        Curvatures :math:`\lambda_j > 0` across the ravine and its bends :math:`\kappa_j`.
    c : ndarray, shape (d_u,)
        All positive.
    p : int
        Order :math:`p \ge 3`; for odd p the function is only :math:`C^{p-1}`.
    """

    along: int
    lam: np.ndarray
    kappa: np.ndarray
    c: np.ndarray
    p: int = 4

    kernel = staticmethod(_separable)
    workspace = staticmethod(_scratch)
    dimension = property(_dimension)
    start = property(_start)
    distance, tangential, normal, on_ravine = _distance, _tangential, _normal, _on_ravine

    @classmethod
    def of_sizes(cls, along: int, m: int, p: int = 4, spread: float = 10.0) -> "SeparableValley":
        """Curvatures spread from 1 to 3, unit bends, constants from 1 to `spread` in geometric steps."""
        return cls(along, c=np.geomspace(1.0, spread, along), p=p, **_sheet(m))

    @classmethod
    def examples(cls) -> list["SeparableValley"]:
        """Instances for the property suite."""
        return [cls.of_sizes(2, 1), cls.of_sizes(2, 3, p=3), cls.of_sizes(3, 12, p=5, spread=2.0)]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return _facts(self, self.p)

    def expression(self):
        """Symbols (u, v) and the gap with exact parameters; None above six dimensions."""
        return _expression(
            self, lambda u, square: sum(rational(c) * abs(s) ** self.p for c, s in zip(self.c, u, strict=True))
        )

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = _sheet_faults(self) + count(self, 3, "p")
        return faults or array(self, "c", (self.along,), above=0.0)


class QuarticForm(NamedTuple):
    r""":math:`T(u) = c\,u_1^4 + \tfrac{\mu}{2} u_1^2 u_2^2 + d\,u_2^4`, u of dimension two.

    The direction (1, 0) has transverse curvature :math:`\mu` on the unit circle, at value c.

    Parameters
    ----------
    lam, kappa : ndarray, shape (m,)
        Curvatures :math:`\lambda_j > 0` across the ravine and its bends :math:`\kappa_j`.
    c, mu, d : float
        c and d positive, :math:`\mu \ge 0`.
    """

    lam: np.ndarray
    kappa: np.ndarray
    c: float = 1.0
    mu: float = 10.0
    d: float = 20.0

    along = 2
    kernel = staticmethod(_quartic)
    workspace = staticmethod(_quartic_scratch)
    dimension = property(_dimension)
    start = property(_start)
    distance, tangential, normal, on_ravine = _distance, _tangential, _normal, _on_ravine

    @classmethod
    def of_size(cls, m: int, c: float = 1.0, mu: float = 10.0, d: float = 20.0) -> "QuarticForm":
        """Curvatures spread from 1 to 3, unit bends."""
        return cls(c=c, mu=mu, d=d, **_sheet(m))

    @classmethod
    def examples(cls) -> list["QuarticForm"]:
        """Instances for the property suite."""
        return [cls.of_size(1), cls.of_size(2, c=0.5, mu=3.0, d=1.0), cls.of_size(9, mu=0.0)]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return _facts(self, 4)

    def expression(self):
        """Symbols (u, v) and the gap with exact parameters; None above six dimensions."""
        c, mu, d = map(rational, (self.c, self.mu, self.d))
        return _expression(self, lambda u, square: c * u[0] ** 4 + mu / 2 * u[0] ** 2 * u[1] ** 2 + d * u[1] ** 4)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = _sheet_faults(self) + positive(self, "c", "d") + finite(self, "mu")
        if not faults and self.mu < 0:
            return [f"{type(self).__name__}.mu is {self.mu}; it has to be at least 0"]
        return faults
