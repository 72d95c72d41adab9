"""Leading terms by structure: f(T) ~ C T^a (log T)^m (log log T)^l as T -> oo.

A limit is not asked for: on laws with logarithms, symbolic powers or Lambert's W limits return unevaluated or wrong.
Instead each kind of expression has one rule, and where no rule knows the answer `Undecided` says so.
"""

from __future__ import annotations

import sympy as sp

from theorylab.theory.numbers import Unreliable, admissible_points, compare

ZERO = (sp.S.Zero,) * 3
_SMOOTH_ODD = (sp.sin, sp.tan, sp.tanh, sp.asin, sp.atan, sp.sinh, sp.asinh)
_SMOOTH_EVEN = (sp.cos, sp.cosh, sp.sech)


class Undecided(ArithmeticError):
    """The machine cannot know the answer; the message says what is missing."""


class Cancelled(Exception):
    """The expression is identically zero, so it has no leading term."""


def sign(expr) -> int:
    """Sign (1, 0 or -1) of an expression under the assumptions of its symbols.

    Raises
    ------
    Undecided
        When the assumptions do not settle it.
    """
    expr = sp.sympify(expr)
    for form in (lambda e: e, sp.expand, lambda e: sp.factor(sp.together(e)), sp.simplify):
        value = form(expr)
        if value.is_zero:
            return 0
        if value.is_positive:
            return 1
        if value.is_negative:
            return -1
    raise Undecided(f"the sign of {expr} is open; declare its symbols positive (q = p - 2, say) or put a value in")


def compare_orders(first, second) -> int:
    """Lexicographic comparison of (power, log power, log log power): 1, 0 or -1."""
    for a, b in zip(first, second, strict=True):
        if a != b and (s := sign(a - b)):
            return s
    return 0


def leading(f, T, depth: int = 0):
    """Constant and orders (C, (a, m, l)) of the leading term of f as T -> oo.

    Parameters
    ----------
    f : sympy.Expr
        Function of `T`; the other symbols are parameters, whose signs follow from their assumptions.
    T : sympy.Symbol
        The variable that grows.

    Returns
    -------
    constant : sympy.Expr
        Free of `T` and not zero.
    orders : tuple of three sympy.Expr
        Power of T, of log T and of log log T.

    Raises
    ------
    Undecided
        No power law (exponentials, oscillation), no rule, or a sign that the assumptions leave open.
    """
    f = sp.sympify(f)
    if not f.has(T):
        if f.is_zero:
            raise Cancelled
        return f, ZERO
    if f == T:
        return sp.S.One, (sp.S.One, sp.S.Zero, sp.S.Zero)
    if depth > 12:
        raise Undecided(f"the leading term of {f} nests too deeply")
    if f.is_Mul:
        return _product(f, T, depth)
    if f.is_Add:
        return _sum(f, T, depth)
    if isinstance(f, sp.exp):
        return _exponential(f.args[0], T, depth)
    if f.is_Pow:
        return _power(f, T, depth)
    if isinstance(f, sp.log):
        return _logarithm(f.args[0], T, depth)
    if isinstance(f, sp.LambertW) and len(f.args) == 1:
        return _lambert(f.args[0], T, depth)
    if isinstance(f, sp.loggamma):
        return leading(_stirling(f.args[0]), T, depth + 1)
    if isinstance(f, (sp.gamma, sp.factorial)):
        return _exponential(_log_of(f), T, depth)
    if isinstance(f, sp.harmonic) and f.args[0] == T and len(f.args) == 1:
        return sp.S.One, (sp.S.Zero, sp.S.One, sp.S.Zero)
    if isinstance(f, _SMOOTH_ODD + _SMOOTH_EVEN):
        return _smooth(f, T, depth)
    raise Undecided(f"there is no rule for the leading term of {f.func}")


def _product(f, T, depth):
    wild = [x for x in f.args if x.has(T) and _is_wild(x, T)]
    if len(wild) < 2:
        wild = []
    factors = [leading(x, T, depth + 1) for x in f.args if x not in wild]
    if wild:
        # gamma(T), 4^T ... alone outgrow every power: only the logarithm of the whole quotient has a law
        factors.append(_exponential(sum(_log_of(x) for x in wild), T, depth))
    constant = sp.Mul(*[c for c, _ in factors])
    return constant, tuple(sp.Add(*[orders[i] for _, orders in factors]) for i in range(3))


def _is_wild(x, T):
    base, exponent = x.as_base_exp()
    return exponent.has(T) or isinstance(base, (sp.gamma, sp.factorial))


def _log_of(x):
    base, exponent = x.as_base_exp()
    if isinstance(base, (sp.gamma, sp.factorial)):
        return exponent * _stirling(base.args[0] + (1 if isinstance(base, sp.factorial) else 0))
    return exponent * sp.log(base)


def _sum(f, T, depth):
    constant, orders = _dominant(f, T, depth)
    return _cancelling_sum(f, T, depth) if constant == 0 else (constant, orders)


def _dominant(f, T, depth):
    """Largest orders among the terms of a sum, with the sum of their constants, which may be zero."""
    groups: list[tuple] = []  # (orders, constant), none known to be smaller than another
    for term in f.args:
        c, k = leading(term, T, depth + 1)
        keep, absorbed = [], False
        for orders, constant in groups:
            try:
                order = compare_orders(k, orders)
            except Undecided:  # harmless if a third term outgrows both
                order = None
            if order == 0:
                orders, constant, absorbed = k, constant + c, True
            absorbed = absorbed or order == -1
            if order != 1:
                keep.append((orders, constant))
        groups = keep if absorbed else keep + [(k, c)]
    if len(groups) > 1:
        compare_orders(groups[0][0], groups[1][0])  # raises Undecided with the two orders
        raise Undecided(f"the assumptions do not tell which term of {f} is the largest")
    ((orders, constant),) = groups
    return (sp.S.Zero if _vanishes(constant) else constant), orders


