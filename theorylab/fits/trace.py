"""From raw numbers to what can be fitted: ln y, its local noise, and where the rounding floor begins."""

import math
from typing import NamedTuple

import numpy as np

from theorylab.fits.fit import FEWEST, check_abscissa

SMOOTH = 1e-6
JUMPS = 0.2
LOUD = 0.03
CLIMBS = 0.05
COARSE = (20.0, 10.0, 5.0, 2.0)
GROWS = 2.0
LOG_FROM = 2.0


class Clean(NamedTuple):
    """u = ln t, z = ln(mean over seeds of y), weights, local noise e (n,), seeds or None, grid of y, what was cut.

    `rounded` tells whether the noise is that of rounding: a floor, a grid of y, or noise that grows as y falls.
    """

    u: np.ndarray
    z: np.ndarray
    weight: np.ndarray
    noise: np.ndarray
    seeds: np.ndarray | None
    quantum: float
    cut: str
    rounded: bool


def clean(t, y, seeds_axis: int | None, log_power: float = 0.0) -> Clean:
    """Stop at the first y that is not positive and finite, and at the rounding floor; take (log t)^log_power out.

    Raises
    ------
    ValueError
        Shapes that do not match, an abscissa that is not positive and increasing, fewer than 8 usable points.
    """
    y = np.asarray(y, dtype=float)
    if seeds_axis is not None:
        if y.ndim != 2:
            raise ValueError(f"With seeds_axis, y must have two dimensions (seeds and t), but has shape {y.shape}.")
        y = np.moveaxis(y, seeds_axis, 0)
    elif y.ndim != 1:
        raise ValueError(f"y has shape {y.shape}: name the axis of the seeds with seeds_axis, or give one trace.")
    t, y = check_abscissa(t, y)
    if log_power:
        late = t >= LOG_FROM
        if late.sum() < FEWEST:
            raise ValueError(f"log_power needs {FEWEST} points with t >= {LOG_FROM:g}, but there are {late.sum()}: "
                             "log t is no slow factor before.")
        t, y = t[late], y[..., late] / np.log(t[late]) ** log_power
    if np.all(np.isnan(y)):
        raise ValueError("Every y is nan: the run diverged before its first record, there is nothing to fit.")
    seeds = y if seeds_axis is not None and len(y) > 1 else None
    mean = y.mean(axis=0) if y.ndim == 2 else y
    good = np.isfinite(mean) & (mean > 0)
    cut = ""
    if not good.all():
        end = int(np.argmin(good))
        cut = f"y stops being positive and finite at t = {t[end]:g}; later points were dropped."
        if end < FEWEST:
            raise ValueError(f"Only {end} points come before y = {mean[end]:g} at t = {t[end]:g}; "
                             f"a fit needs {FEWEST} positive finite values from the start.")
        t, mean = t[:end], mean[:end]
    u, z = np.log(t), np.log(mean)
    noise = local_noise(u, z)
    floor = len(t) if seeds is not None else rounding_floor(u, z, mean, noise)
    if floor < len(t):
        cut = f"From t = {t[floor]:g} on, y moves on its rounding floor; those points were dropped."
        u, z, mean, noise = u[:floor], z[:floor], mean[:floor], noise[:floor]
    if seeds is not None:
        seeds = seeds[:, : len(u)]
    q = quantum(mean) if seeds is None else 0.0
    end = _coarse_from(mean, q)
    if end < len(u):
        cut = f"From t = {math.exp(u[end]):.4g} on, y is {mean[end] / q:.3g} grid steps or less; those were dropped."
        u, z, mean, noise = u[:end], z[:end], mean[:end], noise[:end]
    rounded = q > 0 or floor < len(t) or (seeds is None and _grows(noise))
    return Clean(u, z, _weights(mean, noise, q), noise, seeds, q, cut, rounded)


