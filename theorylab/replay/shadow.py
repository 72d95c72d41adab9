"""A run in 106 bits beside the float64 one: has rounding changed it more than its own sensitivity explains?"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from theorylab.theory.balls import precision

from .accuracy import VALUE_TOLERANCE, Errors, Records, restored, sharpened
from .balls import Ball, ball_max
from .trajectory import Replay

#: Median kappa above which rounding, and not sensitivity, parted the run from its shadow.
KAPPA = 1e5
_SHADOW_BITS = 106
_ULP = 2.0**-52


class Shadow(NamedTuple):
    """Errors of the gap against its shadow, kappa at each record, and where C is blind (decorrelated, not followed)."""

    gap: Errors
    kappa: np.ndarray
    blind: np.ndarray

    @property
    def median(self) -> float:
        """Median kappa of the records whose gap is off (0 if none is)."""
        off = self.gap.errors > self.gap.threshold
        return float(np.median(self.kappa[off])) if off.any() else 0.0

    @property
    def alarm(self) -> bool:
        """Whether rounding, and not sensitivity, parted the run from its shadow."""
        return self.median > KAPPA


def shadow_check(
    problem, method, records: Records, *, window: int | None = None, tolerance: float = VALUE_TOLERANCE
) -> Shadow:
    """Check C: the recorded gaps against a run of 106 bits and its two neighbours, for the first `window` steps.

    A shadow is the ball replay whose radius is dropped after every step.
    """
    window = max(50, 8000 // records.states.shape[1]) if window is None else window
    gaps = records.columns["gap"]
    errors, kappa = np.full(len(gaps), np.nan), np.zeros(len(gaps))
    shadow = _shadow(problem, method, records, (0, 0), window)
    with precision(_SHADOW_BITS):
        for r, true in enumerate(shadow):
            errors[r] = _quotient(abs(Ball(float(gaps[r])) - true), abs(true))
        gap = Errors(records.steps, errors, tolerance, "the gap")
        blind = np.isnan(errors)
        if gap.high.size:  # sensitivity matters only where the run and its shadow parted
            moved = [_shadow(problem, method, records, signs, window) for signs in ((1, -1), (1, 1, -1, -1))]
            for r, (true, *others) in enumerate(zip(shadow, *moved, strict=False)):
                swing = ball_max(*[abs(other - true) for other in others])
                kappa[r] = _quotient(abs(Ball(float(gaps[r])) - true), swing + abs(true) * Ball(_ULP))
                blind[r] = errors[r] > tolerance and _quotient(swing, abs(true)) > tolerance
    return Shadow(gap, kappa, blind)


def _shadow(problem, method, records, signs, window) -> list[Ball]:
    """Gaps of a 106-bit run at the records, from the first record's state moved by ulps of these signs."""
    with precision(_SHADOW_BITS):
        replay = Replay(problem, method, records.stream)
        x, memory = next(restored(replay, records))
        ulps = [_ULP * abs(u) if u else _ULP / 2 for u in x]
        moved = [Ball(u) + Ball(ulp) * sign for u, ulp, sign in zip(x, ulps, itertools.cycle(signs), strict=False)]
        start = tuple(moved) if isinstance(x, tuple) else np.array(moved, dtype=object)
        now = replay.first(start, memory, int(records.steps[0]))
        gaps = []
        finite = np.logical_and.accumulate(np.isfinite(records.columns["gap"]))
        for step in records.steps[finite & (records.steps <= records.steps[0] + window)]:
            while now.t < step:
                now = sharpened(replay.next, now, bits=_SHADOW_BITS)
                if now is None or not now.at.f.is_finite:
                    return gaps
                now = _middle(now)
            gaps.append(now.at.f.middle)
        return gaps


def _middle(value):
    """The value without radii."""
    if isinstance(value, Ball):
        return value.middle
    if isinstance(value, tuple):
        parts = map(_middle, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, np.ndarray):
        value[:] = [ball.middle for ball in value]
    return value


def _quotient(a: Ball, b: Ball) -> float:
    """a/b for numbers without radius, 0/0 being 0."""
    if a.is_zero:
        return 0.0
    return math.inf if b.is_zero else (a / b).enclosure()[1]
