"""Least absolute deviations and hinge losses: what a draw says, the order of the rows, and certified minima."""

import itertools
import sys

import numpy as np
import pytest
from numba import njit

from problems import HingeClassifier, LeastAbsolute, linear_minima
from problems.epochs import any_order, order_of
from theorylab.kernels import Stream, draw, fill, uniform, workspace
from theorylab.replay import Draws, lift


@njit
def _draws(problem, work, steps, x, stream):
    values, gradients = np.empty(steps.size), np.empty((steps.size, len(x)))
    g = fill(x, 7.0)  # a draw overwrites what is there
    for i in range(steps.size):
        f, g = draw(problem, work, x, g, steps[i], stream)
        values[i] = f
        for j in range(len(x)):
            gradients[i, j] = g[j]
    return values, gradients


@njit
def _work(problem):
    return workspace(problem)


def draws(problem, x, steps, seed=0, trajectory=0, work=None):
    """Values and gradients of the draws for these steps at one point."""
    x = tuple(map(float, x)) if len(x) <= 4 else np.array(x, dtype=float)
    stream = Stream(np.uint64(seed), np.uint64(trajectory))
    return _draws(problem, work or _work(problem), np.array(steps), x, stream)


def order(n, epoch, seed=0, trajectory=0, room=None):
    return order_of(room or any_order(n), epoch, Stream(np.uint64(seed), np.uint64(trajectory))).tolist()


@pytest.mark.parametrize("d", [3, 20])
def test_a_draw_of_least_absolute_deviations_is_the_row_that_its_uniform_number_names(d, rng):
    problem, x = LeastAbsolute.of(1.0, 50, d), rng.standard_normal(d)
    values, gradients = draws(problem, x, range(400), seed=5, trajectory=2)
    stream = Stream(np.uint64(5), np.uint64(2))
    rows = [int(50 * uniform(stream, k)) for k in range(400)]
    residuals = problem.a[rows] @ x - problem.b[rows]
    np.testing.assert_allclose(values, np.abs(residuals), rtol=1e-12)
    np.testing.assert_array_equal(gradients, np.sign(residuals)[:, None] * problem.a[rows])
    assert len(set(rows)) == 50
    assert (np.abs(gradients) <= problem.facts()["largest_draw"].value).all()


def test_the_mean_over_all_rows_is_value_and_gradient_of_the_whole(ask, rng):
    problem, x = LeastAbsolute.of(1.0, 40, 6), rng.standard_normal(6)
    residuals = problem.a @ x - problem.b
    f, g = ask(problem, x)
    assert f == pytest.approx(np.abs(residuals).mean(), rel=1e-14)
    np.testing.assert_allclose(g, (np.sign(residuals)[:, None] * problem.a).mean(axis=0), rtol=0, atol=1e-15)


@pytest.mark.parametrize("d", [3, 7])
def test_one_pass_of_the_hinge_loss_has_mean_value_and_gradient_of_the_whole(d, ask, rng):
    problem, x = HingeClassifier.random(60, d), rng.standard_normal(d)
    f, g = ask(problem, x)
    margins = problem.z @ x
    assert f == pytest.approx(np.maximum(0.0, 1.0 - margins).mean(), rel=1e-13) and (margins > 1).any()
    for epoch in (0, 3):
        values, gradients = draws(problem, x, range(60 * epoch, 60 * epoch + 60), seed=1)
        assert values.mean() == pytest.approx(f, rel=1e-13)
        np.testing.assert_allclose(gradients.mean(axis=0), g, rtol=0, atol=1e-14)
        assert (np.abs(gradients) <= problem.facts()["largest_draw"].value).all()


def test_draws_of_the_hinge_loss_are_pure_functions_of_step_and_key(rng):
    problem, x = HingeClassifier.random(30, 7), rng.standard_normal(7)
    steps = np.arange(120)
    values, gradients = draws(problem, x, steps, seed=4, trajectory=1)
    shuffled = rng.permutation(steps)  # epochs to and fro in one workspace, and after other keys in it
    work = _work(problem)
    for seed, trajectory in ((4, 2), (5, 1)):
        assert (draws(problem, x, steps, seed, trajectory, work)[0] != values).any()
        again = draws(problem, x, shuffled, seed=4, trajectory=1, work=work)
        np.testing.assert_array_equal(again[0], values[shuffled])
        np.testing.assert_array_equal(again[1], gradients[shuffled])


