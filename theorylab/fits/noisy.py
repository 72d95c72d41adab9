"""Statistics, where there is noise: several seeds, or one noisy trace.

The unit of resampling is a seed. Each law's exponent is a linear function of ln y near its fit, so that its spread
over seeds is that of G (y_s / mean - 1), with G the row of the pseudo-inverse that belongs to the exponent; a single
trace has the autoregressive covariance of its residuals instead.
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.fits.engine import Candidate
from theorylab.fits.formula import M, P
from theorylab.fits.laws import LOG_OF_CT, influence, residual
from theorylab.fits.trace import Clean

# Fixed on the classes of theorylab.calibration, with seeds other than those of its published tables.
AS_GOOD_LATE = 1.25
PENALTY = 5.0
CLOSE = 2.0
FLAT = 0.05
SEEDS_INFLATION = 1.3
SINGLE_INFLATION = 1.5


class Noisy(NamedTuple):
    """Interval [low, high] of the exponent, the two readings of it, the best law and the laws that count."""

    low: float
    high: float
    if_no_log: tuple[float, float]
    log_allowed: tuple[float, float]
    best: Candidate
    accepted: list[Candidate]


def noisy_interval(candidates: list[Candidate], data: Clean, level: float) -> Noisy:
    """The union of the intervals of all laws that BIC does not rule out.

    They are compared on the earliest window that fits late as well as any. A plain power law within CLOSE of the best
    stands alone; otherwise all laws within PENALTY of the best count.
    The inflation factors pay for this selection; they were fixed on synthetic traces with AR(1) noise.

    Noise hides a logarithm, which would move the exponent by much more than it: `if_no_log` leaves the laws with a
    logarithm out, `log_allowed` has them in, whatever BIC says.
    """
    least = min(c.late for c in candidates)
    simple = [c for c in candidates if c.law is not LOG_OF_CT]
    rows = _earliest(simple, min(c.late for c in simple))
    score = _scores(rows, data)
    top = min(score.values())
    pure = [c for c in rows if c.law.name == "power"]
    is_pure = bool(pure) and score["power"] <= top + CLOSE
    chosen = pure if is_pure else [c for c in rows if score[c.law.name] <= top + PENALTY]
    plain = [c for c in chosen if not _has_log(c)] or [min((c for c in rows if not _has_log(c)), key=_rms)]
    logs = _best_log([c for c in candidates if _has_log(c)], least, data)
    spans = {id(c): _span(c, data, level) for c in (*chosen, *plain, *logs)}
    floors = any(c.law.name == "power + floor" for c in chosen)

    def union(laws):
        ends = [spans[id(c)] for c in laws]
        if floors:
            # a law whose exponent may be zero describes the plateau, which the floor law describes as a floor
            ends = [e for e in ends if e[0] > FLAT or e[1] < -FLAT] or ends
        return min(e[0] for e in ends), max(e[1] for e in ends)

    best = min(chosen, key=lambda c: score[c.law.name])
    low, high = union(chosen)
    return Noisy(low, high, union(plain), union([*chosen, *logs]), best, chosen)


def _earliest(candidates: list[Candidate], least: float) -> list[Candidate]:
    """The candidates on the earliest window on which one fits the held-out part about as well as `least`."""
    for first in sorted({c.first for c in candidates}):
        rows = [c for c in candidates if c.first == first]
        if min(c.late for c in rows) <= AS_GOOD_LATE * least:
            return rows
    return []


def _best_log(logs: list[Candidate], least: float, data: Clean) -> list[Candidate]:
    """The better of the two logarithms, of t and of c t, where it first fits late as well as any law; [] without any.

    Where a richer law fits the late noise better than every logarithm, the one that comes closest counts.
    """
    if not logs:
        return []
    logs = _earliest(logs, least) or _earliest(logs, min(c.late for c in logs))
    score = _scores(logs, data)
    return [min(logs, key=lambda c: score[c.law.name] - (0.0 if c.law is LOG_OF_CT else CLOSE))]


def _scores(rows: list[Candidate], data: Clean) -> dict[str, float]:
    """BIC of each law, with the effective number of points."""
    effective = _effective_size(min(rows, key=_rms), data)
    return {c.law.name: effective * 2 * math.log(max(c.rms, 1e-15)) + c.size * math.log(effective) for c in rows}


def _has_log(c: Candidate) -> bool:
    return M in c.law.free


def _rms(c: Candidate) -> float:
    return c.rms


def _span(c: Candidate, data: Clean, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    sd, freedom = _deviation(c, data)
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * sd
    return float(c.q[P] - reach), float(c.q[P] + reach)


def _effective_size(c: Candidate, data: Clean) -> float:
    """Independent points that the window is worth, from the seeds' Gram matrix or the lag-one correlation."""
    n = len(c.index)
    r = _residual(c, data) * data.weight[c.index]
    rho = _lag_one(r)
    if data.seeds is None:
        effective = n * (1 - rho) / (1 + rho)
    else:
        relative = data.seeds[:, c.index] / data.seeds[:, c.index].mean(axis=0) - 1
        gram = relative @ relative.T
        total = np.trace(gram)  # 0 where all seeds agree
        effective = 1 / max(np.sum(gram**2) / total**2 - 1 / len(gram), 1e-3) if total > 0 else n
    return min(max(effective, 8.0), float(n))


def _deviation(c: Candidate, data: Clean) -> tuple[float, float]:
    """Standard deviation of the exponent, inflated for selection, and its degrees of freedom."""
    v = data.u - data.u[0]
    weight = data.weight[c.index]
    row = influence(c.q, c.law, data.u[c.index], v[c.index], weight)[c.law.free.index(P)]
    if data.seeds is not None:
        window = data.seeds[:, c.index]
        moved = (window / window.mean(axis=0) - 1) @ row
        return SEEDS_INFLATION * float(moved.std(ddof=1)) / math.sqrt(len(moved)), len(moved) - 1
    r = _residual(c, data)
    n = len(r)
    rho = _lag_one(r * weight)
    rho = min(rho + (1 + 4 * rho) / n, 0.99)
    free = max(n * (1 - rho) / (1 + rho) - c.size, 2.0)
    variance = np.sum((r * weight) ** 2) / free * (1 - rho) / (1 + rho)
    lag = np.abs(np.arange(n)[:, None] - np.arange(n))
    correlated = (row / weight) @ rho**lag @ (row / weight) * variance
    white = np.sum((row * r) ** 2)
    return SINGLE_INFLATION * math.sqrt(max(correlated, white)), max(min(free, 60.0), 3.0)


def _residual(c: Candidate, data: Clean) -> np.ndarray:
    u = data.u[c.index]
    return residual(c.q, c.law, u, u - data.u[0], data.z[c.index])


def _lag_one(r: np.ndarray) -> float:
    """Correlation of neighbouring residuals, in [0, 0.99]; 0 where there is no residual."""
    total = float(np.sum(r * r))
    return min(max(float(np.sum(r[1:] * r[:-1])) / total, 0.0), 0.99) if total > 0 else 0.0
