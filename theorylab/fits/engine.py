"""Which law, fitted without the last part of a trace, predicts the last part?

A noise-free trace carries no statistical error: its residual is the error of the law, and textbook intervals and
information criteria mean nothing on it. A right law predicts to rounding, a wrong one does not; and where no law
reaches rounding, the interval is the hull of those that predict about as well, widened by their drift.
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.fits.laws import LINEAR, C, Law, minimise, minimise_from, residual, starts

# The numbers below were fixed on synthetic traces of the classes that tests/fits draws from (other seeds), and LUCK
# on gradient descent in a curved ravine of order 8, where one small move between windows hid a bias of 1e-3.
WINDOWS = (0.0, 0.12, 0.25, 0.40, 0.55)
POINTS = 72
ACCEPT = 6.0
EXACT = 30.0
DRIFT = 8.0
SETTLED = 2.0
SHRINKS = 1 / 3
LUCK = 1 / 27


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


def window_starts(u: np.ndarray) -> list[int]:
    """First indices of the nested windows, which all end at the end."""
    return sorted({int(np.searchsorted(u, u[0] + f * (u[-1] - u[0]) - 1e-12)) for f in WINDOWS})


def thin(first: int, last: int, points: int = POINTS) -> np.ndarray:
    """About `points` equally spread indices of [first, last), both ends included."""
    return np.unique(np.rint(np.linspace(first, last - 1, min(points, last - first))).astype(int))


def rounding(z: np.ndarray) -> float:
    """What rounding alone leaves of ln y: 1e-14 (1 + max |z|)."""
    return 1e-14 * (1.0 + np.abs(z).max())


def compete(laws, u, z, weight, firsts, split, *, spare: int = 2) -> list[Candidate]:
    """Fit every law on every window [firsts[i], end), once in full and once up to u <= split.

    The error of prediction is taken on the same points u > split for all windows, and is at least half the rms
    in the sample, since one prediction can be good by luck.
    """
    v = u - u[0]
    held = thin(int(np.searchsorted(u, split, side="right")), len(u), 24)
    found = []
    for law in laws:
        free = np.array(law.free)
        linear = np.array([j for j in law.free if j in LINEAR])
        switches = law.switches
        best = None
        for first in firsts:
            index = thin(first, len(u))
            train = index[u[index] <= split]
            if len(train) < len(free) + spare:
                continue
            uu, vv, zz, ww = u[index], v[index], z[index], weight[index]
            table = starts(law, uu, zz)
            if best is not None and len(table) > 1:
                table = best[None]
            q, rms = minimise_from(table, linear, free, switches, uu, vv, zz, ww, 60)
            if not math.isfinite(rms):
                continue
            best = q
            q_train, trained = minimise(q.copy(), free, switches, u[train], v[train], z[train], weight[train], 40)
            if not math.isfinite(trained):
                continue
            error = _rms(residual(q_train, law, u[held], v[held], z[held]), weight[held])
            late = _rms(residual(q, law, u[held], v[held], z[held]), weight[held])
            error = max(error, 0.5 * _rms(residual(q, law, uu, vv, zz), ww))
            found.append(Candidate(law, first, q, q_train, error, rms, late, index))
    return found


def _rms(r: np.ndarray, weight: np.ndarray) -> float:
    """Weighted root mean square: on a rounding floor the precise points judge a law, not the noise."""
    return float(np.sqrt(np.sum((weight * r) ** 2) / np.sum(weight**2)))


def hull(candidates: list[Candidate], target: int, eps: float, tolerance: float):
    """Interval of parameter `target` over all accepted laws and windows: (low, high, best, accepted).

    Accepted is who predicts within ACCEPT times the least error. Each contributes its value plus or minus what its
    drift may still do (`_drift`); below EXACT * eps the law holds to rounding and there is no drift. Where a law
    settles, its windows whose intervals contain that of the later one are dropped: they say the same less precisely.
    The half-width is at least `tolerance`.
    """
    bar = ACCEPT * max(least_error(candidates), 3 * eps)
    spans = []
    for law in {c.law.name: c.law for c in candidates}.values():
        rows = [c for c in candidates if c.law.name == law.name]
        kept = []
        for i, row in enumerate(rows):
            if row.error > bar:
                continue
            width, settles = (0.0, False) if row.error <= EXACT * eps else _drift(rows, i, target)
            low, high = row.q[target] - width, row.q[target] + width
            if settles:
                kept = [span for span in kept if span[0] > low or span[1] < high]
            kept.append((low, high, row))
        spans += kept
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    accepted = [span[2] for span in spans]
    best = min(accepted, key=lambda c: (c.size if c.error < EXACT * eps else 0, c.error))
    half, centre = max((high - low) / 2, tolerance), (high + low) / 2
    return float(centre - half), float(centre + half), best, accepted


def _drift(rows: list[Candidate], i: int, target: int) -> tuple[float, bool]:
    """How far parameter `target` of window i may still move, and whether it settles.

    The measure is the larger of two moves: from the window before, and when the held-out part is added. It counts
    DRIFT times; SETTLED times where the last three moves between windows shrink by SHRINKS each, as they do under
    a correction by a power of t, but not under a logarithm. A move below LUCK of the one before is a turning point
    rather than convergence, and counts as that much.
    """
    moves = [abs(rows[j].q[target] - rows[j - 1].q[target]) for j in range(max(1, i - 2), i + 1)]
    added = abs(rows[i].q[target] - rows[i].q_train[target])
    settles = len(moves) == 3 and LUCK * moves[1] <= moves[2] <= SHRINKS * moves[1] <= SHRINKS**2 * moves[0]
    move = max([added, *moves[-1:], *(LUCK * earlier for earlier in moves[-2:-1])])
    return (SETTLED if settles else DRIFT) * move, settles


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
