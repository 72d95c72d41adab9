"""Means of F over the iterates, how fast they fall between two ends, and regrets out of them."""

import numpy as np

from theorylab.claims import Measured
from theorylab.fits import mean_interval

#: Checkpoints whose mean stands for an end: a quarter of a decade at 40 a decade.
END = 10


def decades(first: float, last: float, per_decade: int = 1) -> list[float]:
    """Distances 1.0137 10^k, never whole numbers: unit steps would land on those."""
    count = round(np.log10(last / first) * per_decade) + 1
    return (1.0137 * np.geomspace(first, last, count)).tolist()


def cell(problem, method, steps: int, **options) -> dict:
    """Arguments of a run to its last step: a gap of 0 does not end it."""
    return {"problem": problem, "method": method, "steps": steps, "floor": -np.inf, **options}


def mean_gap(trace) -> tuple[np.ndarray, np.ndarray]:
    """(T, mean of F(w_t) - F* over t = 1..T) at the records but the first: w_1 is the start, w_T the iterate before."""
    steps = trace.step[1:].astype(float)
    return steps, trace.gap_mean[1:] + (trace.gap[0] - trace.gap[1:]) / steps


def last_mean(trace) -> float:
    """The mean of F(w_t) - F* over all iterates before the last step."""
    return float(mean_gap(trace)[1][-1])


def mean_slope(t, y, first: float, **more) -> Measured:
    """The mean of d ln y/d ln t from `first` on: the chord between the quarter decades of checkpoints at both ends.

    `y` is a trace, shape (n,), or one a seed, (seeds, n), whose mean counts. The interval has the scatter of the
    checkpoints about the quarter decades' own lines, and that of the seeds. It names its ends T_1 and T_2.
    """
    kept = t >= first
    t, y = t[kept], np.atleast_2d(y)[:, kept]
    ends = slice(0, END), slice(-END, None)
    u, z = np.log(t), np.log(y.mean(axis=0))
    span = u[ends[1]].mean() - u[ends[0]].mean()
    slope = (z[ends[1]].mean() - z[ends[0]].mean()) / span
    scatter = [np.std(z[end] - np.polyval(np.polyfit(u[end], z[end], 1), u[end])) for end in ends]
    low, high = slope - sum(scatter) / span, slope + sum(scatter) / span
    if len(y) > 1:
        parts = [y[:, end].mean(axis=1) / y[:, end].mean() for end in ends]
        seeds = mean_interval(slope + (parts[1] - parts[0]) / span)
        low, high = low + seeds.low - slope, high + seeds.high - slope
    at = {"T_1": float(np.rint(np.exp(u[ends[0]].mean()))), "T_2": float(np.rint(np.exp(u[ends[1]].mean())))}
    return Measured(float(slope), float(low), float(high), at=at | more.pop("at", {}), **more)


def chord(expression, *ends):
    """Mean of d ln(expression)/d ln T between two ends, each a dict symbol -> value there, T among them: in sympy."""
    import sympy as sp

    from theorylab.papers.cocob.derivations.symbols import T

    low, high = (expression.subs(end, simultaneous=True) for end in ends)
    return sp.log(high / low) / sp.log(sp.sympify(ends[1][T]) / ends[0][T])
