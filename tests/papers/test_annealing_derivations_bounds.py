"""Bounds of the annealing paper against other routes: quadrature of scipy, plain sums, direct minimisation."""

import math

import numpy as np
import pytest
import sympy as sp
from scipy import integrate, optimize

from theorylab.papers.annealing.derivations import ALL
from theorylab.papers.annealing.derivations.cosine import cost, loss_at
from theorylab.papers.annealing.derivations.sharp import K
from theorylab.papers.annealing.derivations.symbols import (
    H_1,
    Q_1,
    D,
    G,
    H,
    Q,
    T,
    beta,
    c,
    c_1,
    c_2,
    eta,
    factor,
    h,
    p,
    rho,
    sigma,
    y,
)
from theorylab.papers.annealing.derivations.window import ETA
from theorylab.papers.annealing.integrals import Integrals

SHAPES = {
    "linear": (lambda x: x, ()),
    "p=2": (lambda x: x**2, ()),
    "cosine": (lambda x: np.sin(np.pi * x / 2) ** 2, ()),
    "wsd": (lambda x: np.minimum(1.0, x / 0.2), (0.2,)),
    "sqrt": (lambda x: _sqrt_cooldown(x, 0.2), (0.2,)),
    "sqrt, all": (lambda x: _sqrt_cooldown(x, 1.0), (1.0,)),
}


def _sqrt_cooldown(x, share):
    inside = np.minimum(x / share, 1.0)
    return inside / (1 + np.sqrt(1 - inside))


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


def local_exponent(schedule, at, width=1e-4):
    tuned = schedule.tuned()
    low, high = (schedule.best(at * factor, tuned)[1] for factor in (1 - width, 1 + width))
    return math.log(high / low) / math.log((1 + width) / (1 - width))


class TestIntegrals:
    @pytest.mark.parametrize("name", SHAPES)
    def test_quadrature_by_panels_agrees_with_that_of_scipy(self, name):
        shape, breaks = SHAPES[name]
        found = Integrals(shape, breaks)
        for at in (0.05, 0.2, 0.6, 1.0):
            points = [b for b in breaks if b < at] or None

            def area(x):
                return integrate.quad(shape, 0, x, points=[b for b in breaks if b < x] or None)[0]

            assert float(found.H(at)) == pytest.approx(area(at), rel=1e-7)
            whole = integrate.quad(lambda x, area=area: shape(x) ** 2 / area(x), 0, at, points=points, limit=200)[0]
            assert float(found.Q(at)) == pytest.approx(whole, rel=1e-6)

    @pytest.mark.parametrize("shape", [lambda x: np.ones_like(x), lambda x: 1 / x])
    def test_a_schedule_that_does_not_vanish_is_refused(self, shape):
        with pytest.raises(ValueError, match="has to vanish at 0"):
            Integrals(shape)

    def test_a_break_outside_is_refused(self):
        with pytest.raises(ValueError, match="inside"):
            Integrals(lambda x: x, [1.5])


class TestWindowLemma:
    @pytest.mark.parametrize("seed", range(3))
    def test_the_bound_of_four_steps(self, seed):
        etas = np.random.default_rng(seed).uniform(0.01, 1, 4)
        at = dict(zip(ETA.values(), etas.tolist(), strict=True)) | {D: 2, G: 3}
        plain = 4 / (2 * etas.sum()) + 1.5 * 9 * sum(etas[t] ** 2 / etas[t:].sum() for t in range(4))
        assert number(ALL["window_lemma"]()["bound_T4"], at) == pytest.approx(plain)
        plain = 4 / (2 * etas.sum()) + 4.5 * (sum(etas[t] ** 2 / etas[t + 1 :].sum() for t in range(3)) + etas[3])
        assert number(ALL["window_lemma"]()["bound_T4_last"], at) == pytest.approx(plain)


