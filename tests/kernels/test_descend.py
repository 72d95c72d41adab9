"""The one loop: what it records, what it watches between records, how it ends."""

import json
from typing import NamedTuple

import numpy as np
import pytest

from problems import CurvedRavine, MatrixFactorisation
from theorylab.kernels import (
    BELOW,
    DIVERGED,
    FLOOR,
    HEAD,
    RUNNING,
    STALLED,
    Oracle,
    Point,
    inline,
    restore,
    workspace,
)
from theorylab.methods import GD, AdaGradNorm, GDPolyak, HeavyBall, Polyak, RestartedGDPolyak

RAVINE = CurvedRavine(4, 1.0, 10.0)
MATRIX = MatrixFactorisation.random(5, 2, 3, seed=4)
START = (0.3, 0.05)
EVERY = np.arange(301)
COARSE = np.array([0, 1, 2, 7, 40, 41, 150, 299, 300])
LEVELS = np.append(np.logspace(-1, -5, 30), 0.0)
NEVER = np.array([-np.inf])
PAIRS = [
    (RAVINE, GD(0.0125), START),
    (RAVINE, Polyak(), START),
    (RAVINE, GDPolyak(0.0125, 6), START),
    (RAVINE, RestartedGDPolyak(0.0125, 3, 5, -0.1), START),
    (RAVINE, HeavyBall(0.01, 0.5), START),
    (RAVINE, AdaGradNorm(0.02, 1.0), START),
    (MATRIX, GD(0.25), MATRIX.start),
    (MATRIX, HeavyBall(0.1, 0.5), MATRIX.start),
    (MATRIX, AdaGradNorm(0.5, 1.0), MATRIX.start),
    (MATRIX, GDPolyak(0.25, 6), MATRIX.start),
]
NAMES = [f"{type(method).__name__}-{type(problem).__name__}" for problem, method, _ in PAIRS]
HEADS = {name: i for i, name in enumerate(HEAD)}


@inline
def _linear(problem, work, x, g):
    return x[0] - problem.level, (1.0,)


@inline
def _nothing(problem):
    return ()


class Linear(NamedTuple):
    """f(x) = x - level: unbounded below, so that every claimed f_star is wrong."""

    level: float

    kernel = staticmethod(_linear)
    workspace = staticmethod(_nothing)


def _gaps_by_hand(problem, method, x, steps):
    """Gap after each step, by a plain Python loop over the method's own step."""
    oracle = Oracle(problem, workspace(problem))
    f, g = type(problem).kernel(problem, oracle.work, x, x)
    at, memory = Point(x, f, g), type(method).init(method, x)
    gaps = [f]
    for k in range(steps):
        at, memory = type(method).step(method, oracle, at, memory, k, 0)
        gaps.append(at.f)
    return np.array(gaps)


def test_gaps_are_those_of_a_plain_loop_over_the_step(single):
    method = GDPolyak(0.0125, 6)
    gaps = _gaps_by_hand(RAVINE, method, START, 60)
    table = single(RAVINE, method, START, EVERY[:61], NEVER).table
    assert np.array_equal(table[:, HEADS["gap"]], gaps)


@pytest.mark.parametrize("problem, method, x", PAIRS, ids=NAMES)
def test_block_extremes_and_sums_are_those_of_every_step(problem, method, x, single):
    gaps = single(problem, method, x, EVERY, NEVER).table[:, HEADS["gap"]]
    table = single(problem, method, x, COARSE, NEVER).table
    for row, first, last in zip(table[1:], COARSE, COARSE[1:], strict=False):
        block = gaps[first + 1 : last + 1]
        total = 0.0
        for gap in block:
            total += gap
        assert (row[HEADS["gap_min"]], row[HEADS["gap_max"]], row[HEADS["gap_sum"]]) == (min(block), max(block), total)
    assert np.array_equal(table[:, HEADS["gap"]], gaps[COARSE])
    assert table[0, HEADS["gap_min"]] == np.inf and table[0, HEADS["gap_max"]] == -np.inf


@pytest.mark.parametrize("problem, method, x", PAIRS, ids=NAMES)
def test_hits_are_the_first_steps_at_or_below_a_level(problem, method, x, single):
    run = single(problem, method, x, EVERY, LEVELS)
    gaps = run.table[1:, HEADS["gap"]]
    first = [1 + int(np.argmax(gaps <= level)) if np.any(gaps <= level) else -1 for level in LEVELS]
    assert run.hits.tolist() == first
    assert run.carry.level == np.count_nonzero(run.hits >= 0) > 0


@pytest.mark.parametrize("problem, method, x", PAIRS, ids=NAMES)
def test_a_run_cut_at_records_has_the_same_bits(problem, method, x, single):
    whole = single(problem, method, x, COARSE, LEVELS)
    for cuts in (range(1, COARSE.size), (2, 5)):
        parts = single(problem, method, x, COARSE, LEVELS, cuts=cuts)
        assert np.array_equal(parts.table, whole.table) and np.array_equal(parts.hits, whole.hits)
        assert parts.carry.k == whole.carry.k and parts.carry.status == whole.carry.status