def _vanishes(constant) -> bool:
    if constant.is_Number or constant.is_positive or constant.is_negative:
        return constant == 0
    try:  # a certain nonzero value anywhere spares the slow symbolic test
        if any(compare(constant, sp.S.Zero, at) for at in admissible_points(constant.free_symbols, {}, count=2)):
            return False
    except Unreliable:
        pass
    forms = (sp.simplify, lambda e: sp.simplify(sp.powsimp(sp.expand_log(e, force=True), force=True)))
    return any(form(constant).is_zero for form in forms)


def _cancelling_sum(f, T, depth):
    s = sp.Dummy("s", positive=True)
    failure = "shows no next one"
    for terms in (3, 6):
        try:
            series = sp.expand(sp.powsimp(f.subs(T, 1 / s).series(s, 0, terms).removeO()))
        except (NotImplementedError, ValueError, TypeError, AttributeError, sp.PoleError) as error:
            failure = f"fails ({type(error).__name__})"
            break
        if sp.simplify(series) != 0:
            shorter = sp.expand_log(sp.expand(series.subs(s, 1 / T)), force=True)
            if shorter == f:
                break
            return leading(shorter, T, depth + 4)
    whole = sp.simplify(f)
    if whole.is_zero:
        raise Cancelled
    if whole != f and not whole.is_Add:
        return leading(whole, T, depth + 1)
    raise Undecided(f"the leading terms of {f} cancel and its series {failure}")


def _power(f, T, depth):
    base, exponent = f.as_base_exp()
    if exponent.has(T) or base == sp.E:
        return _exponential(exponent * sp.log(base), T, depth)
    constant, orders = leading(base, T, depth + 1)
    if not exponent.is_integer and not constant.is_positive and sign(constant) != 1:
        raise Undecided(f"{base} is negative for large {T}: its power {exponent} is not real")
    return constant**exponent, tuple(sp.expand(k * exponent) if k else k for k in orders)


def _logarithm(x, T, depth):
    constant, orders = leading(x, T, depth + 1)
    power, log_power, loglog_power = orders
    if sign(power):
        return power, (sp.S.Zero, sp.S.One, sp.S.Zero)
    if sign(log_power):
        return log_power, (sp.S.Zero, sp.S.Zero, sp.S.One)
    if sign(loglog_power):
        raise Undecided(f"log({x}) behaves like log log log {T}, which a rate does not hold")
    # a constant that equals 1 for special parameters only is taken as generic
    if sp.simplify(constant - 1) != 0:
        return sp.log(constant), ZERO
    return leading(sp.expand(x - 1), T, depth + 1)


def _exponential(x, T, depth):
    if isinstance(x, sp.LambertW) and len(x.args) == 1:
        return leading(x.args[0] / x, T, depth + 1)  # exp(W(y)) = y / W(y)
    if depth > 12:
        raise Undecided(f"the leading term of exp({x}) nests too deeply")
    x = sp.expand(_split_logs(sp.expand(x), T, depth))
    power, log_power = x.coeff(sp.log(T)), x.coeff(sp.log(sp.log(T)))
    if power.has(T) or log_power.has(T):
        raise Undecided(f"exp({x}) is not a power law: exponential in the variable {T}")
    rest = sp.expand(x - power * sp.log(T) - log_power * sp.log(sp.log(T)))
    try:
        constant, orders = _dominant(rest, T, depth) if rest.is_Add else leading(rest, T, depth + 1)
        order = compare_orders(orders, ZERO)
        if constant == 0 and order > 0:
            constant, orders = leading(rest, T, depth + 1)
            order = compare_orders(orders, ZERO)
        elif constant == 0:
            order = -1
    except Cancelled:
        order = -1
    if order > 0:
        raise Undecided(f"exp({x}) is not a power law: exponential in the variable {T}")
    return (sp.exp(constant) if order == 0 else sp.S.One), (power, log_power, sp.S.Zero)


def _split_logs(x, T, depth):
    """log A -> log C + a log T + m log log T + log(A / leading term of A), for every logarithm in x."""
    x = sp.expand_log(x, force=True)
    split = {}
    for term in x.atoms(sp.log):
        inside = term.args[0]
        if not inside.has(T) or inside in (T, sp.log(T)):
            continue
        constant, (a, m, l) = leading(inside, T, depth + 1)
        if l != 0:
            continue
        law = constant * T**a * sp.log(T) ** m
        ratio = sp.expand(sp.simplify(inside / law))
        split[term] = sp.log(constant) + a * sp.log(T) + m * sp.log(sp.log(T)) + sp.log(ratio)
    return x.xreplace(split)


def _lambert(x, T, depth):
    constant, orders = leading(x, T, depth + 1)
    order = compare_orders(orders, ZERO)
    if order < 0:
        return constant, orders
    if order == 0:
        return sp.LambertW(constant), orders
    return _logarithm(x, T, depth)


def _stirling(x):
    return (x - sp.Rational(1, 2)) * sp.log(x) - x + sp.log(2 * sp.pi) / 2 + 1 / (12 * x)


def _smooth(f, T, depth):
    constant, orders = leading(f.args[0], T, depth + 1)
    order = compare_orders(orders, ZERO)
    if order > 0:
        raise Undecided(f"{f} has a growing argument: it does not follow a power law")
    if order == 0:
        value = f.func(constant)
        if _vanishes(value):
            raise Undecided(f"{f} tends to a zero of {f.func}: there is no rule for its next term")
        return value, ZERO
    return (constant, orders) if isinstance(f, _SMOOTH_ODD) else (sp.S.One, ZERO)
