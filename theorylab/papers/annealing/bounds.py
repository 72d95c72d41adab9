r"""The window bound of any schedule as a curve in rho, without the closed forms of the derivations.

With :math:`H(x) = \int_0^x h`, :math:`Q(x) = \int_0^x h^2/H` and rho times the tuned rate the bound over the tuned one
is :math:`B/B^* = \min_x (a + b)/2`, :math:`a = H(1)/(\rho H(x))`, :math:`b = \rho Q(x)/Q(1)` [derived, S6].
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from theorylab.papers.annealing.integrals import Integrals
from theorylab.runs import BadInput

#: Windows reach down to this remaining fraction.
FIRST = 1e-6
POINTS = 20_001


@dataclass(frozen=True)
class Bound:
    """B/B* of a schedule as a function of rho, the stepsize over the tuned one.

    Attributes
    ----------
    H1, Q1 : float
        H and Q of the whole run.
    rho, loss, exponent : np.ndarray
        For windows from the whole run to the shortest: the rho for which a window is best, B/B* and its local exponent;
        shape (number of windows,).
    """

    H1: float
    Q1: float
    rho: np.ndarray
    loss: np.ndarray
    exponent: np.ndarray

    @property
    def rho_c(self) -> float:
        """Up to this rho the best window is the whole run."""
        return float(self.rho[0])

    @property
    def unit(self) -> float:
        """The tuned stepsize of the sharp bound in units of D/(G sqrt T)."""
        return (self.H1 * self.Q1) ** -0.5

    @property
    def tuned(self) -> float:
        """The sharp tuned bound in units of DG/sqrt T."""
        return (self.Q1 / self.H1) ** 0.5 / 2

    def at(self, rho) -> np.ndarray:
        """B/B* at these rho."""
        rho = np.asarray(rho, dtype=float)
        late = np.exp(np.interp(np.log(rho), np.log(self.rho), np.log(self.loss), right=np.nan))
        return np.where(rho < self.rho_c, (rho + 1 / rho) / 2, late)

    def local(self, rho) -> np.ndarray:
        """d ln B/d ln rho at these rho."""
        rho = np.asarray(rho, dtype=float)
        late = np.interp(np.log(rho), np.log(self.rho), self.exponent, right=np.nan)
        return np.where(rho < self.rho_c, (rho - 1 / rho) / (rho + 1 / rho), late)


def bound(h: Callable, breaks: Iterable[float] = ()) -> Bound:
    """The bound of a schedule h(x) with h(1) = 1 that vanishes at x = 0 and is not smooth at `breaks`.

    Raises
    ------
    BadInput
        If h does not start from 1, or does not fall to 0: then Q is infinite and the bound needs the discrete sums.
    """
    x = np.geomspace(1.0, FIRST, POINTS)
    heights, ours = np.asarray(h(x), dtype=float), Integrals(h, breaks)
    if abs(heights[0] - 1) > 1e-9:
        raise BadInput(f"the schedule starts from {heights[0]:g}; it has to start from 1")
    area, cost = ours.H(x), ours.Q(x)
    rho = np.sqrt(area[0] * cost[0] / (heights * area))
    a, b = area[0] / (rho * area), rho * cost / cost[0]
    return Bound(float(area[0]), float(cost[0]), rho, (a + b) / 2, (b - a) / (a + b))
