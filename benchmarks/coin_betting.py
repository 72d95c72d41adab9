"""Betting on |x - D|, ten million steps with the columns of wealth and regret, against C with libm's tanh."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from problems import Distance
from theorylab.kernels import HEAD, Stream, cache, size
from theorylab.methods import COCOB, KT

from .measure import Result, interleaved, not_measured

STEPS = 10_000_000
CEILING = 1e300
#: Method, its target, and how many of its columns the reference has too.
CASES = [(COCOB(1.0, 1.0), 0.8, 4), (KT(1.0), 1.08, 3)]
_PROBLEM = Distance(10.137)
_SCHEDULE = np.unique(np.rint(np.logspace(0.0, np.log10(STEPS), 260)).astype(np.int64))
_LEVELS = np.append(np.logspace(-12, -300, 40), 0.0)


class _Method(ctypes.Structure):
    _fields_ = [("L", ctypes.c_double), ("eps", ctypes.c_double)]


def _library(folder: str):
    """The compiled reference, or None where there is no gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    shared, source = Path(folder) / "coin_betting.so", Path(__file__).with_name("coin_betting.c")
    subprocess.run([gcc, "-O3", "-march=native", "-shared", "-fPIC", "-o", shared, source, "-lm"], check=True)
    return ctypes.CDLL(str(shared))


def _in_c(library, method, columns):
    """A call that runs the reference and returns its table."""
    integers, floats = np.ctypeslib.ndpointer(np.int64), np.ctypeslib.ndpointer(np.float64)
    run = getattr(library, type(method).__name__.lower())
    run.restype = ctypes.c_int64
    run.argtypes = [
        ctypes.c_double, _Method, ctypes.c_double, integers, ctypes.c_int64, floats, ctypes.c_int64, integers,
        ctypes.c_double, ctypes.c_int64, floats, ctypes.c_int64,
    ]  # fmt: skip
    table, hits = np.full((_SCHEDULE.size, len(HEAD) + columns + 1), np.nan), np.full(_LEVELS.size, -1)

    def call():
        run(
            _PROBLEM.D, _Method(*method), 0.0, _SCHEDULE, _SCHEDULE.size, _LEVELS, _LEVELS.size, hits, CEILING,
            method.patience(), table, table.shape[1],
        )  # fmt: skip
        return table

    return call


def _in_numba(method):
    loops = cache.compiled(_PROBLEM, method)
    start = loops.begin(_PROBLEM, method, (0.0,))
    width = len(HEAD) + len(method.column_names) + size(((0.0,), start.memory))
    table, hits = np.full((_SCHEDULE.size, width), np.nan), np.full(_LEVELS.size, -1)
    stream = Stream(np.uint64(0), np.uint64(0))

    def call():
        loops.descend(
            _PROBLEM, method, start, stream, _SCHEDULE, 0, _SCHEDULE.size, _LEVELS, hits, CEILING, method.patience(),
            table,
        )  # fmt: skip
        return table

    return call


def _same_work(ours, theirs, columns) -> None:
    """Both made all steps, and the same ones as long as the last bits of tanh have not parted them."""
    early, wide = ours[:, 0] <= 200, len(HEAD) + columns
    if ours[-1, 0] != STEPS or theirs[-1, 0] != STEPS:
        raise RuntimeError(f"we made {ours[-1, 0]:g} steps and the C reference {theirs[-1, 0]:g}, not {STEPS}")
    if not np.allclose(ours[early, :wide], theirs[early, :wide], rtol=1e-9):
        raise RuntimeError("the C reference has other records than ours")


def measure() -> list[Result]:
    """ns a step, both with records, extremes, sums, hitting table, endings and the test of the bound."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        library = _library(folder)
        for method, target, columns in CASES:
            name = f"{type(method).__name__}, |x - D|, 1e7 steps"
            if library is None:
                results.append(not_measured(name, "gcc is not installed", target, "x the time"))
                continue
            ours, theirs = _in_numba(method), _in_c(library, method, columns)
            _same_work(ours(), theirs(), columns)
            a, b, ratio = interleaved(ours, theirs, rounds=9)
            a, b = a / STEPS * 1e9, b / STEPS * 1e9
            results.append(Result(name, f"{a:.2f} ns a step", f"C: {b:.2f} ns a step", ratio, target, "x the time"))
    return results
