"""Rows drawn one a step: unbiased draws, the ball's projection, certified minimisers, the generated data."""

import math

import mpmath
import numpy as np
import pytest

from problems import StochasticLogistic, StochasticSoftmax
from problems import stochastic_logistic as logistic
from problems import stochastic_softmax as softmax
from problems.minimisers import excess, minimiser
from theorylab import GD, run
from theorylab.kernels import Stream, as_state, draw, project, uniform, workspace
from theorylab.methods import ScheduledSGD
from theorylab.methods.schedules import Linear
from theorylab.replay import Draws, Replay, precision
from theorylab.runs import BadInput

EXAMPLES = [*StochasticLogistic.examples(), *StochasticSoftmax.examples()]
STREAM = Stream(np.uint64(5), np.uint64(0))


def named(problem):
    return f"{type(problem).__name__}-{problem.dimension}"


def rows_of(problem):
    return problem.z if isinstance(problem, StochasticLogistic) else problem.x


def steps_of_rows(problem):
    """For every row the first step that draws it."""
    n, found, k = len(rows_of(problem)), {}, 0
    while len(found) < n:
        found.setdefault(int(uniform(STREAM, k) * n), k)
        k += 1
    return [found[i] for i in range(n)]


def away(problem, size=1.0):
    return problem.optimum + size * np.random.default_rng(1).standard_normal(problem.dimension)


@pytest.mark.parametrize("instance", EXAMPLES, ids=named)
def test_the_exact_mean_of_the_draws_is_the_gap_and_the_gradient(instance, ask):
    x = as_state(away(instance))
    drawn = []
    for k in steps_of_rows(instance):
        value, g = draw(instance, workspace(instance), x, as_state(np.full(instance.dimension, 7.0)), k, STREAM)
        drawn.append((value, np.array(g)))
    gap, gradient = ask(instance, x)
    assert np.mean([value for value, _ in drawn]) == pytest.approx(gap, rel=1e-13)
    np.testing.assert_allclose(np.mean([g for _, g in drawn], axis=0), gradient, rtol=0, atol=1e-14)
    assert np.std([g for _, g in drawn], axis=0).min() > 0.01  # every row has its own


@pytest.mark.parametrize("instance", EXAMPLES, ids=named)
def test_rows_are_drawn_with_replacement_and_equally_often(instance):
    n, steps = len(rows_of(instance)), 400 * len(rows_of(instance))
    counts = np.bincount([int(uniform(STREAM, k) * n) for k in range(steps)], minlength=n)
    assert ((counts - 400) ** 2 / 400).sum() < n + 5 * math.sqrt(2 * n)  # chi-square


@pytest.mark.parametrize("instance", EXAMPLES, ids=named)
def test_the_projection_is_the_nearest_point_of_the_ball_and_leaves_the_inside_alone(instance):
    radius = 1.3 * float(np.linalg.norm(instance.optimum))
    ball, direction = instance._replace(radius=radius), np.random.default_rng(2).standard_normal(instance.dimension)
    direction /= np.linalg.norm(direction)
    inside = as_state(0.9 * radius * direction)
    assert np.array_equal(project(ball, inside), as_state(0.9 * radius * direction))
    for factor in (1.01, 3.0):
        outside = np.array(project(ball, as_state(factor * radius * direction)))
        np.testing.assert_allclose(outside, radius * direction, rtol=1e-14)
    free = instance._replace(radius=math.inf)
    assert np.array_equal(project(free, as_state(1e100 * direction)), 1e100 * direction)


@pytest.mark.parametrize("instance", EXAMPLES, ids=named)
def test_the_gap_grows_quadratically_from_the_minimiser(instance, gaps):
    directions = np.random.default_rng(4).standard_normal((5, instance.dimension))
    near, far = (gaps(instance, instance.optimum + h * directions) for h in (1e-3, 2e-3))
    np.testing.assert_allclose(np.log2(far / near), 2.0, atol=0.01)


@pytest.mark.parametrize("instance", EXAMPLES, ids=named)
def test_the_replay_in_balls_makes_the_same_draws(instance):
    method = ScheduledSGD(4.0, Linear(), 6)
    trace = run(instance, method, steps=6, record=range(7), seed=5, start=away(instance, 0.3))
    with precision(160):
        replay = Replay(instance, method, Draws.of_uniform(STREAM, 0, 6))
        states = replay.states(replay.first(as_state(trace.x[0])), 6)
        for state, x in zip(states, trace.x, strict=True):
            np.testing.assert_allclose([float(b.v.mid()) for b in state.at.x], x, rtol=0, atol=1e-13)
    assert np.linalg.norm(trace.x[1:], axis=1).max() <= instance.radius * (1 + 1e-15)


