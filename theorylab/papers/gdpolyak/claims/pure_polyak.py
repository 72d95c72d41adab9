"""Polyak's method alone: chaotic across the ravine, twice gradient descent's exponents along it, in the mean."""

from typing import NamedTuple

import numpy as np
import sympy as sp

from problems import CurvedRavine, PowerRavine, PowerValley
from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.fits import mean_interval
from theorylab.kernels import axpy, norm2, step, value_grad
from theorylab.methods import Polyak
from theorylab.methods.polyak import polyak_stepsize
from theorylab.papers.gdpolyak.derivations import pure_polyak
from theorylab.papers.gdpolyak.derivations.symbols import p
from theorylab.replay import Statement, certify_trajectory


def _runs(plan, problem, number, steps, seed=0, **options):
    """Traces of Polyak's method from random starts with every |coordinate| between 0.2 and 0.6."""
    rng = np.random.default_rng(seed)
    shape = number, problem.dimension
    starts = rng.uniform(0.2, 0.6, shape) * rng.choice([-1.0, 1.0], shape)
    cells = [{"problem": problem, "method": Polyak(), "steps": steps, "start": start, **options} for start in starts]
    return plan.run_many(cells)


@claim(
    "gdpolyak.polyak-exponent",
    kind="exponent",
    place="spec S8",
    source="derived",
    derivations=(pure_polyak,),
    predicted=lambda: within(pure_polyak()["running_min_exponent"], 0.2),
)
def polyak_exponent(plan):
    """The least gap that Polyak's method alone has seen falls like k^(-2p/(p-2)), whatever the number of normal
    directions: twice the exponent of gradient descent."""
    instances = [(PowerRavine.of_order(order), 64, plan.pick(200_000, 3_000_000)) for order in (3, 4, 6)]
    instances.append((CurvedRavine(), 64, plan.pick(200_000, 3_000_000)))
    # with several normal directions the slopes still rise: 3.75, 3.89, 3.95 by k = 1e5, 1e6, 3e6 for five of them
    sizes = plan.pick({2: (64, 200_000)}, {2: (96, 3_000_000), 20: (200, 3_000_000)})
    instances += [(PowerValley.of_sizes(1, m), *size) for m, size in sizes.items()]
    for problem, number, steps in instances:
        slopes = [_slope(trace, steps // 100) for trace in _runs(plan, problem, number, steps)]
        normals = problem.dimension - 1
        label = f"{type(problem).__name__}, p={problem.p}, {normals} normal, {number} starts, k to {steps:g}"
        yield Measured.estimate(mean_interval(slopes), at={"p": problem.p}, label=label)


def _slope(trace, first: int) -> float:
    """Decay exponent of one run's running minimum by least squares over the last two decades.

    A single run jumps by factors; starts are independent, so that the mean over them has an honest interval.
    """
    late = trace.step >= first
    least = np.minimum.accumulate(trace.gap_min)[late]
    return -np.polyfit(np.log(trace.step[late]), np.log(least), 1)[0]


def _growth(trace) -> np.ndarray:
    """u_k^(-(p/2-1)) at the records; it grows by rare jumps."""
    return np.abs(trace.x[:, 0]) ** (1 - trace.problem.p / 2)


@claim(
    "gdpolyak.polyak-mean-constant",
    kind="constant",
    place="spec S8",
    source="derived",
    derivations=(pure_polyak,),
    predicted=lambda: near(pure_polyak()["mean_constant"], 0.05),
)
def polyak_mean_constant(plan):
    """The mean over starts of u_k^(-(p/2-1))/k tends to C_p = p sqrt(c/(2 lambda)) J_p; it is not the mean-field
    constant."""
    number, steps = plan.pick((1000, 20_000), (1500, 1_000_000))
    for order in (3, 4, 6):
        problem = PowerRavine.of_order(order)
        grown = [_growth(trace)[[0, -1]] for trace in _runs(plan, problem, number, steps, seed=order)]
        at = {"p": order, "c": sp.Rational(1, order), "lambda": 1}
        estimate = mean_interval([(last - first) / steps for first, last in grown])
        yield Measured.estimate(estimate, at=at, label=f"straight, p={order}, {number} starts, k={steps:g}")


@claim(
    "gdpolyak.polyak-self-averages",
    kind="constant",
    place="spec section 8, controls",
    source="derived",
    derivations=(pure_polyak,),
    # what the exponent of u leaves of u^-(p/2-1)/k when k grows tenfold
    predicted=lambda: near(10 ** (pure_polyak()["u_exponent"] * (p / 2 - 1)) / 10, 0.05),
    expected="REFUTED",
)
def polyak_self_averages(plan):
    """On a single run u_k^(-(p/2-1))/k settles: it is the same at k and at 10 k. (A control: only its mean over starts
    is.)"""
    steps = plan.pick(100_000, 1_000_000)
    traces = _runs(plan, PowerRavine.of_order(4), 12, steps, seed=1, record=[steps // 10])
    early, late = (
        np.array([_growth(trace.at([k]))[0] / k for trace in traces]) for k in (steps // 10, steps)
    )
    spread = f"spread between starts {early.std() / early.mean():.0%} at k/10 and {late.std() / late.mean():.0%} at k"
    for number, ratio in enumerate(late / early):
        yield Measured(ratio, ratio, ratio, at={"p": 4}, label=f"p=4, start {number}, k={steps:g}", why=spread)


class Neighbour(NamedTuple):
    """The iterate of a second trajectory, and its gap there."""

    x: tuple
    gap: float


def _twin_init(method, x):
    return Neighbour((x[0] + method.apart, *x[1:]), 0.0)


def _twin_step(method, oracle, at, memory, k, stream):
    point, _ = step(method.polyak, oracle, at, (), k, stream)
    gap, gradient = value_grad(oracle, memory.x, at.g)
    moved = axpy(-polyak_stepsize(gap, norm2(gradient)), gradient, memory.x)
    return point, Neighbour(moved, value_grad(oracle, moved, at.g)[0])


def _twin_columns(method, at, memory):
    return (memory.gap,)


class TwinPolyak(NamedTuple):
    """Polyak's method with a second trajectory in its memory, from a start whose first coordinate is `apart` larger.

    For the replay of two-dimensional problems only: a statement about two trajectories becomes one about a state. The
    neighbour's gap is known from step 1 on.
    """

    apart: float
    polyak: Polyak = Polyak()

    init = staticmethod(_twin_init)
    step = staticmethod(_twin_step)
    columns = staticmethod(_twin_columns)
    column_names = ("twin_gap",)


def _gaps_stay_close() -> Statement:
    """|gap - twin_gap| <= twin_gap/10."""
    gap, twin = sp.symbols("gap twin_gap", positive=True)
    return Statement(sp.Abs(gap - twin), twin / 10)


@claim(
    "gdpolyak.polyak-pointwise",
    kind="event",
    place="spec section 8, controls",
    source="derived",
    derivations=(pure_polyak,),
    statement=lambda: sp.Le(_gaps_stay_close().lhs, _gaps_stay_close().rhs),
    refutation=_gaps_stay_close,
    expected="REFUTED",
)
def polyak_pointwise(plan):
    """Polyak's trace is what it is to 10 %, also after a change of the start by one ulp. (A control: it is chaotic;
    only statistics over starts can be claimed.)"""
    problem, start, steps = PowerRavine.of_order(4), (0.5, 0.3), 80
    apart = float(np.spacing(start[0]))
    moved = (start[0] + apart, start[1])
    # a change of sensitivity is no rounding error: both float64 traces are as honest as chaos allows
    ours, other = plan.run_many(
        [{"problem": problem, "method": Polyak(), "steps": steps, "start": x, "record": range(steps + 1)}
         for x in (start, moved)]
    )  # fmt: skip
    difference = np.abs(ours.gap - other.gap) / other.gap
    first = int(ours.step[np.argmax(difference > 0.1)])
    yield Checked(
        (0.1 - difference.max()) / 0.1, label="straight, p=4", checked=len(ours),
        note=f"float64 traces part by 10 % at step {first}",
        replay=lambda seconds: certify_trajectory(
            "gdpolyak.polyak-pointwise", _gaps_stay_close(), problem, TwinPolyak(apart), start, steps,
            at=range(1, steps + 1), seconds=seconds,
        ),
    )  # fmt: skip
