"""Stochastic oracles: what a step learns, where it arrives, and what the records show."""

from typing import NamedTuple

import numpy as np

from theorylab import run
from theorylab.kernels import Stream, arrived, axpy, drawn, inline, project, uniform
from theorylab.replay import Replay


@inline
def _square(problem, work, x, g):
    return 0.5 * x[0] * x[0], (x[0],)


@inline
def _noisy(problem, work, x, g, k, stream):
    noise = 1.0 if uniform(stream, k) < 0.5 else -1.0
    return 100.0 + noise, (x[0] + noise,)


@inline
def _clipped(problem, x):
    return (min(max(x[0], -0.75), 0.75),)


@inline
def _nothing(problem):
    return ()


class Cheap(NamedTuple):
    a: float

    kernel = staticmethod(_square)
    draw = staticmethod(_noisy)
    project = staticmethod(_clipped)
    workspace = staticmethod(_nothing)
    dimension = 1
    start = np.array([0.5])

    def facts(self):
        return {}


class Costly(Cheap):
    costly = True


class Still(NamedTuple):
    a: float

    kernel = staticmethod(_square)
    workspace = staticmethod(_nothing)
    dimension = 1
    start = np.array([0.5])

    def facts(self):
        return {}


@inline
def _init(method, x):
    return ()


@inline
def _step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    x = project(oracle.problem, axpy(-method.stepsize, g, at.x))
    return arrived(oracle, x, f, g), memory


@inline
def _columns(method, at, memory):
    return ()


class Step(NamedTuple):
    stepsize: float

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ()
    needs = ()

    def patience(self):
        return 2**62


def signs(seed, steps):
    stream = Stream(np.uint64(seed), np.uint64(0))
    return np.array([1.0 if uniform(stream, k) < 0.5 else -1.0 for k in range(steps)])


def test_a_stochastic_step_follows_its_draw_and_arrives_at_the_true_gap():
    trace = run(Cheap(1.0), Step(0.5), steps=40, record=range(41), seed=3)
    x = [0.5]
    for noise in signs(3, 40):
        x.append(np.clip(x[-1] - 0.5 * (x[-1] + noise), -0.75, 0.75))
    np.testing.assert_allclose(trace.x[:, 0], x, rtol=0, atol=1e-14)
    assert np.abs(x).max() == 0.75  # the domain was felt
    np.testing.assert_allclose(trace.gap, 0.5 * np.square(x), rtol=1e-13)
    np.testing.assert_allclose(trace.gap_mean[1:], np.cumsum(trace.gap[1:]) / np.arange(1, 41), rtol=1e-13)


def test_a_costly_problem_shows_true_gaps_in_its_records_and_those_of_draws_between_them():
    cheap, costly = (
        run(kind(1.0), Step(0.5), steps=40, record=[7, 40], seed=3, floor=-np.inf) for kind in (Cheap, Costly)
    )
    assert cheap.x.tolist() == costly.x.tolist() and cheap.gap.tolist() == costly.gap.tolist()
    assert cheap.grad_norm.tolist() == costly.grad_norm.tolist()
    assert costly.gap_mean[-1] == 100.0 + signs(3, 40).mean()
    assert run(Costly(1.0), Step(0.5), steps=2).levels.tolist() == [-np.inf]


def test_a_problem_without_noise_is_asked_once_a_step():
    trace = run(Still(1.0), Step(0.5), steps=5, record=range(6))
    np.testing.assert_allclose(trace.x[:, 0], 0.5 * 0.5 ** np.arange(6), rtol=1e-14)


def test_the_replay_in_balls_makes_the_same_draws():
    trace = run(Cheap(1.0), Step(0.25), steps=30, record=range(31), seed=9)
    replay = Replay(Cheap(1.0), Step(0.25), Stream(np.uint64(9), np.uint64(0)))
    for state, x in zip(replay.states(replay.first((0.5,)), 30), trace.x[:, 0], strict=True):
        assert abs(float(state.at.x[0].v.mid()) - x) < 1e-14
