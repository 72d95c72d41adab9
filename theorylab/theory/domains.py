"""Where a symbol lives: an open interval whose ends may depend on other symbols, or integers in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy as sp


@dataclass(frozen=True)
class Domain:
    """lower < x < upper (integers: lower <= x <= upper).

    Parameters
    ----------
    lower, upper : sympy.Expr or number
        Ends, possibly infinite, possibly depending on other symbols.
    integer : bool
        Only whole numbers.
    """

    lower: sp.Expr = sp.S.Zero
    upper: sp.Expr = sp.oo
    integer: bool = False

    def __post_init__(self):
        object.__setattr__(self, "lower", sp.sympify(self.lower))
        object.__setattr__(self, "upper", sp.sympify(self.upper))

    @classmethod
    def of(cls, symbol: sp.Symbol) -> Domain:
        """Domain that the assumptions of a symbol state: positive, nonnegative, real; integer or not."""
        if symbol.is_integer:
            return cls(1 if symbol.is_positive else 0 if symbol.is_nonnegative else -sp.oo, sp.oo, True)
        return cls(0 if symbol.is_nonnegative else -sp.oo, sp.oo)


def check_domains(domains: Mapping[sp.Symbol, Domain]) -> None:
    """A domain may narrow the assumptions of its symbol, never widen them.

    Raises
    ------
    ValueError
        If a nonnegative symbol gets a negative lower end.
    """
    for symbol, domain in domains.items():
        if symbol.is_nonnegative and domain.lower.is_negative:
            raise ValueError(
                f"{symbol} is declared nonnegative, but its domain starts at {domain.lower}; "
                f"declare the symbol as real or raise the lower end"
            )


def with_slack(expr: sp.Expr, domains: Mapping[sp.Symbol, Domain]) -> sp.Expr:
    """Put x = a + s for x in (a, oo) and x = (a + b s)/(1 + s) for x in (a, b), where s > 0 is free."""
    replace = {}
    for x, domain in domains.items():
        if not expr.has(x) or (domain.lower == -sp.oo and domain.upper == sp.oo):
            continue
        s = sp.Dummy(f"{x}_s", positive=True)
        if domain.upper == sp.oo:
            replace[x] = domain.lower + s
        elif domain.lower == -sp.oo:
            replace[x] = domain.upper - s
        else:
            replace[x] = (domain.lower + domain.upper * s) / (1 + s)
    for _ in range(4):  # ends may depend on other symbols, which have their own slack
        if not expr.free_symbols & set(replace):
            break
        expr = expr.subs(replace, simultaneous=True)
    return expr
