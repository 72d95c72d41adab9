r"""Three checks that find rounding by itself, on the records of a float64 trace.

- **A, value**: every column against balls at the SAME recorded state.
- **B, move**: :math:`|\mathrm{fl}(\mathrm{step}(x)) - \mathrm{step}(x)| / |\mathrm{step}(x) - x|`, in norm.
- **C, memory**: a shadow run of 106 bits from the first record and two from starts moved by an ulp;
  :math:`\kappa = |y_{64} - y_{106}| / \max |y_{106}' - y_{106}|`. Where :math:`\kappa` is large, rounding has changed
  the run more than the run's own sensitivity explains. A chaotic run parts from its shadow too, but with
  :math:`\kappa \approx 1`: there C is blind.

A and C raise an alarm. B alone warns, and raises an alarm only where C is blind and the next moves, taken together, are
wrong as well. The thresholds were frozen and then tried on 55 traces that had no part in choosing them: 21 of 21 shaped
by rounding were caught, 2 of 34 honest ones alarmed, one of them rightly [derived]. The condition on the next moves came
later: it spares short steps below an ulp between long ones.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import HEAD, Stream, cache, restore

from .balls import Ball, Undecided, ball_max, precision
from .lift import exact, lift
from .trajectory import Replay, state

#: Relative error of a column, or of the gap against its shadow, above which a trace is suspicious.
VALUE_TOLERANCE = 1e-6
#: Relative error of a move above which it is.
MOVE_TOLERANCE = 1e-3
#: Median kappa above which rounding, and not sensitivity, parted the run from its shadow.
KAPPA = 1e5
_SMALLEST_NORMAL = 2.2250738585072014e-308
_BITS = 128
_MOST_BITS = 1024
_ENOUGH_BITS = 40
_SHADOW_BITS = 106
_ULP = 2.0**-52
_MOVES = 32
_FOLLOWED = 6


class Records(NamedTuple):
    """What a run has stored.

    Attributes
    ----------
    steps : ndarray of int, shape (records,)
        Increasing.
    states : ndarray, shape (records, dimension)
    memories : ndarray, shape (records, numbers)
        Flattened as by `theorylab.kernels.store`; zero columns for methods without memory.
    columns : dict of str to ndarray, shape (records,)
        ``gap``, and any of ``grad_norm``, ``grad_norm2`` and the method's columns.
    stream : Stream
        Key of the random numbers.
    """

    steps: np.ndarray
    states: np.ndarray
    memories: np.ndarray
    columns: dict[str, np.ndarray]
    stream: Stream = Stream(np.uint64(0), np.uint64(0))

    def take(self, rows) -> "Records":
        """Some of the records."""
        columns = {name: column[rows] for name, column in self.columns.items()}
        return Records(self.steps[rows], self.states[rows], self.memories[rows], columns, self.stream)


class Errors(NamedTuple):
    """Relative errors at the records, nan where no precision up to 1024 bits decided, and what was worst."""

    steps: np.ndarray
    errors: np.ndarray
    threshold: float
    what: str

    @property
    def worst(self) -> float:
        """The largest error."""
        return float(np.nanmax(self.errors, initial=0.0))

    @property
    def high(self) -> np.ndarray:
        """Steps above the threshold."""
        return self.steps[self.errors > self.threshold]


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


class RoundingReport(NamedTuple):
    """What the three checks found.

    Attributes
    ----------
    value, move : Errors
        Checks A and B.
    shadow : Shadow
        Check C.
    alarm : bool
        Whether rounding may have shaped the trace.
    first : int
        First alarming step (-1: none); what was recorded before it may still be used.
    why : str
        One plain sentence.
    """

    value: Errors
    move: Errors
    shadow: Shadow
    alarm: bool
    first: int
    why: str


def rounding_report(
    problem, method, records: Records, *, window: int | None = None, tolerance: float = VALUE_TOLERANCE
) -> RoundingReport:
    """All three checks.

    Parameters
    ----------
    problem, method : NamedTuple
        As in the run.
    records : Records
        About 40 a trace are enough; those of the first steps matter most to C.
    window : int, optional
        How many steps the shadows follow the run from its first record on: by default 8000 / dimension, at least 50,
        which costs about half a second.
    tolerance : float
        Relative error of a value that counts: 1e-6, or a tenth of what a claim tolerates.
    """
    value = value_check(problem, method, records, tolerance=tolerance)
    move = move_check(problem, method, records)
    shadow = shadow_check(problem, method, records, window=window)
    blindly = _persistent(problem, method, records, np.intersect1d(move.high, records.steps[shadow.blind]))
    found = []
    if value.high.size:
        found.append((value.high[0], f"{value.what} is off by {value.worst:.2g} relative to balls at the same state"))
    if shadow.alarm:
        found.append((
            shadow.gap.high[0],
            f"the gap parts from a 106-bit shadow by {shadow.gap.worst:.2g}, {shadow.median:.1g} times what an ulp at "
            "the start explains",
        ))  # fmt: skip
    if blindly.size:
        found.append((blindly[0], f"steps are off by {move.worst:.2g} of their length where no shadow can tell"))
    if found:
        first = int(min(step for step, _ in found))
        return RoundingReport(value, move, shadow, True, first, f"from step {first}: " + "; ".join(w for _, w in found))
    why = f"values are right to {value.worst:.1g} and steps to {move.worst:.1g} at {len(records.steps)} records"
    if move.high.size:
        why += f"; steps lose digits from step {move.high[0]} on, but the gap still agrees with its 106-bit shadow"
    return RoundingReport(value, move, shadow, False, -1, why)


def _persistent(problem, method, records, suspects) -> np.ndarray:
    """Those of at most `_FOLLOWED` suspect steps after which the next moves, taken together, are wrong as well.

    Where a method alternates short and long moves the short ones may all be below an ulp and matter to nobody.
    """
    length = max(_MOVES, method.patience())
    spread = np.unique(np.linspace(0, suspects.size - 1, min(_FOLLOWED, suspects.size)).astype(int))
    rows = np.searchsorted(records.steps, suspects[spread])
    return move_check(problem, method, records.take(rows), length=length).high

def value_check(problem, method, records: Records, *, tolerance: float = VALUE_TOLERANCE) -> Errors:
    """Check A: the recorded columns against balls at the same recorded states.

    A subnormal value, or a zero where the ball excludes zero, counts as infinitely wrong.
    """
    replay = Replay(problem, method)
    table = np.full((len(records.steps), len(records.columns)), np.nan)
    for r, (x, memory) in enumerate(_states(replay, records)):
        recorded = {name: float(column[r]) for name, column in records.columns.items()}
        errors = _sharpened(_value_errors, replay, x, memory, recorded)
        table[r] = math.nan if errors is None else errors
    worst = int(np.argmax(np.fmax.reduce(table, axis=0, initial=-1.0)))
    return Errors(records.steps, np.fmax.reduce(table, axis=1), tolerance, list(records.columns)[worst])


def _states(replay, records):
    """Iterates, and memories as balls, at the records."""
    for x, row in zip(records.states, records.memories, strict=True):
        x = state(replay.problem, x)
        yield x, restore(replay.memory(x), row)[0]


def _sharpened(compute, *arguments, bits=_BITS):
    """The result at the least precision that decides it; None if 1024 bits do not."""
    while bits <= _MOST_BITS:
        with precision(bits):
            try:
                return compute(*arguments)
            except Undecided:
                bits *= 2
    return None


def _value_errors(replay, x, memory, recorded) -> list[float]:
    now = replay.first(x, memory)
    norm2 = sum((g * g for g in now.at.g), Ball(0))
    method = type(replay.method)
    own = zip(method.column_names, lift(method.columns)(replay.method, now.at, now.memory), strict=True)
    values = {"gap": now.at.f, "grad_norm2": norm2, "grad_norm": norm2.sqrt(), **dict(own)}
    return [_relative(y, values[name]) for name, y in recorded.items()]


def _relative(y: float, ball: Ball) -> float:
    if not math.isfinite(y):
        return math.nan  # a run that diverged says so itself
    if ball.is_zero:
        return 0.0 if y == 0 else math.inf
    if ball.accuracy < _ENOUGH_BITS:
        raise Undecided("too few bits for a relative error")
    if abs(y) < _SMALLEST_NORMAL:
        return math.inf
    return abs((Ball(y) - ball) / ball).enclosure()[1]


def move_check(problem, method, records: Records, *, length: int = 1) -> Errors:
    """Check B: `length` float64 steps from each recorded state against the real ones, relative to the way they go."""
    replay = Replay(problem, method, records.stream)
    errors = np.full(len(records.steps), np.nan)
    for r, (x, memory) in enumerate(_states(replay, records)):
        k = int(records.steps[r])
        moved = _float_steps(problem, method, x, records.memories[r], k, length, records.stream)
        if all(map(math.isfinite, moved)):
            error = _sharpened(_move_error, replay, x, memory, k, length, moved)
            errors[r] = math.nan if error is None else error
    return Errors(records.steps, errors, MOVE_TOLERANCE, "the step")


def _float_steps(problem, method, x, row, k, length, stream):
    """The iterate after `length` steps of the compiled loop."""
    compiled = cache.compiled(problem, method)
    carry = compiled.begin(problem, method, x)
    carry = carry._replace(memory=restore(carry.memory, row)[0], k=k)
    table = np.empty((1, len(HEAD) + len(method.column_names) + len(x) + len(row)))
    stop, levels, hits = np.array([k + length]), np.array([-np.inf]), np.array([-1])
    never = length + 1
    carry = compiled.descend(problem, method, carry, stream, stop, 0, 1, levels, hits, math.inf, never, table)
    return carry.at.x


def _move_error(replay, x, memory, k, length, moved) -> float:
    *_, last = replay.states(replay.first(x, memory, k), length)
    way = _distance(last.at.x, exact(x))
    error = _distance(last.at.x, exact(moved))
    if way.is_zero:
        return 0.0 if error.is_zero else math.inf
    if way.accuracy < _ENOUGH_BITS or not error.is_finite:
        raise Undecided("too few bits for the length of a step")
    return (error / way).enclosure()[1]


def _distance(x, y) -> Ball:
    return sum(((u - v) * (u - v) for u, v in zip(x, y, strict=True)), Ball(0)).sqrt()


def shadow_check(problem, method, records: Records, *, window: int | None = None) -> Shadow:
    """Check C: the recorded gaps against a run of 106 bits and its two neighbours, for the first `window` steps.

    A shadow is the ball replay whose radius is dropped after every step.
    """
    window = max(50, 8000 // records.states.shape[1]) if window is None else window
    shape = len(records.steps)
    errors, kappa, blind = np.full(shape, np.nan), np.full(shape, np.nan), np.ones(shape, dtype=bool)
    runs = [_shadow(problem, method, records, signs, window) for signs in ((0, 0), (1, -1), (1, 1, -1, -1))]
    for r, (shadow, *moved) in enumerate(zip(*runs, strict=False)):
        with precision(_SHADOW_BITS):
            size = abs(shadow)
            apart = abs(Ball(float(records.columns["gap"][r])) - shadow)
            swing = ball_max(*[abs(other - shadow) for other in moved])
            errors[r] = _quotient(apart, size)
            kappa[r] = _quotient(apart, swing + size * Ball(_ULP))
            blind[r] = _quotient(swing, size) > VALUE_TOLERANCE
    return Shadow(Errors(records.steps, errors, VALUE_TOLERANCE, "the gap"), kappa, blind)


def _shadow(problem, method, records, signs, window) -> list[Ball]:
    """Gaps of a 106-bit run at the records, from the first record's state moved by ulps of these signs."""
    with precision(_SHADOW_BITS):
        replay = Replay(problem, method, records.stream)
        x, memory = next(_states(replay, records))
        ulps = [_ULP * abs(u) if u else _ULP / 2 for u in x]
        moved = [Ball(u) + Ball(ulp) * sign for u, ulp, sign in zip(x, ulps, itertools.cycle(signs), strict=False)]
        start = tuple(moved) if isinstance(x, tuple) else np.array(moved, dtype=object)
        now = replay.first(start, memory, int(records.steps[0]))
        gaps = []
        for step in records.steps[records.steps <= records.steps[0] + window]:
            while now.t < step:
                now = _sharpened(replay.next, now, bits=_SHADOW_BITS)
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
