"""How far an exponent may still move where no law holds to rounding.

Over a finite window a few powers of t imitate a logarithm, or any other slow factor, to many digits; what lies beyond
the window they do not. So the part of the exponent that a law adds by extrapolation is trusted only as far as the law
explains the drift that was seen.
"""

import math

import numpy as np

from theorylab.fits.engine import Candidate
from theorylab.fits.formula import M, P
from theorylab.fits.laws import residual

HALF_DECADE = math.log(10) / 2
DOUBT = 3.0
EXPLAINED = 2e-4
EXPLAINED_BY_A_LOG = 5e-5
SLOWEST = 0.95


def doubt(accepted: list[Candidate], plain: list[Candidate], u: np.ndarray, z: np.ndarray, target: int) -> float:
    r"""Half-width :math:`3 \min(1, \eta / 2 \cdot 10^{-4}) R` that extrapolation adds to an exponent or a rate.

    R is how far the parameter of the law lies from its local slope at the last point, or what is left of the drift of
    the local slope if it goes on to shrink as it did, whichever is larger; eta is the law's error of prediction over
    that of a `plain` law, a bare power or exponential, on the same window (laws with a logarithm: eta over 5e-5).
    Three times, since a geometric continuation leaves 3 times too little under exp(sqrt(ln t)): the drift of (ln t)^-a
    falls like (ln t)^-(a+1), and (a + 1) / a times what it predicts is left. Of the accepted laws, the one that leaves
    least counts.
    """
    x = u if target == P else np.exp(u - u[0])
    left = remaining(x, z, _blocks(u, HALF_DECADE if target == P else math.log(2)))
    return DOUBT * min(_unexplained(c, plain) * max(_extrapolated(c, u, target), left) for c in accepted)


def _unexplained(c: Candidate, plain: list[Candidate]) -> float:
    """min(1, eta / EXPLAINED) of a law."""
    eta = min([1.0, *(c.error / p.error for p in plain if p.first == c.first and p.error > 0)])
    return min(1.0, eta / (EXPLAINED_BY_A_LOG if M in c.law.free or M in c.law.fixed else EXPLAINED))


def _extrapolated(c: Candidate, u: np.ndarray, target: int) -> float:
    """How far the exponent or rate of a law lies from its local slope at the last point."""
    return abs(_last_slope(c, u, target) - c.q[target])


def _last_slope(best: Candidate, u: np.ndarray, target: int) -> float:
    """The local exponent or rate of a law at the last point."""
    ends = u[-1] - np.array([min(1e-4, (u[-1] - u[0]) / 8), 0.0])
    low, high = residual(best.q, best.law, ends, ends - u[0], np.zeros(2))
    return float((high - low) / np.diff(ends if target == P else np.exp(ends - u[0]))[0])


def remaining(x: np.ndarray, z: np.ndarray, edges) -> float:
    """What is left of the drift of dz/dx when it shrinks on as over the last blocks [edges[i], edges[i + 1])."""
    last, ratio = _moves(x, z, edges)
    return last * ratio / (1 - ratio)


def shrinkage(u: np.ndarray, z: np.ndarray) -> float:
    """By what factor the drift of the local exponent shrinks in a decade, at the rate of the last blocks; not 0."""
    edges = _blocks(u, HALF_DECADE)
    ratio = _moves(u, z, edges)[1]
    return max(ratio ** (math.log(10) / min(HALF_DECADE, (u[-1] - u[0]) / 5)), 1e-9)


def _blocks(u: np.ndarray, length: float) -> np.ndarray:
    """Edges of the last four blocks of this length in u, or of four fifths of it all where that is less."""
    edges = np.searchsorted(u, u[-1] - min(length, (u[-1] - u[0]) / 5) * np.arange(4, -1, -1) - 1e-9)
    edges[-1] = len(u)
    return edges


def _moves(x: np.ndarray, z: np.ndarray, edges) -> tuple[float, float]:
    """|last move of dz/dx| between blocks, and the factor from move to move; (0, SLOWEST) where points are too few.

    The factor is the lesser of the last one and the mean of the last two: a turning point makes one of them large.
    """
    if np.any(np.diff(edges) < 3):
        return 0.0, SLOWEST
    slopes = [np.polyfit(x[a:b] - x[a], z[a:b], 1)[0] for a, b in zip(edges[:-1], edges[1:], strict=True)]
    moves = np.maximum(np.abs(np.diff(slopes)), 1e-300)
    return float(moves[-1]), min(math.sqrt(moves[-1] / moves[0]), moves[-1] / moves[-2], SLOWEST)
