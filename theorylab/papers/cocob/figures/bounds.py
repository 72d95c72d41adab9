"""The mean of F against its bounds, how steep both are, what the logarithm adds, and what no algorithm can avoid."""

import functools

import numpy as np
from scipy.special import lambertw

from problems import Distance, FlippedDistance
from theorylab.figures.panels import dots, look
from theorylab.methods import COCOB
from theorylab.papers.cocob.claims.means import cell, mean_gap
from theorylab.papers.cocob.claims.rates import FIRST, regret_over
from theorylab.papers.cocob.derivations import kt, local_slopes, lower_bound, regret_bound
from theorylab.papers.cocob.lower import least_regret
from theorylab.runs import run_many
from theorylab.theory.evaluate import value

D = 10.137
DISTANCES = (0.10137, 10.137, 1013.7)
STEPS = 10**7


@functools.cache
def swept(steps: int) -> list:
    """Algorithm 1 on |x - D| at the DISTANCES."""
    return run_many([cell(Distance(d), COCOB(1.0), steps) for d in DISTANCES])


def simple(size, u) -> np.ndarray:
    """5.2 for L = eps = 1."""
    return value(regret_bound()["simple"], G=size, u=u, L=1.0, epsilon=1.0)


def lambert(size, u) -> np.ndarray:
    """The Lambert form of 5.2 for L = eps = 1."""
    w = lambertw(value(regret_bound()["argument"], G=size, u=u, epsilon=1.0)).real
    return value(regret_bound()["lambert_in_W"], W=w, G=size, L=1.0, epsilon=1.0)


def rate(axes):
    """Mean F on |x - D| with the bounds of the regret and the least worst case of any algorithm; local slopes."""
    left, right = axes
    trace, noisy = run_many([cell(Distance(D), COCOB(1.0), 10**6), cell(FlippedDistance(D, 0.4), COCOB(1.0), 10**6)])
    t, y = mean_gap(trace)
    size = trace.G[1:]
    artists = left.loglog(t, simple(size, D) / t, **look(2, label="regret bound, derived"))
    artists += left.loglog(t, lambert(size, D) / t, **look(3, label="its Lambert form"))
    artists += left.loglog(t, y, **look(0, label="mean of $F$", linewidth=1.5))
    flipped = "mean of $F$, 40 % of signs flipped, one seed"
    artists += left.loglog(*mean_gap(noisy), **look(4, label=flipped, linewidth=0.9))
    rounds = np.unique(np.geomspace(30, 10**6, 25).astype(int))
    least = np.array([float(least_regret(int(n), D)) for n in rounds]) / rounds
    artists += left.loglog(rounds, least, **look(1, label="no algorithm has less on all streams"))
    left.set(xlabel="$T$", ylabel=rf"mean of $F(w_t)$, $t\leq T$; $D={D:g}$", ylim=(4e-3, 40), xlim=(1, 1.3e6))
    left.legend(loc="lower left")
    return artists + _slopes(right)


def local(t, y, apart: int = 20):
    """Chords over half a decade: (geometric middle, slope)."""
    return np.sqrt(t[apart:] * t[:-apart]), np.log(y[apart:] / y[:-apart]) / np.log(t[apart:] / t[:-apart])


def _slopes(ax):
    artists = []
    for i, (d, trace) in enumerate(zip(DISTANCES, swept(STEPS), strict=True)):
        t, y = mean_gap(trace)
        late = t >= 300
        middle, slopes = local(t[late], y[late])
        artists += ax.semilogx(middle, slopes, **look(i, label=f"$D={d:.4g}$"))
        derived = value(local_slopes()["T_slope"], T=middle, D=d)
        ax.semilogx(middle, derived, color=f"C{i}", linewidth=0.6, label="thin: the bound, derived" if i == 0 else None)
    ax.axhline(-0.5, color="0.6", linewidth=2.5, zorder=0)
    ax.set(xlabel="$T$", ylabel=r"local slope $d\ln\overline{F}\,/\,d\ln T$", ylim=(-0.51, -0.34))
    ax.legend(loc="upper right", ncols=2)
    return artists


def logarithm(axes):
    """Regret^2/(D^2 G) is a line in lam, as derived; bounds over the least regret tend to sqrt(2) slowly."""
    left, right = axes
    artists = []
    for i, (d, trace) in enumerate(zip(DISTANCES, swept(STEPS), strict=True)):
        lam, square = regret_over(trace, d)
        artists += left.plot(lam[::8], square[::8], **dots(i, label=f"$D={d:.4g}$"))
        size = trace.G[trace.step >= FIRST]
        left.plot(lam, lambert(size, d) ** 2 / (d**2 * size), **look(i, linewidth=0.8))
    ends = np.array([10.0, 48.0])
    left.plot(ends, ends, color="0.6", linewidth=2.5, zorder=0)
    left.text(47, 48, "regret bound, derived", fontsize=7, color="0.3", ha="right")
    left.set(xlabel=r"$\lambda=\ln(1+G^2D^2/\epsilon^2)$", ylabel=r"Regret$^2/(D^2G)$; lines: Lambert form")
    left.legend(loc="lower right")
    return artists + _room(right)


def _room(ax):
    rounds = np.unique(np.geomspace(30, 10**6, 30).astype(int))
    artists = []
    for i, u in enumerate((1.0, 10.0, 1000.0)):
        least = np.array([float(least_regret(int(n), u)) for n in rounds])
        known = rounds.astype(float)
        quoted = value(kt()["regret"], T=known, u=u, epsilon=1.0)
        above = {"Algorithm 1, derived": (simple(known + 1, u), "-"), "KT, quoted": (quoted, "--")}
        for name, (bound, dashes) in above.items():
            artists += ax.semilogx(rounds, bound / least, color=f"C{i}", linestyle=dashes, label=f"{name}, $u={u:g}$")
    ax.axhline(float(lower_bound()["ratio"]), color="0.6", linewidth=2.5, zorder=0)
    ax.text(1e6, 1.37, r"limit $\sqrt{2}$", fontsize=7, color="0.3", va="top", ha="right")
    ax.set(xlabel="$T$", ylabel="bound / least worst regret", ylim=(1.15, 4.5))
    ax.legend(loc="upper right")
    return artists
