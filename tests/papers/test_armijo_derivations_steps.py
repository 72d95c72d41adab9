"""Derivations of the Armijo paper about single steps, against searches in plain Python."""

import math
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from armijo_searches import cosh, extremal, fixed, number, power
from scipy import optimize

from theorylab.papers.armijo.derivations import ALL
from theorylab.papers.armijo.derivations.symbols import (
    L_0,
    L_1,
    G,
    L,
    a,
    c,
    epsilon,
    f_1,
    k,
    lam,
    t,
    theta,
    u,
    ulp,
    x_0,
)
from theorylab.theory import Strength, check_step


class TestAcceptedStep:
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    @pytest.mark.parametrize("size", [0.01, 1.0, 1e3])
    def test_tb_is_below_the_exact_step_and_both_are_accepted(self, share, size):
        chain, values = ALL["accepted_step"](), {lam: share, L_0: 1, L_1: 1, G: size}
        gap = sp.lambdify(u, chain["exact_condition"].subs(values), "math")
        exact = optimize.brentq(gap, 1e-3, 3) / size
        tb, weaker = number(chain["tb"], values), number(chain["tb_prime"], values)
        assert weaker <= tb <= exact
        for f, slope, at in ((*extremal(1, 1), math.log1p(size)), (*cosh(), math.asinh(size))):
            g = slope(at)
            assert g == pytest.approx(size)
            for step in (tb, exact * (1 - 1e-9)):
                assert f(at - step * g) - f(at) <= -share * step * g * g

    def test_a_step_2_2_times_as_long_is_rejected_on_the_extremal_function(self):
        f, slope = extremal(1, 1)
        tb = number(ALL["accepted_step"]()["tb"], {lam: 0.5, L_0: 1, L_1: 1, G: 1e3})
        at = math.log1p(1e3)
        accepted = [f(at - m * tb * slope(at)) - f(at) <= -0.5 * m * tb * slope(at) ** 2 for m in (2.1, 2.2)]
        assert accepted == [True, False]

    def test_lambda_one_half(self):
        assert ALL["accepted_step"]()["l0l1_step"].equals(1 / (L_0 + sp.Rational(4, 3) * L_1 * G))


class TestUnitStep:
    def test_no_slope_with_a_smaller_constant_drops_as_little(self):
        chain, rng = ALL["unit_step"](), np.random.default_rng(3)
        share = 0.4
        least = number(chain["minimal_L"], {lam: share})
        grid = np.linspace(0, 1, 401)
        for _ in range(300):
            wild = rng.uniform(-1, 6, 401) * rng.uniform(0, 1)
            slope = np.min(wild[None, :] + least * np.abs(grid[:, None] - grid[None, :]), axis=1)
            slope = np.minimum(slope, -1 + least * np.minimum(grid, 1 - grid))
            slope = np.maximum(slope, -1 - least * np.minimum(grid, 1 - grid))
            assert -np.trapezoid(slope, grid) >= share - 1e-9
        assert -np.trapezoid(-1 + least * np.minimum(grid, 1 - grid), grid) == pytest.approx(share)

    def test_the_horizon_constant_and_the_room_in_the_bound(self):
        chain = ALL["unit_step"]()
        share, eps, gain = 0.6, 1e-2, 0.6 * (1 + 1e-6)
        steps = math.floor(1 / (gain * eps**2))
        spent = gain * sum((eps * (1 + 1e-3 * (1 - i / steps))) ** 2 for i in range(steps))
        assert steps * eps**2 / spent == pytest.approx(number(chain["horizon_constant"], {lam: share}), rel=3e-3)
        assert chain["bound_over_N"].subs(L, chain["minimal_L"]).equals(2 * f_1)
        assert number(chain["bound_over_N"], {L: 2.39, f_1: 2, lam: share}) == pytest.approx(5.975)


class TestFloor:
    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    @pytest.mark.parametrize("step", [0.1, 0.01])
    def test_the_search_stalls_at_the_floor(self, share, step):
        x, offset = 0.1, 1e6
        while True:
            g, trial = 4 * x**3, step
            while trial > 1e-9 and not (offset + (x - trial * g) ** 4) - (offset + x**4) <= -share * trial * g * g:
                trial /= 2
            if trial < step:
                break
            x -= trial * g
        chain = ALL["rounding_floor"]()
        values = {lam: sp.nsimplify(share), ulp: math.ulp(offset), t: step}
        assert 4 * x**3 / number(chain["G_floor"], values) == pytest.approx(1, abs=0.1)
        assert number(chain["m"], values) == {0.1: 1, 0.5: 1, 0.9: 9}[share]
        assert x / number(chain["x_floor"], values) == pytest.approx(1, abs=0.04)


