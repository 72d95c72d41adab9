"""The headline: nearly linear convergence, against Polyak's method and gradient descent, with geometric stepsizes."""

import math
from typing import NamedTuple

import numpy as np
import sympy as sp

from problems import CurvedRavine, QuadraticSensing, TwoNeuron
from problems.draws import paper_start
from theorylab.claims import Compared, Measured, claim, near, within
from theorylab.fits import fit_polynomial
from theorylab.methods import GD, GDPolyak, Polyak
from theorylab.papers.gdpolyak.derivations import fixed_k, polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import K, L, p

from .epochs import pre_polyak

#: Accuracies from 1e-1 to 1e-6 in equal ratios. Below, the float64 iterate y misses x^2 by more than exact arithmetic
#: would, the linear phase ends earlier, and best K drifts up: 149 instead of 142 at 1e-10 [derived].
ACCURACIES = np.geomspace(1e-1, 1e-6, 101)


def _second_order() -> dict:
    """Slopes of best K and of the best cost in L = ln(1/eps) at a finite K.

    The leading laws are off by a relative K^(-1/2), which is 10 % at the K that float64 allows. Hence the derived law
    of dist_end, with its next term, is followed along K: L = -ln dist_end, cost = K times the epochs.
    """
    law = fixed_k()
    accuracy = -sp.log(law["dist_end"])
    cost = K * law["epochs"].expr.subs(L, accuracy)

    def by_accuracy(value):
        return sp.diff(value, K) / sp.diff(accuracy, K)

    return {"dK/dL": by_accuracy(K), "cost/L^2": by_accuracy(by_accuracy(cost)) / 2}


