"""Asymptotic equality f ~ g, confirmed by ratios at magnitudes that no float can hold."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp
from flint import arb

from theorylab.theory.balls import precision
from theorylab.theory.domains import Domain
from theorylab.theory.leading import Undecided
from theorylab.theory.numbers import BITS, Unreliable, admissible_points, evaluate, show

MAGNITUDES = (10**8, 10**4, 100, 20, 6)  # X = 10^magnitude; sums that cancel need the smaller ones
ENOUGH = 3
CLOSE = 0.02  # log log X / log X at X = 10^100 is 0.024, at 10^10000 it is 0.0004


def approaching_ratios(
    f: sp.Expr, g: sp.Expr, variable: sp.Symbol, direction: str, domains: Mapping[sp.Symbol, Domain] | None = None
) -> tuple[arb, ...]:
    """Ratios f/g at ever larger (or smaller) values of the variable; they approach 1.

    Parameters
    ----------
    f, g : sympy.Expr
        The two sides of f ~ g.
    variable, direction : sympy.Symbol, {"oo", "0+"}
        Where it goes.
    domains : mapping, optional
        Domains of the parameters; they are drawn of moderate size, so that the asymptotic regime is reached.

    Raises
    ------
    Undecided
        If the ratios do not approach 1; the message shows them.
    """
    sides = sp.sympify(f), sp.sympify(g)
    parameters = sorted((sides[0].free_symbols | sides[1].free_symbols) - {variable}, key=str)
    worst: tuple[arb, ...] = ()
    for point in admissible_points(parameters, _moderate(parameters, domains or {}), count=3):
        with precision(BITS[0]):
            ratios = _ratios(sides, variable, direction, point)
            errors = [0.0 if (r - 1).contains(0) else float(abs(r - 1)) for r in ratios]
        if errors != sorted(errors, reverse=True) or errors[-1] > CLOSE:
            shown = ", ".join(r.str(6, radius=False) for r in ratios)
            where = f"{variable} -> {direction} at {show(point)}"
            raise Undecided(f"the ratio to the law does not approach 1 as {where}: {shown}")
        worst = ratios
    return worst


def _ratios(sides, variable, direction, point):
    ratios = []
    for magnitude in MAGNITUDES:
        at = point | {variable: (arb(10) ** (magnitude if direction == "oo" else -magnitude)).mid()}
        try:
            f, g = (evaluate(side, at) for side in sides)
        except Unreliable:  # terms cancel: try a smaller magnitude
            continue
        if g != 0:
            ratios.append(f / g)
        if len(ratios) == ENOUGH:
            break
    if len(ratios) < 2:
        raise Undecided(f"{sides[0]} cannot be evaluated far enough towards {variable} -> {direction}")
    return tuple(reversed(ratios))


def _moderate(parameters, domains):
    """The part of each domain within a factor of about 3 of its lower end or of 1."""
    chosen = {}
    for x in parameters:
        domain = domains.get(x) or Domain.of(x)
        if domain.integer or domain.upper != sp.oo:
            chosen[x] = domain if domain.upper != sp.oo else Domain(domain.lower, domain.lower + 5, True)
        elif domain.lower == -sp.oo:
            chosen[x] = Domain(-3, 3)
        else:
            chosen[x] = Domain(domain.lower + sp.Rational(1, 3), domain.lower + 3)
    return chosen
