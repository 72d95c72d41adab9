"""Mean over independent seeds or starts."""

import math

import numpy as np

from theorylab.fits.fit import Estimate

RESAMPLES = 4000


def mean_interval(values, level: float = 0.95) -> Estimate:
    r"""Interval for E X from independent seeds: the wider, on each side, of Student's t and the bootstrap-t.

    The bootstrap-t replaces Student's quantiles of (mean - mu) / se by those of (mean* - mean) / se* over resampled
    seeds, so that a skewed distribution gets a skewed interval. From fewer than 8 seeds only Student's is computed:
    too few distinct resamples exist.

    Parameters
    ----------
    values : array_like, shape (seeds,)
        One number a seed; points of one trace are not seeds.
    level : float
        Confidence level in (0, 1).

    Raises
    ------
    ValueError
        Fewer than two seeds, a value that is not finite, or a level outside (0, 1).

    References
    ----------
    P. Hall, The Bootstrap and Edgeworth Expansion, Springer 1992, section 3.5 [unverified].
    """
    from scipy.special import stdtrit

    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or len(x) < 2:
        raise ValueError(f"An interval for a mean needs one number for each of at least 2 seeds, got shape {x.shape}.")
    if not np.all(np.isfinite(x)):
        raise ValueError(f"Seed {np.flatnonzero(~np.isfinite(x))[0]} gave a value that is not finite: "
                         "decide first what a diverged run means for the mean.")
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), but is {level:g}.")
    n, mean, se = len(x), x.mean(), x.std(ddof=1) / math.sqrt(len(x))
    quantile = stdtrit(n - 1, 0.5 + level / 2)
    below = above = quantile
    if n >= 8 and se > 0:
        rng = np.random.default_rng(n)
        drawn = x[rng.integers(0, n, (RESAMPLES, n))]
        spread = drawn.std(axis=1, ddof=1)
        drawn, spread = drawn[spread > 0], spread[spread > 0]
        studentised = (drawn.mean(axis=1) - mean) / (spread / math.sqrt(n))
        low, high = np.quantile(studentised, [0.5 - level / 2, 0.5 + level / 2])
        below, above = max(quantile, high), max(quantile, -low)
    why = f"Mean of {n} seeds, {'Student' if n < 8 else 'the wider of Student and bootstrap-t'} at level {level:g}."
    return Estimate(mean, mean - below * se, mean + above * se, True, (math.nan, math.nan), why)
