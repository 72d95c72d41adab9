"""What a budget buys, how the number of points delays the exit, and the path of infinite stepsize."""

import numpy as np

from problems import LinearClassifier
from problems.samples import imbalanced as imbalanced_sample
from theorylab.figures.panels import dots, look, outside
from theorylab.methods import GD, BatchPerceptron
from theorylab.papers.large_stepsize.claims.common import FLOOR, data, value, watched
from theorylab.papers.large_stepsize.derivations import corollary2
from theorylab.papers.large_stepsize.derivations import imbalanced as imbalanced_times
from theorylab.runs import run, run_many

from .looks import stepsize

GAMMA = 0.1
SPREAD = {"gamma": GAMMA, "s/2": np.sqrt(1 - GAMMA**2) / 2}
NAMES = {"gamma": r"$d=\gamma$", "s/2": "$d=s/2$"}


def budget(axes):
    """The loss at the end of the budget T: the stepsize of Corollary 2, and data that grow with T."""
    left, right = axes
    problem = data("pair .09")
    gamma, n = problem.facts()["margin"].value, problem.facts()["n"].value
    budgets = np.ceil(float(value(corollary2()["T_min"], gamma=gamma, n=n)) * 2.0 ** np.arange(8))
    etas = value(corollary2()["eta_star"], gamma=gamma, T=budgets)
    losses = _last([GD(eta) for eta in etas], [problem] * len(etas), budgets)
    artists = left.loglog(budgets, losses, **dots(0, label="measured"))
    for i, (name, label) in enumerate((("printed_T", "bound as printed"), ("sharper_T", "bound, sharper form")), 1):
        bound = value(corollary2()[name], gamma=gamma, T=budgets)
        artists += left.loglog(budgets, bound, **look(i, label=label))
    artists += _slope(left, budgets, losses)
    for k, offset, side in ((0, (-6, -11), "left"), (-1, (-6, -3), "right")):
        artists.append(left.annotate(stepsize(float(f"{etas[k]:.3g}")), (budgets[k], losses[k]), xytext=offset,
                                     textcoords="offset points", ha=side, fontsize=7))  # fmt: skip
    left.set_title(r"two points, $\gamma=0.09$, $\eta=\gamma^2T/120$")
    left.legend(loc="lower left")

    budgets = 2.0 ** np.arange(13, 18)
    problems = [LinearClassifier(imbalanced_sample(GAMMA, int(T / 4), "s/2")) for T in budgets]
    losses = _last([GD(T / 4) for T in budgets], problems, budgets)
    artists += right.loglog(budgets, losses, **dots(0, label="measured"))
    at = {"gamma": GAMMA, "d": SPREAD["s/2"]}
    tau = value(imbalanced_times()["tau_large"], n=budgets / 4, eta=budgets / 4, **at)
    law = value(imbalanced_times()["loss_prefactor"], eta=budgets / 4, T=budgets, tau=tau, **at)
    artists += right.loglog(budgets, law, **look(3, label=r"$1/(\eta\,(T-\tau_1)\,|z_2|^2)$"))
    artists += _slope(right, budgets, losses, 1.6)
    right.set_title(r"imbalanced, $n=\eta=T/4$, $\gamma=0.1$")
    right.legend(loc="lower left")
    for ax in axes:
        ax.set(xlabel="budget $T$ (steps)", ylabel="loss $L_T$")
    return artists


def _last(methods, problems, budgets):
    cells = [{"problem": problem, "method": method, "steps": int(T), "floor": FLOOR}
             for method, problem, T in zip(methods, problems, budgets, strict=True)]  # fmt: skip
    return np.array([trace.gap[-1] for trace in run_many(cells)])


def _slope(ax, budgets, losses, above=2.5):
    """A line of slope -2 a little above the first loss."""
    line = above * losses[0] * (budgets / budgets[0]) ** -2
    return ax.loglog(budgets, line, color="0.5", linewidth=0.6, label="slope $-2$")


def imbalanced(axes):
    """Steps until the loss is 1/eta against n, one point against n - 1, and the derived law."""
    left, right = axes
    eta, counts = 1e4, np.rint(np.geomspace(10, 1e5, 25))
    artists = []
    for i, (spread, d) in enumerate(SPREAD.items()):
        law = _law(counts, d, eta)
        traces = run_many([
            watched(LinearClassifier(imbalanced_sample(GAMMA, int(n), spread)), eta, int(1.3 * expected) + 100)
            for n, expected in zip(counts, law, strict=True)
        ])  # fmt: skip
        times = np.array([trace.first_level[-1] for trace in traces])
        artists += left.loglog(counts, times, **dots(i, label=NAMES[spread]))
        fine = np.geomspace(10, 1e5, 200)
        artists += left.loglog(fine, _law(fine, d, eta), **look(i, label=f"law, {NAMES[spread]}", linewidth=0.7))
        artists += right.semilogx(counts, times / law, **dots(i, label=NAMES[spread]))
    artists.append(right.axhline(1, color="0.5", linewidth=0.6))
    artists.append(right.axvline(eta, color="0.5", linewidth=0.6, linestyle=":", label=r"$n=\eta$"))
    left.set(xlabel="points $n$", ylabel=r"steps $\tau_1$ to $L\leq1/\eta$, $\eta=10^4$")
    right.set(xlabel="points $n$", ylabel=r"measured $\tau_1$ / law")
    left.legend(loc="upper left")
    right.legend(loc="lower right")
    return artists


def _law(counts, d, eta):
    """Derived time: one form up to n = eta, another beyond."""
    at = {"gamma": GAMMA, "d": d, "eta": eta}
    few, many = (value(imbalanced_times()[name], n=counts, **at) for name in ("tau_large", "tau_middle"))
    return np.where(counts <= eta, few, many)


def perceptron_path(ax):
    """w/eta of gradient descent at a large stepsize, the batch perceptron, and the cone where both points are right."""
    problem, eta, shown = data("pair .05"), 2.0**14, 80
    steps = range(shown + 1)
    perceptron = run(problem, BatchPerceptron(), steps=shown, record=steps, floor=-np.inf).x
    descent = run(**watched(problem, eta, shown, record=steps)).x / eta
    along = np.linspace(0, 1.1 * perceptron[:, 0].max(), 2)
    (a, b), (c, d) = problem.sample.z
    cone = ax.fill_between(along, -a / b * along, -c / d * along, color="0.88", linewidth=0, label="both points right")
    artists = [cone, *ax.plot(*perceptron.T, "-", color="C1", linewidth=0.6)]
    artists += ax.plot(*perceptron.T, **dots(1, label="batch perceptron", markersize=5))
    artists += ax.plot(*descent.T, color="C0", linestyle="none", marker=".", markersize=3,
                       label=r"$w_t/\eta$, $\eta=2^{14}$")  # fmt: skip
    artists += ax.plot(*perceptron[-1], color="C2", marker="*", markersize=13, markerfacecolor="none", linestyle="none",
                       label=f"exit after {len(perceptron) - 2} steps")  # fmt: skip
    ax.set(xlabel="$v_1$, along the max margin", ylabel="$v_2$", xlim=(0, along[-1]))
    return [*artists, outside(ax, columns=2)]
