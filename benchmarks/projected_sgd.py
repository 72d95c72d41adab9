"""Projected SGD under a schedule, with its noise and its domain, against C written by hand, and in lanes."""

import ctypes
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from problems import NoisySlope
from theorylab.kernels import HEAD, Stream, cache, lanes
from theorylab.methods import ScheduledSGD
from theorylab.methods.schedules import Constant, Cosine, Linear, Polynomial

from .measure import Result, interleaved, not_measured

TARGET = 1.1
LANES_TARGET = 1.5
STEPS = 2_000_000
TRAJECTORIES, LANE_STEPS = 256, 16_384
SLOPE, RATE, START = NoisySlope(0.02), 0.125, (1.0,)
SEED, TRAJECTORY = 7, 3
#: Schedules, and the degree by which the reference knows them; it has no cosine.
SCHEDULES = {
    "constant": (Constant(), 0),
    "linear": (Linear(), 1),
    "quadratic": (Polynomial(2), 2),
    "cosine": (Cosine(), None),
}
_LEVELS = np.append(np.logspace(-3, -12, 40), -np.inf)


class _Problem(ctypes.Structure):
    _fields_ = [("eps", ctypes.c_double)]


class _Method(ctypes.Structure):
    _fields_ = [("stepsize", ctypes.c_double), ("p", ctypes.c_int64), ("horizon", ctypes.c_int64)]


def _schedule(steps: int):
    return np.unique(np.rint(np.logspace(0.0, np.log10(steps), 200)).astype(np.int64))


def _library(folder: str):
    """The compiled reference, or None where there is no gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    shared, source = Path(folder) / "projected_sgd.so", Path(__file__).with_name("projected_sgd.c")
    subprocess.run([gcc, "-O3", "-march=native", "-shared", "-fPIC", "-o", shared, source, "-lm"], check=True)
    return ctypes.CDLL(str(shared))


def _in_c(library, degree, stops):
    """A call that runs the reference and returns its table and hits."""
    integers, floats = np.ctypeslib.ndpointer(np.int64), np.ctypeslib.ndpointer(np.float64)
    run = library.projected_sgd
    run.restype = ctypes.c_int64
    run.argtypes = [
        _Problem, _Method, ctypes.c_double, ctypes.c_uint64, ctypes.c_uint64, integers, ctypes.c_int64, floats,
        ctypes.c_int64, integers, ctypes.c_double, ctypes.c_int64, floats, ctypes.c_int64,
    ]  # fmt: skip
    table, hits = np.full((stops.size, len(HEAD) + 1), np.nan), np.full(_LEVELS.size, -1)

    def call():
        run(
            _Problem(*SLOPE), _Method(RATE, degree, STEPS), *START, SEED, TRAJECTORY, stops, stops.size, _LEVELS,
            _LEVELS.size, hits, np.inf, 2**62, table, table.shape[1],
        )  # fmt: skip
        return table, hits

    return call


def _alone(schedule, stops, trajectory=TRAJECTORY):
    """A call that runs ours and returns its table and hits."""
    method = ScheduledSGD(RATE, schedule, int(stops[-1]))
    loops = cache.compiled(SLOPE, method)
    carry = loops.begin(SLOPE, method, START)
    table, hits = np.full((stops.size, len(HEAD) + 1), np.nan), np.full(_LEVELS.size, -1)
    stream = Stream(np.uint64(SEED), np.uint64(trajectory))

    def call():
        loops.descend(
            SLOPE, method, carry, stream, stops, 0, stops.size, _LEVELS, hits, np.inf, method.patience(), table
        )
        return table, hits

    return call


def _against_c(results):
    stops = _schedule(STEPS)
    with tempfile.TemporaryDirectory() as folder:
        library = _library(folder)
        for name, (schedule, degree) in SCHEDULES.items():
            if degree is None:
                continue
            if library is None:
                results.append(not_measured(name, "gcc is not installed", TARGET, "x the time"))
                continue
            ours, theirs = _alone(schedule, stops), _in_c(library, degree, stops)
            (table, hits), (c_table, c_hits) = ours(), theirs()
            early = table[:, 0] <= 1000
            if not np.allclose(table[early], c_table[early], rtol=1e-9, atol=1e-12) or not np.array_equal(hits, c_hits):
                raise RuntimeError(f"the C reference has other records or hitting times than ours: {name}")
            a, b, ratio = interleaved(ours, theirs)
            rates = f"{a / STEPS * 1e9:.2f} ns a step", f"C: {b / STEPS * 1e9:.2f} ns a step"
            results.append(Result(f"noisy slope, {name}", *rates, ratio, TARGET, "x the time"))


def _lanes_against_singles(results):
    stops = _schedule(LANE_STEPS)
    for name, (schedule, _) in SCHEDULES.items():
        method = ScheduledSGD(RATE, schedule, LANE_STEPS)
        numbers = np.arange(TRAJECTORIES, dtype=np.uint64)
        seeds, starts = np.full(TRAJECTORIES, SEED, np.uint64), np.ones((TRAJECTORIES, 1))
        singles = [_alone(schedule, stops, i) for i in range(TRAJECTORIES)]
        tables = np.full((TRAJECTORIES, stops.size, len(HEAD) + 1), np.nan)
        hits = np.full((TRAJECTORIES, _LEVELS.size), -1)

        def abreast(method=method, tables=tables, hits=hits, seeds=seeds, starts=starts, numbers=numbers):
            batch = lanes.begin(SLOPE, [method] * TRAJECTORIES, starts, seeds, numbers)
            patience = [method.patience()] * TRAJECTORIES
            lanes.advance(batch, stops, 0, stops.size, _LEVELS, hits, np.inf, patience, tables)

        def alone(singles=singles):
            return [call()[0] for call in singles]

        abreast()
        if not np.array_equal(np.array(alone()), tables):
            raise RuntimeError(f"lanes give other records than single runs: {name}")
        a, b, ratio = interleaved(alone, abreast, rounds=7)
        million = TRAJECTORIES * LANE_STEPS / 1e6
        results.append(
            Result(
                f"noisy slope, {name}: {TRAJECTORIES} in lanes, one core",
                f"{million / b:.0f} M steps/s",
                f"single runs: {million / a:.0f} M steps/s",
                ratio,
                LANES_TARGET,
                "x the rate",
                False,
            )  # fmt: skip
        )


def measure() -> list[Result]:
    """ns a step with noise, domain, records, extremes, sums, hitting table and endings; rates of batches."""
    results = []
    _against_c(results)
    _lanes_against_singles(results)
    return results
