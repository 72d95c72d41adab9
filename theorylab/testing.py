"""Assertions for test suites: a trace follows a predicted law, values stay below a bound.

The fits (numba, scipy) are loaded by the first assert_rate, not by the import of this module.
"""

import math
from typing import NamedTuple

import numpy as np

LOG_TOLERANCE = 0.25
MOST_ROWS = 14
MOST_REJECTED = 3


class _Predicted(NamedTuple):
    """What assert_rate was given; exactly one of exponent and ratio is not None."""

    exponent: float | None
    ratio: float | None
    log_power: float | None
    tolerance: float
    bound: bool

    def __str__(self) -> str:
        law = f"{self.ratio:.6g}^t" if self.exponent is None else f"t^{0 - self.exponent:.6g}"
        log = "" if self.log_power is None else f" (log t)^{self.log_power:g}"
        return f"y = O({law}{log})" if self.bound else f"y ~ C {law}{log}"


def assert_rate(t, y, *, exponent: float | None = None, ratio: float | None = None, log_power: float | None = None,
                tolerance: float = 0.0, bound: bool = False, seeds_axis: int | None = None, level: float = 0.95):
    r"""y ~ C t^-exponent (log t)^log_power, or y ~ C ratio^t: asserted with the honest interval of fit_rate.

    With [low, high] the interval of p, it passes if the law is decided, is of the predicted kind, and

    * tolerance = 0: low <= exponent <= high;
    * tolerance > 0: exponent - tolerance <= low and high <= exponent + tolerance: the whole interval, since a wide
      one proves nothing. No interval is narrower than 4e-4, so that a tolerance below 2e-4 never passes;
    * bound = True, y = O(t^-exponent): high >= exponent - tolerance. It fails only where y provably decays more
      slowly; a faster power or an exponential passes.

    An undecided fit fails in every case, whatever its interval.

    Parameters
    ----------
    t : array_like, shape (n,)
        Steps (positive, increasing), best log-spaced.
    y : array_like, shape (n,), or two-dimensional with `seeds_axis`
        A positive quantity; of seeds, the mean is tested. A floor is no failure: p is that of the descent to it.
    exponent : float
        The predicted p, POSITIVE when y decays.
    ratio : float
        Instead of exponent: the predicted factor per unit of t, in (0, 1). What is compared is
        ln r / ln ratio with 1, so that `tolerance` is relative to the rate -ln ratio.
    log_power : float, optional
        The predicted power of log t; None leaves it untested. Without noise the fitted power has to lie within 0.25
        of it (for a bound: not above it by more than 0.25, unless low > exponent, where no logarithm matters). Noise
        hides a logarithm: then y / (log t)^log_power is fitted and only p is tested.
    tolerance : float
        Half-width of what is tolerated, see above.
    bound : bool
        Whether the law is an upper bound.
    seeds_axis : int, optional
        The axis of independent seeds in y.
    level : float
        Confidence level of what noise leaves open.

    Returns
    -------
    Fit

    Raises
    ------
    AssertionError
        With both laws, the test that failed, the rejected laws and a table of local exponents.
    ValueError
        Not exactly one of exponent and ratio, a number out of its range, or data that no law can be fitted to.
    """
    __tracebackhide__ = True
    predicted = _checked(exponent, ratio, log_power, tolerance, bound)
    from theorylab.fits import fit_rate

    fit = fit_rate(t, y, seeds_axis=seeds_axis, level=level)
    if log_power and _is_noisy(fit):
        fit = fit_rate(t, y, seeds_axis=seeds_axis, level=level, log_power=log_power)
    failure = _failure(fit, predicted)
    if failure:
        mean = y if seeds_axis is None else np.mean(np.asarray(y, dtype=float), axis=seeds_axis)
        raise AssertionError(_message(fit, predicted, failure, t, mean))
    return fit


