"""Exponents in several parameters at once."""

import numpy as np
import pytest

from theorylab.fits import fit_exponents

D, EPS = (grid.ravel() for grid in np.meshgrid([1.0, 2.0, 4.0, 8.0], [0.4, 0.2, 0.1]))


def test_exact_product_of_powers_is_recovered():
    fit = fit_exponents({"D": D, "eps": EPS}, 3 * D**2 / np.sqrt(EPS))
    assert fit.exponents == pytest.approx([2, -0.5], abs=1e-10)
    assert fit.constant == pytest.approx(3, rel=1e-9)
    assert fit.decided and fit["D"].high - fit["D"].low < 1e-9
    assert str(fit).startswith("D^(2 [") and "<td>eps</td>" in fit._repr_html_()


def test_exact_powers_are_recovered_from_as_few_points_as_there_are_terms():
    fit = fit_exponents({"eta": [1, 2, 4, 8, 1, 2], "rho": [1, 1, 1, 1, 3, 3]}, [1, 4, 16, 64, 9, 36])
    assert fit.decided and fit.exponents == pytest.approx([2, 2], abs=1e-9)
    assert "rho: two values" in fit.why


def held(design, draws, known, corrected, seed=5):
    """(exponent held, decided) of each parameter and draw."""
    rng, rows = np.random.default_rng(seed), []
    for _ in range(draws):
        x = design(rng)
        s, sd = rng.uniform(-3, 3, x.shape[1]), 10 ** rng.uniform(-4, -1.3)
        z = np.log(x) @ s + sd * rng.standard_normal(len(x))
        if corrected:
            z += sum(np.log1p(rng.uniform(-0.5, 1) * column ** -rng.uniform(0.5, 1.5)) for column in x.T)
        names = [f"x{j}" for j in range(x.shape[1])]
        fit = fit_exponents(dict(zip(names, x.T, strict=True)), np.exp(z), sd=sd if known else None)
        rows += [(fit[n].low <= value <= fit[n].high, fit[n].decided) for n, value in zip(names, s, strict=True)]
    return np.array(rows, float).T


def square(rng):
    return np.array([(a, b) for a in np.geomspace(1, 10, 3) for b in np.geomspace(1, 30, 3)])


def scattered(rng):
    return 10 ** rng.uniform(0, 1.5, (8, 3))


@pytest.mark.parametrize("design", [square, scattered])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("corrected", [False, True])
def test_exponents_are_held(design, known, corrected):
    covered, decided = held(design, 30, known, corrected)
    assert covered.mean() >= 0.92
    if not corrected:
        assert decided.mean() >= 0.9


def test_without_curvature_intervals_are_those_of_least_squares():
    rng = np.random.default_rng(2)
    # two values each: only the product of both can be curved
    x = np.array([(a, b) for a in (1.0, 100.0) for b in (1.0, 100.0)] * 4)
    z = 0.01 * rng.standard_normal(len(x))
    fit = fit_exponents({"a": x[:, 0], "b": x[:, 1]}, np.exp(z), sd=0.01)
    spread = 0.01 / np.linalg.norm(np.log(x[:, 0]) - np.log(x[:, 0]).mean())
    assert 0.98 * 1.96 * spread <= (fit["a"].high - fit["a"].low) / 2 <= 1.6 * 1.96 * spread
    assert fit.covariance[0, 0] >= 0.98 * spread**2


def test_curvature_widens_the_interval_around_the_slope_at_the_limit():
    y = np.exp(0.3 * np.log(D) ** 2) / EPS
    straight, bent = (fit_exponents({"D": D, "eps": EPS}, values, sd=0.01) for values in (D / EPS, y))
    assert bent["D"].high - bent["D"].low > 2 * (straight["D"].high - straight["D"].low)
    # at the corner of the limit the slope is 2 * 0.3 ln 8
    assert bent["D"].low <= 0.6 * np.log(8) <= bent["D"].high


def test_units_and_the_order_of_points_do_not_matter():
    rng = np.random.default_rng(4)
    x = scattered(rng)
    y = x[:, 0] * (1 + 1 / x[:, 1]) * np.exp(0.01 * rng.standard_normal(8))
    order = rng.permutation(8)
    one = fit_exponents({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2]}, y, sd=0.01)
    other = fit_exponents({"a": 7e4 * x[order, 0], "b": x[order, 1] / 900, "c": x[order, 2]}, 3 * y[order], sd=0.01)
    assert other.exponents == pytest.approx(one.exponents, abs=1e-8)
    assert other.covariance == pytest.approx(one.covariance, rel=1e-5, abs=1e-10)


def test_limit_at_small_values_is_that_of_the_reciprocal():
    y = D * (1 + EPS)
    small = fit_exponents({"D": D, "eps": EPS}, y, sd=0.01, limits={"eps": "small"})
    large = fit_exponents({"D": D, "1/eps": 1 / EPS}, y, sd=0.01)
    assert small.exponents == pytest.approx(large.exponents * [1, -1], abs=1e-9)


@pytest.mark.parametrize("parameters, more, message", [
    ({"a": D, "b": D**2}, {}, "cannot tell a and b apart"),
    ({"a": D, "b": EPS, "c": D * EPS}, {}, "cannot tell a and b and c apart"),
    ({"a": D, "b": np.full(12, 3.0)}, {}, "b is 3 at every point"),
    ({"a": D, "b": EPS[:5]}, {}, "b has shape"),
    ({"a": D - 1}, {}, "a must be positive and finite, but is 0 at point 0"),
    ({}, {}, "at least one parameter"),
    ({"a": D}, {"sd": -1.0}, "sd"),
    ({"a": D}, {"limits": {"b": "small"}}, "limits names 'b'"),
    ({"a": D}, {"limits": {"a": "zero"}}, "'large' or 'small'"),
    ({"a": D}, {"level": 0.0}, "level"),
])
def test_bad_designs_are_named(parameters, more, message):
    with pytest.raises(ValueError, match=message):
        fit_exponents(parameters, D, **more)
    with pytest.raises(ValueError, match="at least 4 points"):
        fit_exponents({"a": D[:3], "b": EPS[3:6]}, D[:3])
