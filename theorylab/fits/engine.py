"""Which law, fitted without the last part of a trace, predicts the last part?

A noise-free trace carries no statistical error: its residual is the error of the law, and textbook intervals and
information criteria mean nothing on it. A right law predicts to rounding, a wrong one does not; and where no law
reaches rounding, the interval is the hull of those that predict about as well, widened by their drift.
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.fits.formula import LINEAR, C, K, M, predict
from theorylab.fits.laws import Law, starts

# The numbers below were fixed on the classes of theorylab.calibration, with seeds other than those of its published
# tables. DRIFT, MOVE and HIDDEN turn what was seen to move into what may still move; PRECISE says how much wider than
# the second narrowest an interval may be and still count in full.
WINDOWS = (0.0, 0.12, 0.25, 0.40, 0.55)
LATE = 0.70
HELD = 0.44
POINTS = 72
ACCEPT = 6.0
EXACT = 30.0
DRIFT = 8.0
MOVE = 2.0
HIDDEN = 2.0
PRECISE = 3.0
LOG_FROM = math.log(1.9)


class Candidate(NamedTuple):
    """One law on one window: parameters with and without the held-out part, and its errors in ln y."""

    law: Law
    first: int
    q: np.ndarray
    q_train: np.ndarray
    error: float
    rms: float
    late: float
    index: np.ndarray

    @property
    def size(self) -> int:
        return len(self.law.free)


def window_starts(u: np.ndarray, *, late: bool = False) -> list[int]:
    """First indices of the nested windows, which all end at the end; with one more, late, for long smooth traces."""
    shares = (*WINDOWS, LATE) if late else WINDOWS
    return sorted({int(np.searchsorted(u, u[0] + f * (u[-1] - u[0]) - 1e-12)) for f in shares})


def thin(first: int, last: int, points: int = POINTS) -> np.ndarray:
    """About `points` equally spread indices of [first, last), both ends included."""
    return np.unique(np.rint(np.linspace(first, last - 1, min(points, last - first))).astype(int))


def rounding(z: np.ndarray) -> float:
    """What rounding alone leaves of ln y: 1e-14 (1 + max |z|)."""
    return 1e-14 * (1.0 + np.abs(z).max())


def compete(laws, u, z, weight, firsts, split, *, spare: int = 2, known=()) -> list[Candidate]:
    """Fit every law on every window [firsts[i], end), once in full and once up to u <= split.

    The error of prediction is taken on the points u > split; on a late window, which is left HELD of its length to
    train on, on fewer. A law that is among the candidates
    `known` starts from the first of these, any other from its grid.
    """
    rows = np.array([u, u - u[0], z, weight])
    windows = []
    for first in firsts:
        index = thin(first, len(u))
        here = max(split, u[first] + HELD * (u[-1] - u[first]))
        training = int(np.searchsorted(u[index], here, side="right"))
        held = rows[:, thin(int(np.searchsorted(u, here, side="right")), len(u), 24)]
        windows.append((first, index, rows[:, index], training, held))
    found = []
    for law in laws:
        free, linear = np.array(law.free), np.array([j for j in law.free if j in LINEAR])
        switches = law.switches
        needs_logarithm = (M in law.free or M in law.fixed) and K not in law.free
        best = next((c.q.copy() for c in known if c.law is law), None)
        for first, index, window, training, held in windows:
            if training < len(free) + spare or needs_logarithm and u[first] <= LOG_FROM:
                continue
            table = starts(law, window[0], window[2]) if best is None else best[None]
            q, q_train, rms, error, late = predict(table, linear, free, switches, window, held, training)
            if rms < math.inf:
                best = q.copy()
                found.append(Candidate(law, first, q, q_train, error, rms, late, index))
    return found


def hull(candidates: list[Candidate], target: int, eps: float, tolerance: float, held: float):
    """Interval of parameter `target` over all accepted laws and windows: (low, high, best, accepted).

    Accepted is who predicts the held-out part, of length `held`, within ACCEPT times the least error. Each contributes
    its value plus or minus what its drift may still do (`_drift`); below EXACT * eps the law holds to rounding and
    there is no drift. The half-width is at least `tolerance`.
    """
    bar = ACCEPT * max(least_error(candidates), 3 * eps)
    spans = []
    for law in {c.law.name: c.law for c in candidates}.values():
        rows = [c for c in candidates if c.law.name == law.name]
        for i, row in enumerate(rows):
            if row.error <= bar:
                width = 0.0 if row.error <= EXACT * eps else _drift(rows, i, target, held)
                spans.append((row.q[target] - width, row.q[target] + width, row))
    low, high = _agreed(spans, tolerance)
    accepted = [span[2] for span in spans]
    best = min(accepted, key=lambda c: (c.size if c.error < EXACT * eps else 0, c.error))
    half, centre = max((high - low) / 2, tolerance), (high + low) / 2
    return float(centre - half), float(centre + half), best, accepted


def _agreed(spans, tolerance):
    """Hull of the precise intervals, extended to the nearest edge of each one that contradicts it.

    A wide interval around a narrow one says the same less precisely: an early window, or a law that has begun to
    fail. Precise is what is at most PRECISE times as wide as the second narrowest; the narrowest may be luck.
    """
    widths = np.array([high - low for low, high, _ in spans])
    bar = PRECISE * max(np.sort(widths)[min(1, len(spans) - 1)], tolerance)
    low = min(span[0] for span, width in zip(spans, widths, strict=True) if width <= bar)
    high = max(span[1] for span, width in zip(spans, widths, strict=True) if width <= bar)
    for left, right, _ in spans:
        low, high = min(low, right), max(high, left)
    return low, high


def _drift(rows: list[Candidate], i: int, target: int, held: float) -> float:
    """How far parameter `target` of window i may still move.

    DRIFT times what adding the held-out part of length `held` moved it, MOVE times what the step from the window
    before moved it, and not less than a line that the error of prediction could hide.
    """
    added = abs(rows[i].q[target] - rows[i].q_train[target])
    move = abs(rows[i].q[target] - rows[i - 1].q[target]) if i else 0.0
    return max(DRIFT * added, MOVE * move, HIDDEN * rows[i].error / held)


def rejected(candidates: list[Candidate], accepted: list[Candidate]) -> tuple[tuple[str, float], ...]:
    """Each law that is not among the accepted, with its least prediction error, best first."""
    names = {c.law.name for c in accepted}
    errors: dict[str, float] = {}
    for c in candidates:
        if c.law.name not in names:
            errors[c.law.name] = min(c.error, errors.get(c.law.name, math.inf))
    return tuple(sorted(errors.items(), key=lambda item: item[1]))


def least_error(candidates: list[Candidate]) -> float:
    """The least prediction error, inf where there is no candidate."""
    return min((c.error for c in candidates), default=math.inf)


def constant(candidate: Candidate) -> float:
    """The constant e^c, or inf where it leaves the range of float64."""
    return math.exp(candidate.q[C]) if candidate.q[C] < 709 else math.inf