@pytest.mark.parametrize(
    ("instance", "gradient"),
    [(EXAMPLES[1], lambda w: logistic._value_grad(EXAMPLES[1].z, w)), (EXAMPLES[3], lambda w: softmax._value_grad(
        EXAMPLES[3].x, EXAMPLES[3].targets, EXAMPLES[3].l2, w))],
)  # fmt: skip
def test_values_outside_the_kernels_are_the_kernels_and_the_hessian_is_their_derivative(instance, gradient, ask):
    w, h = away(instance), 1e-5
    value, slope = gradient(w)
    gap, found = ask(instance, w)
    assert value - instance.least == pytest.approx(gap, rel=1e-13)
    np.testing.assert_allclose(slope, found, rtol=0, atol=1e-14)
    data = (instance.z,) if isinstance(instance, StochasticLogistic) else (instance.x, instance.targets, instance.l2)
    module = logistic if isinstance(instance, StochasticLogistic) else softmax
    differences = [(gradient(w + h * e)[1] - gradient(w - h * e)[1]) / (2 * h) for e in np.eye(instance.dimension)]
    np.testing.assert_allclose(module._hessian(*data, w), differences, atol=1e-9)


def test_the_stand_in_of_the_specification_has_its_size_and_a_minimiser_to_1e_12():
    problem = StochasticLogistic.random()
    assert problem.z.shape == (4000, 100)
    assert math.log(2.0) - problem.least == pytest.approx(0.293, abs=5e-4)  # the gap at the origin
    assert np.linalg.norm(problem.optimum) == pytest.approx(25.6, abs=0.05)
    assert problem.excess() < 1e-12
    # the rows in the order of the specification: inputs, direction, flips
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4000, 100)) / 10.0
    wrong = np.sign((problem.z * x).sum(axis=1)) != np.sign(x @ (3.0 * rng.standard_normal(100)))
    assert wrong.tolist() == (rng.random(4000) < 0.1).tolist()
    ball = problem.in_ball(1.05)
    assert ball.radius == pytest.approx(1.05 * 25.6, rel=2e-3) and ball.faults() == []


def test_the_bound_on_the_excess_holds_away_from_the_minimiser_and_gives_up_in_time():
    problem = StochasticLogistic.examples()[1]
    largest = np.linalg.norm(problem.z, axis=1).max()
    reached = []
    for size in (1e-4, 1e-3, 1e-2, 1e-1, 3.0):
        w = away(problem, size)
        value, slope = logistic._value_grad(problem.z, w)
        curvature = np.linalg.eigvalsh(logistic._hessian(problem.z, w))[0]
        bound = excess(np.linalg.norm(slope), curvature, largest)
        assert bound >= value - problem.least
        reached.append(math.isfinite(bound))
    assert reached[0] and not reached[-1]
    assert excess(0.2, 0.1, 0.0) == 0.2**2 / 0.2  # strong convexity


def test_newton_ends_where_l_bfgs_could_not_and_fifty_digits_agree():
    with mpmath.workdps(50):
        root = mpmath.findroot(lambda u: mpmath.exp(u) - 1.25, 0.2)
        found = minimiser(lambda u: (math.exp(u[0]) - 1.25 * u[0], np.array([math.exp(u[0]) - 1.25])),
                          lambda u: np.array([[math.exp(u[0])]]), np.zeros(1))  # fmt: skip
        assert abs(found[0] - float(root)) <= 2 * np.spacing(1.25)  # the gradient is known to an ulp of 1.25


def test_a_wrong_minimiser_least_value_or_radius_is_refused_before_anything_runs():
    problem = StochasticLogistic.examples()[1]
    for wrong, what in (
        (problem._replace(optimum=problem.optimum + 1e-3), "optimum has a gradient of norm"),
        (problem._replace(least=problem.least + 1e-6), "least is"),
        (problem._replace(radius=0.5 * float(np.linalg.norm(problem.optimum))), "radius is"),
        (problem._replace(optimum=problem.optimum[1:]), "optimum is of shape"),
    ):
        with pytest.raises(BadInput, match=what):
            run(wrong, GD(0.1), steps=1)
    one_hot = StochasticSoftmax.examples()[1]
    with pytest.raises(BadInput, match="no class"):
        run(one_hot._replace(targets=0.5 * one_hot.targets), GD(0.1), steps=1)


def test_digits_are_split_as_the_specification_says():
    pytest.importorskip("sklearn")
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    (x, y), (other, rest) = softmax.digits_split()
    order = np.random.default_rng(0).permutation(1797)
    assert x.shape == (1347, 65) and other.shape == (450, 65)
    assert np.array_equal(x[:, :64] * 16.0, images[order[:1347]]) and (x[:, 64] == 1.0).all()
    assert np.array_equal(np.concatenate([y, rest]), labels[order])
    noisy = softmax.digits_split(0.1)
    assert np.array_equal(noisy[0][0], x) and np.array_equal(noisy[1][1], rest)
    assert 0.07 < (noisy[0][1] != y).mean() < 0.11  # a tenth of the random labels is right


def test_softmax_on_digits_has_its_minimiser_to_1e_12_and_classifies():
    pytest.importorskip("sklearn")
    problem = StochasticSoftmax.of_digits()
    assert problem.dimension == 650 and problem.excess() < 1e-12
    assert problem.radius == pytest.approx(1.5 * np.linalg.norm(problem.optimum), rel=1e-15)
    assert problem.accuracy(problem.optimum, *softmax.digits_split()[1]) > 0.97
    both = problem.accuracy(np.stack([problem.optimum, -problem.optimum]), *softmax.digits_split()[1])
    assert both[0] > 0.97 and both[1] < 0.1


def test_without_scikit_learn_a_sentence_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"scikit-learn.*pip install 'theorylab\[data\]'"):
        StochasticSoftmax.of_digits()
