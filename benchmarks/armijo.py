"""Armijo's search with a memory against C written by hand, and one-trial-a-step lanes against single searches."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from problems import SumOfPowers
from theorylab.kernels import HEAD, Stream, cache, fma, inline, lanes, size
from theorylab.methods import MemoryArmijo, MemoryTrials

from .measure import Result, interleaved, not_measured

TARGET = 1.1
LANES_TARGET = 2.0
CEILING = 1e10
TRAJECTORIES = 512
#: Trials of a lane, and steps of a single search: each rate is counted in its own trials.
TRIALS = 20_000
_LEVELS = np.append(np.logspace(-3, -300, 80), 0.0)
_VALUES = len(HEAD) + MemoryArmijo.column_names.index("values")


@inline
def _rosenbrock(problem, work, x, g):
    m = 1.0 - x[0]
    n = fma(-x[0], x[0], x[1])
    return fma(problem.a * n, n, m * m), (fma(-4.0 * problem.a * x[0], n, -2.0 * m), 2.0 * problem.a * n)


@inline
def _nothing(problem):
    return ()


class Rosenbrock(NamedTuple):
    """(1 - x)^2 + a (y - x^2)^2: what the benchmark needs of it."""

    a: float = 100.0

    kernel = staticmethod(_rosenbrock)
    workspace = staticmethod(_nothing)


class _Method(ctypes.Structure):
    _fields_ = [(name, ctypes.c_double) for name in MemoryArmijo._fields]


class _Powers(ctypes.Structure):
    _fields_ = [("c", ctypes.c_double), ("p", ctypes.c_int64)]


class _Rosenbrock(ctypes.Structure):
    _fields_ = [("a", ctypes.c_double)]


#: A cap of 1 keeps the quartic slow; decrease 0.9 makes the search reject about every second trial of Rosenbrock.
CASES = [
    ("|x|^4, f1 = f2 = 2, capped", SumOfPowers((1.0,), (4,)), _Powers(1.0, 4), "armijo1",
     MemoryArmijo(0.9, 2.0, 2.0, 0.5, 1.0), (0.83,), 1_000_000),
    ("|x|^4, f1 = 2, f2 = 4, capped", SumOfPowers((1.0,), (4,)), _Powers(1.0, 4), "armijo1",
     MemoryArmijo(0.9, 2.0, 4.0, 0.5, 3e5), (0.83,), 1_000_000),
    ("Rosenbrock, f1 = f2 = 2", Rosenbrock(), _Rosenbrock(100.0), "armijo2",
     MemoryArmijo(0.9, 2.0, 2.0, 0.9), (-1.2, 1.0), 60_000),
    ("Rosenbrock, f1 = 2, f2 = 1e4", Rosenbrock(), _Rosenbrock(100.0), "armijo2",
     MemoryArmijo(0.9, 2.0, 1e4, 0.99), (-1.2, 1.0), 30_000),
]  # fmt: skip


def _schedule(steps: int):
    return np.unique(np.rint(np.logspace(0.0, np.log10(steps), 200)).astype(np.int64))


def _library(folder: str):
    """The compiled reference, or None where there is no gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    shared, source = Path(folder) / "armijo.so", Path(__file__).with_name("armijo.c")
    subprocess.run([gcc, "-O3", "-march=native", "-shared", "-fPIC", "-o", shared, source, "-lm"], check=True)
    return ctypes.CDLL(str(shared))


def _in_c(library, name, structure, method, start, stops):
    """A call that runs the reference and returns its table."""
    integers, floats = np.ctypeslib.ndpointer(np.int64), np.ctypeslib.ndpointer(np.float64)
    run = getattr(library, name)
    run.restype = ctypes.c_int64
    run.argtypes = [
        type(structure), _Method, *[ctypes.c_double] * len(start), integers, ctypes.c_int64, floats, ctypes.c_int64,
        integers, ctypes.c_double, ctypes.c_int64, floats, ctypes.c_int64,
    ]  # fmt: skip
    table, hits = np.full((stops.size, 17 + len(start)), np.nan), np.full(_LEVELS.size, -1)

    def call():
        run(
            structure, _Method(*method), *start, stops, stops.size, _LEVELS, _LEVELS.size, hits, CEILING,
            method.patience(), table, table.shape[1],
        )  # fmt: skip
        return table

    return call


