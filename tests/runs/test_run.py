"""One run: what it records, how it ends, what it refuses."""

from typing import NamedTuple

import numpy as np
import pytest

from problems import CurvedRavine, PowerRavine
from theorylab import GD, GDPolyak, Polyak, RestartedGDPolyak, run
from theorylab.kernels import inline
from theorylab.runs import BadInput, Status
from theorylab.runs.records import schedule


@pytest.mark.parametrize("short_steps", [0, 3, 20])
def test_each_step_of_gdpolyak_is_the_recursion_of_the_specification(short_steps):
    # Step by step from the recorded points: with few short steps the run is chaotic, so that whole runs part company.
    problem, eta = CurvedRavine(), 0.0125
    trace = run(problem, GDPolyak(eta, short_steps), steps=200, record=range(201))
    u, v = trace.x.T
    n = v - u**2
    gap = problem.c * np.abs(u) ** problem.p + problem.a * n**2
    g = np.stack([problem.p * problem.c * np.abs(u) ** (problem.p - 2) * u - 4 * problem.a * u * n, 2 * problem.a * n])
    polyak = np.arange(201) % (short_steps + 1) == short_steps
    stepsize = np.where(polyak, gap / (g**2).sum(0), eta)
    assert np.allclose(trace.gap, gap, rtol=1e-12)
    moved = trace.x.T - stepsize * g
    assert np.allclose(trace.x.T[:, 1:], moved[:, :-1], rtol=1e-9, atol=1e-14)


def test_stepsize_column_is_the_step_used_from_the_recorded_point():
    trace = run(CurvedRavine(), GDPolyak(0.0125, 4), steps=50, record=range(51))
    moved = np.linalg.norm(np.diff(trace.x, axis=0), axis=1)
    assert np.allclose(moved, (trace.stepsize * trace.grad_norm)[:-1], rtol=1e-9)
    assert np.array_equal(np.flatnonzero(trace.stepsize != 0.0125), np.arange(4, 51, 5))


def test_polyak_is_gdpolyak_without_short_steps():
    first = run(CurvedRavine(), Polyak(), steps=300)
    second = run(CurvedRavine(), GDPolyak(0.1, 0), steps=300)
    assert np.array_equal(first.gap, second.gap)


def test_block_extremes_and_running_mean_cover_every_step():
    every = run(CurvedRavine(), Polyak(), steps=2000, record=range(2001))
    sparse = run(CurvedRavine(), Polyak(), steps=2000)
    for r in range(1, len(sparse)):
        block = every.gap[sparse.step[r - 1] + 1 : sparse.step[r] + 1]
        assert (sparse.gap_min[r], sparse.gap_max[r]) == (block.min(), block.max())
    assert np.allclose(sparse.gap_mean[1:], [every.gap[1 : k + 1].mean() for k in sparse.step[1:]], rtol=1e-12)


def test_schedule_has_forty_records_a_decade_and_the_steps_asked_for():
    assert schedule(10**6, record="ends").tolist() == [0, 10**6]
    stops = schedule(10**6, record=[12345])
    assert stops[0] == 0 and stops[-1] == 10**6 and 12345 in stops
    assert np.all(np.diff(stops) > 0)
    late = stops[stops >= 1000]
    assert np.max(late[1:] / late[:-1]) <= 10 ** (1 / 40) * 1.001


def test_hitting_times_are_the_first_steps_at_or_below_a_level():
    trace = run(PowerRavine(), GD(0.5), steps=5000, record=range(5001), levels=[1e-3, 1e-5, 1e-30])
    for level, hit in zip(trace.levels, trace.hits, strict=True):
        below = np.flatnonzero(trace.gap <= level)
        assert hit == (below[0] if below.size else -1)


class TestEndings:
    def test_floor(self):
        trace = run(PowerRavine(), GD(0.5), steps=10**6, floor=1e-6)
        assert trace.status == Status.FLOOR and trace.gap[-1] <= 1e-6 < trace.gap[-2]

    def test_start_at_the_minimiser_ends_at_once(self):
        trace = run(PowerRavine(), GD(0.5), steps=10, start=[0.0, 0.0])
        assert trace.status == Status.FLOOR and trace.step.tolist() == [0]

    def test_divergence_is_data(self):
        trace = run(CurvedRavine(), GD(0.125), steps=1000)
        assert trace.status == Status.DIVERGED and not np.isfinite(trace.gap[-1])
        assert "nan" in trace.status.sentence

    def test_null_steps_stall_only_when_no_longer_step_can_come(self):
        still = run(PowerRavine(), GD(1e-300), steps=10**6)
        assert still.status == Status.STALLED and still.step[-1] == 1
        # Short steps below an ulp are null, the Polyak steps between them are not.
        moving = run(PowerRavine(), GDPolyak(1e-300, 5), steps=60, record=range(61))
        assert moving.status == Status.STEP_LIMIT and moving.gap[-1] < moving.gap[0] / 10

    def test_f_star_above_the_values_seen(self):
        trace = run(WrongOptimum(), GD(0.4), steps=1000)
        assert trace.status == Status.BELOW_F_STAR and "f_star" in trace.status.sentence

    def test_interruption_keeps_what_there_is(self, monkeypatch):
        from theorylab.kernels import cache

        real = cache.compiled(CurvedRavine(), GD(0.01))
        calls = iter(range(10**6))

        def interrupted(*arguments):
            if next(calls) == 3:
                raise KeyboardInterrupt
            return real.descend(*arguments)

        stand_in = type("Compiled", (), {"begin": staticmethod(real.begin), "descend": staticmethod(interrupted)})
        monkeypatch.setattr(cache, "compiled", lambda *records: stand_in)
        monkeypatch.setattr("theorylab.runs.single.CHUNK_SECONDS", 1e-5)
        trace = run(CurvedRavine(), GD(0.01), steps=10**5)
        assert trace.status == Status.INTERRUPTED and 1 <= len(trace) < 100


