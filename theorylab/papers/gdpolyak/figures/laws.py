"""Rates, breakdowns and costs against the laws that the derivations give."""

import numpy as np

from problems import CurvedRavine, PowerRavine, QuadraticSensing
from problems.draws import paper_start
from theorylab.figures.panels import LINES, MARKS, evaluated
from theorylab.fits import fit_polynomial
from theorylab.methods import GD, GDPolyak
from theorylab.papers.gdpolyak.claims.epochs import epochs_of, pre_polyak
from theorylab.papers.gdpolyak.claims.fixed_k import last_linear_epoch
from theorylab.papers.gdpolyak.derivations import fixed_k, gd_rate, one_short_step, period_two, polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import K, a, k, p
from theorylab.runs import run_many

STEPSIZE, CURVATURE = 0.0125, 10.0
RHO = 1 - STEPSIZE * 2 * CURVATURE


def gd_laws(ax):
    """Gradient descent on ravines of order 3 to 8, and the laws."""
    orders = range(3, 9)
    traces = run_many([{"problem": PowerRavine.of_order(q), "method": GD(0.5), "steps": 10**6} for q in orders])
    artists = []
    for i, (order, trace) in enumerate(zip(orders, traces, strict=True)):
        every = (12 + 2 * i, 20)
        artists += ax.loglog(trace.step[1:], trace.gap[1:], linestyle="none", marker=MARKS[i], markevery=every,
                             color=f"C{i}", markerfacecolor="none", label=f"$p={order}$")  # fmt: skip
        steps = np.geomspace(10, 1e6, 60)
        law = evaluated(gd_rate()["gap_law"].expr, k, steps, p=order, c=trace.problem.c, eta=0.5)
        artists += ax.loglog(steps, law, color=f"C{i}", linestyle=LINES[i], linewidth=0.8)
    ax.set(xlabel="steps $k$ of gradient descent", ylabel=r"gap $f(x_k) - f^\star$", xlim=(7, 1.5e6))
    ax.legend(ncols=2, title="lines: $k^{-p/(p-2)}$ with its constant", title_fontsize=7)
    return artists


def breakdowns(ax):
    """The gap before each long step for several K: linear until the breakdown, and where the law puts that."""
    counts, epochs = (20, 40, 60, 80, 100), 75
    artists = []
    traces = run_many([epochs_of(CurvedRavine(), GDPolyak(STEPSIZE, K), epochs) for K in counts])
    for i, (count, trace) in enumerate(zip(counts, traces, strict=True)):
        before = trace.at(pre_polyak(trace.method, epochs))
        look = {"color": f"C{i}", "linestyle": LINES[i], "label": f"$K={count}$"}
        artists += ax.semilogy(np.arange(1, epochs + 1), before.gap, **look)
        end = last_linear_epoch(before.distance)
        if end > 0:
            artists += ax.semilogy(end + 1, before.gap[end], color=f"C{i}", marker="x", markersize=6, zorder=3)
        reached = float(evaluated(fixed_k()["dist_end"], K, count, p=4, c=1, rho=RHO, **{"lambda": 2 * CURVATURE}))
        # on the ravine f = c dist^4 to leading order
        artists.append(ax.hlines(reached**4, 0.9 * epochs, epochs, color=f"C{i}", linewidth=2.0))
    ax.set(xlabel="epoch", ylabel="gap before the long step", xlim=(0, epochs))
    ax.set_title("crosses: breakdown; bars on the right: its law", fontsize=7)
    ax.legend(ncols=2, loc="lower left")
    return artists


def best_cost(ax):
    """Gradients to reach eps with the best K: measured, and by the law of dist_end followed along K."""
    accuracies = np.geomspace(1e-1, 1e-6, 21)
    steps = 4000
    cells = [
        {"problem": CurvedRavine(), "method": GDPolyak(STEPSIZE, n), "start": paper_start(), "steps": steps,
         "record": range(steps + 1)}
        for n in range(2, 116)
    ]  # fmt: skip
    cost = np.full(len(accuracies), np.inf)
    for trace in run_many(cells):
        first = np.searchsorted(-np.minimum.accumulate(trace.distance), -accuracies)
        cost = np.minimum(cost, np.where(first < len(trace), first, np.inf))
    bits = np.log(1 / accuracies)
    artists = ax.plot(bits, cost, "o", color="C0", markerfacecolor="none", label="best $K$, measured")
    quadratic = fit_polynomial(bits, cost, 2)
    curve = np.linspace(bits[0], bits[-1], 60)
    artists += ax.plot(curve, np.polynomial.Polynomial(quadratic.coefficients)(curve), "-", color="C0", linewidth=0.8,
                       label=f"quadratic, leading {quadratic.leading:.1f}")  # fmt: skip
    law, counts = fixed_k(), np.linspace(8, 130, 60)
    at = {"p": 4, "c": 1, "rho": RHO, "lambda": 2 * CURVATURE}
    reached = -np.log(evaluated(law["dist_end"], K, counts, **at))
    epochs = evaluated(law["epochs"].expr, law["epochs"].variable, reached, **at)
    seen = reached < bits[-1] * 1.02
    followed = r"law: dist$_{\rm end}(K)=\epsilon$"
    artists += ax.plot(reached[seen], (counts * epochs)[seen], "--", color="C1", label=followed)
    leading = evaluated(law["cost"].expr, law["cost"].variable, curve, **at)
    coefficient = float(evaluated(law["cost_coefficient"], K, 0, **at))
    artists += ax.plot(curve, leading, ":", color="C2", label=rf"leading law, ${coefficient:.2f}\,L^2$")
    ax.set(xlabel=r"$L = \ln(1/\epsilon)$", ylabel=r"gradients to distance $\epsilon$", xlim=(0, 14.3), ylim=(0, 4600))
    ax.legend(loc="upper left")
    return artists


