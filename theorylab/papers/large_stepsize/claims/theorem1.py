"""Theorem 1: the bound of the oscillating phase, the stable phase, and what order things happen in."""

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.samples import toy
from theorylab.claims import Checked, claim
from theorylab.papers.large_stepsize.claims.certified import (
    certify_trajectory,
    increase_certificate,
    no_increase,
    stated,
)
from theorylab.papers.large_stepsize.claims.common import (
    data,
    known,
    least_between,
    log_exp_loss,
    standard_sweep,
    value,
    watched,
)
from theorylab.papers.large_stepsize.claims.ratios import worst_of_each
from theorylab.papers.large_stepsize.derivations import split_bound, stable_phase
from theorylab.papers.large_stepsize.derivations.symbols import t

_RAW = "large_stepsize.toy-raw-threshold"


def mean_loss_ratio(trace, bound) -> np.ndarray:
    """Mean of the loss over k < t, for every t >= 1, over its bound: the worst of each block between records.

    The sum of the losses grows with t, so that its value at the end of a block and the least of t times the bound in
    the block hold for all steps between.
    """
    at = known(trace)
    turning = 1 / (at["gamma"] ** 2 * at["eta"])  # where ln lambda changes its sign
    return (trace.mean_loss * trace.step)[1:] / least_between(t * bound, trace, turning, **at)


