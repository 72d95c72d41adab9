"""Kernels written once, over arrays, that also serve the tuples of small dimension.

Iterates of at most four coordinates are tuples (they live in registers), larger ones are arrays. A kernel that loops
over coordinates takes `as_array` of what it gets and gives back `like` of what it made: nothing is copied for arrays.
"""

from numba.extending import overload

from theorylab.kernels import INLINE
from theorylab.kernels.vectors import build, is_tuple


def as_array(x, scratch):
    """The vector as an array: itself, or `scratch` filled with the entries of a tuple."""
    if isinstance(x, tuple):
        scratch[:] = x
        return scratch
    return x


@overload(as_array, jit_options=INLINE)
def _as_array(x, scratch):
    if is_tuple(x):
        lines = "".join(f"    scratch[{i}] = x[{i}]\n" for i in range(x.count))
        return build(f"def impl(x, scratch):\n{lines}    return scratch\n")
    return lambda x, scratch: x


def like(x, values):
    """The array `values` in the form of `x`: a tuple of its entries, or itself."""
    return tuple(values) if isinstance(x, tuple) else values


@overload(like, jit_options=INLINE)
def _like(x, values):
    if is_tuple(x):
        entries = ", ".join(f"values[{i}]" for i in range(x.count))
        return build(f"def impl(x, values): return ({entries},)")
    return lambda x, values: values
