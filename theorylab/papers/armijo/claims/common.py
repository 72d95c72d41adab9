"""First hitting times of gradient norms, and their growth."""

import numpy as np

from theorylab.claims import Measured
from theorylab.fits import fit_parameter
from theorylab.methods import UntilGradient

#: A run may take so many steps; one that needs more says so instead of dropping its smallest accuracies.
MOST_STEPS = 40_000_000


def until(problem, method, eps, *, steps: int = MOST_STEPS, **options) -> dict:
    """Arguments of a run whose `trace.hits` are N(eps), the first k with G_k <= eps, for each eps; it ends at the
    last."""
    eps = np.sort(np.asarray(eps, dtype=float))[::-1]
    method = UntilGradient(method)
    return {"problem": problem, "method": method, "steps": steps, "levels": eps[:-1], "floor": eps[-1], **options}


def decades(first: float, last: float, per_decade: float) -> np.ndarray:
    """Accuracies from `first` down to `last`, evenly spaced in ln eps."""
    count = int(round(abs(np.log10(first / last)) * per_decade)) + 1
    return np.geomspace(first, last, count)


def counts(trace) -> tuple[np.ndarray, np.ndarray]:
    """(eps, N(eps)) for all accuracies asked for.

    Raises
    ------
    RuntimeError
        If the run ended before one of them: a complexity may not leave out what took longest.
    """
    if (trace.hits < 0).any():
        first = trace.levels[trace.hits < 0][0]
        raise RuntimeError(f"{trace.provenance['method']} did not reach {first:g}: {trace.ending}")
    return trace.levels, trace.hits.astype(float)


def growth(trace, **more) -> Measured:
    """The exponent of N in 1/eps over at most ten accuracies, with its interval."""
    eps, steps = counts(trace)
    return grown(1 / eps, steps, **more)


def logarithmic(trace, **more) -> Measured:
    """Steps a decade on the lower half of the accuracies over those on the upper: 1 where N is linear in ln(1/eps)."""
    return straight(np.log(1 / counts(trace)[0]), counts(trace)[1], **more)


def straight(x, y, **more) -> Measured:
    """Slope of y on the upper half of x over that on the lower, counts known to a unit: 1 if y is linear in x."""
    middle = len(x) // 2
    low = (y[middle] - y[0]) / (x[middle] - x[0])
    high, error = np.array([y[-1] - y[middle], 1.0]) / (x[-1] - x[middle]) / low
    return Measured(high, high - error, high + error, **more)


def local_slopes(trace, below: float, **more) -> Measured:
    """The exponent of N in 1/eps between neighbouring accuracies below `below`: the interval spans them."""
    eps, steps = counts(trace)
    eps, steps = eps[eps <= below], steps[eps <= below]
    slopes = np.diff(np.log(steps)) / np.diff(np.log(1 / eps))
    return Measured(float(slopes.mean()), float(slopes.min()), float(slopes.max()), **more)


def grown(x, y, **more) -> Measured:
    """The exponent s of y ~ x^s, from about ten points spread over all of them."""
    if len(x) < 5:
        return Measured(np.nan, np.nan, np.nan, why=f"only {len(x)} points", **more)
    chosen = np.unique(np.linspace(0, len(x) - 1, min(10, len(x))).astype(int))
    return Measured.estimate(fit_parameter(np.asarray(x)[chosen], np.asarray(y)[chosen]), **more)
