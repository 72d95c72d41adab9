"""Matrix factorisation and its sensed twin: eigenvalues, ravine, population identity."""

import itertools

import numpy as np
import pytest

from problems import MatrixFactorisation, QuadraticSensing

DEFAULT = MatrixFactorisation.random()


def split(problem, x):
    """P, Q of B = U P + U_perp Q, by a full QR of the factor's range."""
    u = np.linalg.svd(problem.factor)[0]
    r = problem.facts()["sigma"].value.size
    b = x.reshape(problem.factor.shape)
    return u[:, :r].T @ b, u[:, r:].T @ b


def test_default_spectrum_has_the_sums_and_the_single_values():
    stated = DEFAULT.facts()["hessian_eigenvalues"].value
    nonzero = stated[stated > 0]
    expected = [2 * 0.5, 1 + 0.5, 2 * 1] + [1.0] * 18 + [0.5] * 18
    np.testing.assert_allclose(nonzero, sorted(expected), rtol=1e-14)
    assert stated.size == 80


@pytest.mark.parametrize(("k", "q"), [(2, 0), (3, 1), (4, 2), (6, 4)])
def test_excess_rank_counts_the_columns_that_vanish(k, q):
    problem = MatrixFactorisation.random(k=k)
    assert problem.excess_rank == q
    assert problem.facts()["growth_order"].value == (4 if q else 2)


def test_gap_splits_into_target_coupling_and_ravine_terms(ask):
    x = DEFAULT.start
    p, q = split(DEFAULT, x)
    sigma = np.diag(DEFAULT.facts()["sigma"].value)
    parts = np.sum((p @ p.T - sigma) ** 2) / 4 + np.sum((p @ q.T) ** 2) / 2 + np.sum((q @ q.T) ** 2) / 4
    assert ask(DEFAULT, x)[0] == pytest.approx(parts, rel=1e-13)


def test_ravine_point_meets_both_equations_and_its_gap_is_the_quartic_term(ask):
    x = DEFAULT.on_ravine(DEFAULT.start)
    p, q = split(DEFAULT, x)
    np.testing.assert_allclose(p @ p.T, np.diag(DEFAULT.facts()["sigma"].value), atol=1e-14)
    np.testing.assert_allclose(p @ q.T, 0.0, atol=1e-14)
    gap, gradient = ask(DEFAULT, x)
    assert gap == pytest.approx(np.sum((q @ q.T) ** 2) / 4, rel=1e-12)
    # Across the ravine nothing is left of the gradient: it is U_perp Q Q^T Q.
    along_p, along_q = split(DEFAULT, gradient)
    np.testing.assert_allclose(along_p, 0.0, atol=1e-14)
    np.testing.assert_allclose(along_q @ p.T, 0.0, atol=1e-14)


def test_distance_is_zero_on_every_rotated_factor_and_below_every_trial_rotation():
    rng = np.random.default_rng(1)
    rotations = [np.linalg.qr(rng.standard_normal((4, 4)))[0] for _ in range(200)]
    points = np.array([(DEFAULT.factor @ r).ravel() for r in rotations])
    np.testing.assert_allclose(DEFAULT.distance(points), 0.0, atol=3e-15)
    b = DEFAULT.initial
    trials = [np.linalg.norm(b - DEFAULT.factor @ r) for r in rotations]
    assert DEFAULT.distance(b.ravel()) < min(trials)


def test_singular_value_distance_is_a_lower_bound_of_the_procrustes_distance():
    sensing = QuadraticSensing.random(d=6, m=40)
    twin = MatrixFactorisation(sensing.factor, sensing.initial)
    near = sensing.factor.ravel() + 0.1 * np.random.default_rng(2).standard_normal((50, sensing.dimension))
    assert (sensing.distance(near) <= twin.distance(near)).all()


def test_population_loss_of_sensing_is_sixteen_times_the_factorisation(ask):
    """Gauss-Hermite with three nodes a coordinate integrates the quartic in (a, b) exactly; d = 2."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(3)
    weights = weights / weights.sum()
    index = np.array(list(itertools.product(range(3), repeat=4)))
    # A residual is quadratic in its rows: weights of the squares become fourth roots of the rows.
    rows = nodes[index] * np.prod(weights[index], axis=1)[:, None] ** 0.25
    factorisation = MatrixFactorisation.random(d=2, r=1, k=3, sigma=(0.8,), seed=4)
    a, b = np.ascontiguousarray(rows[:, :2]), np.ascontiguousarray(rows[:, 2:])
    sensing = QuadraticSensing(a, b, factorisation.factor, factorisation.initial, 1.0)
    for x in np.random.default_rng(3).standard_normal((5, 6)):
        (f, g), (f4, g4) = ask(sensing, x), ask(factorisation, x)
        assert f == pytest.approx(16 * f4, rel=1e-13)
        np.testing.assert_allclose(g, 16 * g4, rtol=1e-12, atol=1e-13)


def test_mean_loss_is_four_times_the_loss_of_the_prose(ask):
    mean = QuadraticSensing.random(d=5, m=30, seed=5)
    prose = mean._replace(weight=1.0 / (4 * 30))
    assert ask(mean, mean.start)[0] == pytest.approx(4 * ask(prose, mean.start)[0], rel=1e-15)


def test_sensing_equals_the_matrix_formula(ask):
    problem = QuadraticSensing.random(d=12, m=50, seed=6)
    x = problem.initial
    z = x @ x.T - problem.factor @ problem.factor.T
    residuals = np.einsum("ij,jk,ik->i", problem.a, z, problem.a) - np.einsum("ij,jk,ik->i", problem.b, z, problem.b)
    assert ask(problem, problem.start)[0] == pytest.approx(np.mean(residuals**2), rel=1e-12)


def test_mismatched_shapes_are_named_with_what_was_expected():
    sentence = QuadraticSensing.random(d=5, m=30)._replace(a=np.ones((30, 4))).faults()[0]
    assert "QuadraticSensing.a has shape (30, 4)" in sentence and "(m, 5)" in sentence
    assert "shape (20, 4)" in DEFAULT._replace(initial=np.ones((20, 3))).faults()[0]
    with pytest.raises(ValueError, match="need len"):
        MatrixFactorisation.random(r=3)
