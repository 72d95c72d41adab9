"""What nobody tuned against what was tuned, on data: losses over rates, training of the network, the sweep of alpha."""

import functools

import numpy as np

from theorylab.claims.plan import Plan
from theorylab.figures.panels import dots, look, outside, pair, triple
from theorylab.methods import COCOBBackprop, CoordinateAdaGrad
from theorylab.papers.cocob.claims.data import means, names, of_data, problem_of, runs, standing, steps_of
from theorylab.papers.cocob.claims.network import EPOCHS, RIVALS, final, train
from theorylab.papers.cocob.claims.study import EXTENDED_RATES, PAPER_RATES

RATES = tuple(10.0**k for k in np.arange(-3.0, 3.25, 0.5))
ALPHAS = 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0
#: Algorithm 2 with its own alpha looks the same in all figures.
_SHOWN = {1.0: 1, 10.0: 2, 100.0: 0, 1000.0: 3}
_ALPHA_SEEDS = 3


def loss_over_rates(axes):
    """U-curves of rivals over their rates, and what COCOB reaches without one: P7 and P8, three seeds, and P9, one."""
    absolute, hinges, network = axes
    artists = []
    for i, name in enumerate(names(Plan(full=True), "LAD")):
        curve, line = _convex(name)
        artists += absolute.loglog(RATES, curve, **look(i, label=name.removeprefix("LAD, ")))
        artists.append(absolute.axhline(line, **look(i, linewidth=0.6)))
    absolute.plot([], [], **look(0, linewidth=0.6, label="Algorithm 1: thin lines"))
    for i, name in enumerate(names(Plan(full=True), "hinge")):
        curve, line = _convex(name)
        artists += hinges.loglog(RATES, curve, **look(i, label=name.removeprefix("hinge, ")))
        artists.append(hinges.axhline(line, **look(i, linewidth=0.6)))
    for i, rival in enumerate(RIVALS, 1):
        losses = [final(run) for run in _rivals(rival)]
        artists += network.loglog(EXTENDED_RATES, losses, **look(i, label=rival))
    artists.append(network.axhline(final(_own(100.0, 0)), **look(0, label=r"Algorithm 2, $\alpha=100$")))
    artists.append(network.axvspan(PAPER_RATES[0], PAPER_RATES[-1], color="0.92", zorder=0))
    titles = "least absolute deviations, AdaGrad", "hinge loss, AdaGrad", "network; grey: paper's rates"
    measured = "mean excess loss, 3 seeds", "mean excess loss, 3 seeds", "final training cost, one seed"
    for ax, title, what in zip(axes, titles, measured, strict=True):
        ax.set_title(title)
        ax.set(xlabel=r"rate $\eta$", ylabel=what)
    places, limits = ("lower left", "upper left", "lower left"), ((3e-8, 5e2), (1e-2, 5e1), (2e-7, 5.0))
    for ax, place, within in zip(axes, places, limits, strict=True):
        ax.set(ylim=within)
        ax.legend(loc=place, fontsize=6, handlelength=1.8)
    return artists


def network_training(axes):
    """Training cost and test error of P9 over the epochs, the rivals with their best rates of the paper's grid."""
    shown = {r"Algorithm 2, $\alpha=100$": _own(100.0, 0)}
    for rival in RIVALS:
        tuned = dict(zip(PAPER_RATES, _rivals(rival), strict=False))
        best = min(tuned, key=lambda rate, tuned=tuned: final(tuned[rate]))
        shown[rf"{rival}, $\eta={best:g}$"] = tuned[best]
    artists = []
    for i, (name, run) in enumerate(shown.items()):
        artists += axes[0].semilogy(run.epoch, run.loss, **look(i, label=name))
        artists += axes[1].plot(run.epoch[1:], 100 * run.error[1:], **look(i))
    _epochs(axes, (0.0, 12.0))
    return [*artists, outside(axes[0], columns=3)]


def network_alpha(axes):
    """What alpha does on P9: training cost over the epochs, and final cost and test error over alpha."""
    artists = []
    for alpha, i in _SHOWN.items():
        run = _own(alpha, 0)
        artists += axes[0].semilogy(run.epoch, run.loss, **look(i, label=rf"$\alpha={alpha:g}$"))
    axes[0].set(xlabel="epoch", ylabel="training cost, one seed", xlim=(0, EPOCHS))
    axes[0].legend(loc="lower left", ncols=2)
    found = [[_own(alpha, seed) for seed in range(_ALPHA_SEEDS)] for alpha in ALPHAS]
    for i, (name, of) in enumerate({"training cost": final, "test error (a share)": lambda run: run.error[-1]}.items()):
        numbers = np.array([[of(run) for run in runs] for runs in found])
        artists += axes[1].loglog(ALPHAS, np.median(numbers, axis=1), **look(i, label=f"{name}, median"))
        for k in range(_ALPHA_SEEDS):
            artists += axes[1].loglog(ALPHAS, numbers[:, k], **dots(i, markersize=3))
    axes[1].set(xlabel=r"$\alpha$", ylabel=f"after {EPOCHS} epochs, {_ALPHA_SEEDS} seeds")
    axes[1].legend(loc="upper right")
    return artists


def _epochs(axes, errors):
    axes[0].set(xlabel="epoch", ylabel="training cost, one seed", xlim=(0, EPOCHS))
    axes[1].set(xlabel="epoch", ylabel="test error (%)", xlim=(0, EPOCHS), ylim=errors)


def _convex(name):
    """Mean excess losses of AdaGrad over `RATES`, and that of algorithm 1, as means over seeds."""
    plan, problem, steps = Plan(), problem_of(name), steps_of(name)
    base = means(standing(plan, problem, steps, problem.minimum().x))[:, -1]
    excess = lambda method: float((means(runs(plan, problem, method, steps))[:, -1] - base).mean())  # noqa: E731
    return [excess(CoordinateAdaGrad(rate)) for rate in RATES], excess(of_data(problem))


@functools.cache
def _rivals(rival: str):
    return train(Plan(), [RIVALS[rival](rate) for rate in EXTENDED_RATES], 0)


@functools.cache
def _own(alpha: float, seed: int):
    return train(Plan(), [COCOBBackprop(alpha)], seed)[0]


#: For the FIGURES of the paper.
FIGURES = {
    "loss-over-rates": triple(loss_over_rates, 2.6),
    "network-training": pair(network_training, 2.6),
    "network-alpha": pair(network_alpha, 2.5),
}
