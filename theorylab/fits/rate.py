r"""The exponent of a trace: fit_rate and the table of local slopes."""

import math
from dataclasses import replace

import numpy as np

from theorylab.fits.contest import Contest, contest
from theorylab.fits.describe import NARROWEST, WIDEST_POWER, exponential_fit, power_fit, staircase_fit
from theorylab.fits.drift import doubt
from theorylab.fits.engine import ACCEPT, Candidate, hull, least_error, window_starts
from theorylab.fits.fit import Fit
from theorylab.fits.formula import LAM, PHI, P
from theorylab.fits.laws import LOG_OF_CT, SIMPLE
from theorylab.fits.noisy import noisy_interval
from theorylab.fits.staircase import exponential_staircase, power_staircase
from theorylab.fits.trace import Clean, clean


def fit_rate(t, y, *, seeds_axis: int | None = None, log_power: float = 0.0, level: float = 0.95, without=()) -> Fit:
    r"""y ~ C t^-p (log t)^m or y ~ C r^t as t grows: exponent p with an honest interval.

    About 20 laws are fitted on nested windows without the last quarter of ln t; the laws that predict that quarter
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
    log_power : float
        m of a logarithm that is known, say from a claim on trial: y / (log t)^m is fitted, from t = 2 on. Noise hides
        logarithms, so that a claim is best tested with its own m; what is left of one is then added to m.
    level : float
        Confidence level of what noise leaves open, in (0, 1). Without noise the interval is a hull that does not
        depend on it; `theorylab calibrate` measures how often it holds the truth.
    without : collection of str
        Names of laws that are left out, to see how much rests on them (`Fit.model` and `Fit.alternatives` name laws).

    Returns
    -------
    Fit
        `exponent` is POSITIVE when y decays. `law` is "undecided" where the interval is wider than 0.04 on either
        side (0.1 where there is noise, a quarter of the rate for an exponential law). Where there is noise,
        `if_no_log` and `log_allowed` are the intervals without and with a logarithm of unknown power.

    Raises
    ------
    ValueError
        Lengths differ, t is not positive and increasing, fewer than 8 usable points, all y are nan, a log_power that
        is not finite, or a level outside (0, 1).

    Notes
    -----
    Laws outside the dictionary widen the interval by what a drift as slow as that of exp(sqrt(ln t)) could still do.
    What sets in later than the trace ends no fit can see.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), but is {level:g}.")
    if not math.isfinite(log_power):
        raise ValueError(f"log_power must be a finite number, but is {log_power}.")
    fit = _fit(clean(t, y, seeds_axis, log_power), level, without)
    return replace(fit, log_power=fit.log_power + log_power)


def _fit(data: Clean, level: float, without) -> Fit:
    found = contest(data, without)
    if found.has_epochs:
        stairs = exponential_staircase(np.exp(data.u), data.z)
        if stairs is not None:
            return exponential_fit(*stairs, None, found.powers, data)
    if found.is_exponential:
        return exponential_fit(*_exponential_interval(found, data), found.powers, data)
    if found.has_jumps:
        stairs = power_staircase(data.u, data.z)
        if stairs is not None:
            return staircase_fit(*stairs, min(found.powers, key=_error), found.powers, data)
    return _noisy_fit(found, data, level) if found.is_noisy else _smooth_fit(found, data)


def _error(c: Candidate) -> float:
    return c.error


def _noisy_fit(found: Contest, data: Clean, level: float) -> Fit:
    simple = {law.name for law in (*SIMPLE, LOG_OF_CT)}
    judged = window_starts(data.u)  # on the same points, as the late window is not
    noise = noisy_interval([c for c in found.powers if c.law.name in simple and c.first in judged], data, level)
    fit = power_fit(noise.low, noise.high, noise.best, noise.accepted, found.powers, data, noisy=True)
    return replace(fit, if_no_log=noise.if_no_log, log_allowed=noise.log_allowed)


def _smooth_fit(found: Contest, data: Clean) -> Fit:
    telling = _outside_plateau(found.powers, data.z, found.eps)
    low, high, best, accepted = hull(telling, P, found.eps, NARROWEST, found.held)
    if not found.is_exact(telling):
        plain = [c for c in telling if c.law.name == "power"]
        wider = doubt(accepted, plain, data.u, data.z, P)
        low, high = low - wider, high + wider
    return power_fit(low, high, best, accepted, found.powers, data)


def _outside_plateau(powers: list[Candidate], z: np.ndarray, eps: float) -> list[Candidate]:
    """Without the windows that lie on a plateau: there p = 0 predicts perfectly and says nothing of the descent.

    A plateau is recognised by a floor law that predicts as well as any on a window with 30 % of the drop.
    """
    drop = z[0] - z.min()
    telling = [c for c in powers if z[c.first] - z.min() > 0.3 * drop]
    floors = [c for c in telling if PHI in c.law.free and c.q[PHI] > -600]
    bound = ACCEPT * max(least_error(powers), 3 * eps)
    flat = any(abs(c.q[P]) < 2 * WIDEST_POWER for c in powers if c.error <= bound)
    if not flat or least_error(floors) > bound and not any(abs(c.q[P]) < 0.02 for c in powers if c.error <= bound):
        return powers
    return [c for c in telling if abs(c.q[P]) > 0.02] if floors else powers


def _exponential_interval(found: Contest, data: Clean):
    """(rate, low, high, best) per unit of t: hull of the accepted windows, widened by drift and hidden slopes.

    A residual of rms r on [0, t_end] can hide a line of slope 2 sqrt(3) r / t_end.
    """
    u, candidates, eps = data.u, found.exponentials, found.eps
    start, reached = math.exp(u[0]), math.exp(u[-1] - u[0])
    bar = ACCEPT * max(least_error(candidates), 3 * eps)
    accepted = [c for c in candidates if c.error <= bar]
    reach = [abs(c.q[LAM] - c.q_train[LAM]) + 2 * math.sqrt(3) * c.late / reached for c in accepted]
    low = min(c.q[LAM] - r for c, r in zip(accepted, reach, strict=True))
    high = max(c.q[LAM] + r for c, r in zip(accepted, reach, strict=True))
    best = min(accepted, key=lambda c: (max(c.error, 3 * eps), c.size))
    if not found.is_noisy and not found.is_exact(candidates):
        plain = [c for c in candidates if c.law.name == "exponential"]
        wider = doubt([best], plain, u, data.z, LAM)
        low, high = low - wider, high + wider
    return best.q[LAM] / start, low / start, high / start, best


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
