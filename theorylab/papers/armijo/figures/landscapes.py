"""Searches side by side: a stiff direction beside a flat one, losses of one neuron, a small network."""

import numpy as np

from problems import DigitsNetwork, Mixed, PolynomialNeuron
from theorylab.figures.panels import MARKS, look, outside
from theorylab.methods import MemoryArmijo
from theorylab.papers.armijo.claims.common import counts, decades, until
from theorylab.papers.armijo.derivations import lojasiewicz
from theorylab.runs import run_many
from theorylab.theory.evaluate import value

from .searches import T0, four


def mixed(axes):
    """On a x^2/2 + y^4/4: steps to each accuracy, and gradient norms against function values."""
    left, right = axes
    methods = four(T0)
    cells = [until(Mixed(4, 1.37), method, decades(0.1, 1e-8, 4), start=[1.0, 1.0]) for method in methods.values()]
    artists = []
    for i, (name, trace) in enumerate(zip(methods, run_many(cells), strict=True)):
        eps, steps = counts(trace)
        artists += left.loglog(1 / eps, np.maximum(steps, 1), **look(i, label=name))
        artists += right.loglog(trace["values"], trace.grad_norm, **look(i))
    exponent, ends = float(value(lojasiewicz()["eps_exponent_power"], p=4)), np.array([1e3, 1e8])
    left.loglog(ends, 4e5 * (ends / 1e8) ** exponent, color="0.6", linewidth=2.5, zorder=0)
    left.text(2e5, 2e4, "slope 2/3", fontsize=7, color="0.3", ha="right")
    left.set(xlabel=r"$1/\varepsilon$", ylabel=r"steps $N(\varepsilon)$")
    right.set(xlabel="function values", ylabel="gradient norm")
    return [*artists, outside(left)]


#: Losses of one neuron, their starts and windows (w, b).
LOSSES = (
    (r"$P=z^2-1$", PolynomialNeuron.two(), (-0.9, -1.66), ((-2.6, 2.6), (-2.0, 1.6))),
    (r"$P=(z-3)(z+1)^2(z^2-3z+4)$", PolynomialNeuron.five(), (3.16, 1.73), ((-1.0, 5.0), (-2.0, 2.4))),
)
SHOWN = {
    r"$t_k\leq10^{-3}$, close to the flow": MemoryArmijo(1e-3, 2.0, 2.0, 0.5, 1e-3),
    r"$f_1=f_2=2$, $\lambda=\frac{1}{2}$": MemoryArmijo(0.1, 2.0, 2.0, 0.5),
    r"$f_1=2$, $f_2=10^4$, $\lambda=0.1$": MemoryArmijo(0.1, 2.0, 1e4, 0.1),
}


def paths(problem, start):
    """The runs from one start to a gradient norm of 1e-4, their first 2000 steps recorded."""
    cells = [until(problem, method, [1e-4], start=start, steps=200_000, record=range(2001))
             for method in SHOWN.values()]  # fmt: skip
    return run_many(cells)


def heights(problem, w, b):
    """The gap on a grid."""
    loss = problem.polynomial**2
    return (loss(b) + loss(w + b)) / 4 - problem.floor**2 / 2


def polynomials(axes):
    """Above, level sets of two one-neuron losses and three searches from one start; below, the cost of many starts."""
    artists = []
    for ax, (name, problem, start, (wide, high)) in zip(axes[:2], LOSSES, strict=True):
        w, b = np.meshgrid(np.linspace(*wide, 201), np.linspace(*high, 201))
        gap = np.log10(np.maximum(heights(problem, w, b), 1e-12))
        top = np.ceil(gap.max())
        levels = np.arange(top - 6, top + 0.1, 0.5)
        artists.append(ax.contour(w, b, gap, levels=levels, colors="0.75", linewidths=0.4, linestyles="-"))
        for i, (label, trace) in enumerate(zip(SHOWN, paths(problem, start), strict=True)):
            more = {"zorder": 4} if i == 0 else {"marker": MARKS[i], "markerfacecolor": "none", "linewidth": 0.6}
            if i == 1:
                more["markevery"] = np.unique(np.geomspace(1, len(trace.step), 20).astype(int)) - 1
            artists += ax.plot(*trace.x.T, **look(i, label=label, **more))
        ax.plot(*start, color="C0", marker="o", markersize=5, linestyle="none")
        ax.plot(*problem.minimisers.T, color="C0", marker="*", markersize=8, markerfacecolor="w", linestyle="none",
                label="minimisers")  # fmt: skip
        ax.set(xlabel="$w$", ylabel="$b$", xlim=wide, ylim=high, title=name)
    return [*artists, *_boxes(*axes[2:]), outside(axes[0], columns=4)]


