"""Figures 1 and 2 of the paper, recreated: its toy data, and digits of scikit-learn for its images."""

from problems import LinearClassifier
from problems.samples import digits, toy
from theorylab.figures.panels import look, outside
from theorylab.papers.large_stepsize.claims.common import value, watched
from theorylab.papers.large_stepsize.derivations import inverse_increment
from theorylab.runs import run_many

from .looks import DENSE, key, mark, stepsize


def figure_1(axes):
    """The paper's Figure 1: the loss on the raw toy data, and eta t L with its plateau."""
    problem, etas = LinearClassifier(toy()), (4.0, 8.0, 16.0, 32.0)
    return _loss_and_plateau(axes, [watched(problem, eta, 2**20, record=DENSE) for eta in etas])


def figure_1_digits(axes):
    """The same on the digits 3 and 8, scaled to norm 1; the largest stepsize is far from its plateau at this budget."""
    problem, etas = LinearClassifier(digits(3, 8).rescaled()), (1.0, 16.0, 256.0, 4096.0)
    return _loss_and_plateau(axes, [watched(problem, eta, 2**16, record=DENSE) for eta in etas])


def figure_1_zero_eight(axes):
    """The same on the digits of the paper, 0 and 8: the first step classifies everything, and yet 64 oscillates."""
    problem, etas = LinearClassifier(digits(0, 8).rescaled()), (1.0, 4.0, 16.0, 64.0)
    return _loss_and_plateau(axes, [watched(problem, eta, 2**16, record=DENSE) for eta in etas])


def digits_accuracy(axes):
    """The paper's Figure 2: loss and accuracy on the digits 1 and 8, scaled to norm 1."""
    problem, etas = LinearClassifier(digits(1, 8).rescaled()), (16.0, 256.0, 1024.0, 4096.0)
    traces = run_many([watched(problem, eta, 8192, record=DENSE) for eta in etas])
    artists = []
    for i, trace in enumerate(traces):
        wrong = (problem.margins(trace.x) <= 0).mean(axis=1)
        eta, late = trace.method.method.stepsize, trace.step > 0
        artists += axes[0].loglog(trace.step[late], trace.gap[late], **look(i, label=stepsize(eta)))
        artists += axes[1].semilogx(trace.step[late], 100 * (1 - wrong[late]), **look(i, linewidth=0.8))
        if end := int(trace.last_increase[-1]):
            artists += mark(axes[0], trace, end, i, "o")
            share = 100 * (1 - wrong[trace.step == end])
            artists += mark(axes[1], trace, end, i, "o", y=lambda steps, gaps, share=share: share)
    key(axes[0], "o", "last increase of the loss")
    axes[0].set(xlabel="steps $t$", ylabel="loss $L_t$", xlim=(1, 8192), ylim=(1e-6, None))
    axes[1].set(xlabel="steps $t$", ylabel="training accuracy (%)", xlim=(1, 8192), ylim=(None, 101))
    return [*artists, outside(axes[0])]


def _loss_and_plateau(axes, cells):
    traces = run_many(cells)
    left, right = axes
    artists = []
    for i, trace in enumerate(traces):
        eta, late = trace.method.method.stepsize, trace.step > 0
        artists += left.plot(trace.step + 1, trace.gap, **look(i, label=stepsize(eta)))
        artists += right.plot(trace.step[late] + 1, (eta * trace.step * trace.gap)[late], **look(i))
        if end := int(trace.last_increase[-1]):
            artists += mark(left, trace, end, i, "o", x=lambda t: t + 1)
            artists += mark(right, trace, end, i, "o", x=lambda t: t + 1, y=lambda t, loss, eta=eta: eta * t * loss)
    plateau = float(value(inverse_increment()["plateau"], gamma=traces[0].problem.facts()["margin"].value))
    name = rf"plateau $1/\gamma^2={plateau:.4g}$"
    line = right.axhline(plateau, color="0.5", linewidth=2.5, alpha=0.5, zorder=0, label=name)
    artists.append(line)
    if any(trace.last_increase[-1] for trace in traces):
        key(left, "o", "last increase of the loss")
    for ax, label in ((left, "loss $L_t$"), (right, r"$\eta\,t\,L_t$")):
        ax.set_xscale("log", base=2)
        ax.set_yscale("log", base=2)
        ax.set(xlabel="$t+1$", ylabel=label, xlim=(1, trace.step[-1] + 1))
    right.legend(loc="lower right")
    return [*artists, outside(left)]
