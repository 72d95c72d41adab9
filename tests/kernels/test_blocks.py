"""Blocks: many trajectories in one matrix product agree with single runs to rounding, among each other bit for bit."""

from typing import NamedTuple

import numpy as np
import pytest
import scipy.linalg.cython_blas  # noqa: F401  numba's BLAS, loaded before its threads are limited
from numba import config
from threadpoolctl import threadpool_limits

from problems import MatrixFactorisation
from problems.classifiers import LinearClassifier
from problems.losses import Exponential
from problems.samples import gauss
from theorylab import run, sweep
from theorylab.kernels import DIVERGED, FLOOR, RUNNING, STALLED, axpy, blocks, fill, inline, one_call
from theorylab.methods import GD, MarginWatch, Polyak
from theorylab.runs import Status, run_many

pytestmark = pytest.mark.skipif(config.DISABLE_JIT, reason="blocks exist in compiled code only")

LOGISTIC = LinearClassifier(gauss(61, 6, 3))
EXPONENTIAL = LinearClassifier(gauss(61, 6, 3), Exponential())
N = 2 * blocks.WIDTH + 3  # two full blocks and a part of one
ALL = np.arange(N)
SCHEDULE = np.array([0, 1, 2, 5, 17, 40, 41, 100, 260])
LEVELS = np.append(np.geomspace(0.9, 0.42, 30), 0.4)
NO_FLOOR = np.array([0.3, -np.inf])
SEEDS = np.arange(N, dtype=np.uint64) % 3 + np.uint64(2**63)
TRAJECTORIES = np.arange(N, dtype=np.uint64)


class Rest(NamedTuple):
    """Numbers of all kinds and an array: what blocks keep as bits and as a row."""

    count: int
    key: int
    even: bool
    x_sum: object
    last: float


@inline
def _init(method, x):
    return Rest(0, np.uint64(2**63 + 1), True, fill(x, 0.0), 0.0)


@inline
def _move(method, oracle, at, memory, k, stream):
    x_sum = axpy(1.0, at.x, memory.x_sum)
    key = memory.key ^ (stream.seed + stream.trajectory)
    size = method.stepsize if memory.even else 0.5 * method.stepsize
    if k % (method.rests + 1) != method.rests:
        size = 0.0
    return axpy(-size, at.g, at.x), Rest(memory.count, key, not memory.even, x_sum, size)


@inline
def _settle(method, oracle, at, memory, k):
    return Rest(memory.count + method.rests, memory.key, memory.even, memory.x_sum, memory.last * at.f)


@inline
def _columns(method, at, memory):
    return memory.x_sum[0], float(memory.count), float(memory.key & np.uint64(1023)), memory.last


class Resting(NamedTuple):
    """Gradient steps, every other one of half the size, with so many null steps before each."""

    stepsize: float
    rests: int

    init = staticmethod(_init)
    step = staticmethod(one_call)
    move = staticmethod(_move)
    settle = staticmethod(_settle)
    columns = staticmethod(_columns)
    column_names = ("sum", "count", "key", "last")

    def patience(self) -> int:
        return 3


METHODS = {
    # below a stepsize of 8 gradient descent on these data is stable, and errors of rounding do not grow
    "GD": [GD(float(eta)) for eta in np.geomspace(0.05, 7.0, N)],
    "MarginWatch": [MarginWatch(GD(float(eta)), 0.4, 0.3, 0.2) for eta in np.geomspace(0.05, 7.0, N)],
    "Resting": [Resting(float(eta), i % 4) for i, eta in enumerate(np.geomspace(0.05, 7.0, N))],
}


@pytest.fixture(autouse=True)
def _one_blas_thread():
    with threadpool_limits(1, "blas"):
        yield


@pytest.fixture
def starts(rng):
    """Starts of which one classifies so well that nothing moves it, and one so badly that its loss is enormous."""
    x = rng.standard_normal((N, 6))
    direction = LOGISTIC.sample.max_margin.direction
    x[3], x[N - 2] = 1e6 * direction, -1e6 * direction
    return x


def _abreast(methods, starts, *, problem=LOGISTIC, cuts=(), threads=1, order=ALL, levels=LEVELS, ceiling=1e3):
    """(batch, tables, hits) of all trajectories, cut into chunks; each chunk goes on from a copy of the last one."""
    methods = [methods[i] for i in order]
    batch = blocks.begin(problem, methods, starts[order], SEEDS[order], TRAJECTORIES[order])
    n = len(methods)
    tables, hits = np.full((n, SCHEDULE.size, blocks.width(batch)), np.nan), np.full((n, levels.size), -1)
    patience = [method.patience() for method in methods]
    edges = [0, *cuts, SCHEDULE.size]
    for first, last in zip(edges, edges[1:], strict=False):
        batch = batch._replace(numbers=batch.numbers.copy(), points=batch.points.copy())
        batch = blocks.advance(batch, SCHEDULE, first, last, levels, hits, ceiling, patience, tables, threads)
    return batch, tables, hits


