"""P5, quadratic sensing: factorisation in the mean, and what finitely many measurements change."""

import numpy as np
import sympy as sp

from problems import QuadraticSensing
from theorylab.claims import Measured, claim, within
from theorylab.fits import fit_factor
from theorylab.methods import GD, GDPolyak
from theorylab.papers.gdpolyak.derivations import gd_rate, polyak_step, sensing
from theorylab.papers.gdpolyak.derivations.symbols import p

from .epochs import epochs_of, per_epoch, pre_polyak

ETA, EPOCHS = 0.05, 25
METHOD = GDPolyak(ETA, 300)
TOLERANCE = sp.Rational(3, 1000)


def _slopes() -> dict:
    """Decay exponents of fourth-order growth: reached within a tenth of themselves, and not exceeded."""
    gap, distance = (gd_rate()[name].subs(p, 4) for name in ("gap_exponent", "u_exponent"))
    return {
        "gap, reached": within(gap, 0.2),
        "gap, not exceeded": within(gap, 0.0, "at most"),
        "distance, reached": within(distance, 0.1),
        "distance, not exceeded": within(distance, 0.0, "at most"),
    }


@claim(
    "gdpolyak.sensing-gd",
    kind="exponent",
    place="spec S11",
    source="secondary",
    derivations=(gd_rate, sensing),
    predicted=_slopes,
)
def sensing_gd(plan):
    """GD on E2 has not yet reached f ~ k^-2 and dist ~ k^-1/2, the best it can do: its local exponents stay below.

    They are slopes over a factor 3 in k, with those of both halves as the interval: the law itself is still too far
    away for a fit to name it.
    """
    last = plan.pick(5_000, 15_000)
    marks = np.rint(last / 3.0 ** np.array([1.0, 0.5, 0.0])).astype(int)
    problem = QuadraticSensing.of_the_paper()
    # in dimension 400 the balls of the rounding checks cost ten times the run
    trace = plan.run(problem, GD(ETA), steps=last, record=marks, checked=plan.full).at(marks)
    for name in ("gap", "distance"):
        u, z = np.log(trace.step), np.log(trace[name])
        halves = -np.diff(z) / np.diff(u)
        whole = float((z[0] - z[-1]) / (u[-1] - u[0]))
        for said in ("reached", "not exceeded"):
            quantity = f"{name}, {said}"
            yield Measured(whole, float(halves.min()), float(halves.max()), quantity=quantity, label=f"E2, k to {last}")


def _factors() -> dict:
    """With many measurements the factor of f at p = 4; with few, one above it by more than the same tolerance."""
    full = polyak_step()["gap_factor"].subs(p, 4)
    return {
        "many": within(full, float(TOLERANCE)),
        "few": within(full + 2 * TOLERANCE, float(TOLERANCE), "at least"),
    }


@claim(
    "gdpolyak.sensing-m",
    kind="constant",
    place="spec claims table",
    source="derived",
    derivations=(polyak_step, sensing),
    predicted=_factors,
)
def sensing_m(plan):
    """On P5 an epoch multiplies f by (3/4)^4 from m = d(d+1)/2 measurements on; with half as many f falls more slowly.

    More short steps do not help the few: on their ravine T is so anisotropic that Polyak steps zigzag (S4).
    """
    few, many = (250,), plan.pick((500, 1000), (500, 1000, 5000, 20_000))
    problems = {f"d=30, m={m}": QuadraticSensing.random(d=30, m=m) for m in few + many}
    if plan.full:
        problems["E2, d=100, m=1000"] = QuadraticSensing.of_the_paper()
    cells = [epochs_of(problem, METHOD, EPOCHS) for problem in problems.values()]
    epochs = np.arange(15, EPOCHS)
    # balls on thousands of measurements cost minutes: the smaller runs, of the same dimension, are checked for all
    checked = plan.pick(1, 3)
    traces = plan.run_many(cells[:checked]) + plan.run_many(cells[checked:], checked=False)
    for (label, problem), trace in zip(problems.items(), traces, strict=True):
        gap = trace.at(pre_polyak(METHOD, EPOCHS)[epochs]).gap
        if _is_many(problem):
            yield per_epoch(fit_factor(epochs[: len(gap)], gap), quantity="many", label=label)
        else:
            ratios = gap[1:] / gap[:-1]
            mean = float((gap[-1] / gap[0]) ** (1 / (len(gap) - 1)))
            yield Measured(mean, float(ratios.min()), float(ratios.max()), quantity="few", label=label)


def _is_many(problem) -> bool:
    """Whether a symmetric matrix has fewer entries than there are measurements."""
    m, d = problem.a.shape
    return m > d * (d + 1) // 2
