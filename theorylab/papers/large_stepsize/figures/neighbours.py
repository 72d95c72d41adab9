"""Other losses and methods: polynomial tails, one-pass SGD, and gradient descent on the logarithm of the loss."""

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.losses import Exponential, FlattenedPoly
from problems.samples import pair
from theorylab.figures.panels import dots, look, outside
from theorylab.methods import GD, SGD, LogGD
from theorylab.papers.large_stepsize.claims.common import data, log_exp_loss, value
from theorylab.papers.large_stepsize.derivations import adaptive_exp, poly_rates, sgd_bounds, symbols
from theorylab.runs import run_many

from .looks import key, stepsize

SEEDS = 10
STEPSIZES = {r"$\eta=1$": np.ones_like, r"$\eta=\ln t$": np.log, r"$\eta=\sqrt{t}$": np.sqrt, r"$\eta=t$": np.copy}


def poly_losses(ax):
    """Losses with the tail (1+z)^-a at one stepsize, and the derived laws."""
    exponents, gamma, eta = (0.5, 1.0, 2.0), 0.05, 4.0
    cells = [{"problem": LinearClassifier(pair(gamma), FlattenedPoly(a)), "method": GD(eta), "steps": 2_000_000}
             for a in exponents]  # fmt: skip
    artists = []
    for i, (a, trace) in enumerate(zip(exponents, run_many(cells), strict=True)):
        artists += ax.loglog(trace.step[1:], trace.gap[1:], **dots(i, markevery=(3 * i, 10), label=f"$a={a:g}$"))
    law, steps = poly_rates(), np.geomspace(300, 2e6, 50)
    for i, a in enumerate(exponents):
        power = law["fixed_exponent"].subs(symbols.a, sp.nsimplify(a))
        line = value(law["fixed_law"].expr, t=steps, a=a, eta=eta, gamma=gamma)
        artists += ax.loglog(steps, line, **look(i, linewidth=0.8, label=f"law, $t^{{-{power}}}$"))
    ax.set(xlabel="steps $t$", ylabel=r"loss $L_t$, $\eta=4$", xlim=(1, 3e6))
    ax.legend(loc="lower left", ncols=2, title="loss $(1+z)^{-a}$ for $z>0$", title_fontsize=7)
    return artists


def sgd(ax):
    """Mean loss of the rows that SGD meets in t steps, for four stepsizes that know t, and the sure bounds."""
    problem, horizons = data("pair .05"), np.rint(np.geomspace(500, 50_000, 9))
    gamma = problem.facts()["margin"].value
    artists = []
    for i, (name, rule) in enumerate(STEPSIZES.items()):
        cells = [
            {"problem": problem, "method": SGD(float(rule(T))), "steps": int(T), "trajectory": k}
            for T in horizons for k in range(SEEDS)
        ]  # fmt: skip
        means = np.reshape([trace.path_loss[-1] for trace in run_many(cells)], (len(horizons), SEEDS))
        artists += ax.loglog(horizons, means.mean(axis=1), **dots(i, label=name))
        artists.append(ax.vlines(horizons, means.min(axis=1), means.max(axis=1), color=f"C{i}", linewidth=0.7))
    for i, (name, rule) in enumerate(STEPSIZES.items()):
        bound = value(sgd_bounds()["loss_surely"], t=horizons, eta=rule(horizons), gamma=gamma)
        artists += ax.loglog(horizons, bound, **look(i, linewidth=0.8, label=f"bound, {name}"))
    ax.set(xlabel="steps $t$", ylabel="mean loss over the path")
    ax.set_title(f"marks: mean of {SEEDS} runs; bars: their range", fontsize=7)
    return [*artists, outside(ax, columns=2)]


def adaptive(ax):
    """GD on ln F: average of ln F and ln F of the average, over eta, and the bound, which is the same for all eta."""
    problem, etas = LinearClassifier(pair(0.05), Exponential()), (1.0, 10.0, 50.0)
    gamma = problem.facts()["margin"].value
    steps = round(2.5 / gamma**2)
    traces = run_many([{"problem": problem, "method": LogGD(eta), "steps": steps, "record": range(steps + 1)}
                       for eta in etas])  # fmt: skip
    scaled = gamma**2 * np.arange(1, steps + 1)
    artists = []
    for i, (eta, trace) in enumerate(zip(etas, traces, strict=True)):
        artists += ax.plot(scaled, trace.mean_value[1:] / eta, **look(i, label=f"average, {stepsize(eta)}"))
        means = trace.memory[1:, 1 : 1 + problem.dimension] / trace.step[1:, None]  # of the iterates before step t
        spaced = dots(i, markevery=(40 + 25 * i, 100))
        artists += ax.plot(scaled, log_exp_loss(problem, means) / eta, **spaced)
    key(ax, "o", r"$\ln F$ of the mean iterate")
    now = log_exp_loss(problem, traces[-1].x[1:]) / etas[-1]
    blocks = now.reshape(-1, 10)
    band = ax.fill_between(scaled[4::10], blocks.min(axis=1), blocks.max(axis=1), color="0.85", linewidth=0,
                           label=rf"$\ln F(w_t)$, {stepsize(etas[-1])}")  # fmt: skip
    valid = np.linspace(float(value(adaptive_exp()["valid_from"], gamma=gamma)), steps, 50)
    bound = value(adaptive_exp()["bound"], t=valid, eta=1.0, gamma=gamma)
    artists += ax.plot(gamma**2 * valid, bound, color="0.5", linewidth=2.5, alpha=0.5, label="bound")
    ax.set(xlabel=r"$\gamma^2 t$", ylabel=r"$\ln F$ over $\eta$", xlim=(0, 2.5), ylim=(-2.6, 0.5))
    ax.legend(loc="lower left")
    return [band, *artists]