@inline
def _shallow(problem, work, x, g):
    return 0.5 * x[0] * x[0] - 1e-3, (x[0],)


@inline
def _nothing(problem):
    return ()


class WrongOptimum(NamedTuple):
    """x^2/2 with an f_star that is 1e-3 too high."""

    kernel = staticmethod(_shallow)
    workspace = staticmethod(_nothing)
    dimension = 1
    start = (1.0,)

    def facts(self):
        return {"f_star": 1e-3}


class Unstated(NamedTuple):
    """The same without a word about f_star."""

    kernel = staticmethod(_shallow)
    workspace = staticmethod(_nothing)
    dimension = 1
    start = (1.0,)

    def facts(self):
        return {}


WRONG = [
    ({"steps": 0}, "steps is 0; it has to be at least 1"),
    ({"steps": -3}, "at least 1"),
    ({"steps": "many"}, "has to be an integer"),
    ({"steps": 5, "start": [1.0]}, "start has shape (1,); CurvedRavine has iterates of shape (2,)"),
    ({"steps": 5, "start": [1.0, np.nan]}, "start[1] is nan"),
    ({"steps": 5, "start": [np.inf, 1.0]}, "start[0] is inf"),
    ({"steps": 5, "start": "here"}, "it has to be 2 numbers"),
    ({"steps": 5, "seed": -1}, "seed is -1"),
    ({"steps": 5, "seed": 0.5}, "seed is 0.5"),
    ({"steps": 5, "record": [7]}, "record asks for step 7; steps run from 0 to 5"),
    ({"steps": 5, "record": [0.5]}, "has to hold integers"),
    ({"steps": 5, "record": "end"}, "record is 'end'; it has to hold steps, or to be 'ends'"),
    ({"steps": 5, "levels": [np.nan]}, "is nan"),
    ({"steps": 5, "levels": [1e-9], "floor": 1e-3}, "is not above the floor"),
    ({"steps": 5, "method": GD(-0.1)}, "GD.stepsize is -0.1; it has to be a positive finite number"),
    ({"steps": 5, "method": GD(np.nan)}, "GD.stepsize is nan"),
    ({"steps": 5, "method": GD("big")}, "GD.stepsize is 'big'; it has to be a number"),
    ({"steps": 5, "method": GDPolyak(0.1, -1)}, "short_steps is -1; it has to be an integer of at least 0"),
    ({"steps": 5, "method": GDPolyak(0.1, 1.5)}, "short_steps is 1.5; it has to be an integer"),
    ({"steps": 5, "method": GDPolyak(0.1, 5, f_star_error=np.inf)}, "f_star_error is inf"),
    ({"steps": 5, "method": RestartedGDPolyak(0.1, 5, 0, -1.0)}, "epochs is 0"),
    ({"steps": 5, "method": "GD"}, "'GD' is not a method"),
    ({"steps": 5, "problem": 3}, "3 is not a problem"),
    ({"steps": 5, "problem": CurvedRavine(a=-1.0)}, "CurvedRavine.a is -1.0"),
    ({"steps": 5, "problem": Unstated(), "method": Polyak()}, "Polyak needs f_star, which Unstated does not state"),
]


@pytest.mark.parametrize(("arguments", "sentence"), WRONG, ids=[sentence[:40] for _, sentence in WRONG])
def test_a_mistake_is_told_in_a_sentence_before_anything_runs(arguments, sentence):
    call = {"problem": CurvedRavine(), "method": GD(0.01)} | arguments
    with pytest.raises(BadInput) as caught:
        run(**call)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_column_names_the_known_ones():
    trace = run(CurvedRavine(), GD(0.01), steps=10)
    with pytest.raises(KeyError, match="stepsize"):
        trace["wealth"]


def test_restarts_return_to_the_start_and_halve_towards_the_least_loss():
    method = RestartedGDPolyak(0.0125, 20, 3, -0.01)
    steps_a_round = 3 * 21 + 1
    trace = run(CurvedRavine(), method, steps=3 * steps_a_round, record=range(3 * steps_a_round + 1))
    estimate = -0.01
    for restart in (steps_a_round, 2 * steps_a_round):
        assert np.array_equal(trace.x[restart], trace.x[0])
        estimate = (trace.gap[: restart].min() + estimate) / 2
        assert trace.estimate[restart] == pytest.approx(estimate, rel=1e-15)


def test_provenance_says_where_the_numbers_came_from():
    attributes = run(CurvedRavine(), GD(0.01), steps=10, seed=7).to_dataset().attrs
    assert attributes["seed"] == 7 and attributes["method"] == "GD(stepsize=0.01)"
    assert {"theorylab", "numba", "numpy", "source_hash", "seconds", "status", "ending"} <= set(attributes)
