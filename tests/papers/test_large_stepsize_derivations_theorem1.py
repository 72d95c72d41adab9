"""Derivations around Theorem 1 of the large-stepsize paper against other routes: simulated runs, root finding."""

import functools
import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from theorylab.papers.large_stepsize.derivations.corollary import corollary2
from theorylab.papers.large_stepsize.derivations.eos import norm_lemmas, split_bound
from theorylab.papers.large_stepsize.derivations.rates import inverse_increment
from theorylab.papers.large_stepsize.derivations.stable import log_free, stable_phase
from theorylab.papers.large_stepsize.derivations.symbols import (
    F,
    L,
    R,
    T,
    X,
    eta,
    gamma,
    kappa,
    l,
    n,
    s,
    t,
    theta,
    x,
)
from theorylab.papers.large_stepsize.derivations.transition import transition
from theorylab.theory import Strength
from theorylab.theory.derivation import check_step


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


def curve(expr, values, variable, at):
    return sp.lambdify(variable, sp.sympify(expr).subs(values), "numpy")(at)


class Run:
    """Gradient descent on points z (rows), equal weights; entry k belongs to w_k."""

    def __init__(self, z, size, steps):
        z, w = np.asarray(z), np.zeros(2)
        rows = []
        for _ in range(steps + 1):
            margins = z @ w
            slopes = 1 / (1 + np.exp(np.minimum(margins, 700)))
            rows.append((*w, *margins))
            w = w + size * (slopes @ z) / len(z)
        self.w = np.array(rows)[:, :2]
        margins = np.array(rows)[:, 2:]
        self.log_loss = np.log(np.logaddexp(0, -margins).mean(axis=1))
        self.loss, self.F = np.exp(self.log_loss), np.exp(np.minimum(-margins, 700)).mean(axis=1)
        self.G = (1 / (1 + np.exp(np.minimum(margins, 700)))).mean(axis=1)
        self.t = np.arange(1, steps + 1)
        self.norm = np.linalg.norm(self.w, axis=1)[1:]
        self.mean_loss, self.mean_G = (np.cumsum(v)[:-1] / self.t for v in (self.loss, self.G))
        self.increases = np.flatnonzero(np.diff(self.log_loss) > 1e-12 * (1 + abs(self.log_loss[1:]))) + 1

    def first_below(self, level):
        return int(np.argmax(self.loss <= level))


@functools.cache
def pair(margin, size, steps):
    side = math.sqrt(1 - margin**2)
    return Run([(margin, side), (margin, -side / 2)], size, steps)


SIZES = (1, 4, 64, 1024)


