"""The mean of F after a million steps against D, for methods that know nothing, one rate, or D itself."""

import numpy as np

from problems import Distance, FlippedDistance
from theorylab.figures.panels import dots, look, outside
from theorylab.methods import COCOB, KT, DecayingSubgradient, DoG, SubgradientDescent
from theorylab.papers.cocob.claims.means import cell, decades, last_mean
from theorylab.papers.cocob.claims.scaling import MISS
from theorylab.papers.cocob.derivations import baselines
from theorylab.runs import run_many
from theorylab.theory.evaluate import value

STEPS = 10**6
NAMES = {
    "Algorithm 1": lambda d: COCOB(1.0),
    "KT": lambda d: KT(1.0),
    "DoG": lambda d: DoG(),
    r"SGD, $1/\sqrt{T}$": lambda d: SubgradientDescent(1.0, 1.0, STEPS),
    r"SGD, $1/\sqrt{t}$": lambda d: DecayingSubgradient(1.0),
    r"SGD, $\eta=D$": lambda d: SubgradientDescent(MISS * d, 1.0, STEPS),
}
WIDE = decades(0.1, 1e6)


def means(problem) -> dict:
    """Method -> means of F over the first million iterates, for ``problem(D)`` at the distances WIDE."""
    cells = [cell(problem(d), method(d), STEPS) for method in NAMES.values() for d in WIDE]
    found = [last_mean(trace) for trace in run_many(cells)]
    return {name: np.array(found[i * len(WIDE) : (i + 1) * len(WIDE)]) for i, name in enumerate(NAMES)}


def distances(axes):
    """Without noise, where decreasing steps land on D by luck, and with a quarter of the signs flipped."""
    panels = {
        r"$F=|x-D|$; grey: derived": Distance,
        r"$F=|x-D|/2$, 25 % of signs flipped, one seed": lambda d: FlippedDistance(d, 0.25),
    }
    artists = []
    for ax, (title, problem) in zip(axes, panels.items(), strict=True):
        for i, (name, mean) in enumerate(means(problem).items()):
            artists += ax.loglog(WIDE, mean, **dots(i, label=name))
            artists += ax.loglog(WIDE, mean, **look(i, linewidth=0.6))
        ax.set(title=title, xlabel="$D$", ylabel=r"mean of $F(w_t)$, $t\leq10^6$", ylim=(1e-5, 3e6))
    _guides(axes[0])
    return [*artists, outside(axes[0], columns=6)]


def _guides(ax):
    """Derived costs of the way to D, for SGD from eta = 1, and of the oracle."""
    costs = {
        "slope 2": ("equal_cost", (30.0, 1e3), (60.0, 40.0)),
        "slope 3": ("decreasing_cost", (60.0, 1e3), (60.0, 2e-3)),
        "slope 1": ("optimum", (0.1, 1e6), (1.5e6, 15.0)),
    }
    for name, (key, ends, place) in costs.items():
        ends = np.array(ends)
        cost = value(baselines()[key], D=ends, T=float(STEPS), eta=1.0, L=1.0)
        ax.loglog(ends, cost, color="0.6", linewidth=2.5, zorder=0)
        ax.text(*place, name, fontsize=7, color="0.3", ha="left" if name == "slope 3" else "right")
