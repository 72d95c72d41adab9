"""Runs that several claims look at, derived expressions on arrays, and blocks between records."""

import functools

import numpy as np

from problems import LinearClassifier
from problems.samples import gauss, imbalanced, pair, toy
from theorylab.claims.plan import shared
from theorylab.methods import GD, MarginWatch
from theorylab.papers.large_stepsize.bounds import value

#: A loss this small ends a run: below it the square of the gradient's norm underflows.
FLOOR = 1e-150
#: Data sets of the standard sweep.
SETS = {
    "pair .02": lambda: pair(0.02),
    "pair .05": lambda: pair(0.05),
    "pair .09": lambda: pair(0.09),
    "toy, rescaled": lambda: toy().rescaled(),
    "imbalanced, n=100": lambda: imbalanced(0.1, 100, "s/2"),
    "imbalanced, n=1000": lambda: imbalanced(0.1, 1000, "s/2"),
    "Gauss 40x100": lambda: gauss(40, 100, 0, 0.0),
    "Gauss 100x50": lambda: gauss(100, 50, 1, 1.0),
}
_QUICK = ("pair .05", "pair .09", "toy, rescaled", "imbalanced, n=100", "Gauss 40x100")


@functools.cache
def data(name: str) -> LinearClassifier:
    """The logistic loss on one of the data sets of the standard sweep."""
    return LinearClassifier(SETS[name]())


def watched(problem, eta: float, steps: int, **options) -> dict:
    """Arguments of a run of GD under observation that ends above underflow."""
    return {"problem": problem, "method": MarginWatch.of(problem, GD(eta)), "steps": steps, "floor": FLOOR, **options}


@shared
def standard_sweep(plan) -> list:
    """(label, trace): the standard sweep of data sets and stepsizes 2^0 to 2^18."""
    names = plan.pick(_QUICK, tuple(SETS))
    exponents = plan.pick(range(0, 19, 3), range(19))
    cells, labels = [], []
    for name in names:
        steps = plan.pick(60_000, 300_000) if data(name).dimension <= 4 else plan.pick(8_000, 40_000)
        for exponent in exponents:
            cells.append(watched(data(name), 2.0**exponent, steps))
            labels.append(f"{name}, eta=2^{exponent}")
    return list(zip(labels, plan.run_many(cells), strict=True))


def known(trace) -> dict:
    """What bounds need to know of a run, by the names of their symbols."""
    facts = trace.problem.facts()
    return {"gamma": facts["margin"].value, "eta": trace.method.method.stepsize, "n": facts["n"].value}


def least_between(expression, trace, turning: float = 0.0, **values) -> np.ndarray:
    """Least value of the expression in t over the steps after each record, up to and with the next one.

    The expression is monotone in t on both sides of `turning`: the least value lies at an end or there.
    """
    first, last = trace.step[:-1] + 1.0, trace.step[1:].astype(float)
    inside = np.clip(turning, first, last)
    return np.min([value(expression, t=t, **values) for t in (first, last, inside)], axis=0)


def log_exp_loss(problem, x) -> np.ndarray:
    r""":math:`\ln\sum_i p_i e^{-m_i}` at points (..., d)."""
    exponents = np.log(problem.sample.weights) - problem.margins(x)
    top = exponents.max(axis=-1)
    return top + np.log(np.exp(exponents - top[..., None]).sum(axis=-1))
