r"""Many trajectories of one small problem, 32 abreast: the loop over lanes is the one that vectorises.

A block of 32 lanes is ONE flat buffer: slot q of lane j stands at ``q*32 + j``. All distances are then constants of
the compiler, so that it needs no check for aliasing, and a state of numbers and tuples is walked once, at compile
time, into loads, saves and a blend that freezes the lanes that have ended. The problem is shared; every field of the
method, the start and the random stream may differ by lane. The rows are those of `descend`, bit for bit.

Measured: blocks of 16, 32 and 64 lanes are equally fast, 128 are slower; separate buffers stay scalar.
"""

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numba import config, types
from numba.extending import overload

from .arithmetic import INLINE, inline
from .cache import compiled, entry
from .descend import BELOW, DIVERGED, FLOOR, HEAD, RUNNING, STALLED
from .dispatch import Oracle, Point, Stream, columns, init, step, value_grad, workspace
from .leaves import size, store
from .vectors import build, fill, norm2, same

LANES = 32
#: Bookkeeping of a lane: its first slots, all floats (counts below 2^53 are exact). Method, stream and state follow.
K, LEVELS_CROSSED, STATUS, IDLE, PATIENCE, LEVEL, LOW, HIGH, TOTAL, SLOTS = range(10)
#: A thread takes this many pieces of a batch, so that blocks that end early do not leave it idle.
_PIECES = 4


def _walk(kind, source, leaf, names):
    """Source of a value of the numba type `kind`; ``leaf(kind, source)`` is the source of one number of it."""
    if isinstance(kind, types.BaseTuple):
        parts = "".join(_walk(part, f"{source}[{i}]", leaf, names) + ", " for i, part in enumerate(kind))
        if not isinstance(kind, types.BaseNamedTuple):
            return f"({parts})"
        name = f"record{len(names)}"
        names[name] = kind.instance_class
        return f"{name}({parts})"
    if isinstance(kind, types.Float | types.Integer | types.Boolean):
        return leaf(kind, source)
    raise TypeError(f"lanes hold numbers and tuples of numbers; a method's memory holds {kind}")


def _bits(kind) -> str:
    """The numpy type whose bits a slot holds."""
    if isinstance(kind, types.Float):
        return "float64"
    return "uint64" if isinstance(kind, types.Integer) and not kind.signed else "int64"


@overload(size, jit_options=INLINE)
def _size(values):
    counter = itertools.count()
    _walk(values, "", lambda kind, source: str(next(counter)), {})
    n = next(counter)
    return lambda values: n


def load(like, block, slot, j):
    """The record of the type of `like` that lane j keeps from `slot` on."""
    raise NotImplementedError("lanes exist in compiled code only")


@overload(load, jit_options=INLINE)
def _load(like, block, slot, j):
    names = {"np": np, "LANES": LANES}
    counter = itertools.count()

    def leaf(kind, source):
        bits = f"block[(slot + {next(counter)}) * LANES + j]"
        if isinstance(kind, types.Float):
            return bits
        number = f"np.float64({bits}).view(np.{_bits(kind)})"
        return f"({number} != 0)" if isinstance(kind, types.Boolean) else number

    return build(f"def impl(like, block, slot, j): return {_walk(like, 'like', leaf, names)}", **names)


def save(values, block, slot, j):
    """Keep the numbers of `values` as bits from `slot` of lane j on: inverse of `load`."""
    raise NotImplementedError("lanes exist in compiled code only")


@overload(save, jit_options=INLINE)
def _save(values, block, slot, j):
    lines = ["def impl(values, block, slot, j):", "    pass"]

    def leaf(kind, source):
        bits = source if isinstance(kind, types.Float) else f"np.{_bits(kind)}({source}).view(np.float64)"
        lines.append(f"    block[(slot + {len(lines) - 2}) * LANES + j] = {bits}")
        return source

    _walk(values, "values", leaf, {})
    return build("\n".join(lines), np=np, LANES=LANES)


def choose(condition, new, old):
    """`new` where the condition holds, else `old`, number by number: a blend, never a branch."""
    raise NotImplementedError("lanes exist in compiled code only")


