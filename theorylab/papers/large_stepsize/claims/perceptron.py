"""The limit of infinite stepsize: how long the batch perceptron takes, and that GD takes as long."""

import math

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.samples import pair
from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.fits import fit_parameter
from theorylab.methods import BatchPerceptron
from theorylab.papers.large_stepsize.claims.common import SETS, data, value, watched
from theorylab.papers.large_stepsize.claims.ratios import worst_of_each
from theorylab.papers.large_stepsize.derivations import perceptron

#: At most so many steps more than the law without its period: the exit is delayed by less than a period of 3.
DELAY = 3


def _times(plan, problems) -> list[int]:
    """First t with all margins positive, for each problem."""
    cells = [
        {"problem": problem, "method": BatchPerceptron(), "steps": 1_000_000, "floor": -math.inf}
        for problem in problems
    ]
    # the margins at a kink are rounded away from it or exact; the loss itself plays no part
    return [int(trace.step[-1]) - 1 for trace in plan.run_many(cells, checked=False)]


@claim(
    "large_stepsize.tau-saturation",
    kind="identity",
    place="spec D5",
    source="derived",
    derivations=(perceptron,),
    statement=lambda: sp.Le(sp.Abs(sp.Symbol("tau_1") - sp.Symbol("tau_perc")), 1),
)
def tau_saturation(plan):
    """For eta >= 2^14 GD reaches 1/eta within one step of the time of the batch perceptron."""
    names = ("pair .02", "pair .05", "pair .09")
    for name, limit in zip(names, _times(plan, map(data, names)), strict=True):
        traces = plan.run_many([watched(data(name), 2.0**k, 5000) for k in (14, 16, 18)])
        times = [int(trace.first_level[-1]) for trace in traces]
        apart = max(abs(time - limit) for time in times)
        yield Checked((1.0 - apart), name, checked=len(times), note=f"{times} against {limit}")


@claim(
    "large_stepsize.tau-inf",
    kind="constant",
    place="spec D3",
    source="derived",
    derivations=(perceptron,),
    predicted=lambda: {
        "delay": within(sp.Rational(DELAY, 2), DELAY / 2),
        "constant": near(perceptron()["tau_inf_constant"], 1e-3),
        "exponent": within(perceptron()["tau_inf_exponent"], 0.02),
    },
)
def tau_inf(plan):
    """On pair(gamma) the batch perceptron takes (1 - gamma^2)/(8 gamma^2) steps and less than 3 more: 1/(8 gamma^2)
    in the limit."""
    gammas = (0.002, 0.003, 0.005, 0.007, 0.011, 0.02, 0.031, 0.05, 0.09, 0.15)
    times = np.array(_times(plan, [LinearClassifier(pair(gamma)) for gamma in gammas]), dtype=float)
    for gamma, time in zip(gammas, times, strict=True):
        delay = float(time - value(perceptron()["tau_inf"], gamma=gamma))
        yield Measured(delay, delay, delay, quantity="delay", label=f"gamma={gamma:g}", why=f"{time:.0f} steps")
    scaled, error = times[0] * gammas[0] ** 2, DELAY * gammas[0] ** 2
    yield Measured(scaled, scaled - error, scaled, quantity="constant", label=f"gamma={gammas[0]}")
    small = [gamma <= 0.05 for gamma in gammas]
    fit = fit_parameter(np.array(gammas)[small], times[small], limit="small")
    yield Measured(-fit.value, -fit.high, -fit.low, quantity="exponent", label="gamma=.002...05", why=fit.why)


@claim(
    "large_stepsize.perceptron-n",
    kind="bound",
    place="spec D3",
    source="derived",
    derivations=(perceptron,),
    statement=lambda: sp.Le(sp.Symbol("tau_perc"), perceptron()["tau_bound"]),
)
def perceptron_n(plan):
    """The batch perceptron takes at most n/gamma^2 steps on every data set."""
    found = []
    for name, time in zip(SETS, _times(plan, map(data, SETS)), strict=True):
        facts = data(name).facts()
        bound = value(perceptron()["tau_bound"], n=facts["n"].value, gamma=facts["margin"].value)
        found.append((f"{name}, {time} steps", time / float(bound)))
    yield from worst_of_each(found)
