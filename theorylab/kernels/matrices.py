"""Products of a data matrix with iterates of either form: tuples unrolled, arrays through BLAS."""

import numpy as np
from numba.extending import overload

from .arithmetic import INLINE, fma
from .vectors import axpy, build, dot, is_tuple


def rows_dot(a, x, out):
    r""":math:`(\langle a_i, x\rangle)_i` for the rows of `a`, shape (n, d), stored in the array `out`, shape (n,)."""
    if isinstance(x, tuple):
        for i in range(a.shape[0]):
            total = a[i, 0] * x[0]
            for c in range(1, len(x)):
                total = fma(a[i, c], x[c], total)
            out[i] = total
        return out
    return np.dot(a, x, out)


@overload(rows_dot, jit_options=INLINE)
def _rows_dot(a, x, out):
    if is_tuple(x):
        body = "a[i, 0] * x[0]"
        for c in range(1, x.count):
            body = f"fma(a[i, {c}], x[{c}], {body})"
        source = f"def impl(a, x, out):\n    for i in range(a.shape[0]):\n        out[i] = {body}\n    return out"
        return build(source, fma=fma)
    return lambda a, x, out: np.dot(a, x, out)


def rows_sum(a, s, x, out):
    r""":math:`\sum_i s_i a_i` for the rows of `a` in the form of `x`: a tuple, or stored in the array `out`."""
    if isinstance(x, tuple):
        totals = []
        for c in range(len(x)):
            total = a[0, c] * s[0]
            for i in range(1, a.shape[0]):
                total = fma(a[i, c], s[i], total)
            totals.append(total)
        return tuple(totals)
    return np.dot(s, a, out)


@overload(rows_sum, jit_options=INLINE)
def _rows_sum(a, s, x, out):
    if is_tuple(x):
        dimension = range(x.count)
        lines = ["def impl(a, s, x, out):"]
        lines += [f"    t{c} = a[0, {c}] * s[0]" for c in dimension]
        lines += ["    for i in range(1, a.shape[0]):"]
        lines += [f"        t{c} = fma(a[i, {c}], s[i], t{c})" for c in dimension]
        lines += [f"    return ({', '.join(f't{c}' for c in dimension)},)"]
        return build("\n".join(lines), fma=fma)
    return lambda a, s, x, out: np.dot(s, a, out)


def row_dot(a, i, x):
    r""":math:`\langle a_i, x\rangle` for one row of `a`."""
    total = a[i, 0] * x[0]
    for c in range(1, len(x)):
        total = fma(a[i, c], x[c], total)
    return total


@overload(row_dot, jit_options=INLINE)
def _row_dot(a, i, x):
    if is_tuple(x):
        body = "a[i, 0] * x[0]"
        for c in range(1, x.count):
            body = f"fma(a[i, {c}], x[{c}], {body})"
        return build(f"def impl(a, i, x): return {body}", fma=fma)
    return lambda a, i, x: dot(a[i], x)


def add_row(b, a, i, x):
    r""":math:`x + b a_i`, stored in `x` where vectors are arrays."""
    if isinstance(x, tuple):
        return tuple(fma(b, a[i, c], x[c]) for c in range(len(x)))
    return axpy(b, a[i], x)


@overload(add_row, jit_options=INLINE)
def _add_row(b, a, i, x):
    if is_tuple(x):
        body = ", ".join(f"fma(b, a[i, {c}], x[{c}])" for c in range(x.count))
        return build(f"def impl(b, a, i, x): return ({body},)", fma=fma)
    return lambda b, a, i, x: axpy(b, a[i], x)
