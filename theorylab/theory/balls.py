"""Ball arithmetic on sympy expressions: every value comes with a proven error bound."""

from __future__ import annotations

import contextlib

import flint
import sympy as sp
from flint import arb

_FUNCTIONS = {
    sp.exp: arb.exp, sp.log: arb.log, sp.sin: arb.sin, sp.cos: arb.cos, sp.tan: arb.tan, sp.cot: arb.cot,
    sp.atan: arb.atan, sp.asin: arb.asin, sp.acos: arb.acos, sp.tanh: arb.tanh, sp.cosh: arb.cosh, sp.sinh: arb.sinh,
    sp.gamma: arb.gamma, sp.loggamma: arb.lgamma, sp.factorial: lambda v: (v + 1).gamma(), sp.Abs: abs,
    sp.harmonic: lambda v: (v + 1).digamma() + arb.const_euler(),
    sp.LambertW: lambda v, k=None: v.lambertw() if k is None else v.lambertw(branch=int(k.unique_fmpz())),
}  # fmt: skip
_CONSTANTS = {sp.pi: arb.pi, sp.E: lambda: arb(1).exp(), sp.EulerGamma: arb.const_euler}


class Unreliable(ArithmeticError):
    """No precision settles the value, or it is not a real number."""


class NoBall(Unreliable):
    """The expression has no enclosure by real balls."""


@contextlib.contextmanager
def precision(bits: int):
    """Working precision of balls inside the block; it is global to the process, so derivations are not for threads."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def ball(expr: sp.Expr, known: dict) -> arb:
    """Enclosure of an expression, at the current precision.

    Parameters
    ----------
    expr : sympy.Expr
    known : dict
        Balls of the symbols; balls of subexpressions are added to it.

    Returns
    -------
    flint.arb
        Not finite where the value is undefined or complex.

    Raises
    ------
    NoBall
        For the imaginary unit or a function without a ball version.
    """
    value = known.get(expr)
    if value is None:
        value = known[expr] = _ball(expr, known)
    return value


def _ball(expr, known):
    if expr.is_Rational:
        return arb(int(expr.p)) / int(expr.q)
    if expr in _CONSTANTS:
        return _CONSTANTS[expr]()
    if isinstance(expr, sp.hyper):
        upper, lower = ([ball(part, known) for part in parts] for parts in (expr.ap, expr.bq))
        return ball(expr.argument, known).hypgeom(upper, lower)
    args = [ball(a, known) for a in expr.args]
    if expr.is_Add:
        return sum(args[1:], args[0])
    if expr.is_Mul:
        product = args[0]
        for a in args[1:]:
            product = product * a
        return product
    if expr.is_Pow:
        return args[0] ** int(expr.exp) if expr.exp.is_Integer else args[0] ** args[1]
    if isinstance(expr, sp.Max):
        largest = args[0]
        for a in args[1:]:
            largest = largest.max(a)
        return largest
    if expr.func in _FUNCTIONS:
        return _FUNCTIONS[expr.func](*args)
    raise NoBall(f"{expr} has no enclosure by real balls ({expr.func.__name__})")