class TestOscillatingPhase:
    @pytest.mark.parametrize("size", SIZES)
    def test_the_mean_loss_stays_below_the_bound_at_every_step(self, size):
        run, chain, values = pair(0.05, size, 12_000), split_bound(), {gamma: 0.05, eta: size}
        for name in ("eos_bound", "eos_bound_zero"):
            assert (run.mean_loss / curve(chain[name], values, t, run.t)).max() < 1
        for at in run.t[0.05**2 * size * run.t >= max(1, size / 2)][::1000]:
            best = values | {theta: number(chain["optimal_theta"], values | {t: at}), t: at}
            optimised = number(chain["optimised"], best)
            assert run.mean_loss[at - 1] < optimised <= number(chain["eos_bound"], best)

    @pytest.mark.parametrize(("size", "without_square", "without_u2"), [(64, 4.67, 7.59), (1024, 256, 689)])
    def test_without_its_eta_term_or_without_u2_the_bound_fails_by_the_expected_factor(
        self, size, without_square, without_u2
    ):
        run, chain, values = pair(0.05, size, 12_000), split_bound(), {gamma: 0.05, eta: size}
        admitted = 0.05**2 * size * run.t >= 1
        control = curve(chain["no_eta2"], values, t, run.t)
        assert (run.mean_loss / control)[admitted].max() == pytest.approx(without_square, rel=0.01)
        at = run.t[admitted]
        lengths = np.log(0.05**2 * size * at) / 0.05
        target = np.stack([lengths, 0 * lengths], axis=1)
        lhs = ((run.w[at] - target) ** 2).sum(axis=1) / (2 * size * at) + run.mean_loss[at - 1]
        rhs = sp.lambdify((l, t), chain["no_u2_rhs"].subs(values), "numpy")(0.05 * lengths, at)
        assert (lhs / rhs).max() == pytest.approx(without_u2, rel=0.01)
        shifted = target + [number(chain["u2_norm"], values), 0]
        lhs = ((run.w[at] - shifted) ** 2).sum(axis=1) / (2 * size * at) + run.mean_loss[at - 1]
        rhs = sp.lambdify((l, t), chain["split_with_u2"].subs(values), "numpy")(0.05 * lengths, at)
        assert (lhs / rhs).max() <= 1

    @pytest.mark.parametrize("values", [{gamma: 0.1, eta: 3.0, t: 1e4}, {gamma: 0.02, eta: 30.0, t: 2e5}])
    def test_the_optimal_comparator_is_the_minimum(self, values):
        chain = split_bound()
        best, at = chain["optimised"].subs(values), number(chain["optimal_theta"], values)
        assert number(best, {theta: at}) == pytest.approx(number(chain["optimised_value"], values), rel=1e-12)
        assert number(chain["stationarity"], values | {theta: at}) == pytest.approx(0, abs=1e-15)
        grid = curve(best, {}, theta, np.linspace(0, 3 * at, 3001))
        assert 1 - 1e-12 <= grid.min() / number(best, {theta: at}) <= 1 + 1e-5

    @pytest.mark.parametrize("size", SIZES)
    def test_norm_and_gradient_potential(self, size):
        run, chain, values = pair(0.05, size, 12_000), norm_lemmas(), {gamma: 0.05, eta: size}
        for name, measured in (("norm_bound", run.norm), ("potential_bound", run.mean_G)):
            always = measured / curve(chain[f"{name}_plus"], values, t, run.t)
            printed = (measured / curve(chain[name], values, t, run.t))[0.05**2 * size * run.t >= 1]
            assert 0 < always.max() < 1 and (len(printed) == 0 or 0 < printed.max() < 0.6)

    def test_the_printed_lemmas_are_false_before_lambda_is_one(self):
        run, chain, at = pair(0.05, 1, 12_000), norm_lemmas(), {gamma: 0.05, eta: 1, t: 1}
        assert run.norm[0] == pytest.approx(0.1273, abs=1e-4) and run.mean_G[0] == 0.5
        assert number(chain["norm_bound"], at) == pytest.approx(-191.4, abs=0.05)
        assert number(chain["potential_bound"], at) == pytest.approx(-3827, abs=1)


class TestTransition:
    def test_the_condition_holds_with_the_printed_tau_far_beyond_any_box(self):
        chain = transition()
        values = {gamma: 1}
        steps = sp.lambdify((eta, n), chain["tau"].subs(values), "math")
        lhs, rhs = (sp.lambdify((eta, n, t), chain[f"direct_{side}"].subs(values), "math") for side in ("lhs", "rhs"))
        ratios = [
            lhs(size, points, steps(size, points)) / rhs(size, points, steps(size, points))
            for size in 2.0 ** np.arange(-30, 61)
            for points in 2.0 ** np.arange(0, 41, 2)
        ]
        assert 0 < max(ratios) < 1

    def test_the_smallest_constant_in_place_of_60(self):
        lhs, rhs = (transition()[f"direct_{side}"].subs(gamma, 1) for side in ("lhs", "rhs"))
        sizes, points = np.meshgrid(2.0 ** np.arange(-10, 31), 2.0 ** np.arange(0, 21), indexing="ij")
        maximum = sp.lambdify((eta, n), transition()["tau"].subs(gamma, 1) / 60, "numpy")(sizes, points)
        left, right = sp.lambdify((eta, n, t), lhs, "numpy"), sp.lambdify((eta, n, t), rhs, "numpy")
        low, high = np.full(sizes.shape, 1e-3), np.full(sizes.shape, 60.0)
        for _ in range(60):  # bisection for the last constant at which the condition still fails
            middle = (low + high) / 2
            steps = middle * maximum
            fails = (left(sizes, points, steps) > right(sizes, points, steps)) | (sizes * steps < 1)
            low, high = np.where(fails, middle, low), np.where(fails, high, middle)
        where = np.unravel_index(high.argmax(), high.shape)
        assert (sizes[where], points[where]) == (2, 8)
        assert high.max() == pytest.approx(14.19, abs=0.01)
        assert high.max() < number(transition()["needed_constant"]) < 60

    @pytest.mark.parametrize(("margin", "size"), [(0.05, 4), (0.05, 64), (0.05, 1024), (0.09, 16)])
    def test_measured_ends_of_the_oscillations(self, margin, size):
        run = pair(margin, size, 12_000)
        end = int(np.argmax(run.F <= min(1 / size, 1 / 2)))
        ratio = end / number(transition()["tau"], {gamma: margin, eta: size, n: 2})
        assert 0 < ratio < 0.01
        assert run.loss[end] <= run.F[end] <= 2 * run.G[end]

    def test_without_n_the_bound_is_free_of_n_and_smaller(self):
        chain, values = transition(), {gamma: 0.3, eta: 3e4, n: 82_125_000}
        free = chain["tau_n_free"]
        assert n not in free.free_symbols
        # D4: the second point of imbalanced(.3, n, s/2) is classified after A^2 eta^2/(4 B2) steps
        side = math.sqrt(1 - 0.3**2)
        drift, square = (side**2 / 2 - 0.3**2) / 2, 0.3**2 + side**2 / 4
        exit_time = drift**2 * 3e4**2 / (4 * square)
        assert exit_time == pytest.approx(2.36e7, rel=0.01)
        assert number(free, values) < exit_time < number(chain["tau"], values)


