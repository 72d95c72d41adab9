"""Scalar arithmetic for kernels: one rounding fewer, integer powers without a library call."""

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
    r""":math:`a^p` for :math:`a \ge 0` and an integer :math:`p \ge 1`, by products only.

    The orders 2 to 4 come first: they are what ravines mostly ask for, and `p` never changes within a run, so that
    the branch costs nothing.
    """
    square = a * a
    if p == 4:
        return square * square
    if p == 3:
        return square * a
    if p == 2:
        return square
    result = a
    for _ in range(p - 1):
        result = result * a
    return result
