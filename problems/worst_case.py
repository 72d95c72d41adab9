r"""Functions on which a search needs :math:`\varepsilon^{-2}` steps: quintic pieces, one for every step.

References
----------
.. [1] C. Cartis, N. I. M. Gould, Ph. L. Toint (2010), On the complexity of steepest descent, Newton's and regularized
   Newton's methods for nonconvex unconstrained optimization, SIAM J. Optim. 20: the idea [secondary]; these pieces,
   with two continuous derivatives, are ours [derived].
"""

import math
from itertools import product
from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline

from .facts import Fact
from .formulas import rational
from .powers import line_dimension
from .ranges import array, positive


@inline
def _remembered(problem):
    """The interval of the last point: iterates advance by one interval at a time."""
    return np.zeros(1, dtype=np.int64)


@inline
def _interval(breaks, last, x, k):
    """The k with X_k <= x < X_(k+1), for X_0 <= x < X_last, searched in growing strides from a guess, then halved."""
    low = k
    high = k + 1
    stride = 1
    while breaks[low] > x:
        high = low
        low = max(low - stride, 0)
        stride *= 2
    while high < last and breaks[high] <= x:
        low = high
        high = min(high + stride, last)
        stride *= 2
    while high - low > 1:
        middle = (low + high) // 2
        if breaks[middle] <= x:
            low = middle
        else:
            high = middle
    return low


@inline
def _piece(problem, work, x):
    """F_k, s_k, z and the coefficients c3, c4, c5 of the piece that x in [X_0, X_K) lies in."""
    breaks = problem.X
    k = _interval(breaks, problem.F.size - 1, x, work[0])
    work[0] = k
    s = breaks[k + 1] - breaks[k]
    r = (breaks[k + 2] - breaks[k + 1]) / s
    d = (problem.F[k] - problem.F[k + 1]) / (s * s)
    c3 = 6.0 - 10.0 * d + 4.0 * r - problem.h
    c4 = 15.0 * d - 8.0 - 7.0 * r + 0.5 * problem.h
    c5 = 3.0 - 6.0 * d + 3.0 * r
    return problem.F[k], s, (x - breaks[k]) / s, c3, c4, c5


@inline
def _value(problem, work, x):
    u = x[0]
    if u < 0.0:
        return problem.F[0] + u * fma(0.5 * problem.h, u, -problem.X[1])
    last = problem.F.size - 1
    if u >= problem.X[last]:
        return problem.F[last] if u == problem.X[last] else math.inf
    f, s, z, c3, c4, c5 = _piece(problem, work, u)
    q = z * fma(z, fma(z, fma(z, fma(z, c5, c4), c3), 0.5 * problem.h), -1.0)
    return fma(s * s, q, f)


@inline
def _kernel(problem, work, x, g):
    u = x[0]
    if u < 0.0:
        return problem.F[0] + u * fma(0.5 * problem.h, u, -problem.X[1]), (fma(problem.h, u, -problem.X[1]),)
    last = problem.F.size - 1
    if u > problem.X[last]:
        return math.inf, (math.inf,)
    if u == problem.X[last]:  # stated, not computed from the last piece: a gap of zero must not come out below
        return problem.F[last], (problem.X[last] - problem.X[last + 1],)
    f, s, z, c3, c4, c5 = _piece(problem, work, u)
    q = z * fma(z, fma(z, fma(z, fma(z, c5, c4), c3), 0.5 * problem.h), -1.0)
    slope = fma(z, fma(z, fma(z, fma(z, 5.0 * c5, 4.0 * c4), 3.0 * c3), problem.h), -1.0)
    return fma(s * s, q, f), (s * slope,)