class TestStablePhase:
    @pytest.mark.parametrize(("size", "largest"), [(1, 0.295), (4, 0.400), (64, 0.445), (1024, 2.43e-4)])
    def test_bounds_from_the_end_of_the_oscillations_on(self, size, largest):
        run = pair(0.05, size, 12_000)
        start = run.first_below(1 / size)
        assert 0 <= start < 6000
        after = np.arange(start + 1, 12_001)
        values = {gamma: 0.05, eta: size, s: start, F: float(run.F[start]), L: float(run.loss[start])}
        ratio = run.loss[after] / curve(stable_phase()["stable_bound_t"], values, t, after)
        assert ratio.max() == pytest.approx(largest, rel=0.01)
        ready = run.first_below(min(1 / size, math.log(2) / 2))
        values |= {s: ready, L: float(run.loss[ready])}
        later = np.arange(ready, 12_001)
        growth = curve(log_free()["bound"], values, t, later) * run.loss[later]
        assert growth.max() == pytest.approx(1, abs=1e-12) and growth[0] == growth.max()

    def test_the_bound_without_a_logarithm_needs_its_constant(self):
        run = pair(0.05, 4, 12_000)
        ready = run.first_below(1 / 4)
        values = {gamma: 0.05, eta: 4, s: ready, L: float(run.loss[ready]), kappa: 1}
        later = np.arange(ready, 12_001)
        ratio = curve(log_free()["bound_with"], values, t, later) * run.loss[later]
        assert ratio.max() == pytest.approx(1.11, abs=0.01)
        assert number(log_free()["constant"]) == pytest.approx(3.844, abs=5e-4)

    @pytest.mark.parametrize("size", SIZES)
    def test_no_increase_below_the_threshold(self, size):
        run = pair(0.05, size, 12_000)
        assert number(stable_phase()["threshold"], {eta: size}) == 2 / size
        assert (run.loss[run.increases - 1] > 2 / size).all()
        assert size < 20 or len(run.increases) > 5

    @pytest.mark.parametrize(("size", "expected"), [(6, 2), (8, 1), (10, 2), (12, 1)])
    def test_long_data_need_the_scaled_threshold(self, size, expected):
        run = Run([(1, 0.2), (-2, 0.2)], size, 3000)
        raw = number(stable_phase()["threshold"], {eta: size})
        scaled = number(stable_phase()["increase_threshold_raw"], {eta: size, R: math.sqrt(4.04)})
        assert (run.increases > run.first_below(raw)).sum() == expected
        assert (run.increases > run.first_below(scaled)).sum() == 0

    def test_the_two_forms_of_the_bound_agree(self):
        chain, values = stable_phase(), {gamma: 0.1, eta: 8.0, t: 1000.0, s: 30.0, F: 0.1}
        direct = number(chain["stable_bound"], {x: 0.01 * 8 * 970, F: 0.1})
        assert number(chain["stable_bound_t"], values) == pytest.approx(direct, rel=1e-12)
        assert direct == pytest.approx((0.2 + math.log(77.6) ** 2) / 77.6, rel=1e-12)


