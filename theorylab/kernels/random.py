"""Counter-based random numbers: a draw is a pure function of (seed, trajectory, step, coordinate).

`uniforms`: Philox4x64-10 with key (seed, trajectory) and counter (step, block of four coordinates, 0, 0): the same bits
as ``numpy.random.Philox``, whatever the order, the batch or the thread. `uniform`: one number a step from a keyed hash
that runs in lanes, where Philox stays scalar.

References
----------
Salmon, Moraes, Dror, Shaw (2011), Parallel random numbers: as easy as 1, 2, 3. [secondary]
Steele, Lea, Flood (2014), Fast splittable pseudorandom number generators; its finaliser is Stafford's. [secondary]
"""

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from .arithmetic import INLINE, inline
from .vectors import build, is_tuple

_MULTIPLIERS = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_WEYL = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ROUNDS = 10
_FINAL = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)


@intrinsic
def _wide(typingctx, a, b):
    result = types.UniTuple(types.uint64, 2)

    def codegen(context, builder, signature, args):
        word, double = ir.IntType(64), ir.IntType(128)
        product = builder.mul(builder.zext(args[0], double), builder.zext(args[1], double))
        high = builder.trunc(builder.lshr(product, ir.Constant(double, 64)), word)
        return context.make_tuple(builder, result, [high, builder.trunc(product, word)])

    return result(types.uint64, types.uint64), codegen


def wide(a, b):
    """High and low word of the 128-bit product: one instruction."""
    product = int(a) * int(b)
    return np.uint64(product >> 64), np.uint64(product & 0xFFFFFFFFFFFFFFFF)


@overload(wide, jit_options=INLINE)
def _wide_overload(a, b):
    return lambda a, b: _wide(a, b)


def plus(a, b):
    """Sum modulo 2^64 (numpy would warn of the overflow that is meant)."""
    return np.uint64((int(a) + int(b)) & 0xFFFFFFFFFFFFFFFF)


@overload(plus, jit_options=INLINE)
def _plus_overload(a, b):
    return lambda a, b: a + b


@inline
def philox(step, block, seed, trajectory):
    """Four independent uint64 of counter (step, block) under key (seed, trajectory)."""
    c0, c1, c2, c3 = np.uint64(step), np.uint64(block), np.uint64(0), np.uint64(0)
    k0, k1 = np.uint64(seed), np.uint64(trajectory)
    for _ in range(_ROUNDS):
        high0, low0 = wide(_MULTIPLIERS[0], c0)
        high1, low1 = wide(_MULTIPLIERS[1], c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0 = plus(k0, _WEYL[0])
        k1 = plus(k1, _WEYL[1])
    return c0, c1, c2, c3


@inline
def unit(word):
    """A uniform number in [0, 1) from the upper 53 bits."""
    return np.float64(word >> np.uint64(11)) * 1.1102230246251565e-16


def uniforms(stream, k, out):
    """Independent uniforms of step `k`, one a coordinate, stored in `out` where vectors are arrays."""
    # A jitted philox hands Python plain integers, and those above 2^63 fit no int64.
    words = [
        unit(np.uint64(word))
        for block in range((len(out) + 3) // 4)
        for word in philox(k, block, stream.seed, stream.trajectory)
    ][: len(out)]
    if isinstance(out, tuple):
        return tuple(words)
    out[:] = words
    return out


@overload(uniforms, jit_options=INLINE)
def _uniforms(stream, k, out):
    if is_tuple(out):
        blocks = range((out.count + 3) // 4)
        lines = [f"    w{b} = philox(k, {b}, stream.seed, stream.trajectory)\n" for b in blocks]
        terms = ", ".join(f"unit(w{i // 4}[{i % 4}])" for i in range(out.count))
        source = f"def impl(stream, k, out):\n{''.join(lines)}    return ({terms},)"
        return build(source, philox=philox, unit=unit)

    def impl(stream, k, out):
        for i in range(0, out.size, 4):
            a, b, c, d = philox(k, i // 4, stream.seed, stream.trajectory)
            left = out.size - i
            out[i] = unit(a)
            if left > 1:
                out[i + 1] = unit(b)
            if left > 2:
                out[i + 2] = unit(c)
            if left > 3:
                out[i + 3] = unit(d)
        return out

    return impl


@inline
def mixed(word):
    """SplitMix64's finaliser: a bijection of uint64 each of whose output bits depends on all input bits."""
    word = wide(word ^ (word >> _SHIFTS[0]), _FINAL[0])[1]
    word = wide(word ^ (word >> _SHIFTS[1]), _FINAL[1])[1]
    return word ^ (word >> _SHIFTS[2])


@inline
def keyed(k, seed, trajectory):
    """One uint64 of step `k` under key (seed, trajectory): the finaliser twice, each time a part of the key added."""
    word = mixed(plus(wide(np.uint64(k), _WEYL[0])[1], np.uint64(seed)))
    return mixed(plus(word, wide(np.uint64(trajectory), _WEYL[1])[1]))


@inline
def uniform(stream, k):
    """One uniform of step `k`, independent of those of `uniforms`: for methods that draw one number a step."""
    return unit(keyed(k, stream.seed, stream.trajectory))
