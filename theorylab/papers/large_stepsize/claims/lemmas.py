"""The lemmas of the proof along the traces: norm, gradient potential, split comparator, and the stable phase again."""

import numpy as np
import sympy as sp

from theorylab.claims import Checked, claim
from theorylab.methods import GD, MarginWatch
from theorylab.papers.large_stepsize.claims.certified import certify_trajectory, stated
from theorylab.papers.large_stepsize.claims.common import (
    FLOOR,
    data,
    known,
    least_between,
    standard_sweep,
    value,
    watched,
)
from theorylab.papers.large_stepsize.claims.ratios import worst_of_each
from theorylab.papers.large_stepsize.derivations import log_free, norm_lemmas, split_bound
from theorylab.papers.large_stepsize.derivations.descent import D_t
from theorylab.papers.large_stepsize.derivations.symbols import LAMBDA, eta, kappa, t

_NORM, _POTENTIAL = sp.Symbol("largest_norm"), sp.Symbol("mean_potential")


@claim(
    "large_stepsize.norm-g",
    kind="bound",
    place="Lemmas 8 and 9",
    source="quoted",
    derivations=(norm_lemmas,),
    statement=lambda: sp.Le(sp.Symbol(r"\|w_t\|"), norm_lemmas()["norm_bound_plus"]),
)
def norm_g(plan):
    """|w_t| <= B/gamma, and the mean of G_k over k < t is at most <w_t, w*>/(gamma eta t) <= B/lambda, where
    lambda >= 1; with ln_+ in B for every t >= 1."""
    norms, potentials, along = [], [], []
    for label, trace in standard_sweep(plan):
        at = known(trace)
        name, _, rest = label.rpartition(", ")
        # both sides grow with t, so that the end of a block on the left covers the steps before it
        bound = least_between(norm_lemmas()["norm_bound_plus"], trace, **at)
        norms.append((f"{name}: norm, {rest}", trace.largest_norm[1:] / bound))
        bound = least_between(t * norm_lemmas()["potential_bound_plus"], trace, **at)
        potentials.append((f"{name}: mean G, {rest}", (trace.mean_potential * trace.step)[1:] / bound))
        direction = trace.problem.facts()["max_margin_direction"].value
        least = trace.x[1:] @ direction / (at["gamma"] * at["eta"])
        # an equality where all margins of w* are gamma: both sides are sums of t terms, each rounded once
        total = (trace.mean_potential * trace.step)[1:] * (1 - 2 * np.finfo(float).eps * trace.step[1:])
        along.append((f"{name}: mean G against <w, w*>, {rest}", total / least))
    yield from worst_of_each(norms + potentials + along)


@claim(
    "large_stepsize.lemma89-as-printed",
    kind="bound",
    place="Lemmas 8 and 9, printed for every t >= 1",
    source="quoted",
    derivations=(norm_lemmas,),
    statement=lambda: sp.Le(sp.Symbol(r"\|w_t\|"), norm_lemmas()["norm_bound"]),
    refutation=lambda: stated(_NORM, norm_lemmas()["norm_bound"]),
    expected="REFUTED",
)
def lemma89_as_printed(plan):
    """|w_t| <= B/gamma and the mean of G_k is at most B/lambda for every t >= 1, B = sqrt(2) + 2 ln lambda + eta.
    (A printed slip: where lambda < 1 the logarithm is negative. Theorem 1 is unaffected.)"""
    problem = data("pair .05")
    trace = plan.run(problem, MarginWatch.of(problem, GD(1.0)), steps=400, record=range(401))
    at, steps = known(trace), trace.step[1:].astype(float)
    for label, measured, name in (("norm", trace.largest_norm, "norm_bound"),
                                  ("mean G", trace.mean_potential, "potential_bound")):  # fmt: skip
        bound = value(norm_lemmas()[name], t=steps, **at)
        violated = measured[1:] > bound
        small = steps * at["gamma"] ** 2 * at["eta"] < 1
        gap = (bound - measured[1:]) / np.maximum(np.abs(bound), measured[1:])
        note = (f"{measured[1]:.4g} against {bound[0]:.1f} at t=1; {violated.sum()} of {small.sum()} steps with "
                f"lambda < 1 and {(violated & ~small).sum()} others violate")  # fmt: skip
        yield Checked(
            float(gap.min()), f"pair .05, eta=1, {label}", checked=len(steps), note=note,
            replay=None if name != "norm_bound" else lambda seconds: certify_trajectory(
                "large_stepsize.lemma89-as-printed", stated(_NORM, norm_lemmas()["norm_bound"]), problem, trace.method,
                tuple(problem.start), 1, at=[1], seconds=seconds,
            ),
        )  # fmt: skip


