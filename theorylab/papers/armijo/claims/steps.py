"""T1: which steps pass the test whatever the function, and how far the search may fall behind."""

from fractions import Fraction

import numpy as np
import sympy as sp
from scipy.optimize import brentq

from problems import Cosh, Extremal
from theorylab.claims import Checked, claim
from theorylab.methods import MemoryArmijo
from theorylab.papers.armijo.claims.common import until
from theorylab.papers.armijo.derivations import accepted_step
from theorylab.papers.armijo.derivations.symbols import L_0, L_1, G, f_1, lam
from theorylab.replay import Statement, certify_static, certify_trajectory
from theorylab.theory.evaluate import value

LAMBDAS = (0.1, 0.5, 0.9)
GRADIENTS = np.geomspace(0.01, 1e3, 21)


def _extremal(l0, l1):
    """Place of a gradient and gap on `Extremal`, in closed form."""
    return (lambda g: np.log1p(l1 * g / l0) / l1), (lambda x: l0 / l1**2 * (np.expm1(l1 * abs(x)) - l1 * abs(x)))


def _cosh(a):
    return (lambda g: np.arcsinh(g / a) / a), (lambda x: 2 * np.sinh(a * x / 2) ** 2)


_FUNCTIONS = {"extremal(1, 1)": (1.0, 1.0, _extremal(1.0, 1.0)), "extremal(1, 5)": (1.0, 5.0, _extremal(1.0, 5.0)),
              "cosh(1)": (1.0, 1.0, _cosh(1.0)), "cosh(3)": (9.0, 3.0, _cosh(3.0))}  # fmt: skip


def _spare(gap, x, g, t, share) -> float:
    """How much more than the test asks a step of size t lowers the gap, over what it asks."""
    return float((gap(x) - gap(x - t * g)) / (share * t * g * g) - 1)


def largest_step(gap, x, g, share) -> float:
    """The stepsize beyond which the test fails."""
    high = 1e-9 / g
    while _spare(gap, x, g, high, share) >= 0:
        high *= 2
    return brentq(lambda t: _spare(gap, x, g, t, share), high / 2, high, xtol=1e-14 / g, rtol=1e-13)


@claim(
    "armijo.step-accept",
    kind="bound",
    place="spec T1",
    source="derived",
    derivations=(accepted_step,),
    statement=lambda: sp.Ge(sp.Symbol("t^*"), accepted_step()["tb"]),
)
def step_accept(plan):
    """Under (L0,L1)-smoothness the step tb(G) = 2(1-lambda)/(L0 + a L1 G) passes Armijo's test at every gradient norm;
    for lambda = 1/2 this is the step 1/(L0 + (4/3) L1 G)."""
    for name, (l0, l1, (place, gap)) in _FUNCTIONS.items():
        ratios, products = [], []
        for share in LAMBDAS:
            at = {"L_0": l0, "L_1": l1, "lambda": share}
            for g in GRADIENTS:
                longest = largest_step(gap, place(g), g, share)
                ratios.append(float(value(accepted_step()["tb"], G=g, **at)) / longest)
                if share == 0.5:
                    products.append(longest * (l0 + l1 * g))
        note = f"exact t*(L0 + L1 G) at lambda = 1/2: {min(products):.3f} to {max(products):.3f}"
        at = {"L_0": l0, "L_1": l1, "lambda": 0.5, "G": GRADIENTS}
        closed = value(accepted_step()["tb"], **at) * (l0 + l1 * GRADIENTS)
        note += f", of tb {closed.max():.3f} to {closed.min():.3f}"
        yield Checked(1 - max(ratios), name, max(ratios), len(ratios), note=note)


def _too_long() -> Statement:
    """The decrease that the test asks for is at most what a step of 2.2 tb gains on the extremal function, L0 = L1 =
    1."""
    t = sp.Rational(11, 5) * accepted_step()["tb"].subs({L_0: 1, L_1: 1})
    x = sp.log(1 + G)
    gap = [sp.exp(u) - 1 - u for u in (x, x - t * G)]
    return Statement(lam * t * G**2, gap[0] - gap[1], hypotheses=(sp.Ge(x - t * G, 0),))


@claim(
    "armijo.neg-tb-too-long",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(accepted_step,),
    statement=lambda: sp.Le(sp.Rational(11, 5) * accepted_step()["tb"], sp.Symbol("t^*")),
    refutation=_too_long,
    expected="REFUTED",
)
def tb_too_long(plan):
    """2.2 tb passes as well. (A control: far out the extremal function leaves T1 little room.)"""
    l0, l1, (place, gap) = _FUNCTIONS["extremal(1, 1)"]
    g, share = 1e3, 0.5
    ratio = largest_step(gap, place(g), g, share) / float(
        value(accepted_step()["tb"], G=g, L_0=l0, L_1=l1, **{"lambda": share})
    )
    point = {"G": Fraction(1000), "lambda": Fraction(1, 2)}
    yield Checked(
        ratio / 2.2 - 1, "extremal(1, 1), G=1000, lambda=1/2", note=f"t*/tb = {ratio:.3f}",
        replay=lambda seconds: certify_static("armijo.neg-tb-too-long", _too_long(), point, seconds=seconds),
    )  # fmt: skip


_LAGGING = {"cosh(3), x0=10": (Cosh(3.0), 10.0), "extremal(1, 5), x0=6": (Extremal(1.0, 5.0), 6.0)}


def _never_lags() -> Statement:
    """tb/f1 at the gradient before a step is at most the step, on cosh(a): (L0, L1) = (a^2, a)."""
    a = sp.Symbol("a")
    at = {L_0: a**2, L_1: a, G: sp.sqrt(sp.Symbol("before_grad_norm2")), lam: sp.Symbol("decrease")}
    return Statement(accepted_step()["tb"].subs(at) / sp.Symbol("shrink"), sp.Symbol("column_stepsize"))


@claim(
    "armijo.neg-lag",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(accepted_step,),
    statement=lambda: sp.Ge(sp.Symbol("t_k"), accepted_step()["tb"] / f_1),
    refutation=_never_lags,
    expected="REFUTED",
)
def never_lags(plan):
    """A search with memory never takes a step below tb/f1. (A control: where the curvature falls by more than f2 in a
    step, the memory lags behind.)"""
    method = MemoryArmijo(1.0, 2.0, 2.0, 0.1)
    for name, (problem, start) in _LAGGING.items():
        cell = until(problem, method, [1e-6], steps=100_000, start=[start], record=range(2000))
        trace = plan.run(**cell, checked=False)
        dense = trace.at(range(2000))
        l0, l1 = problem.facts()["L0_L1"].value
        tb = value(accepted_step()["tb"], L_0=l0, L_1=l1, G=dense.grad_norm[:-1], **{"lambda": method.decrease})
        ratio = dense.stepsize[1:] / tb
        k = int(np.argmax(ratio < 0.5)) + 1
        yield Checked(
            float(ratio.min() / (1 / method.shrink) - 1), name, checked=len(ratio),
            note=f"least t/tb {ratio.min():.4f}; below 1/f1 first at step {k}",
            replay=None if not isinstance(problem, Cosh) else lambda seconds, problem=problem, start=start, k=k: (
                certify_trajectory("armijo.neg-lag", _never_lags(), problem, method, (start,), k, at=[k],
                                   seconds=seconds)
            ),
        )  # fmt: skip
