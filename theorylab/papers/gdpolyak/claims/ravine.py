"""The ravine: f grows quadratically off it and with constant order along it, measured the right way."""

import math
from fractions import Fraction

import numpy as np
import sympy as sp

from problems import (
    CurvedRavine,
    MatrixFactorisation,
    PowerRavine,
    PowerValley,
    QuarticForm,
    SeparableValley,
    TwoNeuron,
)
from theorylab.claims import Checked, claim
from theorylab.kernels import as_state, cache
from theorylab.methods import GD
from theorylab.papers.gdpolyak.derivations import matrix_factorisation, metric_projection, neuron
from theorylab.replay import Statement, certify_static

#: Distances from the minimiser, in units of its size (or 1).
SCALES = (0.1, 0.01, 0.001)


def _instances(plan):
    """(label, problem, a minimiser) of every family with a ravine."""
    ravines = {
        "straight, p=4": PowerRavine.of_order(4),
        "straight, p=3": PowerRavine.of_order(3),
        "curved, p=4": CurvedRavine(),
        "curved, p=6": CurvedRavine(6, 1.0, 0.5),
        "power valley, d_u=2, p=4": PowerValley.of_sizes(2, 3),
        "separable valley, d_u=3, p=5": SeparableValley.of_sizes(3, 2, p=5),
        "quartic form": QuarticForm.of_size(2),
    }
    for label, problem in ravines.items():
        yield label, problem, np.zeros(problem.dimension)
    for k in plan.pick((4,), (3, 4, 6)):
        problem = MatrixFactorisation.random(k=k)
        yield f"factorisation, k={k}", problem, problem.factor.ravel()
    for alpha in plan.pick((0.35,), (0.2, 0.35, 0.5)):
        problem = TwoNeuron.random(10)
        v = problem.teacher
        yield f"two neurons, alpha={alpha}", problem, np.concatenate([alpha * v, (1 - alpha) * v])


def _gaps(problem, points) -> np.ndarray:
    """f - f_star at points of shape (n, d)."""
    method = GD(1.0)
    begin = cache.compiled(problem, method).begin
    return np.array([begin(problem, method, as_state(x)).at.f for x in points])


def _around(minimiser, scale, number, rng) -> np.ndarray:
    """Points at this relative distance from a minimiser, in random directions."""
    directions = rng.standard_normal((number, minimiser.size))
    size = np.linalg.norm(minimiser) or 1.0
    return minimiser + scale * size * directions / np.linalg.norm(directions, axis=1, keepdims=True)


def _between(low: str, high: str, order) -> sp.Basic:
    """low <= growth/dist^order <= high."""
    ratio = sp.Symbol("growth") / sp.Symbol("dist", positive=True) ** order
    return sp.And(sp.Le(sp.Symbol(low), ratio), sp.Le(ratio, sp.Symbol(high)))


@claim(
    "gdpolyak.ravine-normal",
    kind="bound",
    place="introduction; spec section 2",
    source="secondary",
    statement=lambda: _between("alpha/4", "lambda_max", 2),
)
def ravine_normal(plan):
    """Off the ravine M_0 = {P_N grad f = 0} f grows quadratically: (f - f o P)/dist^2 stays between a quarter of the
    least nonzero Hessian eigenvalue and the largest one, near the minimisers."""
    rng = np.random.default_rng(1)
    number = plan.pick(20, 200)
    for label, problem, minimiser in _instances(plan):
        eigenvalues = problem.facts()["hessian_eigenvalues"].value
        least, largest = eigenvalues[eigenvalues > 0].min(), eigenvalues.max()
        # any direction, where most of the distance is normal, and close to the ravine, where it is tangential
        points = np.concatenate([_around(minimiser, scale, number, rng) for scale in SCALES])
        feet = problem.on_ravine(points)
        near_by = feet + np.repeat(SCALES, number)[:, None] * (points - feet)
        ratio = np.concatenate([_growth(problem, x) for x in (points, near_by)])
        yield Checked(
            min(ratio.min() / (least / 4), largest / ratio.max()) - 1,
            label=label, tightness=max(least / 4 / ratio.min(), ratio.max() / largest), checked=len(ratio),
            note=f"{ratio.min():.3g} to {ratio.max():.3g}, eigenvalues {least:.3g} to {largest:.3g}",
        )  # fmt: skip


