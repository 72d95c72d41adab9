"""What "polynomial decay of degree p" does not mean: t^-p beside (1-u)^p."""

import math

import numpy as np

from problems import BoundedAbs
from theorylab.methods import ScheduledSGD
from theorylab.methods.heights import heights
from theorylab.methods.schedules import PowerDecay, RealPolynomial
from theorylab.papers.annealing.derivations import fixed_lower
from theorylab.papers.annealing.window import window_bound
from theorylab.runs import run_many
from theorylab.theory.evaluate import value

from .diffusion import UNIT_RHO
from .looks import GUIDE, line, points

DEGREES = (0.5, 1.0, 2.0)
STEPS = 2**16
RHOS = tuple(2.0 ** np.arange(3, 8))


def powers_of_t(axes):
    """Stepsizes against the steps that are left, and losses of t^-p on |x| against the bounds of (1-u)^p."""
    left, right = axes
    remaining, artists = np.arange(STEPS, 0, -1), []
    shown = np.unique(np.geomspace(1, STEPS, 200).astype(int) - 1)
    for degree in DEGREES:
        decay, power = heights(RealPolynomial(degree), STEPS), heights(PowerDecay(degree), STEPS)
        artists += left.loglog(remaining[-1 - shown], power[-1 - shown], **line(f"t^-{degree:g}"))
        artists += left.loglog(remaining[-1 - shown], decay[-1 - shown], **line(f"p={degree:g}"))
        artists += right.loglog(RHOS, losses(degree), **points(f"t^-{degree:g}"))
        bounds = [math.sqrt(STEPS) * window_bound(rho / math.sqrt(STEPS) * decay) for rho in RHOS]
        drawn = line(f"p={degree:g}")
        artists += right.loglog(RHOS, bounds, **drawn | {"label": f"bound for {drawn['label']}"})
    ends = value(fixed_lower()["limit_h1"], rho=np.array(RHOS), h_1=1.0)
    artists += right.loglog(RHOS, ends, **GUIDE, label=r"$\rho/2$")
    left.set(xlabel="steps that are left", ylabel="$h$", xlim=(STEPS, 1), ylim=(1e-11, 1e4))
    right.set(xlabel=UNIT_RHO, ylabel="loss $R$ on $|x|$, bound on $R$", ylim=(3, 600))
    right.set_xscale("log", base=2)
    left.legend(loc="lower left", title="$(T/t)^p$ and $(1-u)^p$", title_fontsize=7)
    right.legend(loc="upper left", ncols=2)
    return artists


def losses(degree: float) -> np.ndarray:
    """R under t^-p on |x| over [-1/2, 1/2] without noise, from x = 1/2; one for each rho."""
    cells = [
        {"problem": BoundedAbs(), "method": ScheduledSGD(rho / math.sqrt(STEPS), PowerDecay(degree), STEPS),
         "steps": STEPS, "record": (0, STEPS), "start": [0.5]} for rho in RHOS
    ]  # fmt: skip
    return math.sqrt(STEPS) * np.array([trace.gap[-1] for trace in run_many(cells)])
