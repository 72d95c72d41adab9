"""One run of one method on one problem."""

import math
import sys
import time

import numpy as np

from theorylab.kernels import HEAD, RUNNING, Stream, as_state, cache, size

from . import checks
from .records import schedule
from .status import Status
from .store import Checkpoint, Store, run_key
from .trace import Trace, provenance

#: Aim for chunks of about this many seconds: short enough for a live progress bar and a prompt interruption.
CHUNK_SECONDS = 0.3
_CHECKPOINT_SECONDS = 10.0


def run(
    problem,
    method,
    *,
    steps,
    start=None,
    seed=0,
    trajectory=0,
    record=(),
    levels=(),
    floor=None,
    ceiling=math.inf,
    store=None,
    progress=False,
) -> Trace:
    r"""Run `method` on `problem` and record the trace.

    Parameters
    ----------
    problem, method : NamedTuple
        From the zoo and `theorylab.methods`, or your own.
    steps : int
        Steps to make, at least 1.
    start : array_like, shape (dimension,), optional
        The problem's own start if not given.
    seed, trajectory : int
        Key of the random numbers of stochastic methods.
    record : iterable of int or "ends", optional
        Steps to record besides step 0 and 40 log-spaced ones a decade; "ends" for step 0 and the last one alone.
    levels : iterable of float, optional
        Values whose first hitting times are wanted: ``trace.hits[q]`` is the first step k with a gap of at most
        ``trace.levels[q]``, seen at every step whatever is recorded, or -1. Under ``UntilGradient(method)`` levels and
        floor are values of the gradient norm: ``trace.hits`` then is :math:`N(\varepsilon)`, the first k with
        :math:`|\nabla f(x_k)| \le \varepsilon`.
    floor : float, optional
        The last level: the run ends at the first step at or below it. By default 0 if the problem states f_star or
        the levels are about the gradient norm, else -inf.
    ceiling : float, optional
        The run counts as diverged from there on.
    store : Store or path, optional
        Keeps finished runs and checkpoints of unfinished ones; a rerun continues.
    progress : bool, optional
        Show a progress bar.

    Returns
    -------
    Trace
        Endings (floor, divergence, stall, interruption) are its `status`, not exceptions.

    Raises
    ------
    BadInput
        If anything is out of range or the pair cannot work; nothing has run then.
    """
    problem, method = checks.pair(problem, method)
    steps = checks.steps(steps)
    x = checks.start(problem, start)
    descending = checks.levels(levels, default_floor(problem, method) if floor is None else floor, method)
    stops = schedule(steps, record)
    stream = Stream(np.uint64(checks.seed(seed)), np.uint64(checks.seed(trajectory, "trajectory")))
    store = Store.of(store)
    key = store and run_key(problem, method, x, stream, stops, descending, ceiling)

    began = time.perf_counter()
    kept = store.load(key) if store else None
    if kept is None or kept.status == Status.INTERRUPTED:
        kept = _advance(problem, method, x, stream, stops, descending, ceiling, kept, store, key, progress)
    seconds = time.perf_counter() - began
    return Trace(
        problem, method, kept.table, descending, kept.hits, Status(kept.status),
        provenance(problem, method, seconds, seed=int(stream.seed), trajectory=int(stream.trajectory), steps=steps),
    )  # fmt: skip


def default_floor(problem, method) -> float:
    """Zero, for a gap if the problem states what f_star is; a method's own gauge is taken to be never negative.

    No floor where a gap of 0 is no end: a draw moves on from a minimiser, as does a subgradient that does not vanish
    there (``restless = True`` in the problem's class).
    """
    if hasattr(type(problem), "draw") or getattr(type(problem), "restless", False):
        return -math.inf
    return 0.0 if hasattr(type(method), "gauge") or "f_star" in problem.facts() else -math.inf


def bottom(problem, method) -> float:
    """The gap below which f_star is wrong: only a floor of gaps tells that somebody knows it without the problem."""
    return -math.inf if hasattr(type(method), "gauge") and "f_star" not in problem.facts() else 0.0


def _advance(problem, method, x, stream, stops, levels, ceiling, kept, store, key, progress) -> Checkpoint:
    """Run from the start or from a checkpoint to the end or to an interruption."""
    compiled = cache.compiled(problem, method)
    carry = compiled.begin(problem, method, as_state(x))
    width = len(HEAD) + len(method.column_names) + problem.dimension + size(carry.memory)
    table = np.full((stops.size, width), np.nan)
    hits = np.full(levels.size, -1, dtype=np.int64)
    done = 0
    if kept is not None:
        done = len(kept.table)
        table[:done], hits, carry = kept.table, kept.hits, kept.restore(carry)
    else:
        carry = _first_record(compiled, problem, method, carry, stream, stops, levels, hits, ceiling, table)
        done = 1
    bar = _Bar(int(stops[-1]), progress)
    rate, saved = 1e6, time.monotonic()
    status = Status.STEP_LIMIT
    try:
        while done < stops.size and carry.status == RUNNING:
            last = max(done + 1, int(np.searchsorted(stops, carry.k + rate * CHUNK_SECONDS, side="right")))
            before, k = time.perf_counter(), carry.k
            carry = compiled.descend(
                problem, method, carry, stream, stops, done, last, levels, hits, ceiling, method.patience(), table,
                bottom(problem, method),
            )  # fmt: skip
            rate = max(rate / 4, min(4 * rate, (carry.k - k) / max(time.perf_counter() - before, 1e-9)))
            done = last
            bar.reach(carry.k)
            if store and time.monotonic() - saved > _CHECKPOINT_SECONDS and done < stops.size:
                store.save(key, Checkpoint.of(table[:done], hits, Status.INTERRUPTED, carry))
                saved = time.monotonic()
    except KeyboardInterrupt:
        status = Status.INTERRUPTED
    finally:
        bar.close()
    rows = int(np.isfinite(table[:, 0]).sum())
    if status != Status.INTERRUPTED:
        status = Status(carry.status)
    end = Checkpoint.of(table[:rows].copy(), hits, status, carry)
    if store:
        store.save(key, end)
    return end


def _first_record(compiled, problem, method, carry, stream, stops, levels, hits, ceiling, table):
    """Record step 0 and see whether the start already meets a level, the floor or the ceiling."""
    own = hasattr(type(method), "gauge")
    reached = (compiled.gauged(problem, method, carry.at) if own else carry.at.f) <= levels
    hits[reached] = 0
    carry = carry._replace(level=int(reached.sum()))
    least = bottom(problem, method)
    carry = compiled.descend(problem, method, carry, stream, stops, 0, 1, levels, hits, ceiling, 1, table, least)
    if not carry.at.f < ceiling:
        return carry._replace(status=int(Status.DIVERGED))
    if carry.at.f < least and levels[-1] >= 0:
        return carry._replace(status=int(Status.BELOW_F_STAR))
    return carry._replace(status=int(Status.FLOOR)) if reached.all() else carry


class _Bar:
    """A progress bar in steps, or nothing."""

    def __init__(self, total: int, wanted: bool):
        self._bar = None
        if wanted:
            from tqdm import tqdm

            self._bar = tqdm(total=total, unit="step", unit_scale=True, file=sys.stderr, leave=False)

    def reach(self, k: int) -> None:
        if self._bar is not None:
            self._bar.update(k - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
