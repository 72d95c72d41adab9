"""The oscillating and the stable phase: when one ends, and what the bounds say in each of them."""

import numpy as np
from scipy.special import wrightomega

from theorylab.figures.panels import LINES, dots, look, outside
from theorylab.methods import BatchPerceptron
from theorylab.papers.large_stepsize.claims.common import data, known, value, watched
from theorylab.papers.large_stepsize.derivations import log_free, split_bound, stable_phase, transition
from theorylab.runs import run, run_many

from .looks import DENSE, key, mark, stepsize

#: Columns of the three ends of the oscillating phase, their marks and meanings.
ENDS = {
    "last_increase": ("o", r"$t_{\rm mono}$: last increase"),
    "first_stable": ("^", r"$\tau_2$: first $L\leq2/\eta$"),
    "first_level": ("s", r"$\tau_1$: first $L\leq1/\eta$"),
}


def two_phases(axes):
    """The loss of three stepsizes with the three ends of its first phase; one of them with the bounds."""
    left, right = axes
    problem, etas = data("pair .05"), (4.0, 64.0, 1024.0)
    traces = run_many([watched(problem, eta, 30_000, record=DENSE) for eta in etas])
    artists = []
    for i, trace in enumerate(traces):
        late = trace.step > 0
        artists += left.loglog(trace.step[late], trace.gap[late], **look(i, label=stepsize(etas[i]), linewidth=0.8))
        for column, (marker, _) in ENDS.items():
            if (end := int(trace[column][-1])) > 0:
                artists += mark(left, trace, end, i, marker)
    for marker, name in ENDS.values():
        key(left, marker, name)
    left.set(xlabel="steps $t$", ylabel="loss $L_t$", xlim=(1, 3e4), ylim=(1e-7, 1e3))
    left.legend(loc="lower left")
    artists += _bounded(right, traces[1])
    return artists


def _bounded(ax, trace):
    """One run, its two phases shaded, and the bound of each phase."""
    at, s = known(trace), int(trace.first_level[-1])
    late = trace.at(trace.step[trace.step > 0])
    steps = late.step.astype(float)
    end = int(trace.last_increase[-1])
    artists = [ax.axvspan(1, end, color="0.8", linewidth=0), ax.axvspan(end, s, color="0.92", linewidth=0)]
    artists += ax.loglog(steps, late.gap, **look(1, linewidth=0.6, linestyle="-", label="loss $L_t$"))
    artists += ax.loglog(steps, late.mean_loss, color="C0", label="mean of $L_k$, $k<t$")
    bound = value(split_bound()["eos_bound"], t=steps, **at)
    artists += ax.loglog(steps, bound, color="C0", linestyle="--", label="bound on the mean")
    after = s + np.geomspace(1 / (at["gamma"] ** 2 * at["eta"]), steps[-1] - s, 200)  # before that it says nothing new
    stable = value(stable_phase()["stable_bound_t"], t=after, s=s, F_s=np.exp(trace.level_log_exp[-1]), **at)
    artists += ax.loglog(after, stable, color="C2", linestyle="-.", label=r"bound on $L_t$ after $\tau_1$")
    for x, name in ((1.3, "oscillating"), (1.2 * end, r"$L_t>1/\eta$"), (1.2 * s, r"$L_t\leq1/\eta$")):
        artists.append(ax.text(x, 0.97, name, transform=ax.get_xaxis_transform(), va="top", fontsize=7))
    ax.set(xlabel="steps $t$", ylabel=f"loss, {stepsize(at['eta'])}", xlim=(1, 3e4), ylim=(1e-7, 2e6))
    ax.legend(loc="lower left")
    return artists


def transition_times(axes):
    """The ends of the first phase against the stepsize: they saturate at the perceptron's time, the bound grows."""
    left, right = axes
    problem, etas = data("pair .05"), 2.0 ** np.arange(19)
    traces = run_many([watched(problem, eta, 3000) for eta in etas])
    names = {column: name for column, (_, name) in ENDS.items()}
    names["first_exp"] = r"$\tau_F$: first $F\leq\min(1/\eta,1/n)$"
    times = {column: np.array([trace[column][-1] for trace in traces]) for column in names}
    artists = []
    for i, (column, name) in enumerate(names.items()):
        shown = np.where(times[column] > 0, times[column], np.nan)
        artists += left.loglog(etas, shown, **dots(i, linestyle="-", linewidth=0.6, label=name))
    left.set_title("not shown: thresholds met at $t=0$, runs without an increase", fontsize=7)
    limit = perceptron_time(problem)
    bound = [float(value(transition()["tau"], **known(trace))) for trace in traces]
    artists += right.loglog(etas, bound, **look(2, label=r"bound $\tau$ of Theorem 1"))
    measured = dots(3, linestyle="-", linewidth=0.6, label=r"$\tau_F$ measured")
    artists += right.loglog(etas, times["first_exp"], **measured)
    for ax in axes:
        line = ax.axhline(limit, color="0.5", linewidth=2.5, alpha=0.5, zorder=0,
                          label=rf"batch perceptron, $\tau_{{\rm perc}}={limit}$")  # fmt: skip
        artists.append(line)
        ax.set(xlabel=r"stepsize $\eta$", ylabel="steps $t$")
        ax.set_xscale("log", base=2)
        ax.set_xticks(etas[::3])
    left.set(ylim=(10, 3000))
    right.set(ylim=(10, 3e10))
    left.legend(loc="upper right", ncols=1)
    right.legend(loc="upper left")
    return artists


