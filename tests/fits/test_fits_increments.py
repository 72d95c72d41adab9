"""The limit of increments: linear growth, whatever constant and slower terms come with it."""

import math

import numpy as np
import pytest

from theorylab.fits import fit_increments

T = np.unique(np.rint(np.geomspace(10, 1e5, 120)))


@pytest.mark.parametrize("rest", [
    lambda t: 7 + 0 * t, lambda t: 5 * np.log(t) - 20, lambda t: 5 * np.sqrt(t), lambda t: 2 * np.log(t) ** 2,
    lambda t: 1e5 + 3 * t**0.25, lambda t: 9 * np.log(np.log(t)), lambda t: 4 * t**0.65, lambda t: -100 - np.log(t),
], ids=["constant", "log", "root", "log^2", "offset", "log log", "t^.65", "negative at first"])
def test_slope_of_linear_growth_is_held(rest):
    fit = fit_increments(T, 3 * T + rest(T))
    assert fit.decided
    assert fit.low <= 3 <= fit.high
    assert fit.high - fit.low < 0.2


@pytest.mark.parametrize("growth", [
    lambda t: t * np.log(t), lambda t: t**1.05, lambda t: t**0.95, lambda t: t / np.log(t), np.sqrt, np.square,
], ids=["t log t", "t^1.05", "t^.95", "t / log t", "root", "square"])
def test_growth_that_is_not_linear_is_undecided(growth):
    assert not fit_increments(T, growth(T)).decided


@pytest.mark.parametrize("eta", [0.1, 1.0])
def test_inverse_logistic_loss_grows_by_the_stepsize(eta):
    """x <- x + eta / (1 + e^x) has e^x = eta t + O(log t), and 1 / log(1 + e^-x) = e^x + 1/2 + O(e^-x)."""
    x, y, wanted = 0.0, [], set(T)
    for t in range(int(T[-1]) + 1):
        if t in wanted:
            y.append(1 / math.log1p(math.exp(-x)))
        x += eta / (1 + math.exp(x))
    fit = fit_increments(T, y)
    assert fit.decided and fit.low <= eta <= fit.high
    assert fit.high - fit.low < 1e-3 * eta
    # the last ratio y/t is off by more: (log t)/t has not died out
    assert fit.high - fit.low < 0.1 * abs(y[-1] / T[-1] - eta)


def test_root_of_a_quartic_under_gradient_descent_grows_by_4_eta():
    """x <- x - eta x^3 on f = x^4/4 has (x^-2)' = 2 eta, and f^(-1/2) = 2 x^-2."""
    x, eta, y, wanted = 1.0, 0.1, [], set(T)
    for t in range(int(T[-1]) + 1):
        if t in wanted:
            y.append((x**4 / 4) ** -0.5)
        x -= eta * x**3
    fit = fit_increments(T, y)
    assert fit.decided and fit.low <= 4 * eta <= fit.high
    assert fit.high - fit.low < 1e-6


def test_a_constant_changes_the_value_by_rounding_only():
    y = 3 * T + 5 * np.log(T)
    one, other = fit_increments(T, y), fit_increments(T, y + 1e4)
    assert other.value == pytest.approx(one.value, rel=1e-8)
    scaled = fit_increments(1e3 * T, 7 * y)
    assert scaled.value == pytest.approx(7e-3 * one.value, rel=1e-8)


@pytest.mark.parametrize("rest", [
    lambda t: 0 * t, np.log, np.sqrt, lambda t: t**0.6, lambda t: np.log(t) * (1 + 1 / t),
], ids=["constant", "log", "root", "t^.6", "log with 1/t"])
def test_slope_with_known_errors_is_held(rest):
    rng, rows = np.random.default_rng(3), []
    for _ in range(100):
        t = np.geomspace(10, 10 ** rng.uniform(2, 4), int(rng.integers(8, 40)))
        a, sd = rng.uniform(0.1, 3), 10 ** rng.uniform(-3, 0)
        sd = a * sd * (10 if rng.random() < 0.5 else t / 10)
        y = a * t + 10 * rng.normal() + a * 10 * rng.normal() * rest(t) + sd * rng.standard_normal(len(t))
        fit = fit_increments(t, y, sd=sd)
        rows.append((fit.low <= a <= fit.high, fit.decided))
    covered, decided = np.array(rows).T
    assert covered.mean() >= 0.92
    assert covered[decided].mean() >= 0.9
    assert decided.mean() > 0.5


def test_errors_that_contradict_linear_growth_are_undecided():
    fit = fit_increments(T, T**1.5, sd=0.1)
    assert not fit.decided and fit.high == np.inf and "No law" in fit.why


@pytest.mark.parametrize("arguments, message", [
    (dict(t=T[:7], y=T[:7]), "at least 8"), (dict(t=T, y=np.where(T == 10, np.nan, T)), "y = nan at t = 10"),
    (dict(t=T, y=T, sd=0.0), "sd"), (dict(t=T, y=T, sd=[1.0, 2.0]), "shape"), (dict(t=T, y=T, level=1.0), "level"),
    (dict(t=-T[::-1], y=T), "positive"),
])
def test_bad_traces_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_increments(**arguments)
