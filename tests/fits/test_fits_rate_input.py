"""What fit_rate says of input that it cannot use, and what its result says of itself."""

import math

import numpy as np
import pytest

from theorylab.fits import fit_rate, local_exponents

T = np.geomspace(1, 1e4, 100)


@pytest.mark.parametrize("t, y, message", [
    (T, 1 / T[:-1], "same length"),
    (T[::-1], 1 / T, r"t must increase, but t\[1\]"),
    (np.arange(100), 1 / T, r"t must be positive, but t\[0\] = 0"),
    (T[:7], 1 / T[:7], "at least 8 points, but there are 7"),
    (T, np.full(100, np.nan), "Every y is nan"),
    (T, np.where(T > 1.2, 0.0, 1.0), "Only 2 points come before y = 0"),
    (np.where(T > 100, np.inf, T), 1 / T, "t must be finite"),
    (T, np.ones((3, 100)), "seeds_axis"),
], ids=["lengths", "order", "zero", "few", "nan", "vanishing", "infinite", "seeds"])
def test_bad_input_is_named(t, y, message):
    with pytest.raises(ValueError, match=message):
        fit_rate(t, y)


def test_trace_is_used_up_to_its_first_zero():
    fit = fit_rate(T, np.where(T > 1e3, 0.0, 1 / T))
    assert fit.window[1] <= 1e3
    assert fit.low <= 1 <= fit.high
    assert "later points were dropped" in fit.why


@pytest.mark.parametrize("scale", [1e-150, 1e-3, 1e150])
def test_exponent_does_not_depend_on_units(scale):
    y = (T + 7) ** -1.5
    here, there = fit_rate(T, y), fit_rate(T * 1e3, scale * y)
    assert there.exponent == pytest.approx(here.exponent, abs=1e-8)
    assert there.high - there.low == pytest.approx(here.high - here.low, abs=1e-8)
    assert math.log(there.constant / scale) == pytest.approx(math.log(here.constant) + 1.5 * math.log(1e3), abs=1e-6)


def test_growing_quantity_has_a_negative_exponent():
    fit = fit_rate(T, 3 * T**0.5)
    assert fit.low <= -0.5 <= fit.high
    assert fit.high < 0


def test_local_exponents_of_a_power_are_constant_and_of_a_logarithm_drift():
    table = local_exponents(T, 2 * T**-1.5)
    assert table[:, 1] == pytest.approx(1.5, abs=1e-12)
    assert np.all(np.diff(table[:, 0]) > 0)
    t = np.geomspace(10, 1e6, 200)
    assert np.all(np.diff(local_exponents(t, np.log(t) / t)[:, 1]) > 0)


def test_undecided_says_how_much_more_range_is_needed():
    rng = np.random.default_rng(0)
    t = np.geomspace(10, 100, 40)
    fit = fit_rate(t, np.exp(0.3 * rng.standard_normal(40)) / t)
    assert fit.law == "undecided"
    assert fit.decades_missing > 0
    assert "more decades" in fit.why


def test_result_shows_law_and_interval_and_cannot_be_changed():
    fit = fit_rate(T, 1 / T + 3 / T**1.5)
    assert "[" in str(fit) and "power" in str(fit)
    assert "<b>" in fit._repr_html_()
    with pytest.raises(AttributeError):
        fit.exponent = 2.0
