"""The fixed rate: its exponent below 1 at any finite T, and how it rises."""

import math

import numpy as np

from problems import NoisySlope
from theorylab.claims import Plan
from theorylab.papers.annealing.claims.deterministic import log_slope
from theorylab.papers.annealing.claims.trajectories import exponent, losses
from theorylab.papers.annealing.derivations import fixed_lower, fixed_upper, window_lemma
from theorylab.theory.evaluate import value

from .looks import GUIDE, line, points

#: Powers of 4 and of 2: then 1/eta is an integer, and the law exact.
HORIZONS = tuple(4**k for k in range(5, 17))
SAMPLED = HORIZONS[:4]
RHOS = (1.0, 2.0, 4.0, 8.0, 16.0)
TRAJECTORIES = 4000


def worst(rho: float, steps: int) -> tuple[float, float]:
    """(e, R): the worst slope below G by the exact stationary law, and its loss."""
    slopes = np.geomspace(0.1, (1 - 1e-9) * math.sqrt(steps), 4001)
    found = value(fixed_lower()["stationary_R"], rho=rho, e=slopes, T=float(steps))
    return float(slopes[found.argmax()]), float(found.max())


def fixed_rate(ax):
    """Exponent of R in rho over rho = 1 to 16 against T: exact law, SGD, and the derived upper bound; all tend to 1."""
    exact = [log_slope(RHOS, [worst(rho, steps)[1] for rho in RHOS]) for steps in HORIZONS]
    artists = [ax.axhline(float(fixed_lower()["exponent"]), **GUIDE)]
    artists += ax.semilogx(HORIZONS, exact, **line("fixed", label="exact law, worst slope"))
    found = np.array([sampled(steps)[:3] for steps in SAMPLED])
    bars = np.abs(found[:, 1:] - found[:, :1]).T
    artists.append(ax.errorbar(SAMPLED, found[:, 0], bars, capsize=2, **points("fixed", label="SGD, the same slopes")))
    constants = {"c_1": window_lemma()["c1"], "c_2": window_lemma()["c2"]}
    above = [log_slope(RHOS, value(fixed_upper()["bound"], rho=np.array(RHOS), T=float(steps), **constants))
             for steps in HORIZONS]  # fmt: skip
    artists += ax.semilogx(HORIZONS, above, **line("fixed", linestyle="--", label="window bound"))
    ax.set_xscale("log", base=2)
    ax.set(xlabel="steps $T$", ylabel=r"exponent of $\rho$, $1\leq\rho\leq16$", ylim=(0.3, 1.05))
    ax.legend(loc="lower right")
    return artists


def sampled(steps: int):
    """The exponent of SGD at a fixed rate, the slopes those that are worst by the exact law."""
    found = {}
    for rho in RHOS:
        e, _ = worst(rho, steps)
        found[rho] = {e: losses(Plan(), NoisySlope(e / math.sqrt(steps)), "fixed", rho, steps, TRAJECTORIES)}
    return exponent(found)
