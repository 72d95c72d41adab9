r"""The noisy slope in the limit of many steps: a reflected diffusion, and its worst slope for each learning rate.

With :math:`u = t/T`, :math:`f = \varepsilon x` on [0, 1], :math:`\varepsilon = e/\sqrt T` and
:math:`\eta = \rho/\sqrt T` the iterate of SGD tends to

.. math:: dy = -\rho h(u) e\,du + \rho h(u)\,dW, \quad y(0) = 1, \quad y \in [0, 1] \text{ reflected},

and the scaled loss to :math:`R(\rho) = \sup_e e\,\mathbb{E}\,y(1)` [derived]. The Fokker-Planck equation is solved
without random numbers and without anything of SGD but the schedule h.
"""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.optimize import minimize_scalar

from theorylab import kernels  # noqa: F401  (names the cache folder before numba compiles anything)
from theorylab.runs import BadInput

#: Where the geometric time grid ends, in the remaining fraction x; one more step leads to x = 0.
LAST = 1e-7
#: A solution whose probabilities do not sum to 1 within this is none.
MASS = 1e-6
#: The slopes looked at reach from e = LEAST to e = MOST (rho + 1/(rho Hbar)), `SCAN` of them at first.
LEAST, MOST, SCAN = 0.05, 6.0, 28
#: Cells and steps of that first look. It ends where the mean lies within `NEAR` cells of the wall: with all mass in
#: the first cell e E y = e dx/2 would grow with e for ever.
ROUGH, NEAR = (50, 200), 3.0
#: How well ln e is located.
TOLERANCE = 1e-4


class Grid(NamedTuple):
    """Cells in y and geometric steps in x; both are halved for the coarse level that measures the error."""

    cells: int
    steps: int


QUICK, FULL = Grid(200, 800), Grid(400, 1600)


@njit(cache=True)
def bernoulli(z):
    """z/(e^z - 1), by its series near 0 and by its limits far away."""
    if abs(z) < 1e-5:
        return 1.0 - z / 2.0 + z * z / 12.0
    if z > 500.0:
        return 0.0
    if z < -500.0:
        return -z
    return z / math.expm1(z)


@njit(cache=True, error_model="numpy", nogil=True)
def _law(h, du, rho, slope, cells):
    """Probabilities of the cells at the end: Scharfetter-Gummel fluxes, backward Euler, Thomas; shape (cells,).

    A pivot is what leaves a cell to the right plus `stays`, a sum of positive terms: without a subtraction no
    probability is lost however large the rates are.
    """
    dx = 1.0 / cells
    p, back = np.zeros(cells), np.zeros(cells)
    p[-1] = 1.0
    for k in range(h.size):
        scale = rho * h[k]
        if not scale > 0.0:
            continue
        diffusion = scale * scale / 2.0
        z = -scale * slope * dx / diffusion
        rate = du[k] * diffusion / (dx * dx)
        right, left = rate * bernoulli(-z), rate * bernoulli(z)
        stays, came, w, steady = 1.0, 0.0, 0.0, False
        for i in range(cells - 1):
            if not steady:  # from where it no longer changes the chain of divisions ends
                w = 1.0 / (stays + right)
                before, stays = stays, 1.0 + left * (stays * w)
                steady = stays == before
            back[i] = left * w
            came = (p[i] + right * came) * w
            p[i] = came
        p[cells - 1] = (p[cells - 1] + right * came) / stays
        for i in range(cells - 2, -1, -1):
            p[i] += back[i] * p[i + 1]
    return p


