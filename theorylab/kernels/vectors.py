"""Vector operations with one spelling for tuples (new values) and arrays (written in place and returned).

A method always rebinds, ``x = axpy(a, g, x)``, and so needs one source for both. The Python bodies run with the JIT
off and, lifted, on balls; the overloads unroll tuples and loop over arrays.
"""

import numpy as np
from numba import types
from numba.extending import overload

from .arithmetic import INLINE, fma

#: Iterates of at most this dimension are tuples, which the compiler keeps in registers; larger ones are arrays.
TUPLE_DIMENSION = 4


def as_state(x):
    """The iterate in the form that kernels take: a tuple of floats or a new float64 array."""
    return tuple(map(float, x)) if len(x) <= TUPLE_DIMENSION else np.array(x, dtype=np.float64)


def is_tuple(t) -> bool:
    """Whether a numba type is a small vector held by value."""
    return isinstance(t, types.UniTuple)


def build(source: str, **names):
    """The function ``impl`` that `source` defines: numba's overloads need one of the right arity."""
    exec(source, names)
    return names["impl"]


def _unrolled(arguments: str, term: str, n: int):
    body = ", ".join(term.format(i=i) for i in range(n))
    return build(f"def impl({arguments}): return ({body},)", fma=fma)


def copy(x):
    """A vector that later steps do not touch."""
    return x if isinstance(x, tuple) else x.copy()


@overload(copy, jit_options=INLINE)
def _copy(x):
    return (lambda x: x) if is_tuple(x) else (lambda x: x.copy())


def put(out, x):
    """`x`, stored in `out` where vectors are arrays."""
    if isinstance(x, tuple):
        return x
    out[:] = x
    return out


@overload(put, jit_options=INLINE)
def _put(out, x):
    if is_tuple(x):
        return lambda out, x: x

    def impl(out, x):
        for i in range(x.size):
            out[i] = x[i]
        return out

    return impl


def fill(x, a):
    """A new vector like `x` whose entries are all `a`."""
    return tuple(a for _ in x) if isinstance(x, tuple) else np.full_like(x, a)


@overload(fill, jit_options=INLINE)
def _fill(x, a):
    if is_tuple(x):
        return _unrolled("x, a", "a", x.count)
    return lambda x, a: np.full_like(x, a)


def axpy(a, x, y):
    r""":math:`y + a x`, stored in `y` where vectors are arrays."""
    if isinstance(y, tuple):
        return tuple(fma(a, u, v) for u, v in zip(x, y, strict=True))
    for i in range(y.size):
        y[i] = fma(a, x[i], y[i])
    return y


@overload(axpy, jit_options=INLINE)
def _axpy(a, x, y):
    if is_tuple(y):
        return _unrolled("a, x, y", "fma(a, x[{i}], y[{i}])", y.count)

    def impl(a, x, y):
        for i in range(y.size):
            y[i] = fma(a, x[i], y[i])
        return y

    return impl


def along(out, a, d, x):
    r""":math:`x + a d`, stored in `out` where vectors are arrays; `x` stays."""
    if isinstance(x, tuple):
        return tuple(fma(a, u, v) for u, v in zip(d, x, strict=True))
    for i in range(x.size):
        out[i] = fma(a, d[i], x[i])
    return out


@overload(along, jit_options=INLINE)
def _along(out, a, d, x):
    if is_tuple(x):
        return _unrolled("out, a, d, x", "fma(a, d[{i}], x[{i}])", x.count)

    def impl(out, a, d, x):
        for i in range(x.size):
            out[i] = fma(a, d[i], x[i])
        return out

    return impl


def spare(x):
    """Room for a vector like `x` where vectors are arrays; nothing where they are tuples."""
    return () if isinstance(x, tuple) else np.full_like(x, 0.0)


@overload(spare, jit_options=INLINE)
def _spare(x):
    return (lambda x: ()) if is_tuple(x) else (lambda x: np.full_like(x, 0.0))


def seat(room, x):
    """Where a vector like `x` goes: `room` where vectors are arrays, else `x` itself, to be bound anew."""
    return x if isinstance(x, tuple) else room


@overload(seat, jit_options=INLINE)
def _seat(room, x):
    return (lambda room, x: x) if is_tuple(x) else (lambda room, x: room)


def pick(condition, x, y):
    """`x` where the condition holds, else `y`: a blend for tuples, for arrays stored in `y`."""
    if isinstance(y, tuple):
        return tuple(u if condition else v for u, v in zip(x, y, strict=True))
    return put(y, x) if condition else y


