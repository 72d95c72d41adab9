"""Derivations of the coin-betting bounds against Algorithm 1 in plain Python, root finding and grids."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from scipy import optimize, special

from theorylab.papers.cocob.derivations import ALL
from theorylab.theory.evaluate import value


def cocob(gradients, limit=1.0, start_wealth=None):
    """Iterates before each gradient, wealth, theta and G after it; w_1 = 0."""
    start_wealth = limit if start_wealth is None else start_wealth
    w, G, reward, theta, rows = 0.0, limit, 0.0, 0.0, []
    for t, gradient in enumerate(gradients):
        g = gradient(w, t) if callable(gradient) else gradient
        before = w
        G, reward, theta = G + abs(g), reward - g * w, theta - g
        w = math.tanh(theta / (G + limit)) / limit * (start_wealth + reward)
        rows.append((before, g, start_wealth + reward, theta, G))
    return np.array(rows).T


def streams(size, limit, seed=0):
    rng = np.random.default_rng(seed)
    yield limit * rng.uniform(-1, 1, size)
    yield limit * rng.choice([-1.0, 1.0], size)
    yield limit * np.where(rng.uniform(size=size) < 0.3, 1.0, -1.0)
    yield limit * np.where(rng.uniform(size=size) < 0.9, 0.0, rng.uniform(-1, 1, size))
    yield limit * np.where(np.arange(size) // 50 % 2 == 0, 1.0, -1.0)
    yield [lambda w, t: math.copysign(limit, w - 10.137)] * size


class TestWealth:
    @pytest.mark.parametrize(("limit", "wealth"), [(1.0, 1.0), (2.5, 0.3)])
    def test_log_wealth_is_above_its_bound_and_the_slack_never_decreases(self, limit, wealth):
        chain = ALL["wealth_bound"]()
        for stream in streams(800, limit):
            _, g, money, theta, G = cocob(stream, limit, wealth)
            keep = money > 1e-6 * np.maximum.accumulate(money)  # less is lost by cancellation
            slack = np.log(money[keep]) - value(chain["log_bound"], L=limit, epsilon=wealth, theta=theta, G=G)[keep]
            assert slack.min() >= -1e-9 and np.diff(slack).min() >= -1e-8
            if abs(g[0]) == limit:
                assert slack[0] == pytest.approx(float(chain["first_slack"]), abs=1e-12)

    def test_the_gain_of_one_round_is_the_derived_one(self):
        chain = ALL["wealth_bound"]()
        g = next(streams(50, 1.0, seed=3))
        _, _, money, theta, G = cocob(g)
        slack = np.log(money) - value(chain["log_bound"], L=1, epsilon=1, theta=theta, G=G)
        for t in range(1, 50):
            coin = -g[t]
            name = "step_gain" if coin >= 0 else "step_gain_left"
            gain = value(chain[name], c=coin, theta=theta[t - 1], G=G[t - 1])
            assert slack[t] - slack[t - 1] == pytest.approx(float(gain), abs=1e-12)

    def test_twice_the_exponent_is_too_much(self):
        _, _, money, theta, G = cocob([-1.0] * 30)
        doubled = value(ALL["wealth_bound"]()["log_bound_with"], kappa=1, L=1, epsilon=1, theta=theta, G=G)
        assert (np.log(money) - doubled).min() < 0
        same = value(ALL["wealth_bound"]()["log_bound_with"], kappa=0.5, L=1, epsilon=1, theta=theta, G=G)
        assert same == pytest.approx(value(ALL["wealth_bound"]()["log_bound"], L=1, epsilon=1, theta=theta, G=G))

    def test_the_fraction_by_root_finding(self):
        for theta, G, limit in ((3.0, 7.0, 1.0), (-40.0, 90.0, 2.0)):
            def ratio(f, theta=theta, G=G, limit=limit):
                potential = [math.exp((theta + side * limit) ** 2 / (2 * limit * (G + limit))) for side in (1, -1)]
                return (1 + f) * potential[1] - (1 - f) * potential[0]

            found = optimize.brentq(ratio, -1 + 1e-12, 1 - 1e-12, xtol=1e-14)
            chain = ALL["bet_from_potential"]()
            for name in ("beta", "beta_sigmoid"):
                assert value(chain[name], theta=theta, G=G, L=limit) * limit == pytest.approx(found, abs=1e-10)
            move = value(chain["move"], theta=theta, G=G, L=limit, epsilon=2, reward=5)
            assert move * limit == pytest.approx(7 * found)


class TestConjugate:
    @pytest.mark.parametrize(("a", "b", "y"), [(1.0, 1.0, 0.3), (50.0, 0.1, 20.0), (1e4, 1e-2, 1e-5)])
    def test_by_maximisation(self, a, b, y):
        chain = ALL["conjugate"]()
        with mpmath.workdps(30):
            place = mpmath.findroot(lambda x: y - b * x / a * mpmath.exp(x**2 / (2 * a)), min(y * a / b, a**0.5 * 3))
            best = float(place * y - b * mpmath.exp(place**2 / (2 * a)))
        W = special.lambertw(float(value(chain["argument"], a=a, b=b, y=y))).real
        assert value(chain["conjugate_in_W"], b=b, W=W) == pytest.approx(best, rel=1e-9)
        at = dict(zip(sp.symbols("a b y", positive=True), (a, b, y), strict=True))
        assert float(sp.N(chain["conjugate"].subs(at))) == pytest.approx(best, rel=1e-6)
        assert best <= value(chain["simple"], a=a, b=b, y=y)

    def test_bounds_of_W_and_how_tight_they_are(self):
        chain, z = ALL["conjugate"](), np.geomspace(1e-4, 1e300, 4000)
        W = special.lambertw(z).real
        assert (value(chain["lambert_lower"], z=z) <= W).all() and (W <= value(chain["lambert_upper"], z=z)).all()
        least = optimize.minimize_scalar(lambda w: w / math.log1p(w * math.exp(w)), bounds=(1, 5), method="bounded").fun
        assert (W / value(chain["lambert_upper"], z=z)).min() == pytest.approx(least, rel=1e-4)
        assert least > 1.14 * float(chain["share"])  # the quoted factor has room


class TestRegret:
    @pytest.mark.parametrize("wealth", [0.2, 1.0])
    def test_both_forms_hold_on_every_stream_for_every_comparator(self, wealth):
        chain = ALL["regret_bound"]()
        for stream in streams(600, 1.0, seed=1):
            w, g, _, _, G = cocob(stream, 1.0, wealth)
            for comparator in (0.0, 0.3, -0.3, 7.0, -7.0, 10.137):
                regret = np.cumsum(g * (w - comparator))
                at = {"L": 1, "G": G, "u": abs(comparator), "epsilon": wealth}
                W = special.lambertw(value(chain["argument"], **at)).real
                lambert, simple = value(chain["lambert_in_W"], W=W, **at), value(chain["simple"], **at)
                scale = 1e-12 * np.maximum.accumulate(np.abs(np.cumsum(np.abs(g * w))) + 1)
                assert (regret <= lambert + scale).all() and (lambert <= simple * (1 + 1e-12)).all()

    def test_the_lambert_form_in_W_is_the_one_in_u(self):
        chain = ALL["regret_bound"]()
        at = {"L": 2.0, "G": 300.0, "u": 3.0, "epsilon": 0.5}
        W = special.lambertw(float(value(chain["argument"], **at))).real
        exact = chain["lambert"].subs({s: at[s.name] for s in chain["lambert"].free_symbols})
        assert value(chain["lambert_in_W"], W=W, **at) == pytest.approx(float(sp.N(exact)), rel=1e-12)

    def test_a_logarithm_without_its_square_is_exceeded(self):
        chain = ALL["regret_bound"]()
        w, g, _, _, G = cocob([lambda w, t: math.copysign(1.0, w - 10.137)] * 10**4)
        half = value(chain["in_lam"], lam=np.log1p(G * 10.137), L=1, G=G, u=10.137, epsilon=1)
        assert 1.1 < (np.cumsum(g * (w - 10.137)) / half)[-1] < 1.3
        full = value(chain["in_lam"], lam=value(chain["lam"], G=G, u=10.137, epsilon=1), L=1, G=G, u=10.137, epsilon=1)
        assert full == pytest.approx(value(chain["simple"], L=1, G=G, u=10.137, epsilon=1))


class TestGap:
    def test_mean_gap_on_the_absolute_value(self):
        chain, D, T = ALL["gap_bound"](), 10.137, 10**4
        w, g, _, _, G = cocob([lambda w, t: math.copysign(1.0, w - D)] * T)
        mean = np.abs(w - D).mean()
        bound = float(value(chain["bound"], L=1, G=G[-1], u=D, T=T, tau=1))
        assert 0.8 < mean / bound < 1
        assert bound < value(chain["printed"], L=1, G=G[-1], u=D, T=T, tau=1)
        assert bound <= value(chain["worst"], L=1, D=D, T=T) * (1 + 1e-12)
        inner = value(chain["inner"], L=1, G=G[-1], u=D)
        assert value(chain["mean"], X=inner, L=1, u=D, T=T, tau=1) == pytest.approx(bound)

    def test_a_weakly_quasiconvex_function_needs_tau(self):
        chain, D, tau, T = ALL["gap_bound"](), 1000.0, 0.5, 2000

        def slope(w, t):
            return math.copysign(tau * (1 + abs(w - D)) ** (tau - 1), w - D)

        w, _, _, _, G = cocob([slope] * T, tau)
        means = np.cumsum((1 + np.abs(w - D)) ** tau - 1) / np.arange(1, T + 1)
        at = {"L": tau, "G": G, "u": D, "T": np.arange(1, T + 1)}
        assert (means <= value(chain["bound"], tau=tau, **at)).all()
        assert (means / value(chain["bound"], tau=1, **at)).max() == pytest.approx(1.37, abs=0.02)

    def test_the_price_of_not_knowing_D(self):
        assert float(value(ALL["gap_bound"]()["price"], T=1e6, D=1)) == pytest.approx(5.26, abs=0.005)
        assert ALL["gap_bound"]()["bounded_exponent"] == -1
