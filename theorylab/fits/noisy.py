"""Statistics, where there is noise: several seeds, or one noisy trace.

The unit of resampling is a seed. Each law's exponent is a linear function of ln y near its fit, so that its spread
over seeds is that of G (y_s / mean - 1), with G the row of the pseudo-inverse that belongs to the exponent; a single
trace has the autoregressive covariance of its residuals instead.
"""

import math

import numpy as np

from theorylab.fits.engine import Candidate
from theorylab.fits.laws import P, influence, residual
from theorylab.fits.trace import Clean

AS_GOOD_LATE = 1.25
PENALTY = 5.0
FLAT = 0.05
SEEDS_INFLATION = 1.25
SINGLE_INFLATION = 1.6


def noisy_interval(candidates: list[Candidate], data: Clean):
    """(low, high, best, accepted) for the exponent, where residuals are noise.

    It is the union of the intervals of all laws that BIC does not rule out, on the earliest window that fits late
    as well as any.

    A plain power law within 1 of the best stands alone, within 2 together with those better than it; otherwise all
    laws within PENALTY of the best count. The inflation factors pay for this selection; they were fixed on
    synthetic traces with AR(1) noise.
    """
    from scipy.special import stdtrit

    least = min(c.late for c in candidates)
    for first in sorted({c.first for c in candidates}):
        rows = [c for c in candidates if c.first == first]
        if min(c.late for c in rows) <= AS_GOOD_LATE * least:
            break
    richest = min(rows, key=lambda c: c.rms)
    effective = _effective_size(richest, data)
    score = {c.law.name: effective * 2 * math.log(max(c.rms, 1e-15)) + c.size * math.log(effective) for c in rows}
    top = min(score.values())
    pure = [c for c in rows if c.law.name == "power"]
    if pure and score["power"] <= top + 1:
        chosen = pure
    elif pure and score["power"] <= top + 2:
        chosen = [c for c in rows if score[c.law.name] <= score["power"]]
    else:
        chosen = [c for c in rows if score[c.law.name] <= top + PENALTY]
    spans = []
    for c in chosen:
        sd, dof = _deviation(c, data)
        reach = stdtrit(dof, 0.975) * sd
        spans.append((c.q[P] - reach, c.q[P] + reach, c))
    if any(c.law.name == "power + floor" for c in chosen):
        # a law whose exponent may be zero describes the plateau, which the floor law describes as a floor
        spans = [s for s in spans if s[2].law.name == "power + floor" or s[0] > FLAT or s[1] < -FLAT]
    chosen = [s[2] for s in spans]
    low, high = min(s[0] for s in spans), max(s[1] for s in spans)
    best = min(chosen, key=lambda c: score[c.law.name])
    return low, high, best, chosen


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
        inverse = np.sum(gram**2) / np.trace(gram) ** 2 - 1 / len(gram)
        effective = 1 / max(inverse, 1e-3)
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
    return min(max(float(np.sum(r[1:] * r[:-1]) / np.sum(r * r)), 0.0), 0.99)