def _largest_curvature(drops, ratios, h) -> float:
    r"""Largest :math:`|q''|` on [0, 1] over pieces with d and r in these intervals, each given by its ends.

    :math:`q'' = h + 6c_3z + 12c_4z^2 + 20c_5z^3` is affine in (d, r), so that the largest modulus is convex: a corner
    attains it. At z = 0 and 1 it is h; between them it turns where :math:`c_3 + 4c_4z + 10c_5z^2 = 0`.
    """
    largest = h
    for d, r in product(drops, ratios):
        c3, c4, c5 = 6.0 - 10.0 * d + 4.0 * r - h, 15.0 * d - 8.0 - 7.0 * r + 0.5 * h, 3.0 - 6.0 * d + 3.0 * r
        turns = np.roots([10.0 * c5, 4.0 * c4, c3])
        for z in turns[(turns.imag == 0.0) & (turns.real > 0.0) & (turns.real < 1.0)].real:
            largest = max(largest, abs(h + z * (6.0 * c3 + z * (12.0 * c4 + z * 20.0 * c5))))
    return float(largest)


class CGT(NamedTuple):
    r""":math:`f = F_k + s_k^2q_k\bigl(\tfrac{x-X_k}{s_k}\bigr)` for :math:`X_k \le x \le X_{k+1} = X_k + s_k` [1]_.

    :math:`q_k` is the quintic with :math:`q = 0, q' = -1, q'' = h` at 0 and :math:`q = -d_k, q' = -r_k, q'' = h` at 1,
    where :math:`r_k = s_{k+1}/s_k` and :math:`d_k = (F_k-F_{k+1})/s_k^2`. So f has two continuous derivatives, exactly
    so for the float64 numbers stored, and a unit step from :math:`X_k`, where :math:`f' = -s_k`, lands on
    :math:`X_{k+1}`. For x < 0 f is :math:`F_0 - s_0x + \tfrac h2x^2`; for :math:`x > X_K` it counts as infinite, which
    a search rejects.

    The infimum is attained nowhere: no fact x_star, no `distance`.

    Parameters
    ----------
    X : ndarray, shape (K + 2,)
        Breakpoints, ascending from 0; the last one only gives the slope at X_K.
    F : ndarray, shape (K + 1,)
        Values there, descending.
    h : float
        Second derivative at all breakpoints.
    """

    X: np.ndarray
    F: np.ndarray
    h: float

    kernel = staticmethod(_kernel)
    value = staticmethod(_value)
    workspace = staticmethod(_remembered)
    dimension = property(line_dimension)

    @classmethod
    def of(cls, eta: float, d: float, h: float = 1.0, K: int = 2_500_000) -> "CGT":
        r""":math:`s_k = (k+1)^{-1/2-\eta}` and :math:`F_k - F_{k+1} = ds_k^2`, :math:`F_K` the tail of that series.

        A unit step is accepted by an Armijo test with :math:`\lambda \le d`, so that the first gradient of at most
        :math:`\varepsilon` is that of step :math:`\lceil\varepsilon^{-2/(1+2\eta)}\rceil - 1`.

        Raises
        ------
        ValueError
            Unless 0 < eta < 1/2, d > 0, h > 0 and K >= 1.
        """
        if not (0.0 < eta < 0.5 and d > 0.0 and h > 0.0 and K >= 1):
            raise ValueError(f"(eta, d, h, K) is {(eta, d, h, K)}; it has to be 0 < eta < 1/2, d > 0, h > 0, K >= 1")
        steps = np.arange(1.0, K + 2.0) ** (-0.5 - eta)
        return cls._of_steps(steps, d, h, d * (K + 0.5) ** (-2.0 * eta) / (2.0 * eta))

    @classmethod
    def _of_steps(cls, steps, d, h, last) -> "CGT":
        """The breakpoints are the sums that unit steps make in float64, and s_k the exact difference of two of them."""
        X = np.cumsum(np.concatenate([[0.0], steps]))
        drops = d * np.diff(X[:-1]) ** 2
        return cls(X, np.ascontiguousarray(np.cumsum(np.concatenate([[last], drops[::-1]]))[::-1]), float(h))

    @classmethod
    def examples(cls) -> list["CGT"]:
        """Instances for the property suite."""
        return [cls.of(0.02, 0.6, K=40), cls.of(0.25, 0.5, 4.0, K=100)]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.zeros(1)

    def facts(self) -> dict[str, Fact]:
        """Known values, computed from the pieces. [derived]"""
        s, end = np.diff(self.X), self.X[-2]
        where, inside = f"x <= X_K = {end:g}", lambda x: x[..., 0] <= end
        d, r = -np.diff(self.F) / s[:-1] ** 2, s[1:] / s[:-1]
        largest = _largest_curvature((d.min(), d.max()), (r.min(), r.max()), self.h)
        return {
            "f_star": Fact(0.0, "the infimum, attained nowhere; on x < X_K, or with the series beyond"),
            "smoothness": Fact("C^2, not C^3", where, inside),
            "L": Fact(largest, f"{where}; the least one if all pieces have the same d", inside),
            "L0_L1": Fact((largest, 0.0), where, inside),
        }

    def expression(self):
        """None: a formula for each piece is what `expression_at` gives."""
        return None

    def expression_at(self, x):
        """Symbol x and the formula of the piece that the point x, shape (1,), lies in; numbers exact, solved for q."""
        import sympy as sp

        X, z, h = sp.Symbol("x", real=True), sp.Symbol("z"), rational(self.h)
        if x[0] < 0.0:
            return (X,), rational(self.F[0]) - rational(self.X[1]) * X + h / 2 * X**2
        k = min(int(np.searchsorted(self.X, x[0], side="right")) - 1, self.F.size - 2)
        a, b, c = (rational(v) for v in self.X[k : k + 3])
        f, s = rational(self.F[k]), b - a
        unknown = sp.symbols("q0:6")
        q = sum(u * z**i for i, u in enumerate(unknown))
        wanted = {0: (0, -1, h), 1: ((rational(self.F[k + 1]) - f) / s**2, -(c - b) / s, h)}
        equations = [sp.diff(q, z, i).subs(z, end) - v for end, values in wanted.items() for i, v in enumerate(values)]
        return (X,), f + s**2 * q.subs(sp.solve(equations, unknown)).subs(z, (X - a) / s)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        name = type(self).__name__
        faults = array(self, "X", (None,)) + array(self, "F", (None,)) + positive(self, "h")
        if faults:
            return faults
        if np.size(self.F) < 2 or np.size(self.X) != np.size(self.F) + 1:
            return [f"{name}.X has {np.size(self.X)} entries; it has to have one more than F, and F at least 2"]
        if self.X[0] != 0.0 or not (np.diff(self.X) > 0.0).all():
            return [f"{name}.X does not ascend from 0; it has to"]
        if self.F[-1] < 0.0 or not (np.diff(self.F) < 0.0).all():
            return [f"{name}.F does not descend to a number of at least 0; it has to"]
        return []


