"""eps^-2 is sharp: a twice differentiable function built against a search."""

import functools

import numpy as np
import sympy as sp

from problems import CGT, Horizon
from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.methods import MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims.common import counts, decades, growth, until
from theorylab.papers.armijo.derivations import cgt, general_complexity, memory_complexity, unit_step
from theorylab.theory.evaluate import value

#: d = lambda (1 + nu): unit steps pass, and aligned double steps fail.
NU = 1e-7
#: A replay would turn millions of breakpoints into balls, and a rounding check as well.
UNCHECKED = {"checked": False}


@functools.cache
def worst(eta: float, share: float, h: float = 1.0, pieces: int = 700_000) -> CGT:
    """The function against a search with this lambda; NU has to lie in the derived window up to its last piece."""
    if share > 0.5 and NU >= float(value(cgt()["nu_window"], eta=eta, k=pieces, **{"lambda": share})):
        raise ValueError(f"NU = {NU} lets aligned double steps pass at piece {pieces}")
    return CGT.of(eta, share * (1 + NU), h, pieces)


@claim(
    "armijo.general-tight",
    kind="exponent",
    place="abstract (class), spec T8",
    source="derived",
    derivations=(cgt,),
    predicted=lambda: within(cgt()["eps_exponent"], 0.01),
)
def general_tight(plan):
    """On a twice differentiable function with bounded curvature the plain search needs N(eps) ~ eps^(-2/(1+2 eta))
    steps, for every eta > 0: as close to eps^-2 as one likes."""
    eps = decades(0.3, 1e-3, 4)
    for eta in (0.02, 0.1, 0.25):
        trace = plan.run(**until(worst(eta, 0.6), ResetArmijo(1.0, 2.0, 0.6), eps), **UNCHECKED)
        yield growth(trace, at={"eta": eta}, label=f"eta={eta}, eps=0.3..1e-3")


@claim(
    "armijo.general-tight-count",
    kind="identity",
    place="spec T8",
    source="derived",
    derivations=(cgt,),
    statement=lambda: sp.Eq(sp.Symbol("N"), cgt()["hits"]),
)
def general_tight_count(plan):
    """There N(eps) is exactly ceil(eps^(-2/(1+2 eta))) - 1, to one step of rounding in eps."""
    eps = decades(0.3, 1e-3, 4)
    for eta in (0.02, 0.1, 0.25):
        trace = plan.run(**until(worst(eta, 0.6), ResetArmijo(1.0, 2.0, 0.6), eps), **UNCHECKED)
        reached, steps = counts(trace)
        predicted = value(cgt()["hits"], epsilon=reached, eta=eta)
        apart = np.abs(steps - predicted).max()
        yield Checked(1.0 - apart if len(reached) == len(eps) else -1.0, f"eta={eta}", checked=len(eps),
                      note=f"N({reached[-1]:g}) = {steps[-1]:.0f}, derived {predicted[-1]:.0f}")  # fmt: skip


@claim(
    "armijo.general-tight-memory",
    kind="exponent",
    place="spec T8",
    source="derived",
    derivations=(cgt, memory_complexity),
    predicted=lambda: {
        "exponent": within(cgt()["eps_exponent"], 0.01),
        "values per step": near(memory_complexity()["evaluations_per_step"], 0.01),
    },
)
def general_tight_memory(plan):
    """A search with memory gains nothing there, for pairs f2 = f1^m and lambda > 1/2: the same exponent, and
    1 + ln f2/ln f1 values a step."""
    eps = decades(0.3, 1e-3, 4)
    for share in (0.6, 0.8):
        for f1, f2 in ((2.0, 2.0), (2.0, 4.0), (2.0, 8192.0), (1.5, 1.5)):
            trace = plan.run(**until(worst(0.02, share), MemoryArmijo(1.0, f1, f2, share), eps), **UNCHECKED)
            label = f"lambda={share}, f1={f1:g}, f2={f2:g}"
            yield growth(trace, quantity="exponent", at={"eta": 0.02}, label=label)
            per_step = float((trace["values"][-1] - 1) / trace.step[-1])
            at = {"f_1": f1, "f_2": f2}
            yield Measured(per_step, per_step, per_step, quantity="values per step", at=at, label=label)


