"""The zoo as a whole: discovery, facts, moved problems, ravines."""

import math

import mpmath
import numpy as np
import pytest

import problems
from problems import (
    CoupledQuartics,
    CurvedRavine,
    Fact,
    LogisticTail,
    PowerRavine,
    PowerValley,
    QuarticForm,
    RealPower,
    Rotated,
    SeparableValley,
    Shifted,
    SumOfPowers,
)
from theorylab import GD, run


def test_every_class_with_a_kernel_is_found_and_exported():
    found = problems.discover()
    assert [kind.__name__ for kind in found] == sorted(kind.__name__ for kind in found)
    assert all(getattr(problems, kind.__name__) is kind for kind in found)
    assert {CurvedRavine, Rotated, problems.NaiveTwoNeuron} <= set(found)
    assert Fact not in found


def test_a_fact_without_predicate_holds_everywhere_and_one_with_it_where_it_says():
    points = np.array([[[0.5, 0.0], [2.0, 0.0]]])
    assert Fact(1.0).holds_at(points).tolist() == [[True, True]]
    unit_ball = Fact(1.0, "|x| <= 1", lambda x: np.linalg.norm(x, axis=-1) <= 1.0)
    assert unit_ball.holds_at(points).tolist() == [[True, False]]


def test_only_straight_unturned_ravines_are_marked_as_axis_aligned():
    def aligned(problem):
        return problem.facts()["axis_aligned"].value

    straight = PowerRavine()
    assert aligned(straight) and aligned(Shifted.by(straight, 0.5)) and aligned(Rotated.by(straight, 0.0))
    assert not aligned(Rotated.by(straight, 0.3))
    assert not aligned(CurvedRavine()) and not aligned(PowerValley.of_sizes(2, 2))


@pytest.mark.parametrize("inner", [PowerRavine(), QuarticForm.of_size(5)], ids=["tuples", "arrays"])
def test_rotation_turns_by_the_angle_asked_for_and_keeps_lengths(inner, ask):
    angle = 0.7
    turned = Rotated.by(inner, angle)
    x = np.zeros(inner.dimension)
    x[:2] = math.cos(0.2), math.sin(0.2)
    y = np.zeros(inner.dimension)
    y[:2] = math.cos(0.2 + angle), math.sin(0.2 + angle)
    assert ask(turned, x)[0] == pytest.approx(ask(inner, y)[0], rel=1e-14)
    assert np.linalg.norm(ask(turned, x)[1]) == pytest.approx(np.linalg.norm(ask(inner, y)[1]), rel=1e-14)


def test_moving_a_problem_keeps_its_geometry():
    inner = CurvedRavine()
    moved = Rotated.by(Shifted.by(inner, (0.5, -0.25)), 1.2)
    x = np.random.default_rng(0).standard_normal((5, 2))
    back = moved._outside(x + np.array([0.5, -0.25]))
    for name in ("distance", "tangential", "normal"):
        np.testing.assert_allclose(getattr(moved, name)(back), getattr(inner, name)(x), atol=1e-14)
    np.testing.assert_allclose(moved.start, moved._outside(inner.start + np.array([0.5, -0.25])), atol=1e-15)


def test_a_vector_in_the_wrong_form_is_named_in_a_sentence():
    sentences = Shifted(CurvedRavine(), np.ones(2)).faults()
    assert len(sentences) == 1 and "Shifted.shift" in sentences[0] and "a tuple of 2 finite numbers" in sentences[0]
    assert "needs a direction" in Rotated(CurvedRavine(), (0.0, 0.0), (1.0, 0.0)).faults()[0]
    assert "it has to be a problem" in Shifted(3, (0.0,)).faults()[0]


@pytest.mark.parametrize("p", [3, 4, 5, 6, 7, 8, 11])
def test_integer_powers_serve_every_order(p, ask):
    for u in (-0.7, 0.4):
        gap, gradient = ask(PowerRavine(p, 2.0, 0.0625), (u, 0.0))
        assert gap == pytest.approx(2.0 * abs(u) ** p, rel=1e-14)
        assert gradient[0] == pytest.approx(2.0 * p * math.copysign(abs(u) ** (p - 1), u), rel=1e-14)


