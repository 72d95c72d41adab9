"""Records kept as bits in buffers of floats: numba types walked once, at compile time, into loads and saves."""

import numpy as np
from numba import types
from numba.extending import overload

from .arithmetic import INLINE
from .leaves import size
from .vectors import build


def _walk(kind, source, leaf, names):
    """Source of a value of the numba type `kind`; ``leaf(kind, source)`` is the source of one number or array of it."""
    if isinstance(kind, types.BaseTuple):
        parts = "".join(_walk(part, f"{source}[{i}]", leaf, names) + ", " for i, part in enumerate(kind))
        if not isinstance(kind, types.BaseNamedTuple):
            return f"({parts})"
        name = f"record{len(names)}"
        names[name] = kind.instance_class
        return f"{name}({parts})"
    if isinstance(kind, types.Float | types.Integer | types.Boolean | types.Array):
        return leaf(kind, source)
    raise TypeError(f"buffers hold numbers, arrays and tuples of them; a method's memory holds {kind}")


def _placed(kind, source, leaf, names):
    """`_walk` with ``leaf(kind, source, place)``: the source of how many slots come before.

    Returns the source of the value and that of the number of all its slots.
    """
    numbers, arrays = 0, []

    def place():
        return " + ".join([str(numbers), *arrays])

    def placed(kind, source):
        nonlocal numbers
        made = leaf(kind, source, f"({place()})")
        if isinstance(kind, types.Array):
            arrays.append(f"{source}.size")
        else:
            numbers += 1
        return made

    return _walk(kind, source, placed, names), place()


def _bits(kind) -> str:
    """The numpy type whose bits a slot holds."""
    if isinstance(kind, types.Float):
        return "float64"
    return "uint64" if isinstance(kind, types.Integer) and not kind.signed else "int64"


@overload(size, jit_options=INLINE)
def _size(values):
    return build(f"def impl(values): return {_placed(values, 'values', lambda *leaf: '', {})[1]}")


def load(like, buffer, at, stride):
    """The record of the type of `like` whose slot q stands at ``buffer[at + q*stride]``.

    Arrays come as views, of the sizes they have in `like`, and need a stride of 1.
    """
    raise NotImplementedError("buffers of records exist in compiled code only")


@overload(load, jit_options=INLINE)
def _load(like, buffer, at, stride):
    names = {"np": np}

    def leaf(kind, source, place):
        if isinstance(kind, types.Array):
            return f"buffer[at + {place} : at + {place} + {source}.size]"
        bits = f"buffer[at + {place} * stride]"
        if isinstance(kind, types.Float):
            return bits
        number = f"np.float64({bits}).view(np.{_bits(kind)})"
        return f"({number} != 0)" if isinstance(kind, types.Boolean) else number

    return build(f"def impl(like, buffer, at, stride): return {_placed(like, 'like', leaf, names)[0]}", **names)


def save(values, buffer, at, stride):
    """Keep the numbers of `values` as bits: inverse of `load`. A view that `load` gave stays where it is."""
    raise NotImplementedError("buffers of records exist in compiled code only")


@overload(save, jit_options=INLINE)
def _save(values, buffer, at, stride):
    lines = ["def impl(values, buffer, at, stride):", "    pass"]

    def leaf(kind, source, place):
        if isinstance(kind, types.Array):
            lines.append(f"    for i in range({source}.size):")
            lines.append(f"        buffer[at + {place} + i] = {source}[i]")
            return source
        bits = source if isinstance(kind, types.Float) else f"np.{_bits(kind)}({source}).view(np.float64)"
        lines.append(f"    buffer[at + {place} * stride] = {bits}")
        return source

    _placed(values, "values", leaf, {})
    return build("\n".join(lines), np=np)


def choose(condition, new, old):
    """`new` where the condition holds, else `old`, number by number: a blend, never a branch."""
    raise NotImplementedError("buffers of records exist in compiled code only")


@overload(choose, jit_options=INLINE)
def _choose(condition, new, old):
    names = {}

    def leaf(kind, source):
        if isinstance(kind, types.Array):
            raise TypeError(f"lanes hold numbers and tuples of numbers; a method's memory holds {kind}")
        return f"(new{source} if condition else old{source})"

    return build(f"def impl(condition, new, old): return {_walk(new, '', leaf, names)}", **names)
