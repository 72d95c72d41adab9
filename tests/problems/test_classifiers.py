"""Losses of margins and their means: formulas, underflow, what is stated and what is refused."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from numba import njit

from problems import LinearClassifier
from problems.losses import Exponential, FlattenedExp, FlattenedPoly, Logistic, log_exp_sum
from problems.samples import Sample, nonsep1d, pair, toy
from theorylab import GD, run
from theorylab.kernels import log_mean, value_decay
from theorylab.methods import MarginWatch
from theorylab.runs import BadInput, Status

LOSSES = [Logistic(), Exponential(), FlattenedExp(0.5), FlattenedExp(2.0), FlattenedPoly(0.5), FlattenedPoly(3.0)]


@njit
def _ask(loss, m):
    return value_decay(loss, m)


@njit
def _log(loss, margins, weights, f):
    return log_mean(loss, margins, weights, f)


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_value_and_decay_are_those_of_the_formula(loss):
    m = sp.Symbol("m", real=True)
    formula = loss.formula(m)
    exact = sp.lambdify(m, [formula, -sp.diff(formula, m)], "mpmath")
    with mpmath.workdps(50):
        for at in (-30.0, -1.5, -1e-3, 1e-3, 0.7, 4.0, 60.0):
            expected = [float(v) for v in exact(mpmath.mpf(at))]
            assert _ask(loss, at) == pytest.approx(expected, rel=2e-15)


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_loss_is_continuous_and_decreasing_at_the_kink(loss):
    left, right = _ask(loss, -1e-12), _ask(loss, 1e-12)
    assert left == pytest.approx(right, rel=1e-11)
    assert left[0] > right[0]


def test_logarithm_of_the_mean_survives_where_the_mean_underflows():
    margins, weights = np.array([1500.0, 1502.0, 3000.0]), np.array([0.2, 0.5, 0.3])
    expected = -1500.0 + math.log(0.2 + 0.5 * math.exp(-2.0))
    assert _log(Logistic(), margins, weights, 0.0) == pytest.approx(expected, rel=1e-15)
    assert _log(FlattenedExp(2.0), margins, weights, 0.0) == pytest.approx(-3000 + math.log(0.2 + 0.5 * math.exp(-4)))
    assert log_exp_sum(-margins, weights, 1.0) == pytest.approx(3000.0 + math.log(0.3), rel=1e-15)


def test_exponential_loss_leaves_float64_as_infinity_and_not_as_an_error():
    assert _ask(Exponential(), -800.0) == (math.inf, math.inf)


def test_margin_direction_and_norm_are_facts_and_f_star_only_where_the_data_are_separable():
    facts = LinearClassifier(pair(0.05)).facts()
    assert facts["margin"].value == pytest.approx(0.05, rel=1e-12) and facts["n"].value == 2
    np.testing.assert_allclose(facts["max_margin_direction"].value, [1.0, 0.0], atol=1e-9)
    assert facts["f_star"].value == 0.0
    assert not {"f_star", "margin"} & set(LinearClassifier(nonsep1d()).facts())


def test_data_of_unknown_infimum_run_without_a_floor():
    trace = run(LinearClassifier(nonsep1d()), GD(1.0), steps=200)
    assert trace.status == Status.STALLED  # at the minimiser, not at a gap of zero
    assert trace.x[-1, 0] == pytest.approx(math.log(3.0), abs=1e-6)


def test_stepsize_beyond_overflow_is_refused_in_a_sentence_that_says_what_to_take():
    problem = LinearClassifier(toy())
    with pytest.raises(BadInput, match=r"stepsize is 1e\+150 on data of norm 2.00998.*at most 1e\+150.*Perceptron"):
        run(problem, GD(1e150), steps=10)
    with pytest.raises(BadInput, match="overflow"):
        run(problem, MarginWatch.of(problem, GD(1e200)), steps=10)
    assert run(problem, GD(1e149), steps=2).status != Status.DIVERGED


def test_something_else_in_the_place_of_sample_or_loss_is_named():
    sample = pair(0.05)
    for problem, said in (
        (LinearClassifier(3.0), "LinearClassifier.sample is 3.0; it has to be a Sample"),
        (LinearClassifier(sample, None), "LinearClassifier.loss is None; it has to be a loss"),
        (LinearClassifier(sample, FlattenedPoly(-1.0)), "FlattenedPoly.a is -1.0"),
        (LinearClassifier(Sample(sample.z, np.array([0.5, 0.6]), 2)), "it has to be 1"),
    ):
        with pytest.raises(BadInput, match=said):
            run(problem, GD(1.0), steps=1)
