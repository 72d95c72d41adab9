"""The lifted kernel is the kernel in real arithmetic: it overlaps sympy and finds what differs from it."""

import math
from typing import NamedTuple

import numpy as np
import pytest
import sympy as sp
from flint import arb
from replay_statements import Walk

import problems
from theorylab import methods, run
from theorylab.kernels import Oracle, Point, Stream, as_state, cache, inline, size, step, value_grad
from theorylab.replay import Ball, Draws, Replay, Undecided, evaluate, exact, functions_of, lift, lint, precision

METHODS = [kind for kind in map(vars(methods).get, methods.__all__) if hasattr(kind, "step")]


SMALL = [
    pytest.param(problem, id=f"{kind.__name__}-{i}")
    for kind in problems.discover()
    for i, problem in enumerate(kind.examples())
    if problem.dimension <= 4 and (hasattr(problem, "expression_at") or problem.expression() is not None)
]


@pytest.mark.parametrize("problem", SMALL)
def test_lifted_kernel_overlaps_the_sympy_tree(problem, rng):
    around = getattr(problem, "expression_at", lambda x: problem.expression())  # a piece around x, or one formula
    for row in rng.uniform(-1.5, 1.5, (4, problem.dimension)):
        symbols, gap = around(row)
        gradient = [sp.diff(gap, symbol) for symbol in symbols]
        with precision(160):
            values = {symbol.name: Ball(u) for symbol, u in zip(symbols, row, strict=True)}
            at = Replay(problem, None).point(as_state(row))
            assert at.f.v.overlaps(evaluate(gap, values).v) and at.f.accuracy > 100
            for g, true in zip(at.g, gradient, strict=True):
                assert g.v.overlaps(evaluate(true, values).v)


@pytest.mark.parametrize("kind", problems.discover(), ids=lambda kind: kind.__name__)
def test_compiled_kernel_agrees_with_its_own_lift(kind):
    for problem in kind.examples():
        x = as_state(problem.start)
        compiled = cache.compiled(problem, methods.GD(0.5)).begin(problem, methods.GD(0.5), x).at
        with precision(200):
            at = Replay(problem, None).point(x)
            scale = max(abs(v) for v in compiled.g)
            assert math.isclose(at.f.middle.enclosure()[0], compiled.f, rel_tol=1e-11, abs_tol=1e-30)
            for g, rounded in zip(at.g, compiled.g, strict=True):
                assert abs(g.middle.enclosure()[0] - rounded) <= 1e-12 * scale


@pytest.mark.parametrize("kind", [*problems.discover(), *METHODS], ids=lambda kind: kind.__name__)
def test_no_kernel_folds_a_constant_or_divides_integers(kind):
    assert [fault for function in functions_of(kind) for fault in lint(function)] == []


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)
def test_every_method_replays_its_own_float64_run(method):
    fields = {"stepsize": 0.0125, "short_steps": 3, "epochs": 2, "lower_bound": -0.5, "momentum": 0.5, "b0": 2.0,
              "method": methods.GD(0.0125), "level": 0.7, "stable": 0.69, "exp_level": 0.68, "t0": 0.02, "grow": 3.0,
              "gamma": 0.3, "L0": 30.0, "L1": 2.0, "bisections": 2, "schedule": methods.schedules.Cosine(),
              "horizon": 25, "L": 20.0, "eta": 0.05, "u": (1.0,)}  # fmt: skip
    if method is methods.RegretWatch:
        fields["method"] = methods.COCOB(20.0)
    given = {name: fields[name] for name in method._fields if name in fields}
    on_data = problems.LinearClassifier(problems.samples.pair(0.09))
    problem = on_data if hasattr(method, "asks") else problems.CurvedRavine(p=4, c=1.0, a=10.0)
    method = method(**given)
    compiled = cache.compiled(problem, method)
    carry = compiled.begin(problem, method, (0.9, 0.6))
    table = np.empty((1, 6 + len(method.column_names) + 2 + size(carry.memory)))
    stream = Stream(np.uint64(0), np.uint64(0))
    carry = compiled.descend(problem, method, carry, stream, np.array([20]), 0, 1, np.array([-np.inf]),
                             np.array([-1]), math.inf, 10**6, table)  # fmt: skip
    with precision(256):
        replay = Replay(problem, method, stream)
        *_, last = replay.states(replay.first((0.9, 0.6)), 20)
        for ball, rounded in zip(last.at.x, carry.at.x, strict=True):
            assert math.isclose(ball.enclosure()[0], rounded, rel_tol=1e-9)


@inline
def _nothing(problem):
    return ()


@inline
def _cubed(problem, work, x, g):
    u = x[0]
    return problem.c * u * u * u, (3.0 * problem.c * u * u + problem.slip * u,)


class Cubed(NamedTuple):
    c: float
    slip: float
    kernel = staticmethod(_cubed)
    workspace = staticmethod(_nothing)


def test_a_gradient_wrong_by_1e_19_is_caught(rng):
    u = sp.Symbol("u", real=True)
    with precision(128):
        for value in rng.uniform(0.1, 2.0, 20):
            true = evaluate(3 * u**2, {"u": Ball(value)})
            good = Replay(Cubed(1.0, 0.0), None).point((value,)).g[0]
            wrong = Replay(Cubed(1.0, 1e-19), None).point((value,)).g[0]
            assert good.v.overlaps(true.v) and not wrong.v.overlaps(true.v)


