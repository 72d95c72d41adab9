"""From an interval to a Fit that says in one sentence where it comes from."""

import math

import numpy as np

from theorylab.fits.drift import shrinkage
from theorylab.fits.engine import Candidate, constant, least_error, rejected
from theorylab.fits.fit import Fit
from theorylab.fits.formula import C, M, P
from theorylab.fits.trace import Clean

WIDEST_POWER = 0.04
WIDEST_NOISY = 0.1
WIDEST_RATE = 0.25
NARROWEST = 2e-4
FAR = 20.0


def power_fit(low: float, high: float, best: Candidate, accepted, powers, data: Clean, *, noisy: bool = False) -> Fit:
    """The Fit of a power law with interval [low, high]; undecided where that is too wide."""
    low, high = _at_least(low, high, NARROWEST)
    half = (high - low) / 2
    names = sorted({c.law.name for c in accepted})
    if noisy:
        unit = "the residuals of one noisy trace" if data.seeds is None else f"{len(data.seeds)} seeds"
        why = f"{_listed(names)} {'is enough' if len(names) == 1 else 'cannot be told apart'} given {unit}."
    else:
        why = f"{_listed(names)} predict{'s' if len(names) == 1 else ''} the last part of ln y within {best.error:.1e}."
    advice, missing = _advice(half, data, noisy)
    exponent = min(max(float(best.q[P]), low), high)  # other laws may agree on an interval that the best one misses
    return Fit(exponent, low, high, float(best.q[M]), constant(best), "undecided" if missing else "power",
               _window(data, best.first), f"{why}{advice} {data.cut}".strip(), best.law.name,
               alternatives=rejected(powers, accepted), decades_missing=missing)


def staircase_fit(low: float, high: float, best: Candidate, powers, data: Clean) -> Fit:
    """The Fit of a staircase whose drops come at a constant factor of t."""
    low, high = _at_least(low, high, NARROWEST)
    advice, missing = _advice((high - low) / 2, data, False)
    why = "A staircase: the points before its drops and those after them lie on lines of this slope."
    return Fit((low + high) / 2, low, high, 0.0, constant(best), "undecided" if missing else "power",
               _window(data, 0), f"{why}{advice} {data.cut}".strip(), "power staircase",
               alternatives=rejected(powers, []), decades_missing=missing)


def exponential_fit(rate, low, high, best: Candidate | None, powers, data: Clean) -> Fit:
    """The Fit of y ~ C exp(-rate t); `best` is None for a staircase of epochs."""
    low, high = _at_least(low, high, NARROWEST * rate)
    width = (high - low) / 2 / rate
    decided = width < WIDEST_RATE
    error = least_error(powers)
    if best is None:
        t = np.exp(data.u)
        first = int(np.searchsorted(t, 0.1 * t[-1]))
        log_constant = float(np.mean(data.z[first:] + rate * t[first:]))
        model, why = "exponential staircase", f"ln y falls by epochs along a line in t; power laws err by {error:.1e}."
    else:
        first, log_constant, model = best.first, best.q[C], best.law.name
        why = (f"{model.capitalize()} predicts the last part of ln y within {best.error:.1e}, "
               f"the best power law within {error:.1e}.")
    if not decided:
        why += f" The rate is only known within {100 * width:.0f} %; record further."
    return Fit(math.nan, math.nan, math.nan, 0.0, math.exp(min(log_constant, 700.0)),
               "exponential" if decided else "undecided", _window(data, first), f"{why} {data.cut}".strip(), model,
               math.exp(-rate), math.exp(-high), math.exp(-low), rejected(powers, []),
               0.0 if decided else math.log10(width / WIDEST_RATE))


def _at_least(low: float, high: float, half: float) -> tuple[float, float]:
    half, centre = max((high - low) / 2, half), (high + low) / 2
    return float(centre - half), float(centre + half)


def _advice(half: float, data: Clean, noisy: bool) -> tuple[str, float]:
    """A sentence, and about how many more decades would decide; ("", 0) when the interval is narrow enough."""
    widest = WIDEST_NOISY if noisy and not data.rounded else WIDEST_POWER
    if half <= widest:
        return "", 0.0
    if noisy:  # it averages out like span^(-3/2)
        missing = float(data.u[-1] - data.u[0]) / math.log(10) * ((half / widest) ** (2 / 3) - 1)
    else:  # a drift like (ln t)^-a, a = 2 for a logarithm, leaves (ln t)^(1-a)
        last = float(max(data.u[-1], data.u[-1] - data.u[0]))
        a = max(math.log(shrinkage(data.u, data.z)) / math.log(max(1 - math.log(10) / last, 0.01)), 2.0)
        missing = last / math.log(10) * ((half / widest) ** (1 / (a - 1)) - 1)
    help_ = f"about {missing:.1g} more decades of t would decide" if missing < FAR else "no range of t would help"
    return f" p is left open within {half:.2g}; {help_}.", missing


def _listed(names: list[str]) -> str:
    text = ", ".join(names[:3]) + (f" and {len(names) - 3} more laws" if len(names) > 3 else "")
    return text[0].upper() + text[1:]


def _window(data: Clean, first: int) -> tuple[float, float]:
    return math.exp(data.u[first]), math.exp(data.u[-1])
