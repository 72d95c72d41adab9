"""Proof rules for equalities: each is one transformation under which the difference of the sides becomes zero.

Rules with force assume that powers and logarithms split; they are looked at only after the numbers agree.
"""

from __future__ import annotations

import sympy as sp


def _force_powers(d):
    return sp.simplify(sp.powsimp(sp.powdenest(sp.expand_power_base(d, force=True), force=True), force=True))


def _difference_of_logs(lhs, rhs):
    logs = sp.expand_log(sp.log(lhs) - sp.log(rhs), force=True)
    return sp.simplify(sp.expand_log(sp.expand(logs), force=True))


def _exponentials(lhs, rhs):
    if not (lhs.has(sp.log) or rhs.has(sp.log)):
        return None  # nothing to gain, and exp of a polynomial may hang
    first, second = (sp.powsimp(sp.exp(sp.expand(side))).rewrite(sp.exp) for side in (lhs, rhs))
    return sp.simplify(sp.expand(sp.together(first - second)))


EQUALITY_RULES = {
    "expand": lambda a, b: sp.expand(a - b),
    "cancel": lambda a, b: sp.cancel(sp.together(a - b)),
    "simplify": lambda a, b: sp.simplify(a - b),
    "powers": lambda a, b: _force_powers(a - b),
    "ratio of powers": lambda a, b: sp.simplify(sp.powdenest(a / b, force=True)) - 1,
    "logs": lambda a, b: sp.simplify(sp.expand_log(a - b, force=True)),
    "difference of logs": _difference_of_logs,
    "gamma": lambda a, b: sp.simplify(sp.gammasimp(a - b)),
    "hyper": lambda a, b: sp.simplify(sp.hyperexpand(a - b)),
    "exp": lambda a, b: sp.simplify(sp.expand((a - b).rewrite(sp.exp))),
    "exponentials of both sides": _exponentials,
}


def prove_equal(rule: str, lhs: sp.Expr, rhs: sp.Expr) -> str | None:
    """Name of the rule if it turns lhs - rhs into zero, else None."""
    if lhs == rhs:
        return "identical"
    return rule if EQUALITY_RULES[rule](lhs, rhs) == 0 else None
