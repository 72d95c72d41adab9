"""How intervals change with what is recorded: a longer range, a longer run, more seeds."""

import numpy as np

from problems import SumOfPowers
from theorylab.calibration.examples import EXAMPLES, grid, naive_slope
from theorylab.calibration.synthetic import correlated
from theorylab.fits import fit_rate
from theorylab.methods import GD
from theorylab.runs import run

NAIVE = {"color": "C2", "fmt": "s", "markerfacecolor": "white", "capsize": 2, "elinewidth": 0.8, "markersize": 3}
OURS = {"color": "C0", "fmt": "o", "capsize": 2, "elinewidth": 0.8, "markersize": 3}
APART = 1.08


def naive_slopes(axes):
    """Four closed forms over a growing range: what each interval claims, and how far off the straight line is."""
    ends = 10.0 ** np.arange(2, 9)
    artists = []
    for ax, example in zip(axes, EXAMPLES, strict=True):
        traces = [(t, example.law(t)) for t in map(grid, ends)]
        slope, reach = np.array([naive_slope(t, y) for t, y in traces]).T
        fits = [fit_rate(t, y) for t, y in traces]
        half = [(fit.high - fit.low) / 2 for fit in fits]
        off = np.abs(slope - example.exponent)
        artists += ax.loglog(ends, off, "-s", color="C2", label="straight line: distance from the truth")
        artists += ax.loglog(ends, reach, "--s", color="C2", markerfacecolor="white",
                             label="straight line: $1.96$ standard errors")  # fmt: skip
        artists += ax.loglog(ends, half, "-o", color="C0", markerfacecolor="white", label="fit_rate: half-width")
        ax.set_title(example.formula, fontsize=8)
        ax.set(xlabel="last $t$", ylabel="in the exponent", xlim=(60, 1.6e8), ylim=(5e-5, 5))
    handles, names = axes[0].get_legend_handles_labels()
    artists.append(axes[0].figure.legend(handles, names, loc="outside upper center", ncols=3))
    return artists


def longer_runs(axes):
    """GD on x^4 + x^6 and on x^4 / 10^4 + x^6, stopped after more and more steps: the last exponent is 2 in both."""
    ends = 10.0 ** np.arange(2.5, 7.1, 0.5)
    artists = []
    for ax, weight, name in zip(axes, (1.0, 1e-4), ("$x^4 + x^6$", "$10^{-4} x^4 + x^6$"), strict=True):
        problem = SumOfPowers((weight, 1.0), (4, 6))
        trace = run(problem, GD(0.02), steps=int(ends[-1]), start=(1.0,))
        t, gap = trace.step[1:].astype(float), trace.gap[1:]
        order = problem.facts()["growth_order"].value
        exponent = float(order / (order - 2))
        artists += _against(ax, ends, [(t[t <= end], gap[t <= end]) for end in ends], exponent)
        ax.set_title(f"gradient descent on {name}", fontsize=8)
        ax.set(xlabel="steps made", ylabel="exponent of the gap", xlim=(200, 2e7), ylim=(1.2, 2.6))
    axes[1].legend(loc="upper right")
    return artists


def _against(ax, ends, traces, exponent):
    """The naive interval and ours for each trace, at its end; grey where ours is undecided."""
    artists = [ax.axhline(exponent, color="0.5", linewidth=0.8, linestyle="--", label="truth")]
    slope, reach = np.array([naive_slope(t, y) for t, y in traces]).T
    artists.append(ax.errorbar(ends / APART, slope, reach, label="straight line, $\\pm 1.96$ se", **NAIVE))
    fits = [fit_rate(t, y) for t, y in traces]
    decided = np.array([fit.decided for fit in fits])
    for these, look in ((decided, {"label": "fit_rate"}), (~decided, {"label": "fit_rate, undecided", "color": "0.6"})):
        rows = [(end * APART, fit.low, fit.high) for end, fit, chosen in zip(ends, fits, these, strict=True) if chosen]
        at, low, high = np.array(rows).reshape(-1, 3).T
        artists.append(ax.errorbar(at, (low + high) / 2, (high - low) / 2, **(OURS | look)))
    ax.set_xscale("log")
    return artists


def more_seeds(axes):
    """Seeds on t^-1/2 and on (log t / t)^1/2: the interval without a logarithm and the one that allows it."""
    counts, draws, t = 2 ** np.arange(2, 9), 30, grid(1e6)
    laws = {"$t^{-1/2}$": t**-0.5, r"$(\log t\,/\,t)^{1/2}$": np.sqrt(np.log(t) / t)}
    artists = []
    for ax, (name, law) in zip(axes, laws.items(), strict=True):
        found = []
        for count in counts:
            rng = np.random.default_rng(count)
            noisy = [law * np.exp(0.2 * correlated(rng, count, len(t))) for _ in range(draws)]
            fits = [fit_rate(t, y, seeds_axis=0) for y in noisy]
            found.append([(fit.if_no_log, fit.log_allowed) for fit in fits])
        found = np.array(found)
        artists.append(ax.axhline(0.5, color="0.5", linewidth=0.8, linestyle="--", label="truth"))
        for i, (label, look) in enumerate((("if no log", NAIVE), ("log allowed", OURS))):
            low, high = np.median(found[:, :, i], axis=1).T
            at = counts * APART ** (2 * i - 1)
            artists.append(ax.errorbar(at, (low + high) / 2, (high - low) / 2, label=label, **look))
            held = np.mean((found[:, :, i, 0] <= 0.5) & (found[:, :, i, 1] >= 0.5), axis=1)
            for count, share in zip(counts, held, strict=True):
                artists.append(ax.text(count, 0.85 - 0.03 * i, f"{100 * share:.0f}", ha="center", fontsize=6,
                                       color=look["color"]))  # fmt: skip
        ax.set_title(f"{name} with noise", fontsize=8)
        ax.set(xscale="log", xlabel="seeds", ylabel="exponent", ylim=(0.2, 0.9))
        ax.set_xticks(counts, counts.astype(str))
        ax.minorticks_off()
    meaning = f"bars: medians of the ends, {draws} draws\nnumbers: per cent that hold the truth"
    axes[0].legend(loc="lower right", title=meaning, title_fontsize=6)
    return artists
