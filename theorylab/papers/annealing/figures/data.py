"""Figure 8: stand-ins for the paper's experiments, whose settings are unknown: generated logistic data and digits."""

import numpy as np

from theorylab.claims import Plan
from theorylab.figures.panels import outside
from theorylab.papers.annealing.claims.data import RATIOS, STEPS, coarse, data, grid_losses

from .looks import line, points

TITLES = {
    "logistic": "stand-in: logistic regression, $n=4000$, $d=100$",
    "digits": r"stand-in: softmax regression, scikit-learn's digits",
}


def coarse_grids(axes):
    """Final loss against learning rate, and best loss against grid ratio, by schedule; four axes."""
    plan, artists = Plan(), []
    for row, name in enumerate(TITLES):
        left, right = axes[2 * row : 2 * row + 2]
        artists += _by_rate(left, plan, name)
        artists += _by_ratio(right, plan, name)
    (handle,) = axes[1].plot([], [], color="0.3", linestyle="none", marker="o", markerfacecolor="none")
    axes[1].legend([handle], ["worst offset of the grid (lines: mean)"], loc="upper left")
    band = axes[0].fill_between([], [], color="0.3", alpha=0.15, linewidth=0)
    axes[0].legend([band], ["range over the seeds (lines: mean)"], loc="upper left")
    return [*artists, outside(axes[0])]


def _by_rate(ax, plan, name):
    rates, artists = data(name).rates, []
    for schedule, losses in grid_losses(plan, name).items():
        artists += ax.loglog(rates, losses.mean(axis=1), **line(schedule))
        ends, colour = (losses.min(axis=1), losses.max(axis=1)), artists[-1].get_color()
        artists.append(ax.fill_between(rates, *ends, color=colour, alpha=0.15, linewidth=0))
    ax.set_xscale("log", base=2)
    ax.set(xlabel=r"base learning rate $\eta$", ylabel=f"last loss above its minimum, $T={STEPS}$",
           title=TITLES[name])  # fmt: skip
    return artists


def _by_ratio(ax, plan, name):
    from matplotlib.ticker import LogLocator, NullFormatter

    ratios, artists = 2.0 ** np.array(RATIOS), []
    for schedule, best in coarse(plan, name).items():
        artists += ax.loglog(ratios, best.mean.mean(axis=1), **line(schedule))
        artists += ax.loglog(ratios, best.worst.mean(axis=1), **points(schedule))
    ax.set_xscale("log", base=2)
    ax.set_xticks(ratios, [f"{ratio:g}" for ratio in ratios])
    ax.xaxis.minorticks_off()
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set(xlabel="ratio of the learning-rate grid", ylabel="least loss on the grid")
    return artists