@claim(
    "large_stepsize.split",
    kind="bound",
    place="Lemma 7",
    source="quoted",
    derivations=(split_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{L}_t") + D_t / (2 * eta * t), split_bound()["split_rhs"]),
)
def split(plan):
    """Lemma 7 for any comparator: |w_t - u|^2/(2 eta t) plus the mean of L_k over k < t is at most
    L(u1) + |u|^2/(2 eta t), u = u1 + (eta/(2 gamma)) w*, for 100 random u1 a run at every record."""
    rng = np.random.default_rng(7)
    found = []
    for label, trace in standard_sweep(plan):
        at, late = known(trace), trace.at(trace.step[trace.step > 0])
        direction = trace.problem.facts()["max_margin_direction"].value
        shape = 100, trace.problem.dimension
        u1 = rng.standard_normal(shape) * 10.0 ** rng.uniform(-1, 3, (100, 1)) / np.sqrt(shape[1])
        u1[:50] = np.abs(u1[:50, :1]) * np.sqrt(shape[1]) * direction + 0.1 * u1[:50]  # half of them near w*
        u = u1 + float(value(split_bound()["u2_norm"], **at)) * direction
        losses = _mean_logistic(trace.problem, u1)
        d_0 = (u**2).sum(axis=1)
        moved = (late.x**2).sum(axis=1)[:, None] - 2 * late.x @ u.T + d_0  # |w_t - u|^2
        steps = late.step[:, None].astype(float)
        left = moved / (2 * at["eta"] * steps) + late.mean_loss[:, None]
        right = value(split_bound()["split_rhs"], L_u=losses[None], D_0=d_0[None], D_t=0.0, t=steps, eta=at["eta"])
        rounding = 1e-12 * (moved + d_0) / (2 * at["eta"] * steps)
        found.append((label, (left - rounding) / right))
    yield from worst_of_each(found)


def _mean_logistic(problem, x) -> np.ndarray:
    return np.logaddexp(0.0, -problem.margins(x)) @ problem.sample.weights


@claim(
    "large_stepsize.split-no-u2",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(split_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{L}_t"), split_bound()["no_u2_rhs"]),
    refutation=lambda: _without_u2(),
    expected="REFUTED",
)
def split_no_u2(plan):
    """Lemma 7 holds with u2 = 0, say at u1 = ln(lambda) w*/gamma, lambda >= 1. (A control: the second comparator is
    what a large stepsize costs.)"""
    problem = data("pair .05")
    for trace in plan.run_many([watched(problem, stepsize, 20_000) for stepsize in (64.0, 1024.0)]):
        at, steps = known(trace), trace.step.astype(float)
        late = at["gamma"] ** 2 * at["eta"] * steps >= 1
        steps, x = steps[late], trace.x[late]
        logs = np.log(at["gamma"] ** 2 * at["eta"] * steps)
        apart = (x[:, 0] - logs / at["gamma"]) ** 2 + x[:, 1] ** 2
        ratio = (apart / (2 * at["eta"] * steps) + trace.mean_loss[late]) / value(
            split_bound()["no_u2_rhs"], l=logs, t=steps, **at
        )
        k = int(trace.step[late][ratio.argmax()])
        yield Checked(
            1 - ratio.max(), f"pair .05, eta={at['eta']:g}", ratio.max(), len(steps), note=f"ratio at t={k}",
            replay=lambda seconds, trace=trace, k=k: certify_trajectory(
                "large_stepsize.split-no-u2", _without_u2(), problem, trace.method, tuple(problem.start), k, at=[k],
                seconds=seconds,
            ),
        )  # fmt: skip


def _without_u2():
    """Lemma 7 with u2 = 0 at u1 = (ln lambda/gamma) e_1, on data whose w* is the first axis."""
    l, gamma, x0, x1 = sp.symbols("l gamma x0 x1")
    logs = sp.log(LAMBDA)
    right = split_bound()["no_u2_rhs"]
    right = right.subs({s: logs for s in right.free_symbols if s.name == l.name})
    left = ((x0 - logs / gamma) ** 2 + x1**2) / (2 * eta * t) + sp.Symbol("mean_loss")
    return stated(left, right, sp.Ge(LAMBDA, 1))


def _from_threshold(plan, problem, stepsize: float, steps: int):
    """The run from the first s with L_s <= min(1/eta, ln 2/n) on: s, and a trace with the steps after s recorded.

    Every one of the first 300 steps after s, later ones ever more thinly.
    """
    level = min(1 / stepsize, np.log(2) / problem.facts()["n"].value)
    method = MarginWatch.of(problem, GD(stepsize))._replace(level=level)
    s = int(plan.run(problem, method, steps=steps, floor=FLOOR, checked=False).first_level[-1])
    if s < 0:
        return s, None
    after = np.unique(np.concatenate((np.arange(300), np.geomspace(300, max(steps - s, 301), 1000).astype(int))))
    record = s + after[after <= steps - s]
    return s, plan.run(problem, method, steps=steps, floor=FLOOR, record=record)


def _log_free_ratios(plan, bound, problems, etas, steps):
    """(label, ratio of the bound on 1/L_t to 1/L_t, where, trace from s on) for t > s."""
    for name in problems:
        for stepsize in etas:
            s, whole = _from_threshold(plan, data(name), stepsize, steps)
            if whole is None or s == whole.step[-1]:
                continue
            trace = whole.at(whole.step[whole.step >= s])
            at = known(trace) | {"s": s, "L_s": trace.gap[0]}
            # L only falls after s: the largest loss of a block and the bound at its end cover the steps between
            ratio = value(bound, t=trace.step[1:].astype(float), **at) * trace.gap_max[1:]
            yield f"{name}, eta={stepsize:g}", ratio, trace


@claim(
    "large_stepsize.logfree",
    kind="bound",
    place="spec D2",
    source="derived",
    derivations=(log_free,),
    statement=lambda: sp.Ge(1 / sp.Symbol("L_t"), log_free()["bound"]),
)
def logfree(plan):
    """Once L_s <= min(1/eta, ln 2/n), 1/L_t >= 1/L_s + gamma^2 eta (t - s)/(8 ln^2 2) for every t > s: no logarithm."""
    etas = plan.pick((1.0, 16.0, 1024.0), tuple(2.0**k for k in range(11)))
    names = ("pair .05", "Gauss 40x100", "imbalanced, n=100")
    found = _log_free_ratios(plan, log_free()["bound"], names, etas, plan.pick(6000, 30_000))
    yield from worst_of_each([(label, ratio) for label, ratio, _ in found])


@claim(
    "large_stepsize.logfree-one",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(log_free,),
    statement=lambda: sp.Ge(1 / sp.Symbol("L_t"), log_free()["bound_with"].subs(kappa, 1)),
    refutation=lambda: _log_free_with_one(),
    expected="REFUTED",
)
def logfree_one(plan):
    """The constant 8 ln^2 2 of D2 can be replaced by 1. (A control: 1/L grows by gamma^2 eta a step only in the
    limit.)"""
    bound = log_free()["bound_with"].subs(kappa, 1)
    for label, ratio, trace in _log_free_ratios(plan, bound, ("pair .05",), (4.0, 16.0), 30_000):
        k = int(trace.step[1:][ratio.argmax()] - trace.step[0])
        yield Checked(
            1 - ratio.max(), label, ratio.max(), ratio.size, note=f"ratio {k} steps after s={trace.step[0]}",
            replay=lambda seconds, trace=trace, k=k: certify_trajectory(
                "large_stepsize.logfree-one", _log_free_with_one(), trace.problem, trace.method.method,
                tuple(trace.x[0]), k, at=[k], seconds=seconds,
            ),
        )  # fmt: skip


def _log_free_with_one():
    """D2 with the constant 1 for a run that starts at w_s: L_t is at most the inverse of the bound."""
    start, n = sp.symbols("start_gap n")
    bound = log_free()["bound_with"]
    at = {"kappa": 1, "L_s": start, "s": 0}
    bound = bound.subs({s: at[s.name] for s in bound.free_symbols if s.name in at})
    return stated(sp.Symbol("gap"), 1 / bound, sp.Le(start, 1 / sp.Symbol("eta")), sp.Le(n * start, sp.log(2)))
