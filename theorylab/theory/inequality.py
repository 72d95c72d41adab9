"""Proof rules for inequalities big >= small on open domains."""

from __future__ import annotations

import sympy as sp

from theorylab.theory.domains import with_slack

DEPTH = 3


def nonnegative(expr: sp.Expr, domains, depth: int = DEPTH) -> str | None:
    """Reason why expr >= 0 on the domains, or None: assumptions, factors, slack, monotonicity (to a depth)."""
    if depth < 0:
        return None
    for form in (expr, sp.factor(expr)):
        if form.is_nonnegative:
            return "sign from assumptions"
    return _by_slack(expr, domains) or (depth > 0 and _by_monotonicity(expr, domains, depth)) or None


def _by_slack(expr, domains):
    numerator, denominator = sp.fraction(sp.together(with_slack(expr, domains)))
    numerator, denominator = sp.expand(numerator), sp.factor(denominator)
    if denominator.is_negative:
        numerator, denominator = -numerator, -denominator
    if not denominator.is_positive:
        return None
    if all(term.is_nonnegative for term in sp.Add.make_args(numerator)):
        return "positive slack, every term >= 0"
    if sp.factor(numerator).is_nonnegative:
        return "positive slack, squares and positive factors"
    for x in sorted(numerator.free_symbols, key=str):
        if not numerator.is_polynomial(x) or sp.degree(numerator, x) != 2:
            continue
        a, b, c = sp.Poly(numerator, x).all_coeffs()
        discriminant = sp.factor(sp.expand(b**2 - 4 * a * c))
        if sp.factor(a).is_positive and discriminant.is_nonpositive:
            return f"completed square in {x}"
    return None


def _by_monotonicity(expr, domains, depth):
    """Value (or limit) at one end and sign of the derivative, one symbol at a time."""
    for x in sorted(expr.free_symbols & set(domains), key=str):
        others = {y: d for y, d in domains.items() if y != x}
        for end, s in ((domains[x].lower, 1), (domains[x].upper, -1)):
            if end in (sp.oo, -sp.oo):
                if expr.free_symbols != {x}:
                    continue
                value = sp.limit(expr, x, end)
                value = sp.S.One if value == sp.oo else value
            else:
                value = expr.subs(x, end)
            value = sp.simplify(value)
            if value.has(sp.zoo, sp.nan, sp.oo, sp.Limit, sp.AccumBounds):
                continue
            if not nonnegative(value, others, depth - 1):
                continue
            if nonnegative(sp.simplify(s * sp.diff(expr, x)), domains, depth - 1):
                return f"monotone in {x} from {end}"
    return None


def _by_posynomial(big, small, domains, contacts):
    """Positive monomials in x are convex in log x: stationary where tight means minimal there."""
    gap = sp.expand(big - small)
    for x, x0 in _pairs(contacts):
        terms = [t for t in sp.Add.make_args(gap) if t.has(x)]
        if not terms or not all(t.is_positive and not sp.simplify(x * sp.diff(t, x) / t).has(x) for t in terms):
            continue
        slope = sp.powdenest(sp.simplify(sp.diff(gap, x).subs(x, x0)), force=True)
        value = sp.powdenest(sp.simplify(gap.subs(x, x0)), force=True)
        if sp.simplify(slope) == 0 and sp.simplify(value) == 0:
            return f"posynomial in {x}, stationary where tight"
    return None


def _by_convexity(big, small, domains, contacts):
    gap = big - small
    for x, x0 in _pairs(contacts):
        if sp.simplify(gap.subs(x, x0)) == 0 and sp.simplify(sp.diff(gap, x).subs(x, x0)) == 0:
            reason = nonnegative(sp.simplify(sp.diff(gap, x, 2)), domains, 1)
            if reason:
                return f"convex in {x} ({reason}), stationary where tight"
    return None


def _pairs(contacts):
    return [pair for contact in contacts for pair in contact.items()]


def _by_exponentials(big, small, domains, contacts):
    if not (big.has(sp.log) or small.has(sp.log)):
        return None  # nothing to gain, and exp of a polynomial may hang
    first, second = sp.simplify(sp.exp(big)), sp.simplify(sp.exp(small))
    if first.has(sp.log) or second.has(sp.log):
        return None
    reason = nonnegative(sp.expand(first - second), domains, 2)
    return reason and f"exponentials of both sides, {reason}"


def _by_induction(big, small, domains, contacts):
    """big >= small > 0 for integers from the lower end: base case, and big grows by the larger ratio."""
    for n in sorted(big.free_symbols | small.free_symbols, key=str):
        if n not in domains or not domains[n].integer:
            continue
        start = domains[n].lower
        base = (big - small).subs(n, start).is_nonnegative and small.is_positive
        ratios = sp.gammasimp(sp.combsimp(big.subs(n, n + 1) / big)) - sp.simplify(small.subs(n, n + 1) / small)
        s = sp.Dummy("s", integer=True, nonnegative=True)
        if base and sp.simplify(ratios).subs(n, start + s).is_nonnegative:
            return f"induction on {n}"
    return None


INEQUALITY_RULES = {
    "slack": lambda big, small, domains, contacts: nonnegative(big - small, domains, 0),
    "posynomial": _by_posynomial,
    "convex": _by_convexity,
    "monotone": lambda big, small, domains, contacts: nonnegative(big - small, domains),
    "induction": _by_induction,
    "exponentials": _by_exponentials,
}


def prove_at_least(rule: str, big, small, domains, contacts) -> str | None:
    """Reason found by the rule for big >= small on the domains, or None."""
    return INEQUALITY_RULES[rule](big, small, domains, contacts)