@overload(choose, jit_options=INLINE)
def _choose(condition, new, old):
    names = {}
    source = _walk(new, "", lambda kind, source: f"(new{source} if condition else old{source})", names)
    return build(f"def impl(condition, new, old): return {source}", **names)


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
        start = load(x, block, at_slot, j)
        f, g = value_grad(oracle, start, fill(start, 0.0))
        save(Point(start, f, g), block, at_slot, j)
        save(init(load(method, block, SLOTS, j), start), block, at_slot + size(at), j)
        block[STATUS * LANES + j] = RUNNING if i < trajectories else STALLED
    return blocks


@inline
def _advance_block(problem, method, x, block, schedule, first, last, levels, hits, ceiling, patience, tables):
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
                before = load(at, block, at_slot, j)
                remembered = load(memory, block, memory_slot, j)
                after, remembers = step(
                    load(method, block, SLOTS, j), oracle, before, remembered, k, load(stream, block, stream_slot, j)
                )
                f = after.f
                alive = block[STATUS * LANES + j] == RUNNING
                idle = block[IDLE * LANES + j] + 1.0 if same(before.x, after.x) else 0.0
                low = block[LOW * LANES + j]
                high = block[HIGH * LANES + j]
                save(choose(alive, after, before), block, at_slot, j)
                save(choose(alive, remembers, remembered), block, memory_slot, j)
                block[IDLE * LANES + j] = idle
                block[LOW * LANES + j] = f if alive & (f < low) else low
                block[HIGH * LANES + j] = f if alive & (f > high) else high
                block[TOTAL * LANES + j] += f if alive else 0.0
                usual = (f > block[LEVEL * LANES + j]) & (f < ceiling) & (idle < block[PATIENCE * LANES + j])
                rare += alive & (not usual)
            k += 1
            if rare > 0:
                for j in range(patience.size):
                    if block[STATUS * LANES + j] == RUNNING:
                        status = _judge(load(at, block, at_slot, j).f, k, block, j, levels, hits[j], ceiling)
                        if status != RUNNING:
                            block[STATUS * LANES + j] = status
                            block[K * LANES + j] = k
                            running -= 1
        for j in range(patience.size):
            if block[STATUS * LANES + j] == RUNNING:
                block[K * LANES + j] = k
            elif block[K * LANES + j] <= previous:
                continue
            _write_row(method, at, memory, at_slot, memory_slot, block, j, tables[j, r])


@inline
def _judge(f, k, block, j, levels, hits, ceiling):
    """What `descend` decides after a step: levels crossed, and how the run ended if it did."""
    if not (f < ceiling):
        return DIVERGED
    if f < 0.0 and levels[-1] >= 0.0:
        return BELOW
    q = int(block[LEVELS_CROSSED * LANES + j])
    while q < levels.size and f <= levels[q]:
        hits[q] = k
        q += 1
    block[LEVELS_CROSSED * LANES + j] = q
    if q == levels.size:
        return FLOOR
    if block[IDLE * LANES + j] >= block[PATIENCE * LANES + j]:
        return STALLED
    block[LEVEL * LANES + j] = levels[q]
    return RUNNING


@inline
def _write_row(method, at, memory, at_slot, memory_slot, block, j, row):
    point = load(at, block, at_slot, j)
    remembered = load(memory, block, memory_slot, j)
    watched = block[LOW * LANES + j], block[HIGH * LANES + j], block[TOTAL * LANES + j]
    shown = columns(load(method, block, SLOTS, j), point, remembered)
    store((block[K * LANES + j], point.f, norm2(point.g), watched, shown, point.x, remembered), row, 0)


@entry
def advance_lanes(
    problem, method, x, blocks, begin, end, schedule, first, last, levels, hits, ceiling, patience, tables
):
    """`descend` for the blocks from `begin` to `end` of a batch."""
    for b in range(begin, end):
        lanes = slice(b * LANES, min((b + 1) * LANES, patience.size))
        _advance_block(
            problem, method, x, blocks[b], schedule, first, last, levels, hits[lanes], ceiling, patience[lanes],
            tables[lanes],
        )  # fmt: skip


