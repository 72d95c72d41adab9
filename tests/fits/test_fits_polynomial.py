"""Polynomials: the leading coefficient is held, and neglected orders widen its interval."""

import numpy as np
import pytest

from theorylab.fits import fit_polynomial


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
