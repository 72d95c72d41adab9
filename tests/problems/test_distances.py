"""Distances, coins and weakly quasi-convex functions: what their draws are, and the constants that they state."""

import math
from typing import NamedTuple

import mpmath
import numpy as np
import pytest
import sympy as sp

from problems import Coins, Distance, FlippedDistance, KinkedQuasiconvex, SmoothQuasiconvex
from theorylab.kernels import Stream, arrived, drawn, inline, uniform
from theorylab.methods import COCOB
from theorylab.runs import run, run_many


def drawn_at(problem, x, steps, seed=0):
    """(f, g) of the draws of steps 0, 1, ... at one point, shapes (steps,)."""
    stream = Stream(np.uint64(seed), np.uint64(0))
    found = [type(problem).draw(problem, (), (x,), (0.0,), k, stream) for k in range(steps)]
    return np.array([f for f, _ in found]), np.array([g for _, (g,) in found])


def at(problem, x):
    f, (slope,) = type(problem).kernel(problem, (), (x,), (0.0,))
    return f, slope


@inline
def _init(method, x):
    return (0.0,)


@inline
def _stay(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    return arrived(oracle, at.x, f, g), (g[0],)


@inline
def _columns(method, at, memory):
    return (memory[0],)


class Stay(NamedTuple):
    """Looks at draws and does not move."""

    unused: float = 0.0

    init, step, columns = staticmethod(_init), staticmethod(_stay), staticmethod(_columns)
    column_names = ("draw",)
    needs = ()

    def patience(self):
        return 2**62


STOCHASTIC = [
    (FlippedDistance(10.137, 0.1), 3.0),
    (FlippedDistance(10.137, 0.4), 13.0),
    (FlippedDistance.hard(1.0137, 8.0, 400), 0.0),
    (SmoothQuasiconvex(3.0, 0.5, 0.5), 1.0),
    (KinkedQuasiconvex(3.0, 0.2, 0.5), 7.0),
    *((coins, -0.7) for coins in Coins.streams().values()),
]


@pytest.mark.parametrize(("instance", "x"), STOCHASTIC, ids=lambda v: repr(v)[:40])
def test_draws_average_to_the_value_and_the_gradient_and_never_exceed_their_bound(instance, x):
    values, gradients = drawn_at(instance, x, 20_000)
    block = getattr(instance, "block", 1)
    for found, mean in zip((values, gradients), at(instance, x), strict=True):
        error = found.std() * math.sqrt(block / found.size)
        assert abs(found.mean() - mean) <= 4 * error + 1e-15
    assert np.abs(gradients).max() <= instance.facts()["largest_draw"].value


def test_flips_follow_the_uniform_of_their_step():
    problem, stream = FlippedDistance(2.0, 0.25), Stream(np.uint64(5), np.uint64(0))
    flipped = np.array([uniform(stream, k) < 0.25 for k in range(500)])
    values, gradients = drawn_at(problem, 0.5, 500, seed=5)
    assert gradients.tolist() == np.where(flipped, 1.0, -1.0).tolist()
    assert values.tolist() == (gradients * (0.5 - 2.0)).tolist()
    assert drawn_at(problem, 3.0, 500, seed=5)[1].tolist() == (-gradients).tolist()


def test_at_the_kink_signs_are_fair_and_the_stated_subgradient_is_zero():
    _, gradients = drawn_at(FlippedDistance(2.0, 0.1), 2.0, 10_000)
    assert set(gradients) == {-1.0, 1.0} and abs(gradients.mean()) < 0.04
    for problem in (Distance(2.0), FlippedDistance(2.0, 0.1), KinkedQuasiconvex(2.0)):
        assert at(problem, 2.0) == (0.0, 0.0)


def test_a_compiled_run_makes_the_same_draws():
    for problem in (FlippedDistance(), KinkedQuasiconvex(noise=0.5), Coins(0.3, 0.5, 0.5, 3)):
        trace = run(problem, Stay(), steps=50, record=range(51), seed=4, floor=-np.inf)
        np.testing.assert_allclose(trace.draw[1:], drawn_at(problem, 0.0, 50, seed=4)[1], rtol=1e-14)


ABREAST = [FlippedDistance(), KinkedQuasiconvex(noise=0.5), SmoothQuasiconvex(noise=0.1), *Coins.streams().values()]


@pytest.mark.parametrize("instance", ABREAST)
def test_many_runs_make_the_draws_of_single_ones(instance):
    cells = [{"problem": instance, "method": COCOB(2.0), "steps": 300, "seed": s, "floor": -np.inf} for s in range(5)]
    for cell, trace in zip(cells, run_many(cells), strict=True):
        assert trace.table.tolist() == run(**cell).table.tolist()


def test_hard_instance_has_the_slope_that_its_horizon_hides():
    assert FlippedDistance.hard(1.0, 3.0, 10**6).facts()["lipschitz"].value == pytest.approx(3e-3, rel=1e-12)
    assert FlippedDistance.hard(1.0, 10.0, 100).faults() == []
    assert "FlippedDistance.p" in FlippedDistance.hard(1.0, 11.0, 100).faults()[0]  # c < sqrt T


def test_streams_of_coins_are_those_of_the_specification():
    coins = {name: drawn_at(problem, 1.0, 20_000)[1] for name, problem in Coins.streams().items()}
    assert set(coins["fair signs"]) == set(coins["signs 30/70"]) == set(coins["blocks of 50"]) == {-1.0, 1.0}
    assert (coins["signs 30/70"] > 0).mean() == pytest.approx(0.3, abs=0.015)
    assert (coins["sparse"] == 0).mean() == pytest.approx(0.9, abs=0.01) and set(coins["sparse"]) == {-1.0, 0.0, 1.0}
    blocks = coins["blocks of 50"].reshape(-1, 50)
    assert (blocks == blocks[:, :1]).all() and 0.4 < (blocks[:, 0] > 0).mean() < 0.6
    spread = np.sort(coins["uniform"])
    assert np.abs(spread - np.linspace(-1, 1, spread.size)).max() < 0.03  # Kolmogorov-Smirnov


@pytest.mark.parametrize("made", [SmoothQuasiconvex, KinkedQuasiconvex])
@pytest.mark.parametrize("a", [0.2, 0.5])
def test_tau_is_the_infimum_and_the_lipschitz_constant_the_supremum(made, a):
    problem = made(0.0, a)
    facts = problem.facts()
    x = np.geomspace(1e-6, 1e12, 400)
    f, slope = np.array([at(problem, v) for v in x]).T
    ratio = x * slope / f
    assert (ratio >= facts["tau"].value).all() and ratio[-1] <= facts["tau"].value * 1.01
    assert slope.max() <= facts["lipschitz"].value * (1 + 1e-14)
    peak = 1 / math.sqrt(1 - a) if made is SmoothQuasiconvex else 1e-9
    assert at(problem, peak)[1] == pytest.approx(facts["lipschitz"].value, rel=1e-8)
    with_noise = made(0.0, a, 0.5).facts()
    assert with_noise["largest_draw"].value == facts["lipschitz"].value + 0.5
    assert with_noise["lipschitz"] == facts["lipschitz"]


@pytest.mark.parametrize("instance", [SmoothQuasiconvex(), KinkedQuasiconvex(30.0, 0.2)])
def test_the_gap_beside_the_minimiser_keeps_its_digits(instance):
    symbols, gap = instance.expression()
    exact = sp.lambdify(symbols, gap, "mpmath")
    for r in (1e-3, 2.0**-20, 2.0**-30):
        x = instance.D + r
        with mpmath.workdps(60):
            assert abs(at(instance, x)[0] / exact(mpmath.mpf(x)) - 1) < 1e-15


def test_these_functions_are_not_convex():
    for problem in (SmoothQuasiconvex(0.0), KinkedQuasiconvex(0.0)):
        assert at(problem, 10.0)[1] > at(problem, 20.0)[1] > 0


def test_parameters_out_of_range_are_named():
    assert "FlippedDistance.p is 0.5; it has to be at least 0 and below 0.5" in FlippedDistance(1.0, 0.5).faults()
    assert "Distance.D" in Distance(math.inf).faults()[0]
    assert Coins(0.0).faults() == ["Coins.p is 0.0; it has to be above 0"]
    assert "Coins.spread is 1.5" in Coins(spread=1.5).faults()[0]
    assert "Coins.block" in Coins(block=0).faults()[0]
    assert "SmoothQuasiconvex.a is 1.0; it has to be between 0 and 1" in SmoothQuasiconvex(a=1.0).faults()
    assert "KinkedQuasiconvex.noise" in KinkedQuasiconvex(noise=-0.1).faults()[0]
