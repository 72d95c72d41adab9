"""R against rho by the Fokker-Planck route, made once for all claims, and what is measured on such a curve."""

import numpy as np

from theorylab.claims import Measured
from theorylab.claims.plan import shared
from theorylab.fits import fit_parameter
from theorylab.papers.annealing.bounds import Bound, bound
from theorylab.papers.annealing.diffusion import FULL, QUICK, Curve, sweep

#: The polynomial degrees of the specification.
DEGREES = (0.5, 1.0, 2.0, 3.0)
#: Fractions of the run that the cooldowns take.
WSD, SQRT = (0.1, 0.2), (0.2, 1.0)


def _polynomial(p: float):
    return lambda x: x**p


def _wsd(c: float):
    return lambda x: np.minimum(1.0, x / c)


def _sqrt_cooldown(c: float):
    def h(x):
        v = np.minimum(1.0, x / c)
        return v / (1 + np.sqrt(1 - v))  # 1 - sqrt(1-v) without cancellation

    return h


def _started(p: float, delay: float):
    """(T/t)^p, begun a little late."""
    return lambda x: (1 - x + delay) ** -p


#: h as a function of the remaining fraction x, by names for people.
SCHEDULES = {
    "fixed": np.ones_like,
    "inverse-sqrt": _started(0.5, 1e-6),
    **{f"p={p:g}": _polynomial(p) for p in DEGREES},
    "cosine": lambda x: np.sin(np.pi * x / 2) ** 2,
    **{f"WSD c={c:g}": _wsd(c) for c in WSD},
    **{f"sqrt-cooldown c={c:g}": _sqrt_cooldown(c) for c in SQRT},
    **{f"t^-{p:g}": _started(p, 1e-3) for p in (0.5, 1.0)},
}
#: Where they are not smooth.
BREAKS = {f"{kind} c={c:g}": (c,) for kind, fractions in (("WSD", WSD), ("sqrt-cooldown", SQRT)) for c in fractions}
#: Unit rho, rho = eta sqrt(T) G/D, in octaves from 4, below which the start is not forgotten; half octaves for the
#: schedules whose local exponent drifts.
RHOS = tuple(2.0 ** np.arange(2, 11))
HALVES = tuple(2.0 ** (np.arange(4, 21) / 2))
DRIFTING = ("cosine", *(f"sqrt-cooldown c={c:g}" for c in SQRT))
#: Where every schedule is bound by its bias.
SMALL = (1 / 64, 1 / 32, 1 / 16)
#: A fit takes at most so many points, and no exponent is claimed to be better known than this.
MOST, FINEST = 10, 2e-4


@shared
def curve(plan, name: str, rhos: tuple | None = None) -> Curve:
    """R(rho) of the schedule with this name."""
    rhos = rhos or (HALVES if name in DRIFTING else RHOS)
    return sweep(SCHEDULES[name], rhos, plan.pick(QUICK, FULL), plan.jobs)


def bound_of(name: str) -> Bound:
    """The window bound of the schedule with this name."""
    return bound(SCHEDULES[name], BREAKS.get(name, ()))


def _between(curve: Curve, low: float, high: float) -> np.ndarray:
    """Indices of the rates from `low` to `high`."""
    return np.flatnonzero((curve.rho >= low * (1 - 1e-9)) & (curve.rho <= high * (1 + 1e-9)))


def number(curve: Curve, value: float, error: float, **more) -> Measured:
    """A number of the curve with its error; none if probability was lost."""
    if curve.why:
        return Measured(value, np.nan, np.nan, why=curve.why, **more)
    return Measured(float(value), float(value - error), float(value + error), **more)


def fitted(curve: Curve, low: float, high: float, values=("coarse_loss", "loss"), **more) -> Measured:
    """The exponent that R (or two other columns, of the coarse and of the fine grid) tends to as rho grows, from the
    rates between `low` and `high`.

    Both grids are fitted, and the interval holds both fits: a factor common to all rho, which is most of a curve's
    error, is none of its exponent's.
    """
    chosen = _between(curve, low, high)
    chosen = chosen[:: -(-len(chosen) // MOST)]
    fits = [fit_parameter(curve.rho[chosen], getattr(curve, name)[chosen]) for name in values]
    bad = next((fit.why for fit in fits if not fit.decided), curve.why)
    if bad:
        return Measured(fits[-1].value, np.nan, np.nan, why=bad, **more)
    value, open_ = fits[-1].value, _unattained(curve, chosen)
    low = min(value - FINEST, *(fit.low for fit in fits)) - open_
    high = max(value + FINEST, *(fit.high for fit in fits)) + open_
    return Measured(value, float(low), float(high), why=fits[-1].why, **more)


def _unattained(curve: Curve, chosen) -> float:
    """What the parts of R that no slope attains could add to an exponent."""
    first, last = (curve.points[chosen[i]] for i in (0, -1))
    return (first.rest / first.losses[1] + last.rest / last.losses[1]) / np.log(last.rho / first.rho)


def mean_exponent(curve: Curve, low: float, high: float, **more) -> Measured:
    """ln(R(high)/R(low))/ln(high/low)."""
    ends = _between(curve, low, high)[[0, -1]]
    (slope,), (error,) = Curve(tuple(curve.points[i] for i in ends)).local()[1:]
    return number(curve, slope, error, **more)


def local_exponents(curve: Curve, low: float, high: float, **more) -> Measured:
    """Local exponents between neighbouring rates: the interval spans them, with their errors."""
    part = Curve(tuple(curve.points[i] for i in _between(curve, low, high)))
    _, slopes, errors = part.local()
    if curve.why:
        return number(curve, slopes[-1], np.nan, **more)
    return Measured(float(slopes[-1]), float((slopes - errors).min()), float((slopes + errors).max()), **more)


def scaled(curve: Curve, rho: float, exponent: float, column: str = "loss", **more) -> Measured:
    """R/rho^exponent at one rate, or slope/rho^exponent."""
    (i,) = _between(curve, rho, rho)
    unit = curve.rho[i] ** exponent
    return number(curve, getattr(curve, column)[i] / unit, getattr(curve, f"{column}_error")[i] / unit, **more)
