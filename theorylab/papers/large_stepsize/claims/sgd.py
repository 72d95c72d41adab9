"""One row a step: what holds surely, what holds with probability 1 - delta, and that large stepsizes gain nothing."""

import functools
import math

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.samples import gauss, pair
from theorylab.claims import Checked, Compared, claim
from theorylab.claims.plan import shared
from theorylab.fits import mean_interval
from theorylab.methods import SGD, CyclicSGD
from theorylab.papers.large_stepsize.claims.common import least_between, value
from theorylab.papers.large_stepsize.claims.ratios import worst_of_each
from theorylab.papers.large_stepsize.derivations import sgd_bounds
from theorylab.papers.large_stepsize.derivations.symbols import delta, t

STEPS = 20_000
DELTA = sp.Rational(1, 100)
STEPSIZES = {"1": 1.0, "ln t": math.log(STEPS), "sqrt t": math.sqrt(STEPS), "t": float(STEPS)}
BEST = "ln t"
SEEDS = 10, 20  # quick and full: at eta = t the mean losses of seeds scatter by their own size
_SETS = {"pair .05": lambda: pair(0.05), "pair .09": lambda: pair(0.09), "Gauss 40x20": lambda: gauss(40, 20, 0, 0.5)}


@functools.cache
def _data(name: str) -> LinearClassifier:
    return LinearClassifier(_SETS[name]())


@shared
def _passes(plan, method) -> dict:
    """(data set, stepsize) -> traces, one a seed; rows that come in their order need no seeds."""
    seeds = plan.pick(*SEEDS) if method is SGD else 1
    found = {}
    for stepsize, eta in STEPSIZES.items():
        cells = [
            {"problem": _data(name), "method": method(eta), "steps": STEPS, "seed": seed, "floor": -math.inf,
             "record": range(0, STEPS + 1, 100)}
            for name in _SETS for seed in range(seeds)
        ]  # fmt: skip
        # at large stepsizes a row of large margin moves w by less than a unit of rounding: such a move has no digits,
        # and matters to no bound
        traces = plan.run_many(cells, checked=eta <= STEPSIZES[BEST])
        found |= {(name, stepsize): traces[i * seeds : (i + 1) * seeds] for i, name in enumerate(_SETS)}
    return found


def _known(trace) -> dict:
    return {"gamma": trace.problem.facts()["margin"].value, "eta": trace.method.stepsize}


@claim(
    "large_stepsize.sgd-path",
    kind="bound",
    place="Lemma 17; mistakes: spec 5.4",
    source="quoted",
    derivations=(sgd_bounds,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{L}_t"), sgd_bounds()["loss_surely"]),
)
def sgd_path(plan):
    """Whatever rows come, drawn or in their order pass after pass: the mean loss of the rows, each before its step, is
    at most (1 + ln^2 lambda + eta^2/4)/lambda for every t; where lambda >= 1, mistakes are at most 2B/(gamma^2 eta) at
    every t, and |w_t| <= B/gamma at every recorded one. (For lambda < 1 the norm inherits the printed slip of Lemmas 8
    and 9.)"""
    losses, norms, mistakes = [], [], []
    for method, order in ((SGD, "drawn"), (CyclicSGD, "in order")):
        for (name, stepsize), traces in _passes(plan, method).items():
            for trace in traces:
                at, rest = _known(trace), f"eta={stepsize} {order}"
                unit = at["gamma"] ** 2 * at["eta"]
                # sums only grow: the end of a block against the least bound in it
                bound = least_between(t * sgd_bounds()["loss_surely"], trace, 1 / unit, **at)
                losses.append((f"{name}: loss, {rest}", (trace.path_loss * trace.step)[1:] / bound))
                grown = trace.step[1:] * unit >= 1
                first = np.maximum(trace.step[:-1] + 1.0, 1 / unit)[grown]
                bound = value(sgd_bounds()["mistakes"], t=first, **at)
                mistakes.append((f"{name}: mistakes, {rest}", trace.mistakes[1:][grown] / bound))
                bound = value(sgd_bounds()["norm_surely"], t=trace.step[1:][grown].astype(float), **at)
                norms.append((f"{name}: norm, {rest}", np.linalg.norm(trace.x[1:][grown], axis=1) / bound))
    for found in (losses, norms, mistakes):
        last = max(float(ratios[-1]) for _, ratios in found)
        yield from worst_of_each(found, note=f"at t={STEPS} at most {last:.3g} on all sets")


def mean_population_loss(trace) -> float:
    """Mean of the loss of the whole sample at w_k over k < t, at the last t."""
    steps = trace.step[-1]
    return float((trace.gap_mean[-1] * steps + trace.gap[0] - trace.gap[-1]) / steps)


@claim(
    "large_stepsize.sgd-population",
    kind="bound",
    place="Theorem 4",
    source="quoted",
    derivations=(sgd_bounds,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{L}_t"), sgd_bounds()["population_loss"].subs(delta, DELTA)),
)
def sgd_population(plan):
    """With probability 0.99 each, the means over k < t of the population's loss and of its 0-1 error at w_k are below
    the bounds of Theorem 4 with delta = 0.01, at t = 20000. (More failures than 2 of 20 seeds, or 1 of 10, would have a
    probability below 0.5 %.)"""
    allowed = plan.pick(1, 2)
    for (name, stepsize), traces in _passes(plan, SGD).items():
        at = _known(traces[0]) | {"t": float(STEPS), "delta": float(DELTA)}
        errors = [float(trace.mean_error[-1]) for trace in traces]
        for what, found, bound in (("loss", list(map(mean_population_loss, traces)), "population_loss"),
                                   ("error", errors, "error")):  # fmt: skip
            ratios = np.array(found) / float(value(sgd_bounds()[bound], **at))
            failures = int((ratios > 1).sum())
            yield Checked(
                1 - float(ratios.max()) if failures == 0 else (allowed - failures) / len(traces),
                f"{name}, eta={stepsize}: {what}", float(ratios.max()), len(traces),
                note=f"{failures} failures of {len(traces)}, {1 / ratios.max():.3g}x room",
            )  # fmt: skip


@claim(
    "large_stepsize.sgd-no-benefit",
    kind="ordering",
    place="remark after Theorem 4",
    source="quoted",
    derivations=(sgd_bounds,),
    statement=lambda: sp.Lt(sgd_bounds()["law_log"].expr, sgd_bounds()["law_sqrt"].expr, evaluate=False),
)
def sgd_no_benefit(plan):
    """One pass gains nothing from a stepsize beyond ln t: of 1, ln t, sqrt t and t it is ln t, near which the bound is
    least, that has the least mean population loss."""
    means = {key: mean_interval(list(map(mean_population_loss, traces))) for key, traces in _passes(plan, SGD).items()}
    for name in _SETS:
        best = means[name, BEST]
        for stepsize in STEPSIZES:
            if stepsize != BEST:
                other = means[name, stepsize]
                yield Compared((best.low, best.high), (other.low, other.high), f"{name}, eta={BEST} against {stepsize}")
