"""Coverage on synthetic draws with random constants, grids and lengths: what is decided has to be right."""

import math

import numpy as np
import pytest

from theorylab.fits import fit_rate

DRAWS = 40


def abscissa(rng, first=None):
    """4 to 8 decades, 40 points each, half of them on integers."""
    first = 10 ** rng.uniform(0, 1) if first is None else first
    t = first * 10 ** np.arange(0, rng.uniform(4, 8), 1 / 40)
    return np.unique(np.rint(t)) if rng.random() < 0.5 else t


def correlated(rng, seeds, n):
    """AR(1) noise of unit variance, shape (seeds, n)."""
    rho, e = rng.uniform(0.7, 0.97), rng.standard_normal((seeds, n))
    for i in range(1, n):
        e[:, i] = rho * e[:, i - 1] + math.sqrt(1 - rho**2) * e[:, i]
    return e


def power(rng, p):
    t = abscissa(rng)
    return t, t**-p


def logarithm(rng, p):
    t = abscissa(rng, first=10 ** rng.uniform(0.4, 1.2))
    return t, t**-p * (np.log(t) + rng.choice([0.0, rng.uniform(0.3, 3)])) ** rng.uniform(-1.5, 2.5)


def shift(rng, p):
    t = abscissa(rng)
    return t, (t + t[0] * (t[-1] / t[0]) ** rng.uniform(0, 0.45)) ** -p


def correction(rng, p):
    t = abscissa(rng)
    return t, t**-p * (1 + rng.uniform(-0.8, 5) * (t / t[0]) ** -rng.uniform(0.2, 1.5))


def floor(rng, p):
    t = abscissa(rng)
    y = (t / t[0]) ** -p
    return t, y + min(10 ** rng.uniform(-1.3, 2), y[-1] ** -0.6) * y[-1]


def rounded(rng, p):
    t = abscissa(rng)
    y = (t / t[0]) ** -p
    q = y[-1] ** rng.uniform(0.5, 1)
    return t, np.rint(y / q) * q if rng.random() < 0.5 else np.abs(y + q * rng.standard_normal(len(t)))


def staircase(rng, p):
    t = abscissa(rng)
    level = np.log(t) / math.log(rng.uniform(1.3, 4)) + rng.random()
    scale = (np.log(t[-1]) - np.log(t[0])) / (level[-1] - level[0])
    return t, np.exp(-p * scale * (np.floor(level) + rng.uniform(0, 0.9) * (level % 1)))


def oscillation(rng, p):
    t = abscissa(rng)
    wave = np.sin(rng.uniform(1, 8) * np.log(t) + rng.uniform(0, 6)) * (t / t[0]) ** -rng.uniform(0.4, 1.5)
    return t, t**-p * (1 + rng.uniform(0.1, 0.8) * wave)


def seeds(rng, p):
    t = abscissa(rng)
    return t, t**-p * np.exp(rng.uniform(0.05, 0.5) * correlated(rng, int(rng.integers(8, 65)), len(t)))


def single(rng, p):
    t = abscissa(rng)
    return t, t**-p * np.exp(rng.uniform(0.015, 0.15) * correlated(rng, 1, len(t))[0])


# (class, least fraction of the decided draws that is right, least fraction decided)
CLASSES = [
    (power, 1.0, 0.95), (logarithm, 0.95, 0.9), (shift, 0.95, 0.95), (correction, 0.95, 0.95), (floor, 0.95, 0.95),
    (rounded, 0.95, 0.75), (staircase, 0.95, 0.9), (oscillation, 0.95, 0.75), (seeds, 0.9, 0.75), (single, 0.9, 0.7),
]


@pytest.mark.parametrize("draw, right, decided", CLASSES, ids=[row[0].__name__ for row in CLASSES])
def test_intervals_of_decided_power_laws_hold_the_exponent(draw, right, decided):
    rng = np.random.default_rng(20240 + len(draw.__name__))
    hits = []
    for _ in range(DRAWS):
        p, size = rng.uniform(0.2, 3), 10 ** rng.uniform(-3, 3)
        t, y = draw(rng, p)
        fit = fit_rate(t, size * y, seeds_axis=0 if y.ndim == 2 else None)
        if fit.decided:
            hits.append(fit.law == "power" and fit.low <= p <= fit.high)
    assert len(hits) >= decided * DRAWS
    assert np.mean(hits) >= right


@pytest.mark.parametrize("steps_only", [False, True], ids=["smooth", "epochs"])
def test_exponential_laws_are_told_from_powers_and_hold_their_rate(steps_only):
    rng = np.random.default_rng(7)
    for _ in range(DRAWS):
        t = abscissa(rng)
        if steps_only:
            epochs, depth = 10 ** rng.uniform(1.2, 2.3), rng.uniform(0.3, 2)
            y = np.exp(-depth * np.floor(t * epochs / t[-1]))
            rate = depth * epochs / t[-1]
        else:
            rate = 10 ** rng.uniform(0.7, 2.5) / t[-1]
            y = np.exp(-rate * t) * t ** rng.uniform(-3, 3)
        fit = fit_rate(t, y)
        if fit.decided:
            assert fit.law == "exponential"
            assert -math.log(fit.ratio_high) <= rate <= -math.log(fit.ratio_low)


def test_more_seeds_give_a_narrower_interval():
    rng = np.random.default_rng(3)
    t = np.geomspace(1, 1e5, 200)
    y = t**-1.0 * np.exp(0.3 * correlated(rng, 256, len(t)))
    few, many = fit_rate(t, y[:8], seeds_axis=0), fit_rate(t, y, seeds_axis=0)
    assert many.high - many.low < (few.high - few.low) / 2
    transposed = fit_rate(t, y.T, seeds_axis=1)
    assert (transposed.low, transposed.high) == (many.low, many.high)
