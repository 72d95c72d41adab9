"""Ball arithmetic on sympy expressions: every value comes with a proven error bound."""

from __future__ import annotations

import contextlib

import flint
import mpmath
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


@contextlib.contextmanager
def precision(bits: int):
    """Working precision of balls inside the block."""
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
    NotImplementedError
        For a function without a ball version.
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
    if isinstance(expr, sp.Integral):
        return _integral(expr, known)
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
    raise NotImplementedError(f"no ball version of {expr.func}")


def _integral(expr, known):
    """Quadrature in mpmath; its radius is an estimate (a fifth of the digits), not a bound."""
    (x, low, high) = expr.limits[0]
    parameters = sorted(expr.free_symbols, key=str)
    digits = int(flint.ctx.prec / 3.33)
    with mpmath.workdps(digits):
        values = {s: mpmath.mpf(known[s].mid().str(digits + 5, radius=False)) for s in parameters}
        integrand = sp.lambdify((x, *parameters), expr.function, "mpmath")
        ends = [sp.lambdify(parameters, end, "mpmath")(*values.values()) for end in (low, high)]
        result = mpmath.quad(lambda v: integrand(v, *values.values()), ends)
        return arb(mpmath.nstr(result, digits), mpmath.nstr(abs(result) * mpmath.mpf(10) ** (-0.8 * digits), 5))