def local_noise(u: np.ndarray, z: np.ndarray) -> np.ndarray:
    """e_i = z_i minus its interpolant through three neighbours a side, scaled to the standard deviation of z_i."""
    n = len(u)
    if n < 7:
        return np.zeros(n)
    around = np.arange(3, n - 3)[:, None] + np.array([-3, -2, -1, 1, 2, 3])
    nodes, here = u[around], u[3:-3]
    coefficients = np.ones(nodes.shape)
    for j in range(6):
        for l in range(6):
            if l != j:
                coefficients[:, j] *= (here - nodes[:, l]) / (nodes[:, j] - nodes[:, l])
    e = (z[3:-3] - np.sum(coefficients * z[around], axis=1)) / np.sqrt(1 + np.sum(coefficients**2, axis=1))
    return np.pad(e, 3, mode="edge")


def rolling(values: np.ndarray, statistic, half: int = 6) -> np.ndarray:
    """statistic(window, axis=-1) over 2 half + 1 neighbours, the ends repeated; same length as values."""
    padded = np.pad(values, half, mode="edge")
    return statistic(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=-1)


def rms(values: np.ndarray, axis: int = -1) -> np.ndarray:
    return np.sqrt(np.mean(values * values, axis=axis))


def rounding_floor(u: np.ndarray, z: np.ndarray, y: np.ndarray, noise: np.ndarray) -> int:
    """Index from which y is dominated by an absolute error that does not fall with it; n if nowhere.

    Three signs must meet, since each alone also belongs to staircases or to plain noise: the local noise is large
    and far above its early level up to the end, its absolute size does not fall with y, and y moves up about as
    easily as down.
    """
    n = len(z)
    level = rolling(noise, rms)
    early = np.median(level[: max(n // 8, 6)])
    loud = (level > LOUD) & (level > 8 * early)
    quiet = np.flatnonzero(~loud)
    start = int(quiet[-1]) + 1 if len(quiet) else 0
    if n - start < 6:
        return n
    size = np.abs(noise[start:]) * y[start:]
    half = len(size) // 2
    falls = np.median(size[half:]) < 0.1 * np.median(size[:half])
    fell = np.median(y[start + half:]) < 0.1 * np.median(y[start: start + half])
    climbs = np.mean(np.diff(z[start + half:]) > 0) > 0.15
    return start if climbs and not (falls and fell) else n


def _coarse_from(y: np.ndarray, q: float) -> int:
    """Index from which y is too few grid steps q for its errors to be small; as many as leave a third of the points."""
    for steps in COARSE:
        below = np.flatnonzero(y < steps * q)
        if len(below) and below[0] >= max(2 * FEWEST, len(y) // 3):
            return int(below[0])
    return len(y)


def _grows(noise: np.ndarray) -> bool:
    """Whether the relative noise of the last third is more than GROWS times that of the first."""
    third = max(len(noise) // 3, 1)
    return bool(rms(noise[-third:]) > GROWS * rms(noise[:third]))


def quantum(y: np.ndarray) -> float:
    """The grid q when the small values are consecutive integer multiples of it; 0 when they are not.

    Consecutive, because the levels of a staircase that halves are integer multiples of the last one, too.
    """
    late = y[-max(len(y) // 2, 8):]
    moves = np.abs(np.diff(late))
    moves = moves[moves > 1e-9 * late[1:]]
    if not len(moves):
        return 0.0
    q = moves.min()
    small = y[y < 300 * q] / q
    if len(small) < 8 or np.any(np.abs(small - np.rint(small)) > 1e-2):
        return 0.0
    levels = np.unique(np.rint(small))
    return q if len(levels) >= 3 and levels[2] - levels[0] == 2 else 0.0


def _weights(y: np.ndarray, noise: np.ndarray, q: float) -> np.ndarray:
    """1 / local noise; all 1 where the "noise" is jumps, else the drops of a staircase would be weighted away."""
    if q > 0:
        return 1 / np.maximum(0.29 * q / y, SMOOTH)
    level, typical = rolling(noise, rms), rolling(np.abs(noise), np.median)
    loudest = level >= 0.3 * level.max()
    loud = np.median(level[loudest])
    sparse = np.median(typical[loudest] - JUMPS * level[loudest]) < 0
    climbs = np.mean(np.diff(y)[loudest[1:]] > 0) > CLIMBS
    if (loud > 10 * SMOOTH and sparse) or (loud > LOUD and not climbs):
        return np.ones(len(y))
    return 1 / np.maximum(np.maximum(level, np.median(level)), SMOOTH)
