r"""Losses of many trajectories on the noisy slope, and exponents of their supremum over slopes.

Every loss is :math:`\sqrt T\,(f(x_{T+1}) - f_\star)/(DG)`; rho is eta over :math:`D/(G\sqrt T)`, e the slope times
:math:`\sqrt T`. Each (schedule, rho, e, T) has a seed of its own, and each trajectory its own stream.
"""

import math
import zlib
from typing import NamedTuple

import numpy as np

from problems import NoisySlope
from theorylab.claims.plan import shared
from theorylab.methods import ScheduledSGD
from theorylab.methods.heights import heights
from theorylab.methods.schedules import WSD, Constant, Cosine, InverseSqrt, Linear, Polynomial, SqrtCooldown
from theorylab.papers.annealing.derivations.symbols import x
from theorylab.papers.annealing.regime import inside
from theorylab.runs import ends

#: Schedules by the names that the claims use.
SCHEDULES = {
    "fixed": Constant(), "linear": Linear(), "p=2": Polynomial(2), "cosine": Cosine(), "p=3": Polynomial(3),
    "inverse-sqrt": InverseSqrt(), "WSD": WSD(), "sqrt-cooldown": SqrtCooldown(),
}  # fmt: skip
ANNEALED = ("linear", "p=2", "cosine", "p=3")
STEPS = 2**14
RHOS = (4.0, 8.0, 16.0, 32.0)
#: Overshoots of the fixed schedule, whose window is narrower.
FIXED_RHOS = (4.0, 5.0, 6.5, 8.0)
#: Near-worst slopes are this times rho^(1/(2p+1)), times three spreads: choices of instances, predictions of nothing.
_WORST = {
    "linear": (1.17, 1.0), "p=2": (1.21, 2.0), "cosine": (1.42, 2.0), "p=3": (1.32, 3.0),
    "WSD": (1.17 * WSD().c ** (-1.0 / 3.0), 1.0),
}  # fmt: skip
_SPREAD = (0.75, 1.0, 1.35)
#: Trajectories whose ends are also run and looked at one by one.
_LOOKED_AT = 2
_Z = 1.959963984540054


def slopes(name: str, rho: float, steps: int) -> tuple[float, ...]:
    """Slopes e = eps sqrt(T) among which the worst one is looked for."""
    if name not in _WORST:
        return (min(3.0 * rho + 2.0, math.sqrt(steps) / 4.0),)
    factor, order = _WORST[name]
    return tuple(spread * factor * rho ** (1.0 / (2.0 * order + 1.0)) for spread in _SPREAD)


def seed_of(*key) -> int:
    """A seed for this instance alone."""
    return zlib.crc32(repr(key).encode()) + 1


def has_digits(method) -> bool:
    """Whether the last step is long against the rounding of x: a shorter one has no digits, and matters to no loss."""
    return method.stepsize * heights(method.schedule, method.horizon)[-1] > 1e-12


def losses(plan, problem, name: str, rho: float, steps: int, count: int, checked: bool = False) -> np.ndarray:
    """Losses at the end of `count` trajectories, shape (count,); if checked, some pass the rounding checks too."""
    method = ScheduledSGD(rho / math.sqrt(steps), SCHEDULES[name], steps)
    seed = seed_of(type(problem).__name__, *problem, name, rho, steps)
    found = ends(problem, method, steps=steps, count=count, seed=seed, jobs=plan.jobs)
    if checked:
        cells = [
            {"problem": problem, "method": method, "steps": steps, "seed": seed, "trajectory": i, "record": (0, steps)}
            for i in range(_LOOKED_AT)
        ]
        traces = plan.run_many(cells, checked=has_digits(method))
        if not all(trace.gap[-1] == gap for trace, gap in zip(traces, found, strict=False)):
            raise RuntimeError(f"trajectories of {name} at rho={rho:g} end elsewhere when they run alone")
    return math.sqrt(steps) * found


@shared
def on_slopes(plan, name: str, rhos: tuple, steps: int, count: int) -> dict:
    """rho -> {e: losses on the noisy slope}: `count` of them at the first and the last rho, a third of that between.

    The ends weigh three times as much in an exponent as what lies between.
    """
    found = {}
    for rho in rhos:
        trajectories = count if rho in (rhos[0], rhos[-1]) else count // 3
        found[rho] = {
            e: losses(plan, NoisySlope(e / math.sqrt(steps)), name, rho, steps, trajectories, i == 0)
            for i, e in enumerate(slopes(name, rho, steps))
        }
    return found


class Exponent(NamedTuple):
    """An exponent with its 95 % interval, and the supremum of the loss at the last rho."""

    value: float
    low: float
    high: float
    loss: float


def exponent(found: dict) -> Exponent:
    r"""The exponent in rho of the supremum over slopes of the mean loss, by least squares in logarithms.

    The unit of resampling is the trajectory. The largest of several means is biased up; so is not the mean of one half
    of the trajectories at the slope that the other half finds worst, which is at most the supremum. The interval is the
    hull of both estimates', each with 1.96 standard errors of the least squares (delta method).
    """
    rhos = np.log(list(found))
    weights = (rhos - rhos.mean()) / np.sum((rhos - rhos.mean()) ** 2)
    made = np.array([_suprema(list(groups.values())) for groups in found.values()])
    middles = weights @ np.log(made[:, :2])
    error = _Z * math.sqrt(np.sum((weights * made[:, 2]) ** 2))
    return Exponent(float(middles.mean()), *map(float, (middles.min() - error, middles.max() + error)), made[-1, 0])


def _suprema(groups) -> tuple[float, float, float]:
    """The supremum as the largest mean and as chosen by the other half, and its relative standard error."""
    halves = np.array([[losses[::2].mean(), losses[1::2].mean()] for losses in groups])
    means, (first, second) = halves.mean(axis=1), halves.argmax(axis=0)
    worst = groups[int(means.argmax())]
    crossed = 0.5 * (halves[first, 1] + halves[second, 0])
    return float(means.max()), float(crossed), float(worst.std(ddof=1) / math.sqrt(worst.size) / worst.mean())


def count(plan) -> int:
    """Trajectories of each (schedule, e) at the first and the last rho."""
    return plan.pick(9000, 12_000)


def measured(plan, name: str, steps: int = STEPS) -> Exponent:
    """The exponent of a schedule on the noisy slope, over the overshoots at which it can show."""
    rhos = FIXED_RHOS if name == "fixed" else RHOS
    return exponent(on_slopes(plan, name, inside(SCHEDULES[name], rhos, steps), steps, count(plan)))


def formula(name: str):
    """The schedule in the remaining fraction, the symbol of the derivations."""
    return SCHEDULES[name].expression(x)
