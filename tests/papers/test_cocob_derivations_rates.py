"""Local slopes, hitting times, effective rates, baselines and wrong L against runs in plain Python."""

import math

import numpy as np
import pytest
import sympy as sp
from scipy import special

from theorylab.papers.cocob.derivations import ALL
from theorylab.theory.evaluate import value


def number(name, result, **values):
    return float(value(ALL[name]()[result], **values))


def cocob_until(D, steps=10**6):
    """Gradients -1: iterates up to the first one that is not below D; w_1 = 0."""
    w, reward, found = 0.0, 0.0, [0.0]
    for t in range(1, steps):
        reward += w
        w = math.tanh(t / (t + 2)) * (1 + reward)
        found.append(w)
        if w >= D:
            return found
    raise AssertionError("D was not reached")


def absolute(D, steps, limit=1.0):
    """Algorithm 1 on |x - D|: |w - D|, |dw|, (w' - w_1)/theta, G."""
    w, G, reward, theta, rows = 0.0, limit, 0.0, 0.0, []
    for _ in range(steps):
        g = math.copysign(1.0, w - D)
        G, reward, theta = G + abs(g), reward - g * w, theta - g
        after = math.tanh(theta / (G + limit)) / limit * (limit + reward)
        rows.append((abs(w - D), abs(after - w), after / theta if theta else math.nan, G))
        w = after
    return np.array(rows).T


class TestSlopes:
    @pytest.mark.parametrize("D", [0.1, 10.0, 1e4])
    def test_local_and_mean_slopes_by_differences(self, D):
        def ln_B(T, D):
            return math.log(number("local_slopes", "B", T=T, D=D, L=1))

        h, T = 1e-5, 3e4
        in_T = (ln_B(T * math.exp(h), D) - ln_B(T * math.exp(-h), D)) / (2 * h) - 1
        assert number("local_slopes", "T_slope", T=T, D=D) == pytest.approx(in_T, abs=1e-8)
        in_D = (ln_B(T, D * math.exp(h)) - ln_B(T, D * math.exp(-h))) / (2 * h)
        assert number("local_slopes", "D_slope", T=T, D=D) == pytest.approx(in_D, abs=1e-8)
        T = np.geomspace(3e3, 1e7, 2001)
        mean = np.trapezoid(value(ALL["local_slopes"]()["T_slope"], T=T, D=D), np.log(T)) / np.log(T[-1] / T[0])
        assert number("local_slopes", "T_mean_slope", T_1=3e3, T_2=1e7, D=D) == pytest.approx(mean, abs=1e-7)
        sizes = np.geomspace(0.1, 3e6, 2001)
        mean = np.trapezoid(value(ALL["local_slopes"]()["D_slope"], T=1e6, D=sizes), np.log(sizes))
        mean /= np.log(sizes[-1] / sizes[0])
        assert number("local_slopes", "D_mean_slope", D_1=0.1, D_2=3e6, T=1e6) == pytest.approx(mean, abs=1e-7)

    def test_the_range_of_the_specification(self):
        means = [number("local_slopes", "T_mean_slope", T_1=3e3, T_2=1e7, D=D) for D in (0.1, 1e4)]
        assert means == pytest.approx([-0.446, -0.476], abs=0.002)

    def test_runs_follow_the_mean_slope(self):
        gap, *_ = absolute(10.137, 10**5)
        means = np.cumsum(gap) / np.arange(1, 10**5 + 1)
        slope = math.log(means[-1] / means[999]) / math.log(100)
        assert slope == pytest.approx(number("local_slopes", "T_mean_slope", T_1=1e3, T_2=1e5, D=10.137), abs=0.02)

    def test_the_limits(self):
        chain = ALL["local_slopes"]()
        assert chain["exponent"] == -sp.S.Half and chain["law"].log_power == sp.S.Half
        assert (chain["scale_exponent"], chain["lam_power"], chain["lam_slope"]) == (1, sp.S.Half, 1)


