"""Real iterations whose exponents follow from the flow u' = -u^(p-1): f = u^p / p decays like t^(-p / (p - 2))."""

import math

import numpy as np
import pytest
from numba import njit

from theorylab.fits import fit_rate


def records(first, last):
    n = int(40 * math.log10(last / first)) + 1
    return np.unique(np.rint(np.geomspace(first, last, n))).astype(np.int64)


@njit
def descend_power(u, p, eta, steps):
    gap = np.empty(len(steps))
    j = 0
    for k in range(1, steps[-1] + 1):
        u -= eta * u ** (p - 1.0)
        if k == steps[j]:
            gap[j] = u**p / p
            j += 1
    return gap


@njit
def descend_ravine(x, y, p, a, eta, steps):
    gap = np.empty(len(steps))
    j = 0
    for k in range(1, steps[-1] + 1):
        normal = y - x * x
        slope = p * abs(x) ** (p - 1.0) * np.sign(x)
        x, y = x - eta * (slope - 4 * a * normal * x), y - 2 * eta * a * normal
        if k == steps[j]:
            gap[j] = abs(x) ** p + a * (y - x * x) ** 2
            j += 1
    return gap


@njit
def descend_logistic(x, eta, steps):
    gap = np.empty(len(steps))
    j = 0
    for k in range(1, steps[-1] + 1):
        x += eta / (1 + math.exp(x))
        if k == steps[j]:
            gap[j] = math.log1p(math.exp(-x))
            j += 1
    return gap


@njit
def heavy_ball(x, eta, momentum, steps):
    gap = np.empty(len(steps))
    velocity, j = 0.0, 0
    for k in range(1, steps[-1] + 1):
        velocity = momentum * velocity - eta * x**3
        x += velocity
        if k == steps[j]:
            gap[j] = x**4 / 4
            j += 1
    return gap


@pytest.mark.parametrize("p", [3, 4, 5, 6, 8])
def test_gradient_descent_on_a_power_has_exponent_p_over_p_minus_2(p):
    steps = records(1e5, 2e6)
    fit = fit_rate(steps, descend_power(0.5, p, 0.1, steps))
    assert fit.law == "power"
    assert fit.low <= p / (p - 2) <= fit.high
    assert p / (p - 2) - 0.005 <= fit.low and fit.high <= p / (p - 2) + 0.005


def test_cubic_step_from_the_first_iteration_on():
    steps = np.unique(np.rint(np.geomspace(1, 1e5, 200))).astype(np.int64)
    fit = fit_rate(steps, descend_power(1.0, 4, 0.1, steps))
    assert fit.low <= 2 <= fit.high
    assert fit.high - fit.low < 0.002


@pytest.mark.parametrize("p, half", [(3, 0.01), (4, 0.01), (5, 0.01), (6, 0.01)])
def test_curved_ravine_has_the_exponent_of_the_straight_one(p, half):
    steps = records(1e5, 2e6)
    fit = fit_rate(steps, descend_ravine(0.5, 0.3, p, 1.0, 0.05, steps))
    assert fit.law == "power"
    assert fit.low <= p / (p - 2) <= fit.high
    assert fit.high - fit.low <= 2 * half


@pytest.mark.parametrize("p, first, last", [(8, 1e5, 2e6), (8, 10, 1e5)])
def test_curved_ravine_that_has_not_settled_is_held_or_left_open(p, first, last):
    steps = records(first, last)
    fit = fit_rate(steps, descend_ravine(0.5, 0.3, p, 1.0, 0.05, steps))
    assert fit.low <= p / (p - 2) <= fit.high


@pytest.mark.parametrize("p", [4, 5])
def test_curved_ravine_from_step_10_on(p):
    steps = records(10, 1e5)
    fit = fit_rate(steps, descend_ravine(0.5, 0.3, p, 1.0, 0.05, steps))
    assert fit.law == "power"
    assert fit.low <= p / (p - 2) <= fit.high
    assert fit.low <= fit.exponent <= fit.high  # for p = 4 the best law lies beside what the others agree on


def test_a_violent_start_before_a_slow_shifted_power_is_not_taken_for_noise():
    steps = records(1, 1e6)
    steps = steps[steps > 20]
    late = (steps + 1e5) ** -2.0
    fit = fit_rate(steps, late + np.exp(-steps / 30.0) * np.cos(steps / 5.0) ** 2)
    assert not fit.decided or fit.low <= 2 <= fit.high


@pytest.mark.parametrize("trace, p", [
    (lambda steps: descend_logistic(1.0, 0.1, steps), 1),
    (lambda steps: heavy_ball(1.0, 0.1, 0.9, steps), 2),
], ids=["logistic", "heavy ball"])
def test_other_dynamics_hold_their_exponent(trace, p):
    steps = records(10, 1e5)
    fit = fit_rate(steps, trace(steps))
    assert fit.law == "power"
    assert fit.low <= p <= fit.high
    assert fit.high - fit.low < 0.02


def test_gradient_descent_on_a_quadratic_is_exponential():
    steps = np.arange(1, 400)
    fit = fit_rate(steps, 0.5 * 0.95 ** (2 * steps))
    assert fit.law == "exponential"
    assert fit.ratio_low <= 0.95**2 <= fit.ratio_high


def betting_means(distance, last):
    """Means over t steps of |w_t - D| under coin betting with L = eps = 1, which fall like sqrt(ln t / t)."""
    steps, w, wealth, bound, theta, total = records(3000, last), 0.0, 1.0, 1.0, 0.0, 0.0
    means = []
    for t in range(1, last + 1):
        total += abs(w - distance)
        if t == steps[len(means)]:
            means.append(total / t)
        coin = math.copysign(1.0, distance - w)
        wealth, theta, bound = wealth + coin * w, theta + coin, bound + 1.0
        w = math.tanh(theta / (bound + 1.0)) * wealth
    return steps, np.array(means)


@pytest.mark.xfail(reason="a wobble is taken for noise, and the slow factor of the law is not doubted", strict=True)
def test_means_of_coin_betting_are_undecided_or_right():
    fit = fit_rate(*betting_means(1.0137, 10**6))
    assert fit.law == "undecided" or fit.low <= 0.5 <= fit.high
