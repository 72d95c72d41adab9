"""One trajectory in two dimensions against C written by hand."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from problems import CurvedRavine
from theorylab.kernels import HEAD, Stream, cache, size
from theorylab.methods import GD, GDPolyak

from .measure import Result, interleaved, not_measured

TARGET = 1.08
STEPS = 2_000_000
START = (0.3, 0.05)
CEILING = 1e10
#: Order 4 is the paper's; the kernel has to be as fast for every order.
CASES = [
    (f"{type(method).__name__}, curved ravine, p = {p}", CurvedRavine(p, 1.0, 10.0), method)
    for p in (3, 4, 5, 6, 8)
    for method in (GD(0.0125), GDPolyak(0.0125, 100))
]
_SCHEDULE = np.unique(np.rint(np.logspace(0.0, np.log10(STEPS), 260)).astype(np.int64))
_LEVELS = np.append(np.logspace(-3, -300, 80), 0.0)


class _Problem(ctypes.Structure):
    _fields_ = [("p", ctypes.c_int64), ("c", ctypes.c_double), ("a", ctypes.c_double)]


def _library(folder: str):
    """The compiled reference, or None where there is no gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    shared = Path(folder) / "descend.so"
    source = Path(__file__).with_name("descend.c")
    subprocess.run([gcc, "-O3", "-march=native", "-shared", "-fPIC", "-o", shared, source, "-lm"], check=True)
    return ctypes.CDLL(str(shared))


def _in_c(library, problem, method):
    """A call that runs the reference and returns (steps, table, hits)."""
    integers, floats = np.ctypeslib.ndpointer(np.int64), np.ctypeslib.ndpointer(np.float64)
    parameters = [ctypes.c_int64 if isinstance(value, int) else ctypes.c_double for value in method[:2]]
    run = getattr(library, type(method).__name__.lower())
    run.restype = ctypes.c_int64
    run.argtypes = [
        _Problem, *parameters, ctypes.c_double, ctypes.c_double, integers, ctypes.c_int64, floats, ctypes.c_int64,
        integers, ctypes.c_double, ctypes.c_int64, floats, ctypes.c_int64,
    ]  # fmt: skip
    table, hits = np.full((_SCHEDULE.size, 10), np.nan), np.full(_LEVELS.size, -1)

    def call():
        k = run(
            _Problem(*problem), *method[:2], *START, _SCHEDULE, _SCHEDULE.size, _LEVELS, _LEVELS.size, hits, CEILING,
            method.patience(), table, table.shape[1],
        )  # fmt: skip
        return k, table, hits

    return call


def _in_numba(problem, method):
    loops = cache.compiled(problem, method)
    start = loops.begin(problem, method, START)
    width = len(HEAD) + len(method.column_names) + size((START, start.memory))
    table, hits = np.full((_SCHEDULE.size, width), np.nan), np.full(_LEVELS.size, -1)
    stream = Stream(np.uint64(0), np.uint64(0))

    def call():
        carry = loops.descend(
            problem, method, start, stream, _SCHEDULE, 0, _SCHEDULE.size, _LEVELS, hits, CEILING, method.patience(),
            table,
        )  # fmt: skip
        return carry.k, table, hits

    return call


def _same_work(ours, theirs) -> None:
    """Both sides must have done the same run; the last bits differ, and GDPolyak multiplies differences."""
    (k, table, hits), (c_k, c_table, c_hits) = ours, theirs
    early = table[:, 0] <= 50
    if k != c_k or not np.allclose(table[early, :9], c_table[early, :9], rtol=1e-9):
        raise RuntimeError(f"the C reference made {c_k} steps and other records than ours, which made {k}")
    if not np.array_equal(hits >= 0, c_hits >= 0):
        raise RuntimeError("the C reference crossed other levels than ours")


def measure() -> list[Result]:
    """ns a step, both with records, extremes, sums, hitting table, endings and stall test."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        library = _library(folder)
        for name, problem, method in CASES:
            if library is None:
                results.append(not_measured(name, "gcc is not installed", TARGET, "x the time"))
                continue
            ours, theirs = _in_numba(problem, method), _in_c(library, problem, method)
            done, c_done = ours(), theirs()
            _same_work(done, c_done)
            a, b, ratio = interleaved(ours, theirs)
            a, b = a / done[0] * 1e9, b / done[0] * 1e9
            results.append(Result(name, f"{a:.2f} ns a step", f"C: {b:.2f} ns a step", ratio, TARGET, "x the time"))
    return results
