"""Closed forms with random constants and spans, a function a class: which law they follow is known by construction.

Every class draws 3 to 9 decades with 40 points each, half of them on integers, exponents in [0.2, 3] and constants
over six orders of magnitude.
"""

import math

import numpy as np

from theorylab.calibration.draw import Draw

LOG_POWERS = (-1.0, 0.5, 1.0, 2.0)


def abscissa(rng, first=None) -> np.ndarray:
    """40 points a decade on 3 to 9 decades, shape (n,); half of the draws are on integers."""
    first = 10 ** rng.uniform(0, 1) if first is None else first
    t = first * 10 ** np.arange(0, rng.uniform(3, 9) + 1e-9, 1 / 40)
    return np.unique(np.rint(t)) if rng.random() < 0.5 else t


def correlated(rng, seeds: int, n: int) -> np.ndarray:
    """AR(1) noise of unit variance, correlation 0.7 to 0.97 from point to point, shape (seeds, n)."""
    rho, e = rng.uniform(0.7, 0.97), rng.standard_normal((seeds, n))
    for i in range(1, n):
        e[:, i] = rho * e[:, i - 1] + math.sqrt(1 - rho**2) * e[:, i]
    return e


def _power(rng, factor, *, first=None, log_power=0.0, **more) -> Draw:
    """C t^-p factor(t, x, p), where x = t / t_1."""
    t, p, size = abscissa(rng, first), rng.uniform(0.2, 3), 10 ** rng.uniform(-3, 3)
    y = size * t**-p * factor(t, t / t[0], p)
    return _draw(t, y, "power", p, log_power, **more)


def _draw(t, y, law, exponent, log_power=0.0, **more) -> Draw:
    return Draw(t, y, law, float(exponent), float(log_power), bool(t[-1] >= 0.98e4 * t[0]), **more)


def _log_power(rng) -> float:
    return float(rng.choice(LOG_POWERS)) if rng.random() < 0.6 else rng.uniform(-1.5, 2.5)


def _late(rng) -> float:
    """A first t from which ln t is a fair logarithm."""
    return 10 ** rng.uniform(0.4, 1.2)


def pure(rng) -> Draw:
    """C t^-p."""
    return _power(rng, lambda t, x, p: 1.0)


def log(rng) -> Draw:
    """C t^-p (ln t)^m."""
    m = _log_power(rng)
    return _power(rng, lambda t, x, p: np.log(t) ** m, first=_late(rng), log_power=m)


def shifted_log(rng) -> Draw:
    """C t^-p (ln t + k)^m."""
    m, k = _log_power(rng), rng.uniform(0.3, 3)
    return _power(rng, lambda t, x, p: (np.log(t) + k) ** m, log_power=m)


def shift(rng) -> Draw:
    """C (t + t_0)^-p with t_0 up to 0.45 of the decades away from the start."""
    place = rng.uniform(-1, 0.45)
    return _power(rng, lambda t, x, p: (1 + 10 ** (place * (np.log10(x[-1]) if place > 0 else 1)) / x) ** -p)


def transient(rng) -> Draw:
    """C t^-p (1 + c x^-b), b in [0.2, 1.5]."""
    b, c = rng.uniform(0.2, 1.5), max(rng.choice([-1, 1]) * 10 ** rng.uniform(-0.5, 1), -0.8)
    return _power(rng, lambda t, x, p: 1 + c * x**-b)


def floor(rng) -> Draw:
    """C (t^-p + a floor), which is 0.05 to 100 times the last value of t^-p."""
    r = 10 ** rng.uniform(-1.3, 2)

    def factor(t, x, p):
        return 1 + min(r, x[-1] ** (0.6 * p)) * (x / x[-1]) ** p

    return _power(rng, factor)


def rounding(rng) -> Draw:
    """C t^-p rounded to a grid, or with absolute noise, that its last values reach."""
    depth, quantised = rng.uniform(0.5, 1), rng.random() < 0.5

    def factor(t, x, p):
        y, q = x**-p, x[-1] ** (-p * depth)
        return (np.rint(y / q) * q if quantised else np.abs(y + q * rng.standard_normal(len(t)))) / y

    return _power(rng, factor)


def oscillation(rng) -> Draw:
    """C t^-p (1 + an oscillation in t or ln t that dies out)."""
    size, kind, phase = rng.uniform(0.1, 0.8), rng.integers(3), rng.uniform(0, 6)
    slow, fast, death, place = rng.uniform(1, 8), rng.uniform(0.05, 2), rng.uniform(0.4, 1.5), rng.uniform(0.3, 0.4)

    def factor(t, x, p):
        if kind == 0:
            return 1 + size * np.sin(slow * np.log(t) + phase) * x**-death
        if kind == 1:
            return 1 + size * np.cos(fast * (t - t[0])) * np.exp(-x / x[-1] ** place)
        return 1 + size * np.cos(fast * t) * x ** -max(death, 0.5)

    return _power(rng, factor)


def power_staircase(rng) -> Draw:
    """Drops at a constant factor of t, level or sloping treads between them, envelope t^-p."""
    ratio, tilt, phase = rng.uniform(1.3, 4), rng.uniform(0, 0.9), rng.random()

    def factor(t, x, p):
        level = np.log(t) / math.log(ratio) + phase
        return np.exp(p * math.log(ratio) * (level - np.floor(level)) * (1 - tilt))

    return _power(rng, factor)


