"""Rates: leading terms by structure, algebra, comparison and inversion."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from theorylab.theory import Rate, Undecided, balance, substitute

T, a, c, p, q, rho, eps = sp.symbols("T a c p q rho epsilon", positive=True)
log, half = sp.log, sp.Rational(1, 2)

LAWS = [  # expression, constant, power, log power, log log power
    (sp.S(7), 7, 0, 0, 0),
    (3 * T**-2 * log(T) ** 2, 3, -2, 2, 0),
    ((T + 1) ** -half, 1, -half, 0, 0),
    (5 * (T + log(T)) ** -2, 5, -2, 0, 0),
    (sp.sqrt(T**2 + T) - T, half, 0, 0, 0),
    (sp.sqrt(T + 1) - sp.sqrt(T), half, -half, 0, 0),
    (sp.exp(a * log(T)) + T ** (a / 2), 1, a, 0, 0),
    ((1 + 1 / T) ** T, sp.E, 0, 0, 0),
    (T ** (1 / (2 * p + 1)) + T ** (1 / (2 * p + 2)), 1, 1 / (2 * p + 1), 0, 0),
    (sp.LambertW(T), 1, 0, 1, 0),
    (sp.exp(sp.LambertW(T)), 1, 1, -1, 0),
    (sp.LambertW(c / T), c, -1, 0, 0),
    (sp.harmonic(T) / T, 1, -1, 1, 0),
    (sp.gamma(T + half) / sp.gamma(T), 1, half, 0, 0),
    (sp.gamma(2 * T + 1) / (4**T * sp.gamma(T + 1) ** 2), 1 / sp.sqrt(sp.pi), -half, 0, 0),
    (sp.factorial(T) / sp.gamma(T + 2), 1, -1, 0, 0),
    (sp.loggamma(T), 1, 1, 1, 0),
    (log(1 + 24 * T**2 * a**2), 2, 0, 1, 0),
    (sp.sqrt(T * log(1 + T**2)), sp.sqrt(2), half, half, 0),
    (log(log(T) + 1) / T, 1, -1, 0, 1),
    (log(log(T) ** 2 + T**-1), 2, 0, 0, 1),
    (1 - (1 - c / T) ** p, c * p, -1, 0, 0),
    (log(T + 1) - log(T), 1, -1, 0, 0),
    (log(1 + c / T), c, -1, 0, 0),
    (sp.tanh(1 / T), 1, -1, 0, 0),
    (1 - sp.cos(a / T), a**2 / 2, -2, 0, 0),
    ((q * c * T + 1) ** (-p / q), (q * c) ** (-p / q), -p / q, 0, 0),
    (sp.atan(1 / T) * log(log(T)), 1, -1, 0, 1),
    (T ** (log(log(T)) / log(T)), 1, 0, 1, 0),
    (sp.sqrt(log(T)) / T + 1 / T, 1, -1, half, 0),
    ((log(T) ** 2 + 1 / T) ** a, 1, 0, 2 * a, 0),
    (T * (sp.exp(c / T) - 1), c, 0, 0, 0),
    ((T**2 + c * T + 1) / (p * T + 3), 1 / p, 1, 0, 0),
    (log(T) ** 3 / (1 + 1 / log(T)), 1, 0, 3, 0),
]
NOT_LAWS = [
    sp.exp(-T), sp.sin(T), 2**T, sp.exp(sp.sqrt(log(T))), T**a + T**p, log(log(log(T))), sp.zeta(T),
    sp.sin(sp.pi * T / (T + 1)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "constant", "power", "log_power", "loglog_power"), LAWS, ids=lambda v: str(v)[:40])
def test_leading_terms_of_known_laws(f, constant, power, log_power, loglog_power):
    rate = Rate.of(f, T)
    got = (rate.constant / constant, rate.power, rate.log_power, rate.loglog_power)
    for value, expected in zip(got, (1, power, log_power, loglog_power), strict=True):
        assert sp.simplify(sp.powdenest(value, force=True) - expected) == 0


@pytest.mark.parametrize("f", [law[0] for law in LAWS], ids=lambda f: str(f)[:40])
def test_every_law_of_the_corpus_is_confirmed_by_ratios_that_approach_one(f):
    ratios = Rate.of(f, T).confirm()
    assert abs(float(ratios[-1]) - 1) < 0.02


@pytest.mark.parametrize("f", NOT_LAWS, ids=str)
def test_what_is_no_power_law_is_refused(f):
    with pytest.raises(Undecided):
        Rate.of(f, T)


def test_the_lambert_law_that_sympys_limit_gets_wrong():
    f = sp.exp(sp.LambertW(T)) * log(T) / T  # limit() answers 0
    assert Rate.of(f, T) == Rate(1, T, 0)


def test_symbols_without_assumptions_leave_a_comparison_open_instead_of_guessing():
    m, n = sp.symbols("m n")
    with pytest.raises(Undecided, match="sign"):
        Rate.of(T**m + T**n, T)


def test_a_dominated_pair_of_unknown_order_does_no_harm():
    assert Rate.of(T**a + T**p + T ** (a + p), T).power == a + p


def test_a_wrong_law_is_not_confirmed():
    for wrong in (Rate(sp.Rational(11, 10), T, -1), Rate(1, T, sp.Rational(-11, 10)), Rate(1, T, -1, 1)):
        claimed = Rate(wrong.constant, T, wrong.power, wrong.log_power, source=1 / (T + 1))
        with pytest.raises(Undecided, match="does not approach 1"):
            claimed.confirm()


def test_a_rate_without_a_source_cannot_be_confirmed():
    with pytest.raises(Undecided, match="given, not derived"):
        Rate(1, T, -1).confirm()


def test_direction_zero_reads_powers_of_the_variable_itself():
    rate = Rate.of((2 * log(T) + 4) * (T**3 + T**2), T, "0+")
    assert (rate.constant, rate.power, rate.log_power) == (-2, 2, 1)
    assert sp.simplify(rate.expr - 2 * T**2 * log(T)) == 0
    with pytest.raises(ValueError, match="expected 'oo' or '0\\+'"):
        Rate(1, T, 1, direction="0")


def test_products_quotients_and_powers_act_on_exponents():
    first, second = Rate(2, T, -1, 1), Rate(3, T, half, 0, 1)
    assert first * second == Rate(6, T, -half, 1, 1)
    assert first / second == Rate(sp.Rational(2, 3), T, sp.Rational(-3, 2), 1, -1)
    assert first**2 == Rate(4, T, -2, 2)
    assert 5 * first == Rate(10, T, -1, 1)
    assert first / first == Rate(1, T, 0)
    with pytest.raises(Undecided, match="negative"):
        Rate(-1, T, -1) ** half
    with pytest.raises(ValueError, match="substitute first"):
        first * Rate(1, a, -1)


def test_comparison_is_lexicographic_and_open_where_assumptions_are_silent():
    assert Rate(9, T, -1) < Rate(1, T, -1, half) < Rate(1, T, -1, 1) < Rate(1, T, sp.Rational(-99, 100))
    assert Rate(1, T, -1, 0, 1) > Rate(100, T, -1)
    assert Rate(2, T, -1) <= Rate(1, T, -1) and Rate(2, T, -1) >= Rate(1, T, -1)
    assert Rate(1, T, 2, direction="0+") < Rate(1, T, 1, direction="0+")
    with pytest.raises(Undecided):
        Rate(1, T, a) < Rate(1, T, p)  # noqa: B015


@pytest.mark.parametrize("law", [Rate(3, T, -2, 2), Rate(half, T, -half), Rate(2, T, -1, -1, 1), Rate(5, T, 3, 1)])
def test_inversion_undoes_the_law_to_leading_order(law):
    inverse = law.invert(eps)
    back = Rate.of(law.expr.subs(T, inverse.expr), eps, inverse.direction)
    assert back == Rate(1, eps, 1, direction=inverse.direction)


def test_inversion_of_a_law_towards_zero():
    inverse = Rate(8, T, 3, direction="0+").invert(eps)
    assert inverse == Rate(half, eps, sp.Rational(1, 3), direction="0+")


def test_inversion_needs_a_power():
    with pytest.raises(Undecided, match="no power"):
        Rate(1, T, 0, 2).invert(eps)
    with pytest.raises(Undecided, match="decaying"):
        Rate(1, T, 1).invert_exact(eps)


@pytest.mark.parametrize("error", ["1e-4", "1e-8", "1e-16", "1e-100"])
def test_the_exact_inverse_solves_the_law_and_the_leading_one_is_known_to_be_off(error):
    law = Rate(3, T, -2, 2)
    with mpmath.workdps(60):
        value = mpmath.mpf(error)
        at = sp.lambdify(eps, law.invert_exact(eps), "mpmath")(value)
        assert abs(3 * at**-2 * mpmath.log(at) ** 2 / value - 1) < mpmath.mpf("1e-40")
        leading = sp.lambdify(eps, law.invert(eps).expr, "mpmath")(value)
        # the study measured 65, 75, 83 and 96 %
        expected = {"1e-4": 0.65, "1e-8": 0.75, "1e-16": 0.83, "1e-100": 0.96}[error]
        assert abs(leading / at - expected) < 0.01


def test_a_rate_evaluates_on_arrays_and_names_missing_parameters():
    law = Rate(c, T, -p, 1)
    with pytest.raises(ValueError, match="still contains c, p"):
        law(10.0)
    values = law.subs({c: 2, p: 1})(np.array([10.0, 100.0]))
    assert values == pytest.approx([0.2 * math.log(10), 0.02 * math.log(100)], rel=1e-14)


def test_text_and_latex_put_the_constant_first():
    law = Rate(c / 3, T, -2, 2)
    assert str(law) == "c/3 * T**(-2) * log(T)**2"
    assert law.latex().startswith(sp.latex(c / 3)) and r"T^{-2}" in law.latex()
    assert str(Rate(1, T, 1)) == "T" and str(Rate(1, T, 0)) == "1"


def test_balancing_two_monomials_finds_the_optimal_window():
    ((at, value),) = balance([x_fall := a ** -(p + 1) / rho, rho * a**p], a)
    assert sp.simplify(sp.expand_log(log(value) / log(rho), force=True) - 1 / (2 * p + 1)) == 0
    assert sp.simplify(sp.powdenest((x_fall / (rho * a**p)).subs(a, at), force=True)) == 1
    with pytest.raises(ValueError, match="not a monomial"):
        balance([a + 1, a], a)


def test_substitution_of_a_stepsize_law_gives_the_accelerated_rate():
    gamma, eta = sp.symbols("gamma eta", positive=True)
    bound = 2 * (2 + log(gamma**2 * eta * T / 2) ** 2) / (gamma**2 * eta * T)
    assert substitute(bound, eta, gamma**2 * T / 120, T) == Rate(960 / gamma**4, T, -2, 2)
