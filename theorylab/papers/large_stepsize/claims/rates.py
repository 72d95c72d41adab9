"""The stable phase measured: L_t ~ 1/(gamma^2 eta t), in t, in eta, with its constant, and without a logarithm."""

import numpy as np

from theorylab.claims import Measured, claim, near, within
from theorylab.claims.plan import shared
from theorylab.fits import fit_increments, fit_parameter, fit_rate
from theorylab.papers.large_stepsize.claims.common import data, known, value, watched
from theorylab.papers.large_stepsize.derivations import inverse_increment


@shared
def _late_traces(plan) -> list:
    """(data set, trace from the last thirtieth of the steps on, at least ten times past the first L <= 1/eta)."""
    etas = plan.pick((1.0, 2.0, 8.0, 32.0, 64.0), tuple(2.0**k for k in range(7)))
    gauss_etas = plan.pick((16.0, 64.0), etas)
    cells = [("pair .05", watched(data("pair .05"), eta, 2_000_000)) for eta in etas]
    steps = plan.pick(100_000, 1_000_000)  # aligned later, if eta is small
    cells += [("Gauss 40x100", watched(data("Gauss 40x100"), eta, steps)) for eta in gauss_etas]
    found = []
    for (name, _), trace in zip(cells, plan.run_many([cell for _, cell in cells]), strict=True):
        first = max(10 * trace.first_level[-1], trace.step[-1] / 30)
        found.append((name, trace.at(trace.step[trace.step >= first])))
    return found


def _label(name, trace) -> str:
    return f"{name}, eta={trace.method.method.stepsize:g}, t to {trace.step[-1]:g}"


@claim(
    "large_stepsize.rate-t",
    kind="exponent",
    place="Theorem 1 (upper bound); spec D1",
    source="quoted",
    derivations=(inverse_increment,),
    predicted=lambda: within(inverse_increment()["t_exponent"], 0.012),
)
def rate_t(plan):
    """In the stable phase L_t falls like 1/t, not faster, not more slowly, and without a logarithm."""
    for name, trace in _late_traces(plan):
        yield Measured.exponent(fit_rate(trace.step, trace.gap), label=_label(name, trace))


@claim(
    "large_stepsize.rate-eta",
    kind="exponent",
    place="Theorem 1 (upper bound); spec D1",
    source="quoted",
    derivations=(inverse_increment,),
    predicted=lambda: within(inverse_increment()["eta_exponent"], 0.005),
)
def rate_eta(plan):
    """The loss after T steps falls like 1/eta."""
    sets: dict = {}
    for name, trace in _late_traces(plan):
        sets.setdefault(name, []).append((trace.method.method.stepsize, trace.gap[-1]))
    for name, found in sets.items():
        if len(found) >= 5:  # the quick plan runs few stepsizes on the Gaussian data
            etas, losses = np.array(found).T
            fit = fit_parameter(etas, losses)
            yield Measured(-fit.value, -fit.high, -fit.low, label=f"{name}, eta={etas[0]:g}..{etas[-1]:g}", why=fit.why)


def _increments(plan):
    """The limit of the increments of 1/L on each run."""
    for name, trace in _late_traces(plan):
        limit = fit_increments(trace.step.astype(float), 1 / trace.gap)
        yield Measured.estimate(limit, at=known(trace), label=_label(name, trace))


@claim(
    "large_stepsize.inverse-increment",
    kind="constant",
    place="spec D1",
    source="derived",
    derivations=(inverse_increment,),
    predicted=lambda: near(inverse_increment()["increment"], 0.003),
)
def inverse_increment_claim(plan):
    """1/L grows by gamma^2 eta a step in the limit, whatever the data set."""
    yield from _increments(plan)


@claim(
    "large_stepsize.wrong-gamma",
    kind="constant",
    place="spec section 8",
    source="derived",
    derivations=(inverse_increment,),
    predicted=lambda: near(inverse_increment()["increment"] / inverse_increment()["wrong_gamma_ratio"], 0.003),
    expected="REFUTED",
)
def wrong_gamma(plan):
    """1/L grows by (2 gamma)^2 eta a step. (A control: a margin that is wrong by a factor 2 is noticed.)"""
    yield from _increments(plan)


@claim(
    "large_stepsize.prefactor",
    kind="constant",
    place="spec D1",
    source="derived",
    derivations=(inverse_increment,),
    predicted=lambda: near(inverse_increment()["prefactor"], 0.003),
)
def prefactor(plan):
    """gamma^2 eta T L_T is 1 at the end of the runs."""
    for name, trace in _late_traces(plan):
        law = value(inverse_increment()["loss_law"].expr, t=float(trace.step[-1]), **known(trace))
        scaled = float(trace.gap[-1] / law)
        yield Measured(scaled, scaled, scaled, label=_label(name, trace))
