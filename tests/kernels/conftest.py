"""Single runs, and processes of their own, for the tests of the kernels."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from theorylab.kernels import HEAD, Stream, cache, size


class Run(NamedTuple):
    """What a run left behind."""

    carry: object
    table: np.ndarray
    hits: np.ndarray


def _single(
    problem, method, x, schedule, levels, *, ceiling=1e10, patience=None, seed=0, trajectory=0, cuts=(), width=None
):
    """One run of `descend`, cut into chunks before the records named in `cuts`; unwritten rows are nan."""
    loops = cache.compiled(problem, method)
    carry = loops.begin(problem, method, x)
    columns = len(HEAD) + len(method.column_names) + size((x, carry.memory))
    table, hits = np.full((schedule.size, columns), np.nan), np.full(levels.size, -1)
    stream = Stream(np.uint64(seed), np.uint64(trajectory))
    patience = method.patience() if patience is None else patience
    edges = [0, *cuts, schedule.size]
    for first, last in zip(edges, edges[1:], strict=False):
        if carry.status == 0:
            carry = loops.descend(
                problem, method, carry, stream, schedule, first, last, levels, hits, ceiling, patience, table
            )
    return Run(carry, table, hits)


@pytest.fixture
def single():
    """One run of `descend`: (problem, method, x, schedule, levels, ...) -> Run."""
    return _single


@pytest.fixture
def fresh(tmp_path):
    """Run code in a fresh process with a cache folder of its own; returns what it printed."""

    def call(code, *, packages=None, **environment):
        own = {key: value for key, value in os.environ.items() if not key.startswith(("NUMBA_", "THEORYLAB_"))}
        own["PYTHONPATH"] = os.pathsep.join([str(packages or Path(__file__).parents[2]), str(tmp_path)])
        own["THEORYLAB_CACHE"] = str(tmp_path / "cache")
        script = tmp_path / "script.py"
        script.write_text(code)
        done = subprocess.run(
            [sys.executable, "-B", str(script)], env=own | environment, capture_output=True, text=True, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return call
