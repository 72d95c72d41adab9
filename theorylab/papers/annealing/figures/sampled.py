"""SGD by sampling: the last iterate's loss against rho, the diffusion limit behind it and the window bound above it."""

import math
from typing import NamedTuple

import numpy as np

from theorylab.claims import Plan
from theorylab.figures.panels import outside
from theorylab.methods.heights import heights
from theorylab.papers.annealing.claims.trajectories import (
    ANNEALED,
    FIXED_RHOS,
    RHOS,
    SCHEDULES,
    STEPS,
    count,
    on_slopes,
)
from theorylab.papers.annealing.window import window_bound

from .diffusion import UNIT_RHO, drawn
from .fixed import worst
from .looks import line, points

SHOWN = ("fixed", *ANNEALED)
#: Overshoots of the bound's panel only: the start is not forgotten there.
EARLY = (1.0, 2.0)
#: Trajectories of each slope there: two marks on a panel of two decades.
_FEW = 600
_Z = 1.959963984540054


class Losses(NamedTuple):
    """Overshoots, the largest mean over the slopes, and its half 95 % interval; shape (rhos,) each."""

    rho: np.ndarray
    loss: np.ndarray
    half: np.ndarray


def losses(name: str, rhos: tuple, trajectories: int) -> Losses:
    """R of SGD on the noisy slope after 2^14 steps, the slope the worst of those of the claims for each rho."""
    found = on_slopes(Plan(), name, rhos, STEPS, trajectories)
    worst = [max(groups.values(), key=np.mean) for groups in found.values()]
    means = np.array([group.mean() for group in worst])
    return Losses(np.array(rhos), means, _Z * np.array([group.std(ddof=1) / math.sqrt(group.size) for group in worst]))


def sgd(axes):
    """R against rho by SGD: 95 % intervals on the diffusion limit, at a fixed rate on the exact law for this T; and the
    window bound above."""
    left, right = axes
    artists, unit = [], np.geomspace(1, 32, 21)
    for name in SHOWN:
        found = losses(name, FIXED_RHOS if name == "fixed" else RHOS, count(Plan()))
        early = losses(name, EARLY, _FEW)
        limit = drawn("p=1" if name == "linear" else name)
        artists += left.loglog(limit.rho, limit.loss, **line(name, label=None, linewidth=0.8))
        artists.append(left.errorbar(found.rho, found.loss, found.half, capsize=2, **points(name)))
        artists += right.loglog(unit, [bound(name, rho) for rho in unit], **line(name, label=None))
        both = [np.append(a, b) for a, b in zip(early, found, strict=True)]
        artists += right.loglog(*both[:2], **points(name, label=None))
    rho = np.array([4.0, 8.0, 16.0])
    artists += left.loglog(rho, [worst(r, STEPS)[1] for r in rho], **line("fixed", label=None, linestyle=":"))
    left.set(xlim=(3.5, 38), ylim=(0.3, 5.5), ylabel="worst loss $R$; lines: diffusion, $T=\\infty$")
    right.set(xlim=(0.9, 36), ylim=(0.2, 400), ylabel="worst loss $R$; lines: window bound")
    for ax, ticks in ((left, [4, 8, 16, 32]), (right, [1, 2, 4, 8, 16, 32])):
        ax.set_xscale("log", base=2)
        ax.set_xticks(ticks, [f"{tick}" for tick in ticks])
        ax.set(xlabel=UNIT_RHO)
    left.set_yticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
    left.set_yticks([], minor=True)
    left.text(9.5, 2.9, f"exact law, $T=2^{{{STEPS.bit_length() - 1}}}$", color="C0", fontsize=7)
    return [*artists, outside(left)]


def bound(name: str, rho: float) -> float:
    """The window lemma's bound on R for this schedule at 2^14 steps."""
    return math.sqrt(STEPS) * window_bound(rho / math.sqrt(STEPS) * heights(SCHEDULES[name], STEPS))
