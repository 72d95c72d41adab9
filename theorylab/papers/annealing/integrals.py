r"""Schedules as numbers: :math:`H = \int_0^x h` and :math:`Q = \int_0^x h^2/H` by quadrature, and the best window.

Nothing here comes out of a derivation: claims hold the derived constants against it.
"""

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.polynomial import legendre
from scipy import optimize

from theorylab.runs import BadInput

_NODES = 20
_LEAST = 1e-12  # below it h is taken for the power that it is there
_POINTS, _WEIGHTS = legendre.leggauss(_NODES)
_COEFFICIENTS = np.linalg.inv(legendre.legvander(_POINTS, _NODES - 1))


class Integrals:
    r"""H and Q of a schedule, and its bound :math:`B = c_1/(\eta H) + c_2\eta Q` for D = G = T = 1.

    Parameters
    ----------
    h : callable
        The schedule on arrays of the remaining fraction x in (0, 1], positive, vanishing at 0 like a power; it has to
        be free of cancellation for small x.
    breaks : iterable of float
        Places in (0, 1] at which h is not smooth.
    c1, c2 : float
        Constants of the bound.

    Raises
    ------
    BadInput
        If the schedule does not vanish at 0 like a power.
    """

    def __init__(self, h: Callable, breaks: Iterable[float] = (), c1: float = 0.25, c2: float = 0.25):
        self.h, self.c1, self.c2 = h, c1, c2
        self._edges = _panels(breaks)
        order = _order(h)
        self._area = _Primitive(self._edges, h, h(_LEAST) * _LEAST / (order + 1))
        self._cost = _Primitive(self._edges, lambda x: h(x) ** 2 / self.H(x), h(_LEAST) * (order + 1) / order)

    def H(self, x) -> np.ndarray:
        """Integral of h from 0 to x."""
        return self._area(x)

    def Q(self, x) -> np.ndarray:
        """Integral of h^2/H from 0 to x."""
        return self._cost(x)

    def bound(self, x, eta) -> np.ndarray:
        """B with the window x and the base stepsize eta."""
        return self.c1 / (eta * self.H(x)) + self.c2 * eta * self.Q(x)

    def tuned(self) -> tuple[float, float]:
        """(eta, B): the stepsize that minimises the bound of the whole run, which is symmetric in log eta around it."""

        def rises(s):
            return float(self.bound(1.0, 2 * math.exp(s)) - self.bound(1.0, math.exp(s) / 2))

        eta = math.exp(optimize.brentq(rises, -30.0, 30.0, xtol=1e-15))
        return eta, float(self.bound(1.0, eta))

    def best(self, rho: float, tuned: tuple[float, float] | None = None) -> tuple[float, float]:
        """(x, B/B*): the best window at rho times the tuned stepsize, found by search, and its bound."""
        eta, least = tuned or self.tuned()
        x = math.exp(_search(lambda s: self.bound(np.exp(s), rho * eta), math.log(1e-9), 0.0))
        whole = float(self.bound(1.0, rho * eta))
        found = float(self.bound(x, rho * eta))
        return (1.0, whole / least) if whole <= found else (x, found / least)

    def losses(self, rhos) -> np.ndarray:
        """B/B* with the best window for each rho."""
        tuned = self.tuned()
        return np.array([self.best(float(rho), tuned)[1] for rho in rhos])


class _Primitive:
    """Integral of a function by Gauss-Legendre series on panels, from its value at the first edge."""

    def __init__(self, edges, function, start):
        self.edges = edges
        self.half = np.diff(edges) / 2
        points = edges[:-1, None] + self.half[:, None] * (1 + _POINTS)
        values = function(points)
        self.series = legendre.legint(values @ _COEFFICIENTS.T, axis=1, lbnd=-1) * self.half[:, None]
        steps = values @ _WEIGHTS * self.half
        self.before = np.concatenate([[start], start + np.cumsum(steps)])

    def __call__(self, x):
        x = np.asarray(x, dtype=float)
        i = np.clip(np.searchsorted(self.edges, x, side="right") - 1, 0, self.half.size - 1)
        t = (x - self.edges[i]) / self.half[i] - 1
        powers = legendre.legvander(t, _NODES).reshape(*x.shape, _NODES + 1)
        return self.before[i] + (self.series[i] * powers).sum(axis=-1)


def _panels(breaks) -> np.ndarray:
    """Edges that double from `_LEAST` up to 1, and halve towards each break from both sides."""
    edges = [*np.geomspace(_LEAST, 1.0, 81)]
    for place in breaks:
        if not 0 < place <= 1:
            raise BadInput(f"a break of the schedule is at x={place}; it has to lie inside (0, 1]")
        steps = 0.5 * 0.5 ** np.arange(1, 46)
        edges += [place, *(place * (1 - steps)), *(place + (1 - place) * steps)]
    return np.unique(edges)


def _order(h) -> float:
    """The power of x that h is near 0."""
    first, second = (float(h(np.array([x]))[0]) for x in (_LEAST, 2 * _LEAST))
    order = math.log2(second / first) if 0 < first < second else 0.0
    if order < 1e-3:
        raise BadInput(f"the schedule is {first:g} at x={_LEAST:g}; it has to vanish at 0 like a power of x")
    return order


def _search(function, low, high) -> float:
    """Where a function of one valley is least: ever finer grids around the least point."""
    while high - low > 1e-9:
        grid = np.linspace(low, high, 65)
        i = int(np.argmin(function(grid)))
        low, high = grid[max(0, i - 1)], grid[min(64, i + 1)]
    return float(grid[i])
