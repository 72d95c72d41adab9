r"""The exponent of a trace: fit_rate and the table of local slopes."""

import math

import numpy as np

from theorylab.fits.engine import Candidate, compete, constant, hull, least_error, rejected, rounding, window_starts
from theorylab.fits.fit import FEWEST, Fit
from theorylab.fits.laws import EXPONENTIAL, LAM, PHI, RICH, SIMPLE, K, M, P
from theorylab.fits.noisy import noisy_interval
from theorylab.fits.staircase import exponential_staircase, power_staircase
from theorylab.fits.trace import CLIMBS, Clean, clean, rms, rolling

WIDEST_POWER = 0.1
WIDEST_RATE = 0.25
NARROWEST = 2e-4
PREDICTS = 0.02
FAMILY = 3.0
AUDIBLE = 1e-9
FAR = 20.0


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
    span = u[-1] - u[0]
    split = u[-1] - max(span / 4, min(math.log(10) / 2, 0.45 * span))
    split = max(split, u[min(FEWEST - 1, len(u) - 3)])
    firsts = window_starts(u)
    eps = rounding(z)

    def contest(laws):
        usable = [law for law in laws if u[0] > 0.64 or K in law.free or not (M in law.free or M in law.fixed)]
        return compete(usable, u, z, data.weight, firsts, split)

    powers = contest(SIMPLE)
    exponentials = [c for c in contest(EXPONENTIAL) if c.q[LAM] * math.exp(span) > 1]
    if data.seeds is None and least_error(powers) > 30 * eps:
        powers += contest(RICH)
    if not powers:
        raise ValueError(f"The {len(u)} usable points leave no window to fit and to predict; record more of them.")
    error, error_exp = least_error(powers), least_error(exponentials)
    late, late_exp = min(c.late for c in powers), min((c.late for c in exponentials), default=math.inf)
    held = u > split
    weight = data.weight[held] / rms(data.weight[held])
    typical = float(np.median(weight * rolling(np.abs(data.noise), np.median)[held]))
    jumps = float(rms(weight * data.noise[held]))
    climbs = np.mean(np.diff(z[held]) > 0) > CLIMBS
    loud = climbs and typical > 0.5 * late and jumps < 2.5 * typical

    smooth = data.seeds is None and data.quantum == 0
    exponential = max(error_exp, eps) < max(error, eps) / FAMILY and late_exp <= 2 * late
    exponential |= data.seeds is not None and late_exp < 0.6 * late
    if smooth and min(error, error_exp) > PREDICTS and not loud:
        stairs = exponential_staircase(np.exp(u), z)
        if stairs is not None:
            return _exponential_fit(*stairs, None, powers, data)
    if exponential:
        return _exponential_fit(*_exponential_interval(exponentials, u, eps), exponentials, powers, data)
    best = min(powers, key=lambda c: c.error)
    if smooth and jumps > 4 * typical and best.late > 0.01:
        stairs = power_staircase(u, z)
        if stairs is not None:
            return _power_fit(*stairs, best, [], powers, data, "staircase: points before and after each drop")
    if not smooth or (typical > AUDIBLE and 0.15 * late < typical < 3 * late) or error > PREDICTS:
        simple = {law.name for law in SIMPLE}
        result = noisy_interval([c for c in powers if c.law.name in simple], data)
        return _power_fit(result.low, result.high, result.best, result.accepted, powers, data, "noise")
    powers = _outside_plateau(powers, z, eps)
    low, high, best, accepted = hull(powers, P, eps, NARROWEST)
    return _power_fit(low, high, best, accepted, powers, data, "")


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
    bound = 6 * max(least_error(powers), 3 * eps)
    flat = any(abs(c.q[P]) < WIDEST_POWER for c in powers if c.error <= bound)
    if not flat or least_error(floors) > bound and not any(abs(c.q[P]) < 0.02 for c in powers if c.error <= bound):
        return powers
    return [c for c in telling if abs(c.q[P]) > 0.02] if floors else powers


