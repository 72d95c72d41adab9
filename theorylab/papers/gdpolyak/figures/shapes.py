"""What the objects look like: the rounded neuron loss, the spread of Polyak's constant, the ravine itself."""

import numpy as np

from problems import CurvedRavine, NaiveTwoNeuron, PowerRavine
from theorylab.figures.panels import evaluated
from theorylab.methods import GD, GDPolyak, Polyak
from theorylab.papers.gdpolyak.claims.epochs import pre_polyak
from theorylab.papers.gdpolyak.derivations import naive_neuron, pure_polyak, slow_manifold
from theorylab.papers.gdpolyak.derivations.symbols import a, x
from theorylab.replay import Replay, precision
from theorylab.runs import run, run_many


def neuron_loss(ax):
    """The naive loss over the true one near the ravine, against the angle between the neurons."""
    problem = NaiveTwoNeuron.random(10, seed=0)
    v, direction = problem.teacher, np.random.default_rng(1).standard_normal(10)
    direction -= (direction @ v) / (v @ v) * v
    direction *= np.linalg.norm(v) / np.linalg.norm(direction)
    # w1 = v/2 + w, w2 = v/2 - w with w perpendicular to v: each at the angle atan(2|w|/|v|) from v
    angles = np.geomspace(1e-7, 1e-1, 300)
    ratios = []
    for angle in angles:
        w = np.tan(angle / 2) / 2 * direction
        point = np.concatenate([v / 2 + w, v / 2 - w])
        recorded = run(problem, GD(1.0), steps=1, start=point).gap[0]
        with precision(256):
            true = Replay(problem, GD(1.0)).point(point).f.enclosure()[0]
        ratios.append(recorded / true)
    dots = ax.semilogx(angles, ratios, ".", color="C0", markersize=2, label="float64 over exact value")
    ratio = naive_neuron()["ratio"]
    law = ax.axhline(float(ratio), color="C2", linestyle="--", linewidth=0.8, label=f"derived: ${ratio.p}/{ratio.q}$")
    one = ax.axhline(1.0, color="0.5", linewidth=0.6)
    ax.set(xlabel="angle between the two neurons (rad)", ylabel="naive loss / true loss", ylim=(0.2, 1.9))
    ax.legend(loc="upper right")
    return [*dots, law, one]


def polyak_constant(ax):
    """Polyak's method alone: u^-(p/2-1)/k of 600 starts does not settle, its mean does."""
    problem, steps, count = PowerRavine.of_order(4), 100_000, 600
    starts = np.random.default_rng(0).uniform(0.2, 0.6, (count, 2))
    traces = run_many([{"problem": problem, "method": Polyak(), "steps": steps, "start": start} for start in starts])
    found = np.array([1 / (abs(trace.x[-1, 0]) * steps) for trace in traces])
    _, _, bars = ax.hist(found, bins=40, color="0.8", edgecolor="0.4", linewidth=0.4)
    at = {"p": 4, "c": problem.c, "lambda": problem.lam}
    derived = {name: float(evaluated(pure_polyak()[key], x, 0, **at)) for name, key in
               (("derived mean", "C4"), ("mean field", "mean_field_constant"))}  # fmt: skip
    marks = [ax.axvline(found.mean(), color="C0", label=f"mean of {count} starts, {found.mean():.3f}")]
    for i, (name, value) in enumerate(derived.items(), 1):
        marks.append(ax.axvline(value, color=f"C{i}", linestyle=("--", ":")[i - 1], label=f"{name}, {value:.3f}"))
    ax.set(xlabel=f"$u_k^{{-1}}/k$ at $k = 10^{len(str(steps)) - 1}$, $p=4$", ylabel="starts")
    ax.legend()
    return [*bars, *marks]


def ravine(ax):
    """The curved ravine: level sets, the parabola, the slow manifold, and iterates of GDPolyak."""
    problem = CurvedRavine(4, 1.0, 2.0)
    u, y = np.meshgrid(np.linspace(-0.05, 0.75, 300), np.linspace(-0.15, 0.75, 300))
    value = problem.c * u**4 + problem.a * (y - u**2) ** 2
    levels = ax.contour(u, y, value, levels=np.geomspace(1e-5, 1, 11), colors="0.75", linewidths=0.5)
    along = np.linspace(0.0, 0.72, 200)
    artists = ax.plot(along, along**2, ":", color="C0", label="parabola $y = x^2$")
    manifold = slow_manifold()
    bent = x**2 + sum(manifold[f"flow_b{n}"] * x**n for n in (4, 6, 8))
    near = along[along < 0.4]  # beyond, the series is no longer near the manifold
    artists += ax.plot(near, evaluated(bent.subs(a, 2), x, near), "--", color="C1", label="slow manifold, to $x^8$")
    method = GDPolyak(0.06, 6)
    trace = run(problem, method, steps=34, start=(0.65, 0.02), record=range(35))
    path = np.asarray(trace.x)
    artists += ax.plot(*path.T, "-", color="C2", linewidth=0.6)
    artists += ax.plot(*path.T, "o", color="C2", markersize=2, label="short steps")
    for n, before in enumerate(pre_polyak(method, 4)):
        artists += ax.plot(*path[before : before + 2].T, "-", color="C3", linewidth=1.5,
                           label="_" if n else "long steps")  # fmt: skip
    artists += ax.plot(0, 0, "*", color="C0", markersize=6)
    ax.set(xlabel="$x$", ylabel="$y$", xlim=(-0.05, 0.72), ylim=(-0.1, 0.45))
    ax.legend(loc="upper left")
    return [levels, *artists]
