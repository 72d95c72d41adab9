"""Records as rows of floats: numba types of states walked once, at compile time, into unrolled loads and stores."""

import numpy as np
from numba import types
from numba.extending import overload

from .arithmetic import INLINE
from .vectors import build


def store(values, row, at):
    """Write every number of `values` (numbers, vectors, nested records) to ``row[at:]``; return the next free place."""
    if isinstance(values, tuple):
        for value in values:
            at = store(value, row, at)
        return at
    if isinstance(values, np.ndarray):
        row[at : at + values.size] = values
        return at + values.size
    row[at] = values
    return at + 1


@overload(store, jit_options=INLINE)
def _store(values, row, at):
    if isinstance(values, types.Array):

        def from_array(values, row, at):
            for i in range(values.size):
                row[at + i] = values[i]
            return at + values.size

        return from_array
    if isinstance(values, types.BaseTuple):
        lines = "".join(f"    at = store(values[{i}], row, at)\n" for i in range(len(values)))
        return build(f"def impl(values, row, at):\n{lines}    return at\n", store=store)

    def from_number(values, row, at):
        row[at] = values
        return at + 1

    return from_number


def size(values) -> int:
    """How many numbers `store` writes for these values."""
    if isinstance(values, tuple):
        return sum(size(value) for value in values)
    return values.size if isinstance(values, np.ndarray) else 1


def restore(like, row, at=0):
    """The record of the shape of `like` whose numbers stand in ``row[at:]``, and the next place: inverse of `store`."""
    if isinstance(like, tuple):
        parts = []
        for part in like:
            value, at = restore(part, row, at)
            parts.append(value)
        return (type(like)(*parts) if hasattr(like, "_fields") else tuple(parts)), at
    if isinstance(like, np.ndarray):
        return np.array(row[at : at + like.size]), at + like.size
    return type(like)(row[at]), at + 1
