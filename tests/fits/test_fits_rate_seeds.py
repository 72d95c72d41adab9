"""Seeds: the unit of resampling, and the two intervals where noise could hide a logarithm."""

import numpy as np
import pytest

from theorylab.calibration.synthetic import correlated
from theorylab.fits import fit_rate


def test_more_seeds_give_a_narrower_interval():
    rng = np.random.default_rng(3)
    t = np.geomspace(1, 1e5, 200)
    y = t**-1.0 * np.exp(0.3 * correlated(rng, 256, len(t)))
    few, many = fit_rate(t, y[:8], seeds_axis=0), fit_rate(t, y, seeds_axis=0)
    assert many.high - many.low < (few.high - few.low) / 2
    transposed = fit_rate(t, y.T, seeds_axis=1)
    assert (transposed.low, transposed.high) == (many.low, many.high)


def test_a_hidden_logarithm_is_held_by_the_interval_that_allows_one():
    t = np.geomspace(10, 1e6, 200)
    for seed in range(12):
        rng = np.random.default_rng(seed)
        fit = fit_rate(t, np.log(t) ** 0.5 / t * np.exp(0.3 * correlated(rng, 24, len(t))), seeds_axis=0)
        low, high = fit.log_allowed
        assert low <= 1 <= high
        assert low <= fit.low + 1e-9 and fit.high - 1e-9 <= high


def test_a_logarithm_beyond_doubt_leaves_no_law_without_one_that_holds_the_exponent():
    t = np.geomspace(10, 1e8, 300)
    noise = np.exp(0.01 * correlated(np.random.default_rng(0), 64, len(t)))
    fit = fit_rate(t, np.log(t) / t * noise, seeds_axis=0)
    assert fit.low <= 1 <= fit.high
    assert not fit.if_no_log[0] <= 1 <= fit.if_no_log[1]


def test_noise_free_fits_have_one_interval_only():
    t = np.geomspace(10, 1e5, 100)
    fit = fit_rate(t, 1 / t)
    assert np.isnan(fit.log_allowed).all() and np.isnan(fit.if_no_log).all()


def test_level_widens_the_interval_of_noisy_traces():
    t = np.geomspace(1, 1e5, 200)
    y = t**-1.0 * np.exp(0.2 * correlated(np.random.default_rng(1), 16, len(t)))
    widths = []
    for level in (0.5, 0.9, 0.99):
        fit = fit_rate(t, y, seeds_axis=0, level=level)
        widths.append(fit.high - fit.low)
    assert widths[0] < widths[1] < widths[2]
    with pytest.raises(ValueError, match="level must lie in"):
        fit_rate(t, y, seeds_axis=0, level=1.0)


@pytest.mark.parametrize("m", [-1, 0.5, 2])
def test_a_known_logarithm_is_taken_out_and_counted(m):
    t = np.geomspace(1, 1e6, 240)
    late = t >= 2
    smooth = fit_rate(t, np.where(late, np.log(np.maximum(t, 2)) ** m / t, 1.0), log_power=m)
    assert smooth.low <= 1 <= smooth.high and smooth.high - smooth.low < 1e-3
    assert smooth.log_power == pytest.approx(m, abs=1e-6)
    assert smooth.window[0] >= 2
    ratios = []
    for seed in range(8):
        noise = np.exp(0.2 * correlated(np.random.default_rng(seed), 24, late.sum()))
        y = np.log(t[late]) ** m / t[late] * noise
        known, guessed = fit_rate(t[late], y, seeds_axis=0, log_power=m), fit_rate(t[late], y, seeds_axis=0)
        assert known.low <= 1 <= known.high
        ratios.append((known.high - known.low) / (guessed.log_allowed[1] - guessed.log_allowed[0]))
    assert np.median(ratios) < 0.5
    transposed = fit_rate(t[late], y.T, seeds_axis=1, log_power=m)
    assert (transposed.low, transposed.high) == (known.low, known.high)


def test_a_logarithm_that_cannot_be_taken_out_is_refused():
    t = np.geomspace(1e-3, 2.2, 60)
    with pytest.raises(ValueError, match="log_power needs 8 points with t >= 2"):
        fit_rate(t, 1 / t, log_power=1.0)
    with pytest.raises(ValueError, match="log_power must be a finite number"):
        fit_rate(t, 1 / t, log_power=np.nan)