class Horizon(CGT):
    r"""The same function with nearly equal slopes, for one accuracy: :math:`s_k = \varepsilon_0(1 + 10^{-3}(1-k/K))`.

    :math:`K = \lfloor 1/(d\varepsilon_0^2)\rfloor` with :math:`d = \lambda(1+10^{-6})`: unit steps pass the test, and
    :math:`|f'| > \varepsilon_0` until :math:`X_K`, where f = 0.
    """

    __slots__ = ()

    @classmethod
    def of(cls, eps0: float, lam: float) -> "Horizon":
        r"""For the accuracy eps0 and the parameter lambda of the test; h = 2, and 1 for :math:`\lambda \ge 0.7`.

        Raises
        ------
        ValueError
            Unless eps0 > 0, 0 < lambda < 1 and there is room for one step.
        """
        d = lam * (1.0 + 1e-6)
        if not (eps0 > 0.0 and 0.0 < lam < 1.0 and d * eps0 * eps0 <= 1.0):
            raise ValueError(f"(eps0, lam) is {(eps0, lam)}; it has to be eps0 > 0, 0 < lam < 1, lam eps0^2 < 1")
        K = int(1.0 / (d * eps0 * eps0))
        made = cls._of_steps(eps0 * (1.0 + 1e-3 * (1.0 - np.arange(K + 1.0) / K)), d, 1.0 if lam >= 0.7 else 2.0, 0.0)
        while made.X[-1] - made.X[-2] > eps0:  # the last slope is eps0 itself, where a run is to end: rounded down
            made.X[-1] = math.nextafter(made.X[-1], 0.0)
        return made

    @classmethod
    def examples(cls) -> list["Horizon"]:
        """Instances for the property suite."""
        return [cls.of(0.3, 0.5), cls.of(0.2, 0.8)]
