"""Derivations of the GDPolyak paper on steps and ravines, against recursions in plain Python and series."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from theorylab.papers.gdpolyak.derivations import ALL
from theorylab.papers.gdpolyak.derivations.alignment import cos_phi
from theorylab.papers.gdpolyak.derivations.symbols import K, a, c, eta, k, lam, mu, p, rho, s, u, u0, x

RHO, LAM = sp.Rational(3, 4), 20  # the curved ravine of the paper: a = 10, eta = 1/80


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


class TestGradientDescent:
    @pytest.mark.parametrize("order", [3, 4, 6])
    def test_the_law_and_the_bound_hold_along_a_simulated_run(self, order):
        chain, values = ALL["gd_rate"](), {p: order, c: 1 / order, eta: 0.1, u0: 1.0}
        assert chain["bound_condition"].subs(values)
        above = sp.lambdify(k, chain["bound"].rhs.subs(values))
        at, margins = 1.0, []
        for step in range(1, 200_001):
            at -= 0.1 * at ** (order - 1)
            margins.append(at ** (2 - order) / above(step))
        assert min(margins) >= 1 - 1e-12
        assert at / chain["u_law"].subs(values)(200_000.0) == pytest.approx(1, abs=2e-3)
        assert (at**order / order) / chain["gap_law"].subs(values)(200_000.0) == pytest.approx(1, abs=1e-2)

    def test_exponents(self):
        chain = ALL["gd_rate"]()
        assert [chain["gap_exponent"].subs(p, n) for n in (3, 4, 6)] == [3, 2, sp.Rational(3, 2)]
        assert sp.simplify(chain["gap_exponent"] - p * chain["u_exponent"]) == 0


class TestPolyakStep:
    @pytest.mark.parametrize("order", [3, 4, 5, 8])
    def test_factors_are_those_of_a_step_in_floats(self, order):
        chain, at = ALL["polyak_step"](), 0.7
        gamma = at**order / (order * at ** (order - 1)) ** 2
        after = at - gamma * order * at ** (order - 1)
        halved = at - gamma / 2 * order * at ** (order - 1)
        assert number(chain["stepsize"], {p: order, c: 1, u: at}) == pytest.approx(gamma, rel=1e-13)
        assert number(chain["distance_factor"], {p: order}) == pytest.approx(after / at, rel=1e-13)
        assert number(chain["gap_factor"], {p: order}) == pytest.approx((after / at) ** order, rel=1e-13)
        assert number(chain["halved_distance_factor"], {p: order}) == pytest.approx(halved / at, rel=1e-13)
        assert number(chain["step_growth"], {p: order}) == pytest.approx((after / at) ** (2 - order), rel=1e-13)

    def test_the_quartic_numbers(self):
        chain = ALL["polyak_step"]()
        shown = [chain[name].subs(p, 4) for name in ("distance_factor", "gap_factor", "step_growth")]
        assert shown == [sp.Rational(3, 4), sp.Rational(81, 256), sp.Rational(16, 9)]


class TestAlignment:
    def test_the_cosine_identity_on_a_random_form_in_three_dimensions(self, rng):
        factor = sp.lambdify(cos_phi, ALL["alignment"]()["cosine_factor"].subs(p, 4))
        for _ in range(20):
            coefficients, at = rng.random(3) + 0.1, rng.standard_normal(3)
            value, slope = coefficients @ at**4, 4 * coefficients * at**3
            after = at - value / (slope @ slope) * slope
            cosine = at @ slope / math.sqrt((at @ at) * (slope @ slope))
            assert (after @ after) / (at @ at) == pytest.approx(factor(cosine), rel=1e-13)

    @pytest.mark.parametrize("curvature", [10.0, 28.0, 60.0])
    def test_the_transverse_multiplier_on_the_two_variable_form(self, curvature):
        at = np.array([1.0, 1e-7])
        slope = np.array([4 * at[0] ** 3 + curvature * at[0] * at[1] ** 2, curvature * at[0] ** 2 * at[1]])
        value = at[0] ** 4 + curvature / 2 * at[0] ** 2 * at[1] ** 2
        after = at - value / (slope @ slope) * slope
        measured = (after[1] / after[0]) / (at[1] / at[0])
        chain = ALL["alignment"]()
        assert number(chain["transverse_multiplier"], {p: 4, c: 1, mu: curvature}) == pytest.approx(measured, abs=1e-6)
        assert chain["stability_threshold"].subs({p: 4, c: 1}) == 28

    def test_separable_forms_do_not_care_for_conditioning(self):
        separable = ALL["alignment"]()["separable_multiplier"].subs(p, 4)
        for ratio in (1.0, 50.0):
            coefficients = np.array([1.0, ratio])
            aligned = coefficients**-0.5
            at = aligned * np.array([1 + 1e-6, 1 - 1e-6])
            slope = 4 * coefficients * at**3
            after = at - (coefficients @ at**4) / (slope @ slope) * slope
            spread = (after[0] / after[1]) / (aligned[0] / aligned[1]) - 1
            assert spread / 2e-6 == pytest.approx(float(separable), rel=1e-4)


class TestFixedK:
    def test_cost_of_the_best_number_of_short_steps(self):
        chain, values = ALL["fixed_k"](), {p: 4, rho: RHO}
        assert number(chain["cost_coefficient"], values) == pytest.approx(24.17, abs=0.005)
        assert number(chain["best_K_slope"], values) == pytest.approx(6.95, abs=0.005)
        product = chain["best_K"].subs(values).expr * chain["epochs"].subs(values).expr
        assert sp.simplify(product - chain["cost"].subs(values).expr) == 0

    def test_slope_in_K_with_and_without_the_linear_epochs(self):
        chain, values = ALL["fixed_k"](), {p: 4, rho: RHO}
        assert number(chain["slope_leading"], values) == pytest.approx(-0.144, abs=5e-4)
        assert number(chain["slope"], values | {K: 40}) == pytest.approx(-0.160, abs=1e-3)
        log_end = sp.log(chain["dist_end"].subs(values | {lam: LAM, c: 1}))
        by_difference = number(log_end, {K: 40.5}) - number(log_end, {K: 39.5})
        assert number(chain["slope"], values | {K: 40}) == pytest.approx(by_difference, rel=1e-4)

    @pytest.mark.parametrize(("short", "measured"), [(20, 1.4e-2), (60, 2e-5), (100, 7e-8)])
    def test_the_end_of_the_linear_phase_lies_within_a_factor_three(self, short, measured):
        end = number(ALL["fixed_k"]()["dist_end"], {p: 4, c: 1, lam: LAM, rho: RHO, K: short})
        assert 1 / 3 < end / measured < 3

    def test_onset_is_where_the_cycle_has_multiplier_one(self):
        onset = number(ALL["fixed_k"]()["onset"], {p: 4, c: 1, lam: LAM, rho: RHO, K: 40})
        gamma = 1 / (16 * onset**2)
        assert gamma * LAM * 0.75**40 * (4 / 3) ** 2 == pytest.approx(1, rel=1e-12)


class TestCurvedRavine:
    @staticmethod
    def step(point, stepsize, ridge):
        at, y = point
        n = y - at**2
        return at - stepsize * (4 * at**3 - 4 * ridge * at * n), y - stepsize * 2 * ridge * n

    def polyak(self, point, ridge):
        at, y = point
        n = y - at**2
        slope = 4 * at**3 - 4 * ridge * at * n, 2 * ridge * n
        return self.step(point, (at**4 + ridge * n**2) / (slope[0] ** 2 + slope[1] ** 2), ridge)

    @pytest.mark.parametrize("stepsize", ["1/80", "1/40"])
    def test_descent_settles_on_the_series_of_its_slow_manifold(self, stepsize):
        ridge, size = 10, mpmath.mpf(1) / int(stepsize[2:])
        with mpmath.workdps(60):
            point = mpmath.mpf("0.02"), mpmath.mpf("0.0004")
            for _ in range(400):
                point = self.step(point, size, ridge)
            chain, (at, y) = ALL["slow_manifold"](), point
            b4, b6 = (chain[name].subs({a: ridge, eta: sp.Rational(stepsize)}) for name in ("map_b4", "map_b6"))
            rest = y - at**2 - mpmath.mpf(int(b4.p)) / int(b4.q) * at**4
            assert abs(rest / at**6 * int(b6.q) / int(b6.p) - 1) < 5e-3

    @pytest.mark.parametrize("order", [3, 4, 5, 6])
    def test_normal_error_before_and_after_a_long_step(self, order):
        chain, values = ALL["slow_manifold"](), {p: order, c: 1, a: 10}
        pre, post = (number(chain[name], values) for name in ("pre_polyak_coefficient", "post_polyak_coefficient"))
        with mpmath.workdps(40):
            at = mpmath.mpf("1e-4")
            n = pre * at**order
            slope = order * at ** (order - 1) - 40 * at * n, 20 * n
            gamma = (at**order + 10 * n**2) / (slope[0] ** 2 + slope[1] ** 2)
            after, y = at - gamma * slope[0], at**2 + n - gamma * slope[1]
            assert abs((y - after**2) / after**2 / post - 1) < 1e-2

    @pytest.mark.parametrize("ridge", [0.5, 5.0, 50.0])
    def test_two_short_steps_give_the_same_factor_for_every_curvature(self, ridge):
        point = 0.01, 0.0001
        for _ in range(12):
            before = point[0]
            for _ in range(2):
                point = self.step(point, 1 / (2 * ridge), ridge)
            point = self.polyak(point, ridge)
        assert point[0] / before == pytest.approx(float(ALL["period_two"]()["k2_factor"]), rel=1e-4)

    @pytest.mark.parametrize("ridge", [0.5, 1.0])
    def test_one_short_step_settles_at_the_fixed_point(self, ridge):
        with mpmath.workdps(80):  # y - x^2 cancels ever more digits
            point = mpmath.mpf("0.01"), mpmath.mpf("0.0001")
            for _ in range(100):
                point = self.polyak(self.step(point, 1 / (2 * mpmath.mpf(ridge)), mpmath.mpf(ridge)), mpmath.mpf(ridge))
            settled = float((point[1] - point[0] ** 2) / point[0] ** 2)
        chain = ALL["period_two"]()
        expected = number(chain["k1_fixed_point"], {a: ridge})
        assert settled == pytest.approx(expected, rel=1e-4)
        assert chain["k1_map"].subs({a: ridge, s: expected}) == pytest.approx(expected, rel=1e-12)

    def test_one_short_step_is_unstable_beyond_the_threshold(self):
        chain = ALL["period_two"]()
        assert chain["k1_threshold"] == sp.Rational(9, 8)
        assert chain["k1_multiplier"].subs(a, sp.Rational(10, 8)) > 1 > chain["k1_multiplier"].subs(a, 1)

    def test_the_loss_falls_along_the_normal_of_the_parabola(self):
        chain, at = ALL["metric_projection"](), sp.Rational(1, 100)
        for ridge in (1, 10, 100):
            q = chain["crossing"].expr.subs({x: at, a: ridge}) / 2
            moved_x, moved_y = at - 2 * at * q, at**2 + q
            difference = moved_x**4 + ridge * (moved_y - moved_x**2) ** 2 - at**4
            assert difference < 0
            assert float(difference / chain["dip"].expr.subs({x: at, a: ridge})) == pytest.approx(1, abs=0.02)


class TestPurePolyak:
    @pytest.mark.parametrize("order", [3, 4, 6])
    def test_the_closed_form_of_the_mean_jump_is_its_integral(self, order):
        chain = ALL["pure_polyak"]()
        integrand = sp.lambdify(sp.Symbol("v", real=True), chain["J_integral"].function.subs(p, order), "mpmath")
        by_quadrature = mpmath.quad(integrand, [-mpmath.inf, 0, mpmath.inf])
        assert number(chain["J"], {p: order}) == pytest.approx(float(by_quadrature), rel=1e-8)

    def test_the_quartic_constants(self):
        chain = ALL["pure_polyak"]()
        assert chain["J4"] == sp.sqrt(3) / 6
        assert number(chain["mean_constant"], {p: 4, c: 1, lam: 1}) == pytest.approx(math.sqrt(2 / 3), rel=1e-14)
        # the mean over starts lies about 15 % above the mean field
        ratio = number(chain["C4"], {c: 1, lam: 1}) / number(chain["mean_field_constant"], {p: 4, c: 1, lam: 1})
        assert ratio == pytest.approx(1.15, abs=0.01)

    def test_exponents_are_twice_those_of_descent(self):
        chain, gd = ALL["pure_polyak"](), ALL["gd_rate"]()
        assert sp.simplify(chain["u_exponent"] - 2 * gd["u_exponent"]) == 0
        assert sp.simplify(chain["running_min_exponent"] - 2 * gd["gap_exponent"]) == 0

    def test_the_newton_map_is_what_a_small_step_does(self):
        at, scaled = 1e-5, 0.8
        normal = scaled * at**2
        value, slope = at**4 + normal**2 / 2, (4 * at**3, normal)
        gamma = value / (slope[0] ** 2 + slope[1] ** 2)
        after = (normal - gamma * slope[1]) / (at - gamma * slope[0]) ** 2
        assert after == pytest.approx(number(ALL["pure_polyak"]()["newton_map"], {s: scaled, c: 1, lam: 1}), rel=1e-6)
