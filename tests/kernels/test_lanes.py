"""Lanes: many trajectories abreast have the bits of single runs, and their loop is a vector loop."""

import re
from typing import NamedTuple

import llvmlite.binding as llvm
import numpy as np
import pytest
from numba import config, njit

from problems import CurvedRavine, MatrixFactorisation, Shifted
from theorylab.kernels import (
    DIVERGED,
    FLOOR,
    RUNNING,
    STALLED,
    Point,
    axpy,
    cache,
    inline,
    lanes,
    uniforms,
    value_grad,
)
from theorylab.methods import (
    GD,
    AdaGradNorm,
    GDPolyak,
    HeavyBall,
    MemoryTrials,
    Polyak,
    RestartedGDPolyak,
    UntilGradient,
)

pytestmark = pytest.mark.skipif(config.DISABLE_JIT, reason="lanes exist in compiled code only")

RAVINE = CurvedRavine(4, 1.0, 10.0)
N = 70  # two full blocks of lanes and a part of one
ALL = np.arange(N)
SCHEDULE = np.array([0, 1, 2, 5, 17, 40, 41, 100, 260])
LEVELS = np.append(np.logspace(-1, -6, 30), 1e-7)
CEILING = 1e3
SEEDS = np.arange(N, dtype=np.uint64) % 3 + np.uint64(2**63)
TRAJECTORIES = np.arange(N, dtype=np.uint64)


class Tally(NamedTuple):
    """Numbers of all kinds: what lanes keep as bits."""

    draws: int
    key: int
    even: bool
    drift: tuple


@inline
def _init(method, x):
    return Tally(0, np.uint64(2**63 + 1), True, (x, 0.0))


@inline
def _step(method, oracle, at, memory, k, stream):
    u = uniforms(stream, k, at.x)
    x = axpy(-method.stepsize, at.g, at.x)
    if method.noisy:
        x = axpy(method.noise * (1.0 if memory.even else -1.0), u, x)
    f, g = value_grad(oracle, x, at.g)
    key = memory.key ^ np.uint64(k)
    return Point(x, f, g), Tally(memory.draws + method.count, key, not memory.even, (x, memory.drift[1] + u[0]))


@inline
def _columns(method, at, memory):
    return memory.drift[1], float(memory.draws)


class Noisy(NamedTuple):
    """Gradient steps with alternating uniform noise."""

    stepsize: float
    noise: float
    count: int
    noisy: bool

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ("drift", "draws")

    def patience(self) -> int:
        return 3


def _methods(name):
    stepsize = np.geomspace(0.002, 0.2, N)
    return {
        "GD": [GD(float(eta)) for eta in stepsize],
        "Polyak": [Polyak(float(theta)) for theta in np.linspace(0.5, 2.5, N)],
        "GDPolyak": [GDPolyak(float(eta), i % 7) for i, eta in enumerate(stepsize)],
        "RestartedGDPolyak": [RestartedGDPolyak(0.01, i % 4, 1 + i % 3, -0.1) for i in range(N)],
        "HeavyBall": [HeavyBall(float(eta), i / N) for i, eta in enumerate(stepsize)],
        "AdaGradNorm": [AdaGradNorm(float(eta), 0.5 + i % 5) for i, eta in enumerate(stepsize)],
        "MemoryTrials": [MemoryTrials(float(eta), 2.0, 2.0 + i % 3, 0.3) for i, eta in enumerate(stepsize)],
        "UntilGradient": [UntilGradient(GD(float(eta))) for eta in stepsize],
        "Noisy": [Noisy(float(eta), 1e-3, i, i % 2 == 0) for i, eta in enumerate(stepsize)],
    }[name]


NAMES = ("GD", "Polyak", "GDPolyak", "RestartedGDPolyak", "HeavyBall", "AdaGradNorm", "MemoryTrials", "UntilGradient",
         "Noisy")  # fmt: skip


@pytest.fixture
def starts(rng):
    """Starts of which one is the minimiser and one far away."""
    x = rng.uniform(-0.5, 0.5, (N, 2))
    x[3] = 0.0
    x[44] = 30.0
    return x


def _abreast(methods, starts, *, cuts=(), threads=1, order=ALL, levels=LEVELS):
    """(batch, tables, hits) of all trajectories, cut into chunks; each chunk goes on from a copy of the last one."""
    methods = [methods[i] for i in order]
    batch = lanes.begin(RAVINE, methods, starts[order], SEEDS[order], TRAJECTORIES[order])
    n = len(methods)
    tables = np.full((n, SCHEDULE.size, lanes.width(batch)), np.nan)
    hits = np.full((n, levels.size), -1)
    patience = [method.patience() for method in methods]
    edges = [0, *cuts, SCHEDULE.size]
    for first, last in zip(edges, edges[1:], strict=False):
        batch = batch._replace(blocks=batch.blocks.copy())
        batch = lanes.advance(batch, SCHEDULE, first, last, levels, hits, CEILING, patience, tables, threads)
    return batch, tables, hits


def _assert_equal(a, b):
    assert np.array_equal(a[1], b[1], equal_nan=True) and np.array_equal(a[2], b[2])
    assert np.array_equal(a[0].k, b[0].k) and np.array_equal(a[0].status, b[0].status)


@pytest.mark.parametrize("name", NAMES)
def test_every_lane_has_the_bits_of_its_single_run(name, starts, single):
    methods = _methods(name)
    batch, tables, hits = _abreast(methods, starts)
    for i, method in enumerate(methods):
        run = single(
            RAVINE, method, tuple(starts[i].tolist()), SCHEDULE, LEVELS, ceiling=CEILING,
            seed=SEEDS[i], trajectory=TRAJECTORIES[i],
        )  # fmt: skip
        assert np.array_equal(tables[i], run.table, equal_nan=True), f"lane {i}"
        assert np.array_equal(hits[i], run.hits)
        assert (batch.k[i], batch.status[i]) == (run.carry.k, run.carry.status)
        assert batch.gap[i] == run.carry.at.f or np.isnan(batch.gap[i])
    assert len(set(batch.k)) > 1  # lanes of a block end at different times


