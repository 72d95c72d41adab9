"""Traces that fall by jumps: their envelope has an exponent, their points are no smooth function of t."""

import math

import numpy as np


def line(x: np.ndarray, z: np.ndarray) -> tuple[float, float]:
    """Least-squares slope of z on x and the rms residual."""
    centred = x - x.mean()
    slope = float(centred @ z / (centred @ centred))
    return slope, float(np.std(z - z.mean() - slope * centred))


def exponential_staircase(t: np.ndarray, z: np.ndarray) -> tuple[float, float, float] | None:
    """(rate, low, high) of y ~ exp(-rate t) by epochs; None where ln y is no straighter in t than in ln t.

    Over the last decade the residual on t must be under half of that on ln t, and the drop more than one e-fold.
    The rate is the hull over four windows, widened by the slope that the residual could hide.
    """
    late = t > 0.1 * t[-1]
    if late.sum() <= 15 or z[late][0] - z[-1] <= 1:
        return None
    slope, spread = line(t[late], z[late])
    if spread >= 0.5 * line(np.log(t[late]), z[late])[1]:
        return None
    rates = [-line(t[t > f * t[-1]], z[t > f * t[-1]])[0] for f in (0.03, 0.1, 0.2, 0.35) if (t > f * t[-1]).sum() > 8]
    reach = 2 * spread / (0.8 * t[-1])
    return -slope, min(rates) - reach, max(rates) + reach


def power_staircase(u: np.ndarray, z: np.ndarray) -> tuple[float, float] | None:
    """(low, high) of the exponent from the points before the drops and those after them; None without 5 drops.

    Both ends of each drop lie on a line of slope -p when drops come at a constant factor of t. The place of a drop
    is known to a grid step, which adds step p / span.
    """
    from scipy.special import stdtrit

    falls, steps = -np.diff(z), np.diff(u)
    median = max(float(np.median(falls / steps)), 0.0)
    drops = np.flatnonzero((falls > 6 * median * steps) & (falls > 0.02))
    drops = drops[u[drops] > u[0] + 0.15 * (u[-1] - u[0])]
    if len(drops) < 5:
        return None
    ends, spreads = [], []
    for side in (drops, drops + 1):
        slope, spread = line(u[side], z[side])
        n = len(side)
        sd = spread * math.sqrt(n / (n - 2)) / math.sqrt(np.sum((u[side] - u[side].mean()) ** 2))
        reach = stdtrit(n - 2, 0.975) * sd + float(np.median(steps)) * abs(slope) / (u[side][-1] - u[side][0])
        ends += [-slope - reach, -slope + reach]
        spreads.append(spread)
    tread = line(u, z)[1]
    return (min(ends), max(ends)) if min(spreads) < 0.5 * tread else None
