"""Statements and records of the replay tests, in a module of their own so that a fresh process can import them."""

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import sympy as sp

from theorylab.kernels import Point, axpy, copy, inline, uniforms, value_grad
from theorylab.replay import Statement

gap, before_gap, start_gap, a, x, q = sp.symbols("gap before_gap start_gap a x q", real=True)
recorded_gap, method_size = sp.symbols("recorded_gap method_size", real=True)


def _curved(u, v):
    return u**4 + a * (v - u**2) ** 2


#: A point whose nearest point of the parabola is (x, x^2): the quartic beats the normal growth close to it.
METRIC_POINT = {"x": Fraction(1, 10), "q": Fraction(1, 2**18), "a": Fraction(10)}

STATEMENTS = {
    # f(P + q n) >= f(P) for the metric projection P onto the parabola: false
    "metric-normal-growth": Statement(_curved(x, x**2), _curved(x - 2 * x * q, x**2 + q)),
    "monotone": Statement(gap, before_gap),
    "below-start": Statement(gap, start_gap, hypotheses=(method_size > 0,), assumed=("f is smooth",)),
    "accurate": Statement(abs(recorded_gap - gap), gap / 10**6),
    "stays-right": Statement(-sp.Symbol("first", real=True), sp.Integer(-1) / 8,
                             observables={"first": lambda problem, at: at.x[0] * 1.0}),
}  # fmt: skip


class Walk(NamedTuple):
    """A stochastic method: a step of uniform length along each coordinate."""

    size: float

    column_names = ("size",)
    needs = ()

    def patience(self):
        return 10


@inline
def _walk_init(method, x):
    return ()


@inline
def _walk_step(method, oracle, at, memory, k, stream):
    u = uniforms(stream, k, copy(at.g))
    x = axpy(-method.size, u, at.x)
    f, g = value_grad(oracle, x, at.g)
    return Point(x, f, g), memory


@inline
def _walk_columns(method, at, memory):
    return (method.size,)


Walk.init = staticmethod(_walk_init)
Walk.step = staticmethod(_walk_step)
Walk.columns = staticmethod(_walk_columns)


@inline
def _nothing(problem):
    return ()


@inline
def _subtracted(problem, work, x, g):
    u = x[0]
    square = u * u
    f = problem.offset + square * square
    return f - problem.offset, (4.0 * square * u,)


class Subtracted(NamedTuple):
    """u^4 as the difference of two large numbers: the gap cancels."""

    offset: float

    kernel = staticmethod(_subtracted)
    workspace = staticmethod(_nothing)


@inline
def _naive_logistic(problem, work, x, g):
    e = math.exp(-x[0])
    return math.log(1.0 + e), (-e / (1.0 + e),)


class NaiveLogistic(NamedTuple):
    """log(1 + e^-u) as written: it cancels once e^-u nears an ulp."""

    scale: float

    kernel = staticmethod(_naive_logistic)
    workspace = staticmethod(_nothing)


@inline
def _stable_logistic(problem, work, x, g):
    e = math.exp(-x[0])
    return math.log1p(e), (-e / (1.0 + e),)


class StableLogistic(NamedTuple):
    """log(1 + e^-u) by log1p."""

    scale: float

    kernel = staticmethod(_stable_logistic)
    workspace = staticmethod(_nothing)


def records_of(trace, count=40):
    """About `count` records of a trace, as plain data."""
    from theorylab.replay import Records

    rows = np.unique(np.linspace(0, len(trace.step) - 1, count).astype(int))
    columns = {name: trace[name][rows] for name in ("gap", "grad_norm", *trace.method.column_names)}
    return Records(trace.step[rows], trace.x[rows], trace.memory[rows], columns)
