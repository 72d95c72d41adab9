"""What every problem of the zoo has to satisfy, whatever it is."""

import json
import os
import subprocess
import sys

import mpmath
import numpy as np
import pytest
import sympy as sp

import problems

#: Rounding of the gap that a problem admits besides relative errors: the naive loss cancels, that is its point; the
#: stochastic ones count it from a value of order 1.
ADMITTED = {"NaiveTwoNeuron": 2e-15, "StochasticLogistic": 1e-15, "StochasticSoftmax": 1e-15}
TUPLES_ONLY = (
    "AlgebraicTail", "BoundedAbs", "BoundedQuadratic", "CGT", "Coins", "Cosh", "CoshSum", "CoupledQuartics", "Cross",
    "CurvedRavine", "Cusp", "Distance", "ExpDown", "ExpUp", "Extremal", "Flat", "FlippedDistance", "Horizon",
    "KinkedQuasiconvex", "LogisticTail", "Mixed", "NoisyAbs", "NoisySlope", "PolynomialNeuron", "PowerRavine",
    "RealPower", "Rosenbrock", "Rotated", "Shifted", "Slope", "SmoothQuasiconvex",
    "SumOfPowers",
)  # fmt: skip
#: Problems whose infimum is attained nowhere; every other one has to state a minimiser and measure distances.
UNATTAINED = {"AlgebraicTail", "CGT", "ExpDown", "ExpUp", "Horizon", "LinearClassifier", "LogisticTail", "TwoLayerReLU"}
#: Problems whose infimum is attained but unknown: their gap is the value, and they state neither.
UNKNOWN = {"DigitsNetwork"}
#: Streams of linear losses: their gap is the expected loss, which has no infimum, and they state neither.
UNBOUNDED = {"Coins"}
#: Problems whose minimiser is a kink or the end of their domain, with a gradient there that is not 0.
SLOPED = {"BoundedAbs", "NoisyAbs", "NoisySlope", "Slope"}
#: All problems with a kink or an end at their minimiser: no Hessian there, and growth of order one in every direction.
KINKED = SLOPED | {"Distance", "FlippedDistance", "KinkedQuasiconvex"}
#: Problems whose gap grows slower than any power of the distance and underflows at points that are no minimisers.
FLATTER_THAN_POWERS = {"Flat"}
#: Problems whose minimiser is the least point of their domain: the formula means nothing below it.
ENDS = {"NoisySlope", "Slope"}
#: Problems in pieces, with a formula around each point in place of one formula.
PIECEWISE = {"CGT", "Horizon"}


def minimiser(problem):
    """The stated minimiser; tests that ask for one skip problems that state none."""
    if "x_star" not in problem.facts():
        pytest.skip(f"{type(problem).__name__} states no minimiser")
    return np.asarray(problem.facts()["x_star"].value, dtype=float)


def around(problem, scale, n, seed=0):
    """Random points at about this distance from a minimiser, or from the start if none is stated, shape (n, d)."""
    directions = np.random.default_rng(seed).standard_normal((n, problem.dimension))
    centre = minimiser(problem) if "x_star" in problem.facts() else problem.start
    directions = np.abs(directions) if type(problem).__name__ in ENDS else directions
    return centre + scale * directions / np.sqrt(problem.dimension)


def digits_of(symbols, gap):
    """Gap and gradient of a formula as a function for any precision."""
    assert not gap.atoms(sp.Float), "parameters of a formula have to be exact"
    return sp.lambdify(symbols, [gap, *(sp.diff(gap, s) for s in symbols)], "mpmath", cse=True)


def test_gap_and_gradient_equal_those_of_the_formula_in_fifty_digits(problem, ask):
    formula = problem.expression()
    in_pieces = type(problem).__name__ in PIECEWISE
    assert in_pieces == hasattr(problem, "expression_at")
    if formula is None and not in_pieces:
        assert problem.dimension > 6
        return
    exact = None if in_pieces else digits_of(*formula)
    with mpmath.workdps(50):
        for x in [*around(problem, 1.0, 4), *around(problem, 0.05, 4, seed=1)]:
            f, *g = (exact or digits_of(*problem.expression_at(x)))(*(mpmath.mpf(float(v)) for v in x))
            gap_found, gradient = ask(problem, x)
            assert abs(float(gap_found - f)) <= 2e-13 * abs(float(f)) + ADMITTED.get(type(problem).__name__, 0.0)
            assert np.linalg.norm([float(a - b) for a, b in zip(gradient, g, strict=True)]) <= 2e-13 * float(
                mpmath.norm(g)
            )


def test_gradient_is_the_derivative_of_the_gap_along_random_lines(problem, ask):
    rng = np.random.default_rng(2)
    x = problem.start if type(problem).__name__ in FLATTER_THAN_POWERS else around(problem, 0.7, 1)[0]
    gradient = ask(problem, x)[1]
    for _ in range(4):
        d = rng.standard_normal(x.size)
        d /= np.linalg.norm(d)
        steps = 0.02 / 2.0 ** np.arange(5)
        table = [(ask(problem, x + h * d)[0] - ask(problem, x - h * d)[0]) / (2 * h) for h in steps]
        for order in range(1, 5):  # Richardson: every column removes one even power of h
            table = [(4**order * b - a) / (4**order - 1) for a, b in zip(table, table[1:], strict=False)]
        assert table[0] == pytest.approx(gradient @ d, abs=2e-10 * np.linalg.norm(gradient))


