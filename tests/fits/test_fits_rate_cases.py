"""Closed forms with a known exponent on which the bare log-log slope is wrong, each with its honest interval."""

import math

import numpy as np
import pytest

from theorylab.fits import fit_rate
from theorylab.fits.formula import M
from theorylab.fits.laws import RICH, SIMPLE

G60 = np.geomspace(10, 1e5, 60)


def grid(first, last):
    """40 points a decade on [first, last]."""
    return first * 10 ** np.arange(0, math.log10(last / first) + 1e-9, 1 / 40)


def integers(first, last, n):
    return np.unique(np.rint(np.geomspace(first, last, n))).astype(int)


def bare_slope(t, y):
    return -np.polyfit(np.log(t), np.log(y), 1)[0]


def harmonic_root(t):
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, t[-1] + 1))])
    return np.sqrt((1 + harmonic[t - 1]) / t)


T1, T5 = integers(2, 1e6, 160), integers(2, 1e5, 60)
LONG, DECADES5 = grid(1, 1e6), np.geomspace(1, 1e5, 200)
POWERS = [
    ("log t / t", G60, np.log(G60) / G60, 1, 1, 0.01),
    ("log t / sqrt t", G60, np.log(G60) / np.sqrt(G60), 0.5, 1, 0.01),
    ("small floor", G60, 1e-6 + 1 / G60, 1, 0, 0.01),
    ("plateau trap", G60, 1e-3 + 1 / G60, 1, 0, 0.01),
    ("root of harmonic number", T1, harmonic_root(T1), 0.5, 0.5, 0.01),
    ("root of harmonic number, few points", T5, harmonic_root(T5), 0.5, 0.5, 0.02),
    ("large shift", DECADES5, (DECADES5 + 100) ** -2, 2, 0, 0.01),
    ("inverse of a sum", LONG, 1 / (LONG**0.5 + LONG**2 / 1000), 2, 0, 0.01),
    ("slow power takes over", LONG, LONG**-2 + 0.01 * LONG**-0.5, 0.5, 0, 0.01),
    ("slow correction", G60, (1 + G60**-0.1) / G60, 1, 0, 0.1),
]


@pytest.mark.parametrize("name, t, y, p, m, half", POWERS, ids=[case[0] for case in POWERS])
def test_interval_holds_the_exponent_that_the_bare_slope_misses(name, t, y, p, m, half):
    fit = fit_rate(t, y)
    assert fit.law == "power"
    assert fit.low <= p <= fit.high
    assert fit.high - fit.low <= 2 * half
    assert abs(bare_slope(t, y) - p) > 1e-3
    assert fit.log_power == pytest.approx(m, abs=0.05)


def test_constant_and_log_power_of_a_law_in_the_dictionary_are_exact():
    fit = fit_rate(G60, 3.5 * np.log(G60) / G60)
    assert fit.constant == pytest.approx(3.5, rel=1e-6)
    assert fit.model == "power x log"
    assert all(error > 1e-6 for _, error in fit.alternatives)


@pytest.mark.parametrize("q", [0, 2])
def test_exponential_times_a_power_is_exponential(q):
    fit = fit_rate(G60, G60**q * np.exp(-G60 / 1e4))
    assert fit.law == "exponential"
    assert math.isnan(fit.exponent)
    assert fit.ratio_low <= math.exp(-1e-4) <= fit.ratio_high
    assert -math.log(fit.ratio) == pytest.approx(1e-4, rel=1e-3)


def test_stretched_exponential_is_never_called_a_power():
    t = np.geomspace(10, 1e5, 160)
    fit = fit_rate(t, np.exp(-np.sqrt(t)))
    assert fit.law == "undecided"
    assert fit.decades_missing > 0


def test_exponential_staircase_has_the_rate_of_its_epochs():
    t = grid(1, 1e4)
    fit = fit_rate(t, np.exp(-np.floor(t / 200)))
    assert fit.law == "exponential"
    assert -math.log(fit.ratio_high) <= 1 / 200 <= -math.log(fit.ratio_low)
    assert math.log(fit.ratio_high / fit.ratio_low) < 0.1 / 200


def test_power_staircase_has_the_exponent_of_its_envelope():
    t = grid(10, 1e7)
    fit = fit_rate(t, 2.0 ** -np.floor(np.log2(t)))
    assert fit.law == "power"
    assert fit.low <= 1 <= fit.high
    assert fit.high - fit.low < 0.06


def test_quantised_rounding_floor_does_not_flatten_the_exponent():
    fit = fit_rate(LONG, 1e-4 * np.rint(1e4 / LONG))
    assert fit.low <= 1 <= fit.high
    assert fit.high - fit.low < 0.004


@pytest.mark.parametrize("seed", range(4))
def test_noisy_rounding_floor_is_cut_off(seed):
    y = np.abs(1 / LONG + 1e-4 * np.random.default_rng(seed).standard_normal(len(LONG)))
    fit = fit_rate(LONG, y)
    assert fit.low <= 1 <= fit.high
    assert fit.high - fit.low < 0.02
    assert fit.window[1] < 2e3
    assert "rounding floor" in fit.why


def test_running_minimum_of_noise_holds_the_exponent():
    t = grid(1, 1e6)
    held = 0
    for seed in range(12):
        noise = np.exp(0.4 * np.random.default_rng(seed).standard_normal(len(t)))
        fit = fit_rate(t, np.minimum.accumulate(noise / t**1.5))
        held += not fit.decided or fit.low <= 1.5 <= fit.high
    assert held >= 11


SLOW = [
    ("log log t", lambda t: np.log(np.log(t))),
    ("log t log log t", lambda t: np.log(t) * np.log(np.log(t))),
    ("log t + 2 log log t", lambda t: np.log(t) + 2 * np.log(np.log(t))),
    *((f"exp({c:g} sqrt(log t))", lambda t, c=c: np.exp(c * np.sqrt(np.log(t)))) for c in (-1.0, -0.5, 0.5, 1.0)),
]


@pytest.mark.parametrize("t", [G60, grid(10, 1e5), grid(10, 1e7), grid(10, 1e9)],
                         ids=["60 points", "4 decades", "6 decades", "8 decades"])
@pytest.mark.parametrize("name, factor", SLOW, ids=[case[0] for case in SLOW])
def test_slow_factors_that_no_law_describes_are_held_or_left_open(name, factor, t):
    fit = fit_rate(t, factor(t) / t)
    assert fit.law in ("power", "undecided")
    assert fit.low <= 1 <= fit.high


@pytest.mark.parametrize("without", [
    tuple(law.name for law in SIMPLE + RICH if M in law.free or M in law.fixed),
], ids=["logarithms"])
def test_a_logarithm_that_is_taken_out_of_the_dictionary_is_not_mistaken_for_a_power(without):
    for t, p in ((G60, 1.0), (grid(3, 1e7), 0.5)):
        for m in (-1, 0.5, 1, 2):
            fit = fit_rate(t, np.log(t) ** m / t**p, without=without)
            assert fit.low <= p <= fit.high
            assert "log" not in fit.model