def perceptron_time(problem) -> int:
    """Steps until the batch perceptron has all margins positive."""
    return int(run(problem, BatchPerceptron(), steps=100_000, floor=-np.inf).step[-1]) - 1


def mean_loss(axes):
    """The mean loss of three stepsizes, Theorem 1's bound, and the bound with the best comparator."""
    problem, etas = data("pair .05"), (1.0, 64.0, 1024.0)
    traces = run_many([watched(problem, eta, 300_000, record=DENSE) for eta in etas])
    artists = []
    for ax, trace in zip(axes, traces, strict=True):
        at, late = known(trace), trace.at(trace.step[trace.step > 0])
        steps = late.step.astype(float)
        lines = {
            r"mean of $L_k$, $k<t$": late.mean_loss,
            "bound of Theorem 1": value(split_bound()["eos_bound"], t=steps, **at),
            "bound with the best comparator": optimum(steps, at),
        }
        for i, (name, values) in enumerate(lines.items()):
            artists += ax.loglog(steps, values, **look(i, label=name))
        ax.axvline(1 / (at["gamma"] ** 2 * at["eta"]), color="0.5", linewidth=0.6, label=r"$\gamma^2\eta t=1$")
        ax.set(xlabel="steps $t$", ylabel="mean loss and its bounds", xlim=(1, 3e5))
        ax.set_title(stepsize(at["eta"]))
    return [*artists, outside(axes[0])]


def optimum(steps, at) -> np.ndarray:
    """The bound of Lemma 7 with the best nonnegative length of the comparator along w*."""
    # y e^y = lambda e^(eta/2) in logarithms; where theta = (y - eta/2)/gamma would be negative, theta = 0 is best
    y = np.real(wrightomega(np.log(at["gamma"] ** 2 * at["eta"] * steps) + at["eta"] / 2))
    theta = np.maximum(y - at["eta"] / 2, 0.0) / at["gamma"]
    return value(split_bound()["optimised"], theta=theta, t=steps, **at)


def inverse_loss(axes):
    """1/L against gamma^2 eta t, and how much a step adds to it: 1 once aligned, and never less than D2 says."""
    left, right = axes
    problem, etas, end = data("pair .05"), (1.0, 4.0, 16.0, 64.0), 2000.0
    gamma = problem.facts()["margin"].value
    cells = [watched(problem, eta, int(end / (gamma**2 * eta)), record=DENSE) for eta in etas]
    traces = run_many(cells)
    artists = []
    for i, trace in enumerate(traces):
        scaled = gamma**2 * etas[i] * trace.step
        artists += left.plot(scaled, 1 / trace.gap, **look(i, label=stepsize(etas[i])))
        spaced = np.geomspace(max(1, _late(trace)), trace.step[-1], 60)
        coarse = trace.at(trace.step[np.searchsorted(trace.step, spaced * (1 - 1e-12))])
        middle = gamma**2 * etas[i] * np.sqrt(coarse.step[1:] * coarse.step[:-1].astype(float))
        added = np.diff(1 / coarse.gap) / (gamma**2 * etas[i] * np.diff(coarse.step))
        artists += right.semilogx(middle, added, **look(i))
    late = traces[-1].at(traces[-1].step[traces[-1].step >= _late(traces[-1])])
    first = {"s": late.step[0], "L_s": late.gap[0], **known(late)}
    bound = value(log_free()["bound"], t=late.step, **first)
    bar = {"color": "0.3", "linestyle": LINES[4], "linewidth": 0.8}
    artists += left.plot(scaled[-len(late) :], bound, **bar, label=f"bound D2 for {stepsize(etas[-1])}")
    artists += left.plot([0, 400], [0, 400], color="0.5", linewidth=2.5, alpha=0.5, zorder=0, label="slope 1")
    artists.append(right.axhline(1, color="0.5", linewidth=2.5, alpha=0.5, zorder=0))
    artists.append(right.axhline(1 / float(log_free()["constant"]), **bar, label=r"bound D2, $1/(8\ln^22)$"))
    left.set(xlabel=r"$\gamma^2\eta\,t$", ylabel=r"$1/L_t$", xlim=(0, 200), ylim=(0, 250))
    right.set(xlabel=r"$\gamma^2\eta\,t$", ylabel=r"increase of $1/L_t$ a step, over $\gamma^2\eta$", ylim=(0, 1.1))
    right.legend(loc="lower left")
    return [*artists, outside(left)]


def _late(trace) -> int:
    """First step with L <= min(1/eta, ln 2/n), where D2 begins."""
    at = known(trace)
    low = trace.gap <= min(1 / at["eta"], np.log(2) / at["n"])
    return int(trace.step[low][0])