def few_short_steps(ax):
    """Factor of the distance an epoch with one or two short steps of size 1/(2a), against a."""
    curvatures, epochs = np.geomspace(0.5, 20, 25), np.arange(40, 61)
    fine = np.geomspace(0.5, 20, 300)
    short, beyond = period_two(), one_short_step()
    factor = float(short["k2_factor"])
    kink = float(beyond["threshold"])
    law = np.where(fine < kink, factor, evaluated(beyond["factor_beyond"], a, fine))
    artists = ax.semilogx(fine, law, "-", color="0.55", label="law, $K=1$")
    artists += ax.semilogx(fine, np.full(fine.shape, factor), "--", color="0.55", label="law, $K=2$")
    for i, count in enumerate((1, 2)):
        cells = [epochs_of(CurvedRavine(4, 1.0, v), GDPolyak(0.5 / v, count), 61) for v in curvatures]
        found = []
        for trace in run_many(cells):
            distance = trace.at(pre_polyak(trace.method, 61)[epochs]).distance
            found.append((distance[-1] / distance[0]) ** (1 / (len(distance) - 1)))
        look = {"color": f"C{i}", "marker": MARKS[i], "markerfacecolor": "none", "label": f"$K={count}$"}
        artists += ax.semilogx(curvatures, found, linestyle="none", **look)
    threshold = float(short["k1_threshold"])
    artists.append(ax.axvline(threshold, color="0.4", linewidth=0.6, linestyle=":"))
    name = f"$a={short['k1_threshold']}$"
    artists.append(ax.annotate(name, (threshold, 0.97), xytext=(-3, 0), textcoords="offset points", ha="right"))
    ax.set(xlabel="curvature $a$ of the ravine", ylabel="factor of the distance an epoch", ylim=(0.7, 1.0))
    ax.set_xticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
    ax.minorticks_off()
    ax.legend(loc=(0.6, 0.18))
    return artists


def measurements(ax):
    """Factor of the gap an epoch against the number m of measurements, d = 30."""
    d, epochs = 30, 25
    counts = [200, 230, 260, 300, 350, 400, 465, 550, 700, 1000, 1500]
    method = GDPolyak(0.05, 300)
    traces = run_many([epochs_of(QuadraticSensing.random(d=d, m=m), method, epochs) for m in counts])
    ratios = []
    for trace in traces:
        gap = trace.at(pre_polyak(method, epochs)[15:]).gap
        ratios.append(gap[1:] / gap[:-1])
    mean = np.exp([np.log(r).mean() for r in ratios])
    ends = [mean - [r.min() for r in ratios], [r.max() for r in ratios] - mean]
    bars = ax.errorbar(counts, mean, ends, fmt="o", color="C0", markerfacecolor="none", capsize=2, elinewidth=0.7)
    exact = polyak_step()["gap_factor"].subs(p, 4)
    law = ax.axhline(float(exact), color="C1", linestyle="--", linewidth=0.8, label=f"${exact.p}/{exact.q}$")
    full = d * (d + 1) // 2
    line = ax.axvline(full, color="0.4", linestyle=":", linewidth=0.8, label=f"$m = d(d+1)/2 = {full}$")
    ax.set(xscale="log", xlabel="measurements $m$", ylabel="factor of the gap an epoch", ylim=(0.25, None))
    ax.set_xticks([200, 300, 500, 1000, 1500], ["200", "300", "500", "1000", "1500"])
    ax.minorticks_off()
    ax.set_title("mean and range over the epochs 15 to 24", fontsize=7)
    ax.legend(loc="center right")
    return [bars, law, line]
