"""One trace whose law is known."""

from typing import NamedTuple

import numpy as np


class Draw(NamedTuple):
    """A trace and the law that it follows as t grows.

    Attributes
    ----------
    t : ndarray, shape (n,)
    y : ndarray, shape (n,) or (seeds, n)
    law : {"power", "exponential"}
    exponent : float
        Decay exponent p of a power law, or the rate per unit of t of an exponential one.
    log_power : float
        m of a law t^-p (log t)^m.
    settled : bool
        Whether an honest fit has to decide: over its last two decades a real run's local exponent stays within
        1 % of p, a synthetic trace spans four decades or more.
    note : str
        What was drawn, for people.
    """

    t: np.ndarray
    y: np.ndarray
    law: str
    exponent: float
    log_power: float = 0.0
    settled: bool = True
    note: str = ""

    @property
    def decades(self) -> float:
        return float(np.log10(self.t[-1] / self.t[0]))
