"""What the paper's figures show, on its toy data and on digits, and where it stops."""

import math

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.samples import digits, nonsep1d, toy
from theorylab.claims import Checked, Compared, Measured, claim, near
from theorylab.claims.plan import shared
from theorylab.kernels import as_state
from theorylab.methods import GD
from theorylab.papers.large_stepsize.claims.certified import certify_trajectory
from theorylab.papers.large_stepsize.claims.common import watched
from theorylab.papers.large_stepsize.derivations import inverse_increment, nonseparable
from theorylab.replay import Statement


@shared
def _toy_runs(plan):
    problem = LinearClassifier(toy())
    etas = (4.0, 8.0, 16.0, 32.0)
    return etas, plan.run_many([watched(problem, eta, 2**20) for eta in etas])


@claim(
    "large_stepsize.toy-fig1",
    kind="constant",
    place="Figure 1",
    source="quoted",
    derivations=(inverse_increment,),
    predicted=lambda: near(inverse_increment()["plateau"], 0.008),
)
def toy_fig1(plan):
    """On the toy data of Figure 1 eta t L(t) tends to 1/gamma^2 = 25 at every stepsize, monotone or not."""
    etas, traces = _toy_runs(plan)
    gamma = traces[0].problem.facts()["margin"].value
    for eta, trace in zip(etas, traces, strict=True):
        plateau = float(eta * trace.step[-1] * trace.gap[-1])
        yield Measured(plateau, plateau, plateau, at={"gamma": gamma}, label=f"raw toy, eta={eta:g}, t=2^20")


@claim(
    "large_stepsize.toy-fig1-monotone",
    kind="event",
    place="Figure 1",
    source="quoted",
    statement=lambda: sp.Eq(sp.Symbol("t_mono"), 0),
)
def toy_fig1_monotone(plan):
    """On the toy data of Figure 1 the loss is monotone at eta=4 and oscillates at 8, 16 and 32."""
    etas, traces = _toy_runs(plan)
    for eta, trace in zip(etas, traces, strict=True):
        last = int(trace.last_increase[-1])
        yield Checked(1.0 if (last == 0) == (eta == 4) else -1.0, f"raw toy, eta={eta:g}", checked=2**20,
                      note=f"last increase at step {last}")  # fmt: skip


@claim(
    "large_stepsize.larger-eta-lower",
    kind="ordering",
    place="Figures 1 and 2",
    source="quoted",
)
def larger_eta_lower(plan):
    """The larger the stepsize, the lower the final loss: on the toy data and on digits 0 v 8, 3 v 8 and 1 v 8."""
    etas, traces = _toy_runs(plan)
    runs = {"raw toy": (etas, traces)}
    for first, second in ((0, 8), (3, 8), (1, 8)):
        problem = LinearClassifier(digits(first, second).rescaled())
        etas = (1.0, 4.0, 16.0, 64.0, 256.0)
        cells = [watched(problem, eta, plan.pick(4096, 16_384)) for eta in etas]
        runs[f"digits {first} v {second}"] = etas, plan.run_many(cells)
    for name, (etas, traces) in runs.items():
        for i in range(len(etas) - 1):
            small, large = (float(trace.gap[-1]) for trace in traces[i : i + 2])
            yield Compared((large, large), (small, small), label=f"{name}, eta={etas[i + 1]:g} against {etas[i]:g}")


def _never_rises() -> Statement:
    """No step of the run from the origin increases the loss."""
    return Statement(sp.Symbol("gap"), sp.Symbol("before_gap"))


@claim(
    "large_stepsize.easy-digits-monotone",
    kind="event",
    place="spec section 11",
    source="derived",
    statement=lambda: sp.Le(sp.Symbol("L_{t+1}"), sp.Symbol("L_t")),
    refutation=_never_rises,
    expected="REFUTED",
)
def easy_digits_monotone(plan):
    """On digits 0 v 8, where the first step of GD classifies every point, no stepsize makes the loss oscillate. (A slip
    of our specification: around eta = 64 at norm 1 it rises in steps 3 to 5.)"""
    problem = LinearClassifier(digits(0, 8).rescaled())
    etas = tuple(2.0**k for k in range(0, 15, 2))
    for eta, trace in zip(etas, plan.run_many([watched(problem, eta, 2000) for eta in etas]), strict=True):
        last = int(trace.last_increase[-1])
        yield Checked(
            -1.0 if last else 1.0, f"digits 0 v 8, eta={eta:g}", checked=int(trace.step[-1]),
            note=f"all correct first at step {trace.first_correct[-1]:g}, last increase at {last}",
            replay=lambda seconds, eta=eta, last=last: certify_trajectory(
                "large_stepsize.easy-digits-monotone", _never_rises(), problem, GD(eta), as_state(problem.start), last,
                at=range(1, last + 1), seconds=seconds,
            ),
        )  # fmt: skip