#: One neuron by the degree of its polynomial.
DEGREES = {2: PolynomialNeuron.two(), 3: PolynomialNeuron.three(), 4: PolynomialNeuron.four(),
           5: PolynomialNeuron.five()}  # fmt: skip


def costs(problem, grow: float) -> tuple[list[int], list[int]]:
    """Steps and function values to a gradient norm of 1e-4 from 100 starts, uniform on [-5, 5]^2."""
    starts = np.random.default_rng(0).uniform(-5, 5, (100, 2))
    cells = [until(problem, MemoryArmijo(0.1, 2.0, grow, 0.5), [1e-4], start=start) for start in starts]
    traces = run_many(cells)
    return [int(trace.step[-1]) for trace in traces], [int(trace["values"][-1]) for trace in traces]


def _boxes(*axes):
    """Quartiles and ranges of steps and of values for two searches."""
    artists = []
    for shift, grow, name, grey in ((-0.2, 2.0, "$f_2=2$", "w"), (0.2, 1e4, "$f_2=10^4$", "0.7")):
        found = [costs(problem, grow) for problem in DEGREES.values()]
        for ax, each in zip(axes, zip(*found, strict=True), strict=True):
            drawn = ax.boxplot(each, positions=[degree + shift for degree in DEGREES], widths=0.3, whis=(0, 100),
                               patch_artist=True, boxprops={"facecolor": grey, "linewidth": 0.6},
                               medianprops={"color": "C2"}, manage_ticks=False)  # fmt: skip
            drawn["boxes"][0].set_label(rf"$f_1=2$, {name}, $\lambda=\frac{{1}}{{2}}$")
            artists += drawn["boxes"]
    for ax, name in zip(axes, ("steps", "function values"), strict=True):
        ax.set_yscale("log")
        ax.set(xlabel="degree of $P$", ylabel=f"{name}, 100 starts", xticks=list(DEGREES))
        ax.legend(loc="upper left")
    return artists


#: Steps whose stepsizes are shown one by one.
SHORT = 60


def digits(axes):
    """A 64-10-10 network on 500 digits: gradient norm and loss against function values, and the stepsizes."""
    methods = four(0.1)
    problem = DigitsNetwork.of()
    cells = [until(problem, method, [1e-4], steps=10_000, record=range(SHORT + 1)) for method in methods.values()]
    traces = run_many(cells)
    least = min(trace.gap.min() for trace in traces)
    artists = []
    for i, (name, trace) in enumerate(zip(methods, traces, strict=True)):
        artists += axes[0].loglog(trace["values"], trace.grad_norm, **look(i, label=name, linewidth=0.8))
        artists += axes[1].loglog(trace["values"], trace.gap - least, **look(i, linewidth=0.8))
        if i in (1, 3):
            shown = slice(1, SHORT + 1)
            artists += axes[2].semilogy(trace.step[shown], trace.stepsize[shown], **look(i, linewidth=0.9))
    axes[0].set(xlabel="function values", ylabel="gradient norm")
    axes[1].set(xlabel="function values", ylabel="loss above the least one found")
    axes[2].set(xlabel="step $k$", ylabel="stepsize $t_k$ (two of them)")
    return [*artists, outside(axes[0])]