def test_orders_are_permutations_of_equal_chance():
    counts = dict.fromkeys(itertools.permutations(range(4)), 0)
    room = any_order(4)
    for epoch in range(4800):
        counts[tuple(order(4, epoch, seed=9, room=room))] += 1
    chi2 = sum((count - 200) ** 2 / 200 for count in counts.values())
    assert 8 < chi2 < 49  # 23 degrees of freedom: 0.1 % on either side


def test_the_replay_has_the_same_orders():
    stream = Stream(np.uint64(3), np.uint64(8))
    recorded = Draws.of(stream, 0, 4, 25)
    for epoch in (2, 0, 3):
        assert lift(order_of)(None, epoch, recorded) == order(25, epoch, 3, 8)


def test_keys_beyond_the_largest_signed_number_have_an_order_too():
    assert sorted(order(20, 0, 2**64 - 1, 2**64 - 1)) == list(range(20)) != order(20, 0, 2**64 - 1, 2**64 - 1)


@pytest.mark.parametrize("data", [LeastAbsolute.of(10.0, 300, 20), LeastAbsolute.of(0.1, 41, 3, seed=3),
                                  HingeClassifier.random(200, 6), HingeClassifier.random(9, 6, seed=4)],
                         ids=["lad 300x20", "lad 41x3", "hinge 200x6", "hinge 9x6"])  # fmt: skip
def test_no_point_around_a_minimum_is_lower_and_the_dual_bound_meets_it(data, ask, rng):
    found = data.minimum()
    assert abs(found.value - found.lower) <= 1e-12
    assert ask(data, found.x)[0] == pytest.approx(found.value, rel=1e-13, abs=1e-14)
    for scale in (1.0, 1e-2, 1e-5):
        for d in rng.standard_normal((20, data.dimension)):
            assert ask(data, found.x + scale * d)[0] >= found.value - 1e-14


def test_least_absolute_deviation_from_a_constant_is_that_from_the_median(rng):
    b = rng.standard_cauchy(31)
    found = LeastAbsolute(np.ones((31, 1)), b).minimum()
    assert found.x == pytest.approx([np.median(b)], rel=1e-13)


def test_a_minimum_that_the_dual_bound_does_not_meet_is_refused(monkeypatch):
    solved = linear_minima._solved
    monkeypatch.setattr(linear_minima, "_solved", lambda *given: (solved(*given)[0], np.zeros(len(given[0]))))
    with pytest.raises(ArithmeticError, match="is known to lie between"):
        HingeClassifier.random(50, 5, seed=77).minimum()
    with pytest.raises(ArithmeticError, match="is known to lie between"):
        LeastAbsolute.of(1.0, 50, 5, seed=77).minimum()


def test_spreads_share_their_data():
    small, large = LeastAbsolute.of(0.1, 30, 4), LeastAbsolute.of(100.0, 30, 4)
    np.testing.assert_array_equal(small.a, large.a)
    x, s = LeastAbsolute.of(1.0, 30, 4), LeastAbsolute.of(2.0, 30, 4)
    np.testing.assert_allclose(x.b - small.b, 0.9 * (s.b - x.b), atol=1e-14)


@pytest.mark.parametrize(("make", "shape", "least"), [(HingeClassifier.digits, (1797, 62), 0.0637),
                                                      (HingeClassifier.breast_cancer, (569, 31), 0.0)])  # fmt: skip
def test_real_data_have_columns_of_size_one_and_certified_minima(make, shape, least):
    pytest.importorskip("sklearn", reason="the data are those of scikit-learn")
    problem = make()
    assert problem.z.shape == shape and problem.faults() == []
    np.testing.assert_array_equal(problem.facts()["largest_draw"].value, 1.0)
    assert (np.abs(problem.z[:, -1]) == 1.0).all()
    assert problem.minimum().value == pytest.approx(least, abs=1e-4)
    assert 0.05 < (problem.z[:, -1] > 0).mean() < 0.7


@pytest.mark.parametrize("name", ["digits", "breast_cancer"])
def test_missing_package_is_named(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=rf"HingeClassifier.{name}.*pip install 'theorylab\[data\]'"):
        getattr(HingeClassifier, name)()
