"""All laws against one trace, and what their errors and its scatter say of the kind of trace."""

import math
from typing import NamedTuple

import numpy as np

from theorylab.fits.engine import EXACT, Candidate, compete, least_error, rounding, window_starts
from theorylab.fits.fit import FEWEST
from theorylab.fits.formula import LAM
from theorylab.fits.laws import EXPONENTIAL, LOG_OF_CT, RICH, SIMPLE
from theorylab.fits.trace import CLIMBS, Clean, rms, rolling

PREDICTS = 0.02
FAMILY = 3.0
AUDIBLE = 1e-9
ROUGH = 0.05
PROMISING = 12.0


class Contest(NamedTuple):
    """The candidates of both families, the rounding of ln y, and the scatter of the held-out points.

    Of the local noise there, `typical` is the median and `jumps` the rms: about equal for noise, far apart for jumps.
    `climbs` tells whether y also moves up. `pure` is False where there are seeds or a grid of y: all is noise then.
    """

    powers: list[Candidate]
    exponentials: list[Candidate]
    eps: float
    typical: float
    jumps: float
    climbs: bool
    pure: bool
    held: float

    def is_exact(self, candidates: list[Candidate]) -> bool:
        """Whether a law holds to rounding."""
        return least_error(candidates) <= EXACT * self.eps

    @property
    def late(self) -> tuple[float, float]:
        """Least misfit of the held-out points when they are fitted too, of powers and of exponentials."""
        return tuple(min((c.late for c in family), default=math.inf) for family in (self.powers, self.exponentials))

    @property
    def has_epochs(self) -> bool:
        """No law predicts, since there are jumps rather than scatter."""
        late = self.late
        scattered = self.climbs and self.typical > 0.5 * late[0] and self.jumps < 2.5 * self.typical
        error = least_error(self.powers + self.exponentials)
        return self.pure and error > PREDICTS and self.jumps > ROUGH * min(late) and not scattered

    @property
    def is_exponential(self) -> bool:
        """An exponential predicts better than every power law, and fits late about as well."""
        power, exponential = self.late
        if not self.pure:
            return exponential < 0.6 * power
        errors = [max(least_error(family), self.eps) for family in (self.powers, self.exponentials)]
        return errors[1] < errors[0] / FAMILY and exponential <= 2 * power

    @property
    def has_jumps(self) -> bool:
        """The best power law fails on jumps."""
        best = min(self.powers, key=lambda c: c.error)
        return self.pure and self.jumps > 4 * self.typical and best.late > 0.01

    @property
    def is_noisy(self) -> bool:
        """What the laws leave is scatter rather than a law that is missing."""
        if not self.pure:
            return True
        late = min(self.late)
        rough = least_error(self.powers) > PREDICTS and self.jumps > ROUGH * late
        return rough or self.typical > AUDIBLE and 0.15 * late < self.typical < 3 * late


def contest(data: Clean, without=()) -> Contest:
    """Fit the simple laws and the exponentials, and the rich laws where no simple one holds to rounding.

    A rich law is fitted on the first and the last window; those that predict the last one well, on all but the second.
    """
    u, z = data.u, data.z
    span, eps = u[-1] - u[0], rounding(z)
    split = u[-1] - max(span / 4, min(math.log(10) / 2, 0.45 * span))
    split = max(split, u[min(FEWEST - 1, len(u) - 3)])
    firsts = window_starts(u, late=data.seeds is None)

    def fit(laws, windows=firsts, known=()):
        kept = [law for law in laws if law.name not in without]
        return compete(kept, u, z, data.weight, windows, split, known=known)

    powers = fit(SIMPLE if data.seeds is None else (*SIMPLE, LOG_OF_CT))
    exponentials = [c for c in fit(EXPONENTIAL) if c.q[LAM] * math.exp(span) > 1]
    if data.seeds is None and least_error(powers + exponentials) > EXACT * eps:
        rich = fit(RICH, [firsts[0], firsts[-1]])
        bar = PROMISING * least_error(powers + rich)
        promising = [law for law in RICH if least_error([c for c in rich if c.law is law]) <= bar]
        powers += sorted(rich + fit(promising, firsts[2:-1], rich), key=lambda c: c.first)

    held = u > split
    weight = data.weight[held] / rms(data.weight[held])
    typical = float(np.median(weight * rolling(np.abs(data.noise), np.median)[held]))
    rises = np.diff(z[held]) > 0
    jumps, climbs = float(rms(weight * data.noise[held])), bool(rises.sum() > CLIMBS * len(rises))
    pure = data.seeds is None and data.quantum == 0
    return Contest(powers, exponentials, eps, typical, jumps, climbs, pure, float(u[-1] - split))
