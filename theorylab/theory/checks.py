"""What every step must pass before any proof is looked at: numbers, contact points, pins.

Numbers refute nearly every wrong step in milliseconds, and they guard the proof rules that assume (powdenest with
force). Contact points and pins catch what is true but weaker than meant.
"""

from __future__ import annotations

import sympy as sp

from theorylab.theory.asymptotic import approaching_ratios
from theorylab.theory.leading import Undecided
from theorylab.theory.numbers import Unreliable, admissible_points, compare, evaluate, show
from theorylab.theory.step import Step

POINTS = 40
PIN_POINTS = 12
NOT_A_VALUE = (sp.Limit, sp.AccumBounds, sp.zoo, sp.nan, sp.oo, -sp.oo)


class Broken(Exception):
    """The step is false or says nothing; the message is the counterexample."""


def check_numbers(step: Step, count: int = POINTS) -> str:
    """Test the relation at admissible points (~: at growing magnitudes); return what was tested.

    Raises
    ------
    Broken
        At the first counterexample, or if a side is not a real value.
    """
    for side in (step.lhs, step.rhs):
        bad = next((x for x in NOT_A_VALUE if side.has(x)), None)
        if bad is not None:
            raise Broken(f"{bad} is not a value: {side}")
    if step.relation == "~":
        variable, direction = step.toward
        try:
            ratios = approaching_ratios(step.lhs, step.rhs, variable, direction, step.domains)
        except Undecided as error:
            raise Broken(str(error)) from None
        error = max(1e-42, float(abs(ratios[-1] - 1)))
        return f"tested at {len(ratios)} magnitudes (ratio at last within {error:.1g} of 1)"
    points = admissible_points(step.symbols, step.domains, step.conditions, count)
    if not points:
        raise Broken("no admissible point was found: the domains or the conditions are empty")
    for point in points:
        _compare(step.lhs, step.rhs, step.relation, point)
    return f"tested at {len(points)} point{'s' if len(points) > 1 else ''}"


def _compare(lhs, rhs, relation, point):
    try:
        order = compare(lhs, rhs, point)
        if order in {"==": (0,), ">=": (0, 1), "<=": (0, -1)}[relation]:
            return
        left, right = (evaluate(side, point).str(10, radius=False) for side in (lhs, rhs))
    except Unreliable as error:
        raise Broken(f"cannot be evaluated: {error}") from None
    raise Broken(f"lhs = {left}, rhs = {right} at {show(point)}")


def check_contact(step: Step) -> None:
    """Both sides agree where the step says that it is tight; raises `Broken` where they do not."""
    for where in step.contact:
        difference = (step.lhs - step.rhs).subs(where)
        for point in admissible_points(difference.free_symbols, step.domains, count=4):
            try:
                _compare(difference, sp.S.Zero, "==", point)
            except Broken as error:
                raise Broken(f"not tight at the declared contact point {dict(where)}: {error}") from None


def check_pins(step: Step) -> None:
    """Each side is the expression of its neighbours; raises `Broken` where it is not."""
    for pin in step.pins:
        first, second = (sp.sympify(e) for e in pin(step.lhs, step.rhs))
        for point in admissible_points(first.free_symbols | second.free_symbols, step.domains, count=PIN_POINTS):
            try:
                _compare(first, second, "==", point)
            except Broken as error:
                raise Broken(f"a side is not the expression of the neighbouring step: {error}") from None
