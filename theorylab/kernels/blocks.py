r"""Many trajectories of one problem of arrays, abreast: one matrix product serves the oracle calls of a whole block.

The iterates of a block are the rows of X (`WIDTH`, d), their gradients those of G. A step moves every lane with the
method's `move`, evaluates all of them with the problem's `block_kernel`, and lets the method `settle`; the rest is
the bookkeeping of `descend`. The problem is shared; fields of the method, start and random stream may differ by lane.
Lanes that have ended do not move any more, so that their rows stay as they are; the products go over them.

The rows of the table are those of `descend` to rounding, not bit for bit: BLAS adds up a product of matrices in
another order than one of a matrix and a vector. But they depend neither on the place in the batch nor on the other
lanes nor on the number of threads, if BLAS itself runs one thread: the width of a block is fixed, the last one is
filled up. A lane keeps all its numbers, and the arrays of the method's memory, in one row of slots.

Contract of methods: `move` and `settle` change the arrays of a memory in place, where they are.
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
from .bits import load, save
from .cache import compiled, entry
from .descend import RUNNING, STALLED
from .dispatch import (
    Oracle,
    Point,
    Stream,
    block_kernel,
    block_workspace,
    broken,
    gauge,
    gauges_gap,
    init,
    lane,
    move,
    settle,
)
from .leaves import size
from .vectors import put, same

__all__ = ["FEWEST", "WIDTH", "Batch", "advance", "begin", "supports", "width"]

#: Lanes of a block. Another width changes the last bits of every product. Measured, microseconds of both products for
#: a lane, n = 1000 and d = 100: 7.3 with 8, 10.5 with 16, 8.9 with 32; with 8 small batches profit too.
WIDTH = 8
#: Fewer trajectories than this are as fast one by one.
FEWEST = WIDTH
#: A lane's slots: bookkeeping, gap, method, stream, memory.
_METHOD = SLOTS + 1


@entry
def begin_blocks(problem, method, starts, words):
    """(numbers, points) before the first step; `words` (slots, n): method and stream of each lane as bits.

    numbers (blocks, WIDTH, slots) are the slots of the lanes, points (blocks, 2, WIDTH, d) the iterates and gradients.
    """
    n, d = starts.shape
    count = (n + WIDTH - 1) // WIDTH
    memory_slot = _METHOD + words.shape[0]
    numbers = np.zeros((count, WIDTH, memory_slot + size(init(method, starts[0]))))
    points = np.zeros((count, 2, WIDTH, d))
    gaps = np.empty(WIDTH)
    work = block_workspace(problem, WIDTH)
    for b in range(count):
        X = points[b, 0]
        for j in range(WIDTH):
            X[j] = starts[min(b * WIDTH + j, n - 1)]
        block_kernel(problem, work, X, points[b, 1], gaps)
        for j in range(WIDTH):
            own = numbers[b, j]
            own[STATUS] = RUNNING if b * WIDTH + j < n else STALLED
            own[SLOTS] = gaps[j]
            own[_METHOD:memory_slot] = words[:, min(b * WIDTH + j, n - 1)]
            save(init(load(method, own, _METHOD, 1), X[j]), own, memory_slot, 1)
    return numbers, points


@entry
def advance_blocks(
    problem, method, numbers, points, begin, end, schedule, first, last, levels, hits, ceiling, patience, tables,
    bottom,
):
    """`descend` for the blocks from `begin` to `end` of a batch."""
    work = block_workspace(problem, WIDTH)
    stream = Stream(np.uint64(0), np.uint64(0))
    memory = init(method, points[0, 0, 0].copy())
    stream_slot = _METHOD + size(method)
    memory_slot = stream_slot + size(stream)
    before, gaps = np.empty_like(points[0, 0]), np.empty(WIDTH)
    for b in range(begin, end):
        X, G, lanes = points[b, 0], points[b, 1], numbers[b]
        i = b * WIDTH
        real = min(WIDTH, patience.size - i)
        k = 0
        running = 0
        for j in range(real):
            own = lanes[j]
            own[PATIENCE] = patience[i + j]
            q = int(own[LEVELS_CROSSED])
            own[LEVEL] = levels[q] if q < levels.size else -np.inf
            if own[STATUS] == RUNNING:
                k = int(own[K])
                running += 1
        for r in range(first, last):
            if running == 0:
                break
            previous = k
            for j in range(real):
                lanes[j, LOW] = np.inf
                lanes[j, HIGH] = -np.inf
                lanes[j, TOTAL] = 0.0
            while k < schedule[r] and running > 0:
                for j in range(real):
                    own = lanes[j]
                    if own[STATUS] == RUNNING:
                        put(before[j], X[j])
                        oracle, at = Oracle(problem, lane(problem, work, j)), Point(X[j], own[SLOTS], G[j])
                        mine, keys = load(method, own, _METHOD, 1), load(stream, own, stream_slot, 1)
                        x, remembered = move(mine, oracle, at, load(memory, own, memory_slot, 1), k, keys)
                        put(X[j], x)
                        save(remembered, own, memory_slot, 1)
                block_kernel(problem, work, X, G, gaps)
                for j in range(real):
                    own = lanes[j]
                    if own[STATUS] == RUNNING:
                        f = gaps[j]
                        own[SLOTS] = f
                        oracle, at = Oracle(problem, lane(problem, work, j)), Point(X[j], f, G[j])
                        mine = load(method, own, _METHOD, 1)
                        remembered = settle(mine, oracle, at, load(memory, own, memory_slot, 1), k)
                        save(remembered, own, memory_slot, 1)
                        own[IDLE] = own[IDLE] + 1.0 if same(before[j], X[j]) else 0.0
                        own[LOW] = f if f < own[LOW] else own[LOW]
                        own[HIGH] = f if f > own[HIGH] else own[HIGH]
                        own[TOTAL] += f
                        u = gauge(mine, at)
                        broke = broken(mine, remembered)
                        sound = (gauges_gap(mine) | (f >= bottom)) & (not broke)
                        if not ((u > own[LEVEL]) & (f < ceiling) & (own[IDLE] < own[PATIENCE]) & sound):
                            own[STATUS] = judge(f, u, k + 1, own, levels, hits[i + j], ceiling, bottom, broke)
                            if own[STATUS] != RUNNING:
                                own[K] = k + 1
                                running -= 1
                k += 1
            for j in range(real):
                own = lanes[j]
                if own[STATUS] == RUNNING:
                    own[K] = k
                elif own[K] <= previous:
                    continue
                at = Point(X[j], own[SLOTS], G[j])
                write_row(load(method, own, _METHOD, 1), at, load(memory, own, memory_slot, 1), own, tables[i + j, r])


class _Batch(NamedTuple):
    problem: object
    method: object
    x: np.ndarray
    trajectories: int
    numbers: np.ndarray
    points: np.ndarray


class Batch(Abreast, _Batch):
    """Trajectories abreast, where they stand.

    Parameters
    ----------
    problem : NamedTuple
        Shared by all lanes.
    method, x : NamedTuple, ndarray
        Only their types and sizes count.
    trajectories : int
        n; the last block is filled up with lanes that have already ended.
    numbers, points : ndarray, shapes (blocks, WIDTH, slots) and (blocks, 2, WIDTH, d)
        All that changes: the lanes' numbers, their iterates and gradients. Copies are a checkpoint.
    """

    __slots__ = ()

    @property
    def slots(self) -> np.ndarray:
        """The numbers by slot and lane, a view."""
        return self.numbers.transpose(0, 2, 1)

    @property
    def gap_slot(self) -> int:
        """After the bookkeeping."""
        return SLOTS

    @property
    def memory_slot(self) -> int:
        """After the method and the stream."""
        return _METHOD + size(self.method) + 2


def supports(problem, method, x) -> bool:
    """Whether blocks can run this: iterates as arrays, a problem that evaluates blocks, a method in two halves.

    Fields of the method are numbers; the memory may hold numbers and arrays.
    """
    return (
        isinstance(x, np.ndarray)
        and all(hasattr(type(problem), verb) for verb in ("block_workspace", "block_kernel", "lane"))
        and all(hasattr(type(part), half) for part in _methods(method) for half in ("move", "settle"))
        and only_numbers(method)
        and not config.DISABLE_JIT
    )


def _methods(method):
    """The method and those that it watches."""
    yield method
    for part in method:
        if hasattr(type(part), "step"):
            yield from _methods(part)


def begin(problem, methods, starts, seeds, trajectories) -> Batch:
    """The batch before the first step: arguments and faults as in `lanes.begin`."""
    method, starts, words = lined_up(methods, starts, seeds, trajectories)
    numbers, points = compiled(problem, method).begin_blocks(problem, method, starts, words)
    return Batch(problem, method, starts[0], len(methods), numbers, points)


def advance(batch, schedule, first, last, levels, hits, ceiling, patience, tables, threads=1, bottom=0.0) -> Batch:
    """Run every lane through the records ``schedule[first:last]``: arguments as in `lanes.advance`.

    BLAS has to be limited to one thread by the caller: more would fight with ours and change the last bits.
    """
    head = batch.problem, batch.method, batch.numbers, batch.points
    tail = schedule, first, last, levels, hits, float(ceiling), np.asarray(patience, dtype=np.int64), tables, bottom
    share_out(compiled(batch.problem, batch.method).advance_blocks, head, len(batch.numbers), tail, threads)
    return batch