@claim(
    "large_stepsize.avg-loss",
    kind="bound",
    place="Theorem 1, oscillating phase",
    source="quoted",
    derivations=(split_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{L}_t"), split_bound()["eos_bound"]),
)
def avg_loss(plan):
    """For every stepsize and every t >= 1 the mean of L_k over k < t is at most (1 + ln^2 lambda + eta^2/4)/lambda,
    lambda = gamma^2 eta t; for lambda < 1 as well."""
    sweep = standard_sweep(plan)
    worst = [(label, mean_loss_ratio(trace, split_bound()["eos_bound"])) for label, trace in sweep]
    best = max(_ratio_to_optimum(trace) for _, trace in sweep)
    yield from worst_of_each(worst, note=f"with the optimal comparator the worst ratio of all sets is {best:.2f}")


def _ratio_to_optimum(trace) -> float:
    """The same ratio at the recorded steps with the best comparator of Lemma 7 along w*."""
    at, steps = known(trace), trace.step[1:].astype(float)
    log_lambda = np.log(at["gamma"] ** 2 * at["eta"] * steps)
    # y e^y = lambda e^(eta/2) in logarithms: where theta = (y - eta/2)/gamma would be negative, theta = 0 is best
    y = _omega(log_lambda + at["eta"] / 2)
    theta = np.maximum(y - at["eta"] / 2, 0.0) / at["gamma"]
    return float((trace.mean_loss[1:] / value(split_bound()["optimised"], theta=theta, t=steps, **at)).max())


def _omega(x):
    """The solution y of y + ln y = x."""
    from scipy.special import wrightomega

    return np.real(wrightomega(x))


@claim(
    "large_stepsize.no-eta2-term",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(split_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{L}_t"), split_bound()["no_eta2"]),
    refutation=lambda: stated(sp.Symbol("mean_loss"), split_bound()["no_eta2"]),
    expected="REFUTED",
)
def no_eta2_term(plan):
    """The mean of L_k over k < t is at most (1 + ln^2 lambda)/lambda, without eta^2/4, where lambda >= 1. (A control:
    the price of oscillations is real.)"""
    problem = data("pair .05")
    cells = [watched(problem, eta, 20_000) for eta in (64.0, 1024.0)]
    for trace in plan.run_many(cells):
        at, steps = known(trace), trace.step.astype(float)
        late = at["gamma"] ** 2 * at["eta"] * steps >= 1
        ratio = trace.mean_loss[late] / value(split_bound()["no_eta2"], t=steps[late], **at)
        k = int(trace.step[late][ratio.argmax()])
        yield Checked(
            1 - ratio.max(), f"pair .05, eta={at['eta']:g}", ratio.max(), int(late.sum()), note=f"ratio at t={k}",
            replay=lambda seconds, trace=trace, k=k: certify_trajectory(
                "large_stepsize.no-eta2-term", stated(sp.Symbol("mean_loss"), split_bound()["no_eta2"]),
                problem, trace.method, tuple(problem.start), k, at=[k], seconds=seconds,
            ),
        )  # fmt: skip


@claim(
    "large_stepsize.stable-bound",
    kind="bound",
    place="Theorem 1, stable phase",
    source="quoted",
    derivations=(stable_phase,),
    statement=lambda: sp.Le(sp.Symbol("L_t"), stable_phase()["stable_bound_t"]),
)
def stable_bound(plan):
    """From the first step s with L_s <= 1/eta on, L_t <= (2 F(w_s) + ln^2 x)/x with x = gamma^2 eta (t - s), for every
    t > s and the actual exponential loss F(w_s)."""
    found = []
    for label, trace in standard_sweep(plan):
        s = trace.first_level[-1]
        if s < 0:
            continue
        at = known(trace) | {"s": s, "F_s": np.exp(trace.level_log_exp[-1])}
        late = trace.at(trace.step[trace.step > s])
        steps = np.arange(s + 1, trace.step[-1] + 1)
        if not steps.size:
            continue
        bounds = value(stable_phase()["stable_bound_t"], t=steps, **at)
        first = np.concatenate(([0], np.searchsorted(steps, late.step[:-1], side="right")))
        # the block that holds s also holds earlier, larger losses: from its own end on the loss only falls
        highest = np.concatenate((late.gap[:1], late.gap_max[1:]))
        found.append((label, highest / np.minimum.reduceat(bounds, first)))
    yield from worst_of_each(found)


@claim(
    "large_stepsize.stable-monotone",
    kind="event",
    place="Theorem 1, Lemma 10",
    source="quoted",
    derivations=(stable_phase,),
    statement=lambda: sp.Le(sp.Symbol("L_{t+1}"), sp.Symbol("L_t")),
    refutation=no_increase,
)
def stable_monotone(plan):
    """After the first L_s <= 2/eta the loss never increases: on no data set, at no stepsize, in no step."""
    sets: dict = {}
    for label, trace in standard_sweep(plan):
        sets.setdefault(label.rpartition(",")[0], []).append(trace)
    for name, traces in sets.items():
        increases = [int(trace.late_increases[-1]) for trace in traces]
        bad = traces[int(np.argmax(increases))]
        yield Checked(
            -1.0 if max(increases) else 1.0, name, checked=sum(int(trace.step[-1]) for trace in traces),
            note=f"{sum(increases)} increases",
            replay=lambda seconds, bad=bad: increase_certificate("large_stepsize.stable-monotone", bad, seconds),
        )  # fmt: skip


@claim(
    _RAW,
    kind="event",
    place="Figure 1, against Assumption 1 and Lemma 10",
    source="quoted",
    derivations=(stable_phase,),
    statement=lambda: sp.Le(sp.Symbol("L_{t+1}"), sp.Symbol("L_t")),
    refutation=no_increase,
    expected="REFUTED",
)
def toy_raw_threshold(plan):
    """On the toy data of Figure 1 as they are drawn, whose norms reach 2.01, the loss never increases after
    L_s <= 2/eta. (Assumption 1 asks for norms of at most 1; the threshold has to be 2/(R^2 eta).)"""
    problem = LinearClassifier(toy())
    etas = (6.0, 8.0, 10.0, 12.0)
    right = [float(value(stable_phase()["increase_threshold_raw"], R=problem.sample.norm, eta=eta)) for eta in etas]
    cells = [watched(problem, eta, 2000) for eta in etas]
    cells += [
        cell | {"method": cell["method"]._replace(stable=level)} for cell, level in zip(cells, right, strict=True)
    ]
    traces = plan.run_many(cells)
    for trace, scaled in zip(traces[: len(etas)], traces[len(etas) :], strict=True):
        count, after = int(trace.late_increases[-1]), int(scaled.late_increases[-1])
        yield Checked(
            -1.0 if count else 1.0, f"raw toy, eta={trace.method.method.stepsize:g}", checked=int(trace.step[-1]),
            note=f"{count} increases after L <= 2/eta, {after} after L <= 2/(R^2 eta)",
            replay=lambda seconds, trace=trace: increase_certificate(_RAW, trace, seconds),
        )  # fmt: skip


@claim(
    "large_stepsize.sandwich",
    kind="event",
    place="spec section 2",
    source="quoted",
    derivations=(stable_phase,),
    statement=lambda: sp.Le(sp.Symbol("G"), sp.Min(sp.Symbol("L"), sp.Symbol("F"))),
)
def sandwich(plan):
    """G <= L <= F at every record, and the times come in the order t_mono <= tau2 <= tau1 <= tauF if they come."""
    sets: dict = {}
    for label, trace in standard_sweep(plan):
        late = trace.at(trace.step[trace.step > 0])
        slack = 1e-12 * (1 + np.abs(late.log_loss))  # rounding of the logarithms
        apart = min(
            float((late.gap - late.potential + 1e-15 * late.gap).min()),
            float((log_exp_loss(trace.problem, late.x) - late.log_loss + slack).min()),
        )
        times = [trace[name][-1] for name in ("last_increase", "first_stable", "first_level", "first_exp")]
        times = [np.inf if i and time < 0 else time for i, time in enumerate(times)]
        ordered = all(a <= b for a, b in zip(times, times[1:], strict=False))
        sets.setdefault(label.rpartition(",")[0], []).append((apart >= 0 and ordered, len(late)))
    for name, found in sets.items():
        holds = all(ok for ok, _ in found)
        yield Checked(1.0 if holds else -1.0, name, checked=sum(count for _, count in found))
