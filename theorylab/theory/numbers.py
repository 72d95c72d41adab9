"""Numbers that can be trusted: evaluation and comparison by balls, and admissible random points.

evalf loses cancellation behind tanh without a warning, and two precisions may agree on a wrong value when a huge
term absorbs a small one. Balls know their own error, so precision is raised until they are small enough.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from fractions import Fraction

import sympy as sp
from flint import arb

from theorylab.theory.balls import Unreliable, ball, precision
from theorylab.theory.domains import Domain

BITS = (170, 340, 680, 1360, 2720, 5440, 10880)  # about 50 to 3,200 digits
DIGITS = 42
_AGREE = arb(10) ** -DIGITS
_ZERO_FROM = 1360  # bits from which a ball that still contains 0, without any other scale, counts as 0


def _balls(point: Mapping) -> dict:
    return {x: arb(v.numerator) / v.denominator if isinstance(v, Fraction) else v for x, v in point.items()}


def evaluate(expr: sp.Expr, point: Mapping[sp.Symbol, Fraction | arb]) -> arb:
    """Ball of relative radius below 1e-42 around the value of an expression (exactly 0 only if it evaluates so).

    Parameters
    ----------
    expr : sympy.Expr
        Its free symbols all occur in `point`.
    point : mapping
        Exact numbers: `fractions.Fraction`, or `flint.arb` for magnitudes that no fraction can hold.

    Raises
    ------
    Unreliable
        If 3,200 digits are not enough, or the value is complex, infinite or undefined.
    """
    for bits in BITS:
        with precision(bits):
            value = ball(expr, _balls(point))
            if value.is_finite() and (value == 0 or value.rad() < abs(value) * _AGREE):
                return value
    raise Unreliable(f"{_short(expr)} has no reliable real value at {show(point)}")


def compare(lhs: sp.Expr, rhs: sp.Expr, point: Mapping[sp.Symbol, Fraction | arb]) -> int:
    """Sign of lhs - rhs: 1 or -1 are certain, 0 means equal to 42 digits (400 digits where one side is 0).

    Raises
    ------
    Unreliable
        If 3,200 digits are not enough, or a side is not a real number.
    """
    for bits in BITS:
        with precision(bits):
            known = _balls(point)
            first, second = ball(lhs, known), ball(rhs, known)
            difference = first - second
            if not difference.is_finite():
                continue
            if difference > 0 or difference < 0:
                return 1 if difference > 0 else -1
            scale = max(abs(first).lower(), abs(second).lower())
            if difference.rad() <= scale * _AGREE or (bits >= _ZERO_FROM and scale == 0):
                return 0
    raise Unreliable(f"{_short(lhs)} and {_short(rhs)} cannot be compared at {show(point)}")


def show(point: Mapping) -> str:
    """The point in words, six digits each."""
    return ", ".join(f"{x} = {_balls({x: v})[x].str(6, radius=False)}" for x, v in point.items()) or "every point"


def _short(expr) -> str:
    text = str(expr)
    return text if len(text) < 80 else text[:77] + "..."


def _draw(rng: random.Random, domain: Domain, point) -> Fraction:
    def end(bound):
        return None if bound in (sp.oo, -sp.oo) else float(evaluate(bound, point))

    low, high = end(domain.lower), end(domain.upper)
    if domain.integer:
        first = -(10**3) if low is None else round(low)
        return Fraction(rng.randint(first, first + 10 ** rng.randint(0, 4) if high is None else round(high)))
    if low is not None and high is not None:
        share = rng.choice([rng.random(), 10 ** rng.uniform(-8, 0), 1 - 10 ** rng.uniform(-8, 0)])
        return Fraction(low) + (Fraction(high) - Fraction(low)) * Fraction(share)
    far = Fraction(10 ** rng.choice([rng.uniform(-1, 1), rng.uniform(-6, 6)]))
    if high is None and low is not None:
        return Fraction(low) + far
    return Fraction(high) - far if low is None and high is not None else rng.choice([-1, 1]) * far


def admissible_points(
    symbols: Iterable[sp.Symbol],
    domains: Mapping[sp.Symbol, Domain],
    conditions: Iterable[sp.Expr] = (),
    count: int = 40,
    seed: int = 0,
) -> list[dict[sp.Symbol, Fraction]]:
    """Random points of the domains where every condition is positive, log-uniform over 12 decades.

    Bounded symbols also come within 1e-8 of their ends.

    Returns
    -------
    list of dict
        At most `count` points; fewer (even none) where the conditions leave little room.
    """
    rng = random.Random(seed)
    where: dict[sp.Symbol, Domain] = {}
    pending = list(symbols)
    while pending:
        x = pending.pop()
        if x not in where:
            where[x] = domains.get(x) or Domain.of(x)
            pending += where[x].lower.free_symbols | where[x].upper.free_symbols
    order = sorted(where, key=lambda x: (len(where[x].lower.free_symbols | where[x].upper.free_symbols), str(x)))
    count = count if order else 1  # nothing to draw: one look is enough
    points = []
    for _ in range(40 * count):
        if len(points) == count:
            break
        point = {}
        for x in order:
            point[x] = _draw(rng, where[x], point)
        try:
            if all(compare(condition, sp.S.Zero, point) > 0 for condition in conditions):
                points.append(point)
        except Unreliable:
            continue
    return points
