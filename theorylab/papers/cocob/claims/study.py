"""A method without a rate against every rate of its rivals: how much the best gains on it, and the median loses."""

import math
from dataclasses import dataclass

import numpy as np

from theorylab.claims import Compared
from theorylab.fits import mean_interval

#: The 17 rates of the paper, from which each rival gets the one of least final training cost. [quoted]
PAPER_RATES = (
    *(a * 10.0**-b for b in (5, 4, 3) for a in (1.0, 2.5, 5.0, 7.5)), 0.01, 0.02, 0.05, 0.075, 0.1,
)  # fmt: skip
#: The same continued by two decades: for some rivals the best rate of the paper's grid is its edge. [derived]
EXTENDED_RATES = (*PAPER_RATES, 0.2, 0.5, 0.75, 1.0, 2.0, 5.0, 7.5, 10.0)


@dataclass(frozen=True)
class Sweep:
    """What one rival reached with each rate, and what the method without a rate reached, seed by seed.

    Attributes
    ----------
    name : str
        Problem and rival.
    rates : tuple of float
        Ascending.
    losses : ndarray, shape (rates, seeds)
        Positive; infinite where a run diverged.
    untuned : ndarray, shape (seeds,)
    """

    name: str
    rates: tuple[float, ...]
    losses: np.ndarray
    untuned: np.ndarray

    @property
    def best(self) -> int:
        """Which rate has the least mean loss, told afterwards, as the paper tunes its rivals."""
        return int(self.losses.mean(axis=1).argmin())

    @property
    def where(self) -> str:
        """The best rate, with a word if it lies at an edge of the grid."""
        edge = ", an edge of the grid" if self.best in (0, len(self.rates) - 1) else ""
        return f"best rate {self.rates[self.best]:g}{edge}"

    @property
    def rank(self) -> str:
        """How many rates come to a higher mean loss."""
        higher = int((self.losses.mean(axis=1) > self.untuned.mean()).sum())
        return f"below {higher} of {len(self.rates)} rates; {len(self.untuned)} seeds"

    def over_best(self) -> tuple[float, float, float]:
        """Ratio of the untuned loss to that of the best rate: geometric mean over the seeds, and its interval."""
        return geometric(self.untuned / self.losses[self.best])

    def over_median(self) -> tuple[float, float, float]:
        """Ratio of the untuned loss to the median over the rates."""
        return geometric(self.untuned / np.median(self.losses, axis=0))

    def worst_over(self) -> tuple[float, float, float]:
        """Ratio of the worst rate's loss to the untuned one."""
        return geometric(self.losses.max(axis=0) / self.untuned)

    def up_to(self, largest: float) -> "Sweep":
        """The same on the rates up to this one."""
        kept = sum(rate <= largest for rate in self.rates)
        return Sweep(self.name, self.rates[:kept], self.losses[:kept], self.untuned)


def geometric(ratios) -> tuple[float, float, float]:
    """Geometric mean of positive ratios, one a seed, with its 95 % interval; nan if one is not positive.

    Where a ratio is 0 or infinite, since a run diverged, the interval reaches there from the least or largest other.
    """
    ratios = np.asarray(ratios, dtype=float)
    if not (ratios >= 0).all():
        return math.nan, math.nan, math.nan
    if not (np.isfinite(ratios) & (ratios > 0)).all():
        return float(np.median(ratios)), float(ratios.min()), float(ratios.max())
    found = mean_interval(np.log(ratios))
    return math.exp(found.value), math.exp(found.low), math.exp(found.high)


def robust(sweep: Sweep):
    """Two comparisons: below the median rate, and nearer (as a ratio) to the best rate than to the worst."""
    k, low, high = sweep.over_best()
    seen = f"{k:.3g} [{low:.3g}, {high:.3g}] times the loss of the {sweep.where}; {sweep.rank}"
    yield Compared(sweep.over_median()[1:], (1.0, 1.0), f"{sweep.name}: over the median rate", seen)
    yield Compared((low, high), sweep.worst_over()[1:], f"{sweep.name}: over the best, and the worst over it", seen)


def beaten(sweep: Sweep) -> Compared:
    """The comparison that says the method without a rate is at least as good as the best rate."""
    k, low, high = sweep.over_best()
    return Compared((low, high), (1.0, 1.0), f"{sweep.name}: over the {sweep.where}", f"{k:.3g} times its loss")
