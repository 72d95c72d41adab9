"""Derivations of the Armijo paper that count steps, against searches in plain Python, quadrature and root finding."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from armijo_searches import Search, cosh, extremal, fixed, number, power

from theorylab.papers.armijo.derivations import ALL
from theorylab.papers.armijo.derivations.polygon import POLYNOMIALS, w
from theorylab.papers.armijo.derivations.symbols import (
    L_0,
    L_1,
    Delta,
    G,
    K,
    a,
    c,
    d,
    ell,
    epsilon,
    eta,
    f_1,
    f_2,
    h,
    k,
    lam,
    p,
    r,
    t,
    t_0,
    t_last,
    theta,
    x_0,
    z,
)


class TestGeneralBound:
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_the_reset_search_keeps_to_the_bound(self, share):
        chain = ALL["general_complexity"]()
        for f, slope, start, l0, l1 in ((*cosh(), 4, 1, 1), (*extremal(1, 2), 2, 1, 2), (*power(4), 1, 16 / 9, 3)):
            for first in (0.05, 2.0):
                run = Search(f, slope, start, 1e-2, share, first)
                values = {lam: share, L_0: l0, L_1: l1, f_1: 2, Delta: f(start), epsilon: 1e-2, t_0: first}
                assert 0 < run.N <= number(chain["bound_small_t0"], values)
                if first >= number(chain["t0_needed"], values):
                    assert run.N <= number(chain["bound"], values)
                    assert number(chain["bound"], values) == pytest.approx(number(chain["bound_small_t0"], values))

    def test_exponents(self):
        chain = ALL["general_complexity"]()
        assert chain["eps_exponent"] == 2 and chain["eps_exponent_L0_zero"] == 1
        assert chain["optimal_lambda"] == sp.Rational(1, 2)


class TestMemory:
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    @pytest.mark.parametrize("up", [1.1, 2.0, 1e4])
    @pytest.mark.parametrize("first", [1e-23, 1.0])
    def test_lag_length_and_evaluations(self, share, up, first):
        chain = ALL["memory_complexity"]()
        f, slope = cosh(3)
        run = Search(f, slope, 10, 1e-6, share, first, 2.0, up)
        values = {lam: share, L_0: 9, L_1: 3, f_1: 2, f_2: up, Delta: f(10), epsilon: 1e-6, t_0: first, G: run.G[0]}
        weaker = sp.lambdify(G, ALL["accepted_step"]()["tb_prime"].subs({lam: share, L_0: 9, L_1: 3}), "math")
        lagging = sum(step < weaker(g) / 2 for step, g in zip(run.t, run.G[:-1], strict=True))
        assert lagging <= number(chain["lag_bound_path"], values | {ell: run.length})
        assert run.length <= number(chain["path_length"], values) and run.N <= number(chain["bound"], values)
        back = number(chain["evaluations_identity"], values | {K: run.N, t_last: run.t[-1]})
        assert back == pytest.approx(sum(run.rejections), abs=1e-6)

    def test_memory_may_lag_behind_tb(self):
        f, slope = cosh(3)
        run = Search(f, slope, 10, 1e-6, 0.1, 1.0, 2.0, 2.0)
        tb = sp.lambdify(G, ALL["accepted_step"]()["tb"].subs({lam: sp.Rational(1, 10), L_0: 9, L_1: 3}), "math")
        assert min(step / tb(g) for step, g in zip(run.t, run.G[:-1], strict=True)) == pytest.approx(0.041, abs=0.002)

    @pytest.mark.parametrize(("name", "value"), [("2_2", 2), ("2_10000", 14.2877), ("30_10000", 3.7079)])
    def test_evaluations_per_step(self, name, value):
        assert number(ALL["memory_complexity"]()[f"per_step_{name}"]) == pytest.approx(value, abs=1e-4)


class TestLojasiewicz:
    @pytest.mark.parametrize("order", [4, 6, 8])
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_length_and_bounds_on_powers(self, order, share):
        chain, constants = ALL["lojasiewicz"](), ALL["power_constants"]()
        f, slope = power(order)
        run = Search(f, slope, 1.1, 1e-4, share, 1.0)
        l0 = number(constants["L0_of_L1"], {p: order, L_1: order - 2})
        values = {lam: share, f_1: 2, L_0: l0, L_1: order - 2, Delta: f(1.1), epsilon: 1e-4}
        values |= {theta: constants["kl_theta"].subs(p, order), c: constants["kl_c"].subs(p, order), t: min(run.t)}
        assert run.length <= number(chain["length"], values)
        assert run.length <= 1.1 / share + 1e-12
        assert run.N <= number(chain["bound"], values)
        assert run.N <= number(chain["bound_kl"], values)
        decrease = sp.lambdify(k, chain["recursion_bound"].subs(values | {sp.Symbol("e_0", positive=True): f(1.1)}))
        assert all(f(x) <= decrease(i) * (1 + 1e-12) for i, x in enumerate(run.x))

    @pytest.mark.parametrize(("order", "eps"), [(4, 1e-6), (6, 1e-4)])
    def test_fixed_steps_on_powers(self, order, eps):
        chain, step = ALL["lojasiewicz"](), 0.05
        count = fixed(power(order)[1], 1.0, step, eps)
        assert chain["fixed_step_power"].subs({p: order, t: step})(eps) / count == pytest.approx(1, abs=0.02)
        steps = number(chain["fixed_step_steps"], {p: order, t: step, epsilon: eps, x_0: 1})
        assert steps == pytest.approx(count, rel=0.01)
        tenfold = math.log10(fixed(power(order)[1], 1.0, step, eps / 10) / count)
        assert tenfold == pytest.approx(number(chain["eps_exponent_power"], {p: order}), abs=0.01)

    def test_the_gap_exponent_of_the_length(self):
        f, slope = power(6)
        short, long = (Search(f, slope, start, 1e-5 * start**5, first=0.3 / start**4).length for start in (1.0, 4.0))
        exponent = math.log(long / short) / math.log(f(4) / f(1))
        assert exponent == pytest.approx(number(ALL["lojasiewicz"]()["length_gap_exponent_power"], {p: 6}), abs=0.01)

    def test_constants_of_powers(self):
        chain = ALL["power_constants"]()
        for order, l1 in ((3.5, 0.7), (4, 2.0), (8, 5.0)):
            grid = np.linspace(0, 20, 2_000_001)
            excess = order * (order - 1) * grid ** (order - 2) - l1 * order * grid ** (order - 1)
            assert excess.max() == pytest.approx(number(chain["L0_of_L1"], {p: order, L_1: l1}), rel=1e-6)


class Staircase:
    """CGT by Horner's rule on the quintic of the derivation, with plain arrays of X and F."""

    def __init__(self, exponent, drop, count, bend=1.0):
        chain = ALL["cgt"]()
        self.s = np.arange(1, count + 2) ** (-0.5 - exponent)
        self.X = np.concatenate([[0.0], np.cumsum(self.s)])
        tail = number(chain["tail"], {d: drop, eta: exponent, K: count})
        self.F = np.append(drop * np.cumsum(self.s[:count][::-1] ** 2)[::-1], 0) + tail
        self.q = sp.lambdify((z, r), chain["q"].subs({d: drop, h: bend}), "math")
        self.dq = sp.lambdify((z, r), sp.diff(chain["q"], z).subs({d: drop, h: bend}), "math")

    def piece(self, x):
        i = int(np.searchsorted(self.X, x, "right")) - 1
        return i, (x - self.X[i]) / self.s[i], self.s[i + 1] / self.s[i]

    def f(self, x):
        i, at, ratio = self.piece(x)
        return self.F[i] + self.s[i] ** 2 * self.q(at, ratio)

    def slope(self, x):
        i, at, ratio = self.piece(x)
        return self.s[i] * self.dq(at, ratio)


