"""Negative controls: a misread schedule, no bounded domain, one slope for all overshoots, the wrong instance."""

import math

import numpy as np
import sympy as sp

from problems import BoundedAbs, BoundedQuadratic, NoisyAbs, NoisySlope
from theorylab.claims import Checked, Measured, claim, within
from theorylab.methods import ScheduledSGD
from theorylab.methods.heights import heights
from theorylab.methods.schedules import Polynomial, PowerDecay
from theorylab.papers.annealing.claims.deterministic import exact, log_slope, slope_losses, worst_phase
from theorylab.papers.annealing.claims.trajectories import (
    ANNEALED,
    RHOS,
    SCHEDULES,
    STEPS,
    count,
    exponent,
    formula,
    losses,
    on_slopes,
)
from theorylab.papers.annealing.derivations import ALL, p_eff
from theorylab.papers.annealing.regime import inside
from theorylab.papers.annealing.window import window_bound
from theorylab.replay import Statement, certify_trajectory
from theorylab.theory.evaluate import value

poly_bound, undershoot, fixed_lower = ALL["poly_bound"], ALL["undershoot"], ALL["fixed_lower"]
window_lemma = ALL["window_lemma"]

#: The run whose loss is certified: rho = 32 in T = 4096 steps, from the end of the domain.
CERTIFIED = {"steps": 2**12, "rho": 32.0, "degree": 1}


@claim(
    "annealing.neg-tpower",
    kind="exponent",
    place="section 8; misreading of S1",
    source="derived",
    derivations=(poly_bound,),
    predicted=lambda: within(poly_bound()["exponent"], 0.05),
    expected="REFUTED",
)
def power_of_t(plan):
    """Stepsizes proportional to t^-p make the loss grow as rho^(1/(2p+1)). (A control: the degree of the polynomial
    decay is not this power. On |x| without noise, T = 2^16, the loss grows as rho and is about rho/2.)"""
    steps, rhos = 2**16, (16.0, 32.0, 64.0)
    for degree in (0.5, 1.0, 2.0):
        traces = plan.run_many([_from_the_end(PowerDecay(degree), rho, steps) for rho in rhos])
        found = math.sqrt(steps) * np.array([trace.gap[-1] for trace in traces])
        shares = ", ".join(f"{share:.3f}" for share in found / rhos)
        yield exact(log_slope(rhos, found), at={"p": degree}, label=f"p={degree:g}", why=f"R/rho = {shares}")


def _from_the_end(schedule, rho, steps) -> dict:
    """Arguments of a run on |x| from 1/2."""
    method = ScheduledSGD(rho / math.sqrt(steps), schedule, steps)
    return {"problem": BoundedAbs(), "method": method, "steps": steps, "record": (0, steps), "start": [0.5]}


def _polynomial_bound() -> Statement:
    """After T = 4096 steps of eta = 1/2 the loss is at most the window lemma's bound for (1-u)^1, rounded up."""
    steps, eta = CERTIFIED["steps"], CERTIFIED["rho"] / math.sqrt(CERTIFIED["steps"])
    bound = window_bound(eta * heights(Polynomial(CERTIFIED["degree"]), steps))
    above = sp.Rational(math.ceil(bound * (1 + 1e-9) * 2**40), 2**40)
    stepsize = sp.Symbol("method_stepsize")
    hypotheses = (sp.Ge(sp.Symbol("t"), steps), sp.Le(stepsize, sp.Rational(eta)), sp.Ge(stepsize, sp.Rational(eta)))
    return Statement(sp.Symbol("gap"), above, hypotheses=hypotheses)


@claim(
    "annealing.neg-tpower-bound",
    kind="bound",
    place="section 8; misreading of S1",
    source="derived",
    derivations=(window_lemma,),
    statement=lambda: sp.Le(_polynomial_bound().lhs, _polynomial_bound().rhs),
    refutation=_polynomial_bound,
    expected="REFUTED",
)
def power_of_t_bound(plan):
    """What the window lemma guarantees under (1-u)^p also bounds the loss under t^-p with the same base rate. (A
    control, p = 1, rho = 32, T = 4096: under (1-u)^p itself the same run obeys it.)"""
    steps, bound = CERTIFIED["steps"], float(_polynomial_bound().rhs)
    for schedule in (PowerDecay(float(CERTIFIED["degree"])), Polynomial(CERTIFIED["degree"])):
        cell = _from_the_end(schedule, CERTIFIED["rho"], steps)
        gap = float(plan.run(**cell).gap[-1])
        root = math.sqrt(steps)
        yield Checked(
            1 - gap / bound, type(schedule).__name__, min(gap, bound) / max(gap, bound),
            replay=lambda seconds, cell=cell: certify_trajectory(
                "annealing.neg-tpower-bound", _polynomial_bound(), cell["problem"], cell["method"],
                tuple(cell["start"]), steps, at=[steps], seconds=seconds),
            note=f"R = {root * gap:.3f}, bound {root * bound:.3f}",
        )  # fmt: skip