class TestSharpWeights:
    def test_the_continuum_bound_by_integrating_the_weights(self):
        """h = x^2: v from v' W = h v^2 by an ODE solver, started from its own asymptote at the end of the run."""
        weight, start = ALL["sharp_weights"]()["weight"].subs(K, 1), 1e-4

        def slopes(at, state):  # in x, which runs backwards
            v, W, cost = state
            return [-(at**2) * v**2 / W, at**2 * v, at**4 * v**2]

        v0 = number(weight, {H: start**3 / 3})
        begin = [v0, 1 / v0, 0.75 * start**2]
        end = integrate.solve_ivp(slopes, (start, 1), begin, rtol=1e-10, atol=1e-12, method="DOP853").y[:, -1]
        assert end[0] * end[1] == pytest.approx(1, rel=1e-8)
        bound = (end[0] ** 2 + end[2]) / 2  # D = G = eta = T = 1
        expected = ALL["sharp_weights"]()["bound"].subs({D: 1, G: 1, T: 1, eta: 1, H: sp.Rational(1, 3), Q: 1.5})
        assert bound == pytest.approx(number(expected), rel=1e-6)


class TestPolynomial:
    @pytest.mark.parametrize("degree", [0.5, 1, 2, 3, 4.7])
    def test_against_a_search_over_windows(self, degree):
        chain, schedule = ALL["poly_bound"](), Integrals(lambda x: x**degree, c1=0.5, c2=1.5)
        at = {p: sp.nsimplify(degree), c_1: sp.Rational(1, 2), c_2: sp.Rational(3, 2), D: 1, G: 1, T: 1}
        assert schedule.tuned() == pytest.approx((number(chain["eta_star"], at), number(chain["tuned"], at)))
        for ratio in (1.0, 1.1):
            below = number(chain["below"], {rho: ratio})
            assert schedule.best(ratio)[1] == pytest.approx(below, abs=1e-12)
        for ratio in (2, 30, 500):
            window, loss = schedule.best(ratio)
            assert loss == pytest.approx(number(chain["relative_loss"], at | {rho: ratio}), rel=1e-10)
            assert window == pytest.approx(number(chain["window"], at | {rho: ratio}), rel=1e-6)

    def test_the_constants_of_the_specification(self):
        chain = ALL["poly_bound"]()
        found = [number(chain[f"constant_{name}"]) for name in ("half", "1", "2", "3")]
        assert found == pytest.approx([0.8774, 0.9449, 0.9801, 0.9898], abs=5e-5)
        for name, degree in (("half", sp.Rational(1, 2)), ("1", 1), ("2", 2), ("3", 3)):
            assert number(chain["constant"], {p: degree}) == pytest.approx(number(chain[f"constant_{name}"]))
        sharp = [number(chain["tuned_sharp"], {p: degree}) for degree in (1, 2, 3)]
        assert sharp == pytest.approx([1, 1.0607, 1.1547], abs=5e-5)
        edges = [number(chain["rho_c"], {p: degree}) for degree in (1, 2, 3)]
        assert edges == pytest.approx([1.414, 1.225, 1.155], abs=5e-4)


class TestGeneral:
    @pytest.mark.parametrize("name", SHAPES)
    @pytest.mark.parametrize("ratio", [3.0, 12.0, 100.0])
    def test_window_loss_and_local_exponent_of_any_schedule(self, name, ratio):
        shape, breaks = SHAPES[name]
        chain, schedule = ALL["general_schedule"](), Integrals(shape, breaks)
        window, loss = schedule.best(ratio)
        at = {rho: ratio, H_1: float(schedule.H(1.0)), Q_1: float(schedule.Q(1.0)), h: float(shape(window))}
        at |= {H: float(schedule.H(window)), Q: float(schedule.Q(window))}
        assert number(chain["window_condition"], at) == pytest.approx(0, abs=1e-5 * at[H_1] * at[Q_1])
        assert number(chain["relative_loss"], at) == pytest.approx(loss, rel=1e-10)
        assert number(chain["local_exponent"], at) == pytest.approx(local_exponent(schedule, ratio), abs=1e-6)
        assert number(chain["tuned_sharp"], at) == pytest.approx(schedule.tuned()[1], rel=1e-12)

    def test_late_in_the_run_only_the_leading_power_is_left(self):
        schedule = Integrals(SHAPES["cosine"][0])
        law = number(ALL["cosine"]()["leading_loss"], {rho: 1e6})
        assert schedule.best(1e6)[1] == pytest.approx(law, rel=1e-4)
        assert schedule.best(10.0)[1] != pytest.approx(number(ALL["cosine"]()["leading_loss"], {rho: 10}), rel=1e-2)


