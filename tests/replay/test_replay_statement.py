"""Statements on balls: the tree walk is exact, and a symbol has one meaning or none."""

from fractions import Fraction

import pytest
import sympy as sp

import problems
from theorylab.methods import GD
from theorylab.replay import Ball, Statement, evaluate, judge, precision
from theorylab.replay.instance import Instance
from theorylab.replay.trajectory import Replay

t, y = sp.symbols("t y", real=True)


@pytest.mark.parametrize(
    "expression",
    [
        sp.sqrt(2) ** 3 / sp.pi + sp.E ** sp.Rational(1, 3),
        sp.exp(t) * sp.log(1 + t**2) - sp.Abs(y) ** sp.Rational(7, 3),
        sp.Max(t, y, 0) - sp.Min(t, y) + sp.sign(y),
        sp.LambertW(t) + sp.LambertW(-t / 9, -1),
        sp.cos(t) * sp.atan2(y, t) + sp.tanh(y) + sp.asin(t / 2) + sp.gamma(1 + t),
        (1 - 1 / (t + 3)) ** (t / 2),
    ],
)
def test_tree_walk_encloses_what_mpmath_computes(expression):
    at = {"t": Fraction(5, 4), "y": Fraction(-2, 3)}
    with precision(150):
        ball = evaluate(expression, {name: Ball(value) for name, value in at.items()})
        exactly = expression.subs({sp.Symbol(n, real=True): sp.Rational(v) for n, v in at.items()}).evalf(40)
        assert ball.accuracy > 130
        assert abs(evaluate(sp.Rational(str(exactly)), {}) - ball) < Ball(Fraction(1, 10**37))


def test_rationals_are_not_rounded_to_float64():
    with precision(128):
        ball = evaluate(t / 3 + sp.Rational(1, 10), {"t": Ball(1)})
        assert ball.v.contains(Ball(Fraction(13, 30)).v.mid()) and not ball.overlaps(1 / 3 + 0.1, 1 / 3 + 0.1)


@pytest.mark.parametrize(
    "expression", [0.1 * t, sp.Float("0.5"), sp.Piecewise((t, t > 0), (0, True)), sp.Integral(t, t)]
)
def test_floats_and_what_has_no_ball_version_are_refused(expression):
    with pytest.raises(TypeError):
        evaluate(expression, {"t": Ball(1)})


def _environment(statement, method=GD(0.125), steps=1):  # noqa: B008
    problem = problems.CurvedRavine(p=4, c=1.0, a=10.0)
    *_, last = Instance(problem, method, (0.5, 0.25), steps=steps).walk(statement, Replay)
    return last.values


def test_symbols_mean_fields_state_columns_and_observables():
    statement = Statement(t, t, observables={"height": lambda problem, at: problem.a * at.x[1] / 3.0})
    with precision(128):
        values = _environment(statement)
        # at (1/2, 1/4) the point lies on the parabola: only c u^4 pulls, du = -4 u^3/8 = -1/16
        for name, exactly in {"a": 10, "p": 4, "t": 1, "start_t": 0, "x0": Fraction(7, 16), "before_x0": Fraction(1, 2),
                              "start_gap": Fraction(1, 16), "method_stepsize": Fraction(1, 8),
                              "start_grad_norm2": Fraction(1, 4)}.items():  # fmt: skip
            assert values[name] == Ball(exactly) or values[name].v.overlaps(Ball(exactly).v)
        assert (values["height"] * 6).v.contains(5)


@pytest.mark.parametrize(
    ("name", "word"), [("stepsize", "2 meanings"), ("nonsense", "no field"), ("recorded_gap", "no given value")]
)
def test_a_symbol_with_no_or_two_meanings_is_refused(name, word):
    with precision(64), pytest.raises(KeyError, match=word):
        _environment(Statement(t, t))[name]


@pytest.mark.parametrize(
    ("hypothesis", "violated"), [(y > 1, False), (y < 1, True), (y * 3 >= 1, None), (sp.sqrt(2) > 1, True)]
)
def test_a_violation_counts_only_where_the_hypotheses_certainly_hold(hypothesis, violated):
    with precision(64):
        finding = judge(Statement(t, sp.Integer(0), hypotheses=(hypothesis,)), {"t": Ball(1), "y": Ball(1) / 3})
        assert finding.violated is violated
