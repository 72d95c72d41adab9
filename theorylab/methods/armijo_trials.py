r"""Armijo searches as machines whose step is ONE trial, without a branch: what lanes run many of abreast.

A step accepts a trial and moves, or rejects it and stays where it is with a shorter one. So k and hitting times count
trials, each with a gradient of its own; `gradients` counts the accepted steps. The accepted iterates are those of
`ResetArmijo` and `MemoryArmijo`, bit for bit.
"""

import math
from typing import NamedTuple

from theorylab.kernels import Point, along, inline, norm2, pick, seat, value_grad

from .linesearch import (
    COLUMNS,
    MEANINGS,
    REJECTIONS,
    Search,
    grown,
    moves,
    passes,
    search_columns,
    search_faults,
    search_init,
)


@inline
def _trial(method, oracle, at, memory, onward):
    t = memory.trial
    n2 = norm2(at.g)
    way = t * math.sqrt(n2)
    need = method.decrease * t * n2
    y = along(memory.y, -t, at.g, at.x)
    f, h = value_grad(oracle, y, seat(memory.h, at.g))
    able = moves(y, at.x, need, way)
    accepted = able & passes(f, f - at.f, need)
    shorter = t / method.shrink
    rejected = shorter if able else t
    one = 1.0 if accepted else 0.0
    tried = 1.0 if able else 0.0
    point = Point(pick(accepted, y, at.x), f if accepted else at.f, pick(accepted, h, at.g))
    return point, Search(
        onward if accepted else rejected,
        t if accepted else memory.stepsize,
        memory.values + tried,
        memory.gradients + one,
        memory.rejections + (tried - one),
        memory.length + (way if accepted else 0.0),
        memory.y,
        memory.h,
    )


@inline
def _reset_trial(method, oracle, at, memory, k, stream):
    return _trial(method, oracle, at, memory, method.t0)


@inline
def _memory_trial(method, oracle, at, memory, k, stream):
    return _trial(method, oracle, at, memory, grown(method, memory.trial))


def _patience(self) -> int:
    """Null steps in a row after which nothing can change any more: as many rejections as a search may have."""
    return REJECTIONS


class ResetTrials(NamedTuple):
    r"""`ResetArmijo`, one trial a step: fields and columns are the same, `gradients` is 1 + the accepted steps.

    Parameters
    ----------
    t0, shrink, decrease : float
        As of `ResetArmijo`.
    """

    t0: float = 1.0
    shrink: float = 2.0
    decrease: float = 0.5

    init = staticmethod(search_init)
    step = staticmethod(_reset_trial)
    columns = staticmethod(search_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    patience = _patience
    faults = search_faults


class MemoryTrials(NamedTuple):
    r"""`MemoryArmijo`, one trial a step: fields and columns are the same, `gradients` is 1 + the accepted steps.

    Parameters
    ----------
    t0, shrink, grow, decrease, cap : float
        As of `MemoryArmijo`.
    """

    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.5
    cap: float = math.inf

    init = staticmethod(search_init)
    step = staticmethod(_memory_trial)
    columns = staticmethod(search_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    patience = _patience
    faults = search_faults
