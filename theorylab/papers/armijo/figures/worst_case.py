"""The function built against a search: one quintic piece for every step."""

import numpy as np
import sympy as sp

from problems import CGT
from theorylab.papers.armijo.derivations import cgt
from theorylab.theory.evaluate import value

ETA, DROP, CURVATURE = 0.02, 0.6, 1.0
PIECES = 6


def pieces(problem: CGT, count: int):
    """x, f, f' and f'' on the first intervals, from the derived quintic."""
    q = cgt()["q"]
    (z,) = (symbol for symbol in q.free_symbols if symbol.name == "z")
    at, s = np.linspace(0, 1, 81), np.diff(problem.X)
    columns = []
    for k in range(count):
        known = {"z": at, "h": problem.h, "r": s[k + 1] / s[k], "d": (problem.F[k] - problem.F[k + 1]) / s[k] ** 2}
        forms = [value(sp.diff(q, z, n), **known) for n in range(3)]
        columns.append([problem.X[k] + s[k] * at, problem.F[k] + s[k] ** 2 * forms[0], s[k] * forms[1], forms[2]])
    return np.concatenate(columns, axis=1)


def worst_case(axes):
    """f, f' and f'' on the first intervals; at their ends, where the iterates are, the slopes -1/(k+1)^(1/2+eta)."""
    problem = CGT.of(ETA, DROP, CURVATURE, 50_000)
    x, *lines = pieces(problem, PIECES)
    lines[0] = lines[0] - problem.F[0]
    steps, ends = np.diff(problem.X), problem.X[: PIECES + 1]
    marks = [problem.F[: PIECES + 1] - problem.F[0], -steps[: PIECES + 1], np.full(PIECES + 1, CURVATURE)]
    names = ("$f(x)-f(x_0)$", "$f'(x)$", "$f''(x)$")
    artists = []
    for ax, line, mark, name in zip(axes, lines, marks, names, strict=True):
        artists += ax.plot(x, line, color="C1")
        artists += ax.plot(ends, mark, color="C0", marker="o", linestyle="none", label="iterates $x_k$")
        ax.set(xlabel="$x$", ylabel=name)
    bend = problem.facts()["L"].value
    for side in (-bend, bend):
        name = rf"$\pm L$, $L={bend:.2f}$: bound of $|f''|$"
        axes[2].axhline(side, color="0.5", linestyle="--", linewidth=0.7, label=name)
    fine = np.linspace(0, ends[-1], 200)
    slope = -np.interp(fine, ends, steps[: PIECES + 1])
    axes[1].plot(fine, slope, color="C2", linestyle="--", label=r"slopes $-(k+1)^{-1/2-\eta}$")
    axes[1].axhline(0, color="0.7", linewidth=0.5)
    known = {label: artist for ax in axes for artist, label in zip(*ax.get_legend_handles_labels(), strict=True)}
    axes[0].figure.legend(known.values(), known.keys(), loc="outside upper center", ncols=len(known))
    return artists