def _in_numba(problem, method, start, stops):
    loops = cache.compiled(problem, method)
    carry = loops.begin(problem, method, start)
    table = np.full((stops.size, len(HEAD) + len(method.column_names) + size((start, carry.memory))), np.nan)
    hits, stream = np.full(_LEVELS.size, -1), Stream(np.uint64(0), np.uint64(0))

    def call():
        loops.descend(
            problem, method, carry, stream, stops, 0, stops.size, _LEVELS, hits, CEILING, method.patience(), table
        )
        return table

    return call


def _trials(table) -> int:
    return int(np.nanmax(table[:, _VALUES]) - 1)


def _against_c(results):
    with tempfile.TemporaryDirectory() as folder:
        library = _library(folder)
        for name, problem, structure, function, method, start, steps in CASES:
            if library is None:
                results.append(not_measured(name, "gcc is not installed", TARGET, "x the time"))
                continue
            stops = _schedule(steps)
            ours = _in_numba(problem, method, start, stops)
            theirs = _in_c(library, function, structure, method, start, stops)
            table, c_table = ours(), theirs()
            early = table[:, 0] <= 20
            if not np.allclose(table[early], c_table[early], rtol=1e-9):
                raise RuntimeError(f"the C reference has other records than ours for {name}")
            n, c_n = _trials(table), _trials(c_table)
            # a test that is decided by the last bit sends the two runs different ways
            if not 0.95 < n / c_n < 1.05:
                raise RuntimeError(f"the C reference made {c_n} trials, ours {n}: {name}")
            a, b, ratio = interleaved(ours, theirs)
            rates = f"{a / n * 1e9:.2f} ns a trial", f"C: {b / c_n * 1e9:.2f} ns a trial"
            results.append(Result(name, *rates, ratio * c_n / n, TARGET, "x the time"))


def _lanes_against_singles(results):
    problem, starts = Rosenbrock(), np.random.default_rng(0).uniform(-2.0, 2.0, (TRAJECTORIES, 2))
    method, machine = MemoryArmijo(0.9, 2.0, 2.0, 0.9), MemoryTrials(0.9, 2.0, 2.0, 0.9)
    seeds, numbers = np.zeros(TRAJECTORIES, np.uint64), np.arange(TRAJECTORIES, dtype=np.uint64)
    stops, half = _schedule(TRIALS), _schedule(TRIALS // 2)
    width = lanes.width(lanes.begin(problem, [machine], starts[:1], seeds[:1], numbers[:1]))
    tables = np.full((TRAJECTORIES, stops.size, width), np.nan)
    hits = np.full((TRAJECTORIES, _LEVELS.size), -1)
    singles = [_in_numba(problem, method, tuple(start.tolist()), half) for start in starts]

    def abreast():
        batch = lanes.begin(problem, [machine] * TRAJECTORIES, starts, seeds, numbers)
        patience = [machine.patience()] * TRAJECTORIES
        lanes.advance(batch, stops, 0, stops.size, _LEVELS, hits, CEILING, patience, tables)

    def alone():
        return sum(_trials(call()) for call in singles)

    n = alone()
    abreast()
    m = sum(map(_trials, tables))
    a, b, ratio = interleaved(alone, abreast, rounds=7)
    results.append(
        Result(
            f"one trial a step, {TRAJECTORIES} starts of Rosenbrock", f"{m / b / 1e6:.0f} M trials/s",
            f"single searches: {n / a / 1e6:.0f} M trials/s", ratio * m / n, LANES_TARGET, "x the rate", False,
        )  # fmt: skip
    )


def measure() -> list[Result]:
    """ns a trial with records, extremes, sums, hitting table, endings and the search's counts; rates of batches."""
    results = []
    _against_c(results)
    _lanes_against_singles(results)
    return results
