"""Epochs of `GDPolyak`: only points of the same phase may be compared, and that is the point before each long step."""

import math

import numpy as np

from theorylab.claims import Measured
from theorylab.fits import fit_factor


def length(method, epochs: int) -> int:
    """Steps of so many epochs."""
    return epochs * (method.short_steps + 1)


def pre_polyak(method, epochs: int) -> np.ndarray:
    """The long steps: what is recorded there is the iterate before them and the stepsize that they use."""
    return np.arange(epochs) * (method.short_steps + 1) + method.short_steps


def factor(index, y, **more) -> Measured:
    """The factor per epoch that a sequence settles at; no interval where it does not settle."""
    fit = fit_factor(index, y)
    ends = (fit.ratio_low, fit.ratio_high) if fit.law == "exponential" else (math.nan, math.nan)
    return Measured(fit.ratio, *ends, why=fit.why, **more)
