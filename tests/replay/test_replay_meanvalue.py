"""Mean-value form: encloses what naive balls enclose, and loses bits only where the map expands."""

import pytest
import sympy as sp
from replay_statements import STATEMENTS

import problems
from theorylab.methods import GD, GDPolyak, Polyak, RestartedGDPolyak
from theorylab.replay import Ball, Replay, Statement, certify_trajectory, check, lift, precision
from theorylab.replay.duals import Dual, seeds
from theorylab.replay.meanvalue import MeanValueReplay

RAVINE = problems.CurvedRavine(p=4, c=1.0, a=10.0)
START = (1.0970541496874935, 0.5327534435573401)


def _last(engine, method, steps, bits, problem=RAVINE, start=START):
    with precision(bits):
        replay = engine(problem, method)
        *_, last = replay.states(replay.first(start), steps)
        return last


@pytest.mark.parametrize("method", [GD(0.0125), GDPolyak(0.0125, 20), Polyak()], ids=lambda m: type(m).__name__)
def test_it_encloses_the_same_run_as_naive_balls(method):
    true = _last(Replay, method, 60, 1024)
    tight = _last(MeanValueReplay, method, 60, 160)
    for ball, other in zip((*true.at.x, true.at.f, *true.at.g), (*tight.at.x, tight.at.f, *tight.at.g), strict=True):
        assert ball.v.overlaps(other.v) and other.v.contains(ball.v.mid()) and other.accuracy > 40


def test_contraction_costs_few_bits_where_naive_balls_lose_all():
    steps, bits = 800, 128
    tight = _last(MeanValueReplay, GDPolyak(0.0125, 100), steps, bits)
    assert all(bits - u.accuracy < 20 for u in tight.at.x)
    naive = _last(Replay, GDPolyak(0.0125, 100), 250, bits)
    assert all(u.accuracy < 40 for u in naive.at.x)


def test_chaos_costs_about_one_bit_a_step():
    lost = [300 - _last(MeanValueReplay, Polyak(), steps, 300).at.x[0].accuracy for steps in (60, 120)]
    assert 30 < lost[1] - lost[0] < 100


def test_a_certificate_by_mean_values_is_found_and_checked():
    gap, start_gap = sp.symbols("gap start_gap", real=True)
    statement = Statement(start_gap / 10**5, gap)
    method, engine = GDPolyak(0.0125, 40), "mean-value balls"
    outcome = certify_trajectory("large", statement, RAVINE, method, START, 400, at=[400], engine=engine, seconds=20)
    assert outcome.status == "violated" and outcome.certificate.precision_bits <= 128
    assert check(outcome.certificate.as_dict(), lambda claim: statement).ok


@pytest.mark.parametrize(
    ("problem", "method", "start"),
    [
        (RAVINE, RestartedGDPolyak(0.0125, 2, 2, -0.5), START),
        (problems.MatrixFactorisation.random(d=6, r=1, k=1, sigma=(1.0,)), GD(0.25), None),
    ],
    ids=["memory of the iterate", "array"],
)
def test_what_it_cannot_follow_is_refused_with_a_sentence(problem, method, start):
    start = problem.start if start is None else start
    with pytest.raises(TypeError, match="take the engine 'balls'"):
        certify_trajectory("monotone", STATEMENTS["monotone"], problem, method, start, 20, engine="mean-value balls")


FUNCTIONS = {
    "quotient": (lambda x, y: (x - 2.0) / (y + 3.0) - 1.0 / x, lambda x, y: (x - 2) / (y + 3) - 1 / x),
    "powers": (lambda x, y: x**3 * y - abs(y) * 2.0 - (1.0 - x), lambda x, y: x**3 * y - sp.Abs(y) * 2 - (1 - x)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_dual_arithmetic_is_the_derivative(name):
    _agrees(*FUNCTIONS[name])


def _agrees(function, expression):
    symbols = sp.symbols("x y", real=True)
    true = expression(*symbols)
    at = {"x": Ball(1.25), "y": Ball(-0.5)}
    with precision(128):
        dual = lift(function)(*seeds(at.values()))
        assert isinstance(dual, Dual) and dual.value.v.overlaps(_value(true, at).v)
        for slope, symbol in zip(dual.slopes, symbols, strict=True):
            assert slope.v.overlaps(_value(sp.diff(true, symbol), at).v) and slope.accuracy > 100


def _value(expression, at):
    from theorylab.replay import evaluate

    return evaluate(expression, at)


@pytest.mark.parametrize(
    "name", ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "acos", "atan2"]
)
def test_dual_functions_are_the_derivative(name):
    forms = {
        "expm1": lambda u: sp.exp(u) - 1, "log1p": lambda u: sp.log(1 + u), "atan2": lambda u: sp.atan2(u, sp.S(3) / 2),
    }  # fmt: skip
    symbol = sp.Symbol("x", real=True)
    with precision(128):
        (x,) = seeds([Ball(0.375)])
        dual = x.atan2(Ball(1.5)) if name == "atan2" else getattr(x, name)()
        true = forms.get(name, getattr(sp, name, None))(symbol)
        assert dual.value.v.overlaps(_value(true, {"x": x.value}).v)
        assert dual.slopes[0].v.overlaps(_value(sp.diff(true, symbol), {"x": x.value}).v)
        assert dual.slopes[0].accuracy > 100


def test_a_kink_across_zero_has_all_slopes_of_the_absolute_value():
    with precision(64):
        (x,) = seeds([Ball(1) / 3 - Ball(1) / 3])
        assert abs(x).slopes[0].v.contains(-1) and abs(x).slopes[0].v.contains(1)
