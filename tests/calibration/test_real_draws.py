"""Real runs have the exponents that they are said to have, and their gaps are right."""

import numpy as np
import pytest

from problems import RealPower, SumOfPowers
from theorylab.calibration import real
from theorylab.replay import Records, move_check, value_check
from theorylab.runs import Status

STATED = {
    "powers": {2.0, 3.0},
    "quartics": {2.0},
    "ravine": {2.0, 5 / 3, 1.5, 4 / 3},
    "heavy_ball": {2.0},
    "adagrad_norm": {2.0},
    "logistic": {1.0},
}
BY_KIND = pytest.mark.parametrize("kind", real.KINDS, ids=lambda kind: kind.__name__)


def least_power(problem) -> float:
    return problem.p if isinstance(problem, RealPower) else min(problem.p)


@pytest.fixture(scope="module")
def runs():
    """Forty runs of each kind with their exponents."""
    rng = np.random.default_rng(20240919)
    return {kind: [real.random_run(kind, rng) for _ in range(40)] for kind in real.KINDS}


def settled(runs, kind):
    return [(t, e) for t, e in runs[kind] if real.is_settled(t.step[1:].astype(float), t.gap[1:], e)]


@BY_KIND
def test_long_settled_runs_end_with_the_exact_exponent(kind, runs):
    """By a fit over the last decade, which `is_settled` does not make; 0.2 % leave no other small fraction."""
    long = [(trace, e) for trace, e in settled(runs, kind) if trace.step[-1] > 10**6]
    assert len(long) >= 5
    deviations = []
    for trace, exponent in long:
        late = trace.step >= trace.step[-1] / 10
        slope = np.polyfit(np.log(trace.step[late]), np.log(trace.gap[late]), 1)[0]
        deviations.append(-slope / exponent - 1)
    assert np.abs(deviations).max() < 0.01
    assert np.median(np.abs(deviations)) < 0.002


@BY_KIND
def test_exponents_are_those_of_the_growth_at_the_minimiser(kind, runs):
    if kind is real.power:
        expected = [least_power(trace.problem) / (least_power(trace.problem) - 2) for trace, _ in runs[kind]]
        assert [exponent for _, exponent in runs[kind]] == expected
        assert {type(trace.problem) for trace, _ in runs[kind]} == {SumOfPowers, RealPower}
    else:
        assert {exponent for _, exponent in runs[kind]} == STATED[kind.__name__]


@BY_KIND
def test_settled_runs_of_gradient_descent_have_the_constant_of_the_flow(kind, runs):
    r"""The gap of the flow is :math:`c\,(\eta c p(p-2) t)^{-p/(p-2)}`: one is never far off by a factor."""
    if kind not in (real.power, real.powers):
        return
    for trace, exponent in settled(runs, kind):
        p, c = least_power(trace.problem), np.ravel(trace.problem.c)[np.argmin(trace.problem.p)]
        flow = c * (trace.method.stepsize * c * p * (p - 2) * trace.step[-1]) ** -exponent
        assert trace.gap[-1] == pytest.approx(flow, rel=0.02 * exponent)


@BY_KIND
def test_some_runs_settle_and_some_do_not(kind, runs):
    assert 0.2 < len(settled(runs, kind)) / len(runs[kind]) < 0.97


@BY_KIND
def test_gaps_and_moves_are_those_of_real_arithmetic(kind, runs):
    for trace, _ in runs[kind][::8]:
        rows = np.linspace(0, len(trace) - 1, 12).astype(int)
        records = Records(trace.step[rows], trace.x[rows], trace.memory[rows], {"gap": trace.gap[rows]})
        assert value_check(trace.problem, trace.method, records).worst < 1e-14
        assert move_check(trace.problem, trace.method, records).worst < 1e-4


def test_draws_are_traces_of_whole_steps_with_sound_gaps():
    rng, again = np.random.default_rng(5), np.random.default_rng(5)
    draws = [real.draw(rng) for _ in range(70)]
    for draw, same in zip(draws, [real.draw(again) for _ in range(70)], strict=True):
        assert np.array_equal(draw.y, same.y) and draw.note == same.note
        assert draw.law == "power" and draw.log_power == 0.0
        assert draw.t[0] in (1.0, 10.0) and 1e4 <= draw.t[-1] <= 1e7
        assert (draw.t == np.rint(draw.t)).all() and (np.diff(draw.t) > 0).all()
        assert (draw.y > real.SMALLEST).all()
        assert draw.settled == real.is_settled(draw.t, draw.y, draw.exponent)
    assert {draw.note.split(":")[0] for draw in draws} == {kind.__name__ for kind in real.KINDS}
    assert {draw.t[0] for draw in draws} == {1.0, 10.0}
    assert 0.3 < np.mean([draw.settled for draw in draws]) < 0.7


def test_violent_starts_creep_for_long_before_they_fall():
    """Some last swing ends so near to the minimiser that over the next decade the gap falls by less than a half."""
    rng, creeping = np.random.default_rng(3), 0
    for _ in range(100):
        trace, _ = real.random_run(real.heavy_ball, rng)
        first, later = trace.gap[np.searchsorted(trace.step, (200, 2000))]
        creeping += first < 1e-4 * trace.gap[0] and later > 0.5 * first
    assert creeping >= 3


GRID = np.unique(np.rint(10 ** np.arange(0, 6.01, 1 / 40)))


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (lambda t: 1.0, True),
        (lambda t: 1 + 50 / t, True),  # 0.5 % of the slope at 1e4
        (lambda t: 1 + 200 / t, False),  # 2 %
        (lambda t: 1 + 0.003 * np.sin(11 * np.log(t)), False),  # 1.4 %: small, but steep
        (lambda t: t**0.01, True),  # 0.7 %
        (lambda t: t**0.02, False),
        (lambda t: np.where(t < 1e4, 100.0, 1.0), True),  # over before the last two decades
        (lambda t: np.where(t < 2e4, 100.0, 1.0), False),
    ],
)
def test_settled_means_within_one_per_cent_over_two_decades(factor, expected):
    assert real.is_settled(GRID, GRID**-1.5 * factor(GRID), 1.5) == expected


def test_a_run_that_ends_early_is_drawn_anew():
    rng, asked = np.random.default_rng(0), []

    def kind(rng):
        asked.append(1)
        stepsize = 1e3 if len(asked) < 3 else 0.1
        return SumOfPowers((1.0,), (4,)), real.GD(stepsize), (1.0,), 2.0

    trace, _ = real.random_run(kind, rng)
    assert len(asked) == 3 and trace.status == Status.STEP_LIMIT