@claim(
    "gdpolyak.nearly-linear",
    kind="exponent",
    place="abstract; spec S1 and S5",
    source="secondary",
    derivations=(fixed_k,),
    predicted=lambda: {
        "cost/L^2": near(_second_order()["cost/L^2"], 0.10),
        "dK/dL": near(_second_order()["dK/dL"], 0.05),
    },
    statement=lambda: sp.Eq(sp.Symbol("cost"), fixed_k()["cost"].expr),
)
def nearly_linear(plan):
    """With the best K for each accuracy eps, the gradients to dist <= eps grow like L^2, L = ln(1/eps), and K grows
    like L."""
    for stepsize in plan.pick((0.0125,), (0.0125, 0.01875, 0.025)):
        problem = CurvedRavine()
        shrink = 1 - stepsize * 2 * problem.a
        # room for the best cost at the last accuracy, which scales like 1/ln(1/rho)
        steps = int(1200 / -math.log(shrink))
        choices = np.arange(2, int(35 / -math.log(shrink)))
        cells = [
            {"problem": problem, "method": GDPolyak(stepsize, int(k)), "start": paper_start(), "steps": steps,
             "record": range(steps + 1)}
            for k in choices
        ]  # fmt: skip
        # tolerance: the claim allows 5 %, so what moves a gap by less than a thousandth does not concern it
        cost = np.array([_first_steps(trace.distance, ACCURACIES) for trace in plan.run_many(cells, tolerance=1e-3)])
        best, least = choices[cost.argmin(axis=0)], cost.min(axis=0)
        accuracy = np.log(1 / ACCURACIES)
        at = {"p": problem.p, "c": problem.c, "lambda": 2 * problem.a, "rho": shrink, "K": int(best[len(best) // 2])}
        label = f"E1, eta={stepsize:g}, eps 1e-1..1e-6, K={best[0]}..{best[-1]}"
        yield _leading(fit_polynomial(accuracy, least, 2), quantity="cost/L^2", at=at, label=label)
        yield _leading(fit_polynomial(accuracy, best, 1), quantity="dK/dL", at=at, label=label)


def _first_steps(distance, levels) -> np.ndarray:
    """First step with a distance at or below each level; inf where there is none."""
    lowest = np.minimum.accumulate(distance)
    found = np.searchsorted(-lowest, -levels).astype(float)
    return np.where(found < len(lowest), found, np.inf)


def _leading(fit, **more) -> Measured:
    return Measured(fit.leading, fit.low, fit.high, why=fit.why, **more)


class Experiment(NamedTuple):
    """One of the authors' experiments: eta, K, epochs and the data.

    Where the last epochs are shaped by rounding fewer are made: 24 of 25 on E3 (the 25th Polyak stepsize is off by
    1e-6), 32 of 50 on E2 (short steps then keep less than three digits, and by step 12,000 Polyak stepsizes are off by
    6 %).
    """

    label: str
    problem: tuple
    stepsize: float
    short_steps: int
    epochs: int
    start: np.ndarray
    order: int

    @property
    def method(self) -> GDPolyak:
        return GDPolyak(self.stepsize, self.short_steps)

    def cell(self, method) -> dict:
        """Arguments of a run that ends, as the authors' records do, just before the last long step."""
        record = pre_polyak(self.method, self.epochs)
        return {"problem": self.problem, "method": method, "start": self.start, "record": record,
                "steps": int(record[-1])}  # fmt: skip


def _ravine() -> Experiment:
    return Experiment("E1, curved ravine", CurvedRavine(), 0.0125, 100, 50, paper_start(), 4)


def _neuron() -> Experiment:
    problem = TwoNeuron.of_the_paper()
    return Experiment("E3, two neurons, stable loss", problem, 1.5, 100, 24, problem.start, 3)


def _sensing(plan) -> Experiment:
    """E2, or for the quick plan a smaller one that has, like it, fewer data than d(d+1)/2.

    Much smaller ones (d = 10) have spurious minimisers.
    """
    if plan.full:
        problem = QuadraticSensing.of_the_paper()
        return Experiment("E2, quadratic sensing", problem, 0.05, 300, 32, problem.start, 4)
    problem = QuadraticSensing.random(d=30, m=250)
    return Experiment("quadratic sensing, d=30, m=250", problem, 0.05, 300, 25, problem.start, 4)


@claim(
    "gdpolyak.beats-baselines",
    kind="ordering",
    place="numerical section; spec E1-E3",
    source="secondary",
    statement=lambda: sp.And(
        sp.Lt(sp.Symbol("f_GDPolyak"), sp.Symbol("f_Polyak")), sp.Lt(sp.Symbol("f_Polyak"), sp.Symbol("f_GD"))
    ),
)
def beats_baselines(plan):
    """After equally many gradients GDPolyak's last f lies below the least that Polyak's method has seen, and that below
    gradient descent's last f."""
    for experiment in (_ravine(), _neuron(), _sensing(plan)):
        methods = (experiment.method, Polyak(), GD(experiment.stepsize))
        ours, polyak, gd = plan.run_many([experiment.cell(method) for method in methods])
        least = polyak.gap_min.min()
        steps = f"{experiment.label}, {gd.step[-1]} steps"
        yield Compared((ours.gap[-1],) * 2, (least,) * 2, label=f"{steps}: GDPolyak < Polyak")
        yield Compared((least,) * 2, (gd.gap[-1],) * 2, label=f"{steps}: Polyak < GD")


def _between_none_and_full():
    """Growth factors from 1 to that of the exact fourth-order law."""
    growth = polyak_step()["step_growth"].subs(p, 4)
    return within((1 + growth) / 2, float((growth - 1) / 2))


@claim(
    "gdpolyak.steps-grow",
    kind="exponent",
    place="abstract; spec S3 and E1-E3",
    source="secondary",
    derivations=(polyak_step,),
    predicted=lambda: {
        "growth": near(polyak_step()["step_growth"], 0.003),
        "irregular growth": _between_none_and_full(),
    },
)
def steps_grow(plan):
    """Polyak stepsizes grow geometrically with the epochs, by (p/(p-1))^(p-2) on a ravine of order p; in sensing with
    fewer than d(d+1)/2 data they grow irregularly and more slowly."""
    for experiment in (_ravine(), _neuron()):
        stepsizes = _polyak_stepsizes(plan, experiment)[15:25]
        yield _geometric(stepsizes[1:] / stepsizes[:-1], quantity="growth", at={"p": experiment.order},
                         label=experiment.label)  # fmt: skip
    experiment = _sensing(plan)
    stepsizes = _polyak_stepsizes(plan, experiment)[15:]
    # long and short stepsizes alternate: growth is what two epochs bring
    yield _geometric(np.sqrt(stepsizes[2:] / stepsizes[:-2]), quantity="irregular growth", label=experiment.label)


def _polyak_stepsizes(plan, experiment) -> np.ndarray:
    """Stepsizes of the long steps, shape (epochs,)."""
    trace = plan.run(**experiment.cell(experiment.method))
    return trace.at(pre_polyak(experiment.method, experiment.epochs)).stepsize


def _geometric(ratios, **more) -> Measured:
    """Geometric mean, with the extremes as its interval: the sequence has no noise, only drift."""
    mean = math.exp(np.log(ratios).mean())
    return Measured(mean, ratios.min(), ratios.max(), why=f"geometric mean and extremes of {len(ratios)}", **more)
