"""The three experiments of the paper, recreated: gap, distance and stepsize of three methods."""

import numpy as np

from problems import CurvedRavine, NaiveTwoNeuron, QuadraticSensing, TwoNeuron
from problems.draws import paper_start
from theorylab.figures.panels import LINES, MARKS
from theorylab.methods import GD, GDPolyak, Polyak
from theorylab.papers.gdpolyak.claims.epochs import pre_polyak
from theorylab.papers.gdpolyak.derivations import polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import p
from theorylab.runs import run_many

SHOWN = 300


def ravine_triple(axes):
    """E1: the curved ravine of order four."""
    traces = _runs(CurvedRavine(), GDPolyak(0.0125, 100), 50, start=paper_start())
    artists = _triple(axes, traces, 50)
    return artists + _predicted(axes, traces["GDPolyak"], 50, order=4)


def sensing_triple(axes):
    """E2: quadratic sensing, m = 1000 measurements of a matrix of rank 2 in dimension 100."""
    problem = QuadraticSensing.of_the_paper()
    return _triple(axes, _runs(problem, GDPolyak(0.05, 300), 50), 50, far="distance as reported")


def neuron_triple(axes):
    """E3: two neurons learn one, with the loss evaluated stably and, for GDPolyak, also as the authors do."""
    method, epochs = GDPolyak(1.5, 100), 25
    traces = _runs(TwoNeuron.of_the_paper(), method, epochs)
    (naive,) = run_many([_cell(NaiveTwoNeuron.of_the_paper(), method, method, epochs)])
    shown = traces | {"GDPolyak, naive loss": naive}
    artists = _triple(axes, shown, epochs, distance=_reported, far="distance as reported")
    return artists + _predicted(axes, traces["GDPolyak"], epochs, order=3)


def _cell(problem, method, alternating, epochs, **options):
    """Arguments of a run over the same number of gradients, recorded evenly and around the long steps."""
    before = pre_polyak(alternating, epochs)
    steps = int(before[-1]) + 1
    even = np.linspace(0, steps, SHOWN).astype(int)
    return {"problem": problem, "method": method, "steps": steps,
            "record": np.concatenate([even, before, before + 1]), **options}  # fmt: skip


def _runs(problem, method, epochs, **options):
    methods = {"GDPolyak": method, "Polyak": Polyak(), "GD": GD(method.stepsize)}
    traces = run_many([_cell(problem, each, method, epochs, **options) for each in methods.values()])
    return dict(zip(methods, traces, strict=True))


def _exact(trace):
    return trace.distance


def _reported(trace):
    return trace.problem.reported_distance(trace.x)


def _triple(axes, traces, epochs, distance=_exact, far="distance to the minimisers"):
    alternating = traces["GDPolyak"].method
    before = pre_polyak(alternating, epochs)
    artists = []
    for i, (name, trace) in enumerate(traces.items()):
        look = {"color": f"C{i}", "linestyle": LINES[i], "label": name}
        every = max(1, len(trace) // 8)
        marked = look | {"marker": MARKS[i], "markevery": (i * every // 4, every), "markerfacecolor": "none"}
        artists += axes[0].semilogy(trace.step, trace.gap, **marked)
        artists += axes[1].semilogy(trace.step, distance(trace), **marked)
        if isinstance(trace.method, GDPolyak):
            long = trace.at(before)
            artists += axes[2].semilogy(long.step, long.stepsize, **look, marker=MARKS[i], markersize=2)
        else:
            artists += axes[2].semilogy(trace.step, trace.stepsize, **look, linewidth=0.5)
    for ax, label in zip(axes, (r"gap $f(x_k) - f^\star$", far, r"stepsize $\gamma_k$"), strict=True):
        ax.set(xlabel="gradients $k$", ylabel=label, xlim=(0, before[-1]))
    handles, names = axes[0].get_legend_handles_labels()
    artists.append(axes[0].figure.legend(handles, names, loc="outside upper center", ncols=len(names)))
    return artists


def _predicted(axes, trace, epochs, order):
    """The derived factors of an epoch as thin lines that end at the last long step."""
    long = trace.at(pre_polyak(trace.method, epochs))
    back = np.arange(len(long)) - (len(long) - 1.0)
    artists = []
    for ax, values, factor in ((axes[0], long.gap, "gap_factor"), (axes[2], long.stepsize, "step_growth")):
        exact = polyak_step()[factor].subs(p, order)
        line = values[-1] * float(exact) ** back
        artists += ax.semilogy(long.step, line, color="0.55", linewidth=2.5, alpha=0.5, zorder=0)
        ax.legend(artists[-1:], [f"derived: {exact} an epoch"], loc="upper right" if ax is axes[0] else "upper left")
    return artists
