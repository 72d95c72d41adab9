"""Step: one symbolic (in)equality of a derivation, with its reason and with what guards it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import sympy as sp

from theorylab.theory.domains import Domain, check_domains

RELATIONS = ("==", ">=", "<=", "~")
Pin = Callable[[sp.Expr, sp.Expr], tuple[sp.Expr, sp.Expr]]


class Strength(IntEnum):
    """How well a step is known, weakest first."""

    FAILED = 0
    TESTED = 1
    BOXED = 2
    PROVED = 3


@dataclass(frozen=True, eq=False)
class Step:
    """lhs R rhs, where R is one of ==, >=, <= and ~ (ratio -> 1).

    Parameters
    ----------
    lhs, rhs : sympy.Expr
        The two sides; Rational numbers only.
    relation : {"==", ">=", "<=", "~"}
        A string, since sympy's own relations collapse to true.
    reason : str
        Why the step holds, in words.
    domains : mapping of sympy.Symbol to Domain
        Where the assumptions of the symbols are not enough.
    conditions : tuple of sympy.Expr
        Further expressions that must be positive.
    contact : tuple of mappings
        Substitutions at which an inequality is an equality.
    pins : tuple of callables
        Each maps (lhs, rhs) to two expressions that must be equal: it ties a side to a neighbouring step.
    box : mapping of sympy.Symbol to (lower, upper), optional
        Compact box on which ball arithmetic may prove an inequality.
    hint : str, optional
        Name of the proof rule to try first.
    expected : Strength
        What the author obtained; less is reported.
    toward : (sympy.Symbol, {"oo", "0+"}), optional
        For ~: the variable and its direction.

    Raises
    ------
    ValueError
        A float inside, an unknown relation, a ~ without `toward`, a domain wider than the assumptions.
    """

    lhs: sp.Expr
    relation: str
    rhs: sp.Expr
    reason: str
    domains: Mapping[sp.Symbol, Domain] = field(default_factory=dict)
    conditions: tuple[sp.Expr, ...] = ()
    contact: tuple[Mapping[sp.Symbol, sp.Expr], ...] = ()
    pins: tuple[Pin, ...] = ()
    box: Mapping[sp.Symbol, tuple] | None = None
    hint: str | None = None
    expected: Strength = Strength.PROVED
    toward: tuple[sp.Symbol, str] | None = None

    def __post_init__(self):
        object.__setattr__(self, "lhs", sp.sympify(self.lhs))
        object.__setattr__(self, "rhs", sp.sympify(self.rhs))
        if self.relation not in RELATIONS:
            raise ValueError(f"relation is {self.relation!r}; expected one of {', '.join(RELATIONS)}")
        if (self.relation == "~") != (self.toward is not None):
            got = f"{self.relation!r} and toward = {self.toward}"
            raise ValueError(f"step {self.reason!r}: '~' and `toward` go together; got {got}")
        floats = sorted(map(str, self.lhs.atoms(sp.Float) | self.rhs.atoms(sp.Float)))
        if floats:
            raise ValueError(f"step {self.reason!r} holds the float {floats[0]}; write it as a Rational")
        check_domains(self.domains)

    @property
    def symbols(self) -> set[sp.Symbol]:
        """Free symbols of both sides."""
        return self.lhs.free_symbols | self.rhs.free_symbols

    @property
    def gap(self) -> sp.Expr:
        """What vanishes (==, ~) or is nonnegative (>=, <=)."""
        return self.rhs - self.lhs if self.relation == "<=" else self.lhs - self.rhs

    def latex(self) -> str:
        """LaTeX of the statement."""
        relation = {"==": "=", ">=": r"\ge", "<=": r"\le", "~": r"\sim"}[self.relation]
        arrow = ""
        if self.toward is not None:
            end = {"oo": r"\infty", "0+": "0^+"}[self.toward[1]]
            arrow = rf" \quad ({sp.latex(self.toward[0])} \to {end})"
        return rf"{sp.latex(self.lhs)} {relation} {sp.latex(self.rhs)}{arrow}"

    def __str__(self) -> str:
        relation = "=" if self.relation == "==" else self.relation
        arrow = "" if self.toward is None else f"  ({self.toward[0]} -> {self.toward[1]})"
        return f"{self.lhs} {relation} {self.rhs}{arrow}"
