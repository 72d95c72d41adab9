"""Statements for certificates: what their symbols mean on a classifier, and searches at recorded states."""

import sympy as sp

from theorylab.kernels import as_state
from theorylab.replay import Statement, certify_step, certify_trajectory
from theorylab.runs import run

__all__ = ["certify_trajectory", "first_margin", "increase_certificate", "largest_norm2", "no_increase", "stated"]


def first_margin(problem, point):
    """Least first coordinate of the rows: Assumption 1 holds with it as gamma, w* being the first axis."""
    z = problem.sample.z
    least = z[0, 0]
    for i in range(z.shape[0]):
        least = min(least, z[i, 0])
    return least


def largest_norm2(problem, point):
    """Largest square of the rows' norms."""
    z = problem.sample.z
    largest = 0.0
    for i in range(z.shape[0]):
        total = 0.0
        for c in range(z.shape[1]):
            total += z[i, c] * z[i, c]
        largest = max(largest, total)
    return largest


def stated(lhs, rhs, *hypotheses, **observables) -> Statement:
    """lhs <= rhs for GD on data whose w* is the first axis: gamma, eta and t as in the derivations.

    Assumption 1 is part of it: rows of norm at most 1 and a positive margin, computed at the instance.
    """
    named = {"eta": sp.Symbol("method_stepsize")}

    def bind(expression):
        expression = sp.sympify(expression)
        return expression.subs({s: named[s.name] for s in expression.free_symbols if s.name in named})

    assumption = (sp.Le(sp.Symbol("norm2"), 1), sp.Gt(sp.Symbol("gamma"), 0))
    meanings = {"gamma": first_margin, "norm2": largest_norm2, **observables}
    return Statement(bind(lhs), bind(rhs), meanings, (*assumption, *map(bind, hypotheses)))


def no_increase() -> Statement:
    """L_{t+1} <= L_t for a step from a state with L_t <= 2/eta."""
    before = sp.Symbol("before_gap")
    return Statement(sp.Symbol("gap"), before, hypotheses=(sp.Le(before, 2 / sp.Symbol("method_stepsize")),))


def increase_certificate(claim: str, trace, seconds: float):
    """Search for one certain increase of the loss below 2/eta, from the states of the run of `trace`."""
    steps = int(trace.last_increase[-1])
    again = run(trace.problem, trace.method, steps=steps, record=range(steps + 1), start=trace.x[0])
    before = as_state(again.x[steps - 1])
    return certify_step(claim, no_increase(), trace.problem, trace.method.method, before, t=steps - 1, seconds=seconds)
