"""Accepted stepsizes against what smoothness grants, and how the work depends on the start."""

import numpy as np

from problems import Cosh, Extremal
from theorylab.figures.panels import MARKS, dots, look, outside
from theorylab.methods import GD, ClippedGD, MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims.common import until
from theorylab.papers.armijo.claims.steps import largest_step
from theorylab.papers.armijo.derivations import accepted_step, start_dependence
from theorylab.runs import run_many
from theorylab.theory.evaluate import value

HALF = 0.5


def largest(ax):
    """The largest accepted t times L0 + L1 G against G, on two functions, and the step that T1 grants to all."""
    slopes = np.geomspace(1e-2, 1e3, 61)
    shown = {
        r"$\cosh x-1$": (np.arcsinh(slopes), lambda x: 2 * np.sinh(x / 2) ** 2),
        r"$e^{|x|}-1-|x|$": (np.log1p(slopes), lambda x: np.expm1(abs(x)) - abs(x)),
    }
    artists = []
    for i, (name, (places, gap)) in enumerate(shown.items(), 1):
        longest = np.array([largest_step(gap, x, g, HALF) for x, g in zip(places, slopes, strict=True)])
        artists += ax.semilogx(slopes, longest * (1 + slopes), **look(i - 1, label=f"exact, {name}"))
    granted = value(accepted_step()["tb"], G=slopes, L_0=1.0, L_1=1.0, **{"lambda": HALF}) * (1 + slopes)
    artists += ax.semilogx(slopes, granted, **look(2, label=r"granted, $\bar t=1/(L_0+\frac{4}{3}L_1G)$"))
    artists += ax.semilogx(slopes, 2.2 * granted, **look(3, label=r"$2.2\,\bar t$: too long"))
    artists.append(ax.fill_between(slopes, 0, granted, color="0.9", linewidth=0))
    ax.set(xlabel="gradient norm $G$", ylabel=r"$t\,(L_0+L_1G)$, $\lambda=1/2$", xlim=(1e-2, 1e3), ylim=(0, 2.3))
    return [*artists, outside(ax, columns=2)]


def ratios(problem, start, method):
    """t_k/tb at every step of a run to a gradient norm of 1e-6."""
    (trace,) = run_many([until(problem, method, [1e-6], steps=2000, start=[start], record=range(2001))])
    l0, l1 = problem.facts()["L0_L1"].value
    at = {"L_0": l0, "L_1": l1, "lambda": method.decrease}
    return trace.step[1:], trace.stepsize[1:] / value(accepted_step()["tb"], G=trace.grad_norm[:-1], **at)


def lag(axes):
    """Accepted steps over the granted ones: a memory that doubles falls behind where the curvature falls faster."""
    shown = {r"$\cosh 3x-1$, $x_0=10$": (Cosh(3.0), 10.0),
             r"$(e^{5|x|}-1-5|x|)/25$, $x_0=6$": (Extremal(1.0, 5.0), 6.0)}  # fmt: skip
    artists = []
    for ax, (name, (problem, start)) in zip(axes, shown.items(), strict=True):
        for i, (f2, label) in enumerate(((2.0, "$f_2=2$"), (1e4, "$f_2=10^4$"))):
            steps, ratio = ratios(problem, start, MemoryArmijo(1.0, 2.0, f2, 0.1))
            more = {"marker": MARKS[i], "markerfacecolor": "none"}
            artists += ax.semilogy(steps, ratio, **look(i, label=label, linewidth=0.7, **more))
        low = 4e-4
        ax.axhspan(low, 0.5, color="0.9", linewidth=0, label=r"lag: $t_k<\bar t_k/f_1$")
        ax.axhline(0.5, color="C2", linestyle="--", linewidth=0.9, label=r"$1/f_1$, $f_1=2$, $\lambda=0.1$")
        ax.set(xlabel="step $k$", ylabel=r"accepted over granted, $t_k/\bar t_k$", ylim=(low, 40), title=name)
    return [*artists, outside(axes[0])]


def starts(axes):
    """Steps and function values to a gradient norm of 1e-4 on cosh against the start."""
    left, right = axes
    methods = {
        r"fixed step, $1/\cosh x_0$": lambda x: GD(1 / np.cosh(x)), "clipped step": lambda x: ClippedGD(1.0, 1.0),
        "search, from $t=1$ anew": lambda x: ResetArmijo(1.0),
        "search with memory": lambda x: MemoryArmijo(1.0, 2.0, 2.0, 0.5),
    }  # fmt: skip
    near, far = np.linspace(2.0, 12.0, 11), np.geomspace(10.0, 300.0, 12)
    artists = []
    for i, (name, method) in enumerate(methods.items()):
        traces = run_many([until(Cosh(1.0), method(x), [1e-4], start=[x]) for x in near])
        artists += left.semilogy(near, [trace.step[-1] for trace in traces], **dots(i, label=name))
        if i == 0:
            continue
        traces = run_many([until(Cosh(1.0), method(x), [1e-4], start=[x]) for x in far])
        artists += right.loglog(far, [trace.step[-1] for trace in traces], **dots(i))
        if i > 1:
            artists += right.loglog(far, [trace["values"][-1] for trace in traces], **look(i))
    law = value(start_dependence()["cosh_fixed_steps"], epsilon=1e-4, x_0=near)
    artists += left.semilogy(near, law, color="C0", linewidth=0.8, label="law of the fixed step")
    for power, y in ((1, 60.0), (2, 1.5e4)):
        ends = np.array([150.0, 300.0])
        right.loglog(ends, y * (ends / 300) ** power, color="0.6", linewidth=2.5, zorder=0)
        right.text(330, y, f"slope {power}", va="center", fontsize=7, color="0.3")
    right.set_xlim(9, 800)
    left.set(xlabel="start $x_0$", ylabel=r"steps $N(10^{-4})$")
    right.set(xlabel="start $x_0$", ylabel="steps (marks), values (lines)")
    return [*artists, outside(left, columns=3)]