def _checked(exponent, ratio, log_power, tolerance, bound) -> _Predicted:
    if (exponent is None) == (ratio is None):
        raise ValueError("assert_rate needs either exponent (a power law) or ratio (an exponential law): "
                         f"give exactly one, not {'neither' if exponent is None else 'both'}.")
    if exponent is not None and not math.isfinite(exponent):
        raise ValueError(f"exponent must be a finite number, but is {exponent}.")
    if ratio is not None and not 0 < ratio < 1:
        raise ValueError(f"ratio must lie in (0, 1), the factor by which y falls per unit of t, but is {ratio:g}.")
    if log_power is not None and ratio is not None:
        raise ValueError("log_power belongs to a power law: give it with exponent, not with ratio.")
    if log_power is not None and not math.isfinite(log_power):
        raise ValueError(f"log_power must be a finite number or None, but is {log_power}.")
    if not 0 <= tolerance < math.inf:
        raise ValueError(f"tolerance must be finite and not negative, but is {tolerance:g}.")
    return _Predicted(exponent, ratio, log_power, tolerance, bound)


def _failure(fit, predicted: _Predicted) -> str:
    """The sentence about the test that failed; "" when all passed."""
    if not fit.decided:
        return _undecided(fit)
    exponential = fit.law == "exponential"
    if predicted.ratio is not None:
        if not exponential:
            return "an exponential law was predicted, but a power law was measured"
        rate = -math.log(predicted.ratio)
        low, high = -math.log(fit.ratio_high) / rate, -math.log(fit.ratio_low) / rate
        return _outside(f"the rate in units of -ln {predicted.ratio:.6g}", low, high, 1.0, predicted)
    if exponential:
        # faster than every power: a bound holds, an equality does not
        return "" if predicted.bound else "a power law was predicted, but an exponential law was measured"
    return _wrong_power(fit, predicted)


def _is_noisy(fit) -> bool:
    return math.isfinite(fit.log_allowed[0])


def _undecided(fit) -> str:
    from theorylab.fits.describe import FAR

    if math.isfinite(fit.ratio):
        known = f"the factor is only known to lie in [{fit.ratio_low:.5g}, {fit.ratio_high:.5g}]"
    else:
        known = f"p is only known to lie in [{fit.low:.5g}, {fit.high:.5g}]"
    if fit.decades_missing < FAR:
        help_ = f"about {fit.decades_missing:.1g} more decades of t would decide"
    else:
        help_ = "no longer trace would decide"
    return f"the fit is undecided: {known}; {help_}"


def _wrong_power(fit, predicted: _Predicted) -> str:
    noisy = _is_noisy(fit)
    name = "p" if not noisy or not predicted.log_power else f"p with (log t)^{predicted.log_power:g}"
    low, high = fit.if_no_log if noisy and predicted.log_power == 0 else (fit.low, fit.high)
    failure = _outside(name, low, high, predicted.exponent, predicted)
    if failure or noisy or predicted.log_power is None:
        return failure
    excess = fit.log_power - predicted.log_power
    if predicted.bound:
        excess = max(excess, 0.0) if low <= predicted.exponent else 0.0
    if abs(excess) <= LOG_TOLERANCE:
        return ""
    return (f"the power of log t is {fit.log_power:.3g}, {'above' if excess > 0 else 'below'} the predicted "
            f"{predicted.log_power:g} by more than {LOG_TOLERANCE:g}")


def _outside(name: str, low: float, high: float, value: float, predicted: _Predicted) -> str:
    """How [low, high] misses what is predicted of a number that is larger the faster y decays; "" when it does not."""
    least, most = value - predicted.tolerance, value + predicted.tolerance
    lies = f"{name} lies in [{low:.5g}, {high:.5g}]"
    if predicted.bound:
        return "" if high >= least else f"{lies}, below {least:.5g}: y decays more slowly than the bound"
    wanted = f"tolerated [{least:.5g}, {most:.5g}]" if predicted.tolerance else f"predicted {value:.5g}"
    if high < least or low > most:
        return f"{lies}, {'below' if high < least else 'above'} the {wanted}"
    if predicted.tolerance and (low < least or high > most):
        return f"{lies}, which reaches out of the {wanted}: too wide to tell, or off by more than the tolerance"
    return ""


def _message(fit, predicted: _Predicted, failure: str, t, mean) -> str:
    from theorylab.fits import local_exponents

    tolerance = ""
    if predicted.tolerance:
        tolerance = f", tolerance {predicted.tolerance:g}{' of the rate' if predicted.exponent is None else ''}"
    lines = [f"{failure}.", f"  predicted  {predicted}{tolerance}", f"  measured   {fit}", f"             {fit.why}"]
    rejected = [f"{name}, error {error:.1e} in ln y" for name, error in fit.alternatives[:MOST_REJECTED]] or ["no law"]
    lines += [f"  {'rejected' if i == 0 else '':10} {text}" for i, text in enumerate(rejected)]
    table = local_exponents(t, mean)
    shown = np.unique(np.linspace(0, len(table) - 1, MOST_ROWS).round().astype(int))
    lines += ["  local exponents -d ln y / d ln t", f"  {'t':>12} {'exponent':>10}"]
    return "\n".join(lines + [f"  {at:12.4g} {slope:10.4f}" for at, slope in table[shown]])


