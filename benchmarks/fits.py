"""One fit of 400 points: laws that a simple law describes, and laws that need the rich ones."""

import statistics
import time

import numpy as np

from problems import SumOfPowers
from theorylab import GD, run
from theorylab.fits import fit_rate

from .measure import Result

ROUNDS = 15
T = np.geomspace(10, 1e6, 400)
SIMPLE = (T**-1.2, np.log(T) / T, (T + 300) ** -2.0, (1 + 2 * T**-0.7) / T, 1e-5 + 1 / T, np.exp(-T / 1e4))
RICH = (
    np.log(T) ** 0.7 * (1 + 0.3 * T**-0.8) / T, (np.log(T) + 2 + 1 / T) ** 0.5 / T,
    (1 + 0.5 * np.log(T) / T + 2 * T**-1.7) / T, 1 / (T**0.5 + T / 30 + T**2 / 1000),
    np.exp(0.3 * np.sqrt(np.log(T))) / T,
)  # fmt: skip


def _real():
    """GD on x^4 + x^6, 400 records."""
    steps = np.unique(np.rint(np.geomspace(10, 1e6, 450)).astype(int))[-400:]
    trace = run(SumOfPowers((1.0, 1.0), (4, 6)), GD(0.02), steps=int(steps[-1]), start=(1.0,), record=steps)
    return trace.at(steps)


def _milliseconds(t, y) -> float:
    """Median processor time of one fit: a fit uses one core, and others may work on this machine."""
    fit_rate(t, y)
    spent = []
    for _ in range(ROUNDS):
        before = time.process_time()
        fit_rate(t, y)
        spent.append(1e3 * (time.process_time() - before))
    return statistics.median(spent)


def measure() -> list[Result]:
    """Median over laws of the median processor time of a fit of 400 points."""
    run_ = _real()
    cells = [
        ("fit of 400 points, simple law", [(T, y) for y in SIMPLE], 12.0),
        ("fit of 400 points, rich law or real run", [*((T, y) for y in RICH), (run_.step, run_.gap)], 25.0),
    ]
    results = []
    for name, traces, target in cells:
        spent = [_milliseconds(t, y) for t, y in traces]
        results.append(Result(name, f"{min(spent):.1f} to {max(spent):.1f} ms", f"{len(spent)} laws",
                              statistics.median(spent), target, "ms"))
    return results