@claim(
    "annealing.neg-unbounded",
    kind="exponent",
    place="section 8",
    source="derived",
    derivations=(poly_bound,),
    predicted=lambda: {name: within(p_eff(formula(name))[1], 0.06) for name in ("linear", "p=2", "cosine")},
    expected="REFUTED",
)
def unbounded_domain(plan):
    """Annealing saves as much without a bounded domain: on eps |x| on the whole line the loss grows as rho^(1/(2p+1)).
    (A control: it grows as rho, since nothing keeps the iterate within D of the minimiser.)"""
    slopes = (0.7, 1.0, 1.5, 2.2, 3.3)
    for name in ("linear", "p=2", "cosine"):
        found = {
            rho: {e: losses(plan, NoisyAbs(e / math.sqrt(STEPS)), name, rho, STEPS, plan.pick(800, 3000))
                  for e in slopes}
            for rho in inside(SCHEDULES[name], RHOS, STEPS)
        }  # fmt: skip
        yield Measured(*exponent(found)[:3], quantity=name, label=name)


@claim(
    "annealing.neg-single-problem",
    kind="exponent",
    place="section 8",
    source="derived",
    derivations=(poly_bound, fixed_lower),
    predicted=lambda: {"fixed": within(fixed_lower()["exponent"], 0.05)}
    | {name: within(p_eff(formula(name))[1], 0.05) for name in ("linear", "p=2", "cosine")},
    expected="REFUTED",
)
def single_problem(plan):
    """One problem shows the exponents: the noisy slope with e = 1.5, or with e = 8, for all rho = 4 to 32. (A control:
    the exponents are about worst cases. On one slope the fixed schedule even looks the most robust.)"""
    steps = 2**13
    for e in (1.5, 8.0):
        for name in ("fixed", "linear", "p=2", "cosine"):
            found = {
                rho: {e: losses(plan, NoisySlope(e / math.sqrt(steps)), name, rho, steps, plan.pick(800, 3000))}
                for rho in RHOS
            }
            yield Measured(*exponent(found)[:3], quantity=name, label=f"{name}, e={e:g}")


@claim(
    "annealing.neg-undershoot-robust",
    kind="exponent",
    place="section 8; S11",
    source="derived",
    derivations=(poly_bound, undershoot),
    predicted=lambda: {name: within(p_eff(formula(name))[1], 0.05) for name in ANNEALED},
    expected="REFUTED",
)
def undershoot_robust(plan):
    """Annealed schedules are as robust to too small a rate: the loss has the exponent 1/(2p+1) for rho < 1 too. (A
    control: the noiseless slope costs 1/(4 rho Hbar), exponent -1.)"""
    rhos = (1 / 64, 1 / 32, 1 / 16, 1 / 8)
    for name in ANNEALED:
        schedule = SCHEDULES[name]
        mean = float(heights(schedule, STEPS).mean())
        worst = [float(value(undershoot()["slope"], rho=rho, Hbar=mean)) for rho in rhos]
        found = [slope_losses(plan, schedule, rho, [e], STEPS)[0] for rho, e in zip(rhos, worst, strict=True)]
        yield exact(log_slope(rhos, found), quantity=name, label=f"{name}, rho=1/64..1/8")


@claim(
    "annealing.neg-smooth-fixed",
    kind="event",
    place="section 8; S10",
    source="derived",
    statement=lambda: sp.Eq(sp.Symbol("|x_{T+1}|"), sp.Rational(1, 2)),
)
def smooth_fixed(plan):
    """On a parabola with beta = 1 on [-1/2, 1/2] the rate 2.5/beta keeps the fixed schedule at the end of the domain,
    while linear and quadratic decay pass below 2/beta in time and end at the minimiser."""
    steps = 1000
    for name, wanted in (("fixed", 0.5), ("linear", 0.0), ("p=2", 0.0)):
        method = ScheduledSGD(2.5, SCHEDULES[name], steps)
        trace = plan.run(BoundedQuadratic(1.0), method, steps=steps, record=(0, steps), start=[0.3], checked=False)
        apart = abs(abs(float(trace.x[-1, 0])) - wanted)
        yield Checked(0.01 - apart, name, checked=steps, note=f"|x| = {abs(trace.x[-1, 0]):.3g} at the end")


#: An instance counts as a worst case if it loses at least this share of what the noisy slope loses.
_WORST_CASE = 0.5


def instance_exponent(plan, name: str, rhos, found) -> Measured:
    """The exponent on one instance; without an interval unless it loses about as much as the noisy slope does."""
    hard = {rho: max(map(np.mean, groups.values())) for rho, groups in
            on_slopes(plan, name, RHOS, STEPS, count(plan)).items()}  # fmt: skip
    share = min(loss / hard[rho] for rho, loss in zip(rhos, found, strict=True))
    value_found = log_slope(rhos, found)
    if share >= _WORST_CASE:
        return exact(value_found, quantity=name, label=name)
    why = (
        f"the instance is no worst case: it loses {share:.1g} of what the noisy slope loses (R = {max(found):.2g} at "
        f"most), and its exponent {value_found:.2f} says nothing about the supremum"
    )
    return Measured(value_found, math.nan, math.nan, quantity=name, label=name, why=why)


@claim(
    "annealing.neg-noiseless-annealed",
    kind="exponent",
    place="section 8",
    source="derived",
    derivations=(poly_bound,),
    predicted=lambda: {name: within(p_eff(formula(name))[1], 0.05) for name in ("linear", "p=2", "cosine")},
    expected="UNDECIDED",
)
def noiseless_annealed(plan):
    """The exponents of annealed schedules show on |x| without noise. (A control: there the loss is far below the worst
    case, with an exponent near 1. That is no refutation, and the harness has to say so.)"""
    for name in ("linear", "p=2", "cosine"):
        # 63 phases: from a dyadic one a linear decay of dyadic steps ends at 0 exactly
        yield instance_exponent(plan, name, RHOS, worst_phase(plan, name, RHOS, 63))
