"""Scalar arithmetic for kernels: one rounding fewer, integer powers without a library call."""

import math

from numba import njit, types
from numba.extending import intrinsic, overload

#: Every helper that a loop inlines is compiled so: Python's division check would be a hidden branch in each step.
INLINE = {"error_model": "numpy", "forceinline": True}


def inline(function):
    """Decorator of an oracle, a step or a helper that the one loop inlines."""
    return njit(**INLINE)(function)


@intrinsic
def _fma(typingctx, a, b, c):
    def codegen(context, builder, signature, args):
        return builder.fma(*args)

    return types.float64(types.float64, types.float64, types.float64), codegen


def fma(a, b, c):
    r"""Fused :math:`a b + c` with one rounding (with the JIT off, and on balls: the plain formula)."""
    return a * b + c


@overload(fma, jit_options=INLINE)
def _fma_overload(a, b, c):
    return lambda a, b, c: _fma(a, b, c)


@inline
def power(a, p):
    r""":math:`a^p` for :math:`a \ge 0` and an integer :math:`0 \le p \le 31`, by products only; nan for other p.

    A loop over p would keep the loop over lanes scalar, so there is none. The orders that ravines ask for come first;
    p never changes within a run, so that the branches cost nothing.
    """
    square = a * a
    if p == 4:
        return square * square
    if p == 3:
        return square * a
    if p == 2:
        return square
    if p == 1:
        return a
    fourth = square * square
    if p == 5:
        return fourth * a
    if p == 6:
        return fourth * square
    if p == 7:
        return fourth * (square * a)
    if p == 8:
        return fourth * fourth
    eighth = fourth * fourth
    result = a if p % 2 == 1 else 1.0
    result = result * square if p // 2 % 2 == 1 else result
    result = result * fourth if p // 4 % 2 == 1 else result
    result = result * eighth if p // 8 % 2 == 1 else result
    result = result * (eighth * eighth) if p // 16 % 2 == 1 else result
    return result if (p >= 0) & (p <= 31) else math.nan