def _assert_agree(mine, i, alone):
    """Lane i has the records of the single run to rounding, its hits and its ending exactly."""
    batch, tables, hits = mine
    assert np.allclose(tables[i], alone.table, rtol=1e-9, atol=1e-12, equal_nan=True), f"lane {i}"
    assert np.array_equal(hits[i], alone.hits)
    assert (batch.k[i], batch.status[i]) == (alone.carry.k, alone.carry.status)


def _assert_same_bits(a, b):
    assert np.array_equal(a[1], b[1], equal_nan=True) and np.array_equal(a[2], b[2])
    assert np.array_equal(a[0].k, b[0].k) and np.array_equal(a[0].status, b[0].status)


@pytest.mark.parametrize("name", METHODS)
def test_every_lane_agrees_with_its_single_run(name, starts, single):
    methods = METHODS[name]
    mine = _abreast(methods, starts)
    for i, method in enumerate(methods):
        alone = single(
            LOGISTIC, method, starts[i], SCHEDULE, LEVELS, ceiling=1e3, seed=SEEDS[i], trajectory=TRAJECTORIES[i]
        )
        _assert_agree(mine, i, alone)
    assert len(set(mine[0].k)) > 2 and (mine[2] > 0).any()  # lanes of a block end at different times, levels are met


def test_only_null_steps_in_a_row_stall(starts):
    status = _abreast(METHODS["Resting"], starts, levels=NO_FLOOR)[0].status
    for i, method in enumerate(METHODS["Resting"]):
        if i not in (3, N - 2):  # these two starts end otherwise
            assert status[i] == (STALLED if method.rests == 3 else RUNNING)


def test_lanes_end_by_floor_divergence_stall_and_step_limit_as_single_runs_do(starts, single):
    # Large steps on the exponential loss overflow; the lane deep inside stalls where there is no floor.
    methods = [GD(float(eta)) for eta in [0.01, *np.geomspace(0.1, 1e3, N - 1)]]
    found = set()
    for levels in (LEVELS, NO_FLOOR):
        mine = _abreast(methods, starts, problem=EXPONENTIAL, levels=levels, ceiling=np.inf)
        for i, method in enumerate(methods):
            alone = single(EXPONENTIAL, method, starts[i], SCHEDULE, levels, ceiling=np.inf)
            with np.errstate(invalid="ignore"):
                _assert_agree(mine, i, alone)
        found |= set(mine[0].status)
    assert found == {RUNNING, FLOOR, DIVERGED, STALLED}


@pytest.mark.parametrize("name", METHODS)
def test_a_batch_cut_at_records_has_the_same_bits(name, starts):
    whole = _abreast(METHODS[name], starts)
    _assert_same_bits(_abreast(METHODS[name], starts, cuts=range(1, SCHEDULE.size)), whole)
    _assert_same_bits(_abreast(METHODS[name], starts, cuts=(3, 6), threads=2), whole)


@pytest.mark.parametrize("name", METHODS)
def test_bits_depend_neither_on_threads_nor_on_the_place_nor_on_the_other_lanes(name, starts, rng):
    methods = METHODS[name]
    whole = _abreast(methods, starts)
    for threads in (2, 3):
        _assert_same_bits(_abreast(methods, starts, threads=threads), whole)
    parts = [rng.permutation(N)[:12], ALL[::-1], *([i] for i in range(N))]
    for order in parts:
        other = _abreast(methods, starts, order=np.asarray(order), threads=2)
        assert np.array_equal(other[1], whole[1][order], equal_nan=True)
        assert np.array_equal(other[2], whole[2][order])


def test_the_shape_of_the_data_does_not_matter_for_that(rng):
    # row counts and dimensions that fill no vector register, and more than one panel of a product
    for n, d in ((7, 5), (130, 33), (1000, 100), (700, 401)):
        problem = LinearClassifier(gauss(n, d, 1))
        starts = rng.standard_normal((N, d))
        whole = _abreast(METHODS["GD"], starts, problem=problem)
        order = rng.permutation(N)
        assert np.array_equal(_abreast(METHODS["GD"], starts, problem=problem, order=order)[1], whole[1][order], True)
        last = ALL[-1:]
        assert np.array_equal(_abreast(METHODS["GD"], starts, problem=problem, order=last)[1], whole[1][last], True)