def _growth(problem, points) -> np.ndarray:
    """(f - f o P) over the squared normal distance."""
    normal = problem.normal(points)
    distance = np.linalg.norm(normal, axis=-1) if normal.ndim == 2 else np.abs(normal)
    return (_gaps(problem, points) - _gaps(problem, problem.on_ravine(points))) / distance**2


@claim(
    "gdpolyak.ravine-tangent",
    kind="bound",
    place="introduction; spec section 2",
    source="secondary",
    derivations=(matrix_factorisation, neuron),
    statement=lambda: _between("c_2", "c_3", sp.Symbol("p")),
)
def ravine_tangent(plan):
    """On the ravine f grows with constant order p: the extremes of f/dist^p over all directions move by less than a
    factor 2 while the distance falls by a factor 100."""
    rng = np.random.default_rng(2)
    number = plan.pick(20, 200)
    for label, problem, minimiser in _instances(plan):
        order = problem.facts()["growth_order"].value
        # the same directions at every scale, since sampling is not what is measured
        directions = _around(minimiser, 1.0, number, rng) - minimiser
        extremes = []
        for scale in SCALES:
            points = problem.on_ravine(minimiser + scale * directions)
            ratio = _gaps(problem, points) / problem.distance(points) ** order
            extremes.append((ratio.min(), ratio.max()))
        moved = np.exp(np.abs(np.log(extremes) - np.log(extremes[-1])).max())
        yield Checked(
            math.log(2 / moved) / math.log(2), label=label, tightness=moved / 2, checked=number * len(SCALES),
            note=f"f/dist^{order} from {extremes[-1][0]:.3g} to {extremes[-1][1]:.3g}, moved by a factor {moved:.4g}",
        )  # fmt: skip


def _f_at_foot_is_least() -> Statement:
    """On the normal of the parabola: f(foot) <= f, with foot (x, x^2) and the point at (x - 2 x q, x^2 + q)."""
    (x, y), gap = CurvedRavine().expression()
    q = sp.Symbol("q", real=True)
    return Statement(gap.subs(y, x**2), gap.subs({x: x - 2 * x * q, y: x**2 + q}, simultaneous=True))


@claim(
    "gdpolyak.metric-normal-growth",
    kind="bound",
    place="spec 6.5 and section 8, controls",
    source="derived",
    derivations=(metric_projection,),
    statement=lambda: sp.Ge(sp.Symbol("f(x)"), sp.Symbol("f(P(x))")),
    refutation=_f_at_foot_is_least,
    expected="REFUTED",
)
def metric_normal_growth(plan):
    """With P the metric projection onto the parabola y = x^2, f >= f o P near the minimiser of the curved ravine. (A
    control: the parabola is M_0, not the manifold for which this holds.)"""
    problem = CurvedRavine()
    for foot in plan.pick((0.1,), (0.2, 0.1, 0.05)):
        for distance in (2.0**-18, -(2.0**-18)):
            moved = np.array([[foot - 2 * foot * distance, foot**2 + distance]])
            base, value = (_gaps(problem, points)[0] for points in (problem.on_ravine(np.array([[foot, 0.0]])), moved))
            yield Checked(
                (value - base) / base, label=f"x={foot:g}, q={distance:.3g}",
                replay=lambda seconds, foot=foot, distance=distance: certify_static(
                    "gdpolyak.metric-normal-growth", _f_at_foot_is_least(),
                    {"x": Fraction(foot), "q": Fraction(distance)}, seconds=seconds,
                ),
            )  # fmt: skip
