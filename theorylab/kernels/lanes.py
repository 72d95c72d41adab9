r"""Many trajectories of one small problem, 32 abreast: the loop over lanes is the one that vectorises.

A block of 32 lanes is ONE flat buffer: slot q of lane j stands at ``q*32 + j``. All distances are then constants of
the compiler, so that it needs no check for aliasing, and a state of numbers and tuples is walked once, at compile
time, into loads, saves and a blend that freezes the lanes that have ended. The problem is shared; every field of the
method, the start and the random stream may differ by lane. The rows are those of `descend`, bit for bit.

Measured: blocks of 16, 32 and 64 lanes are equally fast, 128 are slower; separate buffers stay scalar.
"""

from typing import NamedTuple

import numpy as np
from numba import config

from .abreast import (
    HIGH,
    IDLE,
    LEVEL,
    LEVELS_CROSSED,
    LOW,
    PATIENCE,
    SLOTS,
    STATUS,
    TOTAL,
    Abreast,
    K,
    judge,
    lined_up,
    only_numbers,
    share_out,
    width,
    write_row,
)
from .arithmetic import inline
from .bits import choose, load, save
from .cache import compiled, entry
from .descend import RUNNING, STALLED
from .dispatch import Oracle, Point, Stream, broken, gauge, gauges_gap, init, step, value_grad, workspace
from .leaves import size
from .vectors import fill, same

__all__ = ["FEWEST", "LANES", "Batch", "advance", "begin", "supports", "width"]

LANES = 32
#: Fewer trajectories than this are as fast one by one.
FEWEST = LANES // 2


@inline
def _templates(problem, method, x):
    """An oracle, and values of the types of a stream, a point and a memory."""
    oracle = Oracle(problem, workspace(problem))
    f, g = value_grad(oracle, x, fill(x, 0.0))
    return oracle, Stream(np.uint64(0), np.uint64(0)), Point(x, f, g), init(method, x)


