"""Numbers that know their error, and points of domains."""

from fractions import Fraction

import pytest
import sympy as sp

from theorylab.theory import Domain
from theorylab.theory.balls import Unreliable
from theorylab.theory.domains import check_domains
from theorylab.theory.numbers import admissible_points, compare, evaluate

x, y, t = sp.symbols("x y t", positive=True)
z = sp.Symbol("z", real=True)


def test_cancellation_behind_tanh_is_seen():
    value = evaluate(sp.log(1 + sp.tanh(z)), {z: Fraction(-217)})
    assert float(value) == pytest.approx(-433.3068528, abs=1e-6)  # evalf(50) answers -300.13


def test_a_small_term_absorbed_by_a_huge_one_is_not_lost():
    huge = x**2000
    assert compare(huge + t - x * x**1999, t, {x: Fraction(10), t: Fraction(3)}) == 0
    assert compare(huge + t - x * x**1999, 2 * t, {x: Fraction(10), t: Fraction(3)}) == -1


def test_a_difference_far_below_double_precision_is_certain():
    tiny = sp.Rational(1, 10**41)
    assert compare(1 + x, 1 + x - tiny, {x: Fraction(1, 3)}) == 1
    assert compare(sp.sqrt(x) ** 2, x, {x: Fraction(1, 3)}) == 0


def test_zero_on_one_side_is_recognised():
    expr = sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1
    assert compare(expr, sp.S.Zero, {x: Fraction(17, 3)}) == 0
    assert compare(expr + sp.Rational(1, 10**30), sp.S.Zero, {x: Fraction(17, 3)}) == 1


def test_complex_and_undefined_values_are_refused():
    for bad in (sp.log(z), sp.sqrt(z), 1 / (z + 1), sp.I * z):
        with pytest.raises(Unreliable):
            evaluate(bad, {z: Fraction(-1)})


def test_special_functions_agree_with_mpmath():
    import mpmath

    for expr in (sp.gamma(x), sp.loggamma(x), sp.LambertW(x), sp.harmonic(x), sp.hyper([x, 2], [3], sp.Rational(1, 4))):
        value = evaluate(expr, {x: Fraction(7, 3)})
        with mpmath.workdps(40):
            reference = sp.lambdify(x, expr, "mpmath")(mpmath.mpf(7) / 3)
            assert abs(mpmath.mpf(value.mid().str(40, radius=False)) / reference - 1) < 1e-30
    lower = evaluate(sp.LambertW(-x, -1), {x: Fraction(1, 5)})
    assert float(lower) == pytest.approx(float(sp.LambertW(sp.Rational(-1, 5), -1)), rel=1e-14)


def test_points_respect_domains_that_depend_on_other_symbols():
    n = sp.Symbol("n", integer=True, positive=True)
    domains = {x: Domain(y, 2 * y), n: Domain(2, 9, True)}
    points = admissible_points([x, n], domains)
    assert len(points) == 40
    assert all(pt[y] < pt[x] < 2 * pt[y] and pt[n].denominator == 1 and 2 <= pt[n] <= 9 for pt in points)


def test_bounded_symbols_come_close_to_both_ends():
    shares = [pt[x] for pt in admissible_points([x], {x: Domain(0, 1)}, count=200)]
    assert min(shares) < 1e-6 and max(shares) > 1 - 1e-6 and all(0 < s < 1 for s in shares)


def test_conditions_filter_points_and_an_empty_set_is_empty():
    assert all(pt[x] > pt[y] for pt in admissible_points([x, y], {}, [x - y]))
    assert admissible_points([x], {}, [-x]) == []


def test_a_domain_may_not_widen_the_assumptions():
    with pytest.raises(ValueError, match="declare the symbol as real"):
        check_domains({x: Domain(-1, 1)})
