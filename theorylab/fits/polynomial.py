"""Polynomials through few points, with an interval for the leading coefficient."""

import math

import numpy as np

from theorylab.fits.fit import PolynomialFit, check_abscissa


def fit_polynomial(x, y, degree: int) -> PolynomialFit:
    r"""y = sum_j a_j x^j: the coefficients, and an interval for the leading one that includes the choice of window.

    Least squares on all points, without the first quarter and without the last quarter; the interval is the hull of
    the three 95 % intervals (Student's t, errors estimated from the residuals).

    Parameters
    ----------
    x : array_like, shape (n,)
        Increasing, n >= degree + 4.
    y : array_like, shape (n,)
    degree : int
        At least 1.

    Raises
    ------
    ValueError
        Lengths differ, x does not increase, too few points, a degree below 1, or values that are not finite.
    """
    from scipy.special import stdtrit

    if degree < 1:
        raise ValueError(f"degree must be at least 1, but is {degree}.")
    x, y = check_abscissa(x, y, name="x", positive=False, fewest=degree + 4)
    if not np.all(np.isfinite(y)):
        raise ValueError(f"y must be finite, but is {y[~np.isfinite(y)][0]} at x = {x[~np.isfinite(y)][0]:g}.")
    n = len(x)
    quarter = min(n // 4, n - degree - 3)
    low, high = math.inf, -math.inf
    for window in (slice(None), slice(quarter, None), slice(None, n - quarter)):
        coefficients, sd, rms = _polynomial(x[window], y[window], degree)
        if window == slice(None):
            whole, whole_rms = coefficients, rms
        reach = stdtrit(len(x[window]) - degree - 1, 0.975) * sd
        low, high = min(low, coefficients[-1] - reach), max(high, coefficients[-1] + reach)
    decided = (high - low) / 2 <= 0.25 * abs(whole[-1])
    why = f"Hull over all {n} points, those without the first {quarter} and those without the last {quarter}."
    return PolynomialFit(whole, float(whole[-1]), float(low), float(high), whole_rms, bool(decided), why)


def _polynomial(x, y, degree):
    """Coefficients, sd of the leading one, rms residual; in units where x spans [-1, 1] and |y| <= 1."""
    size = max(float(np.abs(y).max()), 1e-300)
    fit = np.polynomial.Polynomial.fit(x, y / size, degree)
    r = y / size - fit(x)
    spread = math.sqrt(float(r @ r) / (len(x) - degree - 1))
    half = (x[-1] - x[0]) / 2
    basis = np.polynomial.polynomial.polyvander((x - x[0]) / half - 1, degree)
    leading = np.linalg.norm(np.linalg.pinv(basis)[-1]) / half**degree
    return size * fit.convert().coef, size * spread * float(leading), size * math.sqrt(float(r @ r) / len(x))