class TestStart:
    def test_fixed_steps_on_cosh(self):
        chain = ALL["start_dependence"]()
        counts = [fixed(math.sinh, start, 1 / math.cosh(start), 1e-4) for start in (6.0, 7.0)]
        assert math.log(counts[1] / counts[0]) == pytest.approx(float(chain["cosh_fixed_slope"]), abs=0.02)
        assert chain["cosh_fixed_law"].subs({epsilon: 1e-4})(math.exp(7)) == pytest.approx(counts[1], rel=0.01)
        assert number(chain["cosh_fixed_steps"], {x_0: 7, epsilon: 1e-4}) == pytest.approx(counts[1], rel=0.01)

    def test_fixed_steps_on_a_quartic(self):
        chain = ALL["start_dependence"]()
        counts = [fixed(power(4)[1], start, 1 / (12 * start**2), 1e-3) for start in (4.0, 8.0)]
        assert math.log2(counts[1] / counts[0]) == pytest.approx(float(chain["quartic_fixed_exponent"]), abs=0.02)
        assert chain["quartic_fixed_law"].subs({epsilon: 1e-3})(8.0) == pytest.approx(counts[1], rel=0.02)

    @pytest.mark.parametrize("weight", [4 / 3, 10])
    def test_adaptive_steps_on_cosh(self, weight):
        def step(x):
            return 1 / (1 + weight * abs(math.sinh(x)))

        counts = [fixed(math.sinh, start, step, 1e-4) for start in (100.0, 200.0)]
        slope = number(ALL["start_dependence"]()["cosh_adaptive_slope"], {c: weight, L_1: 1})
        assert (counts[1] - counts[0]) / 100 == pytest.approx(slope, rel=0.01)


def test_shrinking_steps_need_eps_to_the_minus_four():
    chain, x, count = ALL["no_step_floor"](), 1.0, 0
    for eps in (0.1, 0.05):
        while x > eps:
            x, count = x * (1 - 1 / (4 * (count + 1))), count + 1
        assert chain["law"].subs({x_0: 1})(eps) == pytest.approx(count, rel=1e-3)
    assert number(chain["constant"]) == pytest.approx(0.443, abs=1e-3)
    assert chain["exponent"] == 4


@pytest.mark.parametrize(
    ("name", "reason", "side", "change"),
    [
        ("accepted_step", "phi(u) <= (u^2/2)/(1-u/3)", "rhs", lambda e: e * sp.Rational(99, 100)),
        ("accepted_step", "tb' = 2(1-lambda)/(a", "lhs", lambda e: e * sp.Rational(11, 10)),
        ("general_complexity", "all steps together", "rhs", lambda e: e.subs(L_1, 2 * L_1)),
        ("memory_complexity", "ln tb' grows by at most", "rhs", lambda e: e / 2),
        ("lojasiewicz", "tangent: ", "rhs", lambda e: 2 * e),
        ("lojasiewicz", "no other m gives less", "rhs", lambda e: e * sp.Rational(101, 100)),
        ("lojasiewicz", "exponent 2 - 1/theta", "rhs", lambda e: e + 1 / theta**2),
        ("cgt", "its slope in 1/(k+1), at nu = 0", "rhs", lambda e: 2 * e),
        ("unit_step", "a smaller L drops more", "rhs", lambda e: e * sp.Rational(11, 10)),
        ("unbounded", "which is 2 - 1/theta at", "rhs", lambda e: e.subs(a, 2 * a)),
        ("no_step_floor", "its law", "rhs", lambda e: e * k ** sp.Rational(1, 20)),
        ("newton_polygon", "so root^4 <= ", "rhs", lambda e: 2 * e),
    ],
)
def test_a_step_changed_by_hand_fails(name, reason, side, change):
    (step,) = (step for step in ALL[name]().steps if step.reason.startswith(reason))
    assert check_step(step, prove=False).strength > Strength.FAILED
    wrong = replace(step, **{side: change(getattr(step, side))})
    assert check_step(wrong, prove=False).strength == Strength.FAILED
