"""Scaling with a parameter of the problem from few points, polynomials, and means over seeds."""

import numpy as np
import pytest

from theorylab.fits import fit_parameter, fit_polynomial, mean_interval


def sweep(rng, bend, sd):
    n, s = int(rng.integers(5, 11)), rng.uniform(-3, 3)
    x = np.geomspace(1, 10 ** rng.uniform(1, 3), n)
    correction = 1 + rng.uniform(-0.5, 1) * x ** -rng.uniform(0.5, 1.5) if bend else 1.0
    return x, x**s * correction * np.exp(sd * rng.standard_normal(n)), s


def coverage(bend, known, draws):
    rng, hits = np.random.default_rng(11), []
    for _ in range(draws):
        sd = 10 ** rng.uniform(-4, -1.3)
        x, y, s = sweep(rng, bend, sd)
        fit = fit_parameter(x, y, sd=sd if known else None)
        hits.append(fit.low <= s <= fit.high)
    return np.mean(hits)


@pytest.mark.parametrize("bend, known, draws, least", [
    (False, True, 200, 0.9), (False, False, 60, 0.95), (True, True, 60, 0.8), (True, False, 60, 0.85),
])
def test_exponent_of_a_sweep_is_held(bend, known, draws, least):
    assert coverage(bend, known, draws) >= least


def test_exact_power_law_is_narrow_in_both_limits():
    x = np.geomspace(1e-4, 1e2, 7)
    for limit in ("large", "small"):
        fit = fit_parameter(x, 4 * x ** (1 / 3), limit=limit)
        assert fit.exponent == pytest.approx(1 / 3, abs=1e-10)
        assert fit.constant == pytest.approx(4, rel=1e-9)
        assert fit.decided and fit.high - fit.low < 1e-6


def test_limit_names_the_end_that_the_law_is_about():
    x = np.geomspace(1e-3, 1e3, 10)
    y = x + x**2
    small, large = fit_parameter(x, y, sd=1e-6, limit="small"), fit_parameter(x, y, sd=1e-6, limit="large")
    assert not 1 - 0.2 > small.high and not 1 + 0.2 < small.low
    assert abs(small.exponent - 1) < abs(small.exponent - 2)
    assert abs(large.exponent - 2) < abs(large.exponent - 1)


@pytest.mark.parametrize("arguments, message", [
    (dict(x=[1, 2, 3, 4], y=[1, 1, 1, 1]), "at least 5"),
    (dict(x=[1, 2, 3, 4, 5], y=[1, 1, 0, 1, 1]), "y = 0 at x = 3"),
    (dict(x=[1, 2, 3, 4, 5], y=np.ones(5), sd=0.0), "sd"),
    (dict(x=[1, 2, 3, 4, 5], y=np.ones(5), limit="infinite"), "'large' or 'small'"),
])
def test_bad_sweep_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_parameter(**arguments)


def test_leading_coefficient_of_a_rounded_quadratic_is_held_where_the_bare_slope_exceeds_2():
    rng, held = np.random.default_rng(2), []
    length = np.log(10) * np.arange(1, 11)
    for _ in range(200):
        y = np.ceil(24.17 * length**2 - 30 * length + 5 + 5 * rng.standard_normal(10))
        fit = fit_polynomial(length, y, 2)
        held.append(fit.low <= 24.17 <= fit.high)
    assert np.mean(held) >= 0.95
    assert fit.high - fit.low < 0.1 * fit.leading
    assert np.polyfit(np.log(length[3:]), np.log(y[3:]), 1)[0] > 2.05


def test_polynomial_is_recovered_and_its_coefficients_come_lowest_first():
    x = np.linspace(1, 9, 12)
    fit = fit_polynomial(x, 3 - 2 * x + 0.5 * x**2, 2)
    assert fit.coefficients == pytest.approx([3, -2, 0.5], abs=1e-10)
    assert fit.decided and fit.low <= 0.5 + 1e-12 and fit.high >= 0.5 - 1e-12


def test_a_neglected_cubic_widens_the_interval_of_the_quadratic():
    x = np.linspace(1, 9, 12)
    straight, bent = fit_polynomial(x, x**2, 2), fit_polynomial(x, x**2 + 0.05 * x**3, 2)
    assert bent.high - bent.low > 100 * (straight.high - straight.low)


@pytest.mark.parametrize("draw, truth", [
    (lambda rng, n: rng.standard_normal(n), 0.0),
    (lambda rng, n: rng.lognormal(0, 1, n), np.exp(0.5)),
    (lambda rng, n: rng.standard_t(3, n), 0.0),
], ids=["normal", "lognormal", "student 3"])
def test_mean_interval_holds_the_mean_of_skewed_and_heavy_tailed_seeds(draw, truth):
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(300):
        interval = mean_interval(draw(rng, 30))
        hits += interval.low <= truth <= interval.high
    assert hits >= 0.9 * 300


def test_mean_interval_is_skewed_where_the_seeds_are():
    interval = mean_interval(np.random.default_rng(0).lognormal(0, 1, 40))
    assert interval.high - interval.value > 1.2 * (interval.value - interval.low)


def test_mean_interval_of_equal_values_is_a_point_and_bad_seeds_are_named():
    assert mean_interval([2.0] * 10).low == mean_interval([2.0] * 10).high == 2.0
    with pytest.raises(ValueError, match="at least 2 seeds"):
        mean_interval([1.0])
    with pytest.raises(ValueError, match="Seed 1 gave a value that is not finite"):
        mean_interval([1.0, np.inf, 2.0])
    with pytest.raises(ValueError, match="level"):
        mean_interval([1.0, 2.0], level=1.0)
