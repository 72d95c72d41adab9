"""Schedules against their formulas in fifty digits, and the methods against plain recursions."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from problems import BoundedAbs, BoundedQuadratic, NoisySlope, Quadratic
from theorylab import run
from theorylab.kernels import Stream, uniform
from theorylab.methods import AveragedSGD, ScheduledAdaGradNorm, ScheduledAdam, ScheduledSGD, schedules
from theorylab.methods.heights import Tabulated, custom, heights, misfits, schedule_faults, vanishing_order
from theorylab.methods.schedules import (
    WSD,
    Constant,
    Cosine,
    InverseSqrt,
    Linear,
    Polynomial,
    PowerDecay,
    RealPolynomial,
    SqrtCooldown,
)
from theorylab.replay import Ball, Replay, lift, precision
from theorylab.runs import BadInput, Status, run_many

VANISHING = [
    Linear(), Polynomial(2), Polynomial(3), Polynomial(7), RealPolynomial(0.5), RealPolynomial(1.7), Cosine(), WSD(),
    WSD(0.35), SqrtCooldown(), SqrtCooldown(1.0),
]  # fmt: skip
ALL = [*VANISHING, Constant(), InverseSqrt(), PowerDecay(0.5), PowerDecay(2.0)]
named = pytest.mark.parametrize("schedule", ALL, ids=repr)


@named
def test_heights_are_those_of_the_formula_at_the_fraction_that_remains(schedule):
    T = 97
    x = sp.Symbol("x", positive=True)
    exact = sp.lambdify(x, schedule.expression(x, sp.Integer(T)), "mpmath")
    found = heights(schedule, T)
    with mpmath.workdps(50):
        for k in range(T):
            true = exact(mpmath.mpf(T - k) / T)
            assert abs(float((found[k] - true) / true)) <= 2e-15
    assert found.shape == (T,) and (found > 0).all()
    first = {InverseSqrt: 0.5, PowerDecay: getattr(schedule, "p", 0)}.get(type(schedule), 0)
    assert found[0] == pytest.approx(T**first, rel=1e-15)


def test_the_last_step_of_a_polynomial_is_T_to_the_minus_p_and_not_zero():
    for p in (1, 2, 3):
        assert heights(Polynomial(p), 64)[-1] == 64.0**-p
        assert heights(PowerDecay(p), 64)[-1] == 1.0


@named
def test_the_height_stays_beyond_the_horizon(schedule):
    plain = type(schedule).height
    assert plain(schedule, 50, 40) == plain(schedule, 40, 40) == plain(schedule, 39, 40) == heights(schedule, 40)[-1]


def test_coefficients_of_the_sine_are_those_of_a_near_minimax_fit():
    with mpmath.workdps(60):
        quotient = lambda z: mpmath.sin(mpmath.pi / 2 * mpmath.sqrt(z)) / mpmath.sqrt(z) if z else mpmath.pi / 2  # noqa: E731
        fit, error = mpmath.chebyfit(quotient, [mpmath.mpf(0), mpmath.mpf(1)], 9, error=True)
    np.testing.assert_allclose(schedules._SIN, [float(c) for c in fit[::-1]], rtol=1e-15, atol=0)
    assert error < 4e-19


def test_cosine_has_a_few_units_of_rounding_down_to_tiny_fractions():
    worst = 0.0
    with mpmath.workdps(50):
        for x in [*np.linspace(0.0, 1.0, 4001)[1:], *np.logspace(-12, 0, 500)]:
            true = mpmath.sin(mpmath.pi / 2 * mpmath.mpf(float(x))) ** 2
            worst = max(worst, abs(float((schedules.sin2_quarter(float(x)) - true) / math.ulp(float(true)))))
    assert 0.5 < worst < 6.0


@named
def test_a_schedule_on_balls_is_its_formula(schedule):
    x = sp.Symbol("x", positive=True)
    exact = sp.lambdify(x, schedule.expression(x, sp.Integer(40)), "mpmath")
    with precision(160), mpmath.workdps(45):
        for k in (0, 13, 39):
            ball = lift(type(schedule).height)(type(schedule)(*map(Ball, schedule)) if isinstance(
                schedule, (WSD, SqrtCooldown, RealPolynomial, PowerDecay)) else schedule, k, 40)  # fmt: skip
            middle = float(Ball(ball).enclosure()[0]) if not isinstance(ball, Ball) else ball.enclosure()[0]
            assert middle == pytest.approx(float(exact(mpmath.mpf(40 - k) / 40)), rel=1e-15)


def test_the_vanishing_order_is_that_of_the_formulas_leading_term():
    x = sp.Symbol("x", positive=True)
    for schedule in VANISHING:
        near_zero = schedule.expression(x).replace(sp.Min, lambda *a: next(v for v in a if v.has(x)))
        order = float(sp.limit(x * sp.diff(near_zero, x) / near_zero, x, 0))
        assert vanishing_order(schedule, 2**14) == pytest.approx(order, abs=0.02)
    for schedule in (Constant(), InverseSqrt(), PowerDecay(0.5), PowerDecay(2.0)):
        assert abs(vanishing_order(schedule, 2**14)) < 0.01


def test_what_a_theory_asks_is_told_in_sentences():
    assert [misfits(s, 400, falls=True, vanishes=True) for s in VANISHING] == [[]] * len(VANISHING)
    for schedule in (Constant(), InverseSqrt(), PowerDecay(2.0)):
        assert misfits(schedule, 400, falls=True) == []
        assert "does not vanish at the end" in misfits(schedule, 400, vanishes=True)[0]
    warm = custom(lambda u: min(1.0, 0.1 + u) * (1 - u), 100)
    assert "Tabulated rises from 0.1 at step 0" in misfits(warm, 100, falls=True)[0]
    assert misfits(warm, 100, vanishes=True) == []
    assert "make it anew" in misfits(warm, 101)[0]


def test_a_schedule_of_ones_own_comes_from_a_formula_or_a_function():
    u = sp.Symbol("u")
    for given in ((1 - u) ** 2, "(1 - u)**2", lambda u: (1 - u) ** 2):
        np.testing.assert_allclose(custom(given, 50).heights, heights(Polynomial(2), 50), rtol=1e-14)
    assert custom(sp.Integer(1), 3).heights.tolist() == [1.0, 1.0, 1.0]
    method = ScheduledSGD(0.125, custom((1 - u) ** 2, 50), 50)
    methods = method, ScheduledSGD(0.125, Polynomial(2), 50)
    own, built_in = (run(NoisySlope(0.1), m, steps=50, seed=4) for m in methods)
    np.testing.assert_allclose(own.x, built_in.x, rtol=0, atol=1e-14)
    for bad, sentence in [
        (u - 0.5, "Tabulated.heights[0] is -0.5; a height has to be at least 0"),
        (u * sp.Symbol("v"), "has the symbols u, v"),
        (lambda u: math.nan, "finite"),
    ]:
        with pytest.raises(ValueError, match=sentence.replace("[", r"\[")):
            custom(bad, 10)
    with pytest.raises(ValueError, match="horizon is 0"):
        custom(u, 0)


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        (ScheduledSGD(0.0, Linear(), 5), "ScheduledSGD.stepsize is 0.0; it has to be a positive finite number"),
        (ScheduledSGD(1.0, Linear(), 0), "ScheduledSGD.horizon is 0; it has to be an integer of at least 1"),
        (ScheduledSGD(1.0, 0.5, 5), "the schedule is 0.5; it has to be one of"),
        (ScheduledSGD(1.0, Polynomial(0), 5), "Polynomial.p is 0; it has to be an integer of at least 1"),
        (ScheduledSGD(1.0, Polynomial(32), 5), "Polynomial.p is 32; it has to be at most 31"),
        (ScheduledSGD(1.0, RealPolynomial(-1.0), 5), "RealPolynomial.p is -1.0"),
        (ScheduledSGD(1.0, PowerDecay(0.0), 5), "PowerDecay.p is 0.0"),
        (ScheduledSGD(1.0, WSD(1.5), 5), "WSD.c is 1.5; it has to be at most 1"),
        (ScheduledSGD(1.0, SqrtCooldown(0.0), 5), "SqrtCooldown.c is 0.0"),
        (ScheduledSGD(1.0, Tabulated(np.array([1.0, -1.0])), 2), "Tabulated.heights.1. is -1.0"),
        (ScheduledSGD(1.0, Tabulated(np.ones(3)), 5), "the table has 3 heights and the horizon is 5"),
        (AveragedSGD(-1.0, Linear(), 5), "AveragedSGD.stepsize is -1.0"),
        (ScheduledAdaGradNorm(1.0, Linear(), 5, 0.0), "ScheduledAdaGradNorm.b0 is 0.0"),
        (ScheduledAdam(1.0, Linear(), 5, beta1=1.0), "ScheduledAdam.beta1 is 1.0; it has to be at least 0 and below 1"),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_bad_input_is_told_in_a_sentence_before_anything_runs(method, sentence):
    with pytest.raises(BadInput, match=sentence):
        run(NoisySlope(0.1), method, steps=5)
    assert schedule_faults(Linear(), 5) == []


def signs(bias, seed, trajectory, steps):
    stream = Stream(np.uint64(seed), np.uint64(trajectory))
    return [1.0 if uniform(stream, k) < 0.5 * (1 + bias) else -1.0 for k in range(steps)]


@pytest.mark.parametrize("schedule", [Cosine(), InverseSqrt(), PowerDecay(0.5), WSD(), Polynomial(3)], ids=repr)
def test_scheduled_sgd_is_its_recursion_and_stays_in_the_domain(schedule):
    T, eta, eps = 60, 0.0625, 0.2
    trace = run(NoisySlope(eps), ScheduledSGD(eta, schedule, T), steps=70, record=range(71), seed=5, trajectory=3)
    h = [*heights(schedule, T), *[heights(schedule, T)[-1]] * 10]
    x = [1.0]
    for k, g in enumerate(signs(eps, 5, 3, 70)):
        x.append(min(max(x[-1] - eta * h[k] * g, 0.0), 1.0))
    np.testing.assert_allclose(trace.x[:, 0], x, rtol=0, atol=1e-14)
    np.testing.assert_allclose(trace.gap, eps * trace.x[:, 0], rtol=1e-15)
    assert trace.status == Status.STEP_LIMIT and trace.x.min() >= 0 and trace.x.max() <= 1


def test_the_draws_of_a_slope_have_its_mean_and_the_noise_of_the_bowl_its_variance():
    g = np.array(signs(0.3, 11, 0, 20_000))
    assert abs(g.mean() - 0.3) < 4 / math.sqrt(20_000)
    trace = run(BoundedQuadratic(1.0, 0.25), ScheduledSGD(0.5, Constant(), 9), steps=4000, record=range(4001), seed=2)
    noise = (trace.x[1:, 0] - 0.5 * trace.x[:-1, 0]) / -0.5
    np.testing.assert_allclose(np.abs(noise), 0.25, rtol=1e-9)
    assert abs(noise.mean()) < 4 * 0.25 / math.sqrt(4000)


def test_a_fixed_rate_on_the_absolute_value_walks_its_cycle():
    trace = run(BoundedAbs(1.0), ScheduledSGD(0.25, Constant(), 10), steps=10, record=range(11), start=[0.1])
    np.testing.assert_allclose(trace.x[:, 0], [0.1, -0.15] * 5 + [0.1], atol=1e-15)
    still = run(BoundedAbs(1.0), ScheduledSGD(0.25, Constant(), 4), steps=2, record=range(3), start=[0.0])
    assert still.x[:, 0].tolist() == [0.0, 0.25, 0.0]  # the subgradient at 0 is -1


@pytest.mark.parametrize("schedule", [Cosine(), Polynomial(3), SqrtCooldown()], ids=repr)
def test_lanes_give_the_bits_of_single_runs(schedule):
    cells = [
        {"problem": NoisySlope(0.1), "method": ScheduledSGD(0.01 * (1 + i), schedule, 40 + i), "steps": 60,
         "seed": i, "trajectory": 7} for i in range(33)
    ]  # fmt: skip
    for cell, trace in zip(cells, run_many(cells), strict=True):
        assert np.array_equal(run(**cell).table, trace.table)


def test_the_average_is_the_mean_of_the_iterates_and_has_its_own_gap():
    T = 30
    method = AveragedSGD(0.125, Linear(), T)
    trace = run(BoundedQuadratic(1.0, 0.5), method, steps=T, record=range(T + 1), seed=8)
    last = run(BoundedQuadratic(1.0, 0.5), ScheduledSGD(*method), steps=T, record=range(T + 1), seed=8)
    assert np.array_equal(trace.x, last.x) and np.array_equal(trace.gap, last.gap)
    means = np.cumsum(trace.x[1:, 0]) / np.arange(1, T + 1)
    np.testing.assert_allclose(trace.memory[1:, 2], means, rtol=0, atol=1e-14)
    np.testing.assert_allclose(trace.average_gap[1:], 0.5 * means**2, rtol=1e-10)
    assert trace.average_gap[0] == trace.gap[0]


def test_averages_of_arrays_are_those_of_tuples():
    eigenvalues = np.array([1.0, 2.0, 0.5])
    small = run(Quadratic(eigenvalues), AveragedSGD(0.25, Cosine(), 20), steps=20, start=[1.0, -1.0, 2.0])
    large = run(Quadratic(np.tile(eigenvalues, 2)), AveragedSGD(0.25, Cosine(), 20), steps=20,
                start=[1.0, -1.0, 2.0] * 2)  # fmt: skip
    np.testing.assert_allclose(2 * small.average_gap, large.average_gap, rtol=1e-13)
    np.testing.assert_allclose(2 * small.gap, large.gap, rtol=1e-13)


@pytest.mark.parametrize("size", [2, 6])
def test_adaptive_methods_are_their_recursions(size):
    T, eta, mu = 40, 0.2, np.linspace(0.5, 2.0, size)
    start = np.linspace(1.0, -0.7, size)
    h = heights(Cosine(), T)
    norm = run(Quadratic(mu), ScheduledAdaGradNorm(eta, Cosine(), T, 0.5), steps=T, record=range(T + 1), start=start)
    adam = run(Quadratic(mu), ScheduledAdam(eta, Cosine(), T), steps=T, record=range(T + 1), start=start)
    x, y, square = start.copy(), start.copy(), 0.25
    m = v = np.zeros(size)
    for k in range(T):
        square += (mu * x) @ (mu * x)
        x = x - eta * h[k] * mu * x / math.sqrt(square)
        g = mu * y
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        y = y - eta * h[k] * (m / (1 - 0.9 ** (k + 1))) / (np.sqrt(v / (1 - 0.999 ** (k + 1))) + 1e-8)
        np.testing.assert_allclose(norm.x[k + 1], x, rtol=0, atol=1e-12)
        np.testing.assert_allclose(adam.x[k + 1], y, rtol=0, atol=1e-11)


def test_the_replay_in_balls_makes_the_same_run():
    method, stream = ScheduledSGD(0.3, Cosine(), 25), Stream(np.uint64(9), np.uint64(1))
    trace = run(NoisySlope(0.1), method, steps=25, record=range(26), seed=9, trajectory=1)
    replay = Replay(NoisySlope(0.1), method, stream)
    for state, x in zip(replay.states(replay.first((1.0,)), 25), trace.x[:, 0], strict=True):
        assert abs(float(state.at.x[0].v.mid()) - x) < 1e-14
    assert trace.x.max() == 1.0 and (trace.x[1:] == 1.0).any()  # the domain was felt
