r"""The kernel's own source, run on balls.

A jitted function keeps its code object and gets other globals and constants: every float literal becomes the exact
ball of its float64 value, ``math`` and ``np`` become ball functions, jitted helpers and verbs are lifted in turn. So
the replay cannot differ from the kernel by a typing slip; what it trusts is this file, ``balls`` and flint.

A primitive that is a truncated series or a guarded floor in float64 states its formula in reals beside it, in a
module-level dict ``EXACT = {"name": formula}`` with ``formula(functions, *arguments)``.
"""

import builtins
import functools
import math
import types
from fractions import Fraction

import numpy as np

from theorylab.kernels import random

from .balls import Ball, ball_max, ball_min
from .functions import FUNCTIONS, BallArray

_lifted: dict = {}


def lift(function):
    """The function on balls; memoised, and the same with the JIT on or off.

    Parameters
    ----------
    function : callable
        A jitted function, a verb of `theorylab.kernels` or a plain Python function.

    Raises
    ------
    TypeError
        If it has no Python source to lift.
    """
    plain = getattr(function, "py_func", function)
    if plain in _lifted:
        return _lifted[plain]
    if plain is random.uniforms:
        return _draw
    if plain is getattr(random.uniform, "py_func", random.uniform):
        return _draw_one
    if not isinstance(plain, types.FunctionType):
        raise TypeError(f"{function!r} cannot be replayed: it is not a Python function or a jitted one")
    if hasattr(plain, "owner"):
        made = _lift_verb(plain)
    elif plain.__name__ in plain.__globals__.get("EXACT", {}):
        made = functools.partial(lift(plain.__globals__["EXACT"][plain.__name__]), FUNCTIONS)
    else:
        return _lift_source(plain)
    _lifted[plain] = made
    return made


def _lift_verb(verb):
    def answer(*arguments):
        return lift(getattr(type(arguments[verb.owner]), verb.__name__, verb.default))(*arguments)

    return answer


def _lift_source(plain):
    names = dict(plain.__globals__)
    closure = tuple(types.CellType(_substitute(cell.cell_contents)) for cell in plain.__closure__ or ())
    defaults = tuple(map(_substitute, plain.__defaults__ or ()))
    made = types.FunctionType(_exact_code(plain.__code__), names, plain.__name__, defaults, closure)
    made.__kwdefaults__ = {name: _substitute(value) for name, value in (plain.__kwdefaults__ or {}).items()}
    _lifted[plain] = made  # before the globals: a function may call itself
    for name in _global_names(plain.__code__):
        if name in names:
            names[name] = _substitute(names[name])
        elif name in _BUILTINS:
            names[name] = _BUILTINS[name]
    return made


def _global_names(code):
    """Names that the code or a comprehension inside it may look up."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _global_names(constant)


def _exact_code(code):
    return code.replace(co_consts=tuple(map(_exact_constant, code.co_consts)))


def _exact_constant(constant):
    if isinstance(constant, types.CodeType):
        return _exact_code(constant)
    return _substitute(constant) if isinstance(constant, (float, tuple)) else constant


def _substitute(value):
    """What a global, a default or a captured value becomes; integers stay, since they index and count."""
    if value is math or value is np:
        return FUNCTIONS
    if isinstance(value, (float, np.floating)):
        return Ball(value)
    if isinstance(value, np.ndarray):
        return exact(value)
    if type(value) is tuple:
        return tuple(map(_substitute, value))
    if isinstance(value, types.FunctionType) or hasattr(value, "py_func"):
        return _Late(value)
    return value


class _Late:
    """A helper that is lifted when it is first called: a name may belong to an attribute and never be called."""

    __slots__ = ("made", "source")

    def __init__(self, source):
        self.source = source
        self.made = None

    def __call__(self, *arguments, **named):
        if self.made is None:
            self.made = lift(self.source)
        return self.made(*arguments, **named)


def _number(value):
    """``float`` of a literal such as "inf"; balls are numbers already."""
    return Ball(builtins.float(value)) if isinstance(value, str) else value


_BUILTINS = {"min": ball_min, "max": ball_max, "float": _number}


def _draw(stream, k, out):
    """Uniforms of step `k` as balls: those recorded in ``stream.rows``, or those that the stream gives in float64."""
    if stream is None:
        raise TypeError("the method drew random numbers, and the replay was given none")
    k, count = int(k), len(out)
    row = stream.row(k) if hasattr(stream, "row") else random.uniforms(stream, k, (0.0,) * count)
    if len(row) < count:
        raise ValueError(f"step {k} needs {count} random numbers and {len(row)} were recorded")
    balls = tuple(Ball(float(u)) for u in row[:count])
    if isinstance(out, tuple):
        return balls
    out[:] = balls
    return out


def _draw_one(stream, k):
    """`_draw` for a method that draws one number a step by `uniform`."""
    if stream is None:
        raise TypeError("the method drew random numbers, and the replay was given none")
    k = int(k)
    return Ball(float(stream.row(k)[0] if hasattr(stream, "row") else random.uniform(stream, k)))


def exact(record):
    """The same value with exact numbers: floats and integers as balls, arrays as read-only object arrays of balls.

    Parameters
    ----------
    record : NamedTuple, tuple, ndarray, float, int or Fraction
        Nested at will. A Fraction becomes the ball of the present precision; everything else is exact. Booleans,
        strings and None stay what they are.
    """
    if isinstance(record, tuple):
        values = map(exact, record)
        return type(record)(*values) if hasattr(record, "_fields") else tuple(values)
    if isinstance(record, np.ndarray):
        array = np.empty(record.shape, dtype=object).view(BallArray)
        array.ravel()[:] = [Ball(value) for value in record.ravel().tolist()]
        array.flags.writeable = False
        return array
    if isinstance(record, (bool, np.bool_)) or not isinstance(record, (float, int, Fraction, np.number)):
        return record
    return Ball(record)
