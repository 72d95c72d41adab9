"""Whatever numbers come in: a result that can be printed, or a sentence about the input. Warnings are errors here."""

import numpy as np
import pytest

from theorylab.fits import fit_constant, fit_factor, fit_increments, fit_rate, local_exponents

SENTENCES = ("must be", "must have", "must increase", "Only ", "Every ", "at least", "cut the")
ABSCISSAE = {
    "steps": lambda rng, n: np.arange(1, n + 1.0),
    "log-spaced": lambda rng, n: np.geomspace(1, 10 ** rng.uniform(0.2, 9), n),
    "irregular": lambda rng, n: np.cumsum(rng.exponential(1, n)) + 1e-3,
    "sixteen decades": lambda rng, n: np.geomspace(1e-8, 1e8, n),
    "far away": lambda rng, n: 1e6 + np.arange(n),
}
VALUES = {
    "constant": lambda rng, t: np.ones(len(t)),
    "steep power": lambda rng, t: t ** rng.uniform(-5, 5),
    "noise": lambda rng, t: rng.lognormal(0, rng.uniform(0, 5), len(t)),
    "underflowing exponential": lambda rng, t: np.exp(-t / t[-1] * rng.uniform(0, 2000)),
    "two branches": lambda rng, t: np.where(rng.random(len(t)) < 0.5, 1.0, 2.0) / t,
    "subnormal": lambda rng, t: 5e-324 * rng.integers(1, 9, len(t)),
    "huge": lambda rng, t: 1e300 * np.exp(-t / t[-1]),
    "reaches zero": lambda rng, t: np.linspace(1, 0, len(t)),
    "grows": lambda rng, t: np.linspace(1, 2, len(t)),
    "running minimum": lambda rng, t: np.minimum.accumulate(rng.random(len(t))) + 1e-3,
    "few levels": lambda rng, t: 1 / np.maximum(rng.integers(0, 5, len(t)), 1),
    "heavy tails": lambda rng, t: np.abs(rng.standard_cauchy(len(t))),
}


@pytest.mark.parametrize("values", VALUES)
@pytest.mark.parametrize("abscissa", ABSCISSAE)
def test_any_numbers_give_a_result_or_a_sentence(abscissa, values):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        t = ABSCISSAE[abscissa](rng, int(rng.integers(8, 120)))
        y = VALUES[values](rng, t)
        if seed == 1:
            y[rng.integers(len(t))] = rng.choice([0, np.nan, np.inf, -1])
        many = y * np.exp(rng.uniform(0, 0.5) * rng.standard_normal((int(rng.integers(1, 6)), len(t))))
        calls = [lambda t=t, many=many: fit_rate(t, many, seeds_axis=0)]
        calls += [lambda t=t, y=y, f=f: f(t, y) for f in (fit_rate, local_exponents, fit_constant, fit_factor,
                                                          fit_increments)]
        for call in calls:
            try:
                assert str(call())
            except ValueError as error:
                assert any(sentence in str(error) for sentence in SENTENCES)
