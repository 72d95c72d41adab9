"""What the evidence of a claim yields: numbers with intervals, checks with margins, comparisons."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measured:
    """A number with its interval, for claims of kind exponent or constant.

    Attributes
    ----------
    value, low, high : float
        Estimate and 95 % interval.
    at : dict
        Values of the prediction's symbols, by name, for this instance.
    quantity : str
        Which of the claim's predicted quantities this is.
    label : str
        The instance, for people.
    why : str
        What the fit said.
    """

    value: float
    low: float
    high: float
    at: dict = field(default_factory=dict)
    quantity: str = "value"
    label: str = ""
    why: str = ""

    @classmethod
    def exponent(cls, fit, *, sign=1, **more) -> "Measured":
        """The exponent of a power law; `sign` = -1 gives that of growth.

        An exponential law decays faster than every power: its exponent is infinite. Undecided: nan.
        """
        if fit.law == "undecided":
            return cls(fit.exponent * sign, math.nan, math.nan, why=fit.why, **more)
        if fit.law == "exponential":
            return cls(math.inf, math.inf, math.inf, why=fit.why, **more)
        ends = sorted((sign * fit.low, sign * fit.high))
        return cls(sign * fit.exponent, *ends, why=fit.why, **more)

    @classmethod
    def factor(cls, fit, **more) -> "Measured":
        """The factor per unit of an exponential law; a trace with another law has none."""
        if fit.law != "exponential":
            return cls(math.nan, math.nan, math.nan, why=fit.why, **more)
        return cls(fit.ratio, fit.ratio_low, fit.ratio_high, why=fit.why, **more)

    @classmethod
    def estimate(cls, estimate, **more) -> "Measured":
        """An estimate with an interval; an undecided one has none."""
        low, high = (estimate.low, estimate.high) if estimate.decided else (math.nan, math.nan)
        return cls(estimate.value, low, high, why=estimate.why, **more)


@dataclass(frozen=True)
class Checked:
    """A bound, event or identity on one instance.

    Attributes
    ----------
    margin : float
        How far it is from failing, relative to its scale: negative means violated in floating point. For an event: the
        distance to the other outcome, or 1 and -1.
    label : str
        The instance, for people.
    tightness : float
        Largest ratio of the smaller to the larger side, 1 if the bound is attained; nan where it has no meaning.
    checked : int
        Steps, points or runs looked at.
    replay : callable, optional
        ``replay(seconds)`` looks for a certificate of the violation within that time.
    note : str
        What was seen, for people.
    """

    margin: float
    label: str = ""
    tightness: float = math.nan
    checked: int = 1
    replay: Callable | None = field(default=None, repr=False)
    note: str = ""


@dataclass(frozen=True)
class Compared:
    """Claim of kind ordering: `smaller` beats `larger` if its interval lies below.

    Attributes
    ----------
    smaller, larger : (float, float)
        Intervals of the two quantities; equal ends for noise-free numbers.
    label, note : str
        The instance, and what was seen.
    """

    smaller: tuple[float, float]
    larger: tuple[float, float]
    label: str = ""
    note: str = ""
