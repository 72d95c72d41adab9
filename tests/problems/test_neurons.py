"""The two-neuron problem: what the formula means, its order three, and what the naive loss does instead."""

import math

import mpmath
import numpy as np
import pytest

from problems import NaiveTwoNeuron, TwoNeuron
from problems.neurons import EXACT, sin_minus_t_cos

STUDENT = TwoNeuron.random(10, seed=1)


def beside(problem, alpha, r, seed=0):
    """(alpha v + w, (1 - alpha) v - w) with w across v, |w| = r."""
    v = problem.teacher
    w = np.random.default_rng(seed).standard_normal(v.size)
    w -= (w @ v) / (v @ v) * v
    w *= r / np.linalg.norm(w)
    return np.concatenate([alpha * v + w, (1 - alpha) * v - w])


def exact_gap(problem, x):
    """The gap by the textbook formula in 60 digits."""
    d = problem.teacher.size
    w1, w2, v = ([mpmath.mpf(float(c)) for c in part] for part in (x[:d], x[d:], problem.teacher))

    def h(a, b):
        norms = mpmath.norm(a) * mpmath.norm(b)
        t = mpmath.acos(mpmath.fdot(a, b) / norms)
        return norms * (mpmath.sin(t) - t * mpmath.cos(t)) / (2 * mpmath.pi)

    misfit = mpmath.fsum((a + b - c) ** 2 for a, b, c in zip(w1, w2, v, strict=True))
    return misfit / 4 + h(w1, w2) - h(w1, v) - h(w2, v)


def test_gap_is_half_the_mean_squared_error_of_relu_neurons(ask):
    problem = TwoNeuron.random(2, seed=4)
    angle = (np.arange(200_000) + 0.5) * (2 * np.pi / 200_000)
    inputs = np.stack([np.cos(angle), np.sin(angle)])
    w1, w2 = problem.initial.reshape(2, 2)
    relu = [np.maximum(w @ inputs, 0.0) for w in (w1, w2, problem.teacher)]
    mean = np.mean((relu[0] + relu[1] - relu[2]) ** 2)  # the radius of a planar Gaussian has mean square 2
    assert ask(problem, problem.start)[0] == pytest.approx(mean, rel=1e-8)


@pytest.mark.parametrize("alpha", [0.2, 0.5, 0.7])
def test_gap_across_the_solutions_is_cubic_with_the_derived_constant(alpha, ask):
    constant = 1.0 / (3 * math.pi * alpha * (1 - alpha) * np.linalg.norm(STUDENT.teacher))
    for r in (1e-3, 1e-4):
        x = beside(STUDENT, alpha, r)
        assert ask(STUDENT, x)[0] == pytest.approx(constant * r**3, rel=10 * r**2)
        assert STUDENT.distance(x) == pytest.approx(math.sqrt(2) * r, rel=1e-9)
        assert STUDENT.share(x) == pytest.approx(alpha, rel=1e-12)


def test_stable_gap_keeps_its_relative_accuracy_down_to_tiny_angles(ask):
    with mpmath.workdps(60):
        for r in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6):
            x = beside(STUDENT, 0.4, r)
            error = abs(float(ask(STUDENT, x)[0] / exact_gap(STUDENT, x) - 1))
            assert error <= 1e-15 * (1 + 100 / r)


def test_naive_loss_is_eleven_eighths_of_the_truth_below_an_angle_of_1e_4(ask):
    naive = NaiveTwoNeuron(*STUDENT)
    with mpmath.workdps(60):
        for r in (1e-4, 3e-5, 1e-5):
            x = beside(naive, 0.4, r)
            assert float(ask(naive, x)[0] / exact_gap(naive, x) - 1) == pytest.approx(3 / 8, abs=3e-3)
        for r in (1e-1, 1e-2):
            x = beside(naive, 0.4, r)
            assert abs(float(ask(naive, x)[0] / exact_gap(naive, x) - 1)) < 1e-6


def test_naive_problem_has_the_stable_gradient(ask):
    x = beside(STUDENT, 0.4, 1e-4)
    np.testing.assert_array_equal(ask(NaiveTwoNeuron(*STUDENT), x)[1], ask(STUDENT, x)[1])


def test_series_and_exact_realisation_of_the_cancelling_term_agree():
    with mpmath.workdps(50):
        for t in [*np.geomspace(1e-9, 3.14, 400), 0.5, np.nextafter(0.5, 1)]:
            truth = EXACT["sin_minus_t_cos"](mpmath, mpmath.mpf(float(t)))
            assert abs(float(sin_minus_t_cos(float(t)) / truth - 1)) <= 3e-15
    assert sin_minus_t_cos(0.0) == 0.0


def test_reported_distance_is_the_authors_formula():
    x = 3.0 * np.random.default_rng(5).standard_normal((20, 20))
    v = STUDENT.teacher
    n = np.linalg.norm(v)
    for row in x:
        w1, w2 = row[:10], row[10:]
        expected = np.linalg.norm(w1 + w2 - v)
        for w in (w1, w2):
            size = np.linalg.norm(w)
            expected += abs(w @ v - size * n) + max(0, size - 2 * n) + max(0, n / 8 - size)
        assert STUDENT.reported_distance(row) == pytest.approx(expected, rel=1e-13)


def test_distance_to_the_segment_of_minimisers_stops_at_its_ends():
    v = STUDENT.teacher
    beyond = np.concatenate([1.5 * v, -0.5 * v])
    assert STUDENT.distance(beyond) == pytest.approx(0.5 * math.sqrt(2) * np.linalg.norm(v), rel=1e-14)
    grid = [np.linalg.norm(STUDENT.start - np.concatenate([s * v, (1 - s) * v])) for s in np.linspace(0, 1, 2001)]
    assert STUDENT.distance(STUDENT.start) == pytest.approx(min(grid), rel=1e-6)


def test_paper_run_of_the_naive_loss_is_faster_than_exact_arithmetic_and_the_stable_one_is_not(ask):
    """Geometric means over epochs 15 to 19 of pre-Polyak gap and distance ratios and of stepsize growth."""

    def measured(problem, epochs=20, short=100, stepsize=1.5):
        x, rows = problem.start.copy(), []
        for _ in range(epochs):
            for _ in range(short):
                x -= stepsize * ask(problem, x)[1]
            gap, g = ask(problem, x)
            rows.append((gap, problem.distance(x), gap / (g @ g)))
            x -= rows[-1][2] * g
        rows = np.array(rows)
        return (rows[-1] / rows[-5]) ** 0.25

    np.testing.assert_allclose(measured(TwoNeuron.of_the_paper()), [8 / 27, 2 / 3, 3 / 2], rtol=3e-3)
    factor = 1 - (11 / 8) / 3
    np.testing.assert_allclose(measured(NaiveTwoNeuron.of_the_paper()), [factor**3, factor, 1 / factor], rtol=3e-3)
