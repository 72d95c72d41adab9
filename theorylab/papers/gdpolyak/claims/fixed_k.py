"""A fixed number K of short steps: where the linear epochs end, and that they do end."""

import math

import numpy as np
import sympy as sp

from problems import CurvedRavine, PowerRavine, Rotated
from theorylab.claims import Checked, Measured, claim, within
from theorylab.fits import mean_interval
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.derivations import fixed_k, polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import p
from theorylab.replay import Statement, certify_trajectory

from .epochs import epochs_of, pre_polyak

#: Steps of eta = 0.0125 on the ravine of the authors' experiment, a = 10: rho = |1 - eta lambda| = 3/4.
STEPSIZE, A = 0.0125, 10.0
#: The start is varied, because the breakdown is only known to an epoch.
STARTS = ((0.3, 0.05), (0.29, 0.05), (0.28, 0.05), (0.27, 0.05), (0.26, 0.05), (0.25, 0.05), (0.24, 0.05), (0.23, 0.05))


def last_linear_epoch(distance) -> int:
    """Index of the last distance (of those before the long steps) before two epochs in a row that hardly gain.

    An epoch hardly gains if its factor is nearer to 1 than to the median of the factors before it; a single one may
    do so and the next return. -1 if there are no such two.
    """
    ratio = distance[1:] / distance[:-1]
    for i in range(2, len(ratio) - 1):
        if min(ratio[i], ratio[i + 1]) > (1 + np.median(ratio[:i])) / 2:
            return i
    return -1


def _ends(plan, problem, counts, starts):
    """ln of the distances around the breakdown: (K, at it, an epoch later, an epoch earlier), a row a run."""
    methods = [GDPolyak(STEPSIZE, int(short_steps)) for short_steps in counts for _ in starts]
    cells = [
        epochs_of(problem, method, 20 + method.short_steps, start=start)
        for method, start in zip(methods, list(starts) * len(counts), strict=True)
    ]
    rows = []
    # tolerance: the claims allow ln dist_end to be .01 a step of K off, so a thousandth of a gap does not concern them
    for method, trace in zip(methods, plan.run_many(cells, tolerance=1e-3), strict=True):
        distance = trace.at(pre_polyak(method, 20 + method.short_steps)).distance
        i = last_linear_epoch(distance)
        rows.append([method.short_steps, *(np.log(distance[[i, i + 1, i - 1]]) if i > 0 else np.full(3, math.nan))])
    return np.array(rows)


@claim(
    "gdpolyak.fixed-k-end",
    kind="constant",
    place="spec S5",
    source="derived",
    derivations=(fixed_k,),
    predicted=lambda: {
        "ln dist_end": within(sp.log(fixed_k()["dist_end"]), math.log(3)),
        "ln dist_end, p=3": within(sp.log(fixed_k()["dist_end"]), math.log(10)),
    },
)
def fixed_k_end(plan):
    """With K fixed the linear epochs end within a factor 3 of dist_end(K) on curved ravines of order 4, 5 and 6, and
    within a factor 10 for p = 3. (Straight ravines have another law: no long step renews the normal error there.)"""
    for order in (3, 4, 5, 6):
        # orders 3 and 4 end below 1e-7 with K = 100, where a short step along the ravine is as small as its rounding
        last = 80 if order < 5 else 100
        counts = range(20, last + 1, plan.pick(20, 5))
        problem = CurvedRavine(order, 1.0, A)
        quantity = "ln dist_end, p=3" if order == 3 else "ln dist_end"
        for short_steps, value, low, high in _ends(plan, problem, counts, STARTS[:1]):
            at = {"K": int(short_steps), "p": order, "c": 1, "lambda": 2 * A, "rho": abs(1 - STEPSIZE * 2 * A)}
            why = "The last distance of the linear epochs; the interval is the epochs beside it."
            label = f"p={order}, K={short_steps:g}"
            yield Measured(value, low, high, at=at, quantity=quantity, label=label, why=why)


@claim(
    "gdpolyak.fixed-k-slope",
    kind="exponent",
    place="spec S5",
    source="derived",
    derivations=(fixed_k,),
    predicted=lambda: within(fixed_k()["slope"], 0.01),
)
def fixed_k_slope(plan):
    """ln dist_end falls with K like ln(rho)/(p-2), corrected by the term of the linear epochs after the onset."""
    counts = np.arange(25, 61, plan.pick(5, 1))
    starts = STARTS[: plan.pick(6, 8)]
    ends = _ends(plan, CurvedRavine(4, 1.0, A), counts, starts)[:, 1].reshape(len(counts), len(starts))
    slopes = [np.polynomial.Polynomial.fit(counts, ends[:, i], 1).convert().coef[1] for i in range(len(starts))]
    at = {"K": float(np.mean(counts)), "p": 4, "rho": abs(1 - STEPSIZE * 2 * A)}
    yield Measured.estimate(mean_interval(slopes), at=at, label=f"curved ravine, p=4, K={counts[0]} to {counts[-1]}")


