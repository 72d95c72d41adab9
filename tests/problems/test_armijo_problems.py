"""Problems for step searches: growth of the curvature, Lojasiewicz inequalities, polynomial neurons, the network."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from numpy.polynomial import Polynomial

import problems
from problems import (
    CoshSum,
    Cross,
    Cusp,
    DigitsNetwork,
    Extremal,
    Flat,
    Mixed,
    PolynomialNeuron,
    PowerRavine,
    RealPower,
    SumOfPowers,
)

EVERY = [problem for kind in problems.discover() for problem in kind.examples()]
SMOOTH = [problem for problem in EVERY if "L0_L1" in problem.facts() and problem.expression() is not None]
LOJASIEWICZ = [
    pytest.param(problem, name, id=f"{type(problem).__name__}-{i}-{name}")
    for i, problem in enumerate(EVERY)
    for name in ("lojasiewicz", "lojasiewicz_off_the_origin")
    if name in problem.facts()
]


def at(problem, *x):
    """Gap and slope straight from the kernel."""
    return type(problem).kernel(problem, type(problem).workspace(problem), x, x)


@pytest.mark.parametrize("instance", SMOOTH, ids=lambda problem: type(problem).__name__)
def test_curvature_is_bounded_by_the_slope_as_stated(instance, rng):
    fact = instance.facts()["L0_L1"]
    (x,), gap = instance.expression()
    gap = sp.lambdify(x, gap, "mpmath")
    for u in [*rng.uniform(-4, 4, 30), *rng.uniform(-0.1, 0.1, 10)]:
        with mpmath.workdps(50):
            slope, bend = (abs(float(mpmath.diff(gap, mpmath.mpf(u), n))) for n in (1, 2))
        left, right = bend, fact.value[0] + fact.value[1] * slope
        assert left <= right * (1 + 1e-13)
        if "equality" in fact.where:
            assert left == pytest.approx(right, rel=1e-13)


def test_extremal_is_accurate_where_its_terms_cancel():
    problem = Extremal(1.0, 5.0)
    with mpmath.workdps(60):
        for x in (1e-9, -1e-5, 1e-3, -0.0999, 0.1001, 3.0):
            u = 5 * abs(mpmath.mpf(x))
            gap, (slope,) = at(problem, x)
            assert gap == pytest.approx(float((mpmath.exp(u) - 1 - u) / 25), rel=2e-15)
            assert slope == pytest.approx(math.copysign(float(mpmath.expm1(u) / 5), x), rel=1e-15)


@pytest.mark.parametrize("instance", [SumOfPowers((0.75,), (6,)), RealPower(2.0, 3.5), SumOfPowers((1.0, 2.0), (4, 6))])
def test_powers_are_smooth_for_every_l1(instance):
    terms = [(instance.c, instance.p)] if isinstance(instance, RealPower) else [*zip(*instance, strict=True)]
    for l1 in (0.1, 1.0, 10.0):
        x = np.append(np.geomspace(1e-3, 1e3, 400), [(p - 2) / l1 for _, p in terms])
        excess = sum(c * p * x ** (p - 2) * (p - 1 - l1 * x) for c, p in terms)
        assert excess.max() <= instance.curvature(l1) * (1 + 1e-13)
        if len(terms) == 1:
            assert excess.max() == pytest.approx(instance.curvature(l1), rel=1e-13)
    assert SumOfPowers((1.0,), (4,)).curvature(2.0) == 4.0  # 16/L1^2


@pytest.mark.parametrize(("instance", "name"), LOJASIEWICZ)
def test_lojasiewicz_inequality_holds_near_the_critical_points(instance, name, rng):
    fact = instance.facts()[name]
    theta, c = fact.value
    seen = 0
    for centre in (instance.facts()["x_star"].value, np.zeros(instance.dimension)):
        for scale in (3.0, 1.0, 0.1, 1e-2, 1e-4):
            for x in centre + scale * rng.uniform(-1, 1, (60, instance.dimension)):
                if fact.holds_at(x):
                    f, g = at(instance, *x)
                    assert f**theta <= c * np.linalg.norm(g) * (1 + 1e-11)
                    seen += 1
    assert seen > 100


@pytest.mark.parametrize("instance", [SumOfPowers((0.25,), (4,)), RealPower(2.0, 3.5)])
def test_lojasiewicz_inequality_of_a_power_is_an_equality(instance):
    theta, c = instance.facts()["lojasiewicz"].value
    f, (slope,) = at(instance, 0.3)
    assert f**theta == pytest.approx(c * slope, rel=1e-14)
    assert SumOfPowers((1.0,), (4,)).facts()["lojasiewicz"].value == (0.75, 0.25)


@pytest.mark.parametrize(
    ("instance", "direction", "theta"),
    [(Cusp(), (0.0, 1.0), 5 / 6), (Cross(), (1.0, 1.0), 3 / 4), (Mixed(6, 1.3), (0.0, 1.0), 5 / 6)],
)
def test_no_smaller_exponent_serves(instance, direction, theta):
    assert instance.facts()["lojasiewicz"].value[0] == pytest.approx(theta, rel=1e-15)
    near, far = (at(instance, *(s * np.array(direction))) for s in (1e-4, 1e-2))
    growth = math.log(far[0] / near[0]) / math.log(np.linalg.norm(far[1]) / np.linalg.norm(near[1]))
    assert 1.0 / growth == pytest.approx(theta, rel=1e-9)  # |g| goes as f^theta along this ray


def test_flat_satisfies_no_lojasiewicz_inequality_and_states_none():
    assert not {"lojasiewicz", "theta", "growth_order"} & set(Flat().facts())
    for theta in (0.5, 0.9, 0.95):  # f^theta/|f'| is e^((1 - theta) v)/(2 v^(3/2)) with v = 1/x^2: no bound
        gaps, slopes = zip(*(at(Flat(), v**-0.5) for v in (100.0, 300.0, 650.0)), strict=True)
        ratios = [f**theta / slope for f, (slope,) in zip(gaps, slopes, strict=True)]
        assert 5.0 * ratios[0] < 5.0 * ratios[1] < ratios[2]
    assert at(Flat(), 0.0) == (0.0, (0.0,)) and at(Flat(), 1e-200) == (0.0, (0.0,)) and at(Flat(), 1e-3)[0] == 0.0


def test_mixed_is_the_ravine_with_its_coordinates_exchanged():
    gap, gradient = at(Mixed(4, 1.37), 0.3, -0.5)
    found, slope = at(PowerRavine(4, 0.25, 1.37), -0.5, 0.3)
    assert gap == pytest.approx(found, rel=1e-15) and gradient == pytest.approx(slope[::-1], rel=1e-15)


def test_cusp_measures_distances_as_a_search_over_its_curve_does(rng):
    t = np.linspace(-2, 2, 400_001)
    points = rng.uniform(-1.5, 1.5, (40, 2))
    searched = [np.hypot(t**3 - x, t**2 - y).min() for x, y in points]
    np.testing.assert_allclose(Cusp().distance(points), searched, atol=1e-5)
    on_curve = np.stack([t[::4001] ** 3, t[::4001] ** 2], axis=-1)
    assert Cusp().distance(on_curve).max() <= 1e-14


def test_cusp_keeps_its_digits_beside_its_curve(rng):
    for t in rng.uniform(0.2, 1.2, 20):
        x, y = t**3 + 1e-11, t**2
        true = (sp.Rational(x) ** 2 - sp.Rational(y) ** 3) ** 2
        assert abs(sp.Rational(at(Cusp(), x, y)[0]) / true - 1) < sp.Rational(1, 10**14)


def test_random_coshes_have_six_rows_and_no_smaller_gap_than_their_quadratic_part(rng):
    problem = CoshSum.random()
    assert problem.w.shape == (6, 2)
    for x in rng.standard_normal((20, 2)):
        assert at(problem, *x)[0] >= 0.5 * np.sum((problem.w @ x) ** 2) * (1 - 1e-14)
    assert "span the plane" in CoshSum(np.array([[1.0, 2.0], [2.0, 4.0]])).faults()[0]


Z = sp.Symbol("z")
POLYNOMIALS = {
    "two": (Z**2 - 1, 2 * Z, 0.5, 4),
    "three": (2 * Z**3 - 3 * Z**2 + 5, 6 * Z * (Z - 1), 0.5, 1),
    "four": (Z**4 - 2 * Z**2 + 3, 4 * Z * (Z - 1) * (Z + 1), 0.5, 4),
    "five": (Z**5 - 4 * Z**4 + 2 * Z**3 + 8 * Z**2 - 11 * Z - 12, (Z - 1) ** 2 * (Z + 1) * (5 * Z - 11), 0.75, 4),
    "eight": (
        35 * Z**8 - 360 * Z**7 + 1540 * Z**6 - 3528 * Z**5 + 4620 * Z**4 - 3360 * Z**3 + 1120 * Z**2 + 1,
        280 * Z * (Z - 1) ** 3 * (Z - 2) ** 3, 0.5, 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomials_are_those_of_the_specification(name):
    polynomial, derivative, theta, minimisers = POLYNOMIALS[name]
    problem = getattr(PolynomialNeuron, name)()
    assert sp.expand(sp.diff(polynomial, Z) - derivative) == 0
    assert problem.polynomial.coef.tolist() == [float(c) for c in sp.Poly(polynomial, Z).all_coeffs()[::-1]]
    assert (problem.facts()["theta"].value, len(problem.minimisers)) == (theta, minimisers)
    (w, b), gap = problem.expression()
    least = sp.Rational(problem.facts()["least_loss"].value)
    assert least == {"four": 2, "eight": sp.Rational(1, 2)}.get(name, 0)
    losses = (polynomial.subs(Z, b) ** 2 + polynomial.subs(Z, w + b) ** 2) / 4
    assert sp.expand(losses - least - gap) == 0
    for x in problem.minimisers:
        assert at(problem, *x) == (0.0, (0.0, 0.0))
    squares = Polynomial(problem.polynomial.coef) ** 2
    turns = squares.deriv().roots()
    lowest = squares(turns[abs(turns.imag) < 1e-6].real).min()
    assert lowest == pytest.approx(2.0 * float(least), abs=1e-9)


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_gap_beside_a_minimiser_keeps_its_digits(name, rng):
    problem = getattr(PolynomialNeuron, name)()
    symbols, gap = problem.expression()
    for scale in (1e-3, 1e-7, 1e-11):
        for x in problem.minimisers:
            x = x + scale * rng.standard_normal(2)
            true = gap.subs({s: sp.Rational(float(v)) for s, v in zip(symbols, x, strict=True)})
            assert abs(sp.Rational(float(at(problem, *x)[0])) / true - 1) < sp.Rational(1, 10**13)


def test_polynomials_out_of_range_are_named():
    good = PolynomialNeuron.four()
    assert "even" in good.__doc__ and good._replace(roots=(1.0, -1.0)).faults()[0].endswith("has to be positive")
    assert "list it in roots" in good._replace(rest=(1.0, 0.0, -4.0)).faults()[0]
    assert "rest is negative" in good._replace(rest=(-1.0,)).faults()[0]
    assert "floor is -1.0" in good._replace(floor=-1.0).faults()[0]


def textbook(problem, w):
    """Loss and gradient of the network in numpy."""
    n, d = problem.x.shape
    c = problem.targets.shape[1]
    h = (w.size - c) // (d + 1 + c)
    w1, b1, w2, b2 = np.split(w, np.cumsum([d * h, h, h * c]))
    w1, w2 = w1.reshape(d, h), w2.reshape(h, c)
    hidden = np.tanh(problem.x @ w1 + b1)
    outputs = hidden @ w2 + b2
    logs = outputs - np.logaddexp.reduce(outputs, axis=1)[:, None]
    error = (np.exp(logs) - problem.targets) / n
    inner = error @ w2.T * (1.0 - hidden**2)
    gradient = [(problem.x.T @ inner).ravel(), inner.sum(0), (hidden.T @ error).ravel(), error.sum(0)]
    return -np.sum(problem.targets * logs) / n + problem.mu / 2 * w @ w, np.concatenate(gradient) + problem.mu * w


def test_network_equals_the_textbook_formulas_and_its_value_is_the_same(ask, rng):
    for problem in (DigitsNetwork.random(9, 4, 5, 3), DigitsNetwork.of(n=100)):
        for scale in (0.1, 1.0, 5.0):
            w = scale * rng.standard_normal(problem.dimension)
            f, gradient = ask(problem, w)
            loss, slope = textbook(problem, w)
            assert f == pytest.approx(loss, rel=1e-13)
            np.testing.assert_allclose(gradient, slope, rtol=0, atol=1e-13 * np.linalg.norm(slope))
            assert DigitsNetwork.value(problem, DigitsNetwork.workspace(problem), w) == f


def test_digits_start_where_the_specification_says(ask):
    problem = DigitsNetwork.of()
    f, gradient = ask(problem, problem.start)
    assert problem.dimension == 760 and problem.x.shape == (500, 64) and problem.faults() == []
    assert f == pytest.approx(2.540658, abs=1e-6)
    assert np.linalg.norm(gradient) == pytest.approx(0.76216, abs=1e-5)


def test_networks_out_of_range_are_named():
    good = DigitsNetwork.random(4, 2, 3, 2)
    assert "one-hot" in good._replace(targets=np.full((4, 2), 0.5)).faults()[0]
    assert "integer h" in good._replace(initial=np.zeros(16)).faults()[0]
    assert "shape (4, any)" in good._replace(targets=np.eye(2)).faults()[0]