def test_gap_is_never_negative_near_and_far(problem, gaps):
    if type(problem).__name__ in UNBOUNDED:
        return
    for scale in (3.0, 0.3, 1e-2, 1e-4):
        found = gaps(problem, around(problem, scale, 12))
        assert (found >= 0).all()
        assert (found > 0).all() or type(problem).__name__ in FLATTER_THAN_POWERS


def test_gap_is_counted_from_zero_and_solutions_are_measured_only_where_there_are_some(problem):
    facts = problem.facts()
    assert ("f_star" not in facts) == (type(problem).__name__ in UNKNOWN | UNBOUNDED)
    if "f_star" not in facts:
        assert not {"x_star", "growth_order", "growth_constant", "hessian_eigenvalues"} & set(facts)
        assert not hasattr(problem, "distance")
        return
    assert facts["f_star"].value == 0.0
    has_minimiser = "x_star" in facts
    assert has_minimiser == (type(problem).__name__ not in UNATTAINED) == hasattr(problem, "distance")
    assert has_minimiser != ("attained nowhere" in facts["f_star"].where)
    assert has_minimiser or not {"growth_order", "growth_constant", "hessian_eigenvalues"} & set(facts)


def test_stated_minimiser_has_no_gap_no_gradient_and_no_distance(problem, ask):
    x = minimiser(problem)
    gap, gradient = ask(problem, x)
    size = 1.0 + np.linalg.norm(x)
    assert abs(gap) <= (1e-15 * size) ** 2 * 100 + ADMITTED.get(type(problem).__name__, 0.0)
    assert (np.linalg.norm(gradient) <= 1e-14 * size**3) == (type(problem).__name__ not in SLOPED)
    assert problem.distance(x) <= 1e-15 * size


def test_distance_is_a_minimum_over_the_solutions_and_homogeneous_near_them(problem):
    x = minimiser(problem)
    directions = around(problem, 1.0, 20, seed=3) - x
    far = problem.distance(x + 1e-3 * directions)
    near = problem.distance(x + 0.5e-3 * directions)
    length = np.linalg.norm(directions, axis=1)
    assert (far <= 1e-3 * length * (1 + 1e-9)).all()
    assert (far > 0).all()
    np.testing.assert_allclose(near / far, 0.5, rtol=2e-2)


def test_geometry_takes_rows_as_it_takes_single_points(problem):
    x = around(problem, 0.2, 6).reshape(2, 3, -1)
    for name in ("distance", "tangential", "normal", "on_ravine", "reported_distance"):
        function = getattr(problem, name, None)
        if function is None or (name != "distance" and not hasattr(getattr(problem, "problem", problem), name)):
            continue
        rows = function(x)
        assert rows.shape[:2] == (2, 3)
        single = np.array([[function(point) for point in row] for row in x])
        np.testing.assert_allclose(rows, single, rtol=1e-9, atol=1e-13)


def test_hessian_at_the_minimiser_has_the_stated_eigenvalues(problem, hessian):
    x, facts = minimiser(problem), problem.facts()
    if type(problem).__name__ in KINKED:
        assert "hessian_eigenvalues" not in facts
        return
    if "hessian_eigenvalues" not in facts:
        assert isinstance(problem, problems.QuadraticSensing)  # they depend on the data in a way nobody states
        return
    found = np.linalg.eigvalsh(hessian(problem, x))
    np.testing.assert_allclose(found, facts["hessian_eigenvalues"].value, atol=1e-4)


def test_gap_along_the_ravine_has_the_stated_growth_order(problem, gaps):
    x, facts = minimiser(problem), problem.facts()
    if type(problem).__name__ in ADMITTED:
        return  # its rounding hides the growth: tested with the neurons and the stochastic data
    if "growth_order" not in facts:
        assert isinstance(problem, problems.QuadraticSensing) or type(problem).__name__ in FLATTER_THAN_POWERS
        return
    order = facts["growth_order"].value
    directions = around(problem, 1.0, 6, seed=4) - x
    scales = (2e-3, 1e-3)
    kinked = type(problem).__name__ in KINKED
    assert kinked == (order == 1)
    # where all is flat, or kinked, every direction is the ravine
    if order == 2 or kinked or not facts["hessian_eigenvalues"].value.any():
        points = [x + s * directions for s in scales]
    else:
        points = [problem.on_ravine(x + s * directions) for s in scales]
    (f1, f2), (d1, d2) = (gaps(problem, p) for p in points), (problem.distance(p) for p in points)
    np.testing.assert_allclose(np.log(f1 / f2) / np.log(d1 / d2), order, atol=0.02)
    if "growth_constant" in facts:
        along = np.abs(problem.tangential(points[1]))
        np.testing.assert_allclose(f2 / along**order, facts["growth_constant"].value, rtol=1e-6)