def test_marked_lanes_count_their_levels_from_there_and_ended_ones_stay(starts):
    methods = METHODS["GD"]
    batch = blocks.begin(LOGISTIC, methods, starts, SEEDS, TRAJECTORIES)
    crossed = (batch.gap[:, None] <= LEVELS).sum(axis=1)
    ended = np.where(ALL % 2 == 0, FLOOR, RUNNING)
    batch.mark(crossed, ended)
    points = batch.points.copy()
    tables, hits = np.full((N, SCHEDULE.size, blocks.width(batch)), np.nan), np.full((N, LEVELS.size), -1)
    blocks.advance(batch, SCHEDULE, 0, SCHEDULE.size, LEVELS, hits, 1e3, np.ones(N, int), tables)
    whole = _abreast(methods, starts)
    for i in ALL:
        assert (hits[i, : crossed[i]] == -1).all()
        block, lane = divmod(i, blocks.WIDTH)
        if ended[i]:
            assert np.isnan(tables[i]).all() and batch.k[i] == 0 and batch.status[i] == FLOOR
            assert np.array_equal(batch.points[block, 0, lane], points[block, 0, lane])
        else:
            assert np.array_equal(tables[i], whole[1][i], equal_nan=True)


def test_run_many_takes_blocks_where_they_are_faster_and_keeps_the_order(monkeypatch):
    sizes = []
    advance = blocks.advance

    def counted(batch, *rest):
        sizes.append(batch.trajectories)
        return advance(batch, *rest)

    monkeypatch.setattr(blocks, "advance", counted)
    few = [{"problem": LOGISTIC, "method": m, "steps": 300} for m in METHODS["GD"][: blocks.FEWEST - 1]]
    for cell, trace in zip(few, run_many(few), strict=True):
        assert trace.table.tobytes() == run(**cell).table.tobytes()
    assert not sizes
    watched = MarginWatch(GD(2.0), 0.4, 0.3, 0.2)
    common = {"problem": LOGISTIC, "steps": 300, "levels": (0.3, 0.2), "floor": 0.15}
    cells = [common | {"method": m, "start": np.full(6, 0.1 * i)} for i, m in enumerate(METHODS["GD"])]
    cells.insert(4, common | {"method": watched})  # of another class: it runs alone
    cells[7] = cells[7] | {"start": LOGISTIC.sample.max_margin.direction * 1e3}  # ends before the first step
    traces = run_many(cells, jobs=2)
    assert set(sizes) == {N}
    for cell, trace in zip(cells, traces, strict=True):
        alone = run(**cell)
        assert trace.method == cell["method"]
        assert np.allclose(trace.table, alone.table, rtol=1e-9, atol=1e-12)
        assert (trace.status, trace.hits.tolist()) == (alone.status, alone.hits.tolist())
    assert {trace.status for trace in traces} == {Status.FLOOR, Status.STEP_LIMIT}
    order = np.random.default_rng(0).permutation(len(cells))
    for i, trace in zip(order, run_many([cells[i] for i in order], jobs=1), strict=True):
        assert trace.table.tobytes() == traces[i].table.tobytes()


def test_cells_with_equal_but_different_data_are_not_mixed_up():
    problems = [LinearClassifier(gauss(61, 6, seed)) for seed in (3, 4)]
    cells = [{"problem": problems[i % 2], "method": GD(2.0), "steps": 50} for i in range(4 * blocks.FEWEST)]
    traces = run_many(cells)
    for i in (0, 1):
        alone = run(problems[i], GD(2.0), steps=50)
        assert all(np.allclose(trace.table, alone.table, rtol=1e-9, atol=1e-12) for trace in traces[i::2])
        assert len({trace.table.tobytes() for trace in traces[i::2]}) == 1


def test_a_sweep_over_watched_stepsizes_agrees_with_single_runs():
    watched = METHODS["MarginWatch"]
    data = sweep(LOGISTIC, watched[0], {"method": [m.method for m in watched]}, steps=300)
    for i, method in enumerate(watched):
        alone = run(LOGISTIC, method, steps=300)
        for name in alone.columns[1:]:
            assert np.allclose(data[name].values[i], alone[name], rtol=1e-9, atol=1e-12, equal_nan=True), name


def test_blocks_are_for_arrays_and_methods_in_two_halves():
    x = np.zeros(6)
    assert blocks.supports(LOGISTIC, GD(0.1), x) and blocks.supports(LOGISTIC, METHODS["MarginWatch"][0], x)
    assert not blocks.supports(LOGISTIC, GD(0.1), (0.0, 0.0))
    assert not blocks.supports(LOGISTIC, Polyak(), x)
    assert not blocks.supports(LOGISTIC, MarginWatch(Polyak(), 0.4, 0.3, 0.2), x)
    assert not blocks.supports(LOGISTIC, GD(np.array([0.1, 0.2])), x)
    matrix = MatrixFactorisation.random(20, 2, 4)
    assert not blocks.supports(matrix, GD(0.1), matrix.start)


def test_a_batch_of_several_methods_is_refused_with_a_sentence(starts):
    with pytest.raises(ValueError, match="one class, got GD, Polyak"):
        blocks.begin(LOGISTIC, [GD(0.1), Polyak()], starts[:2], SEEDS[:2], TRAJECTORIES[:2])