def knee(rng) -> Draw:
    """Two regimes: an exponent up to 1 away from the last one, then a soft or sharp knee."""
    d, place, s = rng.uniform(0.2, 1) * rng.choice([-1, 1]), rng.uniform(0.15, 0.5), rng.choice([0.7, 1, 2, 4, 50])

    def factor(t, x, p):
        change = max(p + d, 0.0) - p
        return np.exp(change * (np.logaddexp(0, s * (np.log(x) - place * np.log(x[-1]))) / s - np.log(x)))

    return _power(rng, factor)


def log_transient(rng) -> Draw:
    """C t^-p (ln t)^m (1 + c x^-b)."""
    m, c, b = _log_power(rng), rng.choice([-0.6, 1, 3]) * rng.uniform(0.3, 1), rng.uniform(0.4, 1.5)
    return _power(rng, lambda t, x, p: np.log(t) ** m * (1 + c * x**-b), first=_late(rng), log_power=m)


def two_transients(rng) -> Draw:
    """C t^-p (1 + c x^-b + d x^-b') with b' not a multiple of b."""
    b, c, d, ratio = rng.uniform(0.3, 1), rng.uniform(-0.4, 2), rng.uniform(-0.3, 1), rng.uniform(1.3, 2.5)
    return _power(rng, lambda t, x, p: 1 + c * x**-b + d * x ** -(b * ratio))


def log_plus_transient(rng) -> Draw:
    """C t^-p ((ln t + k)^m + c x^-b)."""
    m, k, c, b = rng.choice([0.5, 1, 2]), rng.uniform(0.5, 3), rng.uniform(-0.2, 2), rng.uniform(0.5, 1.5)
    return _power(rng, lambda t, x, p: (np.log(t) + k) ** m + c * x**-b, log_power=m)


def exponential(rng) -> Draw:
    """C exp(-lam t) with 5 to 500 e-folds."""
    t = abscissa(rng)
    rate = 10 ** rng.uniform(0.7, 2.7) / t[-1]
    return _draw(t, 10 ** rng.uniform(-3, 3) * np.exp(-rate * t), "exponential", rate)


def exponential_times_power(rng) -> Draw:
    """C exp(-lam t) t^q, q in [-3, 3]."""
    draw = exponential(rng)
    return draw._replace(y=draw.y * draw.t ** rng.uniform(-3, 3))


def exponential_staircase(rng) -> Draw:
    """10 to 200 epochs, each with its factor; level, sloping or curved inside an epoch."""
    t = abscissa(rng)
    epochs = 10 ** rng.uniform(1, 2.3)
    depth, tilt = rng.uniform(0.3, min(4, 600 / epochs)), rng.uniform(0, 0.9)
    level = t * epochs / t[-1]
    inside = level % 1
    shape = (0 * inside, inside, np.log1p(20 * inside) / math.log(21))[rng.integers(3)]
    y = 10 ** rng.uniform(-3, 3) * np.exp(-depth * (np.floor(level) + tilt * shape))
    return _draw(t, y, "exponential", depth * epochs / t[-1])


def seeds_on(base):
    """The class whose draws are those of `base` times exp(AR(1) noise) for 8 to 64 seeds."""

    def noisy(rng) -> Draw:
        draw = base(rng)
        noise = rng.uniform(0.05, 0.5) * correlated(rng, int(rng.integers(8, 65)), len(draw.t))
        return draw._replace(y=draw.y * np.exp(noise))

    return noisy


def single_noisy(rng) -> Draw:
    """C t^-p exp(AR(1) noise), one trace."""
    draw = pure(rng)
    return draw._replace(y=draw.y * np.exp(rng.uniform(0.015, 0.15) * correlated(rng, 1, len(draw.t))[0]))


def running_minimum(rng) -> Draw:
    """The running minimum of C t^-p exp(white noise), as a chaotic method leaves it."""
    draw = pure(rng)
    noise = rng.uniform(0.1, 0.6) * rng.standard_normal(len(draw.t))
    return draw._replace(y=np.minimum.accumulate(draw.y * np.exp(noise)))


def log_log(rng) -> Draw:
    """C t^-p ln ln t."""
    return _power(rng, lambda t, x, p: np.log(np.log(t)), first=10 ** rng.uniform(0.7, 1.3))


def inverse_log(rng) -> Draw:
    """C t^-p (1 + c / ln t)."""
    c = rng.uniform(-0.8, 3)
    return _power(rng, lambda t, x, p: 1 + c / np.log(t), first=_late(rng))


def log_times_log_log(rng) -> Draw:
    """C t^-p ln t ln ln t."""
    return _power(rng, lambda t, x, p: np.log(t) * np.log(np.log(t)), first=10 ** rng.uniform(0.7, 1.3), log_power=1)


def log_plus_log_log(rng) -> Draw:
    """C t^-p (ln t + c ln ln t)."""
    c = rng.uniform(0.3, 3)
    return _power(rng, lambda t, x, p: np.log(t) + c * np.log(np.log(t)), first=10 ** rng.uniform(0.7, 1.3),
                  log_power=1)


def root_log(rng) -> Draw:
    """C t^-p exp(c sqrt(ln t)), c in [-1, 1]."""
    c = rng.choice([-1, 1]) * rng.uniform(0.3, 1)
    return _power(rng, lambda t, x, p: np.exp(c * np.sqrt(np.log(t))), first=_late(rng))
