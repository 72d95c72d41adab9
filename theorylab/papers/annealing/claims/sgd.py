"""SGD itself, by sampling: exponents of the last iterate on the noisy slope, and the window lemma above them."""

import math

import numpy as np
import sympy as sp

from problems import BoundedAbs, NoisySlope
from theorylab.claims import Checked, Compared, Measured, claim, within
from theorylab.methods import ScheduledSGD
from theorylab.methods.heights import heights, misfits
from theorylab.papers.annealing.claims.trajectories import (
    ANNEALED,
    FIXED_RHOS,
    RHOS,
    SCHEDULES,
    STEPS,
    count,
    formula,
    losses,
    measured,
    on_slopes,
)
from theorylab.papers.annealing.derivations import ALL, p_eff
from theorylab.papers.annealing.window import window_bound
from theorylab.runs import run
from theorylab.theory.evaluate import value

poly_bound, cosine, fixed_lower = ALL["poly_bound"], ALL["cosine"], ALL["fixed_lower"]
window_lemma = ALL["window_lemma"]

#: The second length of the full plan: what is left of the effect of finite T halves from one to the other.
LONGER = 4 * STEPS
#: Overshoots outside the asymptotic window, for bounds only.
OTHER_RHOS = {"fixed": (1.0, 2.0, 16.0, 32.0)}


def _with_drift(short, long):
    """The exponent of the longer runs; its interval also covers a drift to T = infinity as large as the one seen."""
    drift = long.value - short.value
    return long.value, long.low + min(drift, 0.0), long.high + max(drift, 0.0)


@claim(
    "annealing.sgd-exponents",
    kind="exponent",
    place="S1, S2; spec section 7",
    source="quoted",
    derivations=(poly_bound, cosine),
    predicted=lambda: {name: within(p_eff(formula(name))[1], 0.05) for name in ANNEALED},
)
def sgd_exponents(plan):
    """The last iterate of projected SGD on the noisy slope, its slope the worst for each rho, loses as rho^(1/(2p+1))
    under (1-u)^p and as rho^(1/5) under the cosine, for rho = 4 to 32 and T = 2^14. (The interval covers the
    trajectories and the choice of the slope; in the full plan also the drift seen between 2^14 and 2^16 steps, as much
    again for what is left.)"""
    for name in ANNEALED:
        if faults := misfits(SCHEDULES[name], STEPS, falls=True, vanishes=True):
            raise RuntimeError("; ".join(faults))
        found = short = measured(plan, name)
        why = f"{count(plan)} trajectories a slope at either end, R = {found.loss:.3f} at rho = {RHOS[-1]:g}"
        ends_at = found[:3]
        if plan.full:
            found = measured(plan, name, LONGER)
            ends_at = _with_drift(short, found)
            why = f"{why}; {short.value:.3f} with T = {STEPS}, {found.value:.3f} with T = {LONGER}"
        yield Measured(*ends_at, quantity=name, label=name, why=why)


@claim(
    "annealing.sgd-ordering",
    kind="ordering",
    place="S1, S2; spec section 7",
    source="quoted",
    derivations=(poly_bound, cosine, fixed_lower),
    statement=lambda: sp.Lt(p_eff(formula("cosine"))[1], p_eff(formula("linear"))[1], evaluate=False),
)
def sgd_ordering(plan):
    """In the exponent, fixed > linear > cosine and p = 2 > p = 3, by sampling. (The fixed schedule for rho = 4 to 8,
    where its exponent, still below 1, can show. The last two comparisons need more trajectories than the quick plan
    has, and are made in the full plan only.)"""
    found = {name: measured(plan, name, plan.pick(STEPS, LONGER)) for name in ANNEALED}
    found["fixed"] = measured(plan, "fixed")
    pairs = [("linear", "fixed"), ("p=2", "linear"), ("cosine", "linear"), ("p=3", "linear")]
    for small, large in pairs + plan.pick([], [("p=3", "p=2"), ("p=3", "cosine")]):
        a, b = found[small], found[large]
        yield Compared(a[1:3], b[1:3], f"{small} below {large}", f"{a.value:.3f} against {b.value:.3f}")


def _bound(name, rho, steps) -> float:
    """The window lemma's bound on R."""
    return math.sqrt(steps) * window_bound(rho / math.sqrt(steps) * heights(SCHEDULES[name], steps))


@claim(
    "annealing.lemma-window",
    kind="bound",
    place="S3",
    source="derived",
    derivations=(window_lemma,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{E}f(x_{T+1})-f_\star"), window_lemma()["bound_T4"]),
)
def lemma_window(plan):
    """The window lemma holds for every SGD run of the claims: the mean loss on the noisy slope, and four standard
    errors more, is below it for each schedule, rho = 1 to 32 and each slope; so is the loss on |x| without noise."""
    for name in ("fixed", *ANNEALED):
        rhos = FIXED_RHOS if name == "fixed" else RHOS
        cells = on_slopes(plan, name, rhos, STEPS, count(plan))
        cells = cells | on_slopes(plan, name, OTHER_RHOS.get(name, (1.0, 2.0)), STEPS, plan.pick(600, 3000))
        ratios = []
        for rho, groups in cells.items():
            bound = _bound(name, rho, STEPS)
            for found in groups.values():
                error = found.std(ddof=1) / math.sqrt(found.size)
                ratios.append(((found.mean() + 4 * error) / bound, bound / found.mean()))
        worst, room = np.max(ratios, axis=0)[0], [r for _, r in ratios]
        yield Checked(1 - worst, name, worst, len(ratios), note=f"bound/loss {min(room):.3g} to {max(room):.3g}")
        steps = 2**12
        apart = [
            math.sqrt(steps)
            * run(BoundedAbs(), ScheduledSGD(rho / 64, SCHEDULES[name], steps), steps=steps, record=(0, steps)).gap[-1]
            / _bound(name, rho, steps)
            for rho in (4.0, 16.0, 32.0)
        ]
        yield Checked(1 - max(apart), f"{name}, |x|", max(apart), len(apart))


@claim(
    "annealing.fixed-stationary",
    kind="identity",
    place="S8 (B)",
    source="derived",
    derivations=(fixed_lower,),
    statement=lambda: sp.Eq(sp.Symbol("R"), fixed_lower()["stationary_R"]),
)
def fixed_stationary(plan):
    """At a fixed rate 1/n the noisy slope is a walk whose stationary law is known: the mean loss of SGD after 2^14
    steps is within four standard errors of eps eta (r/(1-r) - (n+1) r^(n+1)/(1-r^(n+1))), r = (1-eps)/(1+eps)."""
    for rho in (1.0, 4.0, 16.0):
        e = min(3.0 * rho + 2.0, math.sqrt(STEPS) / 4.0)
        problem = NoisySlope(e / math.sqrt(STEPS))
        found = losses(plan, problem, "fixed", rho, STEPS, plan.pick(2000, 10_000), checked=True)
        exact = float(value(fixed_lower()["stationary_R"], rho=rho, e=e, T=STEPS))
        error = found.std(ddof=1) / math.sqrt(found.size)
        apart = abs(found.mean() - exact) / error
        yield Checked(1 - apart / 4, f"rho={rho:g}", checked=found.size,
                      note=f"{found.mean():.3f} +- {error:.3f} against {exact:.3f}")  # fmt: skip