class TestCosine:
    def test_the_whole_cost_by_mpmath(self):
        import mpmath

        with mpmath.workdps(25):
            whole = mpmath.quad(lambda t: (1 - mpmath.cos(t)) ** 2 / (2 * (t - mpmath.sin(t))), [1e-6, 1, mpmath.pi])
            whole += 3 * mpmath.mpf(10) ** -12 / 8  # the integrand is 3 t/4 near 0
        assert number(ALL["cosine"]()["Q1"]) == pytest.approx(float(whole), abs=1e-14)
        assert number(ALL["cosine"]()["Q1"]) == pytest.approx(2.12214335, abs=5e-9)
        assert cost("1").rad() < 1e-25

    def test_the_numbers_of_the_specification(self):
        chain, schedule = ALL["cosine"](), Integrals(SHAPES["cosine"][0])
        assert number(chain["rho_c"]) == pytest.approx(1.4568, abs=5e-5)
        assert number(chain["tuned_sharp"]) == pytest.approx(1.03008, abs=5e-6)
        for ratio, printed in ((10, 0.216), (100, 0.2023), (1000, 0.2004)):
            found = number(chain[f"local_exponent_{ratio}"])
            assert found == pytest.approx(local_exponent(schedule, ratio), abs=1e-6)
            assert found == pytest.approx(printed, abs=4e-4)
        rhos = np.geomspace(4, 64, 9)
        logs = np.log([float(loss_at(ratio)[1]) for ratio in rhos])
        assert np.polyfit(np.log(rhos), logs, 1)[0] == pytest.approx(0.213, abs=5e-4)

    def test_the_local_exponent_is_largest_where_the_regimes_join(self):
        chain = ALL["cosine"]()
        rhos = np.geomspace(1.1, 6, 60)
        local = [float(loss_at(ratio)[2]) for ratio in rhos]
        top = int(np.argmax(local))
        assert rhos[top] == pytest.approx(number(chain["rho_c"]), rel=0.03)
        assert local[top] == pytest.approx(number(chain["exponent_at_join"]), abs=0.02)
        assert number(chain["exponent_at_join"]) == pytest.approx(0.3594, abs=5e-5)
        assert (np.diff(local[top:]) < 0).all() and local[-1] > 0.2

    @pytest.mark.parametrize("ratio", [1.2, 1.6, 7.0, 300.0])
    def test_any_ratio_against_a_search(self, ratio):
        window, loss = Integrals(SHAPES["cosine"][0]).best(ratio)
        assert float(loss_at(ratio)[0]) == pytest.approx(window, rel=1e-6)
        assert float(loss_at(ratio)[1]) == pytest.approx(loss, rel=1e-10)


