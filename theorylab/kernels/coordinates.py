"""Scalar rules applied to every coordinate of several vectors: one source for tuples (unrolled) and arrays (in place).

A rule is an inlined function ``rule(a, u, v, ...)`` of numbers, named at module level; `a`, a number or a record of
numbers, is common to all coordinates. Of the vectors it runs over, any may be a single number: it counts for all
coordinates.
"""

from typing import NamedTuple

from numba import types
from numba.extending import overload

from .arithmetic import INLINE, inline
from .vectors import build


def _is_number(t) -> bool:
    return isinstance(t, types.Number)


def coordinate(x, i):
    """Coordinate `i` of a vector, or the number that counts for all coordinates."""
    return x[i] if hasattr(x, "__len__") else x


@overload(coordinate, jit_options=INLINE)
def _coordinate(x, i):
    return (lambda x, i: x) if _is_number(x) else (lambda x, i: x[i])


def per_coordinate(rule, a, outs, ins):
    """The vectors of ``rule(a, *entries of ins)``, a tuple of as many numbers as `outs` has vectors, for all i.

    `outs` are vectors of the wanted shape; arrays are written there, and may be among `ins`.
    """
    found = [rule(a, *[coordinate(x, i) for x in ins]) for i in range(len(outs[0]))]
    if isinstance(outs[0], tuple):
        return tuple(zip(*found, strict=True))
    for out, values in zip(outs, zip(*found, strict=True), strict=True):
        for i, value in enumerate(values):
            out[i] = value
    return outs


def _call(kinds, place: str) -> str:
    """Source of the rule's call at a coordinate; `place` names it."""
    numbers = [f"i{j}" if _is_number(kind) else f"i{j}[{place}]" for j, kind in enumerate(kinds)]
    return f"rule(a, {', '.join(numbers)})"


def _unpacked(name: str, short: str, count: int) -> str:
    return "".join(f"    {short}{j} = {name}[{j}]\n" for j in range(count))


@overload(per_coordinate, jit_options=INLINE)
def _per_coordinate(rule, a, outs, ins):
    head = f"def impl(rule, a, outs, ins):\n{_unpacked('ins', 'i', len(ins))}"
    if isinstance(outs[0], types.BaseTuple):
        d = outs[0].count
        rows = "".join(f"    r{q} = {_call(ins, str(q))}\n" for q in range(d))
        vectors = ("(" + "".join(f"r{q}[{j}], " for q in range(d)) + ")" for j in range(len(outs)))
        return build(f"{head}{rows}    return ({', '.join(vectors)},)")
    stores = "".join(f"        o{j}[q] = r[{j}]\n" for j in range(len(outs)))
    return build(
        f"{head}{_unpacked('outs', 'o', len(outs))}    for q in range(o0.size):\n"
        f"        r = {_call(ins, 'q')}\n{stores}    return outs"
    )


def total(rule, a, x, ins):
    """Sum over the coordinates of `x` of ``rule(a, *entries of ins)``, a number, in the order of the coordinates."""
    found = [rule(a, *[coordinate(u, i) for u in ins]) for i in range(len(x))]
    return sum(found[1:], found[0])


@overload(total, jit_options=INLINE)
def _total(rule, a, x, ins):
    head = f"def impl(rule, a, x, ins):\n{_unpacked('ins', 'i', len(ins))}"
    if isinstance(x, types.BaseTuple):
        return build(f"{head}    return {' + '.join(_call(ins, str(q)) for q in range(x.count))}")
    return build(
        f"{head}    found = {_call(ins, '0')}\n    for q in range(1, x.size):\n        found += {_call(ins, 'q')}\n"
        "    return found"
    )


class Breach(NamedTuple):
    """The first coordinate of a vector with a value that was excluded, and that value; coordinate -1: none."""

    coordinate: float
    value: float


@inline
def _outside(u, bound):
    return not (abs(u) <= bound)


@inline
def _earlier(breach, i, u, bound):
    """The breach of coordinate `i` if there is one, else what a later coordinate has shown."""
    bad = _outside(u, bound)
    return Breach(float(i) if bad else breach.coordinate, u if bad else breach.value)


def breached(g, bound):
    r"""The first coordinate with :math:`|g_i|` above its bound, or with nan."""
    found = Breach(-1.0, 0.0)
    for i in reversed(range(len(g))):
        found = _earlier(found, i, g[i], coordinate(bound, i))
    return found


@overload(breached, jit_options=INLINE)
def _breached(g, bound):
    names = {"Breach": Breach, "coordinate": coordinate, "_outside": _outside, "_earlier": _earlier}
    if isinstance(g, types.BaseTuple):
        lines = "".join(
            f"    found = _earlier(found, {i}, g[{i}], coordinate(bound, {i}))\n" for i in reversed(range(g.count))
        )
        return build(f"def impl(g, bound):\n    found = Breach(-1.0, 0.0)\n{lines}    return found", **names)

    def impl(g, bound):
        outside = 0
        for i in range(g.size):  # a count has no branch, so that this is a vector loop
            outside += _outside(g[i], coordinate(bound, i))
        if outside > 0:
            for i in range(g.size):
                if _outside(g[i], coordinate(bound, i)):
                    return Breach(float(i), g[i])
        return Breach(-1.0, 0.0)

    return impl