class TestCGT:
    @pytest.mark.parametrize(("exponent", "eps"), [(0.02, 0.03), (0.1, 0.01), (0.25, 1e-3)])
    @pytest.mark.parametrize("up", [None, 2.0, 4.0])
    def test_the_count_is_exact(self, exponent, eps, up):
        chain = ALL["cgt"]()
        expected = int(sp.N(chain["hits"].subs({eta: sp.nsimplify(exponent), epsilon: sp.nsimplify(eps)})))
        stairs = Staircase(exponent, 0.6 * (1 + 1e-7), expected + 50)
        run = Search(stairs.f, stairs.slope, 0.0, eps, 0.6, 1.0, 2.0, up)
        assert abs(run.N - expected) <= 1
        assert max(abs(step - 1) for step in run.t) == 0

    def test_the_count_of_the_specification(self):
        small = {eta: sp.Rational(1, 50), epsilon: sp.Rational(1, 1000)}
        assert int(ALL["cgt"]()["hits"].subs(small)) == 587801

    @pytest.mark.parametrize("share", [0.6, 0.8])
    def test_a_double_step_is_rejected_just_inside_the_window(self, share):
        at = 300
        window = number(ALL["cgt"]()["nu_window"], {eta: 0.1, lam: share, k: at + 1})
        accepted = []
        for factor in (0.9, 1.1):
            stairs = Staircase(0.1, share * (1 + factor * window), at + 20)
            x, g = stairs.X[at], stairs.s[at]
            accepted.append(stairs.f(x + 2 * g) - stairs.f(x) <= -share * 2 * g * g)
        assert accepted == [False, True]

    def test_the_gap_and_the_curvature(self):
        chain, values = ALL["cgt"](), {d: 0.6, eta: 0.02}
        assert float(chain["gap_start"].subs(values).evalf()) == pytest.approx(15.348, abs=1e-3)
        assert Staircase(0.02, 0.6, 2000).F[0] == pytest.approx(float(0.6 * mpmath.zeta(1.04)), rel=1e-8)
        assert number(chain["gap_upper"], values) > 15.348
        grid, ratios = np.linspace(0, 1, 1001)[:, None], np.linspace(0.7, 1, 31)
        for drop, largest in ((0.5, 2.95), (0.6, 2.39), (0.8, 1.33)):
            curvature = sp.lambdify((z, r), chain["q_curvature"].subs({d: drop, h: 1}), "numpy")(grid, ratios)
            assert np.abs(curvature).max() == pytest.approx(largest, abs=0.01)


