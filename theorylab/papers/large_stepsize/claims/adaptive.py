"""Stepsizes that grow as the loss falls: a bound for GD on ln F, and why it does not carry over to ln(e^L - 1)."""

from fractions import Fraction

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.losses import Exponential, Logistic
from problems.samples import gauss, imbalanced, pair
from theorylab.claims import Checked, claim
from theorylab.methods import LogExpm1GD, LogGD
from theorylab.papers.large_stepsize.claims.certified import certify_trajectory, stated
from theorylab.papers.large_stepsize.claims.common import log_exp_loss, value
from theorylab.papers.large_stepsize.derivations import adaptive_exp, phi_hessian
from theorylab.papers.large_stepsize.derivations.symbols import m_1, m_2, t
from theorylab.replay import Statement, certify_static

ETAS = (1.0, 10.0, 50.0)
SETS = {
    "pair .05": lambda: pair(0.05),
    "pair .1": lambda: pair(0.1),
    "Gauss 40x100": lambda: gauss(40, 100, 0, 0.0),
    "imbalanced(.2, 100)": lambda: imbalanced(0.2, 100, "s/2"),
}
_LOG = "large_stepsize.adaptive-log"


def _excesses(plan, loss, method, transformed):
    """(data set, trace, steps, excess of the mean value and of the value at the mean iterate, both over eta)."""
    cells = []
    for made in SETS.values():
        problem = LinearClassifier(made(), loss)
        steps = int(2.5 / problem.facts()["margin"].value ** 2)
        cells += [
            {"problem": problem, "method": method(eta), "steps": steps, "record": range(steps + 1)} for eta in ETAS
        ]
    names = [name for name in SETS for _ in ETAS]
    for name, trace in zip(names, plan.run_many(cells), strict=True):
        gamma, eta = trace.problem.facts()["margin"].value, trace.method.stepsize
        valid = trace.step >= float(value(adaptive_exp()["valid_from"], gamma=gamma))
        steps = trace.step[valid]
        bound = value(adaptive_exp()["bound"], gamma=gamma, eta=eta, t=steps)
        mean = trace.memory[valid, 1 : 1 + trace.problem.dimension] / steps[:, None]
        yield name, trace, steps, {
            "average": (trace.mean_value[valid] - bound) / eta,
            "mean iterate": (transformed(trace.problem, mean) - bound) / eta,
        }


@claim(
    "large_stepsize.adaptive-exp",
    kind="bound",
    place="spec D6",
    source="derived",
    derivations=(adaptive_exp,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{\ln F}_t"), adaptive_exp()["bound"]),
)
def adaptive_exponential(plan):
    """GD on ln F, F the exponential loss: from gamma^2 t >= 1/2 on the mean of ln F(w_k) over k < t, and ln F at the
    mean iterate, are at most -(eta/2)(gamma^2 t - 1), at every t up to 2.5/gamma^2."""
    worst: dict = {}
    for name, trace, steps, excesses in _excesses(plan, Exponential(), LogGD, log_exp_loss):
        for what, excess in excesses.items():
            i = int(excess.argmax())
            said = f"largest excess/eta {excess[i]:.3f} at eta={trace.method.stepsize:g}, t={steps[i]}"
            worst.setdefault(f"{name}: {what}", []).append((float(excess[i]), said, steps.size))
    for label, found in worst.items():
        excess, said, _ = max(found)
        yield Checked(-excess, label, checked=sum(count for *_, count in found), note=said)


def _determinant_negative() -> Statement:
    """0 <= determinant of the Hessian."""
    return Statement(-phi_hessian()["determinant"], sp.Integer(0))


@claim(
    "large_stepsize.phi-convex",
    kind="event",
    place="spec section 8",
    source="derived",
    derivations=(phi_hessian,),
    statement=lambda: sp.Le(0, phi_hessian()["determinant"], evaluate=False),
    refutation=_determinant_negative,
    expected="REFUTED",
)
def phi_convex(plan):
    """ln(e^L - 1) is convex in two margins for L the MEAN of their logistic losses: the determinant of its Hessian is
    never negative. (A misreading: it is for the SUM.)"""
    point = {m_1: Fraction(-1), m_2: Fraction(-3)}
    at = {symbol.name: float(number) for symbol, number in point.items()}
    names = ("determinant", "hessian_11", "hessian_22", "hessian_12", "determinant_sum")
    determinant, first, second, mixed, of_sum = (float(value(phi_hessian()[name], **at)) for name in names)
    yield Checked(
        determinant / (first * abs(second)), "margins (-1, -3)",
        note=f"determinant {determinant:.4g}: entries {first:.4g}, {second:.3g}, {mixed:.3g}; for the sum "
             f"{of_sum:.3g} > 0",
        replay=lambda seconds: certify_static(
            "large_stepsize.phi-convex", _determinant_negative(),
            {symbol.name: number for symbol, number in point.items()}, seconds=seconds,
        ),
    )  # fmt: skip


def _average_phi() -> Statement:
    """The bound of D6 on the mean of phi."""
    return stated(sp.Symbol("mean_value"), adaptive_exp()["bound"], sp.Ge(t, adaptive_exp()["valid_from"]))


def _phi(problem, x) -> np.ndarray:
    """ln(e^L - 1) at points (..., d)."""
    loss = np.logaddexp(0.0, -problem.margins(x)) @ problem.sample.weights
    return loss + np.log(-np.expm1(-loss))


@claim(
    _LOG,
    kind="bound",
    place="spec D6, for phi instead of ln F",
    source="derived",
    derivations=(adaptive_exp, phi_hessian),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{\phi}_t"), adaptive_exp()["bound"]),
    refutation=_average_phi,
    expected="REFUTED",
)
def adaptive_log(plan):
    """GD on phi = ln(e^L - 1), L the mean logistic loss: from gamma^2 t >= 1/2 on the mean of phi(w_k) over k < t is at
    most -(eta/2)(gamma^2 t - 1). (It would need phi convex; it holds on balanced data and fails on imbalanced.)"""
    for name, trace, steps, excesses in _excesses(plan, Logistic(), LogExpm1GD, _phi):
        excess, eta = excesses["average"], trace.method.stepsize
        at_mean = excesses["mean iterate"] * eta
        i = int(excess.argmax())
        note = f"largest excess {excess[i] * eta:.2f} at t={steps[i]}, {at_mean[i]:.2f} at the mean iterate"
        if excess[i] > 0:
            bound = trace.mean_value[steps[i]] - excess[i] * eta
            first = steps[excess > 0][0]
            note += f"; average {trace.mean_value[steps[i]]:.2f} > {bound:.2f}, first violated at t={first}"
        yield Checked(
            -float(excess[i]), f"{name}, eta={eta:g}", checked=steps.size, note=note,
            replay=lambda seconds, trace=trace, k=int(steps[i]): certify_trajectory(
                _LOG, _average_phi(), trace.problem, trace.method, tuple(trace.problem.start), k, at=[k],
                seconds=seconds,
            ),
        )  # fmt: skip