def time_grid(steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Midpoints in the remaining fraction x = 1 - u and lengths of the steps, each of shape (steps + 1,)."""
    x = np.append(np.geomspace(1.0, LAST, steps + 1), 0.0)
    return (x[:-1] + x[1:]) / 2, x[:-1] - x[1:]


def law(h: Callable, rho: float, slope: float, grid: Grid) -> np.ndarray:
    """Probabilities of the cells of [0, 1] at the end, shape (cells,), under the schedule h(x).

    Raises
    ------
    BadInput
        A rho or slope that is not positive, a grid too small, or a schedule that is negative or not finite.
    """
    _check(rho, slope, grid)
    x, du = time_grid(grid.steps)
    return _law(_heights(h, x), du, float(rho), float(slope), grid.cells)


def _check(rho, slope, grid) -> None:
    for name, value in (("rho", rho), ("slope", slope)):
        if not (math.isfinite(value) and value > 0):
            raise BadInput(f"{name} is {value!r}; it has to be a positive number")
    if grid.cells < 8 or grid.steps < 8:
        raise BadInput(f"the grid has {grid.cells} cells and {grid.steps} steps; give at least 8 of each")


def _heights(h, x) -> np.ndarray:
    heights = np.ascontiguousarray(np.broadcast_to(np.asarray(h(x), dtype=float), x.shape))
    if not (np.isfinite(heights) & (heights >= 0)).all():
        raise BadInput("the schedule is negative or not finite somewhere on 0 < x < 1; give h(x) >= 0")
    return heights


class Level:
    """e E y(1) on one grid as a function of the slope, extrapolated in the length of the steps."""

    def __init__(self, h, rho: float, cells: int, steps: int):
        self.rho, self.cells = float(rho), cells
        self.centres = (np.arange(cells) + 0.5) / cells
        self.times = [(_heights(h, x), du) for x, du in map(time_grid, (steps, steps // 2))]
        self.lost = 0.0

    def loss(self, slope: float) -> float:
        """Backward Euler is of first order: 2 R(steps) - R(steps/2)."""
        fine, half = (self._once(slope, *times) for times in self.times)
        return 2 * fine - half

    def _once(self, slope, heights, du) -> float:
        p = _law(heights, du, self.rho, slope, self.cells)
        self.lost = max(self.lost, abs(p.sum() - 1.0))
        return slope * float(self.centres @ p)

    def worst(self, low: float, high: float) -> tuple[float, float]:
        """(slope, loss) of the largest loss between two slopes, by Brent's method on ln e."""
        found = minimize_scalar(lambda s: -self.loss(math.exp(s)), bounds=(math.log(low), math.log(high)),
                                method="bounded", options={"xatol": TOLERANCE})  # fmt: skip
        return math.exp(found.x), -found.fun


@dataclass(frozen=True)
class Worst:
    """R(rho) = sup_e e E y(1), with the slope where it is attained.

    Attributes
    ----------
    losses, slopes : (float, float)
        On the coarse and on the fine grid. All errors are of second order, so that the difference is three times what
        is left on the fine one.
    attained : bool
        False where the loss still grows at the largest slope: then R is approached as e grows.
    rest : float
        Where R is not attained, growth of the loss over the last quarter of the slopes; else 0.
    lost : float
        Largest distance of a sum of probabilities from 1.
    """

    rho: float
    losses: tuple[float, float]
    slopes: tuple[float, float]
    attained: bool
    rest: float
    lost: float

    @property
    def why(self) -> str:
        """Why the number may not be used; empty if it may."""
        if self.lost <= MASS:
            return ""
        return f"the probabilities at rho={self.rho:g} miss 1 by {self.lost:.1g}, more than {MASS:g}"


def worst(h: Callable, rho: float, grid: Grid = QUICK) -> Worst:
    """The worst slope for the schedule h(x) at the base rate rho, on the grid and on one half as fine.

    Raises
    ------
    BadInput
        As `law`, and for a grid that cannot be halved.
    """
    _check(rho, 1.0, grid)
    if grid.cells % 2 or grid.steps % 4:
        raise BadInput(f"the grid has {grid.cells} cells and {grid.steps} steps; give multiples of 2 and of 4: "
                       "both are halved for the coarse level, the steps once more for the extrapolation")  # fmt: skip
    x, du = time_grid(grid.steps)
    mean = float(_heights(h, x) @ du)
    slopes = np.geomspace(LEAST, MOST * (rho + 1 / (rho * mean)), SCAN)
    rough = Level(h, rho, *ROUGH)
    losses = []
    for e in slopes:
        losses.append(rough.loss(e))
        if losses[-1] < e * NEAR / ROUGH[0]:
            break
    top = int(np.argmax(losses))
    levels = [Level(h, rho, grid.cells // 2, grid.steps // 2), Level(h, rho, *grid)]
    attained = 0 < top < len(losses) - 1
    if attained:
        found = [level.worst(slopes[top - 1], slopes[top + 1]) for level in levels]
        rest = 0.0
    else:
        found = [(slopes[top], level.loss(slopes[top])) for level in levels]
        rest = abs(found[1][1] - levels[1].loss(0.75 * slopes[top]))
    at, losses = zip(*found, strict=True)
    return Worst(float(rho), losses, at, attained, rest, max(level.lost for level in levels))


@dataclass(frozen=True)
class Curve:
    """R against rho for one schedule; everything has shape (number of rho,) unless said otherwise."""

    points: tuple[Worst, ...]

    @property
    def rho(self) -> np.ndarray:
        """Base rates in units of D/(G sqrt T)."""
        return np.array([point.rho for point in self.points])

    @property
    def loss(self) -> np.ndarray:
        """R on the fine grid."""
        return np.array([point.losses[1] for point in self.points])

    @property
    def coarse_loss(self) -> np.ndarray:
        """R on the coarse grid."""
        return np.array([point.losses[0] for point in self.points])

    @property
    def loss_error(self) -> np.ndarray:
        """Difference of the two grids, and what is missing where R is not attained."""
        return abs(self.loss - self.coarse_loss) + np.array([point.rest for point in self.points])

    @property
    def slope(self) -> np.ndarray:
        """The worst slope e on the fine grid."""
        return np.array([point.slopes[1] for point in self.points])

    @property
    def coarse_slope(self) -> np.ndarray:
        """The worst slope e on the coarse grid."""
        return np.array([point.slopes[0] for point in self.points])

    @property
    def slope_error(self) -> np.ndarray:
        """Difference of the two grids, and what the search leaves open."""
        return abs(self.slope - self.coarse_slope) + TOLERANCE * self.slope

    @property
    def why(self) -> str:
        """Why the curve may not be used; empty if it may."""
        return next((point.why for point in self.points if point.why), "")

    def local(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Geometric means of neighbouring rho, d ln R/d ln rho between them, and its error; one fewer each."""
        rho = np.log(self.rho)
        coarse, fine = (np.diff(np.log(losses)) / np.diff(rho) for losses in (self.coarse_loss, self.loss))
        rest = np.array([point.rest for point in self.points]) / self.loss
        return np.exp((rho[1:] + rho[:-1]) / 2), fine, abs(fine - coarse) + (rest[1:] + rest[:-1]) / np.diff(rho)


def sweep(h: Callable, rhos, grid: Grid = QUICK, jobs: int = 1) -> Curve:
    """The curve R(rho) of a schedule, `jobs` rates at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        return Curve(tuple(pool.map(lambda rho: worst(h, rho, grid), rhos)))
