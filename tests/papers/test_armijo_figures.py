"""What the figures of the Armijo paper draw: formulas against kernels, measured points against derived laws."""

import numpy as np
import pytest
import sympy as sp
from matplotlib.figure import Figure

from problems import CGT, Cosh, Extremal, PolynomialNeuron
from theorylab.methods import MemoryArmijo
from theorylab.papers.armijo.figures import landscapes
from theorylab.papers.armijo.figures.complexity import conditions, exponents
from theorylab.papers.armijo.figures.steps import largest, ratios, starts
from theorylab.papers.armijo.figures.worst_case import pieces


@pytest.fixture
def ax():
    return Figure().subplots()


@pytest.fixture
def two():
    return Figure().subplots(1, 2)


def labelled(artists):
    """Lines by their labels, but for those that matplotlib numbers."""
    return {artist.get_label(): artist for artist in artists if not str(artist.get_label()).startswith("_")}


def test_derived_pieces_are_the_function_that_runs_and_their_curvature_fits():
    problem = CGT.of(0.02, 0.6, 1.0, 40)
    x, f, slope, bend = pieces(problem, 5)
    work = problem.workspace(problem)
    for i in range(0, len(x), 7):
        value, (gradient,) = CGT.kernel(problem, work, np.array([x[i]]), np.zeros(1))
        assert f[i] == pytest.approx(value, rel=1e-12) and slope[i] == pytest.approx(gradient, abs=1e-12)
    ends = np.flatnonzero(np.isin(x, problem.X))
    assert bend[ends] == pytest.approx(1.0) and np.abs(bend).max() <= problem.facts()["L"].value
    assert np.trapezoid(bend, x) == pytest.approx(slope[-1] - slope[0], abs=1e-3)


def test_measured_exponents_lie_on_the_derived_curve_and_those_without_a_cap_do_not(ax):
    shown = labelled(exponents(ax))
    for name in (r"$|x|^p$, $p\leq12$, $t_k\leq1$", "cusp, from $(0,0.9)$", "cross, on the diagonal"):
        theta, found = shown[name].get_xdata(), shown[name].get_ydata()
        np.testing.assert_allclose(found, 2 - 1 / np.asarray(theta), atol=0.01, err_msg=name)
    assert (np.asarray(shown["$|x|^p$, no cap"].get_ydata()) < 0.15).all()


def test_unbounded_runs_lie_above_one_and_bounded_ones_below(two):
    conditions(two)
    points = [float(np.ravel(line.get_xdata())[0]) for line in two[1].lines[:-1]]
    measured, derived = np.array(points[0::2]), np.array(points[1::2])
    assert (measured[:4] > 1.3).all() and (measured[5:] < 0.9).all()
    # the last one is a logarithm: its exponent is 0 in the limit only
    np.testing.assert_allclose(measured[:-1], derived[:-1], atol=0.01)


def test_granted_steps_lie_below_the_exact_ones_and_twice_as_long_ones_do_not(ax):
    cosh, extremal, granted, long = (artist.get_ydata() for artist in largest(ax)[:4])
    assert (granted <= cosh).all() and (granted <= extremal).all()
    assert (long > extremal).all() and long[-1] / extremal[-1] == pytest.approx(2.2 / 2.12, rel=5e-3)


@pytest.mark.parametrize(("problem", "start", "least"), [(Cosh(3.0), 10.0, 0.041), (Extremal(1.0, 5.0), 6.0, 0.001)])
def test_the_memory_that_doubles_lags_and_never_twice(problem, start, least):
    _, ratio = ratios(problem, start, MemoryArmijo(1.0, 2.0, 2.0, 0.1))
    assert ratio.min() == pytest.approx(least, rel=0.1)
    lagging = np.flatnonzero(ratio < 0.5)
    assert (np.diff(lagging) == 1).all()  # once behind it catches up for good
    _, ratio = ratios(problem, start, MemoryArmijo(1.0, 2.0, 1e4, 0.1))
    assert ratio.min() >= 0.5


def test_the_law_of_the_fixed_step_is_what_is_counted(two):
    starts(two)
    counted, law = two[0].lines[0].get_ydata(), two[0].lines[-1].get_ydata()
    np.testing.assert_allclose(counted[2:], law[2:], rtol=0.03)


def test_level_sets_are_those_of_the_loss():
    for problem in (PolynomialNeuron.two(), PolynomialNeuron.four(), PolynomialNeuron.five()):
        symbols, gap = problem.expression()
        w, b = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-2, 2, 5))
        exact = sp.lambdify(symbols, gap, "numpy")(w, b)
        np.testing.assert_allclose(landscapes.heights(problem, w, b), exact, atol=1e-9 * np.abs(exact).max())


def test_the_search_that_grows_fast_leaves_the_basin_of_the_flow():
    for _, problem, start, _ in landscapes.LOSSES:
        flow, doubling, fast = (trace.x[-1] for trace in landscapes.paths(problem, start))
        assert np.linalg.norm(flow - doubling) < 0.1 and np.linalg.norm(flow - fast) > 1
        assert problem.distance(fast) < 0.1
