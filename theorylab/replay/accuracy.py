"""Recorded values and steps against balls at the same recorded states."""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import HEAD, Stream, as_state, cache, restore
from theorylab.theory.balls import precision

from .balls import Ball, Undecided
from .lift import exact, lift
from .trajectory import Replay

#: Relative error of a column, or of the gap against its shadow, above which a trace is suspicious.
VALUE_TOLERANCE = 1e-6
#: Relative error of a move above which it is.
MOVE_TOLERANCE = 1e-3
_SMALLEST_NORMAL = 2.2250738585072014e-308
_BITS = 128
#: Bits after which a comparison is given up.
MOST_BITS = 1024
_ENOUGH_BITS = 40


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


def value_check(problem, method, records: Records, *, tolerance: float = VALUE_TOLERANCE) -> Errors:
    """Check A: the recorded columns against balls at the same recorded states.

    A subnormal value, or a zero where the ball excludes zero, counts as infinitely wrong.
    """
    replay = Replay(problem, method)
    table = np.full((len(records.steps), len(records.columns)), np.nan)
    for r, (x, memory) in enumerate(restored(replay, records)):
        recorded = {name: float(column[r]) for name, column in records.columns.items()}
        errors = sharpened(_value_errors, replay, x, memory, recorded)
        table[r] = math.nan if errors is None else errors
    worst = int(np.argmax(np.fmax.reduce(table, axis=0, initial=-1.0)))
    return Errors(records.steps, np.fmax.reduce(table, axis=1), tolerance, list(records.columns)[worst])


def restored(replay, records):
    """Iterates, and memories as balls, at the records."""
    for x, row in zip(records.states, records.memories, strict=True):
        x = as_state(x)
        yield x, restore(replay.memory(x), row)[0]


def sharpened(compute, *arguments, bits=_BITS):
    """The result at the least precision that decides it; None if 1024 bits do not."""
    while bits <= MOST_BITS:
        with precision(bits):
            try:
                return compute(*arguments)
            except Undecided:
                bits *= 2
    return None


def _value_errors(replay, x, memory, recorded) -> list[float]:
    now = replay.first(x, memory)
    norm2 = sum((g * g for g in now.at.g), Ball(0))
    method = replay.method
    own = zip(method.column_names, lift(type(method).columns)(method, now.at, now.memory), strict=True)
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
    for r, (x, memory) in enumerate(restored(replay, records)):
        k = int(records.steps[r])
        moved = _float_steps(problem, method, x, records.memories[r], k, length, records.stream)
        if all(map(math.isfinite, moved)):
            error = sharpened(_move_error, replay, x, memory, k, length, moved)
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
