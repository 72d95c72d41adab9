"""One or two short steps of size 1/(2a) between the long ones, on the curved quartic ravine."""

import math

import numpy as np

from problems import CurvedRavine
from theorylab.claims import Measured, claim, near
from theorylab.fits import fit_factor
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.derivations import one_short_step, period_two

from .epochs import epochs_of, per_epoch, pre_polyak

#: Epochs in which s settles, before rounding of y - x^2 reaches it.
FADING = (12, 32)
#: Epochs, by a, where the transient is over and y - x^2 not yet rounded away: the larger a, the slower both come.
BEYOND = {2.0: (22, 50), 3.0: (22, 60), 5.0: (30, 80), 10.0: (40, 110)}


def _runs(plan, short_steps, windows):
    """(a, trace) of runs with stepsize 1/(2a) up to the last epoch of the window of each a."""
    cells = [
        epochs_of(CurvedRavine(4, 1.0, v), GDPolyak(1 / (2 * v), short_steps), last + 1)
        for v, (_, last) in windows.items()
    ]
    return zip(windows, plan.run_many(cells), strict=True)


def _factors(plan, short_steps, windows, **more):
    """Factors of the distances before the long steps; `windows` maps a to the first and last epoch used."""
    for v, trace in _runs(plan, short_steps, windows):
        first, last = windows[v]
        steps = pre_polyak(trace.method, last + 1)[first:]
        distance = trace.at(steps).distance
        if len(distance) < len(steps):
            why = f"the trace ends before epoch {last}"
            yield Measured(math.nan, math.nan, math.nan, at={"a": v}, label=f"a={v:g}", why=why, **more)
        else:
            yield per_epoch(fit_factor(np.arange(first, last + 1), distance), at={"a": v}, label=f"a={v:g}", **more)


@claim(
    "gdpolyak.k2-all-a",
    kind="constant",
    place="spec S7",
    source="secondary",
    derivations=(period_two,),
    predicted=lambda: near(period_two()["k2_factor"], 1e-4),
)
def k2_all_a(plan):
    """With K = 2 and eta = 1/(2a) an epoch multiplies the distance by 3/4, for every a > 0."""
    curvatures = plan.pick((0.5, 1.0, 2.0, 10.0, 50.0), np.geomspace(0.5, 50.0, 21).tolist())
    yield from _factors(plan, 2, dict.fromkeys(curvatures, (24, 36)))


@claim(
    "gdpolyak.k1-threshold",
    kind="constant",
    place="spec S7",
    source="derived",
    derivations=(period_two, one_short_step),
    predicted=lambda: {
        "multiplier of s": near(period_two()["k1_multiplier"], 0.01),
        "threshold of s": near(period_two()["k1_threshold"], 0.01),
        "factor up to 3/2": near(one_short_step()["factor_below"], 1e-3),
        "factor beyond 3/2": near(one_short_step()["factor_beyond"], 1e-3),
    },
)
def k1_threshold(plan):
    """With K = 1 and eta = 1/(2a) the normal error s = n/x^2 is multiplied by 8a/9 an epoch, so it stays bounded iff
    a < 9/8. The factor of the distance is 3/4 as long as s x vanishes, up to a = 3/2, and 2a/(2a+1) beyond."""
    found = []
    for v, trace in _runs(plan, 1, dict.fromkeys((1.0, 1.1, 1.15, 1.25), FADING)):
        found.append(_multiplier(trace, at={"a": v}, label=f"a={v:g}", quantity="multiplier of s"))
        yield found[-1]
    yield _where_one(found, quantity="threshold of s", label="between the curvatures beside it")
    below = plan.pick((0.5, 1.0, 1.1, 1.15, 1.3), (0.5, 0.75, 1.0, 1.1, 1.15, 1.2, 1.3))
    yield from _factors(plan, 1, dict.fromkeys(below, (20, 35)), quantity="factor up to 3/2")
    beyond = plan.pick((2.0, 10.0), tuple(BEYOND))
    yield from _factors(plan, 1, {v: BEYOND[v] for v in beyond}, quantity="factor beyond 3/2")


def _multiplier(trace, **more) -> Measured:
    """Factor of the differences of s = n/x^2 after the long steps."""
    first, last = FADING
    after = trace.at(pre_polyak(trace.method, last + 1)[first:] + 1)
    s = after.problem.normal(after.x) / after.x[:, 0] ** 2
    return per_epoch(fit_factor(np.arange(len(s) - 1), np.abs(np.diff(s))), **more)


def _where_one(findings, **more) -> Measured:
    """The a where the multiplier is 1: by straight lines through the two findings beside it, and through their ends."""
    i = next(i for i, finding in enumerate(findings) if finding.value > 1)
    pair = findings[i - 1 : i + 1]
    curvatures = [finding.at["a"] for finding in pair]
    at = [float(np.interp(1.0, [getattr(f, end) for f in pair], curvatures)) for end in ("value", "high", "low")]
    return Measured(*at, why="Between the last multiplier below 1 and the first above.", **more)


@claim(
    "gdpolyak.k1-all-a",
    kind="constant",
    place="spec section 8, controls",
    source="derived",
    derivations=(period_two,),
    predicted=lambda: near(period_two()["k2_factor"], 1e-3),
    expected="REFUTED",
)
def k1_all_a(plan):
    """With K = 1 and eta = 1/(2a), as with K = 2, an epoch multiplies the distance by 3/4 for every a > 0. (A
    control.)"""
    yield from _factors(plan, 1, {v: BEYOND[v] for v in (2.0, 10.0)})