class Batch(NamedTuple):
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

    problem: object
    method: object
    x: tuple
    trajectories: int
    blocks: np.ndarray

    def _slot(self, slot) -> np.ndarray:
        return self.blocks.reshape(len(self.blocks), -1, LANES)[:, slot].ravel()[: self.trajectories]

    @property
    def k(self) -> np.ndarray:
        """Steps done, shape (n,)."""
        return self._slot(K).astype(np.int64)

    @property
    def status(self) -> np.ndarray:
        """How each trajectory ended, or RUNNING, shape (n,)."""
        return self._slot(STATUS).astype(np.int64)

    @property
    def gap(self) -> np.ndarray:
        """Where each trajectory stands, shape (n,)."""
        return self._slot(SLOTS + size((self.method, self.x)) + 2)

    def mark(self, crossed, status) -> None:
        """Set the levels crossed and the status of every trajectory: what is known before the first step."""
        for slot, values in ((LEVELS_CROSSED, crossed), (STATUS, status)):
            for i, value in enumerate(values):
                self.blocks[i // LANES, slot * LANES + i % LANES] = value


def _numbers(record):
    for value in record:
        if isinstance(value, tuple):
            yield from _numbers(value)
        else:
            yield value


def _rebuilt(record, numbers):
    values = [_rebuilt(value, numbers) if isinstance(value, tuple) else next(numbers) for value in record]
    return type(record)(*values) if hasattr(record, "_fields") else tuple(values)


def supports(problem, method, x) -> bool:
    """Whether lanes can run this: tuple state, numbers only, and no ``lanes = False`` in the method's class."""
    numbers = (bool, int, float, np.bool_, np.integer, np.floating)
    return (
        isinstance(x, tuple)
        and getattr(method, "lanes", True)
        and all(isinstance(value, numbers) for value in _numbers((problem, method)))
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
    classes = {type(method) for method in methods}
    starts = np.ascontiguousarray(starts, dtype=float)
    if len(classes) != 1:
        names = ", ".join(sorted(c.__name__ for c in classes)) or "none"
        raise ValueError(f"a batch runs methods of one class, got {names}; begin one batch for each class")
    if not len(methods) == len(starts) == len(seeds) == len(trajectories):
        raise ValueError(
            f"a batch needs one method, start, seed and trajectory number a lane; got {len(methods)} methods, "
            f"{len(starts)} starts, {len(seeds)} seeds and {len(trajectories)} trajectory numbers"
        )
    fields = [np.array(field) for field in zip(*map(_numbers, methods), strict=True)]
    method = _rebuilt(methods[0], (field[0].item() for field in fields))
    streams = [np.array(key, dtype=np.uint64) for key in (seeds, trajectories)]
    words = [a.astype(a.dtype.kind.replace("b", "i") + "8") for a in fields]
    numbers = np.array([word.view(float) for word in [*words, *streams, *starts.T.copy()]])
    x = tuple(starts[0].tolist())
    blocks = compiled(problem, method).begin_lanes(problem, method, x, numbers)
    return Batch(problem, method, x, len(methods), blocks)


def width(batch: Batch) -> int:
    """Numbers in a row of the table."""
    carry = compiled(batch.problem, batch.method).begin(batch.problem, batch.method, batch.x)
    return len(HEAD) + size((batch.x, carry.memory)) + len(batch.method.column_names)


def advance(batch, schedule, first, last, levels, hits, ceiling, patience, tables, threads=1) -> Batch:
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
    """
    run = compiled(batch.problem, batch.method).advance_lanes
    patience = np.asarray(patience, dtype=np.int64)
    head = batch.problem, batch.method, batch.x, batch.blocks
    tail = schedule, first, last, levels, hits, float(ceiling), patience, tables
    count = len(batch.blocks)
    pieces = 1 if threads == 1 else min(count, threads * _PIECES)
    edges = [count * piece // pieces for piece in range(pieces + 1)]
    if pieces == 1:
        run(*head, 0, count, *tail)
        return batch
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(run, *head, *edge, *tail) for edge in itertools.pairwise(edges)]:
            done.result()
    return batch
