"""Sweeps over a parameter whose exponent is known, and how often `fit_parameter` holds it."""

import math
from typing import NamedTuple

import numpy as np

from theorylab.fits import fit_parameter

#: What multiplies x^s, from random numbers; x starts at 1. The prior of `fit_parameter` knows the first three.
KINDS = {
    "pure": lambda x, s, rng: np.ones(len(x)),
    "correction": lambda x, s, rng: 1 + rng.uniform(-0.5, 1) * x ** -rng.uniform(0.5, 1.5),
    "log": lambda x, s, rng: np.log(x) + 1,
    # harder: near the edge of what the prior holds, or beyond it
    "small correction": lambda x, s, rng: 1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-3, -0.7) / x,
    "slow correction": lambda x, s, rng: 1 + rng.uniform(-0.5, 1) * x**-0.3,
    "two corrections": lambda x, s, rng: _two(x, rng.uniform(0.5, 1.5), *rng.uniform(-0.4, 0.6, 2)),
    "one over a correction": lambda x, s, rng: 1 / (1 + rng.uniform(-0.5, 1) * x ** -rng.uniform(0.5, 1.5)),
    "shift": lambda x, s, rng: (1 + rng.uniform(-0.5, 3) / x) ** s,
    "one over a log": lambda x, s, rng: 1 / (np.log(x) + 1),
    "shifted log": lambda x, s, rng: np.log(x + 1.5),
    "exponential transient": lambda x, s, rng: 1 + rng.uniform(-0.5, 1) * np.exp(-x / 2),
}
ERRORS = ("known", "per point", "unknown")


def _two(x, b, c, d):
    return 1 + c * x**-b + d * x ** (-2 * b)


class Sweep(NamedTuple):
    """y ~ C x^exponent at large x, with errors of standard deviation `sd` in ln y.

    Attributes
    ----------
    x, y, sd : ndarray, shape (n,)
    exponent : float
    kind : str
    """

    x: np.ndarray
    y: np.ndarray
    sd: np.ndarray
    exponent: float
    kind: str


class SweepRow(NamedTuple):
    """Coverage of one kind of sweep; "naive" is the least-squares line with 1.96 standard errors from its residuals.

    Attributes
    ----------
    kind, errors : str
    draws : int
    naive_coverage, naive_half_width : float
    decided_coverage : float
        Over the draws that were decided; nan where none was.
    coverage : float
        Over all draws, an undecided interval being taken at its word.
    half_width : float
        Median over all draws.
    undecided : float
        Share of the draws.
    """

    kind: str
    errors: str
    draws: int
    naive_coverage: float
    naive_half_width: float
    decided_coverage: float
    coverage: float
    half_width: float
    undecided: float


def draw_sweep(kind: str, rng: np.random.Generator, errors: str = "known") -> Sweep:
    """A sweep of 5 to 10 points over 1 to 3 decades, s in [-3, 3], errors of 1e-4 to 5 % (uniform in the logarithm).

    Parameters
    ----------
    kind : str
        One of KINDS.
    rng : numpy.random.Generator
    errors : {"known", "per point", "unknown"}
        "per point" varies them by a factor of 3 either way.

    Raises
    ------
    ValueError
        An unknown kind or kind of errors.
    """
    if kind not in KINDS:
        raise ValueError(f"There are no sweeps of kind {kind!r}; there are {', '.join(KINDS)}.")
    if errors not in ERRORS:
        raise ValueError(f"errors is {errors!r}, but must be one of {', '.join(ERRORS)}.")
    n = int(rng.integers(5, 11))
    x = np.geomspace(1, 10 ** rng.uniform(1, 3), n)
    exponent = rng.uniform(-3, 3)
    sd = np.full(n, 10 ** rng.uniform(-4, -1.3))
    if errors == "per point":
        sd = sd * 3 ** rng.uniform(-1, 1, n)
    y = x**exponent * KINDS[kind](x, exponent, rng)
    return Sweep(x, y * np.exp(sd * rng.standard_normal(n)), sd, exponent, kind)


def sweep_table(draws: int, seed: int, kinds=tuple(KINDS), errors=ERRORS[::2]) -> list[SweepRow]:
    """One row for each kind of sweep and of errors, from `draws` sweeps each."""
    return [_row(kind, known, draws, seed) for known in errors for kind in kinds]


def _row(kind, errors, draws, seed) -> SweepRow:
    rng = np.random.default_rng(seed)
    naive, fits = [], []
    for _ in range(draws):
        sweep = draw_sweep(kind, rng, errors)
        error, reach = _naive(sweep)
        naive.append((error <= reach, reach))
        fit = fit_parameter(sweep.x, sweep.y, sd=None if errors == "unknown" else sweep.sd)
        fits.append((fit.low <= sweep.exponent <= fit.high, (fit.high - fit.low) / 2, fit.decided))
    (naive_held, naive_reach), (held, reach, decided) = np.array(naive, float).T, np.array(fits, float).T
    decided = decided.astype(bool)
    among = float(held[decided].mean()) if decided.any() else math.nan
    return SweepRow(kind, errors, draws, float(naive_held.mean()), float(np.median(naive_reach)), among,
                    float(held.mean()), float(np.median(reach)), float(1 - decided.mean()))


def _naive(sweep) -> tuple[float, float]:
    """|slope - s| and 1.96 standard errors of the least-squares line."""
    u, z = np.log(sweep.x), np.log(sweep.y)
    away = u - u.mean()
    slope = float(away @ z / (away @ away))
    residual = z - z.mean() - slope * away
    error = math.sqrt(float(residual @ residual) / (len(u) - 2) / float(away @ away))
    return abs(slope - sweep.exponent), 1.96 * error
