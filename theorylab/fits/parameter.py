"""How a quantity scales with a parameter of the problem, from few points with or without known errors."""

import math

import numpy as np

from theorylab.fits.departures import departures
from theorylab.fits.fit import ParameterFit, check_abscissa
from theorylab.fits.mixture import SCALES, check_errors, check_level, left_by, mix

WIDEST = 0.1


def fit_parameter(x, y, *, sd=None, limit: str = "large", level: float = 0.95) -> ParameterFit:
    r"""y ~ C x^s as x tends to a limit: the exponent s, POSITIVE when y grows with x, from 5 to 10 points.

    ln y = ln C + s ln x + g + error, where the departure g from the plain power law is unknown: none, a correction
    x^-b, a series of them, a crossover, a logarithm, or stray points far from the limit
    (`theorylab.fits.departures`). A correction that chi^2 does not see still moves s by more than the errors do.
    Each departure is therefore weighted by how likely it makes the data, and the interval is the shortest that holds
    `level` of the mixture. Besides the data only the departures' prior weights enter; ln C and s have flat priors.

    Parameters
    ----------
    x : array_like, shape (n,)
        Positive and increasing, n >= 5.
    y : array_like, shape (n,)
        Positive values.
    sd : float or array_like of shape (n,), optional
        Standard deviation of ln y. If not given it is the same for all points, unknown, and averaged over as well:
        leave it out where it is below 1e-5, as no departure is that exact.
    limit : {"large", "small"}
        Which end of x the law is about.
    level : float
        Probability of the interval, in (0, 1).

    Returns
    -------
    ParameterFit
        `value` is the median of the mixture, `constant` the C of the likeliest departure. Undecided where no
        departure fits within the errors given or the half-width exceeds 0.1.

    Raises
    ------
    ValueError
        Lengths differ, x is not positive and increasing, fewer than 5 points, a y that is not positive, an sd that
        is not positive, an unknown limit, or a level outside (0, 1).
    """
    x, y = check_abscissa(x, y, name="x", fewest=5)
    check_level(level)
    if limit not in ("large", "small"):
        raise ValueError(f"limit is {limit!r}, but must be 'large' or 'small': the end of x that the law is about.")
    bad = np.flatnonzero(~(np.isfinite(y) & (y > 0)))
    if len(bad):
        raise ValueError(f"y must be positive and finite, but y = {y[bad[0]]:g} at x = {x[bad[0]]:g}.")
    u, z = np.log(x), np.log(y)
    shape = np.ones(len(x)) if sd is None else check_errors(sd, y.shape, "ln y")
    sign = 1.0
    if limit == "small":
        u, z, shape, sign = -u[::-1], z[::-1], shape[::-1], -1.0
    v = u - u[0]
    line = np.stack([np.ones(len(v)), v], axis=1)
    found = mix(departures(v), line, z, shape, np.ones(1) if sd is not None else left_by(line, z) * SCALES)
    height, slope = found.likeliest()
    constant = math.exp(min(height - slope * u[0], 700.0))
    window = (float(x[0]), float(x[-1]))
    if sd is not None and not found.agrees(len(x) - 2):
        why = "No law fits within the errors given: check them, leave them out, or add points nearer the limit."
        return ParameterFit(sign * float(slope), -math.inf, math.inf, False, window, why, constant)
    low, value, high = found.interval(1, level)
    half = (high - low) / 2
    low, high = sorted((sign * low, sign * high))
    why = f"{found.told()}."
    if half > WIDEST:
        why += f" Together they leave the exponent open within {half:.2g}: add points nearer the limit."
    return ParameterFit(sign * value, low, high, half <= WIDEST, window, why, constant)
