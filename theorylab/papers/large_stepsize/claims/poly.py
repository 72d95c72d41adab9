"""Polynomial tails: the exponent at a fixed stepsize, and what stepsizes that grow with the budget gain."""

import numpy as np

from problems import LinearClassifier
from problems.losses import FlattenedPoly
from problems.samples import pair
from theorylab.claims import Measured, claim, within
from theorylab.fits import fit_parameter, fit_rate
from theorylab.methods import GD
from theorylab.papers.large_stepsize.claims.common import value
from theorylab.papers.large_stepsize.derivations import poly_rates

TAILS = (0.5, 1.0, 2.0)


def _problem(a: float) -> LinearClassifier:
    return LinearClassifier(pair(0.05), FlattenedPoly(a))


@claim(
    "large_stepsize.poly-fixed",
    kind="exponent",
    place="Table 1, eta = 1; spec 6.9",
    source="quoted",
    derivations=(poly_rates,),
    predicted=lambda: within(poly_rates()["fixed_exponent"], 0.01),
)
def poly_fixed(plan):
    """With the tail (1+z)^-a and a fixed stepsize the loss decays like t^(-a/(a+2)). (The paper's rate is an upper
    bound; that the loss follows it is derived.)"""
    cells = [{"problem": _problem(a), "method": GD(4.0), "steps": plan.pick(10**6, 10**7)} for a in TAILS]
    for a, trace in zip(TAILS, plan.run_many(cells), strict=True):
        k, gap = trace.step[1:], trace.gap[1:]
        yield Measured.exponent(fit_rate(k, gap), at={"a": a}, label=f"pair .05, a={a:g}, eta=4")


@claim(
    "large_stepsize.poly-table1",
    kind="exponent",
    place="Table 1, eta growing with T; spec 6.9",
    source="quoted",
    derivations=(poly_rates,),
    predicted=lambda: {
        "a <= 1": within(poly_rates()["table1_small"], 0.03),
        "a > 1": within(poly_rates()["table1_large"], 0.03),
    },
)
def poly_table1(plan):
    """With the tail (1+z)^-a and eta growing with the budget like T^(a/2) for a <= 1, like T^(1/2) for a > 1, the loss
    at T decays like T^(-a/2) and T^(-3a/(2a+4))."""
    budgets = 2.0 ** np.arange(12, plan.pick(20.1, 21.1))
    for a in TAILS:
        case = "small" if a <= 1 else "large"
        power = float(value(poly_rates()[f"stepsize_exponent_{case}"], a=a))
        cells = [
            {"problem": _problem(a), "method": GD(8 * (T / budgets[0]) ** power), "steps": int(T)} for T in budgets
        ]
        losses = [trace.gap[-1] for trace in plan.run_many(cells)]
        fit = fit_parameter(budgets, losses)
        low, high = (-fit.high, -fit.low) if fit.decided else (np.nan, np.nan)
        yield Measured(-fit.value, low, high, at={"a": a}, quantity="a <= 1" if a <= 1 else "a > 1",
                       label=f"pair .05, a={a:g}, eta=8 (T/4096)^{power:g}", why=fit.why)  # fmt: skip
