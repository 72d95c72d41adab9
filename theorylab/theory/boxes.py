"""Ball arithmetic: a positive expression proved positive on a compact box by branch and bound."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theorylab.theory.balls import ball, precision

BITS = 160
ORDER = 8  # highest order of contact that is looked for


@dataclass(frozen=True)
class BoxResult:
    """Whether the expression is positive: True, False (a point where it is not), None (out of boxes)."""

    positive: bool | None
    boxes: int
    where: str = ""


def positive_on_box(expr: sp.Expr, box, limit: int = 20_000) -> BoxResult:
    """Branch and bound: natural extension and mean value form of expr on the closed box {x: (lower, upper)}."""
    with precision(BITS):
        return _branch(expr, box, limit)


def _branch(expr, box, limit):
    symbols = list(box)
    slopes = [sp.diff(expr, x) for x in symbols]
    todo, used = [tuple(tuple(ball(sp.sympify(end), {}) for end in box[x]) for x in symbols)], 0
    while todo:
        current = todo.pop()
        used += 1
        if used > limit:
            return BoxResult(None, used, str([[float(end) for end in ends] for ends in current]))
        env = {x: low.union(high) for x, (low, high) in zip(symbols, current, strict=True)}
        value = ball(expr, dict(env))
        if value > 0:
            continue
        middle = [(low + high) / 2 for low, high in current]
        centre = ball(expr, dict(zip(symbols, middle, strict=True)))
        if value < 0 or centre < 0:
            at = ", ".join(f"{x} = {float(m):.6g}" for x, m in zip(symbols, middle, strict=True))
            return BoxResult(False, used, at)
        mean = centre
        for x, slope, m in zip(symbols, slopes, middle, strict=True):
            mean = mean + ball(slope, dict(env)) * (env[x] - m)
        if mean > 0:
            continue
        widths = [float(high - low) / max(1e-3, abs(float(m))) for (low, high), m in zip(current, middle, strict=True)]
        i = widths.index(max(widths))
        cut = middle[i].mid()
        for half in ((current[i][0], cut), (cut, current[i][1])):
            todo.append(current[:i] + (half,) + current[i + 1 :])
    return BoxResult(True, used)


def positive_beside_contact(expr: sp.Expr, x: sp.Symbol, low, high) -> BoxResult:
    """expr > 0 on (low, high], where it vanishes at low together with its first k - 1 derivatives.

    The k-th derivative is positive by balls on a short interval, the expression itself elsewhere.
    """
    low, high = sp.sympify(low), sp.sympify(high)
    derivative, order = expr, 0
    while order < ORDER and sp.simplify(derivative.subs(x, low)) == 0:
        derivative, order = sp.diff(derivative, x), order + 1
    for share in (sp.Rational(1, 2), sp.Rational(1, 8), sp.Rational(1, 64)):
        middle = low + (high - low) * share
        near = positive_on_box(derivative, {x: (low, middle)}, 2000)
        if near.positive:
            far = positive_on_box(expr, {x: (middle, high)})
            return BoxResult(far.positive, near.boxes + far.boxes, far.where or f"contact of order {order}")
    return BoxResult(None, 0)


def prove_on_box(gap: sp.Expr, box, contacts) -> tuple[bool | None, str]:
    """(proved, detail) for gap >= 0 on a box; a contact at the lower end of a one-dimensional box is resolved."""
    shown = ", ".join(f"{x} in [{low}, {high}]" for x, (low, high) in box.items())
    result = BoxResult(None, 0)
    if len(box) == 1:
        ((x, (low, high)),) = box.items()
        if any(sp.sympify(c.get(x, sp.oo)) == sp.sympify(low) for c in contacts):
            result = positive_beside_contact(gap, x, low, high)
    if result.positive is None:
        result = positive_on_box(gap, box)
    if result.positive is False:
        return False, f"ball arithmetic finds a violation at {result.where}"
    return result.positive, f"{shown}, {result.boxes} boxes"