def test_valleys_of_one_direction_are_the_curved_ravine(ask):
    point = (0.4, -0.3)
    gap, gradient = ask(CurvedRavine(5, 2.0, 0.5), point)
    for valley in (
        PowerValley.of_sizes(1, 1, p=5, c=2.0),
        SeparableValley.of_sizes(1, 1, p=5)._replace(c=np.array([2.0])),
    ):
        found, slope = ask(valley, point)
        assert found == pytest.approx(gap, rel=1e-15)
        np.testing.assert_allclose(slope, gradient, rtol=1e-14)


def test_quartic_form_with_equal_weights_is_the_fourth_power_of_the_norm(ask):
    form, power = QuarticForm.of_size(1, c=1.0, mu=4.0, d=1.0), PowerValley.of_sizes(2, 1)
    point = (0.3, -0.5, 0.2)
    assert ask(form, point)[0] == pytest.approx(ask(power, point)[0], rel=1e-15)


def test_transverse_curvature_of_the_quartic_form_is_mu():
    mu, c, h = 7.0, 0.5, 1e-4
    _, gap = QuarticForm.of_size(1, c=c, mu=mu, d=1.0).expression()
    symbols = sorted(gap.free_symbols, key=str)  # u_0, u_1, v_0
    on_circle = [
        float(gap.subs(dict(zip(symbols, (math.cos(t), math.sin(t), 1.0), strict=True)))) for t in (-h, 0.0, h)
    ]
    # T restricted to the circle: second derivative mu - 4c, the Euclidean transverse Hessian mu less the radial part.
    second = (on_circle[0] - 2 * on_circle[1] + on_circle[2]) / h**2
    assert second == pytest.approx(mu - 4 * c, rel=1e-5)


def test_one_power_is_the_ravine_and_the_real_power_at_an_integer(ask):
    for p in (3, 4, 6, 9):
        gap, gradient = ask(PowerRavine(p, 0.75, 1.0), (-0.6, 0.0))
        for same in (SumOfPowers((0.75,), (p,)), SumOfPowers((0.5, 0.25), (p, p)), RealPower(0.75, float(p))):
            found, slope = ask(same, (-0.6,))
            assert (found, slope[0]) == pytest.approx((gap, gradient[0]), rel=1e-14)


def test_coupled_quartics_are_the_quartic_form_on_its_ravine(ask):
    u, v = 0.3, -0.5
    gap, gradient = ask(QuarticForm(np.ones(1), np.zeros(1), c=0.5, mu=3.0, d=2.0), (u, v, 0.0))
    found, slope = ask(CoupledQuartics(a=0.5, b=2.0, c=0.75), (u, v))
    assert found == pytest.approx(gap, rel=1e-15)
    np.testing.assert_allclose(slope, gradient[:2], rtol=1e-14)


@pytest.mark.parametrize("x", [-900.0, -40.0, -1e-9, 0.0, 1e-9, 40.0, 700.0])
def test_logistic_tail_is_accurate_however_far_out(x, ask):
    with mpmath.workdps(400):
        e = mpmath.exp(-mpmath.mpf(x))
        gap, slope = mpmath.log(1 + e), -e / (1 + e)
    found, gradient = ask(LogisticTail(), (x,))
    assert found == pytest.approx(float(gap), rel=1e-14, abs=0.0)
    assert gradient[0] == pytest.approx(float(slope), rel=1e-14, abs=0.0)


@pytest.mark.parametrize("moved", [Shifted.by(LogisticTail(), 1.0), Rotated.by(Shifted.by(PowerRavine(), 1.0), 0.3)])
def test_a_moved_problem_measures_distances_only_if_the_problem_does(moved):
    trace = run(moved, GD(0.1), steps=10)
    solvable = "x_star" in moved.facts()
    assert ("distance" in trace.columns) == solvable == ("distance" in trace.to_dataset())