def test_integer_fields_divide_exactly():
    problem = problems.PowerRavine(p=3, c=0.5, lam=1.0)
    lifted = exact(problem)
    with precision(128):
        assert ((Ball(1.0) / lifted.p) * 3).v.contains(1) and (1 / lifted.p).accuracy > 120


@inline
def _series(t):
    return t - t * t * t / 6.0


@inline
def _uses_series(t):
    return 2.0 * _series(t) + math.pi


EXACT = {"_series": lambda math, t: math.sin(t) * 1.0}


def test_a_primitive_is_replaced_by_its_exact_formula():
    with precision(128):
        value = lift(_uses_series)(Ball(0.5))
        assert value.v.overlaps(2 * arb(0.5).sin() + arb.pi()) and value.accuracy > 110


_COMPUTED = 2.0 * math.pi
_STATED = -0.5


@inline
def _has_a_folded_constant(x):
    return x * (1.0 / 3.0)


@inline
def _divides_integers(x):
    n = x.size
    total = 0.0
    for i in range(n):
        total += x[i] * (i + 1) / n + (i / n)
    return total


@inline
def _numerator_is_an_integer(x, t):
    return x * (1 / (t + 1))


@inline
def _computed_global(x):
    return x * _COMPUTED + _STATED


@inline
def _exact_literals(x):
    return 0.5 * x + (2.0 * 3.0) * x - x / 3.0 + 1e-3


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (_has_a_folded_constant, "1.0 / 3.0"),
        (_divides_integers, "i / n"),
        (_numerator_is_an_integer, "1 / (t + 1)"),
        (_computed_global, "_COMPUTED"),
    ],
)
def test_lint_names_the_rounded_place(function, word):
    faults = lint(function)
    assert len(faults) == 1 and word in faults[0]


def test_lint_passes_literals_that_are_exact():
    assert lint(_exact_literals) == []


def test_an_integer_quotient_inside_a_kernel_cannot_enter_silently():
    with precision(64), pytest.raises(TypeError, match="met a ball"):
        lift(_divides_integers)(exact(np.array([1.0, 2.0, 3.0])))


def test_recorded_draws_replay_and_missing_ones_raise():
    problem, stream = problems.CurvedRavine(p=4, c=1.0, a=10.0), Stream(np.uint64(5), np.uint64(1))
    draws = Draws.of(stream, 0, 3, 2)
    with precision(128):
        replay = Replay(problem, Walk(0.25), draws)
        *_, last = replay.states(replay.first((0.5, 0.25)), 3)
        total = sum(row[0] for row in draws.rows)
        assert math.isclose(last.at.x[0].enclosure()[0], 0.5 - 0.25 * total, rel_tol=1e-15)
        with pytest.raises(ValueError, match="no draws of step 3"):
            replay.next(last)
        with pytest.raises(TypeError, match="random numbers"):
            Replay(problem, Walk(0.25)).next(replay.first((0.5, 0.25)))


def test_array_states_are_not_shared_between_states_of_a_replay():
    problem = problems.MatrixFactorisation.random(d=6, r=1, k=2, sigma=(1.0,))
    with precision(128):
        replay = Replay(problem, methods.GD(0.25))
        first = replay.first(as_state(problem.start))
        kept = [Ball(u) for u in first.at.x]
        replay.next(first)
        assert all(u == v for u, v in zip(first.at.x, kept, strict=True))


@pytest.mark.parametrize("method", [methods.MemoryArmijo(0.31, 2.0, 3.0), methods.ArmijoRMSProp(0.07, 2.0, 3.0)],
                         ids=lambda method: type(method).__name__)  # fmt: skip
def test_searches_on_arrays_replay_too(method):
    problem = problems.MatrixFactorisation.random(d=6, r=1, k=2, sigma=(1.0,))
    trace = run(problem, method, steps=12, record=range(13))
    with precision(256):
        replay = Replay(problem, method)
        for row, state in enumerate(replay.states(replay.first(as_state(problem.start)), 12)):
            for ball, rounded in zip(state.at.x, trace.x[row], strict=True):
                assert math.isclose(ball.enclosure()[0], rounded, rel_tol=1e-9, abs_tol=1e-14)
            search = getattr(state.memory, "search", state.memory)
            assert search.rejections.enclosure()[0] == trace.rejections[row]


def test_an_undecidable_branch_raises_instead_of_choosing():
    @inline
    def choose(x):
        return x if x * x >= 2.0 else -x

    with precision(64), pytest.raises(Undecided):
        lift(choose)(Ball(2).sqrt())


def test_the_verb_of_a_wrapped_problem_is_lifted_too():
    inner = problems.CurvedRavine(p=4, c=1.0, a=10.0)
    outer = problems.Shifted(inner, (1.0, 2.0))
    with precision(128):
        lifted = lift(value_grad)
        replay = Replay(outer, None)
        at = replay.point((1.5, 2.25))
        assert isinstance(at, Point) and at.f.v.overlaps(Replay(inner, None).point((0.5, 0.25)).f.v)
        assert lifted is lift(value_grad) and isinstance(Oracle(exact(outer), ()).problem.shift[0], Ball)
        assert lift(step) is lift(step)
