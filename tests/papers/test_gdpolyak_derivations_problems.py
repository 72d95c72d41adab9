"""Derivations of the GDPolyak paper on its problems and limits, against random matrices, quadrature and recursions."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from theorylab.papers.gdpolyak.derivations import ALL
from theorylab.papers.gdpolyak.derivations.matrix_factorisation import excess
from theorylab.papers.gdpolyak.derivations.neuron import C, V, alpha
from theorylab.papers.gdpolyak.derivations.symbols import K, L, c, delta, eps, eta, f, lam, p, rho
from theorylab.theory import Rate

RHO, LAM = sp.Rational(3, 4), 20  # the curved ravine of the paper: a = 10, eta = 1/80


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


class TestMatrixFactorisation:
    def test_hessian_eigenvalues_by_finite_differences_of_the_gradient(self):
        sigma, step = np.array([1.0, 0.5]), 1e-5
        target, solution = np.diag([1.0, 0.5, 0.0, 0.0]), np.zeros((4, 3))
        solution[0, 0], solution[1, 1] = np.sqrt(sigma)

        def gradient(flat):
            B = flat.reshape(4, 3)
            return ((B @ B.T - target) @ B).ravel()

        flat = solution.ravel()
        rows = [(gradient(flat + step * e) - gradient(flat - step * e)) / (2 * step) for e in np.eye(12)]
        found = {round(v, 6) for v in np.linalg.eigvalsh(np.array(rows)) if v > 1e-6}
        first, second = sp.symbols("sigma_1 sigma_2", positive=True)
        stated = ALL["matrix_factorisation"]()["hessian_eigenvalues"]
        assert found == {round(number(e, {first: 1.0, second: 0.5}), 6) for e in stated}

    def test_descent_on_the_singular_values_follows_the_law(self):
        values, steps = np.array([0.3, 0.1]), 100_000
        for _ in range(steps):
            values -= 0.25 * values**3
        law = ALL["matrix_factorisation"]()["gd_gap_law"].subs({excess: 2, eta: 0.25})
        assert (values**4).sum() / 4 / law(float(steps)) == pytest.approx(1, abs=0.01)

    def test_polyak_factors(self):
        chain = ALL["matrix_factorisation"]()
        shown = [chain[n] for n in ("distance_factor", "gap_factor", "step_growth", "imbalance_contraction")]
        assert shown == [sp.Rational(3, 4), sp.Rational(81, 256), sp.Rational(16, 9), sp.Rational(1, 3)]


class TestNeuron:
    @staticmethod
    def loss(w1, w2, v):
        def h(first, second):
            norms = mpmath.norm(first) * mpmath.norm(second)
            angle = mpmath.acos(sum(i * j for i, j in zip(first, second, strict=True)) / norms)
            return norms * (mpmath.sin(angle) - angle * mpmath.cos(angle)) / (2 * mpmath.pi)

        residual = sum((i + j - t) ** 2 for i, j, t in zip(w1, w2, v, strict=True))
        return residual / 4 + h(w1, w2) - h(w1, v) - h(w2, v)

    def test_the_loss_is_cubic_with_the_derived_constant(self):
        with mpmath.workdps(50):
            share, radius, teacher = mpmath.mpf("0.3"), mpmath.mpf("1e-8"), (mpmath.mpf(2), mpmath.mpf(0))
            loss = self.loss((share * 2, radius), ((1 - share) * 2, -radius), teacher)
            constant = number(ALL["neuron"]()["constant"], {alpha: sp.Rational(3, 10), V: 2})
            assert float(loss / radius**3) == pytest.approx(constant, rel=1e-6)

    def test_descent_law_along_the_ravine(self):
        # f = C r^3 in r: the neurons w1 and w2 move by r each, so r' = -(eta/2) f'(r)
        at, steps = 0.1, 100_000
        for _ in range(steps):
            at -= 0.5 / 2 * 3 * at**2
        law = ALL["neuron"]()["gd_gap_law"].subs({C: 1, eta: sp.Rational(1, 2)})
        assert at**3 / law(float(steps)) == pytest.approx(1, abs=2e-3)

    def test_the_machine_makes_the_naive_loss_eleven_eighths_of_the_true_one(self):
        d = 2.0**-30
        cosine = 1 - d
        naive = math.sqrt(1 - cosine * cosine) - cosine * math.acos(cosine)
        with mpmath.workdps(40):
            angle = mpmath.acos(1 - mpmath.mpf(d))
            true = mpmath.sin(angle) - angle * mpmath.cos(angle)
        chain = ALL["naive_neuron"]()
        assert naive / float(true) == pytest.approx(float(chain["ratio"]), rel=1e-4)
        shown = [number(chain[n]) for n in ("distance_factor", "gap_factor", "step_growth")]
        assert shown == pytest.approx([0.5417, 0.1589, 1.846], abs=5e-4)


class TestLimits:
    def test_an_underestimated_optimum_overshoots_below_the_threshold(self):
        chain, values = ALL["wrong_f_star"](), {p: 4, delta: 1e-6}
        threshold = number(chain["overshoot_threshold"], values)
        assert threshold == pytest.approx(1e-6 / 7, rel=1e-12)
        assert number(chain["multiplier"], values | {f: 0.99 * threshold}) < -1
        assert -1 < number(chain["multiplier"], values | {f: 1.01 * threshold}) < 0

    @pytest.mark.parametrize("wrong", [1e-4, 1e-6, 1e-8])
    def test_an_overestimated_optimum_stalls_between_the_derived_edge_and_delta(self, wrong):
        size, short, at = 0.0125, 150, 0.3
        for _ in range(40):
            for _ in range(short):
                at -= size * 4 * at**3
            before = at**4
            at -= (at**4 - wrong) / (4 * at**3)
        chain = ALL["wrong_f_star"]()
        lower = number(chain["stall_lower"], {p: 4, c: 1, eta: size, K: short, delta: wrong})
        assert lower < before / wrong < 1
        deficit = chain["stall_deficit"].subs({p: 4, c: 1, eta: size, K: short})(wrong)
        assert 1 - lower == pytest.approx(deficit, rel=2 * deficit)

    def test_rounding_floor(self):
        chain = ALL["rounding_floor"]()
        assert (chain["dist_exponent"].subs(p, 4), chain["gap_exponent"].subs(p, 4)) == (
            sp.Rational(1, 3), sp.Rational(4, 3))  # fmt: skip
        values = {p: 4, c: 1, lam: LAM, eps: 2.0**-52}
        floor = chain["dist_floor"].subs(values)(1.0)
        assert 4 * floor**3 == pytest.approx(LAM * 2.0**-52, rel=1e-12)

    def test_the_misprinted_stepsize_is_beyond_the_limit(self):
        chain = ALL["long_step"]()
        assert chain["stability_limit"].subs(lam, LAM) < sp.Rational(1, 8)
        assert chain["multiplier"].subs({lam: LAM, eta: sp.Rational(1, 8)}) == -sp.Rational(3, 2)


class TestSensing:
    def test_the_population_factor_on_gaussian_samples(self, rng):
        Z = np.array([[1.0, 0.3, -0.2], [0.3, -0.5, 0.1], [-0.2, 0.1, 0.7]])
        first, second = rng.standard_normal((2, 400_000, 3))
        inner = ((first @ Z) * first).sum(1) - ((second @ Z) * second).sum(1)
        assert (inner**2).mean() / (Z**2).sum() == pytest.approx(float(ALL["sensing"]()["isserlis_factor"]), rel=0.02)
        assert ALL["sensing"]()["population_factor"] == 16

    def test_four_times_the_stepsize_on_a_quarter_of_the_loss(self):
        ratio = float(ALL["mse_identity"]()["stepsize_ratio"])
        at = quarter = 0.9
        for step in range(12):
            slope, value = 4 * at**3, at**4
            small, small_value = quarter**3, quarter**4 / 4
            if step % 4 == 3:
                at, quarter = at - value / slope, quarter - small_value / small
            else:
                at, quarter = at - 0.05 * slope, quarter - ratio * 0.05 * small
            assert quarter == pytest.approx(at, rel=1e-13)


def test_the_accuracy_law_is_the_inverse_of_the_best_number_of_short_steps():
    chain = ALL["fixed_k"]()
    accuracy = Rate.of(-sp.expand_log(sp.log(chain["dist_end"].subs({p: 4, rho: RHO, lam: 1, c: 1})), force=True), K)
    assert sp.simplify(accuracy.invert(L).constant - chain["best_K"].subs({p: 4, rho: RHO}).constant) == 0
