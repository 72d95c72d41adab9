"""Step searches against the specification in plain Python, counts included; gradient levels against brute force."""

import math

import numpy as np
import pytest
from armijo_reference import SEARCHES, Landscape, Wide, WideWithValue, reference

from problems import LinearClassifier, RealPower, samples
from theorylab import GD, methods, run
from theorylab.kernels import Oracle, kernel, value
from theorylab.methods import (
    ArmijoMomentum,
    ArmijoRMSProp,
    BisectArmijo,
    ClippedArmijo,
    ClippedGD,
    DecayingStep,
    L0L1Step,
    MemoryArmijo,
    MemoryTrials,
    NormalisedArmijo,
    ResetArmijo,
    ResetTrials,
    SignArmijo,
    UntilGradient,
)
from theorylab.methods.hitting import gradient_floor
from theorylab.runs import BadInput, Status
from theorylab.runs.many import run_many

STARTS = {0: (0.83, 0.0), 1: (4.3, -3.1), 2: (0.3, 0.15)}
COUNTS = ("values", "gradients", "rejections")


def _name(value):
    return value if isinstance(value, (str, int)) else repr(value)


def _assert_is(trace, records):
    n = len(records)
    np.testing.assert_allclose(trace.x[:n], [r.x for r in records], rtol=1e-9, atol=1e-13)
    for column in COUNTS:
        assert trace[column][:n].tolist() == [getattr(r, column) for r in records]
    for column in ("stepsize", "length"):
        np.testing.assert_allclose(trace[column][:n], [getattr(r, column) for r in records], rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(trace.gap[:n], [r.f for r in records], rtol=1e-8, atol=1e-200)


@pytest.mark.parametrize("method", SEARCHES, ids=_name)
@pytest.mark.parametrize("kind", STARTS)
def test_searches_are_their_specification(kind, method):
    problem = Landscape(kind)
    steps = {0: 12, 1: 8, 2: 25}[kind]  # the first two are solved to rounding in a few steps more
    records, stalled = reference(problem, method, steps, STARTS[kind])
    trace = run(problem, method, steps=steps, start=STARTS[kind], record=range(steps + 1))
    assert not stalled and len(trace) == len(records)
    _assert_is(trace, records)


@pytest.mark.parametrize(
    ("method", "kind"),
    [(MemoryArmijo(0.9, 2.0, 2.0), Wide), (MemoryArmijo(0.9, 2.0, 2.0), WideWithValue),
     (BisectArmijo(0.3, 2.0, 4.0, 0.4, 2), WideWithValue), (ArmijoMomentum(0.31, 2.0, 2.0), WideWithValue),
     (ArmijoRMSProp(0.07, 2.0, 2.0), Wide), (MemoryTrials(0.9, 2.0, 2.0), Wide)],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)  # fmt: skip
def test_arrays_have_the_same_searches_with_and_without_a_value_of_their_own(kind, method):
    problem = kind(np.linspace(1.0, 2.0, 6))
    trials = isinstance(method, MemoryTrials)
    searched = MemoryArmijo(*method) if trials else method
    records, _ = reference(problem, searched, 12, problem.start)
    steps = 40 if trials else 12
    trace = run(problem, method, steps=steps, record=range(steps + 1))
    if trials:
        trace = trace.at(np.unique(trace.gradients, return_index=True)[1])
    _assert_is(trace, records)


def test_a_value_is_that_of_the_kernel_or_of_the_problem():
    problem, wide, own = Landscape(2), Wide(np.ones(5)), WideWithValue(np.ones(5))
    x, y = (0.3, 0.4), np.linspace(0.1, 0.5, 5)
    assert value(problem, (), x) == kernel(problem, (), x, x)[0]
    assert value(wide, (), y) == value(own, (), y) == kernel(own, (), y, y.copy())[0]
    assert y[0] == 0.1 and Oracle(own, ()).problem is own


@pytest.mark.parametrize("method", [MemoryArmijo(0.9, 2, 2), MemoryArmijo(0.1), MemoryArmijo(0.7, 30, 1e4, 0.3)])
def test_an_uncapped_memory_spends_its_rejections_exactly(method):
    trace = run(Landscape(2), method, steps=700, start=[0.3, 0.15])
    k = trace.step[1:]
    logarithm = math.log(method.t0) + (k - 1) * math.log(method.grow) - np.log(trace.stepsize[1:])
    np.testing.assert_allclose(logarithm / math.log(method.shrink), trace.rejections[1:], rtol=0, atol=1e-6)
    assert np.array_equal(trace["values"], 1 + trace.step + trace.rejections)
    assert np.array_equal(trace.gradients, 1 + trace.step)


def test_equality_is_accepted():
    trace = run(Landscape(4), ResetArmijo(1.0, 2.0, 0.5), steps=5, start=[1.0, 0.0])
    assert trace.x[-1, 0] == 0.0 and trace.step[-1] == 1 and trace["values"][-1] == 2


@pytest.mark.parametrize("method", [ResetArmijo(1.0), MemoryArmijo(), BisectArmijo(), SignArmijo(0.1, 2, 2),
                                    MemoryTrials()], ids=lambda m: type(m).__name__)  # fmt: skip
def test_trials_that_overflow_are_rejections(method):
    problem = Landscape(1)
    trace = run(problem, UntilGradient(method), steps=20_000, start=[300.0, 0.0], levels=[1e-3], floor=1e-4)
    assert trace.status == Status.FLOOR and np.isfinite(trace.gap).all()
    assert trace.rejections[1] > 0 if not isinstance(method, (SignArmijo, MemoryTrials)) else True
    assert (np.diff(trace.gap) <= 0).all()


@pytest.mark.parametrize("method", SEARCHES, ids=_name)
def test_a_search_at_a_critical_point_is_one_null_step_and_stalls(method):
    trace = run(Landscape(2), method, steps=100, start=[0.0, 0.0], floor=-1.0)
    assert (trace.status, trace.step[-1]) == (Status.STALLED, 1)
    assert (trace["values"][-1], trace.gradients[-1], trace.rejections[-1], trace.length[-1]) == (1, 1, 0, 0)


def test_what_stalls_a_search():
    down = Landscape(3)  # f rises along every step
    few = run(down, MemoryArmijo(1.0, 1.001, 2.0), steps=9, start=[0.0, 0.0], floor=-9)
    assert (few.status, few.step[-1], few.rejections[-1], few["values"][-1]) == (Status.STALLED, 1, 2000, 2001)
    short = run(down, MemoryArmijo(1.0, 2.0, 2.0), steps=9, start=[0.0, 0.0], floor=-9)
    # 2^-53 sqrt(2) < 2.2e-16 <= 2^-52 sqrt(2)
    assert (short.status, short.rejections[-1]) == (Status.STALLED, 53) and short.x[-1].tolist() == [0.0, 0.0]
    still = run(down, MemoryArmijo(1.0, 2.0, 2.0), steps=9, start=[1e10, 1e10], floor=-9)
    assert still.status == Status.STALLED and still.rejections[-1] < 25  # every coordinate stays as it is
    tiny = run(Landscape(2), MemoryArmijo(1e-30, 2.0, 2.0), steps=9, start=[0.3, 0.15])
    assert (tiny.status, tiny["values"][-1]) == (Status.STALLED, 1)
    flat = run(Landscape(0), MemoryArmijo(1e40, 2.0, 2.0), steps=9, start=[1e-60, 0.0], floor=-1)
    assert (flat.status, flat["values"][-1]) == (Status.STALLED, 1)  # |gradient|^2 underflows
    for machine in (MemoryTrials(1.0, 1.001, 2.0), MemoryTrials(1.0, 2.0, 2.0)):
        trace = run(down, machine, steps=10**4, start=[0.0, 0.0], floor=-9)
        assert (trace.status, trace.step[-1], trace.gradients[-1]) == (Status.STALLED, 2000, 1)
        assert trace.rejections[-1] == (2000 if machine.shrink < 2 else 53)


@pytest.mark.parametrize("fields", [(0.9, 2.0, 2.0), (0.1,), (0.7, 30.0, 1e4, 0.3, 50.0)])
def test_one_trial_a_step_accepts_the_iterates_of_the_search_bit_for_bit(fields):
    problem = Landscape(2)
    search = run(problem, MemoryArmijo(*fields), steps=60, start=[0.3, 0.15], record=range(61))
    trials = run(problem, MemoryTrials(*fields), steps=900, start=[0.3, 0.15], record=range(901))
    rows = np.unique(trials.gradients, return_index=True)[1][:61]
    assert np.array_equal(trials.x[rows], search.x) and np.array_equal(trials.gap[rows], search.gap)
    for column in ("stepsize", "length", *COUNTS):
        assert np.array_equal(trials[column][rows], search[column])
    reset = run(problem, ResetArmijo(0.9), steps=40, start=[0.3, 0.15], record=range(41))
    machine = run(problem, ResetTrials(0.9), steps=400, start=[0.3, 0.15], record=range(401))
    rows = np.unique(machine.gradients, return_index=True)[1][:41]
    assert np.array_equal(machine.x[rows], reset.x)


def test_stepsizes_of_a_formula():
    every = {"steps": 20, "record": range(21), "start": [0.83, 0.0]}
    problem = Landscape(0)
    for method, size in (
        (ClippedGD(3.0, 2.0), lambda k, G: min(1 / 30, 1 / (20 * G))),
        (L0L1Step(3.0, 2.0), lambda k, G: 1 / (3 + 8 / 3 * G)),
        (DecayingStep(0.25), lambda k, G: 0.25 / (k + 1)),
    ):
        trace, x = run(problem, method, **every), 0.83
        for k in range(21):
            assert trace.x[k, 0] == pytest.approx(x, rel=1e-12)
            assert trace.stepsize[k] == pytest.approx(size(k, 4 * x**3), rel=1e-12)
            x -= size(k, 4 * x**3) * 4 * x**3


GRID = np.logspace(0.5, -4, 25)


def _brute(trace, levels):
    return [int(np.argmax(trace.grad_norm <= e)) if (trace.grad_norm <= e).any() else -1 for e in levels]


def test_gradient_levels_of_single_runs_are_first_hits_not_running_minima():
    for method in (GD(0.0125), MemoryArmijo(0.9, 2.0, 1e4), MemoryTrials(0.9, 2.0, 2.0)):
        cell = {"steps": 800, "start": [0.3, 0.15], "levels": GRID[:-1], "floor": GRID[-1]}
        trace = run(Landscape(2), UntilGradient(method), record=range(801), **cell)
        assert trace.hits.tolist() == _brute(trace, GRID) and trace.hits[0] == 0
        sparse = run(Landscape(2), UntilGradient(method), **cell)
        assert np.array_equal(sparse.hits, trace.hits)
        steps = int(trace.step[-1])
        plain = run(Landscape(2), method, record=range(steps + 1), steps=steps, start=[0.3, 0.15])
        assert np.array_equal(plain.table, trace.table)
    assert (np.diff(trace.grad_norm) > 0).any()


def test_gradient_levels_of_lanes_are_first_hits():
    starts = np.random.default_rng(3).uniform(-0.5, 0.5, (40, 2))
    for method in (GD(0.0125), MemoryTrials(0.9, 2.0, 2.0)):
        cells = [{"problem": Landscape(2), "method": UntilGradient(method), "start": start, "steps": 300,
                  "record": range(301), "levels": GRID[:15], "floor": 0.003} for start in starts]  # fmt: skip
        for cell, trace in zip(cells, run_many(cells, jobs=1), strict=True):
            alone = run(**cell)
            assert np.array_equal(trace.table, alone.table) and np.array_equal(trace.hits, alone.hits)
            assert trace.hits.tolist() == _brute(trace, trace.levels) and trace.status == alone.status
    assert {trace.status for trace in run_many(cells, jobs=1)} >= {Status.FLOOR}


def test_gradient_levels_of_blocks_are_first_hits():
    problem = LinearClassifier(samples.gauss(40, 6))
    cells = [{"problem": problem, "method": UntilGradient(GD(eta)), "steps": 200, "record": range(201),
              "levels": np.logspace(0, -2, 9), "floor": 1e-3} for eta in np.linspace(0.5, 8.0, 10)]  # fmt: skip
    for trace in run_many(cells, jobs=1):
        assert trace.hits.tolist() == _brute(trace, trace.levels) and (trace.hits >= 0).any()


def test_a_gap_below_zero_is_told_under_gradient_levels_too_where_f_star_is_stated():
    method, start = UntilGradient(GD(0.5)), [1.0, 0.0]
    wrong = run(Landscape(5), method, steps=50, start=start, levels=[1e-2], floor=1e-3)
    assert wrong.status == Status.BELOW_F_STAR and wrong.hits.tolist() == [-1, -1]
    assert wrong.gap[-1] < 0 <= wrong.gap[-2]
    assert run(Landscape(5), method, steps=50, start=[0.1, 0.0]).step[-1] == 0
    free = run(Landscape(6), method, steps=50, start=start, levels=[1e-2], floor=1e-3)
    assert free.status == Status.FLOOR and free.hits.tolist() == [7, 10]
    cells = [{"problem": Landscape(kind), "method": method, "steps": 50, "floor": 1e-3, "start": [s, 0.0]}
             for kind in (5, 6) for s in np.linspace(0.1, 1.0, 16)]  # fmt: skip
    for cell, trace in zip(cells, run_many(cells, jobs=1), strict=True):
        assert trace.status == (Status.BELOW_F_STAR if cell["problem"].kind == 5 else Status.FLOOR)


def test_a_trace_says_what_its_levels_are_about():
    trace = run(Landscape(4), UntilGradient(MemoryArmijo(0.7, 2.0, 2.0)), steps=60, levels=[0.1], floor=0.01)
    assert "UntilGradient(MemoryArmijo) on Landscape" in repr(trace)
    assert "grad_norm reached the declared floor" in repr(trace) and trace.watched == "grad_norm"
    assert trace.ending in trace._repr_html_() and trace.to_dataset().attrs["ending"] == trace.ending
    assert "that led to x_k" in trace.to_dataset().stepsize.attrs["long_name"]
    gap = run(Landscape(4), GD(0.5), steps=60, floor=0.01)
    assert gap.ending == gap.status.sentence == "the gap reached the declared floor" and "grad_norm" not in repr(gap)


def test_without_a_floor_a_gradient_run_ends_at_zero():
    trace = run(Landscape(4), UntilGradient(ResetArmijo(1.0)), steps=60, start=[0.3, 0.0], levels=[0.1])
    assert (trace.status, trace.hits.tolist()) == (Status.FLOOR, [1, 1])


def test_the_floor_of_a_gradient_beside_a_constant():
    assert gradient_floor(0.1, 1.0) == math.sqrt(math.ulp(1.0) / 0.1)
    assert gradient_floor(0.01, 1e6, 0.9) == math.sqrt(9 * math.ulp(1e6) / 0.01)
    # a search on 1 + x^4 with steps of at most 0.1 gets there and no farther
    x = 0.5
    while (1 + (x - 0.4 * x**3) ** 4) - (1 + x**4) <= -0.5 * 0.1 * (4 * x**3) ** 2:
        x -= 0.4 * x**3
    assert 4 * x**3 == pytest.approx(gradient_floor(0.1, 1.0), rel=0.1)
    wrong = {"stepsize is 0.0": (0.0, 1.0), "scale is inf": (0.1, math.inf), "decrease is 1.0": (0.1, 1.0, 1.0)}
    for sentence, arguments in wrong.items():
        with pytest.raises(ValueError, match=sentence):
            gradient_floor(*arguments)


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        (ResetArmijo(0.0), "ResetArmijo.t0 is 0.0; it has to be a positive finite number"),
        (ResetArmijo(1.0, 1.0), "ResetArmijo.shrink is 1.0; it has to be a finite number above 1"),
        (ResetArmijo(1.0, 2.0, 1.0), "ResetArmijo.decrease is 1.0; it has to be above 0 and below 1"),
        (MemoryArmijo(grow=0.5), "MemoryArmijo.grow is 0.5; it has to be a finite number of at least 1"),
        (MemoryArmijo(cap=0.0), "MemoryArmijo.cap is 0.0; it has to be positive, or inf for none"),
        (MemoryArmijo(decrease=math.nan), "MemoryArmijo.decrease is nan"),
        (MemoryTrials(cap=-1.0), "MemoryTrials.cap is -1.0"),
        (BisectArmijo(bisections=-1), "BisectArmijo.bisections is -1; it has to be an integer of at least 0"),
        (NormalisedArmijo(t0=math.inf), "NormalisedArmijo.t0 is inf"),
        (ClippedArmijo(0.0), "ClippedArmijo.gamma is 0.0"),
        (ArmijoMomentum(friction=0.0), "ArmijoMomentum.friction is 0.0"),
        (ArmijoRMSProp(offset=0.0), "ArmijoRMSProp.offset is 0.0"),
        (ClippedGD(-1.0, 1.0), "ClippedGD.L0 is -1.0; it has to be a finite number of at least 0"),
        (L0L1Step(0.0, 0.0), "L0L1Step.L0 and L0L1Step.L1 are both 0; one of them has to be positive"),
        (DecayingStep(-0.25), "DecayingStep.t0 is -0.25"),
        (UntilGradient(ResetArmijo(-1.0)), "ResetArmijo.t0 is -1.0"),
        (UntilGradient(3), "UntilGradient.method is 3; it has to be a method"),
    ],
    ids=_name,
)
def test_a_field_out_of_its_range_is_named_in_a_sentence(method, sentence):
    with pytest.raises(BadInput) as caught:
        run(Landscape(2), method, steps=10)
    assert sentence in str(caught.value)


def test_gradient_levels_below_the_floor_are_refused():
    with pytest.raises(BadInput, match="level 0.001 is not above the floor 0.01"):
        run(Landscape(2), UntilGradient(GD(0.01)), steps=10, levels=[0.001], floor=0.01)


def test_every_search_is_tried():
    tried = {type(method) for method in SEARCHES} | {ResetTrials, MemoryTrials}
    kinds = map(vars(methods).get, methods.__all__)
    assert tried == {kind for kind in kinds if kind.__module__.startswith("theorylab.methods.armijo")}


def test_an_accuracy_below_the_float64_floor_is_refused_with_the_floor():
    with pytest.raises(BadInput, match=r"level 1e-160 is at or below the float64 floor 1.5e-154 of UntilGradient"):
        run(RealPower(1.0, 4.0), UntilGradient(ResetArmijo()), steps=10, levels=[1e-3, 1e-160])
    with pytest.raises(BadInput, match="float64 floor"):
        run(RealPower(1.0, 4.0), UntilGradient(ResetArmijo()), steps=10, floor=1e-155)