class TestHitting:
    def test_algorithm_1(self):
        sizes = [1e10, 1e100, 1e300]
        times = [len(cocob_until(D)) - 1 for D in sizes]
        drift = number("doubling", "drift")
        slopes = np.diff([t - drift * math.log(t) for t in times]) / np.diff(np.log(sizes))
        assert slopes == pytest.approx([number("doubling", "exponent")] * 2, abs=0.01)
        assert drift == pytest.approx(0.842, abs=1e-3)
        assert number("doubling", "power") == pytest.approx(-0.4768, abs=1e-4)

    def test_the_power_in_the_wealth(self):
        t = np.arange(10**6)
        gains = np.log(value(ALL["doubling"]()["factor_at"], t=t)) - number("doubling", "log_growth")
        power = gains[10**4 :].sum() / math.log(100)  # wealth/(1 + tanh 1)^t from 1e4 to 1e6
        assert power == pytest.approx(number("doubling", "power"), abs=1e-4)

    def test_the_bettor_of_krichevsky_and_trofimov(self):
        chain, log_wealth, times, t = ALL["kt_doubling"](), 0.0, [], 1
        sizes = np.array([1e2, 1e100, 1e300])
        for D in sizes:
            while math.log(t / (t + 1)) + log_wealth < math.log(D):
                log_wealth += math.log1p(t / (t + 1))
                t += 1
            times.append(t)
        left = [t - float(chain["drift"]) * math.log2(t) for t in times]
        assert np.diff(left) / np.diff(np.log2(sizes)) == pytest.approx([float(chain["exponent"])] * 2, abs=0.01)

    def test_overshoot(self):
        bound = number("overshoot", "bound")
        worst = max(cocob_until(D)[-1] / D for D in np.geomspace(1, 1e6, 400))
        assert 1.7 < worst < bound
        path = cocob_until(1e9)
        assert path[1] == pytest.approx(number("overshoot", "first"))
        assert path[2] == pytest.approx(number("overshoot", "second"))
        for t in (1, 2, 7):
            assert path[t + 1] / path[t] == pytest.approx(number("overshoot", "ratio", t=t))
        below = path[1] * (1 + 1e-9)
        assert cocob_until(below)[-1] / below == pytest.approx(number("overshoot", "early_ratio"), rel=1e-6)
        assert number("overshoot", "early_ratio") > bound


class TestEffectiveRates:
    def test_growth_before_and_decay_after_the_crossing(self):
        chain, D, T = ALL["effective_rates"](), 1e3, 10**5
        _, moves, rates, _ = absolute(D, T)
        crossing = len(cocob_until(D)) - 1
        growth = np.diff(np.log(moves[crossing - 6 : crossing - 1]))
        assert (growth < float(chain["growth"])).all() and growth.min() > 0.4
        windows = [slice(3 * 10**3, 5 * 10**3), slice(6 * 10**4, 10**5)]
        apart = math.log(8e4 / 4e3)
        W = special.lambertw(value(chain["argument"], T=np.array([4e3, 8e4]), D=D, L=1, epsilon=1)).real
        for found, name in ((rates, "total_decay"), (moves, "step_decay")):
            slope = np.log(found[windows[1]].mean() / found[windows[0]].mean()) / apart
            assert slope == pytest.approx(value(chain[name], W=W).mean(), abs=0.02)


class TestWrongL:
    @staticmethod
    def ruined(ratio, run):
        """Whether one win of the other side takes the wealth after `run` gradients of one sign, L = 1."""
        theta, G, w, reward = 0.0, 1.0, 0.0, 0.0
        for t in range(run + 1):
            g = -ratio if t < run else ratio
            G, reward, theta = G + ratio, reward - g * w, theta - g
            w = math.tanh(theta / (G + 1)) * (1 + reward)
        return 1 + reward <= 0

    def test_ruin_comes_after_the_derived_run(self):
        for ratio in (1.5, 2.0, 3.0):
            run = math.ceil(number("misspecified", "run_length", ratio=ratio))
            assert self.ruined(ratio, run) and not self.ruined(ratio, run - 1)

    def test_up_to_the_safe_ratio_there_is_none(self):
        safe = number("misspecified", "safe_ratio")
        assert safe == pytest.approx(1 / math.tanh(1))
        assert not any(self.ruined(safe * 0.999, run) for run in (1, 10, 100, 1000))
        assert any(self.ruined(safe * 1.01, run) for run in (100, 1000))
        assert math.tanh(number("misspecified", "ruin_place", ratio=2)) == pytest.approx(
            number("misspecified", "ruin_fraction", ratio=2)
        )


class TestBaselines:
    @pytest.mark.parametrize(("eta", "D"), [(1.0, 150.0), (0.5, 75.0)])
    def test_the_way_to_D(self, eta, D):
        T = 10**5
        for name, step in (("equal", lambda t: eta / math.sqrt(T)), ("decreasing", lambda t: eta / math.sqrt(t))):
            w, cost, t = 0.0, 0.0, 0
            while w < D and t < T:
                t += 1
                cost += D - w
                w += step(t)
            assert t == pytest.approx(number("baselines", f"{name}_arrival", T=T, D=D, eta=eta), rel=0.03)
            assert cost / T == pytest.approx(number("baselines", f"{name}_cost", T=T, D=D, eta=eta, L=1), rel=0.06)

    def test_exponents_and_the_oracle(self):
        chain = ALL["baselines"]()
        assert (chain["equal_exponent"], chain["decreasing_exponent"], chain["oracle_exponent"]) == (2, 3, 1)
        etas = np.geomspace(0.1, 100, 4001)
        bounds = value(chain["bound"], eta=etas, D=3, L=2, T=100)
        assert bounds.min() == pytest.approx(number("baselines", "optimum", D=3, L=2, T=100), rel=1e-5)
        assert number("baselines", "reach", T=100, eta=2) == pytest.approx(sum(2 / math.sqrt(t) for t in range(1, 101)),
                                                                           rel=0.1)  # fmt: skip