def _exponential_interval(candidates: list[Candidate], u: np.ndarray, eps: float):
    """(rate, low, high) per unit of t: hull of the accepted windows, widened by drift and by what residuals hide."""
    start, reached = math.exp(u[0]), math.exp(u[-1] - u[0])
    bound = 6 * max(least_error(candidates), 3 * eps)
    accepted = [c for c in candidates if c.error <= bound]
    reach = [abs(c.q[LAM] - c.q_train[LAM]) + 2 * math.sqrt(3) * c.late / reached for c in accepted]
    low = min(c.q[LAM] - r for c, r in zip(accepted, reach, strict=True))
    high = max(c.q[LAM] + r for c, r in zip(accepted, reach, strict=True))
    best = min(accepted, key=lambda c: (max(c.error, 3 * eps), c.size))
    half, centre = max((high - low) / 2, NARROWEST * best.q[LAM]), (high + low) / 2
    return best.q[LAM] / start, (centre - half) / start, (centre + half) / start


def _exponential_fit(rate, low, high, candidates, powers, data: Clean) -> Fit:
    width = (high - low) / 2 / rate
    decided = width < WIDEST_RATE
    if candidates:
        best = min(candidates, key=lambda c: c.error)
        model, first, log_constant = best.law.name, best.first, best.q[0]
    else:
        t = np.exp(data.u)
        model, first = "exponential staircase", int(np.searchsorted(t, 0.1 * t[-1]))
        log_constant = float(np.mean(data.z[first:] + rate * t[first:]))
    why = (f"{model} predicts the last part of ln y; the best power law errs {_ratio(powers, candidates)}there."
           if decided else f"The rate is only known within {100 * width:.0f} %; record further.")
    return Fit(math.nan, math.nan, math.nan, 0.0, math.exp(min(log_constant, 700.0)),
               "exponential" if decided else "undecided", _window(data, first), _sentence(why, data), model,
               math.exp(-rate), math.exp(-high), math.exp(-low), rejected(powers, []),
               0.0 if decided else math.log10(width / WIDEST_RATE))


def _ratio(powers, candidates) -> str:
    if not candidates:
        return "more "
    return f"{least_error(powers) / max(least_error(candidates), 1e-16):.1g} times as much "


def _power_fit(low, high, best: Candidate, accepted, powers, data: Clean, how: str) -> Fit:
    half = (high - low) / 2
    if half < NARROWEST:
        low, high = (low + high) / 2 - NARROWEST, (low + high) / 2 + NARROWEST
    decided = half <= WIDEST_POWER
    span = data.u[-1] - data.u[0]
    staircase = how.startswith("staircase")
    exponent = (low + high) / 2 if staircase else best.q[P]
    names = sorted({c.law.name for c in accepted})
    if staircase:
        why = f"A {how}."
    elif how == "noise":
        unit = f"{len(data.seeds)} seeds" if data.seeds is not None else "the residuals of one noisy trace"
        why = f"{_listed(names)} cannot be told apart given {unit}." if len(names) > 1 else \
            f"{_listed(names)} is enough given {unit}."
    else:
        why = f"{_listed(names)} predict{'s' if len(names) == 1 else ''} the last part of ln y within {best.error:.1e}."
    missing = 0.0
    if not decided:
        # noise averages out like span^-3/2; a drift that has not died out is logarithmic, and falls like 1 / span
        growth = (half / WIDEST_POWER) ** (2 / 3 if how == "noise" else 1.0)
        missing = span / math.log(10) * (growth - 1)
        reach = f"about {missing:.1g} more decades of t would decide" if missing < FAR else "no range of t would help"
        why += f" They leave p within {half:.2g} only; {reach}."
    return Fit(exponent, low, high, 0.0 if staircase else best.q[M], constant(best),
               "power" if decided else "undecided", _window(data, 0 if staircase else best.first),
               _sentence(why, data), "power staircase" if staircase else best.law.name,
               alternatives=rejected(powers, accepted), decades_missing=missing)


def _listed(names: list[str]) -> str:
    text = ", ".join(names[:3]) + (f" and {len(names) - 3} more laws" if len(names) > 3 else "")
    return text[0].upper() + text[1:]


def _window(data: Clean, first: int) -> tuple[float, float]:
    return float(math.exp(data.u[first])), float(math.exp(data.u[-1]))


def _sentence(why: str, data: Clean) -> str:
    return f"{why} {data.cut}".strip()
