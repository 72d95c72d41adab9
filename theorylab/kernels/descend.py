"""The one loop: any method on any problem, recorded at scheduled steps and watched at every step."""

from typing import NamedTuple

import numpy as np

from .cache import entry
from .dispatch import Oracle, Point, broken, columns, gauge, gauges_gap, init, recorded, step, value_grad, workspace
from .leaves import store
from .vectors import copy, fill, norm2, put, same

RUNNING, FLOOR, DIVERGED, STALLED, BELOW, BROKEN = range(6)

#: What a row of the table holds before the method's columns, the iterate and the memory.
HEAD = ("step", "gap", "grad_norm2", "gap_min", "gap_max", "gap_sum")


class Carry(NamedTuple):
    """Where a run stands between two chunks.

    `level` counts the levels already crossed, `idle` the null steps in a row, `evaluations` the oracle calls.
    """

    at: object
    memory: object
    k: int
    level: int
    idle: int
    status: int


@entry
def begin(problem, method, x):
    """The carry before the first step; `x` is copied."""
    oracle = Oracle(problem, workspace(problem))
    start = copy(x)
    f, g = value_grad(oracle, start, fill(start, 0.0))
    return Carry(Point(start, f, g), init(method, start), 0, 0, 0, RUNNING)


@entry
def gauged(problem, method, at):
    """What the levels are about, at the point `at`."""
    return gauge(method, at)


@entry
def descend(
    problem, method, carry, stream, schedule, first, last, levels, hits, ceiling, patience, table, bottom=0.0
):
    r"""Run from `carry` through the records ``schedule[first:last]``; rows go to `table`, hitting times to `hits`.

    Between two records the loop keeps the minimum, the maximum and the sum of the gaps of all steps passed, so that a
    monotone bound can be checked at every step. `levels` descend; ``hits[q]`` is the first step at which the gap f,
    or what the method has as its `gauge` instead, is at most ``levels[q]``, and the last level is the floor that ends
    the run. A run also ends when the gap leaves ``(-inf, ceiling)`` or is nan, after `patience` null steps in a row,
    when the gap falls below `bottom` although a floor of zero or more was declared: then f_star is wrong; and, before
    anything else, when the method finds itself `broken`.

    Where the problem is costly, all this is about the values of the draws; the gap and the gradient of the records
    are the true ones.
    """
    oracle = Oracle(problem, workspace(problem))
    at = carry.at
    memory = carry.memory
    k = carry.k
    q = carry.level
    idle = carry.idle
    status = carry.status
    level = levels[q] if q < levels.size else -np.inf
    before = copy(at.x)
    for r in range(first, last):
        stop = schedule[r]
        low = np.inf
        high = -np.inf
        total = 0.0
        while k < stop:
            before = put(before, at.x)
            at, memory = step(method, oracle, at, memory, k, stream)
            k += 1
            f = at.f
            u = gauge(method, at)
            idle = idle + 1 if same(before, at.x) else 0
            low = f if f < low else low
            high = f if f > high else high
            total += f
            sound = (gauges_gap(method) | (f >= bottom)) & (not broken(method, memory))
            if not ((u > level) & (f < ceiling) & (idle < patience) & sound):
                if broken(method, memory):
                    status = BROKEN
                elif not (f < ceiling):
                    status = DIVERGED
                elif f < bottom and levels[-1] >= 0.0:
                    status = BELOW
                else:
                    while q < levels.size and u <= levels[q]:
                        hits[q] = k
                        q += 1
                    if q == levels.size:
                        status = FLOOR
                    elif idle >= patience:
                        status = STALLED
                    else:
                        level = levels[q]
                if status != RUNNING:
                    break
        at = recorded(oracle, at)
        row = table[r]
        store((float(k), at.f, norm2(at.g), low, high, total, columns(method, at, memory), at.x, memory), row, 0)
        if status != RUNNING:
            break
    return Carry(at, memory, k, q, idle, status)
