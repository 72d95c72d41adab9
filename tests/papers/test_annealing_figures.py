"""What the figures of the annealing paper draw: derived formulas, the Fokker-Planck route, and how they agree."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from theorylab.claims import Plan
from theorylab.papers.annealing.claims.deterministic import _supremum, log_slope
from theorylab.papers.annealing.claims.fp_curves import SCHEDULES, bound_of
from theorylab.papers.annealing.claims.trajectories import on_slopes
from theorylab.papers.annealing.derivations import cosine, poly_bound, wsd
from theorylab.papers.annealing.diffusion import FULL, law
from theorylab.papers.annealing.figures import fixed, sampled
from theorylab.papers.annealing.figures.bounds import local_exponents, polynomial, relative_bounds
from theorylab.papers.annealing.figures.diffusion import collapse, drawn, losses, slopes
from theorylab.papers.annealing.figures.looks import LOOKS, points
from theorylab.papers.annealing.figures.misread import powers_of_t
from theorylab.papers.annealing.figures.shapes import SHOWN, schedules
from theorylab.papers.annealing.window import window_bound
from theorylab.theory.evaluate import value


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def two():
    return Figure().subplots(1, 2)


def labelled(lines):
    """Lines by their labels, but for those that matplotlib numbers."""
    return {line.get_label(): line for line in lines if not str(line.get_label()).startswith("_")}


def guides(ax):
    """Slopes of the thick grey lines with two ends."""
    lines = [line for line in ax.lines if line.get_linewidth() == 2.5 and len(line.get_xdata()) == 2]
    return [float(np.diff(np.log(line.get_ydata()))[0] / np.diff(np.log(line.get_xdata()))[0]) for line in lines]


def test_losses_end_on_their_reference_slopes(two):
    losses(two)
    assert guides(two[0]) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 5, 1 / 7, -1])
    assert guides(two[1]) == pytest.approx([1 / 3, 1 / 3, 1 / 5, 1 / 5, -1])
    shown = labelled(two[0].lines)
    for name, exponent in (("fixed", 1), ("p=0.5", 1 / 2), ("p=1", 1 / 3), ("p=2", 1 / 5), ("p=3", 1 / 7)):
        rho, loss = shown[LOOKS[name][3]].get_data()
        assert np.log(loss[-1] / loss[-3]) / np.log(rho[-1] / rho[-3]) == pytest.approx(exponent, abs=1e-3)
        assert np.log(loss[1] / loss[0]) / np.log(rho[1] / rho[0]) == pytest.approx(-1, abs=1e-2)
    rho, loss = shown["fixed"].get_data()
    np.testing.assert_allclose(loss[rho >= 2] / rho[rho >= 2], 0.5, rtol=0.01)


def test_curves_are_dense_enough_where_they_turn_from_one_regime_to_the_other():
    for name in ("p=0.5", "p=1", "cosine", "WSD c=0.1"):
        found = drawn(name)
        _, slopes, _ = found.local()
        assert found.why == "" and slopes[0] < -0.98 and np.abs(np.diff(slopes)).max() < 0.7, name


def test_bounds_are_the_derived_ones_and_join_without_a_jump(ax):
    shown = labelled(relative_bounds(ax))
    below = shown[r"$(\rho+1/\rho)/2$"]
    for p in (0.5, 1.0, 2.0, 3.0):
        rho, loss = shown[LOOKS[f"p={p:g}"][3]].get_data()
        early = rho < np.sqrt((p + 1) / p)
        np.testing.assert_allclose(loss[early], below.get_ydata()[early])
        np.testing.assert_allclose(loss, bound_of(f"p={p:g}").at(rho), rtol=1e-5)
        edge = float(value(poly_bound()["rho_c"], p=p))
        assert polynomial(p, edge * (1 - 1e-9)) == pytest.approx(float(polynomial(p, edge * (1 + 1e-9))), rel=1e-8)
    rho, loss = shown[LOOKS["WSD c=0.2"][3]].get_data()
    late = rho > 6.2
    np.testing.assert_allclose(loss[late], value(wsd()["relative_loss"], rho=rho[late], c=0.2), rtol=1e-6)


def test_circles_sit_on_their_curves_where_regimes_join(ax):
    relative_bounds(ax)
    circles = [line for line in ax.lines if line.get_marker() == "o" and len(line.get_xdata()) == 1]
    at = sorted((float(line.get_xdata()[0]), float(line.get_ydata()[0])) for line in circles)
    places = [1.1547, 1.2247, 1.4142, float(value(cosine()["rho_c"])), 1.7321, 2.0487, 6.146]
    np.testing.assert_allclose([x for x, _ in at], places, rtol=1e-3)
    last = bound_of("WSD c=0.2")
    assert at[-1][1] == pytest.approx(float(last.at(at[-1][0])), rel=1e-6)


def test_measured_local_exponents_lie_near_those_of_the_bound(two):
    local_exponents(two)
    for ax, limit in zip(two, (1 / 5, 1 / 3), strict=True):
        assert float(np.ravel(ax.lines[0].get_ydata())[0]) == pytest.approx(limit)
        for line, marks in zip(ax.lines[1::2], ax.lines[2::2], strict=True):
            assert line.get_color() == marks.get_color() and line.get_linestyle() != "None" == marks.get_linestyle()
            at = np.interp(np.log(marks.get_xdata()), np.log(line.get_xdata()), line.get_ydata())
            np.testing.assert_allclose(marks.get_ydata(), at, atol=0.02)
            assert marks.get_ydata()[-1] == pytest.approx(limit, abs=2e-3)


def test_losses_of_all_slopes_fall_on_one_curve_once_the_start_is_forgotten(two):
    collapse(two)
    early, *late = two[1].lines
    for line in late[1:]:
        np.testing.assert_allclose(line.get_ydata(), late[0].get_ydata(), rtol=2e-3)
    assert early.get_ydata().max() > 1.3 * late[0].get_ydata().max()
    e, loss = (values[20] for values in two[0].lines[2].get_data())
    p = law(SCHEDULES["p=1"], 16.0, e, FULL)
    assert loss == pytest.approx(e * float((np.arange(400) + 0.5) / 400 @ p), rel=5e-3)


def test_worst_slopes_lie_on_the_derived_powers_from_rho_4_on(ax):
    slopes(ax)
    for marks, line in zip(ax.lines[::2], ax.lines[1::2], strict=True):
        late = marks.get_xdata() >= 4
        np.testing.assert_allclose(marks.get_ydata()[late], line.get_ydata()[late], rtol=5e-3)


def test_schedules_are_drawn_from_the_start_to_the_end_and_vanish_with_their_order(two):
    schedules(two)
    left, right = (labelled(ax.lines) for ax in two)
    orders = {"p=0.5": 0.5, "p=1": 1, "p=2": 2, "p=3": 3, "cosine": 2, "WSD c=0.2": 1, "sqrt-cooldown c=0.2": 1,
              "fixed": 0, "inverse-sqrt": 0}  # fmt: skip
    assert set(orders) == set(SHOWN)
    for name, order in orders.items():
        u, h = left[LOOKS[name][3]].get_data()
        np.testing.assert_allclose(h, SCHEDULES[name](1 - u))
        x, h = right[LOOKS[name][3]].get_data()
        assert np.log(h[1] / h[0]) / np.log(x[1] / x[0]) == pytest.approx(order, abs=2e-3)


def test_sgd_lies_on_the_diffusion_limit_below_the_window_bound_and_a_fixed_rate_on_its_exact_law(two, monkeypatch):
    monkeypatch.setattr(sampled, "count", lambda plan: 900)
    sampled.sgd(two)
    left, right = two
    marks = {bars.get_label(): bars for bars in left.containers}
    for name in sampled.SHOWN:
        rho, loss = marks[points(name)["label"]].lines[0].get_data()
        half = np.array([np.ptp(bar[:, 1]) / 2 for bar in marks[points(name)["label"]].lines[2][0].get_segments()])
        if name == "fixed":
            exact = np.array([fixed.worst(r, sampled.STEPS)[1] for r in rho])
        else:
            limit = drawn("p=1" if name == "linear" else name)
            exact = np.exp(np.interp(np.log(rho), np.log(limit.rho), np.log(limit.loss)))
        assert (np.abs(loss - exact) < 2 * half + 0.03 * exact).all() and (half < 0.15 * loss).all(), name
    lines, found = right.lines[::2], right.lines[1::2]
    for line, mark in zip(lines, found, strict=True):
        assert line.get_color() == mark.get_color()
        above = np.exp(np.interp(np.log(mark.get_xdata()), np.log(line.get_xdata()), np.log(line.get_ydata())))
        assert (above > 5 * mark.get_ydata()).all()
    ends = lines[sampled.SHOWN.index("p=2")].get_ydata()[[-6, -1]]
    assert np.log(ends[1] / ends[0]) / np.log(32 ** (5 / 20)) == pytest.approx(1 / 5, abs=0.01)


def test_error_bars_are_95_percent_of_the_worst_slopes_mean():
    found = sampled.losses("p=2", (1.0, 2.0), 600)
    groups = on_slopes(Plan(), "p=2", (1.0, 2.0), sampled.STEPS, 600)[1.0].values()
    means = [group.mean() for group in groups]
    worst = list(groups)[int(np.argmax(means))]
    assert found.loss[0] == max(means)
    assert found.half[0] == pytest.approx(1.96 * worst.std(ddof=1) / np.sqrt(worst.size), rel=1e-4)


def test_exponents_of_the_fixed_rate_rise_to_1_by_the_exact_law_by_sgd_and_by_the_bound(ax, monkeypatch):
    monkeypatch.setattr(fixed, "TRAJECTORIES", 600)
    monkeypatch.setattr(fixed, "SAMPLED", fixed.HORIZONS[:3])
    fixed.fixed_rate(ax)
    exact, bound = (labelled(ax.lines)[name] for name in ("exact law, worst slope", "window bound"))
    for line in (exact, bound):
        rises = np.diff(line.get_ydata())
        assert (rises > 0).all() and line.get_ydata()[-1] < 1
    theirs = {2**k: log_slope(fixed.RHOS, [_supremum(rho, 2**k) for rho in fixed.RHOS]) for k in (14, 20)}
    drawn_there = dict(zip(exact.get_xdata(), exact.get_ydata(), strict=True))
    for steps, exponent in theirs.items():
        assert drawn_there[steps] == pytest.approx(exponent, abs=1e-5)
    assert exact.get_ydata()[-1] > 0.999
    (bars,) = ax.containers
    for steps, found, (low, high) in zip(*bars.lines[0].get_data(), _ends(bars), strict=True):
        assert low < found < high and abs(found - drawn_there[steps]) < 2 * (high - found)
    steps, rho = 4**9, np.array(fixed.RHOS)
    windows = [np.sqrt(steps) * window_bound(np.full(steps, r / np.sqrt(steps))) for r in rho]
    drawn_bound = dict(zip(bound.get_xdata(), bound.get_ydata(), strict=True))[steps]
    assert drawn_bound == pytest.approx(log_slope(rho, windows), abs=0.005)


def _ends(bars):
    return [tuple(segment[:, 1]) for segment in bars.lines[2][0].get_segments()]


def test_powers_of_t_lose_in_proportion_to_rho_and_cross_what_polynomial_decay_guarantees(two):
    powers_of_t(two)
    left, right = (labelled(ax.lines) for ax in two)
    for degree in (0.5, 1.0, 2.0):
        remaining, h = left[points(f"p={degree:g}")["label"]].get_data()
        np.testing.assert_allclose(h, (remaining / 2**16) ** degree)
        remaining, h = left[points(f"t^-{degree:g}")["label"]].get_data()
        np.testing.assert_allclose(h, (2**16 / (2**16 - remaining + 1)) ** degree)
        rho, loss = right[points(f"t^-{degree:g}")["label"]].get_data()
        late = np.array(rho) >= 16
        np.testing.assert_allclose(loss[late] / rho[late], 0.5, atol=0.02)
        bound = right[f"bound for {points(f'p={degree:g}')['label']}"].get_ydata()
        assert np.log(bound[1] / bound[0]) / np.log(2) == pytest.approx(1 / (2 * degree + 1), abs=0.02)
        assert bound[0] > loss[0] and bound[-1] < loss[-1]
    np.testing.assert_allclose(right[r"$\rho/2$"].get_ydata(), np.array(right[r"$\rho/2$"].get_xdata()) / 2)
