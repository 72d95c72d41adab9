"""What a fit returns, and the checks of what it is given."""

import math
from dataclasses import dataclass
from html import escape

import numpy as np

FEWEST = 8


def _digits(value: float, low: float, high: float) -> str:
    """value [low, high] with six digits, or as many as tell the ends apart."""
    size, width = max(abs(low), abs(high)), high - low
    digits = 6
    if 0 < width < math.inf and math.isfinite(size):
        digits = min(max(6, math.ceil(math.log10(size / width)) + 2), 17)
    return f"{value:.{digits}g} [{low:.{digits}g}, {high:.{digits}g}]"


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval [low, high]; `decided` is False where the data cannot fix it.

    Attributes
    ----------
    value, low, high : float
        Estimate and interval, in the units of the data.
    decided : bool
    window : tuple of float
        First and last abscissa used; (nan, nan) where there is none.
    why : str
        One plain sentence.
    """

    value: float
    low: float
    high: float
    decided: bool
    window: tuple[float, float]
    why: str

    def __str__(self) -> str:
        state = "" if self.decided else "undecided: "
        return f"{state}{_digits(self.value, self.low, self.high)}"

    def _repr_html_(self) -> str:
        return f"<b>{escape(str(self))}</b> <small>{escape(self.why)}</small>"


@dataclass(frozen=True)
class Fit:
    """The law y ~ C t^-p (log t)^m, or y ~ C r^t, that a trace follows, with an honest interval.

    Attributes
    ----------
    law : {"power", "exponential", "undecided"}
    exponent : float
        Decay exponent p: POSITIVE when y decays, dimensionless; nan for an exponential law. That of the best law, or
        the end of the interval nearest to it.
    low, high : float
        Interval of p: choice of window, choice of law, drift and seeds; nan for an exponential law.
    log_power : float
        m, the power of the logarithm in the best law.
    constant : float
        C of the best law, in the units of y t^p (power) or of y (exponential).
    window : tuple of float
        (t_first, t_last) that the best law was fitted on.
    why : str
        One plain sentence.
    model : str
        The best law in words.
    ratio, ratio_low, ratio_high : float
        Factor r per unit of t and its interval, for an exponential law; nan otherwise.
    alternatives : tuple of (str, float)
        Rejected laws with the error of each when it predicts the last part of ln y from the rest.
    decades_missing : float
        About how many more decades of t would decide; 0 when decided.
    if_no_log, log_allowed : tuple of float
        Where there is noise, the intervals of p from laws without a logarithm only, and with (log t)^m of unknown m;
        noise can hide a logarithm. nan where there is none: then m is told by its prediction.
    """

    exponent: float
    low: float
    high: float
    log_power: float
    constant: float
    law: str
    window: tuple[float, float]
    why: str
    model: str = ""
    ratio: float = math.nan
    ratio_low: float = math.nan
    ratio_high: float = math.nan
    alternatives: tuple[tuple[str, float], ...] = ()
    decades_missing: float = 0.0
    if_no_log: tuple[float, float] = (math.nan, math.nan)
    log_allowed: tuple[float, float] = (math.nan, math.nan)

    @property
    def decided(self) -> bool:
        return self.law != "undecided"

    def __str__(self) -> str:
        if math.isfinite(self.ratio):
            number = f"factor {self.ratio:.6g} per unit of t [{self.ratio_low:.6g}, {self.ratio_high:.6g}]"
        else:
            log = f" (log t)^{self.log_power:.3g}" if abs(self.log_power) > 5e-3 else ""
            number = f"t^-p{log}, p = {self.exponent:.5g} [{self.low:.5g}, {self.high:.5g}]"
            if math.isfinite(self.log_allowed[0]):
                number += f", log allowed [{self.log_allowed[0]:.5g}, {self.log_allowed[1]:.5g}]"
        return f"{self.law}: {number} on t in [{self.window[0]:.3g}, {self.window[1]:.3g}]"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(name)}</td><td>{error:.1e}</td></tr>" for name, error in self.alternatives)
        table = f"<table><tr><th>rejected law</th><th>prediction error</th></tr>{rows}</table>" if rows else ""
        return f"<b>{escape(str(self))}</b><br><small>{escape(self.why)}</small>{table}"


@dataclass(frozen=True)
class ParameterFit(Estimate):
    """Exponent s (`value`) of y ~ C x^s from a few points, with the `constant` C of the likeliest law."""

    constant: float = math.nan

    @property
    def exponent(self) -> float:
        """The exponent s: POSITIVE when y grows with x."""
        return self.value


@dataclass(frozen=True)
class PolynomialFit:
    """y = sum_j coefficients[j] x^j, with an interval [low, high] for the leading coefficient.

    Attributes
    ----------
    coefficients : ndarray, shape (degree + 1,)
        Lowest degree first, fitted on all points.
    leading, low, high : float
        The leading coefficient and its 95 % interval: noise, choice of window, neglected next order.
    rms : float
        Root mean square residual on all points, in the units of y.
    decided : bool
        False where the interval is wider than a quarter of the coefficient on either side.
    why : str
    """

    coefficients: np.ndarray
    leading: float
    low: float
    high: float
    rms: float
    decided: bool
    why: str

    def __str__(self) -> str:
        return f"degree {len(self.coefficients) - 1}, leading {self.leading:.5g} [{self.low:.5g}, {self.high:.5g}]"

    def _repr_html_(self) -> str:
        return f"<b>{escape(str(self))}</b> <small>{escape(self.why)}</small>"


def check_abscissa(t, y, *, name: str = "t", positive: bool = True, fewest: int = FEWEST):
    """Return t and y as float arrays, or say what is wrong with them.

    Raises
    ------
    ValueError
        Lengths differ, t is not finite, increasing (and positive), or there are fewer than `fewest` points.
    """
    t, y = np.asarray(t, dtype=float), np.asarray(y, dtype=float)
    if t.ndim != 1 or y.shape[-1:] != t.shape:
        raise ValueError(f"{name} and y must have the same length: {name} has shape {t.shape}, y has shape {y.shape}.")
    if len(t) < fewest:
        raise ValueError(f"A fit needs at least {fewest} points, but there are {len(t)}: record more of them.")
    if not np.all(np.isfinite(t)):
        raise ValueError(f"{name} must be finite, but {name}[{np.flatnonzero(~np.isfinite(t))[0]}] is not.")
    if positive and t[0] <= 0:
        raise ValueError(f"{name} must be positive, but {name}[0] = {t[0]:g}: count steps from 1 or drop step 0.")
    falls = np.flatnonzero(np.diff(t) <= 0)
    if len(falls):
        i = falls[0]
        raise ValueError(f"{name} must increase, but {name}[{i + 1}] = {t[i + 1]:g} follows {name}[{i}] = {t[i]:g}.")
    return t, y
