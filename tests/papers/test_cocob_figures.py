"""What the figures of the coin-betting paper draw: runs below their bounds, bounds above the least regret, laws."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from problems import Distance
from theorylab.papers.cocob.figures import bounds, iterates, scaling, wealth


@pytest.fixture
def two():
    return Figure().subplots(1, 2)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(bounds, "STEPS", 300_000)
    monkeypatch.setattr(scaling, "STEPS", 10_000)


def labelled(ax):
    """(x, y) of the lines by their labels, but for those that matplotlib numbers."""
    lines = [line for line in ax.lines if not str(line.get_label()).startswith("_")]
    return {line.get_label(): tuple(np.asarray(v, dtype=float) for v in line.get_data()) for line in lines}


def unlabelled(ax):
    return [line for line in ax.lines if str(line.get_label()).startswith("_")]


def test_bounds_hold_in_their_order_from_the_first_step_on(two, quick):
    bounds.rate(two)
    shown = labelled(two[0])
    t, mean = shown["mean of $F$"]
    simple, lambert = (shown[name][1] for name in ("regret bound, derived", "its Lambert form"))
    assert t[0] == 1 and (mean <= lambert).all() and (lambert <= simple).all()
    assert 0.9 < mean[-1] / lambert[-1] < 1
    rounds, least = shown["no algorithm has less on all streams"]
    assert (least < np.interp(rounds, t, simple)).all()


def test_local_slopes_are_those_of_the_curve_beside_them(two, quick):
    bounds.rate(two)
    middle, slopes = labelled(two[1])["$D=10.14$"]
    assert (np.diff(slopes) < 0.004).all() and -0.5 < slopes[-1] < slopes[0]
    t = np.geomspace(1, 1e4, 81)
    places, powers = bounds.local(t, 3 * t**-0.4)
    np.testing.assert_allclose(powers, -0.4)
    assert places[0] == pytest.approx(10**0.5)


def test_regrets_lie_below_the_lambert_form_below_the_diagonal(two, quick):
    bounds.logarithm(two)
    points = labelled(two[0])
    for (name, (lam, square)), line in zip(points.items(), unlabelled(two[0]), strict=False):
        form = np.interp(lam, *line.get_data())
        assert (square <= form).all() and (form < lam).all(), name
        assert np.polyfit(lam, square, 1)[0] == pytest.approx(np.polyfit(lam, form, 1)[0], abs=0.06)


def test_no_bound_is_within_root_two_of_the_least_regret_and_those_for_small_u_come_nearer(two, quick):
    bounds.logarithm(two)
    for name, (_, ratio) in labelled(two[1]).items():
        assert (ratio > np.sqrt(2)).all(), name
        late = ratio[len(ratio) // 3 :]
        if "u=1000" not in name:
            assert (np.diff(late) < 0).all(), name


def test_methods_scale_as_derived(quick, monkeypatch):
    monkeypatch.setattr(scaling, "WIDE", [1.0137 * d for d in (1, 10, 100, 1000)])
    found = scaling.means(Distance)
    slopes = {name: np.diff(np.log10(mean)) for name, mean in found.items()}
    assert slopes["Algorithm 1"] == pytest.approx(1.03, abs=0.03) and slopes["KT"] == pytest.approx(1.03, abs=0.05)
    # the oracle misses D by little and pays D/sqrt(T), its bound
    np.testing.assert_allclose(found[r"SGD, $\eta=D$"], np.array(scaling.WIDE) / 100, rtol=0.01)
    assert slopes[r"SGD, $1/\sqrt{T}$"][1] == pytest.approx(2.0, abs=0.05)
    assert (found["Algorithm 1"] > found[r"SGD, $\eta=D$"]).all()


def test_guides_are_the_derived_costs():
    ax = Figure().subplots()
    scaling._guides(ax)
    powers = sorted(np.polyfit(*np.log(line.get_data()), 1)[0] for line in ax.lines)
    assert powers == pytest.approx([1, 2, 3])


def test_wealth_stays_above_its_potential_and_times_on_their_law(two):
    wealth.growth(two)
    for line, dotted in zip(two[1].lines[0::2], two[1].lines[1::2], strict=True):
        assert (line.get_ydata() >= dotted.get_ydata() - 1e-9).all()
    for points, law in zip(two[0].lines[0::2], two[0].lines[1::2], strict=True):
        at = np.isin(law.get_xdata(), points.get_xdata())
        assert np.abs(np.asarray(points.get_ydata()) - np.asarray(law.get_ydata())[at]).max() < 2


def test_triptych_shows_every_step_from_the_origin_to_ten():
    axes = Figure().subplots(1, 3)
    iterates.triptych(axes)
    t, w = axes[0].lines[0].get_data()
    assert t.tolist() == list(range(1, iterates.STEPS + 2)) and w[0] == 0 and np.abs(w[-1] - 10) < 3
    ends = [line.get_ydata()[-1] for line in axes[1].lines[:3]]
    assert ends[0] == pytest.approx(0.03 * iterates.STEPS) and abs(ends[1] - 10) <= 0.3 and abs(ends[2] - 10) <= 3
    rates = labelled(axes[2])
    t, step = rates[r"$|w_{t+1}-w_t|\,/\,|g_t|$"]
    _, whole = rates[r"$|w_t-w_1|\,/\,|\theta_{t-1}|$"]
    assert t[0] == 2 and (whole < step)[100:].all()
    # w_3 - w_2 and (w_2 - w_1)/theta_1 by hand: w_2 = tanh(1/3), w_3 = tanh(2/4) (1 + w_2), L = 1, g = -1
    assert step[0] == pytest.approx(np.tanh(0.5) * (1 + np.tanh(1 / 3)) - np.tanh(1 / 3), rel=1e-12)
    assert whole[0] == pytest.approx(np.tanh(1 / 3), rel=1e-12)
