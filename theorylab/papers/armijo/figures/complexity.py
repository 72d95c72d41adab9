"""N(eps), the first step with a gradient norm of at most eps: its growth in 1/eps, and what the growth depends on."""

import numpy as np

from problems import AlgebraicTail, Cross, Cusp, ExpDown, Mixed, RealPower, Rosenbrock
from theorylab.figures.panels import dots, look, outside
from theorylab.methods import MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims.common import counts, decades, until
from theorylab.papers.armijo.claims.worst_case import worst
from theorylab.papers.armijo.derivations import cgt, lojasiewicz, newton_polygon, unbounded
from theorylab.runs import run_many
from theorylab.theory.evaluate import value

from .searches import CAPPED, T0

START = 0.937
ETAS = (0.02, 0.1, 0.25)
ORDERS = (4, 6, 8)


def complexity(axes):
    """N against 1/eps and its local exponent: worst cases towards slope 2, analytic functions below slope 1."""
    left, right = axes
    eps = decades(0.3, 1e-3, 5)
    cells = [until(worst(eta, 0.6), ResetArmijo(1.0, 2.0, 0.6), eps) for eta in ETAS]
    cells += [until(RealPower(1.0, float(p)), CAPPED, decades(0.3, 1e-6, 5), start=[START]) for p in ORDERS]
    names = [rf"worst case, $\eta={eta:g}$" for eta in ETAS] + [rf"$|x|^{p}$, $t_k\leq1$" for p in ORDERS]
    exact = [value(cgt()["eps_exponent"], eta=eta) for eta in ETAS]
    exact += [value(lojasiewicz()["eps_exponent_power"], p=p) for p in ORDERS]
    artists = []
    for i, (name, trace, exponent) in enumerate(zip(names, run_many(cells), exact, strict=True)):
        eps, steps = _grown(trace)
        artists += left.loglog(1 / eps, steps, **dots(i, label=name))
        middle, slopes = local(eps, steps, 5)
        right.semilogx(1 / middle, slopes, **dots(i))
        right.axhline(float(exponent), **look(i, linewidth=0.7))
    for slope, (x, y) in {2: (1e3, 2.2e6), 1: (1e6, 2.2e6)}.items():
        ends = np.array([x / 1e3, x])
        left.loglog(ends, y * (ends / x) ** slope, color="0.6", linewidth=2.5, zorder=0)
        left.text(x * 1.2, y, f"slope {slope}", color="0.3", fontsize=7, va="center")
    right.axhline(1, color="0.6", linewidth=2.5, zorder=0)
    left.set(xlabel=r"$1/\varepsilon$", ylabel=r"steps $N(\varepsilon)$", ylim=(1, 2e7), xlim=(2, 2e7))
    right.set(xlabel=r"$1/\varepsilon$", ylabel="local exponent; lines: derived", ylim=(0.5, 2.1))
    return [*artists, outside(left, columns=3)]


def _grown(trace):
    """Accuracies that cost at least a step."""
    eps, steps = counts(trace)
    return eps[steps > 0], steps[steps > 0]


def local(eps, steps, apart: int):
    """Exponents of N in 1/eps between accuracies that lie so many entries apart, and the accuracies between them."""
    slopes = np.log(steps[apart:] / steps[:-apart]) / np.log(eps[:-apart] / eps[apart:])
    return np.sqrt(eps[apart:] * eps[:-apart]), slopes


def last_exponent(trace) -> float:
    """The exponent over the last decade and a half of accuracies."""
    eps, steps = _grown(trace)
    late = eps <= 32 * eps[-1]
    return float(np.polyfit(np.log(1 / eps[late]), np.log(steps[late]), 1)[0])