class TestCorollary:
    @pytest.mark.parametrize(("margin", "factor"), [(0.09, 1), (0.09, 2)])
    def test_the_run_of_the_corollary(self, margin, factor):
        chain = corollary2()
        budget = math.ceil(factor * number(chain["T_min"], {gamma: margin, n: 2}))
        size = number(chain["eta_star"], {gamma: margin, T: budget})
        run, values = Run([(margin, c) for c in (math.sqrt(1 - margin**2), -math.sqrt(1 - margin**2) / 2)], size,
                          budget), {gamma: margin, T: budget}  # fmt: skip
        assert run.first_below(1 / size) <= budget / 2
        sharper, printed = (run.loss[-1] / number(chain[f"{name}_T"], values) for name in ("sharper", "printed"))
        assert 1e-4 < printed < sharper < 0.05
        law = chain["loss_law"].subs({gamma: margin})(float(budget))
        assert run.loss[-1] / law == pytest.approx(1, abs=0.25)

    def test_local_slopes(self):
        chain = corollary2()
        for power, shown in ((4, -1.57), (6, -1.71), (8, -1.78)):
            assert number(chain[f"slope_1e{power}"]) == pytest.approx(shown, abs=0.006)
            assert number(chain["local_slope"], {X: 10**power}) == pytest.approx(number(chain[f"slope_1e{power}"]))
        for name, slope in (("printed", "local_slope"), ("sharper", "sharper_slope")):
            low, high = (math.log(number(chain[f"{name}_T"], {gamma: 0.1, T: 1e4 * f})) for f in (0.999, 1.001))
            measured = (high - low) / math.log(1.001 / 0.999)
            assert measured == pytest.approx(number(chain[slope], {X: 1e-4 * 1e8}), abs=1e-5)

    def test_laws(self):
        chain = corollary2()
        printed, sharper = chain["printed_law"], chain["sharper_law"]
        assert (printed.power, printed.log_power, printed.constant) == (-2, 2, 1920 / gamma**4)
        assert (sharper.power, sharper.log_power, sharper.constant) == (-2, 2, 960 / gamma**4)
        assert chain["exponent"] == 2

    def test_the_stepsize_balances_both_phases(self):
        budget, margin = 1e6, 0.1
        sizes = np.geomspace(1, 160, 4001)
        reached = 1 / (margin**2 * sizes * (budget - 60 * sizes / margin**2))
        values = {gamma: margin, T: budget}
        assert sizes[reached.argmin()] == pytest.approx(number(corollary2()["eta_star"], values), rel=2e-3)
        assert reached.min() == pytest.approx(number(corollary2()["loss_star"], values), rel=1e-5)


class TestRate:
    @pytest.mark.parametrize("size", [1, 4, 16])
    def test_the_increment_and_the_laws_along_a_run(self, size):
        run, chain, values = pair(0.09, size, 40_000), inverse_increment(), {gamma: 0.09, eta: size}
        slope = (1 / run.loss[-1] - 1 / run.loss[-10_001]) / 10_000
        assert slope / number(chain["increment"], values) == pytest.approx(1, abs=5e-3)
        assert slope / number(chain["increment"], values | {gamma: 0.18}) == pytest.approx(
            float(chain["wrong_gamma_ratio"]), abs=2e-3
        )
        assert run.loss[-1] / chain["loss_law"].subs(values)(40_000.0) == pytest.approx(1, abs=0.02)
        fitted = math.log(run.loss[-1] / run.loss[20_000]) / math.log(2)
        assert -fitted == pytest.approx(float(chain["t_exponent"]), abs=0.02)
        assert size * 40_000 * run.loss[-1] == pytest.approx(number(chain["plateau"], values), rel=0.02)

    def test_exponents(self):
        chain = inverse_increment()
        names = ("t_exponent", "eta_exponent", "prefactor", "wrong_gamma_ratio", "budget_exponent")
        assert [chain[name] for name in names] == [1, 1, 1, sp.Rational(1, 4), 2]


@pytest.mark.parametrize(
    ("build", "reason", "side", "change"),
    [
        (split_bound, "the printed bound, weaker", "rhs", lambda e: e.subs(eta**2 / 4, eta**2 / 5)),
        (split_bound, "the printed bound, weaker", "rhs", lambda e: e * sp.Rational(11, 10)),
        (transition, "their sum is less than 60 M", "rhs", lambda e: sp.Integer(36)),
        (transition, "r ln M <= (1 + 1/e) M where", "rhs", lambda e: sp.S.One),
        (stable_phase, "eta |grad|^2 <= eta L^2", "lhs", lambda e: 2 * e),
        (log_free, "where L <= 1/eta ln L falls", "rhs", lambda e: e * sp.Rational(101, 100)),
        (corollary2, "l = ln(X/240) >= 2 + ln 60", "rhs", lambda e: e * sp.Rational(11, 10)),
        (inverse_increment, "1/L_{t+1} - 1/L_t as", "rhs", lambda e: 2 * e),
    ],
)
def test_a_changed_step_fails(build, reason, side, change):
    (step,) = (step for step in build().steps if step.reason.startswith(reason))
    assert check_step(step, prove=False).strength > Strength.FAILED
    wrong = replace(step, **{side: change(getattr(step, side))})
    assert check_step(wrong, prove=False).strength == Strength.FAILED
