"""Gradient descent alone on a ravine: exponent, constant, a bound for every step, and where it is linear after all."""

import numpy as np
import sympy as sp

from problems import CurvedRavine, MatrixFactorisation, PowerRavine, Quadratic
from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.fits import fit_constant, fit_rate
from theorylab.methods import GD
from theorylab.papers.gdpolyak.derivations import gd_rate
from theorylab.papers.gdpolyak.derivations.symbols import c, eta, k, p, u, u0

STEPSIZE = 0.1
#: The start offset is a bias of relative order 1/k: the law is fitted from here on.
FIRST, STEPS = 100_000, 100_000_000
START = (0.5, 0.3)


def _ravines(plan):
    """(kind, trace from step FIRST on): ravines of several orders, all with c = 1/p and curvature 1."""
    orders = plan.pick((3, 4, 8), (3, 4, 5, 6, 8))
    problems = [PowerRavine.of_order(order) for order in orders]
    problems += [CurvedRavine(order, 1.0 / order, 0.5) for order in orders]
    method = GD(STEPSIZE)
    cells = [{"problem": problem, "method": method, "steps": STEPS, "start": START} for problem in problems]
    for trace in plan.run_many(cells):
        kind = "straight" if isinstance(trace.problem, PowerRavine) else "curved"
        yield kind, trace.at(trace.step[trace.step >= FIRST])


@claim(
    "gdpolyak.gd-exponent",
    kind="exponent",
    place="spec S2",
    source="derived",
    derivations=(gd_rate,),
    predicted=lambda: {
        "straight": within(gd_rate()["gap_exponent"], 0.005),
        "curved": within(gd_rate()["gap_exponent"], 0.03),
    },
)
def gd_exponent(plan):
    """Gradient descent on a ravine of order p: f falls like k^(-p/(p-2)), not faster and not more slowly."""
    for kind, trace in _ravines(plan):
        at = {"p": trace.problem.p}
        yield Measured.exponent(fit_rate(trace.step, trace.gap), quantity=kind, at=at, label=f"{kind}, p={at['p']}")


@claim(
    "gdpolyak.gd-constant",
    kind="constant",
    place="spec S2",
    source="derived",
    derivations=(gd_rate,),
    predicted=lambda: near(gd_rate()["gap_law"].constant, 0.01),
)
def gd_constant(plan):
    """Gradient descent on a ravine of order p: k^(p/(p-2)) f_k tends to c ((p-2) c p eta)^(-p/(p-2))."""
    for kind, trace in _ravines(plan):
        order = trace.problem.p
        scaled = trace.gap * trace.step.astype(float) ** (order / (order - 2))
        at = {"p": order, "c": sp.Rational(1, order), "eta": STEPSIZE}
        yield Measured.estimate(fit_constant(trace.step, scaled), at=at, label=f"{kind}, p={order}")


@claim(
    "gdpolyak.gd-bound",
    kind="bound",
    place="spec S2",
    source="derived",
    derivations=(gd_rate,),
    statement=lambda: gd_rate()["bound"],
)
def gd_bound(plan):
    """Gradient descent on f = c u^p with eta c p u_0^(p-2) < 1 stays below the flow at every step:
    u_k^(-(p-2)) >= u_0^(-(p-2)) + (p-2) c p eta k."""
    bound = gd_rate()["bound"]
    left, right = (sp.lambdify((u, u0, k, p, c, eta), side) for side in (bound.lhs, bound.rhs))
    steps = plan.pick(20_000, 300_000)
    instances = [
        (PowerRavine.of_order(order), stepsize, first)
        for order in plan.pick((3, 4, 8), (3, 4, 5, 6, 8))
        for stepsize, first in ((STEPSIZE, 0.5), (1.2, 0.8))
    ]
    cells = [
        {"problem": problem, "method": GD(stepsize), "steps": steps, "record": range(steps + 1), "start": (first, 0.3)}
        for problem, stepsize, first in instances
    ]
    for (problem, stepsize, first), whole in zip(instances, plan.run_many(cells), strict=True):
        trace = whole.at(whole.step[1:])  # at k = 0 both sides are the same number
        values = trace.x[:, 0], first, trace.step.astype(float), problem.p, problem.c, stepsize
        larger, smaller = left(*values), right(*values)
        yield Checked(
            ((larger - smaller) / smaller).min(),
            label=f"straight, p={problem.p}, eta={stepsize:g}, u_0={first:g}",
            tightness=smaller[-1] / larger[-1],
            checked=len(trace),
            note="tightness at the last step",
        )


@claim(
    "gdpolyak.gd-sublinear-everywhere",
    kind="exponent",
    place="spec section 8, controls",
    source="derived",
    derivations=(gd_rate,),
    predicted=lambda: within(gd_rate()["gap_exponent"].subs(p, 4), 0.03),
    expected="REFUTED",
)
def gd_sublinear_everywhere(plan):
    """Gradient descent has f ~ k^-2 on every matrix factorisation and every quadratic. (A control: it is linear where
    the rank is exact and where growth is quadratic.)"""
    cells = [
        {"problem": MatrixFactorisation.random(k=4), "method": GD(0.25), "steps": 20_000},
        {"problem": MatrixFactorisation.random(k=2), "method": GD(0.25), "steps": 150, "record": range(151)},
        {"problem": Quadratic(np.array([1.0, 0.1])), "method": GD(STEPSIZE), "steps": 2000},
    ]
    labels = ("factorisation, k=4 > r=2", "factorisation, k=r=2", "quadratic")
    for label, trace in zip(labels, plan.run_many(cells), strict=True):
        late = trace.at(trace.step[trace.step > 0])
        yield Measured.exponent(fit_rate(late.step, late.gap), label=label)
