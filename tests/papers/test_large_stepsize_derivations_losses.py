"""Derivations of the large-stepsize paper on other losses, adaptive steps and one row a step."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import optimize

from theorylab.papers.large_stepsize.derivations import MORE
from theorylab.papers.large_stepsize.derivations.symbols import (
    C_b,
    C_g,
    a,
    c,
    delta,
    eta,
    gamma,
    l_0,
    lam,
    m_1,
    m_2,
    n,
    rho,
    t,
    z,
)


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


def pair(margin):
    side = math.sqrt(1 - margin**2)
    return np.array([[margin, side], [margin, -side / 2]]), np.array([0.5, 0.5])


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def sigmoid(x):
    e = math.exp(-abs(x))
    return 1 / (1 + e) if x >= 0 else e / (1 + e)


class TestLosses:
    SHAPES = (("logistic", 1.0), ("exp", 0.5), ("exp", 1.0), ("exp", 4.0), ("poly", 0.5), ("poly", 2.0), ("poly", 4.0))

    @pytest.mark.parametrize(("name", "tail"), SHAPES)
    def test_table_on_a_grid(self, name, tail):
        chain = MORE["loss_constants"]()
        loss, slope = (sp.lambdify(z, chain[f"{name}_{key}"].subs(a, tail)) for key in "lg")
        steepest, smooth = (number(chain[f"{name}_{key}"], {a: tail}) for key in ("Cg", "Cb"))
        at = np.linspace(-20, 20, 4001)
        values, slopes = np.array([loss(v) for v in at]), np.array([slope(v) for v in at])
        middle = (at[1:] + at[:-1]) / 2
        assert -np.diff(values) / np.diff(at) == pytest.approx(np.array([slope(v) for v in middle]), abs=1e-3)
        assert slopes.max() <= steepest * (1 + 1e-12) and (slopes <= smooth * values * (1 + 1e-12)).all()
        if name != "poly":
            right = at >= 0
            tight = number(chain[f"{name}_Ce"], {a: tail})
            assert (values[right] <= tight * slopes[right] * (1 + 1e-12)).all()
        for move in (-0.999, -0.5, 0.1, 0.999):  # the quoted quadratic upper bound
            moved = np.array([loss(v + move) for v in at])
            assert (moved <= values - slopes * move + smooth * slopes * move**2 + 1e-12).all()

    @pytest.mark.parametrize(("name", "tail"), SHAPES)
    def test_rho_against_its_minimum_on_a_grid(self, name, tail):
        chain = MORE["loss_constants"]()
        loss = sp.lambdify(z, chain[f"{name}_l"].subs(a, tail))
        bound = sp.lambdify(lam, chain[f"{name}_rho"].subs(a, tail))
        for size in (1.0, 10.0, 1e4, 1e8):
            grid = np.linspace(0, max(30 / tail, size ** (1 / (tail + 2))) * 1.2, 4001)
            least = min(size * loss(v) + v**2 for v in grid)
            assert bound(size) / 6 < least <= bound(size) * (1 + 1e-12)

    def test_lemma_32(self):
        chain = MORE["lemma32"]()
        assert (chain["constant"], chain["printed"]) == (15, 16)

    @pytest.mark.parametrize(("name", "tail"), [("logistic", 1.0), ("exp", 2.0), ("poly", 1.0)])
    @pytest.mark.parametrize("stepsize", [1.0, 16.0])
    def test_the_averages_hold_on_the_pair(self, name, tail, stepsize):
        chain, table = MORE["general_bounds"](), MORE["loss_constants"]()
        loss, slope = (sp.lambdify(z, table[f"{name}_{key}"].subs(a, tail), "math") for key in "lg")
        (first, second), total, w = pair(0.09)[0], 0.0, np.zeros(2)
        for _ in range(5000):
            m1, m2 = float(first @ w), float(second @ w)
            total += (loss(m1) + loss(m2)) / 2
            w = w + stepsize / 2 * (slope(m1) * first + slope(m2) * second)
        values = {lam: 0.09**2 * stepsize * 5000, C_g: number(table[f"{name}_Cg"], {a: tail}), eta: stepsize}
        values[rho] = number(table[f"{name}_rho"], values | {a: tail})
        sharp, quoted = number(chain["avg_linear"], values), number(chain["avg"], values)
        assert 0.01 * sharp < total / 5000 <= sharp < quoted

    def test_the_stable_threshold(self):
        chain = MORE["general_bounds"]()
        values = {C_b: sp.E / 2, l_0: sp.log(2), eta: 10, n: 4}
        assert number(chain["threshold"], values) == pytest.approx(1 / (30 * math.e**2))
        assert number(chain["stable"], {rho: 2, lam: 3}) == 10


class TestPolynomialTail:
    @pytest.mark.parametrize("tail", [0.5, 1.0, 2.0])
    def test_descent_on_one_point_follows_the_law(self, tail):
        chain, steps, at, margin = MORE["poly_rates"](), 200_000, 0.0, 0.5
        for _ in range(steps):
            at += 4 * margin**2 * tail * (1 + at) ** (-tail - 1)
        law = chain["fixed_law"].subs({a: sp.nsimplify(tail), gamma: 0.5, eta: 4})
        assert (1 + at) ** -tail / law(float(steps)) == pytest.approx(1, abs=0.01)

    def test_table_1(self):
        chain = MORE["poly_rates"]()
        shown = [
            chain[f"table1_{name}"].subs(a, v) for name, v in (("small", sp.Rational(1, 2)), ("small", 1), ("large", 2))
        ]
        assert shown == [sp.Rational(1, 4), sp.Rational(1, 2), sp.Rational(3, 4)]
        assert chain["table1_small"].subs(a, 1) == chain["table1_large"].subs(a, 1)
        assert chain["stepsize_exponent_small"].subs(a, 1) == chain["stepsize_exponent_large"]
        assert chain["fixed_exponent"].subs(a, 2) == sp.Rational(1, 2)

    @pytest.mark.parametrize(("tail", "name"), [(0.5, "small"), (2.0, "large")])
    def test_table_1_by_simulation_on_one_point(self, tail, name):
        chain, losses = MORE["poly_rates"](), []
        for budget in (2**13, 2**17):
            stepsize = 0.5 * (budget / 4096) ** number(chain[f"stepsize_exponent_{name}"], {a: tail})
            at = 0.0
            for _ in range(budget):
                at += stepsize * tail * (1 + at) ** (-tail - 1)
            losses.append((1 + at) ** -tail)
        slope = math.log2(losses[0] / losses[1]) / 4
        assert slope == pytest.approx(number(chain[f"table1_{name}"], {a: tail}), abs=0.02)


class TestAdaptive:
    @pytest.mark.parametrize(("margin", "stepsize", "steps"), [(0.1, 1.0, 60), (0.1, 50.0, 250), (0.3, 10.0, 20)])
    def test_the_comparator_by_numeric_minimisation(self, margin, stepsize, steps):
        chain, values = MORE["adaptive_exp"](), {gamma: margin, eta: stepsize, t: steps}

        def objective(size):
            return -margin * size + (size + stepsize / (2 * margin)) ** 2 / (2 * stepsize * steps)

        found = optimize.minimize_scalar(objective, bounds=(0, 1e4), method="bounded", options={"xatol": 1e-9})
        assert found.x == pytest.approx(number(chain["theta"], values), rel=1e-4)
        assert found.fun == pytest.approx(number(chain["bound"], values), rel=1e-8)
        assert number(chain["valid_from"], values) <= steps

    @pytest.mark.parametrize("stepsize", [1.0, 10.0, 50.0])
    def test_the_average_of_ln_F_stays_below_the_bound(self, stepsize):
        chain, (points, weights) = MORE["adaptive_exp"](), pair(0.1)
        bound = sp.lambdify(t, chain["bound"].subs({gamma: 0.1, eta: stepsize}))
        w, total, start = np.zeros(2), 0.0, number(chain["valid_from"], {gamma: 0.1})
        for step in range(1, 251):
            exponents = np.log(weights) - points @ w
            value = np.logaddexp.reduce(exponents)
            total += value
            w = w + stepsize * np.exp(exponents - value) @ points
            assert step < start or total / step <= bound(step)

    def test_the_mean_loss_is_not_convex_after_the_transform(self):
        chain, at = MORE["phi_hessian"](), {m_1: -1, m_2: -3}
        shown = [number(chain[f"hessian_{which}"], at) for which in ("11", "22", "12")]
        assert shown == pytest.approx([0.0916, -0.00709, -0.0250], rel=5e-3)
        assert number(chain["determinant"], at) == pytest.approx(-0.00127453, abs=5e-9)
        assert number(chain["determinant_sum"], at) > 0

    @pytest.mark.parametrize(("name", "share"), [("determinant", 0.5), ("determinant_sum", 1.0)])
    def test_determinants_by_finite_differences(self, name, share):
        def phi(first, second):
            return mpmath.log(
                mpmath.expm1(share * (mpmath.log1p(mpmath.exp(-first)) + mpmath.log1p(mpmath.exp(-second))))
            )

        for at in ((-1, -3), (0.5, 2), (-2, 1)):
            with mpmath.workdps(40):
                second, other, mixed = (mpmath.diff(phi, at, order) for order in ((2, 0), (0, 2), (1, 1)))
                expected = float(second * other - mixed**2)
            assert number(MORE["phi_hessian"]()[name], {m_1: at[0], m_2: at[1]}) == pytest.approx(expected, rel=1e-8)


class TestSgd:
    def test_sure_bounds_along_a_run(self, rng):
        chain, (points, _), steps = MORE["sgd_bounds"](), pair(0.09), 20_000
        for stepsize in (1.0, math.log(steps), math.sqrt(steps)):
            values, w, total, mistakes, widest = {gamma: 0.09, eta: stepsize, t: steps}, np.zeros(2), 0.0, 0, 0.0
            for row in rng.integers(2, size=steps):
                point = points[row]
                m = float(point @ w)
                total, mistakes = total + softplus(-m), mistakes + (m <= 0)
                w = w + stepsize * sigmoid(-m) * point
                widest = max(widest, math.hypot(*w))
            assert total / steps <= number(chain["loss_surely"], values)
            assert widest <= number(chain["norm_surely"], values)
            assert mistakes <= number(chain["mistakes"], values)

    def test_a_logarithmic_stepsize_has_the_smallest_bound(self):
        chain = MORE["sgd_bounds"]()
        for name in ("law_one", "law_sqrt", "law_t"):
            assert chain["law_log"] < chain[name]
        bound = sp.lambdify(eta, chain["loss_surely"].subs({gamma: 1, t: 1e200}), "numpy")
        best = optimize.minimize_scalar(lambda x: math.log(bound(math.exp(x))), bounds=(0, 20), method="bounded")
        assert math.exp(best.x) / math.log(1e200) == pytest.approx(float(chain["best_constant"]), rel=0.03)

    def test_the_population_bounds_are_those_of_the_text(self):
        chain, values = MORE["sgd_bounds"](), {gamma: 0.1, eta: 2.0, t: 5e4, delta: 0.01}
        grown = 0.01 * 2 * 5e4
        noise, B = math.log(100) / 5e4, math.sqrt(2) + 2 * math.log(grown) + 2
        loss = (2 + 2 * math.log(grown) ** 2 + 2) / grown + (3 + 2 * math.log(grown) + 2) / 0.1 * 18 * noise
        assert number(chain["population_loss"], values) == pytest.approx(loss, rel=1e-12)
        assert number(chain["error"], values) == pytest.approx(4 * B / grown + 36 * noise, rel=1e-12)


def test_the_share_of_the_budget_does_not_depend_on_the_stepsize():
    assert c not in MORE["imbalanced"]()["tau_over_T"].free_symbols
