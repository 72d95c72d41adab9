"""Few points with or without known errors: how a quantity scales with a parameter of the problem."""

import math

import numpy as np

from theorylab.fits.fit import ParameterFit, PolynomialFit, check_abscissa
from theorylab.fits.laws import B as POWER
from theorylab.fits.laws import C, H, K, Law, M, P, S, influence, minimise_from, residual, starts

WIDEST = 0.1
PASSES = 0.95
CLOSE = 0.8
CORRECTIONS = tuple(
    Law(f"power x correction x^-{b:.2g}", (C, P, H), {POWER: b, S: sign})
    for b in np.arange(0.3, 2.41, 0.15) for sign in (1.0, -1.0)
)
FREE = tuple(Law("power x free correction", (C, P, H, POWER), {S: sign}) for sign in (1.0, -1.0))
LOGS = tuple(Law(f"power x log^{m:g}", (C, P, K), {M: m}) for m in (-1.0, 1.0))


def fit_parameter(x, y, *, sd=None, limit: str = "large") -> ParameterFit:
    r"""y ~ C x^s as x tends to a limit: the exponent s, POSITIVE when y grows with x, from 5 to 10 points.

    With known errors, a plain power that passes a chi^2 test at 95 % is believed; otherwise the interval is the hull
    of what passes: plain powers on the points nearest the limit, powers with a correction x^-b, and powers with a
    logarithm. With unknown errors, a plain power that leaves about as little as the best of these stands, on all
    points and without up to a third of those farthest from the limit.

    Parameters
    ----------
    x : array_like, shape (n,)
        Positive and increasing, n >= 5.
    y : array_like, shape (n,)
        Positive values.
    sd : float or array_like of shape (n,), optional
        Standard deviation of ln y. Unknown if not given: it is then estimated from the law that fits best, with
        Student's quantiles instead of the normal ones.
    limit : {"large", "small"}
        Which end of x the law is about.

    Returns
    -------
    ParameterFit
        Undecided where nothing passes or the half-width exceeds 0.1.

    Raises
    ------
    ValueError
        Lengths differ, x is not positive and increasing, fewer than 5 points, a y that is not positive, an sd that
        is not positive, or an unknown limit.
    """
    x, y = check_abscissa(x, y, name="x", fewest=5)
    if limit not in ("large", "small"):
        raise ValueError(f"limit is {limit!r}, but must be 'large' or 'small': the end of x that the law is about.")
    bad = np.flatnonzero(~(np.isfinite(y) & (y > 0)))
    if len(bad):
        raise ValueError(f"y must be positive and finite, but y = {y[bad[0]]:g} at x = {x[bad[0]]:g}.")
    if sd is not None:
        sd = np.broadcast_to(np.asarray(sd, dtype=float), y.shape)
        if not np.all(sd > 0):
            raise ValueError(f"sd (of ln y) must be positive, but its least value is {sd.min():g}.")
    u, z = np.log(x), np.log(y)
    if limit == "small":
        u, z, sd = -u[::-1], z[::-1].copy(), None if sd is None else sd[::-1]
    sign = 1.0 if limit == "large" else -1.0
    value, low, high, constant, why = _scaling(u, z, sd)
    low, high = sorted((sign * low, sign * high))
    decided = (high - low) / 2 <= WIDEST
    return ParameterFit(sign * value, low, high, decided, (float(x[0]), float(x[-1])), why, constant)


def _scaling(u, z, sd):
    """(exponent, low, high, constant, why) of y ~ C e^(exponent u) as u grows."""
    from scipy.special import chdtri, fdtri, ndtri, stdtrit

    n = len(u)
    scale = np.ones(n) if sd is None else sd
    plain = Law("power", (C, P))
    whole = _fit(plain, u, z, scale, 0)
    value, constant = whole[0], whole[4]
    if sd is not None and whole[2] <= chdtri(whole[3], 1 - PASSES):
        reach = float(ndtri(0.975)) * whole[1]
        return value, value - reach, value + reach, constant, "A plain power law passes on all points."
    suffixes = [_fit(plain, u, z, scale, first) for first in range(1, n - 3)]
    richer = [_fit(law, u, z, scale, first) for first in range(0, min(n - 4, 3))
              for law in CORRECTIONS + FREE + LOGS if n - first >= len(law.free) + 2]
    richer = [row for row in richer if row is not None]
    if sd is None:
        # the scale of the errors comes from the law that leaves least per degree of freedom
        reference = min([whole, *suffixes, *richer], key=lambda row: row[2] / row[3])
        sigma = max(math.sqrt(reference[2] / reference[3]), 1e-14)

        def passes(row, level):
            return row[2] / sigma**2 / row[3] <= fdtri(row[3], reference[3], level)

        def reach(row):
            return stdtrit(row[3], 0.975) * row[1] * max(sigma, math.sqrt(row[2] / row[3]))
    else:
        def passes(row, level):
            return row[2] <= chdtri(row[3], 1 - level)

        def reach(row):
            return ndtri(0.975) * row[1]

    if sd is None and passes(whole, CLOSE):
        near = [whole, *suffixes[: n // 3]]
        low, high = min(row[0] - reach(row) for row in near), max(row[0] + reach(row) for row in near)
        return value, low, high, constant, f"Plain power laws on all points and without the farthest {len(near) - 1}."
    kept = [row for row in [whole, *suffixes, *richer] if passes(row, PASSES)]
    if not kept:
        return value, -math.inf, math.inf, constant, "No law fits within the errors given: check them, or add points."
    low, high = min(row[0] - reach(row) for row in kept), max(row[0] + reach(row) for row in kept)
    best = min(kept, key=lambda row: (row[5], row[2] / row[3]))
    why = f"{len(kept)} fits pass (plain powers near the limit, corrections, logarithms); this is their hull."
    return best[0], low, high, best[4], why


def _fit(law: Law, u, z, scale, first: int):
    """(exponent, its sd per unit of scale, chi^2, degrees of freedom, constant, size), or None if it has no fit."""
    u, z, weight = u[first:], z[first:], 1 / scale[first:]
    v = u - u[0]
    free = np.array(law.free)
    linear = np.array([j for j in law.free if j in (C, P)])
    table = starts(law, u, z)
    q, rms = minimise_from(table, linear, free, law.switches, u, v, z, weight, 60)
    if not math.isfinite(rms):
        return None
    sd = float(np.linalg.norm(influence(q, law, u, v, weight)[law.free.index(P)] / weight))
    chi2 = float(np.sum((residual(q, law, u, v, z) * weight) ** 2))
    return -q[P], sd, chi2, len(u) - len(free), math.exp(min(q[C], 700.0)), len(free)


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
