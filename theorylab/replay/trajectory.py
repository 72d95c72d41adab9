"""A run of a method on a problem in real arithmetic: the lifted step, from a declared or a recorded state."""

from collections.abc import Iterator
from typing import NamedTuple

import flint
import numpy as np

from theorylab.kernels import Oracle, Point, init, step, uniform, uniforms, value_grad, workspace

from .balls import Ball
from .lift import exact, lift
from .statement import State


class Draws(NamedTuple):
    """Recorded uniforms: ``rows[k - first]`` are the draws of step k."""

    first: int
    rows: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, stream, first: int, steps: int, count: int) -> "Draws":
        """What `stream` gives to steps first, ..., first + steps - 1, `count` numbers a step."""
        like = (0.0,) * count
        rows = (uniforms(stream, k, like) for k in range(first, first + steps))
        return cls(first, tuple(tuple(map(float, row)) for row in rows))

    @classmethod
    def of_uniform(cls, stream, first: int, steps: int) -> "Draws":
        """What `uniform` gives to these steps, one number a step."""
        return cls(first, tuple((float(uniform(stream, k)),) for k in range(first, first + steps)))

    def row(self, k: int) -> tuple[float, ...]:
        """The draws of step `k`."""
        if not 0 <= k - self.first < len(self.rows):
            raise ValueError(f"no draws of step {k} were recorded; they run from {self.first} to {self.last}")
        return self.rows[k - self.first]

    @property
    def last(self) -> int:
        """The last step with draws."""
        return self.first + len(self.rows) - 1


class Replay:
    """A method on a problem at the present precision.

    Parameters
    ----------
    problem : NamedTuple
        With float fields; taken as exact.
    method : NamedTuple or None
        None where no step is made.
    draws : Draws, optional
        Recorded random numbers of a stochastic method.
    """

    def __init__(self, problem, method, draws=None):
        self.problem, self.method = exact(problem), exact(method)
        self._oracles: dict[int, Oracle] = {}
        self._draws = draws
        self._step = lift(step)

    @property
    def _oracle(self) -> Oracle:
        """The problem with its workspace, which may hold derived numbers and so belongs to one precision."""
        bits = flint.ctx.prec
        if bits not in self._oracles:
            self._oracles[bits] = Oracle(self.problem, lift(workspace)(self.problem))
        return self._oracles[bits]

    def point(self, x) -> Point:
        """The iterate with its gap and gradient."""
        x = _own(exact(x))
        return Point(x, *lift(value_grad)(self._oracle, x, _own(x)))

    def first(self, x, memory=None, t=0) -> State:
        """The state at step `t` with this iterate, and this memory or the method's memory at the start."""
        at = self.point(x)
        return State(t, at, self.memory(at.x) if memory is None else _own(exact(memory)))

    def memory(self, x):
        """The method's memory at the start of a run from `x`."""
        return () if self.method is None else lift(init)(self.method, _own(exact(x)))

    def next(self, now: State) -> State:
        """The state one step later; `now` stays as it is."""
        at, memory = now.at, now.memory
        if isinstance(at.x, np.ndarray):
            at, memory = _own(at), _own(memory)
        at, memory = self._step(self.method, self._oracle, at, memory, Ball(now.t), self._draws)
        return State(now.t + 1, at, memory)

    def states(self, now: State, steps: int) -> Iterator[State]:
        """`now` and the states of the next `steps` steps."""
        yield now
        for _ in range(steps):
            now = self.next(now)
            yield now


def _own(value):
    """The value with arrays of its own: steps write in place."""
    if isinstance(value, tuple):
        parts = map(_own, value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value.copy() if isinstance(value, np.ndarray) else value
