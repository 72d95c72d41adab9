"""Closed forms that a straight line through ln y gets wrong, and that line."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Example(NamedTuple):
    """y(t) = law(t), which decays as t^-exponent up to logarithms; `formula` is what a figure calls it."""

    name: str
    formula: str
    law: Callable[[np.ndarray], np.ndarray]
    exponent: float


LOG = Example("log t / t", r"$\log t\,/\,t$", lambda t: np.log(t) / t, 1.0)
FLOOR = Example("1/t + 1e-6", r"$1/t + 10^{-6}$", lambda t: 1 / t + 1e-6, 1.0)
SHIFT = Example("(t + 100)^-2", r"$(t + 100)^{-2}$", lambda t: (t + 100.0) ** -2, 2.0)
TRANSIENT = Example("t^-1 (1 + t^-0.1)", r"$t^{-1}(1 + t^{-0.1})$", lambda t: (1 + t**-0.1) / t, 1.0)
EXAMPLES = (LOG, FLOOR, SHIFT, TRANSIENT)


def grid(last: float, first: float = 10.0) -> np.ndarray:
    """40 points a decade from first to last."""
    return np.geomspace(first, last, round(40 * np.log10(last / first)) + 1)


def naive_slope(t, y) -> tuple[float, float]:
    """Exponent and 1.96 standard errors of a straight line through ln y against ln t, as a textbook has them."""
    from scipy.stats import linregress

    line = linregress(np.log(t), np.log(y))
    return -float(line.slope), 1.96 * float(line.stderr)