def linear_forever() -> Statement:
    """|x_t| <= |x_0| (1-1/p)^(t/(K+1) - 1): every epoch of K short steps and one long step keeps the linear factor."""
    t, short_steps = sp.symbols("t short_steps", nonnegative=True)
    x0, x1, start_x0, start_x1 = sp.symbols("x0 x1 start_x0 start_x1", real=True)
    allowed = polyak_step()["distance_factor"] ** (2 * (t / (short_steps + 1) - 1))
    return Statement(x0**2 + x1**2, (start_x0**2 + start_x1**2) * allowed)


def _linear(claim_id, trace) -> Checked:
    """Whether the distances before the long steps of a run in the plane keep the linear factor."""
    problem, method = trace.problem, trace.method
    epochs = (int(trace.step[-1]) + 1) // (method.short_steps + 1)
    before = trace.at(pre_polyak(method, epochs))
    factor = float(polyak_step()["distance_factor"].subs(p, _order(problem)))
    allowed = trace.distance[0] * factor ** (before.step / (method.short_steps + 1) - 1)
    room = np.log(allowed / before.distance)
    steps = before.step.tolist()

    def replay(seconds):
        return certify_trajectory(claim_id, linear_forever(), problem, method, tuple(trace.x[0]), steps[-1], at=steps,
                                  seconds=seconds)  # fmt: skip

    label = f"{type(problem).__name__}, p={_order(problem)}, K={method.short_steps}"
    if room.min() >= 0:
        return Checked(float(room.min()), label, checked=len(room))
    note = f"float64 fails from step {before.step[room < 0][0]} on"
    return Checked(float(room.min()), label, checked=len(room), replay=replay, note=note)


def _order(problem) -> int:
    return int(problem.facts()["growth_order"].value)


@claim(
    "gdpolyak.fixed-k-forever",
    kind="bound",
    place="spec S1 and section 8, controls",
    source="derived",
    derivations=(polyak_step,),
    statement=lambda: sp.Le(*linear_forever()[:2]),
    refutation=linear_forever,
    expected="REFUTED",
)
def fixed_k_forever(plan):
    """With K fixed, every epoch multiplies the distance by 1 - 1/p, whatever accuracy is asked. (A control: the
    method still converges after the breakdown, but only sublinearly.)"""
    for short_steps in plan.pick((20,), (20, 40, 60)):
        cell = epochs_of(CurvedRavine(4, 1.0, A), GDPolyak(STEPSIZE, short_steps), 20 + short_steps)
        yield _linear("gdpolyak.fixed-k-forever", plan.run(**cell))


@claim(
    "gdpolyak.straight-is-enough",
    kind="bound",
    place="spec section 8, controls",
    source="derived",
    derivations=(polyak_step,),
    statement=lambda: sp.Le(*linear_forever()[:2]),
    refutation=linear_forever,
    expected="REFUTED",
)
def straight_is_enough(plan):
    """On a straight ravine the linear epochs never end, so that testing a straight ravine would do. (A control: along
    a coordinate axis float64 says so, because the normal coordinate underflows; such instances are invalid.)"""
    straight, method, epochs = PowerRavine.of_order(4), GDPolyak(0.99, 7), 140
    trace = plan.run(**epochs_of(straight, method, epochs))
    if straight.facts()["axis_aligned"].value or trace.step[-1] < epochs * (method.short_steps + 1):
        cut = f"; the rounding checks cut its trace: {plan.warnings[-1]}" if plan.warnings else ""
        yield Checked(math.nan, "PowerRavine along a coordinate axis", checked=len(trace),
                      note=f"an invalid instance, marked by its fact axis_aligned{cut}")  # fmt: skip
    else:
        yield _linear("gdpolyak.straight-is-enough", trace)
    rotated = Rotated.by(straight, 0.6)
    # unchecked: rounding also decides where this run breaks down, but what counts is the replay in real arithmetic
    trace = plan.run(**epochs_of(rotated, method, epochs), checked=False)
    yield _linear("gdpolyak.straight-is-enough", trace)
