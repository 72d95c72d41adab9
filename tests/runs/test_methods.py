"""Methods against their formulas, written out in plain Python with sums in exact order."""

import math

import numpy as np
import pytest

from problems import CoupledQuartics, Quadratic, SumOfPowers
from theorylab import GD, AdaGradNorm, HeavyBall, run
from theorylab.kernels import Stream, cache
from theorylab.runs import BadInput, Status

QUARTICS = CoupledQuartics(1.0, 2.0, 0.5)
START = np.array([0.9, -0.4])


def slope(x):
    u, v = x
    return np.array([4 * u**3 + 2 * u * v**2, 8 * v**3 + 2 * u**2 * v])


def test_heavy_ball_is_the_recursion_of_its_formula():
    eta, beta = 0.05, 0.9
    trace = run(QUARTICS, HeavyBall(eta, beta), steps=300, record=range(301), start=START)
    x, v = START, np.zeros(2)
    for k in range(301):
        np.testing.assert_allclose(trace.x[k], x, rtol=0, atol=1e-12)
        np.testing.assert_allclose(trace.memory[k], v, rtol=0, atol=1e-12)
        v = beta * v - eta * slope(x)
        x = x + v
    assert np.sign(trace.x[:, 0]).min() < 0  # it swings past the minimiser, which gradient descent never does here


def test_heavy_ball_without_momentum_is_gradient_descent():
    ball, descent = (run(QUARTICS, method, steps=500, start=START) for method in (HeavyBall(0.1, 0.0), GD(0.1)))
    np.testing.assert_allclose(ball.x, descent.x, rtol=1e-13)


def test_heavy_ball_in_many_dimensions_is_the_one_dimensional_recursion_of_each_eigenvalue():
    eigenvalues, eta, beta = np.linspace(0.5, 3.0, 6), 0.3, 0.6
    trace = run(Quadratic(eigenvalues), HeavyBall(eta, beta), steps=40, record=range(41))
    for i, mu in enumerate(eigenvalues):
        step = np.array([[1 - eta * mu, beta], [-eta * mu, beta]])
        x = [np.linalg.matrix_power(step, k)[0, 0] * 0.5 for k in range(41)]
        np.testing.assert_allclose(trace.x[:, i], x, rtol=0, atol=1e-14)


def test_a_ball_that_rests_at_its_turning_point_for_a_step_starts_again():
    # beta v = eta g to the last bit: the first step is null, the second one falls.
    problem, method = Quadratic(np.array([1.0])), HeavyBall(0.25, 0.5)
    loops = cache.compiled(problem, method)
    carry = loops.begin(problem, method, (1.0,))
    carry = carry._replace(memory=carry.memory._replace(v=(0.5,)))
    table, stream = np.empty((1, 9)), Stream(np.uint64(0), np.uint64(0))
    end = loops.descend(problem, method, carry, stream, np.array([5]), 0, 1, np.array([0.0]), np.array([-1]),
                        math.inf, method.patience(), table)  # fmt: skip
    assert (end.k, end.status) == (5, Status.STEP_LIMIT) and end.at.x[0] < 1.0


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.95])
def test_patience_lasts_until_the_old_velocity_is_below_rounding(momentum):
    patience = HeavyBall(0.1, momentum).patience()
    assert momentum ** (patience - 1) <= 2.0**-53 if momentum else patience == 1
    assert momentum ** (patience - 3) > 2.0**-53 if momentum else True
    still = run(SumOfPowers((1.0,), (4,)), HeavyBall(1e-300, momentum), steps=10**5, start=[1.0])
    assert still.status == Status.STALLED and still.step[-1] == patience


def test_adagrad_norm_is_the_recursion_of_its_formula():
    eta, b0 = 1.5, 0.5
    trace = run(QUARTICS, AdaGradNorm(eta, b0), steps=300, record=range(301), start=START)
    x, squares = START, [b0**2]
    for k in range(301):
        np.testing.assert_allclose(trace.x[k], x, rtol=0, atol=1e-12)
        assert trace.memory[k, 0] == pytest.approx(math.fsum(squares), rel=1e-12)
        squares.append(float(slope(x) @ slope(x)))
        stepsize = eta / math.sqrt(math.fsum(squares))
        assert trace.stepsize[k] == pytest.approx(stepsize, rel=1e-12)
        x = x - stepsize * slope(x)
    assert (np.diff(trace.stepsize) < 0).all()


def test_adagrad_norm_never_moves_farther_than_its_stepsize():
    trace = run(QUARTICS, AdaGradNorm(0.25, 1e-9), steps=100, record=range(101), start=100 * START)
    moves = np.linalg.norm(np.diff(trace.x, axis=0), axis=1)
    assert (moves <= 0.25 * (1 + 1e-12)).all() and moves[0] == pytest.approx(0.25, rel=1e-12)


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        (HeavyBall(0.1, 1.0), "HeavyBall.momentum is 1.0; it has to be at least 0 and below 1"),
        (HeavyBall(0.1, -0.1), "HeavyBall.momentum is -0.1"),
        (HeavyBall(0.1, math.nan), "HeavyBall.momentum is nan"),
        (HeavyBall(0.0, 0.5), "HeavyBall.stepsize is 0.0; it has to be a positive finite number"),
        (AdaGradNorm(0.1, 0.0), "AdaGradNorm.b0 is 0.0; it has to be a positive finite number"),
        (AdaGradNorm(-1.0, 1.0), "AdaGradNorm.stepsize is -1.0"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_field_out_of_its_range_is_named_in_a_sentence(method, sentence):
    with pytest.raises(BadInput) as caught:
        run(QUARTICS, method, steps=10)
    assert sentence in str(caught.value)