class TestUnbounded:
    @pytest.mark.parametrize(("order", "eps"), [(0.5, 1e-2), (1, 1e-3), (2, 1e-3)])
    def test_tails(self, order, eps):
        def f(x):
            return (1 + x * x) ** (-order / 2)

        run = Search(f, lambda x: -order * x * (1 + x * x) ** (-order / 2 - 1), 1.0, eps, 0.5, 1.0, 2.0, 2.0, 1.0)
        law = ALL["unbounded"]()["tail_law"].subs({a: sp.nsimplify(order), t: 1})
        assert law(eps) / run.N == pytest.approx(1, abs=0.02)

    def test_the_exponents_of_the_negative_control(self):
        exponent = ALL["unbounded"]()["tail_exponent"]
        values = [number(exponent, {a: value}) for value in (sp.Rational(1, 10), sp.Rational(1, 2), 1, 2)]
        assert values == pytest.approx([1.909, 1.667, 1.5, 1.333], abs=1e-3)

    def test_exponential_and_logistic(self):
        chain, step = ALL["unbounded"](), 0.7
        for slope in (lambda x: -math.exp(-x), lambda x: -1 / (1 + math.exp(x))):
            constant = number(chain["expneg_constant"], {t: step})
            assert 1e-4 * fixed(slope, 0.0, step, 1e-4) == pytest.approx(constant, rel=2e-3)

    def test_the_flat_function(self):
        chain, eps, step = ALL["unbounded"](), 1e-5, 0.1
        count = fixed(lambda x: 2 * x**-3 * math.exp(-(x**-2)), 0.6, step, eps)
        (U,) = chain["flat_exact"][0].free_symbols
        slope, pace = (sp.lambdify(U, e.subs(t, step), "mpmath") for e in chain["flat_exact"])
        end = mpmath.findroot(lambda at: slope(at) - eps, 15)
        assert float(mpmath.quad(pace, [0.6**-2, 6, end])) == pytest.approx(count, rel=2e-3)
        law, far = chain["flat_law"].subs({t: step}), mpmath.mpf(10) ** -400
        end = mpmath.findroot(lambda at: mpmath.log(slope(at)) - mpmath.log(far), 930)
        leading = 1 / (2 * step * far * mpmath.log(1 / far) ** 1.5)
        assert float(mpmath.quad(pace, [end / 2, end - 40, end]) / leading) == pytest.approx(1, abs=0.02)
        assert law(1e-20) == pytest.approx(1 / (2 * step * 1e-20 * math.log(1e20) ** 1.5))


class TestPolynomials:
    def test_the_cross_and_the_cusp(self):
        chain = ALL["newton_polygon"]()
        counts = [fixed(lambda x: 2 * x**3, 0.8, 0.1, eps) for eps in (1e-6, 1e-7)]  # the diagonal x = y of x^2 y^2
        assert math.log10(counts[1] / counts[0]) == pytest.approx(number(chain["cross_exponent"]), abs=0.01)
        counts = [fixed(lambda y: 6 * y**5, 0.9, 0.05, eps) for eps in (1e-5, 1e-6)]  # the axis x = 0 of the cusp
        assert math.log10(counts[1] / counts[0]) == pytest.approx(number(chain["cusp_exponent"]), abs=0.01)
        rng = np.random.default_rng(1)
        x, y = rng.uniform(-1, 1, (2, 10**5)) ** 3
        root = x**2 - y**3
        assert (root**10 <= (4 * root**2 * (4 * x**2 + 9 * y**4)) ** 3 / 512 * (1 + 1e-12)).all()

    @pytest.mark.parametrize(("name", "lowest"), [("Two", 0), ("Three", 0), ("Four", 2), ("Five", 0), ("Eight", 0.5)])
    def test_the_lowest_value(self, name, lowest):
        chain, grid = ALL["newton_polygon"](), np.linspace(-5, 5, 1001)
        square = sp.lambdify(w, POLYNOMIALS[f"poly{name}"] ** 2, "numpy")(grid)
        assert number(chain[f"poly{name}_f_star"]) == lowest
        assert square.min() / 2 == pytest.approx(lowest, abs=1e-9)
        inner = grid[1:-1][(square[1:-1] < square[:-2]) & (square[1:-1] < square[2:])]
        assert inner == pytest.approx([float(at) for at, *_ in chain[f"poly{name}_minima"]], abs=1e-4)

    def test_the_exponents_of_the_minima(self):
        chain = ALL["newton_polygon"]()
        names = ("polyFive", "polyEight")
        found = {name: {int(at): value for at, _, value in chain[f"{name}_minima"]} for name in names}
        assert found["polyFive"] == {-1: sp.Rational(3, 4), 3: sp.Rational(1, 2)}
        assert found["polyEight"] == {0: sp.Rational(1, 2), 2: sp.Rational(3, 4)}