@entry
def begin_lanes(problem, method, x, numbers):
    """Blocks before the first step. `numbers` (rows, trajectories): method, stream and start of each lane as bits."""
    oracle, stream, at, memory = _templates(problem, method, x)
    at_slot = SLOTS + size(method) + size(stream)
    trajectories = numbers.shape[1]
    blocks = np.zeros(((trajectories + LANES - 1) // LANES, (at_slot + size(at) + size(memory)) * LANES))
    for i in range(blocks.shape[0] * LANES):
        block = blocks[i // LANES]
        j = i % LANES
        lane = min(i, trajectories - 1)
        for row in range(numbers.shape[0]):
            block[(SLOTS + row) * LANES + j] = numbers[row, lane]
        start = load(x, block, at_slot * LANES + j, LANES)
        f, g = value_grad(oracle, start, fill(start, 0.0))
        save(Point(start, f, g), block, at_slot * LANES + j, LANES)
        save(init(load(method, block, SLOTS * LANES + j, LANES), start), block, (at_slot + size(at)) * LANES + j, LANES)
        block[STATUS * LANES + j] = RUNNING if i < trajectories else STALLED
    return blocks


@inline
def _advance_block(
    problem, method, x, block, schedule, first, last, levels, hits, ceiling, patience, tables, bottom
):
    oracle, stream, at, memory = _templates(problem, method, x)
    stream_slot = SLOTS + size(method)
    at_slot = stream_slot + size(stream)
    memory_slot = at_slot + size(at)
    k = 0
    running = 0
    for j in range(patience.size):
        block[PATIENCE * LANES + j] = patience[j]
        q = int(block[LEVELS_CROSSED * LANES + j])
        block[LEVEL * LANES + j] = levels[q] if q < levels.size else -np.inf
        if block[STATUS * LANES + j] == RUNNING:
            k = int(block[K * LANES + j])
            running += 1
    for r in range(first, last):
        if running == 0:
            break
        previous = k
        for j in range(LANES):
            block[LOW * LANES + j] = np.inf
            block[HIGH * LANES + j] = -np.inf
            block[TOTAL * LANES + j] = 0.0
        while k < schedule[r] and running > 0:
            rare = 0
            for j in range(LANES):
                before = load(at, block, at_slot * LANES + j, LANES)
                remembered = load(memory, block, memory_slot * LANES + j, LANES)
                own = load(method, block, SLOTS * LANES + j, LANES)
                keys = load(stream, block, stream_slot * LANES + j, LANES)
                after, remembers = step(own, oracle, before, remembered, k, keys)
                f = after.f
                alive = block[STATUS * LANES + j] == RUNNING
                idle = block[IDLE * LANES + j] + 1.0 if same(before.x, after.x) else 0.0
                low = block[LOW * LANES + j]
                high = block[HIGH * LANES + j]
                save(choose(alive, after, before), block, at_slot * LANES + j, LANES)
                save(choose(alive, remembers, remembered), block, memory_slot * LANES + j, LANES)
                block[IDLE * LANES + j] = idle
                block[LOW * LANES + j] = f if alive & (f < low) else low
                block[HIGH * LANES + j] = f if alive & (f > high) else high
                block[TOTAL * LANES + j] += f if alive else 0.0
                usual = (gauge(own, after) > block[LEVEL * LANES + j]) & (f < ceiling)
                usual &= (idle < block[PATIENCE * LANES + j]) & (gauges_gap(own) | (f >= bottom))
                usual &= not broken(own, remembers)
                rare += alive & (not usual)
            k += 1
            if rare > 0:
                for j in range(patience.size):
                    if block[STATUS * LANES + j] == RUNNING:
                        point = load(at, block, at_slot * LANES + j, LANES)
                        own = load(method, block, SLOTS * LANES + j, LANES)
                        broke = broken(own, load(memory, block, memory_slot * LANES + j, LANES))
                        u = gauge(own, point)
                        status = judge(point.f, u, k, block[j::LANES], levels, hits[j], ceiling, bottom, broke)
                        if status != RUNNING:
                            block[STATUS * LANES + j] = status
                            block[K * LANES + j] = k
                            running -= 1
        for j in range(patience.size):
            if block[STATUS * LANES + j] == RUNNING:
                block[K * LANES + j] = k
            elif block[K * LANES + j] <= previous:
                continue
            point = load(at, block, at_slot * LANES + j, LANES)
            remembered = load(memory, block, memory_slot * LANES + j, LANES)
            own = load(method, block, SLOTS * LANES + j, LANES)
            write_row(own, point, remembered, block[j::LANES], tables[j, r])


@entry
def advance_lanes(
    problem, method, x, blocks, begin, end, schedule, first, last, levels, hits, ceiling, patience, tables, bottom
):
    """`descend` for the blocks from `begin` to `end` of a batch."""
    for b in range(begin, end):
        lanes = slice(b * LANES, min((b + 1) * LANES, patience.size))
        _advance_block(
            problem, method, x, blocks[b], schedule, first, last, levels, hits[lanes], ceiling, patience[lanes],
            tables[lanes], bottom,
        )  # fmt: skip


class _Batch(NamedTuple):
    problem: object
    method: object
    x: tuple
    trajectories: int
    blocks: np.ndarray


class Batch(Abreast, _Batch):
    """Trajectories abreast, where they stand.

    Parameters
    ----------
    problem : NamedTuple
        Shared by all lanes.
    method, x : NamedTuple, tuple of float
        Only their types count.
    trajectories : int
        n; the last block is filled up with lanes that have already ended.
    blocks : ndarray, shape (ceil(n/32), slots*32)
        All that changes; a copy is a checkpoint.
    """

    __slots__ = ()

    @property
    def slots(self) -> np.ndarray:
        """The blocks by slot and lane, a view."""
        return self.blocks.reshape(len(self.blocks), -1, LANES)

    @property
    def gap_slot(self) -> int:
        """After the method, the stream and the iterate."""
        return SLOTS + size((self.method, self.x)) + 2

    @property
    def memory_slot(self) -> int:
        """After the gradient."""
        return self.gap_slot + 1 + size(self.x)


def supports(problem, method, x) -> bool:
    """Whether lanes can run this: tuple state, numbers only, and no ``lanes = False`` in the method's class."""
    return (
        isinstance(x, tuple)
        and getattr(method, "lanes", True)
        and only_numbers((problem, method))
        and not config.DISABLE_JIT
    )


def begin(problem, methods, starts, seeds, trajectories) -> Batch:
    """The batch before the first step.

    Parameters
    ----------
    problem : NamedTuple
    methods : sequence of n NamedTuples of one class
    starts : array_like, shape (n, d)
    seeds, trajectories : array_like of uint64, shape (n,)
        Keys of the random streams.

    Raises
    ------
    ValueError
        If the methods are of several classes, or the lengths differ.
    """
    method, starts, words = lined_up(methods, starts, seeds, trajectories)
    x = tuple(starts[0].tolist())
    blocks = compiled(problem, method).begin_lanes(problem, method, x, np.concatenate([words, starts.T]))
    return Batch(problem, method, x, len(methods), blocks)


def advance(batch, schedule, first, last, levels, hits, ceiling, patience, tables, threads=1, bottom=0.0) -> Batch:
    r"""Run every lane through the records ``schedule[first:last]``, as `descend` does.

    Parameters
    ----------
    batch : Batch
        Changed in place and returned.
    schedule : ndarray of int64, shape (records,)
    first, last : int
    levels : ndarray, shape (L,)
        Descending, at least one; the last is the floor.
    hits : ndarray of int64, shape (n, L)
    ceiling : float
    patience : array_like of int, shape (n,)
    tables : ndarray, shape (n, records, width)
    threads : int
        Blocks are shared out over so many threads; the results do not depend on it.
    bottom : float
        A gap below it says that f_star is wrong, where the floor is zero or more.
    """
    head = batch.problem, batch.method, batch.x, batch.blocks
    tail = schedule, first, last, levels, hits, float(ceiling), np.asarray(patience, dtype=np.int64), tables, bottom
    share_out(compiled(batch.problem, batch.method).advance_lanes, head, len(batch.blocks), tail, threads)
    return batch
