"""Derivations of the large-stepsize paper on special samples: perceptron, imbalance, first step, no margin."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import optimize

from theorylab.papers.large_stepsize.derivations import MORE
from theorylab.papers.large_stepsize.derivations.symbols import T, d, eta, gamma, n, q, r, t, tau


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


def pair(margin):
    side = math.sqrt(1 - margin**2)
    return np.array([[margin, side], [margin, -side / 2]]), np.array([0.5, 0.5])


def light(margin, copies, low):
    side = math.sqrt(1 - margin**2)
    return np.array([[margin, side], [margin, -low]]), np.array([1 - 1 / copies, 1 / copies])


def perceptron_exit(points, weights):
    """First t at which every margin is positive, and the misclassified fractions until then (ties half)."""
    v, step, shares = weights @ points / 2, 1, [0.5]
    while not (points @ v > 0).all():
        wrong = (points @ v < 0) * weights
        v, step = v + wrong @ points, step + 1
        shares.append(wrong.sum())
    return step, shares


def descend(points, weights, stepsize, steps, until=0.0):
    """(t, L) of GD from 0 on the logistic loss of two points: after `steps`, or as soon as L <= until."""
    (first, second), (p1, p2) = points.tolist(), weights.tolist()
    w1 = w2 = 0.0
    for step in range(steps + 1):
        m1, m2 = first[0] * w1 + first[1] * w2, second[0] * w1 + second[1] * w2
        loss = p1 * softplus(-m1) + p2 * softplus(-m2)
        if loss <= until or step == steps:
            return step, loss
        g1, g2 = p1 * sigmoid(-m1), p2 * sigmoid(-m2)
        w1 += stepsize * (g1 * first[0] + g2 * second[0])
        w2 += stepsize * (g1 * first[1] + g2 * second[1])


def softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def sigmoid(x):
    e = math.exp(-abs(x))
    return 1 / (1 + e) if x >= 0 else e / (1 + e)


class TestPerceptron:
    @pytest.mark.parametrize("margin", [0.01, 0.02, 0.05, 0.09])
    def test_exit_of_the_pair(self, margin):
        found, _ = perceptron_exit(*pair(margin))
        assert 0 <= found - number(MORE["perceptron"]()["tau_inf"], {gamma: margin}) < 3

    def test_constant_and_exponent_are_those_of_simulated_exits(self):
        chain, margins = MORE["perceptron"](), np.array([0.004, 0.008, 0.016])
        exits = np.array([perceptron_exit(*pair(m))[0] for m in margins])
        slope = np.polyfit(np.log(margins), np.log(exits), 1)[0]
        assert -slope == pytest.approx(float(chain["tau_inf_exponent"]), abs=0.01)
        assert exits[0] * margins[0] ** 2 == pytest.approx(float(chain["tau_inf_constant"]), rel=1e-3)

    def test_large_steps_leave_when_the_perceptron_does(self):
        points, weights = pair(0.05)
        stepsize = 2.0**16
        found, _ = descend(points, weights, stepsize, 1000, until=1 / stepsize)
        assert abs(found - number(MORE["perceptron"]()["tau_inf"], {gamma: 0.05})) < 4

    def test_the_bounds_on_random_data(self, rng):
        chain = MORE["perceptron"]()
        for size in (3, 8, 20):
            points = rng.standard_normal((size, 3))
            points[:, 0] = np.abs(points[:, 0]) + 0.05
            points /= np.linalg.norm(points, axis=1).max()
            values = {gamma: points[:, 0].min(), n: size}  # the margin of w* = e1
            found, shares = perceptron_exit(points, np.full(size, 1 / size))
            assert found <= number(chain["tau_bound"], values)
            assert sum(shares) <= number(chain["sum_bound"], values)


class TestImbalanced:
    @pytest.mark.parametrize(("copies", "stepsize"), [(300, 2.0**10), (1000, 1e4), (3000, 2.0**16), (1000, 1000.0)])
    @pytest.mark.parametrize("own", [False, True])
    def test_tau_for_large_stepsizes(self, copies, stepsize, own):
        low = 0.1 if own else math.sqrt(0.99) / 2
        law = number(MORE["imbalanced"]()["tau_large"], {gamma: 0.1, n: copies, eta: stepsize, d: low})
        found, _ = descend(*light(0.1, copies, low), stepsize, 20_000, until=1 / stepsize)
        assert found == pytest.approx(law, rel=0.03)

    @pytest.mark.parametrize("margin", [0.02, 0.1, 0.2])
    def test_leading_term_for_d_equal_gamma(self, margin):
        law = number(MORE["imbalanced"]()["tau_large_d_gamma"], {gamma: margin, n: 1000})
        found, _ = descend(*light(margin, 1000, margin), 1e6, 30_000, until=1e-6)
        tail = 1 / (2 * margin**2)  # 1/B2 of the full formula
        assert found - tail == pytest.approx(law, rel=0.03)

    @pytest.mark.parametrize("stepsize", [128.0, 512.0])
    def test_tau_where_n_is_a_sixteenth_of_eta_squared(self, stepsize):
        chain, copies, low = MORE["imbalanced"](), stepsize**2 / 16, math.sqrt(0.99) / 2
        law = number(chain["tau_middle"], {gamma: 0.1, n: copies, eta: stepsize, d: low})
        found, _ = descend(*light(0.1, copies, low), stepsize, 20_000, until=1 / stepsize)
        assert found == pytest.approx(law, rel=0.03)
        share = number(chain["tau_sq_over_n"], {gamma: 0.1, d: low})
        assert found / copies == pytest.approx(share, rel=0.03) and share == pytest.approx(0.70, abs=0.005)

    def test_exponents_by_simulation(self):
        chain, low = MORE["imbalanced"](), math.sqrt(0.99) / 2
        for name, copies in (("slope_coupled", lambda e: e), ("exponent_sq", lambda e: e**2 / 16)):
            found = [descend(*light(0.1, copies(e), low), e, 20_000, until=1 / e)[0] for e in (256.0, 512.0)]
            assert math.log2(found[1] / found[0]) == pytest.approx(float(chain[name]), abs=0.05)

    @pytest.mark.parametrize(("stepsize", "holds"), [(1e4, False), (1e5, True)])
    def test_the_heavy_point_delays_the_exit_where_its_margin_is_small(self, stepsize, holds):
        chain, low = MORE["imbalanced"](), math.sqrt(1 - 1e-4) / 2
        values = {gamma: 0.01, n: 1000, eta: stepsize, d: low}
        assert (stepsize * number(chain["heavy_margin"], values) > math.log(stepsize)) == holds
        found, _ = descend(*light(0.01, 1000, low), stepsize, 3000, until=1 / stepsize)
        assert (abs(found / number(chain["tau_large"], values) - 1) < 0.03) == holds

    @pytest.mark.parametrize("share", [0.25, 0.05])
    def test_the_family_with_n_a_quarter_of_the_budget(self, share):
        chain, budget, low = MORE["imbalanced"](), 2**15, math.sqrt(0.99) / 2
        data = light(0.1, budget / 4, low)
        found, _ = descend(*data, share * budget, budget, until=1 / (share * budget))
        assert found / budget == pytest.approx(number(chain["tau_over_T"], {gamma: 0.1}), rel=0.03)
        _, loss = descend(*data, share * budget, budget)
        values = {gamma: 0.1, d: low, eta: share * budget, T: budget, tau: found}
        assert loss == pytest.approx(number(chain["loss_prefactor"], values), rel=0.03)

    def test_the_largest_tau_over_n_by_a_scan(self):
        chain, values = MORE["imbalanced"](), {gamma: 0.1, d: math.sqrt(0.99) / 2, eta: 100.0}
        along = sp.lambdify(n, chain["tau_middle"].subs(values))
        copies = np.linspace(1, 3000, 300_001)
        assert along(copies).max() == pytest.approx(number(chain["max_over_n"], values), rel=1e-6)
        assert copies[along(copies).argmax()] == pytest.approx(number(chain["worst_n"], values), rel=1e-3)


class TestCertificate:
    WITNESS = {gamma: sp.Rational(3, 10), d: sp.sqrt(91) / 20, n: 82125000, eta: 30000}

    def test_the_floor_at_the_witness_with_fifty_digits(self):
        chain = MORE["certificate"]()
        assert chain["witness_tau"] == 20_000_000
        with mpmath.workdps(50):
            low = mpmath.sqrt(91) / 20
            copies, stepsize, steps = 82125000, 30000, 60 * 30000 / mpmath.mpf("0.09")
            cross, square = mpmath.mpf("0.09") - mpmath.sqrt(91) / 10 * low, mpmath.mpf("0.09") + low**2
            first = mpmath.mpf(stepsize) / 2 * ((1 - mpmath.mpf(1) / copies) * cross + square / copies)
            bound = first + (steps - 1) * stepsize * square / copies
            floor = mpmath.log(1 + mpmath.exp(-bound)) / copies
            assert floor > mpmath.mpf(1) / stepsize
            values = self.WITNESS | {t: 20_000_000}
            shown = chain["loss_floor"].subs(values).evalf(50), chain["m2_bound"].subs(values).evalf(50)
            for ours, theirs in zip((floor, bound), shown, strict=True):
                assert abs(ours / mpmath.mpf(str(theirs)) - 1) < mpmath.mpf(10) ** -45

    def test_the_lower_bound_on_tau_at_the_witness(self):
        chain = MORE["certificate"]()
        last = chain["tau_lower"].subs(self.WITNESS)
        assert sp.N(last) == pytest.approx(2.360e7, rel=1e-3)
        assert sp.N(30000 * chain["loss_floor"].subs(self.WITNESS).subs(t, last), 30) == pytest.approx(1, abs=1e-15)
        late = chain["loss_floor"].subs(self.WITNESS | {t: 24_000_000})
        assert sp.N(late) < 1 / 30000

    def test_floor_and_bound_hold_along_a_run_that_meets_them(self):
        margin, copies, stepsize, low = 0.1, 500.0, 100.0, math.sqrt(0.99) / 2
        chain, values = MORE["certificate"](), {gamma: margin, n: copies, eta: stepsize, d: low}
        floor = sp.lambdify(t, chain["loss_floor"].subs(values))
        bound = sp.lambdify(t, chain["m2_bound"].subs(values))
        points, weights = light(margin, copies, low)
        w = stepsize * weights @ points / 2
        for step in range(1, 600):
            margins = points @ w
            assert margins[1] <= bound(step) + 1e-9
            assert weights @ np.logaddexp(0, -margins) >= floor(step) * (1 - 1e-12)
            if step in (1, 100):
                assert margins[1] == pytest.approx(bound(step), abs=0.01)
            w = w + stepsize * (weights / (1 + np.exp(margins))) @ points
        found, _ = descend(points, weights, stepsize, 5000, until=1 / stepsize)
        assert number(chain["tau_lower"], values) <= found <= 1.03 * number(chain["tau_lower"], values) + 1


class TestFirstStep:
    @pytest.mark.parametrize("margin", [0.02, 0.05, 0.09])
    def test_the_root_separates_rising_first_steps(self, margin):
        chain, (points, weights) = MORE["first_step"](), pair(margin)
        condition = sp.lambdify(eta, chain["condition"].subs(gamma, margin))
        root = optimize.brentq(condition, 1, 100)
        assert number(chain["hessian_limit"], {gamma: margin}) < root < number(chain["pair_limit"])
        assert number(chain["root_above"], {gamma: margin}) < root
        for stepsize, rises in ((0.999 * root, False), (1.001 * root, True)):
            _, loss = descend(points, weights, stepsize, 1)
            assert (loss > math.log(2)) == rises

    @pytest.mark.parametrize("margin", [0.02, 0.09])
    def test_curvature_at_zero(self, margin):
        chain, (points, weights) = MORE["first_step"](), pair(margin)
        hessian = (points.T * weights) @ points / 4
        assert number(chain["lambda_max"], {gamma: margin}) == pytest.approx(np.linalg.eigvalsh(hessian)[-1], rel=1e-12)
        means = points @ (weights @ points)
        assert [number(chain[name], {gamma: margin}) for name in ("a_1", "a_2")] == pytest.approx(means, rel=1e-12)

    def test_lemma_14_on_random_data(self, rng):
        lemma = sp.lambdify((q, r), MORE["first_step"]()["lemma14"])
        used = 0
        for _ in range(600):
            points = rng.standard_normal((9, 2)) + 0.2
            means = points @ points.mean(0)
            level = -np.median(means)
            if level <= 0:
                continue
            share = (means <= -level).mean()
            stepsize, used = 1.0001 * lemma(share, level), used + 1
            assert np.logaddexp(0, -means * stepsize / 2).mean() > math.log(2)
        assert used > 20

    def test_the_quoted_value(self):
        assert number(MORE["first_step"]()["pair_limit"]) == pytest.approx(27.73, abs=0.005)


class TestNonSeparable:
    @pytest.mark.parametrize(("stepsize", "converges"), [(10.0, True), (10.6, True), (10.8, False), (12.0, False)])
    def test_descent_converges_up_to_the_critical_stepsize(self, stepsize, converges):
        chain = MORE["nonseparable"]()
        at = number(chain["minimiser"]) + 1e-3
        for _ in range(3000):
            at += stepsize * (0.75 * sigmoid(-at) - 0.25 * sigmoid(at))
        assert (abs(at - number(chain["minimiser"])) < 1e-6) == converges == (stepsize < number(chain["critical"]))

    def test_curvature_by_finite_differences(self):
        chain = MORE["nonseparable"]()

        def loss(at):
            return 0.75 * softplus(-at) + 0.25 * softplus(at)

        at = number(chain["minimiser"])
        curvature = (loss(at + 1e-3) - 2 * loss(at) + loss(at - 1e-3)) / 1e-6
        assert curvature == pytest.approx(number(chain["curvature"]), rel=1e-5)
        assert min((loss(v), v) for v in np.linspace(0, 3, 3001))[1] == pytest.approx(at, abs=1e-3)
