"""What tells a right law from a wrong one: not the slope so far, but the part that was not fitted."""

import numpy as np

from problems import SumOfPowers
from theorylab.calibration.examples import EXAMPLES, LOG, SHIFT, grid
from theorylab.figures.panels import LINES, MARKS
from theorylab.fits import fit_rate, local_exponents
from theorylab.fits.contest import contest
from theorylab.fits.engine import ACCEPT
from theorylab.fits.formula import P
from theorylab.fits.laws import SIMPLE, residual
from theorylab.fits.trace import clean
from theorylab.methods import GD
from theorylab.runs import run

SMALLEST = 1e-16
SHOWN = ("power", "power + faster power", "power x log")


def local_slopes(ax):
    """Local exponents of the closed forms with p = 1, and on the right the interval that fit_rate gives."""
    artists = [ax.axhline(1.0, color="0.5", linewidth=0.8, linestyle="--", label="truth")]
    widest = 0.0
    for i, example in enumerate(e for e in EXAMPLES if e is not SHIFT):
        t = grid(1e6)
        y = example.law(t)
        at, slope = local_exponents(t, y).T
        artists += ax.semilogx(at, slope, color=f"C{i}", linestyle=LINES[i], marker=MARKS[i], markerfacecolor="white",
                               label=example.formula)  # fmt: skip
        fit = fit_rate(t, y)
        middle, half = (fit.low + fit.high) / 2, (fit.high - fit.low) / 2
        widest, place = max(widest, half), 1.8e6 * 1.6**i
        artists.append(ax.errorbar(place, middle, half, color=f"C{i}", fmt=MARKS[i], capsize=2))
    ax.axvline(1.2e6, color="0.8", linewidth=0.5)
    ax.annotate(f"fit_rate\n$\\pm{widest:.4f}$", (2.9e6, 1.0), xytext=(0, 8), textcoords="offset points", ha="center",
                fontsize=7)  # fmt: skip
    ax.set(xlabel="$t$", ylabel=r"local exponent $-d\,\ln y / d\,\ln t$", xlim=(10, 8e6), ylim=(0.4, 1.15))
    ax.legend(loc="lower left")
    return artists


def hold_out(axes):
    """Laws fitted without the last quarter: their errors along log t / t, and the errors of prediction on all forms."""
    return _along(axes[0]) + _by_law(axes[1])


def _along(ax):
    t = grid(1e5)
    data = clean(t, LOG.law(t), None)
    split = data.u[-1] - (data.u[-1] - data.u[0]) / 4
    artists = [ax.axvspan(np.exp(split), t[-1], color="0.92", linewidth=0)]
    first = {}
    for candidate in contest(data).powers:
        first.setdefault(candidate.law.name, candidate)
    for i, name in enumerate(SHOWN):
        law, fitted = first[name].law, first[name].q_train
        error = np.abs(residual(fitted, law, data.u, data.u - data.u[0], data.z))
        artists += ax.loglog(t, np.maximum(error, SMALLEST), color=f"C{i}", linestyle=LINES[i], label=name)
    ax.text(np.exp(split) * 1.1, 3, "not fitted", fontsize=7)
    ax.set(xlabel="$t$", ylabel=r"error in $\ln y$", ylim=(3e-17, 30))
    ax.set_title(LOG.formula, fontsize=8)
    ax.legend(loc=(0.03, 0.33))
    return artists


def _by_law(ax):
    """The least error of prediction of each simple law on each closed form."""
    artists, names = [], []
    for i, example in enumerate(EXAMPLES):
        t = grid(1e5)
        fit = contest(clean(t, example.law(t), None))
        least = {}
        for c in fit.powers:
            if c.law in SIMPLE:
                least[c.law.name] = min(c.error, least.get(c.law.name, np.inf))
        names = names or list(least)
        height = [names.index(name) + 0.12 * (i - 1.5) for name in least]
        artists += ax.semilogx(np.maximum(list(least.values()), SMALLEST), height, linestyle="none", marker=MARKS[i],
                               color=f"C{i}", markerfacecolor="white", label=example.formula)  # fmt: skip
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.set(xlabel="error on the last quarter of $\\ln t$", ylabel="law", xlim=(3e-17, 10))
    ax.legend(loc="upper center")
    return artists


def hull_of_laws(ax):
    """Every law on every window for GD on x^4 + x^6 after 1e4 steps: those that predict about as well as the best."""
    trace = run(SumOfPowers((1.0, 1.0), (4, 6)), GD(0.02), steps=10_000, start=(1.0,))
    t, gap = trace.step[1:], trace.gap[1:]
    found, fit = contest(clean(t, gap, None)), fit_rate(t, gap)
    error, exponent = np.array([(c.error, c.q[P]) for c in found.powers]).T
    bar = ACCEPT * max(error.min(), 3 * found.eps)
    artists = [ax.axhspan(fit.low, fit.high, color="0.88", linewidth=0, label="interval of fit_rate")]
    artists.append(ax.axhline(2.0, color="0.5", linewidth=0.8, linestyle="--", label="truth"))
    artists.append(ax.axvline(bar, color="0.5", linewidth=0.6, linestyle=":"))
    for these, name, look in ((error <= bar, "accepted", {"color": "C0", "marker": "o"}),
                              (error > bar, "rejected", {"color": "C2", "marker": "x"})):  # fmt: skip
        artists += ax.semilogx(error[these], exponent[these], linestyle="none", label=name, **look)
    ax.set(xlabel="error of prediction", ylabel="exponent of the law", ylim=(1.6, 2.3))
    ax.legend(loc="lower left")
    return artists
