"""Scaling with a parameter of the problem from few points."""

import numpy as np
import pytest

from theorylab.calibration.sweeps import draw_sweep, sweep_table
from theorylab.fits import fit_parameter


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
    (False, True, 200, 0.95), (False, False, 60, 0.95), (True, True, 60, 0.9), (True, False, 60, 0.9),
])
def test_exponent_of_a_sweep_is_held(bend, known, draws, least):
    assert coverage(bend, known, draws) >= least


@pytest.mark.parametrize("kind, errors, draws, least, most", [
    ("pure", "per point", 60, 0.95, 0.2), ("correction", "known", 100, 0.9, 0.4), ("log", "known", 60, 0.85, 0.5),
    ("slow correction", "known", 60, 0.9, 0.5), ("shift", "known", 60, 0.9, 0.6),
])
def test_exponent_is_held_where_the_fit_decides(kind, errors, draws, least, most):
    row, = sweep_table(draws, 12, (kind,), (errors,))
    assert row.decided_coverage >= least
    assert row.undecided <= most
    assert row.naive_coverage < row.coverage


def test_pure_sweeps_are_fitted_about_as_narrowly_as_by_a_line_whose_errors_are_known():
    rng, ratios = np.random.default_rng(3), []
    for _ in range(60):
        drawn = draw_sweep("pure", rng)
        fit = fit_parameter(drawn.x, drawn.y, sd=drawn.sd)
        u = np.log(drawn.x)
        ratios.append((fit.high - fit.low) / 2 / (1.96 * drawn.sd[0] / np.linalg.norm(u - u.mean())))
    assert np.min(ratios) > 0.98
    assert np.median(ratios) < 1.6


def test_correction_within_the_errors_widens_the_interval():
    x = np.geomspace(1, 100, 7)
    plain, noisy = (fit_parameter(x, x**1.5, sd=sd) for sd in (1e-4, 0.02))
    u = np.log(x)
    reach = 1.96 / np.linalg.norm(u - u.mean())
    assert plain.high - plain.low < 2.2 * reach * 1e-4
    assert noisy.high - noisy.low > 2 * 1.2 * reach * 0.02
    assert "a correction x^-b" in noisy.why and "a correction" not in plain.why


@pytest.mark.parametrize("sd", [None, 0.003])
def test_units_of_x_and_y_do_not_matter(sd):
    rng = np.random.default_rng(8)
    drawn = draw_sweep("correction", rng)
    one = fit_parameter(drawn.x, drawn.y, sd=sd)
    other = fit_parameter(1e-5 * drawn.x, 1e7 * drawn.y, sd=sd)
    assert [other.value, other.low, other.high] == pytest.approx([one.value, one.low, one.high], abs=1e-7)
    assert other.constant == pytest.approx(one.constant * 1e7 * 1e5**one.value, rel=0.5)


def test_small_limit_is_the_large_limit_of_the_reciprocal():
    drawn = draw_sweep("correction", np.random.default_rng(9), "per point")
    large = fit_parameter(drawn.x, drawn.y, sd=drawn.sd)
    small = fit_parameter(1 / drawn.x[::-1], drawn.y[::-1], sd=drawn.sd[::-1], limit="small")
    assert [-small.value, -small.high, -small.low] == pytest.approx([large.value, large.low, large.high], abs=1e-9)


def test_level_orders_the_intervals():
    drawn = draw_sweep("pure", np.random.default_rng(1))
    half, most = (fit_parameter(drawn.x, drawn.y, sd=drawn.sd, level=level) for level in (0.5, 0.99))
    assert most.low < half.low < half.value < half.high < most.high


def test_errors_that_contradict_every_law_are_undecided():
    x = np.geomspace(1, 100, 10)
    fit = fit_parameter(x, x * np.exp(0.3 * (-1.0) ** np.arange(10)), sd=1e-3)
    assert not fit.decided and fit.high == np.inf
    assert "No law fits" in fit.why


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
    (dict(x=[1, 2, 3, 4, 5], y=np.ones(5), sd=[0.1, 0.1]), "shape"),
    (dict(x=[1, 2, 3, 4, 5], y=np.ones(5), limit="infinite"), "'large' or 'small'"),
    (dict(x=[1, 2, 3, 4, 5], y=np.ones(5), level=95), "level"),
])
def test_bad_sweep_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        fit_parameter(**arguments)


def test_unknown_kinds_of_sweeps_are_named():
    with pytest.raises(ValueError, match="no sweeps of kind 'cubic'"):
        draw_sweep("cubic", np.random.default_rng(0))
    with pytest.raises(ValueError, match="errors is 'none'"):
        draw_sweep("pure", np.random.default_rng(0), "none")