def test_gap_grows_quadratically_off_the_ravine(problem, gaps):
    facts = problem.facts()
    try:
        ravine = problem.on_ravine(around(problem, 2e-2, 10))
    except AttributeError:
        return
    eigenvalues = facts["hessian_eigenvalues"].value
    nonzero = eigenvalues[eigenvalues > 0]
    x = around(problem, 2e-2, 10)
    normal = problem.normal(x)
    normal = np.linalg.norm(normal, axis=-1) if normal.ndim > 1 else np.abs(normal)
    ratio = (gaps(problem, x) - gaps(problem, ravine)) / normal**2
    assert (ratio >= nonzero.min() / 4).all()
    assert (ratio <= nonzero.max()).all()


def test_point_on_the_ravine_stays_and_its_normal_gradient_vanishes(problem, ask, hessian):
    try:
        ravine = problem.on_ravine(around(problem, 1e-2, 3))
    except AttributeError:
        return
    np.testing.assert_allclose(problem.on_ravine(ravine), ravine, atol=1e-14)
    np.testing.assert_allclose(problem.normal(ravine), 0.0, atol=1e-14)
    inner = problem
    while hasattr(inner, "problem"):
        inner = inner.problem
    if isinstance(inner, problems.MatrixFactorisation):
        return  # its range turns along the solutions: tested with the factorisation
    values, vectors = np.linalg.eigh(hessian(problem, minimiser(problem)))
    across = vectors[:, values > 0.5 * problem.facts()["hessian_eigenvalues"].value.max() * 1e-2]
    for x in ravine:
        gradient = ask(problem, x)[1]
        assert np.linalg.norm(across.T @ gradient) <= 1e-9


def test_stated_lipschitz_constant_of_the_gradient_holds_on_random_pairs(problem, ask):
    fact = problem.facts().get("L")
    if fact is None:
        return
    x, y = around(problem, 2.0, 30), around(problem, 2.0, 30, seed=5)
    for a, b in zip(x, y, strict=True):
        if fact.holds_at(a) and fact.holds_at(b):
            gradient = ask(problem, a)[1] - ask(problem, b)[1]
            assert np.linalg.norm(gradient) <= fact.value * np.linalg.norm(a - b) * (1 + 1e-12)


def test_tuples_and_arrays_give_the_same_bits(kind):
    from theorylab.kernels import cache
    from theorylab.methods import GD

    small = [problem for problem in kind.examples() if problem.dimension <= 4]
    if kind.__name__ in TUPLES_ONLY or not small:
        return
    problem = small[0]
    x = problem.start + 0.1
    begin = cache.compiled(problem).begin
    of_tuple, of_array = begin(problem, GD(1.0), tuple(map(float, x))).at, begin(problem, GD(1.0), x).at
    assert of_tuple.f == of_array.f
    assert of_tuple.g == tuple(of_array.g)


def test_examples_are_in_range_and_every_bad_parameter_gets_a_sentence(problem):
    assert problem.faults() == []
    for name, value in zip(problem._fields, problem, strict=True):
        if isinstance(value, tuple) and not value:  # a record without parameters
            continue
        if hasattr(value, "_fields"):
            inside = value._replace(**{value._fields[0]: None})
            assert problem._replace(**{name: inside}).faults()
            continue
        bad = np.full_like(value, np.nan) if isinstance(value, np.ndarray) else None
        bad = (float("nan"),) * len(value) if isinstance(value, tuple) else bad
        bad = float("nan") if isinstance(value, float) else -1 if isinstance(value, int) else bad
        sentences = problem._replace(**{name: bad}).faults()
        assert any(f"{type(problem).__name__}.{name} " in sentence for sentence in sentences)
        assert all("has to be" in s or "have to be" in s or "needs" in s for s in sentences)
        assert problem._replace(**{name: None}).faults()


def test_every_field_of_a_problem_is_documented(kind):
    assert kind.__doc__ and kind.__doc__.lstrip().startswith((":math:", "The same function"))
    documented = kind.__doc__ + "".join(base.__doc__ or "" for base in kind.__mro__[1:2])
    parameters = documented.partition("Parameters")[2]
    for name in kind._fields:
        assert f"{name}" in parameters.replace(",", " ").split()


def test_kernels_without_the_jit_agree_with_the_compiled_ones(ask, tmp_path):
    program = """
import json, sys, numpy as np, problems
from theorylab.methods import GD
from theorylab.kernels import begin
out = []
for kind in problems.discover():
    for problem in kind.examples():
        x = problem.start
        at = begin(problem, GD(1.0), tuple(map(float, x)) if x.size <= 4 else x).at
        out.append([float(at.f), *map(float, at.g)])
json.dump(out, sys.stdout)
"""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    examples = [problem for kind in problems.discover() for problem in kind.examples()]
    for problem, (f, *g) in zip(examples, json.loads(done.stdout), strict=True):
        gap, gradient = ask(problem, problem.start)
        assert f == pytest.approx(gap, rel=1e-12)
        np.testing.assert_allclose(g, gradient, rtol=0, atol=1e-12 * np.linalg.norm(gradient))
