"""Where many trajectories of one small problem end, and nothing else: no trace is kept."""

import os

import numpy as np

from theorylab.kernels import as_state, lanes

from . import checks
from .many import run_many

#: Trajectories of one call of the kernel, between which a run can be interrupted.
_PIECE = 4096


def ends(problem, method, *, steps: int, count: int, seed: int = 0, start=None, jobs: int | None = None) -> np.ndarray:
    """Gaps after the last step of trajectories 0, 1, ..., count - 1 of one seed, shape (count,).

    They are the gaps that `run` records for the same seed and trajectory numbers, bit for bit. No gap ends a run: for
    problems whose oracle is stochastic. Tens of thousands of trajectories need neither traces nor their memory.

    Parameters
    ----------
    problem, method : NamedTuple
    steps, count : int
    seed : int
    start : array_like, shape (d,), optional
    jobs : int, optional
        Threads; all cores if not given.
    """
    problem, method = checks.pair(problem, method)
    steps, count, seed = checks.steps(steps), checks.steps(count, "count"), checks.seed(seed)
    x = checks.start(problem, start)
    jobs = jobs or os.cpu_count()
    if not lanes.supports(problem, method, as_state(x)):
        cell = {"problem": problem, "method": method, "steps": steps, "record": "ends", "start": x, "seed": seed}
        cells = [cell | {"trajectory": i, "floor": -np.inf} for i in range(count)]
        return np.array([trace.gap[-1] for trace in run_many(cells, jobs=jobs)])
    stops, levels = np.array([0, steps]), np.array([-np.inf])
    found = []
    for first in range(0, count, _PIECE):
        numbers = np.arange(first, min(first + _PIECE, count), dtype=np.uint64)
        seeds = np.full(numbers.size, seed, np.uint64)
        batch = lanes.begin(problem, [method] * numbers.size, np.tile(x, (numbers.size, 1)), seeds, numbers)
        tables = np.empty((numbers.size, 2, lanes.width(batch)))
        hits = np.full((numbers.size, 1), -1)
        patience = np.full(numbers.size, method.patience())
        lanes.advance(batch, stops, 0, 2, levels, hits, np.inf, patience, tables, jobs)
        found.append(tables[:, 1, 1])
    return np.concatenate(found)
