"""Factors of geometric sequences and limits of ratios, from noise-free values with decaying corrections."""

import math

import numpy as np
import pytest
from numba import njit

from theorylab.fits import fit_constant, fit_factor

EPOCHS = np.arange(15, 26)


@njit
def polyak_epochs(x, y, p, eta, short_steps, epochs):
    """Distance before each Polyak step on |x|^p / p + (y - x^2)^2 / 2."""
    distance = np.empty(epochs)
    for i in range(epochs):
        for k in range(short_steps + 1):
            normal = y - x * x
            gx = abs(x) ** (p - 1.0) * np.sign(x) - 2 * normal * x
            step = eta
            if k == short_steps:
                distance[i] = math.hypot(x, y)
                step = (abs(x) ** p / p + normal**2 / 2) / (gx * gx + normal**2)
            x, y = x - step * gx, y - step * normal
    return distance


@pytest.mark.parametrize("p", [3, 4, 5, 6, 8])
def test_polyak_step_contracts_the_distance_by_one_minus_one_over_p(p):
    distance = polyak_epochs(0.3, 0.05, p, 0.1, 400, 26)
    fit = fit_factor(EPOCHS, distance[EPOCHS])
    assert fit.law == "exponential"
    assert fit.ratio_low <= 1 - 1 / p <= fit.ratio_high
    assert fit.ratio_high - fit.ratio_low <= 1e-3 * fit.ratio


def test_factor_of_random_sequences_with_decaying_corrections():
    rng = np.random.default_rng(5)
    j = EPOCHS - 15.0
    hits, widths = [], []
    for _ in range(60):
        r, a, b = rng.uniform(0.2, 2), rng.uniform(-0.3, 0.3), rng.uniform(-0.1, 0.1)
        fast, slow = rng.uniform(0.1, 0.5), rng.uniform(0.2, 0.7)
        bend = [a * slow**j, a / EPOCHS**2, a * slow**j + b * fast**j, b * j * fast**j][rng.integers(4)]
        fit = fit_factor(EPOCHS, r**j * (1 + bend))
        if fit.decided:
            hits.append(fit.ratio_low <= r <= fit.ratio_high)
            widths.append((fit.ratio_high - fit.ratio_low) / 2 / r)
    assert len(hits) >= 54
    assert np.mean(hits) >= 0.95
    assert np.median(widths) < 1e-3


def test_polynomial_factor_does_not_bias_the_ratio():
    fit = fit_factor(EPOCHS, 0.8**EPOCHS * EPOCHS**1.5)
    assert fit.ratio_low <= 0.8 <= fit.ratio_high


def test_sequence_without_geometric_decay_is_undecided():
    fit = fit_factor(EPOCHS, 1 / EPOCHS**2)
    assert fit.law == "undecided"
    assert "cannot be told from 1" in fit.why


@pytest.mark.parametrize("correction", [
    lambda t: 0 * t, lambda t: 3 / t, lambda t: np.log(t) / t, lambda t: 0.7 * t**-0.3, lambda t: 1 / np.log(t),
    lambda t: 0.3 * t**-0.5 - 0.2 / t,
], ids=["none", "1/t", "log t / t", "slow power", "1 / log t", "two powers"])
def test_limit_of_a_ratio_with_a_dying_correction(correction):
    t = np.geomspace(100, 1e5, 120)
    limit = fit_constant(t, 0.995 * (1 + correction(t)))
    assert limit.decided
    assert limit.low - 1e-12 <= 0.995 <= limit.high + 1e-12
    assert limit.high - limit.low < 0.02


@pytest.mark.parametrize("drift", [
    lambda t: t**0.05, np.log, lambda t: 1 / np.sqrt(np.log(t)),
], ids=["power", "log", "root of log"])
def test_ratio_that_keeps_drifting_is_undecided(drift):
    t = np.geomspace(100, 1e5, 120)
    assert not fit_constant(t, drift(t)).decided


def test_values_that_are_not_positive_are_named():
    with pytest.raises(ValueError, match="at index = 17 it is 0"):
        fit_factor(EPOCHS, np.where(EPOCHS == 17, 0.0, 1.0))
    with pytest.raises(ValueError, match="at least 6"):
        fit_factor(EPOCHS[:5], np.ones(5))
    with pytest.raises(ValueError, match="at t = "):
        fit_constant(np.arange(1.0, 20), -np.ones(19))
