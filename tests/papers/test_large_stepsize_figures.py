"""The figures of the large-stepsize paper draw what they say: plateaus, bounds above, laws met."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from theorylab.papers.large_stepsize.figures.budgets import budget, imbalanced
from theorylab.papers.large_stepsize.figures.neighbours import adaptive, sgd
from theorylab.papers.large_stepsize.figures.phases import inverse_loss, mean_loss, transition_times, two_phases
from theorylab.papers.large_stepsize.figures.recreated import digits_accuracy, figure_1


def axes(count):
    return Figure(layout="constrained").subplots(1, count)


def named(ax):
    return {line.get_label(): line for line in ax.lines}


def test_every_curve_of_figure_1_ends_on_the_plateau_at_one_over_gamma_squared():
    left, right = axes(2)
    figure_1([left, right])
    (plateau,) = (line for line in right.lines if line.get_label().startswith("plateau"))
    assert plateau.get_ydata() == pytest.approx([25.0, 25.0])
    curves = [line for line in right.lines if len(line.get_ydata()) > 100]
    assert len(curves) == 4
    for curve in curves:
        assert curve.get_ydata()[-1] == pytest.approx(25.0, abs=0.2)
    marks = [line for line in right.lines if line.get_marker() == "o"]
    assert len(marks) == 3  # the run with eta = 4 never increases


def test_the_mean_loss_lies_below_the_best_bound_and_that_below_the_printed_one():
    three = axes(3)
    mean_loss(three)
    for ax in three:
        measured, printed, best = (line.get_ydata() for line in ax.lines[:3])
        assert (measured < best).all() and (best <= printed).all()


def test_the_bounds_of_both_phases_lie_above_one_run():
    _, right = axes(2)
    two_phases([_, right])
    lines = named(right)
    loss, mean = lines["loss $L_t$"], lines["mean of $L_k$, $k<t$"]
    assert (mean.get_ydata() < lines["bound on the mean"].get_ydata()).all()
    bound = lines[r"bound on $L_t$ after $\tau_1$"]
    assert (np.interp(bound.get_xdata(), loss.get_xdata(), loss.get_ydata()) < bound.get_ydata()).all()


def test_the_times_come_in_their_order_and_saturate_at_the_perceptron():
    left, right = axes(2)
    transition_times([left, right])
    *times, perceptron = (line.get_ydata() for line in left.lines)
    for earlier, later in zip(times, times[1:], strict=False):
        both = np.isfinite(earlier)
        assert (earlier[both] <= later[both]).all()
    assert abs(times[2][14:] - perceptron[0]).max() <= 1
    bound, measured, _ = (line.get_ydata() for line in right.lines)
    assert (measured <= 0.01 * np.array(bound)).all()


def test_increments_of_the_inverse_loss_tend_to_one_above_the_bound_without_a_logarithm():
    left, right = axes(2)
    inverse_loss([left, right])
    floor = named(right)[r"bound D2, $1/(8\ln^22)$"].get_ydata()[0]
    for curve in right.lines[:4]:
        assert curve.get_ydata()[-1] == pytest.approx(1.0, abs=3e-3) and curve.get_ydata().min() > floor


def test_budgets_and_imbalanced_data_follow_the_derived_laws():
    left, right = axes(2)
    budget([left, right])
    lines = named(left)
    measured = lines["measured"].get_ydata()
    assert (measured < lines["bound, sharper form"].get_ydata()).all()
    slopes = np.diff(np.log(measured)) / np.diff(np.log(lines["measured"].get_xdata()))
    assert slopes[:4] == pytest.approx(-2, abs=0.02)
    measured, law = (line.get_ydata() for line in right.lines[:2])
    assert measured == pytest.approx(law, rel=0.01)
    left, right = axes(2)
    imbalanced([left, right])
    for ratio in right.lines[:2]:
        assert ratio.get_ydata()[ratio.get_xdata() >= 1000] == pytest.approx(1, abs=0.03)


def test_averages_of_sgd_and_of_the_adaptive_method_lie_below_their_bounds():
    ax = Figure(layout="constrained").subplots()
    sgd(ax)
    lines = named(ax)
    for name in (r"$\eta=1$", r"$\eta=\ln t$", r"$\eta=\sqrt{t}$", r"$\eta=t$"):
        assert (lines[name].get_ydata() < lines[f"bound, {name}"].get_ydata()).all()
    ax = Figure().subplots()
    adaptive(ax)
    bound = named(ax)["bound"]
    for curve in (line for line in ax.lines if len(line.get_xdata()) == 1000):  # averages, and mean iterates
        assert (np.interp(bound.get_xdata(), curve.get_xdata(), curve.get_ydata()) < bound.get_ydata()).all()


def test_a_figure_on_digits_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"scikit-learn.*pip install 'theorylab\[data\]'"):
        digits_accuracy(axes(2))
