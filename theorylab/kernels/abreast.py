"""What lanes and blocks share: bookkeeping of trajectories that run abreast, and batches of them on threads."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from .arithmetic import inline
from .descend import BELOW, BROKEN, DIVERGED, FLOOR, HEAD, RUNNING, STALLED
from .dispatch import columns, gauge
from .leaves import size, store
from .vectors import norm2

#: Bookkeeping of a lane: its first slots, all floats (counts below 2^53 are exact). Method, stream and state follow.
K, LEVELS_CROSSED, STATUS, IDLE, PATIENCE, LEVEL, LOW, HIGH, TOTAL, GAUGE, SLOTS = range(11)
#: A thread takes this many pieces of a batch, so that blocks that end early do not leave it idle.
_PIECES = 4


@inline
def judge(f, u, k, own, levels, hits, ceiling, bottom, broke):
    """What `descend` decides after a step to the gap f and gauge u: levels crossed, and how the run ended if it did.

    `own`: the lane's slots; `broke`: whether the method found itself broken.
    """
    if broke:
        return BROKEN
    if not (f < ceiling):
        return DIVERGED
    if f < bottom and levels[-1] >= 0.0:
        return BELOW
    q = int(own[LEVELS_CROSSED])
    while q < levels.size and u <= levels[q]:
        hits[q] = k
        q += 1
    own[LEVELS_CROSSED] = q
    if q == levels.size:
        return FLOOR
    if own[IDLE] >= own[PATIENCE]:
        return STALLED
    own[LEVEL] = levels[q]
    return RUNNING


@inline
def write_row(method, at, memory, own, row):
    """The record of a lane as `descend` writes it."""
    own[GAUGE] = gauge(method, at)
    watched = own[LOW], own[HIGH], own[TOTAL]
    store((own[K], at.f, norm2(at.g), watched, columns(method, at, memory), at.x, memory), row, 0)


class Abreast:
    """A batch where it stands: a record with ``trajectories``, whose last block is filled up with ended lanes.

    It shows its buffers as ``slots``, a view of shape (blocks, slots of a lane, lanes of a block), and says in
    ``gap_slot`` and ``memory_slot`` where a lane keeps its gap and from where on the method's memory.
    """

    __slots__ = ()

    def _slot(self, slot) -> np.ndarray:
        return self.slots[:, slot].ravel()[: self.trajectories]

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
        return self._slot(self.gap_slot)

    @property
    def gauge(self) -> np.ndarray:
        """What the levels are about, at each trajectory's latest record, shape (n,)."""
        return self._slot(GAUGE)

    def mark(self, crossed, status) -> None:
        """Set the levels crossed and the status of every trajectory: what is known before the first step."""
        lanes = self.slots.shape[2]
        for slot, values in ((LEVELS_CROSSED, crossed), (STATUS, status)):
            for i, value in enumerate(values):
                self.slots[i // lanes, slot, i % lanes] = value


def width(batch) -> int:
    """Numbers in a row of the table."""
    memory = batch.slots.shape[1] - batch.memory_slot
    return len(HEAD) + len(batch.method.column_names) + size(batch.x) + memory


def numbers(record):
    """All leaves of a nested record, in order."""
    for value in record:
        if isinstance(value, tuple):
            yield from numbers(value)
        else:
            yield value


def only_numbers(record) -> bool:
    """Whether all leaves are numbers."""
    return all(isinstance(v, (bool, int, float, np.bool_, np.integer, np.floating)) for v in numbers(record))


def _rebuilt(record, values):
    parts = [_rebuilt(value, values) if isinstance(value, tuple) else next(values) for value in record]
    return type(record)(*parts) if hasattr(record, "_fields") else tuple(parts)


def lined_up(methods, starts, seeds, trajectories):
    """A method of the common type, the starts as (n, d), and method and stream of each lane as bits: (words, n).

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
    fields = [np.array(field) for field in zip(*map(numbers, methods), strict=True)]
    method = _rebuilt(methods[0], (field[0].item() for field in fields))
    streams = [np.array(key, dtype=np.uint64) for key in (seeds, trajectories)]
    words = [a.astype(a.dtype.kind.replace("b", "i") + "8") for a in fields]
    return method, starts, np.array([word.view(float) for word in [*words, *streams]])


def share_out(run, head, count: int, tail, threads: int) -> None:
    """Call ``run(*head, begin, end, *tail)`` for pieces of `count` blocks, on so many threads."""
    pieces = 1 if threads == 1 else min(count, threads * _PIECES)
    edges = [count * piece // pieces for piece in range(pieces + 1)]
    if pieces == 1:
        run(*head, 0, count, *tail)
        return
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(run, *head, *edge, *tail) for edge in itertools.pairwise(edges)]:
            done.result()
