"""Scalar rules applied to every coordinate of several vectors: one source for tuples (unrolled) and arrays (in place).

A rule is an inlined function ``rule(a, u, v, ...)`` of numbers, named at module level; `a`, a number or a record of
numbers, is common to all coordinates. Of the vectors that it only reads, any may be a single number: it counts for all
coordinates.

States are both read and written. Handed over twice, once to read and once to write, an array would overlap with itself,
which the compiled loop finds out at run time and then does not vectorise.
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


def per_coordinate(rule, a, states, ins):
    """The states after ``rule(a, *entries of states, *entries of ins)``, a tuple of their new entries, for every i.

    Arrays among `states` are read and written in place; `ins` are only read. No vector may come twice.
    """
    found = [rule(a, *[coordinate(x, i) for x in (*states, *ins)]) for i in range(len(states[0]))]
    if isinstance(states[0], tuple):
        return tuple(zip(*found, strict=True))
    for state, values in zip(states, zip(*found, strict=True), strict=True):
        for i, value in enumerate(values):
            state[i] = value
    return states


def _entries(kinds, short: str, place: str) -> list[str]:
    """Sources of the entries of vectors at a coordinate; `place` names it."""
    return [f"{short}{j}" if _is_number(kind) else f"{short}{j}[{place}]" for j, kind in enumerate(kinds)]


def _unpacked(name: str, short: str, count: int) -> str:
    return "".join(f"    {short}{j} = {name}[{j}]\n" for j in range(count))


@overload(per_coordinate, jit_options=INLINE)
def _per_coordinate(rule, a, states, ins):
    head = f"def impl(rule, a, states, ins):\n{_unpacked('states', 's', len(states))}{_unpacked('ins', 'i', len(ins))}"

    def call(place):
        return f"rule(a, {', '.join(_entries(states, 's', place) + _entries(ins, 'i', place))})"

    if isinstance(states[0], types.BaseTuple):
        d = states[0].count
        rows = "".join(f"    r{q} = {call(q)}\n" for q in range(d))
        vectors = ("(" + "".join(f"r{q}[{j}], " for q in range(d)) + ")" for j in range(len(states)))
        return build(f"{head}{rows}    return ({', '.join(vectors)},)")
    stores = "".join(f"        s{j}[q] = r[{j}]\n" for j in range(len(states)))
    return build(f"{head}    for q in range(s0.size):\n        r = {call('q')}\n{stores}    return states")


def total(rule, a, x, ins):
    """Sum over the coordinates of `x` of ``rule(a, *entries of ins)``, a number, in the order of the coordinates."""
    found = [rule(a, *[coordinate(u, i) for u in ins]) for i in range(len(x))]
    return sum(found[1:], found[0])


@overload(total, jit_options=INLINE)
def _total(rule, a, x, ins):
    head = f"def impl(rule, a, x, ins):\n{_unpacked('ins', 'i', len(ins))}"

    def call(place):
        return f"rule(a, {', '.join(_entries(ins, 'i', place))})"

    if isinstance(x, types.BaseTuple):
        return build(f"{head}    return {' + '.join(map(call, range(x.count)))}")
    return build(
        f"{head}    found = {call(0)}\n    for q in range(1, x.size):\n        found += {call('q')}\n    return found"
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
