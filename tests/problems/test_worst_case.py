"""Worst cases for step searches: smoothness across the pieces, slopes, drops, and the number of steps they force."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from numba import njit

from problems import CGT, DigitsNetwork, Horizon
from theorylab.replay import lint
from theorylab.replay.lint import functions_of


@njit(error_model="numpy")
def unit_steps(problem, workspace, kernel, value, lam, accuracies):
    """Steps of a search from stepsize 1, halved until it passes, until the slope is at most each accuracy."""
    work, x = workspace(problem), (0.0,)
    f, g = kernel(problem, work, x, x)
    counts, trials, k = np.zeros(accuracies.size, dtype=np.int64), 0, 0
    for i in range(accuracies.size):
        while abs(g[0]) > accuracies[i]:
            t = 1.0
            while not value(problem, work, (x[0] - t * g[0],)) - f <= -lam * t * g[0] * g[0]:
                t /= 2.0
                trials += 1
            x = (x[0] - t * g[0],)
            f, g = kernel(problem, work, x, x)
            trials += 1
            k += 1
        counts[i] = k
    return counts, trials, x[0], f


def search(problem, lam, *accuracies):
    kind = type(problem)
    return unit_steps(problem, kind.workspace, kind.kernel, kind.value, lam, np.array(accuracies))


def at(problem, *x):
    """Gap and slope straight from the kernel."""
    return type(problem).kernel(problem, type(problem).workspace(problem), x, x)


WORST = [CGT.of(0.02, 0.6, K=400), CGT.of(0.25, 0.5, 4.0, K=400), Horizon.of(0.05, 0.5), Horizon.of(0.06, 0.8)]


@pytest.mark.parametrize("instance", WORST, ids=["0.02", "0.25", "horizon", "horizon-0.8"])
def test_worst_case_has_two_continuous_derivatives_and_the_stated_slopes(instance):
    s, x = np.diff(instance.X), sp.Symbol("x", real=True)
    for k in (0, 1, 2, 7, instance.F.size - 2):
        point = sp.Rational(instance.X[k])
        gap = instance.expression_at(instance.X[k : k + 1])[1]
        before = instance.expression_at([math.nextafter(instance.X[k], -1.0)])[1]
        for order, value in ((0, instance.F[k]), (1, -s[k]), (2, instance.h)):
            assert sp.diff(gap, x, order).subs(x, point) == sp.Rational(float(value))
            assert sp.diff(before - gap, x, order).subs(x, point) == 0
        assert at(instance, instance.X[k]) == (instance.F[k], (-s[k],))
        assert instance.X[k] + s[k] == instance.X[k + 1]
    assert at(instance, math.nextafter(instance.X[-2], 1e9)) == (math.inf, (math.inf,))
    assert at(instance, instance.X[-2]) == (instance.F[-1], (-s[-1],))


def test_drops_are_as_asked_for_and_the_values_sum_the_series():
    problem = CGT.of(0.02, 0.6, K=20_000)
    s = np.diff(problem.X)
    np.testing.assert_allclose(s, np.arange(1.0, 20_002.0) ** -0.52, rtol=1e-10)
    np.testing.assert_allclose(-np.diff(problem.F) / s[:-1] ** 2, 0.6, rtol=1e-9)
    assert problem.F[0] == pytest.approx(0.6 * float(mpmath.zeta(1.04)), rel=1e-9)
    assert problem.F[0] == pytest.approx(15.348, abs=1e-3)


@pytest.mark.parametrize(
    ("instance", "stated"),
    [(CGT.of(0.02, 0.5, K=4000), 2.95), (CGT.of(0.02, 0.6, K=4000), 2.39), (CGT.of(0.02, 0.8, K=4000), 1.33),
     (Horizon.of(0.03, 0.3), 4.23)],
)  # fmt: skip
def test_curvature_bound_of_the_worst_case_is_attained(instance, stated):
    largest = instance.facts()["L"].value
    assert largest == pytest.approx(stated, abs=5e-3)
    found = 0.0
    for k in (0, 3, 100, instance.F.size - 2):
        x = sp.Symbol("x", real=True)
        bend = sp.lambdify(x, sp.diff(instance.expression_at(instance.X[k : k + 1])[1], x, 2).evalf(40), "mpmath")
        with mpmath.workdps(40):
            ends = map(mpmath.mpf, instance.X[k : k + 2].tolist())
            found = max(found, *(abs(float(bend(u))) for u in mpmath.linspace(*ends, 201)))
    assert 0.998 * largest <= found <= largest * (1 + 1e-12)


def test_the_piece_is_found_from_any_remembered_one(rng):
    problem = CGT.of(0.1, 0.6, K=3000)
    last = problem.X[-2]
    points = [0.0, last, -1.0, *rng.uniform(0, last, 50), *problem.X[rng.integers(0, 3000, 50)]]
    shared, kind = CGT.workspace(problem), type(problem)
    for x in rng.permutation(points):
        f, g = kind.kernel(problem, shared, (x,), (x,))
        assert (f, g) == at(problem, x)
        assert kind.value(problem, shared, (x,)) == f
    assert math.isnan(kind.value(problem, shared, (math.nan,)))


def test_unit_steps_on_the_worst_case_take_exactly_the_predicted_number():
    problem = CGT.of(0.02, 0.6 * (1 + 1e-7), K=600_000)
    accuracies = 0.1, 0.01, 1e-3
    counts, trials, x, f = search(problem, 0.6, *accuracies)
    predicted = [math.ceil(e ** (-2 / 1.04)) - 1 for e in accuracies]
    assert counts.tolist() == predicted == [83, 7017, 587_801]
    assert trials == counts[-1]  # no step is ever halved
    assert (x, f) == (problem.X[587_801], problem.F[587_801])


@pytest.mark.parametrize("lam", [0.1, 0.5, 0.8])
def test_unit_steps_reach_the_horizon_at_its_end(lam):
    problem = Horizon.of(1e-2, lam)
    counts, trials, x, f = search(problem, lam, 1e-2)
    assert counts[0] == trials == problem.F.size - 1 and x == problem.X[-2] and f == 0.0
    assert counts[0] * 1e-4 / problem.F[0] == pytest.approx(1 / lam, rel=3e-3)
    assert problem.h == (1.0 if lam == 0.8 else 2.0)


def test_worst_cases_out_of_range_are_named():
    with pytest.raises(ValueError, match="0 < eta < 1/2"):
        CGT.of(0.5, 0.6)
    with pytest.raises(ValueError, match="0 < lam < 1"):
        Horizon.of(0.01, 1.0)
    problem = CGT.of(0.1, 0.6, K=5)
    assert "ascend" in problem._replace(X=problem.X[::-1].copy()).faults()[0]
    assert "descend" in problem._replace(F=problem.F[::-1].copy()).faults()[0]
    assert "one more than F" in problem._replace(F=problem.F[:-1]).faults()[0]


@pytest.mark.parametrize("family", [CGT, Horizon, DigitsNetwork], ids=lambda kind: kind.__name__)
def test_values_fold_no_constant(family):
    assert [fault for function in [*functions_of(family), family.value] for fault in lint(function)] == []
