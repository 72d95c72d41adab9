"""What fails without each condition: runs that leave every bounded set, functions without a Lojasiewicz exponent."""

import numpy as np
import sympy as sp
from scipy.integrate import quad
from scipy.optimize import brentq

from problems import AlgebraicTail, ExpDown, Flat, LogisticTail, Quadratic
from theorylab.claims import Measured, claim, near, within
from theorylab.methods import DecayingStep, MemoryArmijo
from theorylab.papers.armijo.claims.common import counts, decades, growth, logarithmic, until
from theorylab.papers.armijo.derivations import no_step_floor, unbounded
from theorylab.papers.armijo.derivations.unbounded import U
from theorylab.theory.evaluate import value

CAPPED = MemoryArmijo(1.0, 2.0, 2.0, 0.5, 1.0)
POWERS = (0.1, 0.5, 1.0, 2.0)


def _tails(plan):
    eps = decades(1e-2, plan.pick(1e-4, 3e-5), 4)
    cells = [until(AlgebraicTail(a), CAPPED, eps, start=[1.0]) for a in POWERS]
    return zip(POWERS, plan.run_many(cells), strict=True)


@claim(
    "armijo.tail-exponent",
    kind="exponent",
    place="spec T9",
    source="derived",
    derivations=(unbounded,),
    predicted=lambda: within(unbounded()["tail_exponent"], 0.01),
)
def tail_exponent(plan):
    """On (1+x^2)^(-a/2), analytic on the whole line but with an unbounded run, a capped search has
    N(eps) ~ eps^(-(a+2)/(a+1)): between 1 and 2."""
    for a, trace in _tails(plan):
        yield growth(trace, at={"a": a}, label=f"a={a:g}")


@claim(
    "armijo.neg-analytic-unbounded",
    kind="exponent",
    place="spec section 8",
    source="derived",
    derivations=(unbounded,),
    predicted=lambda: within(sp.Integer(1), 0.02, side="at most"),
    expected="REFUTED",
)
def analytic_unbounded(plan):
    """Analyticity on the whole space and a capped search suffice for N(eps) = O(eps^-1). (A misreading: the run has to
    stay bounded.)"""
    for a, trace in _tails(plan):
        yield growth(trace, label=f"a={a:g}")


@claim(
    "armijo.tail-log",
    kind="exponent",
    place="spec section 8",
    source="derived",
    predicted=lambda: within(sp.Integer(1), 0.1),
)
def tail_log(plan):
    """Without a cap the memory outruns those tails, and exp(-x): N(eps) is linear in ln(1/eps). (Measured, no
    proof.)"""
    instances = {f"a={a:g}": (AlgebraicTail(a), 1.0) for a in POWERS} | {"exp(-x)": (ExpDown(), 0.0)}
    for name, (problem, start) in instances.items():
        method = MemoryArmijo(1.0, 2.0, 2.0, 0.5)
        trace = plan.run(**until(problem, method, decades(1e-4, 1e-40, 0.5), start=[start]))
        yield logarithmic(trace, label=f"{name}, N={trace.hits.max()} at {trace.levels[-1]:g}")


@claim(
    "armijo.border",
    kind="exponent",
    place="spec T9",
    source="derived",
    derivations=(unbounded,),
    predicted=lambda: {
        "exponent": within(unbounded()["expneg_exponent"], 0.002),
        "eps N": near(unbounded()["expneg_constant"], 0.001),
    },
)
def border(plan):
    """exp(-x) and ln(1+exp(-x)) are the border: with steps capped at t, N(eps) ~ 1/(t eps)."""
    eps = decades(1e-3, plan.pick(1e-6, 1e-7), 3)
    for name, problem in (("exp(-x)", ExpDown()), ("logistic", LogisticTail())):
        trace = plan.run(**until(problem, CAPPED, eps, start=[0.0]))
        yield growth(trace, quantity="exponent", label=name)
        reached, steps = counts(trace)
        scaled = float(steps[-1] * reached[-1])
        yield Measured(scaled, scaled, scaled, quantity="eps N", at={"t": 1}, label=f"{name}, eps={reached[-1]:g}")


@claim(
    "armijo.flat",
    kind="constant",
    place="spec T9",
    source="derived",
    derivations=(unbounded,),
    predicted=lambda: near(1, 0.01),
)
def flat(plan):
    """exp(-1/x^2) is smooth with no Lojasiewicz exponent at 0: with steps of length t, N grows by the derived
    dN/dU = e^U/(4 t U^3), U = 1/x^2. (The leading law 1/(2 t eps (ln 1/eps)^(3/2)) is still far off at 1e-7.)"""
    eps = decades(1e-3, plan.pick(1e-6, 1e-7), 2)
    trace = plan.run(**until(Flat(), CAPPED, eps, start=[0.6], record=range(0)))
    reached, steps = counts(trace)
    gradient, pace = unbounded()["flat_exact"]
    at = [brentq(lambda u, e=e: float(value(gradient, **{U.name: u})) / e - 1, 2.0, 60.0) for e in reached]
    for i in range(len(reached) - 1):
        derived = quad(lambda u: float(value(pace, t=1.0, **{U.name: u})), at[i], at[i + 1])[0]
        ratio = (steps[i + 1] - steps[i]) / derived
        if reached[i] <= 1e-4:
            yield Measured(ratio, ratio, ratio, label=f"eps {reached[i]:.2g} to {reached[i + 1]:.2g}")


@claim(
    "armijo.no-floor-step-law",
    kind="constant",
    place="spec section 8",
    source="derived",
    derivations=(no_step_floor,),
    predicted=lambda: {
        "exponent": within(no_step_floor()["exponent"], 0.02),
        "eps^4 N": near(no_step_floor()["constant"], 0.003),
    },
)
def no_floor_step_law(plan):
    """On x^2/2 the steps t_k = 1/(4(k+1)) descend, and N(eps) ~ Gamma(3/4)^-4 eps^-4."""
    trace = _decaying(plan)
    yield growth(trace, quantity="exponent", label="x^2/2, x0=1")
    eps, steps = counts(trace)
    scaled = float(steps[-1] * eps[-1] ** 4)
    yield Measured(scaled, scaled, scaled, quantity="eps^4 N", label=f"eps={eps[-1]:.3g}")


def _decaying(plan):
    eps = decades(0.15, plan.pick(0.03, 0.02), 9)
    return plan.run(**until(Quadratic(np.array([1.0])), DecayingStep(0.25), eps, start=[1.0]))


@claim(
    "armijo.neg-no-floor-step",
    kind="exponent",
    place="spec section 8",
    source="derived",
    derivations=(no_step_floor,),
    predicted=lambda: within(sp.Integer(1), 0.02, side="at most"),
    expected="REFUTED",
)
def no_floor_step(plan):
    """Descent in every step and analyticity suffice for N(eps) = O(eps^-1). (A control: steps may not tend to zero.)"""
    yield growth(_decaying(plan), label="x^2/2, t_k = 1/(4(k+1))")
