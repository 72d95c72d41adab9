"""Betting on coins of one sign: times to reach D; and wealth above its potential on any stream."""

import numpy as np

from problems import Coins, Distance
from theorylab.claims.plan import Plan
from theorylab.methods import COCOB, KT
from theorylab.papers.cocob.claims.growth import hitting_times, to_infinity
from theorylab.papers.cocob.claims.means import cell
from theorylab.papers.cocob.derivations import doubling, kt_doubling, wealth_bound
from theorylab.runs import run_many
from theorylab.theory.evaluate import value


def growth(axes):
    """First t with w_t >= D against ln D; ln wealth and ln potential against t."""
    left, right = axes
    bettors = {
        "Algorithm 1": (COCOB(1.0), float(doubling()["exponent"]), float(doubling()["drift"])),
        "KT": (KT(1.0), float(kt_doubling()["exponent"]) / np.log(2), float(kt_doubling()["drift"]) / np.log(2)),
    }
    artists = []
    for i, (name, (method, slope, drift)) in enumerate(bettors.items()):
        distances, times = hitting_times(to_infinity(Plan(), method))
        law = slope * np.log(distances) + drift * np.log(times)
        shown = slice(0, None, 12)
        artists += left.plot(np.log10(distances[shown]), times[shown], color=f"C{i}", marker="os"[i],
                             linestyle="none", markerfacecolor="none", label=name)  # fmt: skip
        left.plot(np.log10(distances), law + (times - law).mean(), color=f"C{i}", linewidth=0.8)
    left.set(xlabel=r"$\log_{10}D$", ylabel=r"steps to $w_t\geq D$; lines: derived law")
    left.set(xlim=(0, 305), ylim=(0, 1300))
    left.legend(loc="upper left")
    return artists + _wealth(right)


def _wealth(ax):
    streams = Coins.streams()
    names = "fair signs", "signs 30/70", "blocks of 50"
    shown = {"$|x-10.137|$": Distance(10.137)} | {name: streams[name] for name in names}
    traces = run_many([cell(problem, COCOB(1.0), 2000, record=range(2001)) for problem in shown.values()])
    artists = []
    for i, (name, trace) in enumerate(zip(shown, traces, strict=True)):
        t = trace.step[1:]
        potential = value(wealth_bound()["log_bound"], theta=trace.theta, G=trace.G, L=1.0, epsilon=1.0)[1:]
        artists += ax.semilogx(t, np.log(trace.wealth[1:]), color=f"C{i}", label=name, linewidth=0.8)
        ax.semilogx(t, potential, color=f"C{i}", linestyle=":", linewidth=0.9)
    ax.set(xlabel="$t$", ylabel="ln wealth; dotted: ln potential")
    ax.set_yscale("symlog", linthresh=10)
    ax.set_yticks([-5, 0, 5, 10, 100], ["$-5$", "0", "5", "10", "100"])
    ax.legend(loc="upper left")
    return artists