@pytest.mark.parametrize("problem, method, x", PAIRS, ids=NAMES)
def test_a_row_ends_with_the_iterate_and_the_memory(problem, method, x, single):
    run = single(problem, method, x, COARSE, NEVER)
    row, at = run.table[-1], len(HEAD) + len(method.column_names)
    (point, memory), end = restore((run.carry.at.x, run.carry.memory), row, at)
    assert end == row.size and np.array_equal(point, run.carry.at.x)
    assert np.array_equal(np.hstack([0.0, *map(np.ravel, memory)]), np.hstack([0.0, *map(np.ravel, run.carry.memory)]))
    gradient = np.asarray(run.carry.at.g)
    assert row[HEADS["grad_norm2"]] == pytest.approx(gradient @ gradient, rel=1e-14)


def test_the_start_is_not_changed(single):
    before = MATRIX.start.copy()
    x = before.copy()
    single(MATRIX, GD(0.25), x, COARSE, NEVER)
    assert np.array_equal(x, before)


def test_the_floor_ends_a_run_at_the_first_step_below_it(single):
    gaps = single(RAVINE, GD(0.0125), START, EVERY, NEVER).table[:, HEADS["gap"]]
    floor = 0.5 * (gaps[119] + gaps[120])
    run = single(RAVINE, GD(0.0125), START, COARSE, np.array([gaps[50], floor]))
    assert (run.carry.status, run.carry.k, run.hits.tolist()) == (FLOOR, 120, [50, 120])
    written = run.table[np.isfinite(run.table[:, 0])]
    assert written[-1, 0] == 120 and written[-1, HEADS["gap"]] == gaps[120]
    assert written[-1, HEADS["gap_max"]] == max(gaps[42:121])


@pytest.mark.parametrize("stepsize", (0.5, 50.0))
def test_a_gap_at_the_ceiling_or_nan_is_divergence(stepsize, single):
    run = single(RAVINE, GD(stepsize), START, EVERY, LEVELS, ceiling=1e3)
    gaps = run.table[: run.carry.k + 1, HEADS["gap"]]
    assert run.carry.status == DIVERGED and not gaps[-1] < 1e3 and (gaps[:-1] < 1e3).all()
    unbounded = single(RAVINE, GD(stepsize), START, EVERY, LEVELS, ceiling=np.inf)
    assert unbounded.carry.status == DIVERGED and not unbounded.carry.at.f < np.inf


def test_null_steps_end_a_run_only_after_the_methods_patience(single):
    at_the_minimiser = single(RAVINE, GD(0.0125), (0.0, 0.0), EVERY, NEVER)
    assert (at_the_minimiser.carry.status, at_the_minimiser.carry.k) == (STALLED, 1)
    method = GDPolyak(0.0125, 6)
    patient = single(RAVINE, method, (0.0, 0.0), EVERY, NEVER)
    assert (patient.carry.status, patient.carry.k, patient.carry.idle) == (STALLED, method.patience(), 7)


def test_short_null_steps_do_not_end_a_run_that_a_long_step_moves(single):
    # Steps of 1e-300 leave every bit of x as it is; each seventh step is a Polyak step and moves.
    run = single(RAVINE, GDPolyak(1e-300, 6), START, EVERY, NEVER)
    assert run.carry.status == RUNNING and run.carry.k == 300
    assert single(RAVINE, GD(1e-300), START, EVERY, NEVER).carry.status == STALLED


def test_a_gap_below_zero_says_that_f_star_is_wrong(single):
    run = single(Linear(0.0), GD(0.25), (1.1,), EVERY, np.array([0.5, 0.0]))
    assert run.carry.status == BELOW and run.carry.k == 5 and run.carry.at.f < 0.0
    assert run.hits.tolist() == [3, -1]
    # Without a claimed f_star there is no floor of zero to fall below.
    free = single(Linear(0.0), GD(0.25), (1.1,), EVERY, np.array([-10.0]))
    assert (free.carry.status, free.hits.tolist()) == (FLOOR, [45])


_OFF = """
import json, numpy as np
from problems import CurvedRavine
from theorylab.kernels import Stream, begin, descend
from theorylab.methods import GD, GDPolyak
schedule, levels = np.array([0, 1, 2, 7, 40, 41, 150]), np.append(np.logspace(-1, -5, 30), 0.0)
out = []
for method in (GD(0.0125), GDPolyak(0.0125, 6)):
    problem = CurvedRavine(4, 1.0, 10.0)
    table, hits = np.full((7, 9 + (method.column_names != () and len(method) > 1)), np.nan), np.full(31, -1)
    carry = begin(problem, method, (0.3, 0.05))
    descend(problem, method, carry, Stream(0, 0), schedule, 0, 7, levels, hits, 1e10, method.patience(), table)
    out.append((table.tolist(), hits.tolist(), type(descend).__name__))
print(json.dumps(out))
"""


def test_with_the_jit_off_the_same_code_gives_the_same_run(fresh, single):
    ran = json.loads(fresh(_OFF, NUMBA_DISABLE_JIT="1"))
    for (table, hits, kind), method in zip(ran, (GD(0.0125), GDPolyak(0.0125, 6)), strict=True):
        compiled = single(RAVINE, method, START, COARSE[:7], LEVELS)
        assert kind == "function"
        # fma rounds once where Python rounds twice: 150 contracting steps keep that near rounding.
        assert np.allclose(table, compiled.table, rtol=1e-9, atol=1e-14)
        assert hits == compiled.hits.tolist()
