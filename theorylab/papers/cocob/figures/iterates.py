"""|x - 10| by coin betting and by fixed stepsizes, and two readings of an effective learning rate."""

import numpy as np

from problems import Distance
from theorylab.figures.panels import look
from theorylab.methods import COCOB, SubgradientDescent
from theorylab.papers.cocob.claims.means import cell
from theorylab.papers.cocob.derivations import effective_rates
from theorylab.runs import run, run_many

STEPS = 120
RATES = (0.03, 0.3, 3.0)
D = 10.0


def every_step(method, steps: int = STEPS):
    """A run on |x - 10| with all its steps recorded."""
    return run(**cell(Distance(D), method, steps, record=range(steps + 1)))


def triptych(axes):
    """Iterates of Algorithm 1, of subgradient descent at three rates, and effective rates on longer runs."""
    left, middle, right = axes
    betting = every_step(COCOB(1.0))
    artists = left.plot(betting.step + 1, betting.x[:, 0], color="C0", linewidth=0.7)
    left.set(title="Algorithm 1")
    for i, eta in enumerate(RATES, 1):
        trace = every_step(SubgradientDescent(eta))
        # solid: a dashed line that jumps at every step draws patterns that are not there
        style = {"linestyle": "-", "linewidth": 0.7, "label": rf"$\eta={eta:g}$"}
        artists += middle.plot(trace.step + 1, trace.x[:, 0], color=f"C{i}", **style)
    middle.set(title="fixed learning rates")
    middle.legend(loc="lower right", bbox_to_anchor=(1, 0.33))
    top = 1.08 * betting.x.max()
    for ax in (left, middle):
        ax.axhline(D, color="0.6", linewidth=2.5, zorder=0)
        ax.set(xlabel="step $t$", ylabel="$w_t$", xlim=(0, STEPS), ylim=(-0.5, top))
    return artists + _rates(right)


def _rates(ax):
    (trace,) = run_many([cell(Distance(D), COCOB(1.0), 10**5)])
    first = int(trace.step[np.argmax(trace.x[:, 0] >= D)])
    t = trace.step[1:] + 1
    step, total = trace.effective_rate[1:], trace.bet_rate[1:]
    columns = {r"$|w_{t+1}-w_t|\,/\,|g_t|$": step, r"$|w_t-w_1|\,/\,|\theta_{t-1}|$": total}
    artists = []
    for i, (name, rate) in enumerate(columns.items()):
        artists += ax.loglog(t, rate, **look(i, label=name, linewidth=0.9))
    grown = np.arange(2, first + 1)
    rise = np.exp(float(effective_rates()["growth"]) * (grown - grown[-1])) * step[first - 2]
    artists += ax.loglog(grown, rise, color="C2", linestyle=":", linewidth=1.8, label=r"$(1+\tanh 1)^t$")
    fall = np.array([30.0, 1e5])
    artists += ax.loglog(fall, 30 * fall**-0.5, color="0.6", linewidth=2.5, zorder=0, label=r"$\propto t^{-1/2}$")
    ax.axvline(first + 1, color="0.8", linewidth=0.7, zorder=0)
    ax.set(xlabel="step $t$", ylabel="effective learning rate", title="Algorithm 1, two readings", ylim=(1e-5, 30))
    ax.legend(loc="lower left")
    return artists