class TestCooldown:
    @pytest.mark.parametrize("share", [0.1, 0.2, 0.7])
    def test_warm_stable_decay_against_a_search(self, share):
        chain, at = ALL["wsd"](), {c: sp.nsimplify(share)}
        schedule = Integrals(lambda x: np.minimum(1.0, x / share), (share,))
        assert float(schedule.Q(1.0)) == pytest.approx(number(chain["Q1"], at), rel=1e-12)
        pure, rho_c = number(chain["rho_pure"], at), number(chain["rho_c"], at)
        for ratio in np.array([1.001, 2.0, 40.0]) * pure:
            assert schedule.best(ratio)[1] == pytest.approx(number(chain["relative_loss"], at | {rho: ratio}), rel=1e-9)
        for ratio in rho_c + (pure - rho_c) * np.array([0.01, 0.5, 0.99]):
            assert schedule.best(ratio)[1] == pytest.approx(number(chain["plateau_loss"], at | {rho: ratio}), rel=1e-9)
            local = number(chain["plateau_exponent"], at | {rho: ratio})
            assert local == pytest.approx(local_exponent(schedule, ratio), abs=1e-5)

    def test_the_numbers_of_the_specification(self):
        chain, at = ALL["wsd"](), {c: sp.Rational(1, 5)}
        found = [number(chain[name], at) for name in ("rho_c", "rho_pure", "tuned_sharp")]
        assert found == pytest.approx([2.049, 6.146, 1.0798], abs=5e-4)
        assert number(chain["plateau_exponent"], at | {rho: 4}) == pytest.approx(0.48, abs=0.005)
        assert local_exponent(Integrals(*SHAPES["wsd"]), 2.0) == pytest.approx(0.60, abs=0.005)

    @pytest.mark.parametrize(
        ("share", "ratio", "exponent"),
        [(0.2, 8, 0.208), (0.2, 16, 0.288), (0.2, 64, 0.320), (0.2, 1000, 0.331), (1, 64, 0.330)],
    )
    def test_square_root_cooldown(self, share, ratio, exponent):
        chain = ALL["sqrt_cooldown"]()
        at = {c: sp.nsimplify(share)}
        of_y = sp.lambdify(y, chain["rho_of_window"].subs(at), "math")
        place = optimize.brentq(lambda v: of_y(v) - ratio, 0.0, 1 - 1e-9)
        assert number(chain["local_exponent"], {y: place}) == pytest.approx(exponent, abs=1e-3)
        schedule = Integrals(*SHAPES["sqrt" if share < 1 else "sqrt, all"])
        assert local_exponent(schedule, float(ratio)) == pytest.approx(exponent, abs=1e-3)
        assert schedule.best(float(ratio))[0] == pytest.approx(share * (1 - place**2), rel=1e-5)
        assert float(schedule.Q(1.0)) == pytest.approx(number(chain["Q1"], at), rel=1e-10)
        assert number(chain["rho_cooldown"], at) == pytest.approx(of_y(0.0))


class TestSmooth:
    def test_the_noise_of_a_step_is_attained_by_the_worst_displacement(self):
        rng = np.random.default_rng(0)
        for _ in range(200):
            smoothness, noise = 10 ** rng.uniform(-1, 1, 2)
            step = rng.uniform(0.01, 0.5) / smoothness
            d = np.linspace(0, 4 * step * noise, 4001)
            gain = 2 * step * (noise * d - d**2 / (2 * step) + smoothness * d**2 / 2)
            assert gain.max() == pytest.approx(step**2 * noise**2 / (1 - smoothness * step), rel=1e-5)
            assert gain.max() <= 2 * step**2 * noise**2 * (1 + 1e-12)

    @pytest.mark.parametrize("degree", [1, 2, 3])
    def test_the_noiseless_loss_by_plain_sums(self, degree):
        steps, ratio = 100_000, 20.0
        shape = (1 - np.arange(steps) / steps) ** degree
        allowed = shape * ratio <= 1  # eta = rho/(2 beta), beta = 1
        plain = 1 / (2 * ratio / 2 * shape[allowed].sum())
        law = number(ALL["smooth"]()["noiseless_loss"], {p: degree, rho: ratio, D: 1, beta: 1, T: steps, sigma: 0})
        assert plain == pytest.approx(law, rel=1e-3)

    def test_the_noiseless_loss_of_the_cosine_by_plain_sums(self):
        steps, ratio = 100_000, 20.0
        shape = np.sin(np.pi * (1 - np.arange(steps) / steps) / 2) ** 2
        plain = 1 / (ratio * shape[shape * ratio <= 1].sum())
        law = number(ALL["smooth"]()["noiseless_cosine"], {rho: ratio, D: 1, beta: 1, T: steps})
        assert plain == pytest.approx(law, rel=1e-3)


@pytest.mark.parametrize(("degree", "printed"), [(1, 4.000), (2, 8.40), (3, 18.4)])
def test_the_ratio_at_which_half_more_is_lost(degree, printed):
    chain, schedule = ALL["grid_saving"](), Integrals(lambda x: x**degree)
    found = optimize.brentq(lambda ratio: schedule.best(ratio)[1] - 1.5, 2, 100)
    assert number(chain[f"rho_{degree}"]) == pytest.approx(found, rel=1e-8)
    assert found == pytest.approx(printed, rel=2.5e-3)
    general = number(chain["rho_of_factor"], {p: degree, factor: sp.Rational(3, 2)})
    assert general == pytest.approx(number(chain[f"rho_{degree}"]))
    assert number(chain["rho_symmetric"]) == pytest.approx(2.618, abs=5e-4)
