"""Rules by coordinate: tuples, arrays and plain Python agree, arrays are written in place, loops stay vector loops."""

import math
import re

import llvmlite.binding as llvm
import numpy as np
import pytest
from numba import config, float64, njit, types

from theorylab.kernels import breached, copy, inline, per_coordinate, total


@inline
def _rule(a, u, v, s):
    return a[0] * u + s, v - a[1] * u * v


@inline
def _product(a, u, s):
    return a * u * s


@njit(cache=True, error_model="numpy")
def _all(a, u, v, s):
    return per_coordinate(_rule, a, (copy(u), copy(v)), (s,)), total(_product, a[0], u, (u, s)), breached(v, s)


def _in_python(a, u, v, s):
    return per_coordinate(_rule, a, (copy(u), copy(v)), (s,)), total(_product, a[0], u, (u, s)), breached(v, s)


@pytest.mark.parametrize("shared", [False, True], ids=["a-number-each", "one-number"])
@pytest.mark.parametrize("d", (1, 3, 4, 9))
def test_tuples_arrays_and_plain_python_agree(d, shared, rng):
    a, u, v = (0.5, 2.0), rng.standard_normal(d), rng.standard_normal(d)
    s = 0.75 if shared else abs(rng.standard_normal(d))
    wanted = 0.5 * u + s, v - 2.0 * u * v
    vectors = [(u, v, s)]
    if d <= 4:
        vectors.append((tuple(u.tolist()), tuple(v.tolist()), s if shared else tuple(s.tolist())))
    for x, y, bound in vectors:
        for made in (_all, _in_python):
            outs, sum_, breach = made(a, x, y, bound)
            np.testing.assert_allclose(outs, wanted, rtol=1e-14, atol=1e-15)
            assert sum_ == pytest.approx(np.sum(0.5 * u * s), rel=1e-12)
            outside = np.flatnonzero(~(abs(v) <= s))
            first = (outside[0], v[outside[0]]) if outside.size else (-1, 0.0)
            assert (breach.coordinate, breach.value) == first


@njit(cache=True, error_model="numpy")
def swap(u, v):
    return per_coordinate(_swapped, 0.0, (u, v), ())


def test_arrays_are_written_in_place():
    u, v = np.arange(5.0), np.ones(5)
    outs = swap(u, v)
    assert outs[0].tolist() == u.tolist() == [1.0] * 5 and v.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]


@inline
def _swapped(_, u, v):
    return v, u


@pytest.mark.parametrize("v", [(0.5, math.nan, 3.0), (1.5, 0.0, 0.0), (0.0, -1.0, 1.0)])
def test_a_breach_is_the_first_coordinate_outside_or_nan(v):
    found = [breached_compiled(x, 1.0) for x in (v, np.array(v))] + [breached(v, 1.0)]
    wanted = next((i for i, x in enumerate(v) if not abs(x) <= 1.0), -1)
    for breach in found:
        assert breach.coordinate == wanted
        np.testing.assert_equal(breach.value, v[wanted] if wanted >= 0 else 0.0)


@njit(cache=True, error_model="numpy")
def breached_compiled(g, bound):
    return breached(g, bound)


@pytest.mark.skipif(config.DISABLE_JIT, reason="about compiled code; the JIT is off")
def test_a_rule_over_arrays_is_a_vector_loop():
    if not llvm.get_host_cpu_features().get("avx2", False):
        pytest.skip("needs a CPU with AVX2")

    @njit(error_model="numpy")
    def loop(a, u, v):
        return per_coordinate(_rule, a, (u, v), (1.0,))

    kinds = (types.UniTuple(float64, 2), float64[::1], float64[::1])
    loop.compile(kinds)
    assert re.search(r"fmul <[48] x double>", loop.inspect_llvm(kinds))