@claim(
    "large_stepsize.stable-before-accuracy",
    kind="event",
    place="section 4, observation",
    source="quoted",
    statement=lambda: sp.Lt(sp.Symbol("t_mono"), sp.Symbol("t_correct")),
    refutation=lambda: _correct_while_rising(),
    expected="REFUTED",
)
def stable_before_accuracy(plan):
    """The last increase of the loss comes before the first step at which every point is classified. (An observation on
    MNIST 0 v 8; on digits 1 v 8 with stepsizes of 2048 and 4096 it is the other way round.)"""
    problem = LinearClassifier(digits(1, 8).rescaled())
    for eta in (64.0, 1024.0, 2048.0, 4096.0):
        trace = plan.run(**watched(problem, eta, plan.pick(4096, 16_384)))
        last, first = trace.last_increase[-1], trace.first_correct[-1]
        holds = first < 0 or last < first
        yield Checked(
            1.0 if holds else -1.0, f"digits 1 v 8, eta={eta:g}", checked=int(trace.step[-1]),
            note=f"last increase at {last:g}, all correct first at {first:g}",
            replay=lambda seconds, trace=trace: _rising_while_correct(trace, seconds),
        )  # fmt: skip


def least_margin(problem, point):
    """The smallest margin at the point."""
    margins = problem.sample.z @ point.x
    least = margins[0]
    for i in range(1, len(margins)):
        least = min(least, margins[i])
    return least


def _correct_while_rising() -> Statement:
    """No step from a state where all points are classified increases the loss."""
    before = sp.Symbol("before_least_margin")
    return Statement(sp.Symbol("gap"), sp.Symbol("before_gap"), {"least_margin": least_margin}, (sp.Gt(before, 0),))


def _rising_while_correct(trace, seconds):
    """Search the run in real arithmetic, at every step: near the end of the oscillations float64 parts from it."""
    steps = int(trace.last_increase[-1]) + 10
    return certify_trajectory(
        "large_stepsize.stable-before-accuracy", _correct_while_rising(), trace.problem, trace.method.method,
        as_state(trace.problem.start), steps, at=range(1, steps + 1), seconds=max(seconds, 10.0),
    )  # fmt: skip


@claim(
    "large_stepsize.nonsep-critical",
    kind="event",
    place="spec section 8",
    source="derived",
    derivations=(nonseparable,),
    statement=lambda: sp.Le(sp.Abs(sp.Symbol("w_t") - nonseparable()["minimiser"]), sp.Rational(1, 10)),
    refutation=lambda: _settled(),
    expected="REFUTED",
)
def nonsep_critical(plan):
    """GD settles at the minimiser on data that are not separable too, whatever the stepsize. (A control: the theorems
    need separable data; above 2/lambda = 32/3 the run cycles.)"""
    problem = LinearClassifier(nonsep1d())
    minimiser, critical = (float(nonseparable()[name]) for name in ("minimiser", "critical"))
    for eta in (10.0, 12.0, 20.0):
        trace = plan.run(problem, GD(eta), steps=200, record=range(190, 201), floor=-math.inf)
        last = trace.x[-11:, 0]
        apart = float(np.abs(last - minimiser).max())
        cycle = ", ".join(f"{w:.4f}" for w in np.unique(np.round(last, 4))[:4])
        worst = int(trace.step[-11:][np.abs(last - minimiser).argmax()])
        yield Checked(
            (0.1 - apart) / 0.1, f"eta={eta:g}", checked=11, note=f"2/lambda = {critical:.4g}; late iterates {cycle}",
            replay=lambda seconds, eta=eta, worst=worst: certify_trajectory(
                "large_stepsize.nonsep-critical", _settled(), problem, GD(eta), (0.0,), worst, at=[worst],
                seconds=seconds,
            ),
        )  # fmt: skip


def _settled() -> Statement:
    """|w_t - ln 3| <= 1/10."""
    return Statement(sp.Abs(sp.Symbol("x0") - nonseparable()["minimiser"]), sp.Rational(1, 10))
