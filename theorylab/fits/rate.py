r"""The exponent of a trace: fit_rate and the table of local slopes."""

import math

import numpy as np

from theorylab.fits.describe import NARROWEST, WIDEST_POWER, exponential_fit, power_fit, staircase_fit
from theorylab.fits.engine import ACCEPT, EXACT, Candidate, compete, hull, least_error, rounding, window_starts
from theorylab.fits.fit import FEWEST, Fit
from theorylab.fits.laws import EXPONENTIAL, LAM, PHI, RICH, SIMPLE, K, M, P
from theorylab.fits.noisy import noisy_interval
from theorylab.fits.staircase import exponential_staircase, power_staircase
from theorylab.fits.trace import CLIMBS, clean, rms, rolling

PREDICTS = 0.02
FAMILY = 3.0
AUDIBLE = 1e-9
LOG_FROM = math.log(1.9)


def fit_rate(t, y, *, seeds_axis: int | None = None) -> Fit:
    r"""y ~ C t^-p (log t)^m or y ~ C r^t as t grows: exponent p with an honest 95 % interval.

    About 20 laws are fitted on 5 nested windows without the last quarter of ln t; the laws that predict that quarter
    best give the interval, which covers the choice of law and window, the drift of the exponent, and the seeds.

    Parameters
    ----------
    t : array_like, shape (n,)
        Steps (positive, increasing), best log-spaced with some 40 points a decade.
    y : array_like, shape (n,), or two-dimensional with `seeds_axis`
        A positive quantity that decays. The trace is used up to its first value that is not positive and finite and
        up to its rounding floor. Of seeds, the mean is fitted.
    seeds_axis : int, optional
        The axis of independent seeds in y; they are the unit of resampling.

    Returns
    -------
    Fit
        `exponent` is POSITIVE when y decays. `law` is "undecided" where the interval is wider than 0.1 on either
        side (a quarter of the rate for an exponential law).

    Raises
    ------
    ValueError
        Lengths differ, t is not positive and increasing, fewer than 8 usable points, or all y are nan.

    Notes
    -----
    The interval holds for laws near the dictionary. Slowly varying factors outside it (exp of the root of log t)
    imitate a power over any realistic range and are not detected.
    """
    data = clean(t, y, seeds_axis)
    u, z = data.u, data.z
    span, eps = u[-1] - u[0], rounding(z)
    split = u[-1] - max(span / 4, min(math.log(10) / 2, 0.45 * span))
    split = max(split, u[min(FEWEST - 1, len(u) - 3)])

    def contest(laws):
        usable = [law for law in laws if u[0] > LOG_FROM or K in law.free or not (M in law.free or M in law.fixed)]
        return compete(usable, u, z, data.weight, window_starts(u), split)

    powers = contest(SIMPLE)
    exponentials = [c for c in contest(EXPONENTIAL) if c.q[LAM] * math.exp(span) > 1]
    if data.seeds is None and least_error(powers) > EXACT * eps:
        powers += contest(RICH)
    best = min(powers, key=lambda c: c.error)
    error, error_exp = best.error, least_error(exponentials)
    late, late_exp = min(c.late for c in powers), min((c.late for c in exponentials), default=math.inf)

    held = u > split
    weight = data.weight[held] / rms(data.weight[held])
    typical = float(np.median(weight * rolling(np.abs(data.noise), np.median)[held]))
    jumps = float(rms(weight * data.noise[held]))
    climbs = np.mean(np.diff(z[held]) > 0) > CLIMBS
    scattered = climbs and typical > 0.5 * late and jumps < 2.5 * typical

    if data.seeds is None and data.quantum == 0:
        if min(error, error_exp) > PREDICTS and not scattered:
            stairs = exponential_staircase(np.exp(u), z)
            if stairs is not None:
                return exponential_fit(*stairs, None, powers, data)
        exponential = max(error_exp, eps) < max(error, eps) / FAMILY and late_exp <= 2 * late
        noisy = error > PREDICTS or typical > AUDIBLE and 0.15 * late < typical < 3 * late
    else:
        exponential = late_exp < 0.6 * late
        noisy = True
    if exponential:
        return exponential_fit(*_exponential_interval(exponentials, u, eps), powers, data)
    if data.seeds is None and data.quantum == 0 and jumps > 4 * typical and best.late > 0.01:
        stairs = power_staircase(u, z)
        if stairs is not None:
            return staircase_fit(*stairs, best, powers, data)
    if noisy:
        simple = {law.name for law in SIMPLE}
        low, high, best, accepted = noisy_interval([c for c in powers if c.law.name in simple], data)
    else:
        low, high, best, accepted = hull(_outside_plateau(powers, z, eps), P, eps, NARROWEST)
    return power_fit(low, high, best, accepted, powers, data, noisy=noisy)


def local_exponents(t, y) -> np.ndarray:
    """Local decay exponents -d ln y / d ln t by differences over half decades, for tables in messages.

    Returns
    -------
    ndarray, shape (k, 2)
        Rows (geometric mid-point of t, exponent); POSITIVE exponents when y decays. No interval: fit_rate has one.

    Raises
    ------
    ValueError
        As fit_rate.
    """
    data = clean(t, y, None)
    marks = np.arange(data.u[-1], data.u[0] - 1e-9, -math.log(10) / 2)[::-1]
    at = np.unique(np.searchsorted(data.u, marks - 1e-9))
    if len(at) < 2:
        at = np.array([0, len(data.u) - 1])
    u, z = data.u[at], data.z[at]
    return np.column_stack([np.exp((u[1:] + u[:-1]) / 2), -np.diff(z) / np.diff(u)])


def _outside_plateau(powers: list[Candidate], z: np.ndarray, eps: float) -> list[Candidate]:
    """Without the windows that lie on a plateau: there p = 0 predicts perfectly and says nothing of the descent.

    A plateau is recognised by a floor law that predicts as well as any on a window with 30 % of the drop.
    """
    drop = z[0] - z.min()
    telling = [c for c in powers if z[c.first] - z.min() > 0.3 * drop]
    floors = [c for c in telling if PHI in c.law.free and c.q[PHI] > -600]
    bound = ACCEPT * max(least_error(powers), 3 * eps)
    flat = any(abs(c.q[P]) < WIDEST_POWER for c in powers if c.error <= bound)
    if not flat or least_error(floors) > bound and not any(abs(c.q[P]) < 0.02 for c in powers if c.error <= bound):
        return powers
    return [c for c in telling if abs(c.q[P]) > 0.02] if floors else powers


def _exponential_interval(candidates: list[Candidate], u: np.ndarray, eps: float):
    """(rate, low, high, best) per unit of t: hull of the accepted windows, widened by drift and hidden slopes.

    A residual of rms r on [0, t_end] can hide a line of slope 2 sqrt(3) r / t_end.
    """
    start, reached = math.exp(u[0]), math.exp(u[-1] - u[0])
    bar = ACCEPT * max(least_error(candidates), 3 * eps)
    accepted = [c for c in candidates if c.error <= bar]
    reach = [abs(c.q[LAM] - c.q_train[LAM]) + 2 * math.sqrt(3) * c.late / reached for c in accepted]
    low = min(c.q[LAM] - r for c, r in zip(accepted, reach, strict=True))
    high = max(c.q[LAM] + r for c, r in zip(accepted, reach, strict=True))
    best = min(accepted, key=lambda c: (max(c.error, 3 * eps), c.size))
    return best.q[LAM] / start, low / start, high / start, best