def test_lanes_meet_every_ending(starts):
    batch, _, _ = _abreast(_methods("GD"), starts, levels=np.array([0.01, -np.inf]))
    assert set(batch.status) == {RUNNING, DIVERGED, STALLED}
    batch, _, _ = _abreast(_methods("GDPolyak"), starts)
    assert FLOOR in batch.status


@pytest.mark.parametrize("name", ("GDPolyak", "Noisy"))
def test_a_batch_cut_at_records_has_the_same_bits(name, starts):
    methods = _methods(name)
    whole = _abreast(methods, starts)
    _assert_equal(_abreast(methods, starts, cuts=range(1, SCHEDULE.size)), whole)
    _assert_equal(_abreast(methods, starts, cuts=(3, 6), threads=2), whole)


@pytest.mark.parametrize("name", ("GDPolyak", "Noisy"))
def test_results_depend_neither_on_threads_nor_on_the_place_in_the_batch(name, starts, rng):
    methods = _methods(name)
    whole = _abreast(methods, starts)
    _assert_equal(_abreast(methods, starts, threads=2), whole)
    order = rng.permutation(N)[:45]
    shuffled = _abreast(methods, starts, order=order, threads=3)
    assert np.array_equal(shuffled[1], whole[1][order], equal_nan=True)
    assert np.array_equal(shuffled[2], whole[2][order])


def test_marked_lanes_count_their_levels_from_there_and_ended_ones_stay(starts, single):
    methods = _methods("GD")
    batch = lanes.begin(RAVINE, methods, starts, SEEDS, TRAJECTORIES)
    crossed = (batch.gap[:, None] <= LEVELS).sum(axis=1)
    ended = np.where(batch.gap < 0.01, FLOOR, RUNNING)
    batch.mark(crossed, ended)
    tables, hits = np.full((N, SCHEDULE.size, lanes.width(batch)), np.nan), np.full((N, LEVELS.size), -1)
    lanes.advance(batch, SCHEDULE, 0, SCHEDULE.size, LEVELS, hits, CEILING, np.ones(N, int), tables)
    for i, method in enumerate(methods):
        assert (hits[i, : crossed[i]] == -1).all()
        if ended[i]:
            assert np.isnan(tables[i]).all() and batch.k[i] == 0 and batch.status[i] == FLOOR
        else:
            alone = single(RAVINE, method, tuple(starts[i].tolist()), SCHEDULE, LEVELS, ceiling=CEILING)
            assert np.array_equal(tables[i], alone.table, equal_nan=True)


def test_integer_and_float_values_of_a_field_may_mix(starts):
    mixed = [GD(1 if i % 2 else 0.01) for i in range(N)]
    floats = [GD(1.0 if i % 2 else 0.01) for i in range(N)]
    _assert_equal(_abreast(mixed, starts), _abreast(floats, starts))


@pytest.mark.parametrize("name", ("GD", "Polyak", "GDPolyak", "MemoryTrials", "UntilGradient"))
def test_the_loop_over_lanes_is_a_vector_loop(name, starts):
    if not llvm.get_host_cpu_features().get("avx2", False):
        pytest.skip("needs a CPU with AVX2")
    methods = _methods(name)
    _abreast(methods, starts)
    loop = cache.compiled(RAVINE, methods[0]).advance_lanes
    pair = type(RAVINE), type(methods[0])  # other tests of this process may have compiled other pairs
    kinds = next(kinds for kinds in loop.signatures if (kinds[0].instance_class, kinds[1].instance_class) == pair)
    anew = njit(error_model="numpy", nogil=True)(loop.py_func)  # numba shows no code that comes from its cache
    anew.compile(kinds)
    code = anew.inspect_llvm(kinds)
    # Only a step multiplies and adds, and only a loop turned into vectors does so four lanes at a time or more.
    widths = [int(width) for width in re.findall(r"call <(\d+) x double> @llvm\.fma", code)]
    assert widths and min(widths) >= 4


def test_lanes_are_for_small_problems_and_methods_of_numbers():
    class Declines(GD):
        lanes = False

    x = (0.3, 0.05)
    assert lanes.supports(RAVINE, GD(0.01), x) and lanes.supports(Shifted.by(RAVINE, 1.0), Polyak(), x)
    assert not lanes.supports(RAVINE, GD(np.array([0.01, 0.02])), x)
    assert not lanes.supports(RAVINE, GD(0.01), np.array(x))
    assert not lanes.supports(RAVINE, Declines(0.01), x)
    matrix = MatrixFactorisation.random(2, 1, 2, sigma=(0.8,))
    assert not lanes.supports(matrix, GD(0.01), tuple(matrix.start.tolist()))


def test_a_batch_of_several_methods_or_of_unequal_lengths_is_refused_with_a_sentence(starts):
    with pytest.raises(ValueError, match="one class, got GD, Polyak"):
        lanes.begin(RAVINE, [GD(0.1), Polyak()], starts[:2], SEEDS[:2], TRAJECTORIES[:2])
    with pytest.raises(ValueError, match="got 2 methods, 3 starts"):
        lanes.begin(RAVINE, [GD(0.1), GD(0.2)], starts[:3], SEEDS[:2], TRAJECTORIES[:2])
    with pytest.raises(ValueError, match="got none"):
        lanes.begin(RAVINE, [], starts[:0], SEEDS[:0], TRAJECTORIES[:0])