def exponents(ax):
    """The exponent of N against the Lojasiewicz exponent theta at the limit: derived curve and measured points."""
    theta = np.linspace(0.5, 0.93, 200)
    artists = ax.plot(theta, value(lojasiewicz()["eps_exponent"], theta=theta), color="C0", label=r"$2-1/\theta$")
    artists.append(ax.axhline(1, color="0.6", linewidth=2.5, zorder=0, label="1: analytic, bounded run"))
    free = MemoryArmijo(T0, 2.0, 2.0, 0.5)
    orders = {3: 1e-8, 4: 1e-8, 6: 1e-7, 8: 1e-6, 10: 1e-6, 12: 1e-6}
    at = [1 - 1 / p for p in orders]

    def powers(method):
        cells = [until(RealPower(1.0, float(p)), method, decades(3e2 * last, last, 4), start=[START])
                 for p, last in orders.items()]  # fmt: skip
        return [last_exponent(trace) for trace in run_many(cells)]

    artists += ax.plot(at, powers(CAPPED), **dots(1, label=r"$|x|^p$, $p\leq12$, $t_k\leq1$"))
    plane = {"cusp": (Cusp(), [0.0, 0.9], 1e-6, "cusp, from $(0,0.9)$"),
             "cross": (Cross(), [0.8, 0.8], 1e-7, "cross, on the diagonal")}  # fmt: skip
    for i, (name, (problem, start, last, label)) in enumerate(plane.items(), 2):
        (trace,) = run_many([until(problem, CAPPED, decades(3e2 * last, last, 4), start=start)])
        place = float(newton_polygon()[f"{name}_theta"])
        artists += ax.plot(place, last_exponent(trace), **dots(i, label=label, markersize=7))
    artists += ax.plot(at, powers(free), **dots(4, label=r"$|x|^p$, no cap"))
    ax.set(xlabel=r"exponent $\theta$ of Łojasiewicz, $|f-f_*|^\theta\leq c\,\|\nabla f\|$",
           ylabel=r"exponent of $N$ in $1/\varepsilon$", xlim=(0.5, 0.93), ylim=(-0.03, 1.05))  # fmt: skip
    return [*artists, outside(ax, columns=2)]


def conditions(axes):
    """Analytic functions with unbounded runs lie above slope 1, with bounded ones below, exp(-x) on it."""
    left, right = axes
    tails = (0.1, 0.5, 1.0, 2.0)
    shown = [(rf"$(1+x^2)^{{-{a / 2:g}}}$", AlgebraicTail(a), [1.0], 2e-4, value(unbounded()["tail_exponent"], a=a))
             for a in tails]  # fmt: skip
    shown.append((r"$e^{-x}$", ExpDown(), [0.0], 1e-6, 1.0))
    law = [value(lojasiewicz()["eps_exponent_power"], p=p) for p in (8, 4)]
    cusp, cross = (float(newton_polygon()[f"{name}_exponent"]) for name in ("cusp", "cross"))
    shown += [
        ("$|x|^8$", RealPower(1.0, 8.0), [START], 1e-6, law[0]), ("cusp", Cusp(), [0.0, 0.9], 1e-6, cusp),
        ("cross", Cross(), [0.8, 0.8], 1e-7, cross), ("mixed, $p=4$", Mixed(4, 1.37), [1.0, 1.0], 1e-7, law[1]),
        ("Rosenbrock", Rosenbrock(), [-1.2, 1.0], 1e-8, 0.0),
    ]  # fmt: skip
    cells = [until(problem, MemoryArmijo(1.0 if i < 5 else T0, 2.0, 2.0, 0.5, 1.0), decades(0.1, last, 4), start=start)
             for i, (_, problem, start, last, _) in enumerate(shown)]  # fmt: skip
    artists = []
    kinds = {0: ("C2", "-", "unbounded run"), 4: ("C0", "-", r"$e^{-x}$"), 5: ("C1", "--", "bounded run")}
    for i, (trace, (*_, exponent)) in enumerate(zip(run_many(cells), shown, strict=True)):
        eps, steps = _grown(trace)
        colour, line, label = kinds[max(k for k in kinds if k <= i)]
        width = 2.0 if i == 4 else 0.9
        artists += left.loglog(1 / eps, steps, color=colour, linestyle=line, linewidth=width,
                               label=label if i in kinds else None)  # fmt: skip
        right.plot(last_exponent(trace), i, color=colour, marker="o", linestyle="none", markerfacecolor="none",
                   markersize=5, label="measured" if i == 4 else None)  # fmt: skip
        right.plot(float(exponent), i, color="C0", marker="|", markersize=9, linestyle="none",
                   label="derived" if i == 4 else None)  # fmt: skip
    right.axvline(1, color="0.6", linewidth=2.5, zorder=0)
    right.set_yticks(range(len(shown)), [name for name, *_ in shown])
    right.set(xlabel=r"exponent of $N$ in $1/\varepsilon$", ylabel=r"analytic function, $t_k\leq1$", xlim=(-0.1, 2.1))
    right.invert_yaxis()
    left.set(xlabel=r"$1/\varepsilon$", ylabel=r"steps $N(\varepsilon)$", xlim=(10, 1e8), ylim=(1, 1e7))
    left.text(9e7, 8e3, "Rosenbrock", fontsize=7, color="0.3", ha="right", va="top")
    left.legend(loc="lower right")
    right.legend(loc="lower right")
    return artists