def assert_bounded(values, bound, *, t=None, slack: float = 0.0, name: str = "value") -> float:
    """values <= bound (1 + slack), elementwise; returns the tightness max(values / bound).

    Parameters
    ----------
    values : array_like, any shape
        nan is a violation, and so is inf where the bound is finite.
    bound : float, array_like of the shape of values, or callable
        Not negative; a callable is called once, with the array t.
    t : array_like of the shape of values, optional
        Where the values belong to; named in the message.
    slack : float
        Relative, for rounding: dimensionless.
    name : str
        What the message calls a value.

    Returns
    -------
    float
        The largest ratio value / bound: 1 where the bound is attained. 0 / 0 counts as 1, and inf / inf as 0, since
        an infinite bound says nothing.

    Raises
    ------
    AssertionError
        With the number of violations, the first and the worst of them, and the tightness of the others.
    ValueError
        Shapes that differ, no values, a bound that is negative or nan, or a callable without t.
    """
    __tracebackhide__ = True
    values, bound, t = _same_shape(values, bound, t, name)
    if not 0 <= slack < math.inf:
        raise ValueError(f"slack must be finite and not negative, but is {slack:g}.")
    ratio = _ratios(values, bound)
    with np.errstate(over="ignore"):
        wrong = ~(values <= bound * (1 + slack))
    if not wrong.any():
        return float(ratio.max())
    first = np.flatnonzero(wrong)[0]
    # nan is the worst of all: argmax stops at it
    worst = np.argmax(np.where(wrong, ratio, -np.inf))
    allowed = f" (1 + {slack:g})" if slack else ""
    lines = [f"{name} <= bound{allowed} is violated at {np.count_nonzero(wrong)} of {values.size} points.",
             f"  first  {_place(first, values, bound, ratio, t, name)}",
             f"  worst  {_place(worst, values, bound, ratio, t, name)}"]
    if not wrong.all():
        lines.append(f"  elsewhere the largest {name} / bound is {ratio[~wrong].max():.6g}")
    raise AssertionError("\n".join(lines))


def _same_shape(values, bound, t, name: str):
    """Values, bounds and t (or None) as float arrays of one shape."""
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        raise ValueError(f"There is no {name} to check: values are empty.")
    if t is not None:
        t = np.asarray(t, dtype=float)
        if t.shape != values.shape:
            raise ValueError(f"t must have the shape of values, {values.shape}, but has shape {t.shape}.")
    if callable(bound):
        if t is None:
            raise ValueError("bound is a function of t: give t, too.")
        bound = bound(t)
    bound = np.asarray(bound, dtype=float)
    if bound.shape not in ((), values.shape):
        raise ValueError(f"bound must be a number or have the shape of values, {values.shape}, "
                         f"but has shape {bound.shape}.")
    bound = np.broadcast_to(bound, values.shape)
    bad = np.flatnonzero(~(bound >= 0))
    if len(bad):
        raise ValueError(f"bound must be a number that is not negative, but is {bound.flat[bad[0]]:g} "
                         f"at {_index(bad[0], values.shape)}.")
    return values, bound, t


def _ratios(values: np.ndarray, bound: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.array(values / bound)
    ratio[(values == 0) & (bound == 0)] = 1.0
    ratio[np.isinf(values) & np.isinf(bound)] = 0.0
    return ratio


def _index(flat: int, shape: tuple[int, ...]) -> str:
    place = ", ".join(str(i) for i in np.unravel_index(flat, shape))
    return f"index {place}" if len(shape) == 1 else f"index ({place})"


def _place(flat, values, bound, ratio, t, name: str) -> str:
    at = "" if t is None else f", t = {t.flat[flat]:.6g}"
    return (f"{_index(flat, values.shape)}{at}: {name} = {values.flat[flat]:.6g}, bound = {bound.flat[flat]:.6g}, "
            f"ratio {ratio.flat[flat]:.6g}")
