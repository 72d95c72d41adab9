"""Runs that differ only in method fields, starts and seeds, abreast.

Small problems go through lanes: bit for bit the traces of single runs. Problems of arrays that can evaluate many
points with one matrix product go through blocks: the traces of single runs to rounding, equal bit for bit whatever the
number of threads, the order of the runs and how many share the batch.
"""

import math
import time

import numpy as np

from theorylab.kernels import RUNNING, as_state, blocks, lanes

from . import checks
from .records import schedule
from .single import CHUNK_SECONDS, bottom, default_floor
from .status import Status
from .trace import Trace, provenance


def _engine(problem, method, x):
    """The module that runs many of these abreast, or None."""
    return next((engine for engine in (lanes, blocks) if engine.supports(problem, method, x)), None)


def groups(cells: list[dict]) -> list[list[int]]:
    """Indices of the cells that run faster as one batch, a list a batch; all others run one by one."""
    found: dict[tuple, list[int]] = {}
    engines = {}
    for i, cell in enumerate(cells):
        problem, method = checks.pair(cell["problem"], cell["method"])
        engine = _engine(problem, method, as_state(checks.start(problem, cell.get("start"))))
        if engine:
            shared = {k: v for k, v in cell.items() if k not in ("problem", "method", "start", "seed", "trajectory")}
            options = tuple(sorted((name, _frozen(value)) for name, value in shared.items()))
            key = (_identity(cell["problem"]), type(method), _classes(method), options)
            found.setdefault(key, []).append(i)
            engines[key] = engine
    return [indices for key, indices in found.items() if len(indices) >= engines[key].FEWEST]


def _identity(value):
    """Equal for equal records; arrays and lists count as equal if they are one object, which the cells keep alive."""
    if isinstance(value, tuple):
        return (type(value), *map(_identity, value))
    return id(value) if type(value).__hash__ is None else value


def _classes(record):
    return tuple((type(part), _classes(part)) for part in record if isinstance(part, tuple))


def _frozen(value):
    if isinstance(value, range):
        return value
    return tuple(np.asarray(value).ravel().tolist()) if np.ndim(value) else value


def run_batch(cells: list[dict], threads: int) -> list[Trace]:
    """The traces of these cells, which `groups` holds together."""
    first = cells[0]
    problem = checks.pair(first["problem"], first["method"])[0]
    methods = [checks.pair(problem, cell["method"])[1] for cell in cells]
    starts = np.array([checks.start(problem, cell.get("start")) for cell in cells])
    seeds = [checks.seed(cell.get("seed", 0)) for cell in cells]
    trajectories = [checks.seed(cell.get("trajectory", 0), "trajectory") for cell in cells]
    steps = checks.steps(first["steps"])
    stops = schedule(steps, first.get("record", ()))
    floor = first.get("floor")
    floor = default_floor(problem, methods[0]) if floor is None else floor
    levels = checks.levels(first.get("levels", ()), floor, methods[0])
    ceiling = first.get("ceiling", math.inf)

    began = time.perf_counter()
    engine = _engine(problem, methods[0], as_state(starts[0]))
    batch = engine.begin(problem, methods, starts, np.array(seeds, np.uint64), np.array(trajectories, np.uint64))
    tables = np.full((len(cells), stops.size, engine.width(batch)), np.nan)
    hits = np.full((len(cells), levels.size), -1, dtype=np.int64)
    patience = np.array([method.patience() for method in methods])
    rest = (levels, hits, ceiling, patience, tables, threads, bottom(problem, methods[0]))
    interrupted = _advance(engine, batch, stops, rest)
    seconds = (time.perf_counter() - began) / len(cells)

    traces = []
    for i, (method, status) in enumerate(zip(methods, batch.status, strict=True)):
        rows = int(np.isfinite(tables[i, :, 0]).sum())
        end = Status.INTERRUPTED if interrupted and status == RUNNING else Status(status)
        where = provenance(problem, method, seconds, seed=seeds[i], trajectory=trajectories[i], steps=steps)
        traces.append(Trace(problem, method, tables[i, :rows], levels, hits[i], end, where))
    return traces


def _advance(engine, batch, stops, rest) -> bool:
    """Run the batch to its end in chunks; whether it was interrupted."""
    levels, hits, ceiling, least = *rest[:3], rest[-1]
    engine.advance(batch, stops, 0, 1, *rest)
    reached = batch.gauge[:, None] <= levels
    hits[reached] = 0
    over = np.where(reached.all(axis=1), Status.FLOOR, RUNNING)
    over = np.where((batch.gap < least) & (levels[-1] >= 0), Status.BELOW_F_STAR, over)
    batch.mark(reached.sum(axis=1), np.where(batch.gap < ceiling, over, Status.DIVERGED))
    done, rate = 1, 1e3  # low at first: a step of all runs may take milliseconds
    try:
        while done < stops.size and (batch.status == RUNNING).any():
            k = stops[done - 1]
            last = max(done + 1, int(np.searchsorted(stops, k + rate * CHUNK_SECONDS, side="right")))
            before = time.perf_counter()
            engine.advance(batch, stops, done, last, *rest)
            rate = max(rate / 4, min(4 * rate, (stops[last - 1] - k) / max(time.perf_counter() - before, 1e-9)))
            done = last
    except KeyboardInterrupt:
        return True
    return False
