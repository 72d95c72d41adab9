"""Rounding gives itself away: shaped traces alarm, honest ones do not, whatever their true sensitivity."""

import time

import numpy as np
import pytest
from replay_statements import NaiveLogistic, StableLogistic, Subtracted, records_of

import problems
from theorylab.methods import GD, GDPolyak, Polyak
from theorylab.replay import move_check, rounding_report, shadow_check, value_check
from theorylab.runs import run

RAVINE = problems.CurvedRavine(p=4, c=1.0, a=10.0)
START = np.array([1.0970541496874935, 0.5327534435573401])


def _report(problem, method, steps, start, **options):
    trace = run(problem, method, steps=steps, start=start)
    return rounding_report(trace.problem, trace.method, records_of(trace), **options)


def _neurons(kind):
    """Two students of a teacher in the plane: the state is a tuple of four."""
    return kind(np.array([1.0, 0.5]), np.array([0.7, 0.1, 0.2, 0.6]))


HONEST = {
    "ravine, gradient descent": (RAVINE, GD(0.0125), 10**5, START, 500),
    "ravine, short and long steps": (RAVINE, GDPolyak(0.0125, 100), 3000, START, 1000),
    "ravine, chaotic Polyak steps": (RAVINE, Polyak(), 3000, START, 300),
    "straight ravine, moves below an ulp between long ones": (
        problems.PowerRavine(p=4, c=0.25, lam=1.0), GDPolyak(0.5, 100), 6000, (0.3, 0.05), 300),
    "stable neurons": (_neurons(problems.TwoNeuron), GDPolyak(0.5, 40), 600, None, 100),
    "matrix factorisation": (
        problems.MatrixFactorisation.random(d=8, r=2, k=3, seed=1), GDPolyak(0.25, 40), 400, None, 100),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_trace_raises_no_alarm(name):
    *trace, window = HONEST[name]
    report = _report(*trace, window=window)
    assert not report.alarm, report.why


def test_the_naive_neuron_formula_is_found_with_its_error_of_three_eighths():
    report = _report(_neurons(problems.NaiveTwoNeuron), GDPolyak(0.5, 40), 1500, None, window=100)
    assert report.alarm and report.value.what == "gap"
    assert report.value.errors[np.isfinite(report.value.errors)].max() > 0.3
    assert report.first > 50


def test_the_rounding_floor_of_a_shifted_ravine_is_found_by_memory_and_move():
    report = _report(problems.Shifted(RAVINE, (1.0, 1.0)), GDPolyak(0.0125, 100), 4000, START + 1.0)
    assert report.alarm and report.shadow.alarm and report.value.worst < 1e-12
    assert report.move.worst > 1e-3 and report.shadow.median > 1e8


def test_a_floor_beyond_the_window_is_found_by_moves_that_stay_wrong():
    # eta f'(u) = 2e-16 at u = 2e-5: every move is an ulp of the coordinate or nothing
    start = np.array([2e-5, 4e-10]) + 1.0
    report = _report(problems.Shifted(RAVINE, (1.0, 1.0)), GD(0.0125), 10**5, start, window=200)
    assert report.alarm and not report.shadow.alarm and report.first > 200 and report.move.worst > 0.1


def test_chaos_far_from_the_origin_is_found_by_moves_where_memory_is_blind():
    report = _report(problems.Shifted(RAVINE, (1e8, 1e8)), Polyak(), 6000, START + 1e8, window=300)
    assert report.alarm and not report.shadow.alarm and report.value.worst < 1e-12
    assert 1e-3 < report.move.worst < 1e-1


@pytest.mark.parametrize(
    ("problem", "method", "steps", "start"),
    [
        (Subtracted(3e7), GD(0.05), 2000, (0.5,)),
        (NaiveLogistic(1.0), GD(2.0**33), 400, (24.0,)),
    ],
    ids=["gap by subtraction", "log(1 + e^-u)"],
)
def test_cancellation_in_the_gap_is_found(problem, method, steps, start):
    report = _own_report(problem, method, steps, start)
    assert report.alarm and report.value.what == "gap" and report.value.worst > 1e-5


def test_the_same_loss_without_cancellation_is_honest():
    report = _own_report(StableLogistic(1.0), GD(2.0**33), 400, (24.0,))
    assert not report.alarm and report.value.worst < 1e-12


def test_a_value_that_underflows_to_a_subnormal_or_to_zero_is_found():
    problem, method = problems.PowerRavine(p=8, c=0.125, lam=1.0), GDPolyak(0.1, 2)
    for u in (2.0**-130, 2.0**-140):
        report = _own_report(problem, method, 1, (u, 0.0))
        assert report.value.worst == np.inf and report.alarm


def _own_report(problem, method, steps, start):
    """The report on a run of the compiled loop, for records that the zoo does not know."""
    from theorylab.kernels import HEAD, Stream, cache
    from theorylab.replay import Records

    compiled = cache.compiled(problem, method)
    schedule = np.unique(np.geomspace(1, steps, 30).astype(np.int64))
    carry = compiled.begin(problem, method, tuple(start))
    first = carry.at
    table = np.full((schedule.size, 20), np.nan)
    stream = Stream(np.uint64(0), np.uint64(0))
    compiled.descend(problem, method, carry, stream, schedule, 0, schedule.size, np.array([-np.inf]), np.array([-1]),
                     np.inf, 10**6, table)  # fmt: skip
    d, own = len(start), len(HEAD) + len(method.column_names)
    states = np.vstack([np.array(first.x), table[:, own : own + d]])
    memory = 1 if isinstance(method, GDPolyak) else 0
    start_memory = np.full((1, memory), getattr(method, "short_steps", 0))
    memories = np.vstack([start_memory, table[:, own + d : own + d + memory]])
    gaps = np.concatenate([[first.f], table[:, 1]])
    records = Records(np.append(0, schedule), states, memories, {"gap": gaps})
    return rounding_report(problem, method, records, window=500)


def test_checks_at_the_records_of_a_small_trace_cost_milliseconds():
    trace = run(RAVINE, GDPolyak(0.0125, 100), steps=3000, start=START)
    records = records_of(trace)
    best = np.inf
    for _ in range(5):
        began = time.perf_counter()
        value_check(trace.problem, trace.method, records)
        move_check(trace.problem, trace.method, records)
        best = min(best, time.perf_counter() - began)
    assert best < 0.05  # 5 ms on an idle machine


def test_a_column_that_was_tampered_with_is_found_at_its_step():
    trace = run(RAVINE, GD(0.0125), steps=200, start=START)
    records = records_of(trace)
    columns = {**records.columns, "gap": records.columns["gap"].copy()}
    columns["gap"][10] *= 1.0 + 1e-5
    errors = value_check(trace.problem, trace.method, records._replace(columns=columns))
    assert errors.what == "gap" and list(errors.high) == [records.steps[10]]
    shadow = shadow_check(trace.problem, trace.method, records._replace(columns=columns))
    assert list(shadow.gap.high) == [records.steps[10]]


def test_a_run_that_diverges_is_not_blamed_on_rounding():
    trace = run(RAVINE, GD(0.125), steps=50, start=START)
    report = rounding_report(trace.problem, trace.method, records_of(trace))
    assert trace.status.name == "DIVERGED" and not report.alarm
