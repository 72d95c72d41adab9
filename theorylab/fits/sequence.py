"""Limits of short noise-free sequences: the factor of a geometric sequence, the constant that a ratio tends to."""

import math

import numpy as np

from theorylab.fits.engine import Candidate, compete, hull, least_error, rejected, rounding, window_starts
from theorylab.fits.fit import Estimate, Fit, check_abscissa
from theorylab.fits.formula import A, B, C, D, G, H, K, M, P, S
from theorylab.fits.laws import Law

NARROWEST = 1e-7
WIDEST_RATE = 0.25
WIDEST_CONSTANT = 0.1
FAMILY = 3.0

# y_j = C r^j is a power law in e^j, and a correction that decays geometrically in j is a power of e^j as well
GEOMETRIC = (
    Law("geometric", (C, P)),
    Law("geometric + faster geometric", (C, P, H, B)),
    Law("geometric x two corrections", (C, P, H, B, D)),
    Law("geometric x power of (j + k)", (C, P, M, K)),
)
# the ratio is divided by t, so that a constant is the power law with p = 1 held fixed
CONSTANT = (
    Law("constant", (C,), {P: 1.0}),
    Law("constant + power of t", (C, H, B), {P: 1.0}),
    Law("constant / (1 + power of t)", (C, H, B), {P: 1.0, S: -1.0}),
    Law("constant + two powers of t", (C, H, B, D), {P: 1.0}),
    Law("constant / (1 + (log t + d) / t)", (C, G, A), {P: 1.0}),
)
SLOW = (Law("constant + power of log t", (C, H, B), {P: 1.0}),)
DRIFTING = (Law("power of t", (C, P)), Law("power of log t", (C, M, K), {P: 1.0}))


def fit_factor(index, y) -> Fit:
    r"""y_j ~ C r^j as j grows: the factor r per unit of the index, from noise-free values.

    Corrections may decay geometrically or like a power of j. The interval is the hull over the laws and windows
    that predict the last quarter of the sequence, widened by drift.

    Parameters
    ----------
    index : array_like, shape (n,)
        Increasing, for instance the numbers of epochs; n >= 6.
    y : array_like, shape (n,)
        Positive values.

    Returns
    -------
    Fit
        `law` is "exponential" with `ratio`, `ratio_low`, `ratio_high`; "undecided" where the interval contains 1 or
        is wider than a quarter of ln r on either side.

    Raises
    ------
    ValueError
        Lengths differ, the index does not increase, fewer than 6 points, or a value that is not positive and finite.
    """
    j, y = check_abscissa(index, y, name="index", positive=False, fewest=6)
    _check_positive(j, y, "index")
    z = np.log(y)
    candidates = _contest(GEOMETRIC, j, z)
    low, high, best, accepted = hull(candidates, P, rounding(z), NARROWEST, (j[-1] - j[0]) / 4)
    half, rate = (high - low) / 2, best.q[P]
    contains_one = low <= 0 <= high
    decided = not contains_one and half <= WIDEST_RATE * abs(rate)
    names = sorted({c.law.name for c in accepted})
    why = f"{', '.join(names).capitalize()}: predicts the last values of ln y within {best.error:.1e}."
    missing = 0.0
    if contains_one:
        why += " The factor cannot be told from 1."
    elif not decided:
        why += f" ln r is only known within {half:.2g}: take later terms."
    if not decided:
        missing = math.log10(max(half / (WIDEST_RATE * max(abs(rate), 1e-3)), 1.0)) + 0.1
    return Fit(math.nan, math.nan, math.nan, 0.0, math.exp(min(best.q[C], 700.0)),
               "exponential" if decided else "undecided", (float(j[best.first]), float(j[-1])), why, best.law.name,
               math.exp(-rate), math.exp(-high), math.exp(-low), rejected(candidates, accepted), missing)


def fit_constant(t, ratio) -> Estimate:
    r"""The limit of ratio(t) as t grows, by extrapolating its drift: corrections t^-b, (log t)/t and (log t)^-b.

    Parameters
    ----------
    t : array_like, shape (n,)
        Positive and increasing, n >= 8.
    ratio : array_like, shape (n,)
        Positive values, for instance a trace over its predicted law.

    Returns
    -------
    Estimate
        Undecided where a power of t or of log t, which have no limit, predicts the last quarter better than every
        law that has one, or where the interval is wider than a tenth of the limit on either side.

    Raises
    ------
    ValueError
        Lengths differ, t is not positive and increasing, fewer than 8 points, or a ratio that is not positive.
    """
    t, ratio = check_abscissa(t, ratio)
    _check_positive(t, ratio, "t")
    u, z = np.log(t), np.log(ratio)
    candidates = _contest(CONSTANT, u, z - u)
    if u[0] > 0.64:
        candidates += _contest(SLOW, np.log(u), z - np.log(u))
    drifting = _contest(DRIFTING if u[0] > 0.64 else DRIFTING[:1], u, z - u)
    eps = rounding(z)
    low, high, best, accepted = hull(candidates, C, eps, NARROWEST, (u[-1] - u[0]) / 4)
    value, low, high = math.exp(best.q[C]), math.exp(max(low, -700.0)), math.exp(min(high, 700.0))
    names = ", ".join(sorted({c.law.name for c in accepted}))
    drifts = max(least_error(drifting), 3 * eps) < max(least_error(candidates), 3 * eps) / FAMILY
    narrow = (high - low) / 2 <= WIDEST_CONSTANT * value
    why = f"{names.capitalize()}: predicts the last quarter within {best.error:.1e}."
    if drifts:
        why += f" But {min(drifting, key=lambda c: c.error).law.name} predicts it better: the ratio keeps drifting."
    elif not narrow:
        why += " The drift has not died out: record further."
    return Estimate(value, low, high, narrow and not drifts, (float(t[best.first]), float(t[-1])), why)


def _contest(laws, u: np.ndarray, z: np.ndarray) -> list[Candidate]:
    split = max(u[-1] - (u[-1] - u[0]) / 4, u[min(5, len(u) - 3)])
    return compete(laws, u, z, np.ones(len(u)), window_starts(u), split, spare=1)


def _check_positive(x: np.ndarray, y: np.ndarray, name: str) -> None:
    bad = np.flatnonzero(~(np.isfinite(y) & (y > 0)))
    if len(bad):
        i = bad[0]
        raise ValueError(f"Every value must be positive and finite, but at {name} = {x[i]:g} it is {y[i]:g}: "
                         "cut the sequence there.")