@overload(pick, jit_options=INLINE)
def _pick(condition, x, y):
    if is_tuple(y):
        return _unrolled("condition, x, y", "(x[{i}] if condition else y[{i}])", y.count)
    return lambda condition, x, y: put(y, x) if condition else y


def each(rule, a, out, x, y):
    r"""``rule(a, x[i], y[i])`` for every coordinate, stored in `out` where vectors are arrays.

    `rule` is an inlined function of this module's kind, named at module level; `a` is a number or a tuple of numbers.
    """
    if isinstance(x, tuple):
        return tuple(rule(a, u, v) for u, v in zip(x, y, strict=True))
    for i in range(x.size):
        out[i] = rule(a, x[i], y[i])
    return out


@overload(each, jit_options=INLINE)
def _each(rule, a, out, x, y):
    if is_tuple(x):
        return _unrolled("rule, a, out, x, y", "rule(a, x[{i}], y[{i}])", x.count)

    def impl(rule, a, out, x, y):
        for i in range(x.size):
            out[i] = rule(a, x[i], y[i])
        return out

    return impl


def scale(a, x):
    r""":math:`a x`, stored in `x` where vectors are arrays."""
    if isinstance(x, tuple):
        return tuple(a * u for u in x)
    for i in range(x.size):
        x[i] = a * x[i]
    return x


@overload(scale, jit_options=INLINE)
def _scale(a, x):
    if is_tuple(x):
        return _unrolled("a, x", "a * x[{i}]", x.count)

    def impl(a, x):
        for i in range(x.size):
            x[i] = a * x[i]
        return x

    return impl


def minus(out, x, y):
    r""":math:`x - y`, stored in `out` where vectors are arrays."""
    if isinstance(x, tuple):
        return tuple(u - v for u, v in zip(x, y, strict=True))
    for i in range(x.size):
        out[i] = x[i] - y[i]
    return out


@overload(minus, jit_options=INLINE)
def _minus(out, x, y):
    if is_tuple(x):
        return _unrolled("out, x, y", "x[{i}] - y[{i}]", x.count)

    def impl(out, x, y):
        for i in range(x.size):
            out[i] = x[i] - y[i]
        return out

    return impl


def dot(x, y):
    r""":math:`\langle x, y\rangle`, for arrays in four partial sums: a fixed order that still vectorises."""
    if isinstance(x, tuple):
        total = x[0] * y[0]
        for u, v in zip(x[1:], y[1:], strict=True):
            total = fma(u, v, total)
        return total
    whole = x.size // 4 * 4
    a = b = c = d = 0.0
    for i in range(0, whole, 4):
        a = fma(x[i], y[i], a)
        b = fma(x[i + 1], y[i + 1], b)
        c = fma(x[i + 2], y[i + 2], c)
        d = fma(x[i + 3], y[i + 3], d)
    total = (a + b) + (c + d)
    for i in range(whole, x.size):
        total = fma(x[i], y[i], total)
    return total



@overload(dot, jit_options=INLINE)
def _dot(x, y):
    if is_tuple(x):
        body = "x[0]*y[0]"
        for i in range(1, x.count):
            body = f"fma(x[{i}], y[{i}], {body})"
        return build(f"def impl(x, y): return {body}", fma=fma)

    def impl(x, y):
        whole = x.size // 4 * 4
        a = 0.0
        b = 0.0
        c = 0.0
        d = 0.0
        for i in range(0, whole, 4):
            a = fma(x[i], y[i], a)
            b = fma(x[i + 1], y[i + 1], b)
            c = fma(x[i + 2], y[i + 2], c)
            d = fma(x[i + 3], y[i + 3], d)
        total = (a + b) + (c + d)
        for i in range(whole, x.size):
            total = fma(x[i], y[i], total)
        return total

    return impl


def norm2(x):
    r""":math:`|x|^2`."""
    return dot(x, x)


@overload(norm2, jit_options=INLINE)
def _norm2(x):
    return lambda x: dot(x, x)


def same(x, y):
    """Whether two vectors agree in every entry."""
    return all(u == v for u, v in zip(x, y, strict=True))


@overload(same, jit_options=INLINE)
def _same(x, y):
    if is_tuple(x):
        terms = " & ".join(f"(x[{i}] == y[{i}])" for i in range(x.count))
        return build(f"def impl(x, y): return {terms}")

    def impl(x, y):
        for i in range(x.size):
            if x[i] != y[i]:
                return False
        return True

    return impl