@claim(
    "armijo.general-tight-small-lambda",
    kind="exponent",
    place="spec section 8, neg-cgt-universal",
    source="derived",
    derivations=(cgt,),
    predicted=lambda: within(cgt()["eps_exponent"], 0.01),
)
def general_tight_small_lambda(plan):
    """For lambda < 1/2 too some pairs have a worst case: f1 = f2 = 1.5, lambda = 0.3 with d = 0.3001 and h = 4."""
    problem = CGT.of(0.02, 0.3001, 4.0, 700_000)
    trace = plan.run(**until(problem, MemoryArmijo(1.0, 1.5, 1.5, 0.3), decades(0.3, 1e-3, 4)), **UNCHECKED)
    yield growth(trace, at={"eta": 0.02}, label="eta=0.02, f1=f2=1.5, lambda=0.3, d=0.3001, h=4")


@claim(
    "armijo.horizon-constant",
    kind="constant",
    place="spec section 4 and 6.10",
    source="derived",
    derivations=(unit_step, general_complexity),
    predicted=lambda: {
        "N eps^2/Delta": near(unit_step()["horizon_constant"], 0.003),
        "T2/N": near(unit_step()["bound_over_N"], 0.003),
    },
)
def horizon_constant(plan):
    """Built for one accuracy the function makes N eps^2/Delta = 1/lambda: the bound of T2 is off by a small factor."""
    for eps in plan.pick((1e-2,), (1e-2, 1e-3)):
        for share in (0.1, 0.3, 0.5, 0.6, 0.8):
            problem = Horizon.of(eps, share)
            trace = plan.run(**until(problem, ResetArmijo(1.0, 2.0, share), [eps]), **UNCHECKED)
            scaled = float(trace.step[-1] * eps**2 / trace.gap[0])
            bound = value(general_complexity()["bound"], L_0=problem.facts()["L"].value, L_1=0.0, f_1=2.0,
                          Delta=trace.gap[0], epsilon=eps, **{"lambda": share})  # fmt: skip
            label, slack = f"eps={eps:g}, lambda={share}", float(bound) / trace.step[-1]
            at = {"lambda": share, "L": problem.facts()["L"].value, "f_1": 2}
            yield Measured(scaled, scaled, scaled, quantity="N eps^2/Delta", at=at, label=label)
            yield Measured(slack, slack, slack, quantity="T2/N", at=at, label=label)


@claim(
    "armijo.neg-general-is-linear",
    kind="exponent",
    place="spec section 8",
    source="derived",
    derivations=(cgt,),
    predicted=lambda: within(sp.Integer(1), 0.02, side="at most"),
    expected="REFUTED",
)
def general_is_linear(plan):
    """N(eps) = O(eps^-1) on every twice differentiable function with bounded curvature. (A misreading: that needs
    analyticity and a bounded run.)"""
    trace = plan.run(**until(worst(0.02, 0.6), ResetArmijo(1.0, 2.0, 0.6), decades(0.3, 1e-3, 4)), **UNCHECKED)
    yield growth(trace, label="CGT, eta=0.02")


@claim(
    "armijo.neg-cgt-universal",
    kind="exponent",
    place="spec section 8",
    source="derived",
    derivations=(cgt,),
    predicted=lambda: within(cgt()["eps_exponent"], 0.01),
    expected="REFUTED",
)
def cgt_universal(plan):
    """One such function defeats every search with memory. (A control: larger growth, or lambda < 1/2, escapes it; a
    worst case is built for given lambda, f1, f2 and t0.)"""
    for f1, f2, share in ((2.0, 1e4, 0.6), (30.0, 1e4, 0.6), (2.0, 2.0, 0.3)):
        trace = plan.run(**until(worst(0.02, share), MemoryArmijo(1.0, f1, f2, share), [1e-1, 1e-3]), **UNCHECKED)
        first, last = (float(max(n, 1)) for n in trace.hits)
        slope = np.log(last / first) / np.log(100) if min(trace.hits) >= 0 else np.nan
        yield Measured(slope, slope, slope, at={"eta": 0.02}, label=f"f1={f1:g}, f2={f2:g}, lambda={share}",
                       why=f"N(0.1) = {first:.0f}, N(1e-3) = {last:.0f}; {trace.status.sentence}")  # fmt: skip
