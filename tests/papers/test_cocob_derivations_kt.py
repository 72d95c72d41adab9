"""Derivations of KT, of the lower bound and of Algorithm 2's first step against enumeration and plain Python."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp
from scipy import special

from theorylab.papers.cocob.derivations import ALL
from theorylab.papers.cocob.lower import best_place, least_regret, log_tails
from theorylab.runs import BadInput
from theorylab.theory.evaluate import value


def kt_wealth(coins, start=1.0):
    """Wealth before the first and after each coin; the bet is the mean of the coins so far, with one more in n."""
    wealth, total, found = start, 0.0, [start]
    for t, coin in enumerate(coins, 1):
        wealth *= 1 + coin * total / t
        total += coin
        found.append(wealth)
    return np.array(found)


class TestKT:
    @pytest.mark.parametrize("start", [1.0, 0.2])
    def test_wealth_is_the_potential_on_signs_and_above_it_on_other_coins(self, start):
        chain, rng = ALL["kt"](), np.random.default_rng(4)
        for _ in range(20):
            signs, other = rng.choice([-1.0, 1.0], 60), rng.uniform(-1, 1, 60)
            for coins, tight in ((signs, True), (other, False)):
                x, T = np.cumsum(coins), np.arange(1, 61)
                ratio = kt_wealth(coins, start)[1:] / value(chain["potential"], T=T, x=x, epsilon=start)
                assert (ratio >= 1 - 1e-9).all()
                assert (np.abs(ratio - 1) < 1e-9).all() == tight
                logs = value(chain["log_potential"], T=T, x=x, epsilon=start)
                assert np.exp(logs) == pytest.approx(value(chain["potential"], T=T, x=x, epsilon=start), rel=1e-9)

    def test_lower_bounds_of_the_potential_for_all_x(self):
        chain = ALL["kt"]()
        for T in (*range(1, 80), 1000, 10**5):
            x = np.linspace(-T, T, 401)
            log_F = value(chain["log_potential"], T=T, x=x, epsilon=1)
            assert (log_F - value(chain["log_lower_sharp"], T=T, x=x, epsilon=1)).min() >= 0.19
            slack = log_F - value(chain["log_lower"], T=T, x=x, epsilon=1)
            assert slack.min() >= 1 / 2 + math.log(math.pi) / 2 - 1e-9  # attained at T = |x| = 1

    def test_the_best_fixed_fraction_by_a_grid(self):
        chain, T = ALL["kt"](), 40
        fractions = np.linspace(-1, 1, 20001)[1:-1]
        for heads in range(1, T):
            x = 2 * heads - T
            best = (heads * np.log1p(fractions) + (T - heads) * np.log1p(-fractions)).max()
            assert float(value(chain["log_best"], T=T, x=x)) == pytest.approx(best, abs=1e-5)
            log_F = float(value(chain["log_potential"], T=T, x=x, epsilon=1))
            assert log_F >= best + math.log(float(value(chain["best_share"], T=T)))

    def test_a_constant_fractional_coin(self):
        chain = ALL["kt"]()
        for coin in (0.1, 0.5, 0.9):
            T = np.arange(1, 200)
            logs = np.log(kt_wealth([coin] * 199)[1:])
            assert value(chain["constant_log_wealth"], T=T, v=coin) == pytest.approx(logs, abs=1e-9)
            assert value(chain["constant_log_best"], T=T, v=coin) == pytest.approx(T * math.log1p(coin))

    @pytest.mark.parametrize("start", [1.0, 0.05])
    def test_regret_in_all_forms(self, start):
        chain, rng, T = ALL["kt"](), np.random.default_rng(8), 2000
        D = 10.137
        streams = [rng.choice([-1.0, 1.0], T), rng.uniform(-1, 1, T), None]
        for stream in streams:
            w, total, reward, regrets = 0.0, 0.0, 0.0, np.zeros(4)
            sizes = np.array([0.0, 0.3, 7.0, D])
            for t in range(1, T + 1):
                g = math.copysign(1.0, w - D) if stream is None else stream[t - 1]
                reward, total = reward - g * w, total - g
                regrets += g * (w - sizes)
                w = total / (t + 1) * (start + reward)
            at = {"T": T, "u": sizes, "epsilon": start}
            W = special.lambertw(value(chain["lambert_argument"], **at)).real
            forms = [value(chain["regret_lambert_in_W"], W=W, **at)]
            forms += [value(chain[name], **at) for name in ("regret_exact", "regret")]
            assert all((a <= b * (1 + 1e-12)).all() for a, b in itertools.pairwise([regrets, *forms]))
            sharp = value(chain["regret_sharp"], **at)
            assert (regrets <= sharp).all() and (sharp < forms[-1])[1:].all()
            if stream is None:
                assert regrets[-1] > 8 * value(chain["regret_without_u"], T=T, u=D, epsilon=start)

    def test_constants(self):
        chain = ALL["kt"]()
        assert float(chain["constant"]) == pytest.approx(23.2134, abs=1e-4) and chain["printed_constant"] == 24


def tail_by_counting(T, x):
    return sum(math.comb(T, heads) for heads in range(T + 1) if abs(2 * heads - T) >= x) / 2**T


class TestLowerBound:
    @pytest.mark.parametrize("T", [1, 2, 7, 30])
    def test_tails_by_counting(self, T):
        x, log_p = log_tails(T)
        assert x.tolist() == list(range(T % 2, T + 1, 2))
        assert np.exp(log_p) == pytest.approx([tail_by_counting(T, place) for place in x], rel=1e-12)
        terms = ALL["lower_bound"]()["tail_term"]
        for place, p in zip(x[x > 0], np.exp(log_p[x > 0]), strict=True):
            j = np.arange((T - place) // 2 + 1)
            assert value(terms, T=T, x=place, j=j).sum() == pytest.approx(p, rel=1e-12)

    @pytest.mark.parametrize("start", [1.0, 0.3])
    def test_it_is_the_largest_over_x_and_no_algorithm_does_better(self, start):
        T, sizes = 10, np.array([0.0, 0.5, 2.0, 10.0, 300.0])
        found = least_regret(T, sizes, start)
        for u, least in zip(sizes, found, strict=True):
            every = [start + x * u - start / tail_by_counting(T, x) for x in range(0, T + 1, 2)]
            assert least == pytest.approx(max(every), rel=1e-12, abs=1e-12)
        for bet in (_kt_fraction, _cocob_fraction, lambda total, t: 0.0, lambda total, t: 0.9 * total / max(t, 1)):
            every = [_regrets(signs, bet, sizes, start) for signs in itertools.product((-1, 1), repeat=T)]
            worst = np.max(every, axis=0)
            assert (worst >= found - 1e-9).all()

    def test_bounds_over_lower_bound_fall_towards_the_limit(self):
        ratios = []
        for T in (10**2, 10**4, 10**6):
            bound = value(ALL["kt"]()["regret"], T=T, u=1.0, epsilon=1)
            ratios.append(float(bound / least_regret(T, 1.0)))
        limit = float(ALL["lower_bound"]()["ratio"])
        assert ratios == sorted(ratios, reverse=True) and ratios[-1] > limit
        assert ratios == pytest.approx([3.68, 2.50, 2.10], abs=0.01)
        assert ALL["lower_bound"]()["algorithm_ratio"] == sp.sqrt(2)

    def test_shapes_and_places(self):
        places, values = best_place(100, [[1.0, -1.0], [10.0, 1e3]])
        assert places.shape == values.shape == (2, 2) and values[0, 0] == values[0, 1]
        assert places.ravel().tolist() == [14, 14, 24, 36]
        assert least_regret(100, 1.0).shape == ()

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [((0, 1.0), "rounds is 0"), ((2.5, 1.0), "positive integer"), ((5, 1.0, 0.0), "epsilon is 0"),
         ((5, [1.0, math.nan]), "not finite")],
    )  # fmt: skip
    def test_bad_input_is_told(self, arguments, words):
        with pytest.raises(BadInput, match=words):
            least_regret(*arguments)


def _kt_fraction(total, t):
    return total / (t + 1)


def _cocob_fraction(total, t):
    return math.tanh(total / (t + 2))


def _regrets(signs, bet, sizes, start):
    """Largest regret against +-u, where w is a fraction of the wealth."""
    wealth, total = start, 0.0
    for t, g in enumerate(signs):
        wealth -= g * bet(total, t) * wealth
        total -= g
    return -(wealth - start) + np.abs(total) * sizes


class TestBackprop:
    @staticmethod
    def first(g, alpha, floor):
        L = max(floor, abs(g))
        theta = -g
        return theta / (L * max(abs(g) + L, alpha * L)) * (L + max(0.0, 0.0))

    @pytest.mark.parametrize("alpha", [2.5, 100.0])
    def test_the_first_move(self, alpha):
        chain = ALL["backprop_first_step"]()
        for g in (1e-8, -3.7, 1e5):
            move = float(value(chain["first"], alpha=alpha, sign=math.copysign(1, g)))
            assert self.first(g, alpha, 1e-8) == pytest.approx(move, rel=1e-15)
        for g in (1e-9, -3e-12):
            at = {"alpha": alpha, "sign": math.copysign(1, g), "g": abs(g), "L_0": 1e-8}
            assert self.first(g, alpha, 1e-8) == pytest.approx(float(value(chain["first_small"], **at)), rel=1e-14)
