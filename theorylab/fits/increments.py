"""Linear growth: the limit of the increments (y(t_2) - y(t_1)) / (t_2 - t_1), in which constants cancel."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from theorylab.fits.contest import FAMILY
from theorylab.fits.engine import ACCEPT, DRIFT, EXACT, window_starts
from theorylab.fits.fit import Estimate, check_abscissa
from theorylab.fits.mixture import Departure, check_errors, check_level, left_by, mix

WIDEST = 0.1
NARROWEST = 1e-9
STRAIGHT = 0.4

# what y holds besides a t + c; every law is linear in its coefficients
LAWS = {
    "a t + c": (),
    "a t + b log t": (np.log,),
    "a t + b log t + d/t": (np.log, lambda t: 1 / t),
    "a t + b log t + (d + e log t)/t": (np.log, lambda t: 1 / t, lambda t: np.log(t) / t),
    **{f"a t + b t^{q:g}": (lambda t, q=q: t**q,) for q in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)},
    "a t + b t^(1/2) + d log t": (np.sqrt, np.log),
    "a t + b t^(3/4) + d t^(1/2) + e t^(1/4)": (lambda t: t**0.75, np.sqrt, lambda t: t**0.25),
}
# growth that has no such limit
DRIFTING = {
    "t log t": (lambda t: t * np.log(t),),
    "t log t with log t": (lambda t: t * np.log(t), np.log),
    "t^(5/4)": (lambda t: t**1.25,),
    "t^(3/2)": (lambda t: t**1.5,),
    "t^2": (np.square,),
    "t / log t": (lambda t: t / np.log(t + 1),),
}


class _Row(NamedTuple):
    law: str
    slope: float
    move: float
    error: float


def fit_increments(t, y, *, sd=None, level: float = 0.95) -> Estimate:
    r"""lim (y(t_2) - y(t_1)) / (t_2 - t_1) as both grow: the a of y = a t + o(t), whatever constant y holds.

    Without errors the laws y = a t + c + corrections (log t, powers of t below 1, 1/t, (log t)/t) compete on nested
    windows: each is fitted without the last quarter of ln t, and those that predict it about as well as the best
    give the hull, each widened by eight times its move between windows. With errors the laws are weighted by how
    likely they make the data.

    Against `theorylab.fits.fit_constant` of y/t: there a constant in y is a correction c/t that has to be fitted, and
    y has to be positive. Here it cancels.

    Parameters
    ----------
    t : array_like, shape (n,)
        Positive and increasing, n >= 8.
    y : array_like, shape (n,)
        Finite, of any sign: for instance 1/L, or f^(-(p-2)/p).
    sd : float or array_like of shape (n,), optional
        Standard deviation of y; without it the trace is taken to be free of noise.
    level : float
        Probability of the interval in (0, 1), where there are errors.

    Returns
    -------
    Estimate
        Undecided where growth without a limit of the increments predicts better (t log t, t / log t, powers of t above
        1), where no law fits within the errors, or where the half-width exceeds a tenth of the limit.

    Raises
    ------
    ValueError
        Lengths differ, t is not positive and increasing, fewer than 8 points, a y that is not finite, an sd that is
        not positive, or a level outside (0, 1).
    """
    t, y = check_abscissa(t, y)
    check_level(level)
    bad = np.flatnonzero(~np.isfinite(y))
    if len(bad):
        raise ValueError(f"y must be finite, but y = {y[bad[0]]:g} at t = {t[bad[0]]:g}: cut the trace there.")
    size = float(np.abs(y).max()) or 1.0  # of values near the ends of float64 the squares are none
    errors = None if sd is None else check_errors(sd, y.shape, "y") / size
    found = _predicted(t, y / size) if sd is None else _weighted(t, y / size, errors, level)
    return replace(found, value=found.value * size, low=found.low * size, high=found.high * size)


def _predicted(t, y) -> Estimate:
    rows = [row for name, columns in LAWS.items() for row in _windows(name, columns, t, y)]
    drifting = [row for name, columns in DRIFTING.items() for row in _windows(name, columns, t, y)]
    floor = 3e-14 * float(np.abs(y / t).max())
    least = max(min(row.error for row in rows), floor)
    accepted = [row for row in rows if row.error <= ACCEPT * least]
    spans = [(row.slope, 0.0 if row.error <= EXACT * floor / 3 else DRIFT * row.move) for row in accepted]
    low, high = min(slope - width for slope, width in spans), max(slope + width for slope, width in spans)
    best = min(accepted, key=lambda row: (len(LAWS[row.law]) if row.error < EXACT * floor / 3 else 0, row.error))
    half = max((high - low) / 2, NARROWEST * abs(best.slope))
    low, high = (low + high) / 2 - half, (low + high) / 2 + half
    rival = min(drifting, key=lambda row: row.error, default=None)
    drifts = rival is not None and max(rival.error, floor) < least / FAMILY
    names = sorted({row.law for row in accepted})
    why = f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''}: the last quarter is predicted within " \
          f"{best.error:.1e} t."  # fmt: skip
    if drifts:
        why += f" But {rival.law} predicts it better: the increments keep drifting."
    elif half > WIDEST * abs(best.slope):
        why += " The drift has not died out: record further."
    decided = not drifts and half <= WIDEST * abs(best.slope)
    return Estimate(best.slope, low, high, bool(decided), (float(t[0]), float(t[-1])), why)


def _windows(name, columns, t, y):
    """One row a window: the slope, its move from the window before and when the last quarter is added, the error."""
    u = np.log(t)
    split = max(u[-1] - (u[-1] - u[0]) / 4, u[min(5, len(u) - 3)])
    before = None
    for first in window_starts(u):
        train = int(np.searchsorted(u, split, side="right"))
        if train - first < len(columns) + 3:
            continue
        matrix = _matrix(columns, t)
        full, fitted = (_solve(matrix[first:last], t[first:last], y[first:last]) for last in (len(t), train))
        ahead = (y[train:] - matrix[train:] @ fitted) / t[train:]
        inside = (y[first:] - matrix[first:] @ full) / t[first:]
        # half the residual in the sample: one prediction can be good by luck
        error = max(_rms(ahead), _rms(inside) / 2)
        move = max(abs(full[1] - fitted[1]), 0.0 if before is None else abs(full[1] - before))
        before = full[1]
        yield _Row(name, float(full[1]), float(move), error)


def _matrix(columns, t):
    return np.column_stack([np.ones(len(t)), t, *(column(t) for column in columns)])


def _solve(matrix, t, y):
    """Least squares with errors in proportion to t, columns scaled to length 1."""
    weighted = matrix / t[:, None]
    size = np.linalg.norm(weighted, axis=0)
    return np.linalg.lstsq(weighted / size, y / t, rcond=1e-15)[0] / size


def _rms(r) -> float:
    return math.sqrt(float(np.mean(r**2)))


def _weighted(t, y, sd, level) -> Estimate:
    line = np.column_stack([np.ones(len(t)), t])
    weighed = line / sd[:, None]
    left = left_by(weighed, y / sd)
    bent = {name: columns for name, columns in LAWS.items() if columns}
    found = [Departure("a t + c", STRAIGHT, np.zeros(len(t)), ())]
    for name, columns in bent.items():
        # each correction as large as all that a straight line leaves: its true size has no natural scale
        sized = tuple(column(t) * left / left_by(weighed, column(t) / sd) for column in columns)
        found.append(Departure(name, (1 - STRAIGHT) / len(bent), np.zeros(len(t)), sized))
    mixture = mix(found, line, y, sd, np.ones(1))
    low, value, high = mixture.interval(1, level)
    agrees = mixture.agrees(len(t) - 2)
    half = (high - low) / 2
    why = f"{mixture.told()}."
    if not agrees:
        why = "No law of linear growth fits within the errors given: check them, or start the window later."
        low, high = -math.inf, math.inf
    elif half > WIDEST * abs(value):
        why += " The errors leave the limit open: record further."
    decided = agrees and half <= WIDEST * abs(value)
    return Estimate(value, low, high, bool(decided), (float(t[0]), float(t[-1])), why)
