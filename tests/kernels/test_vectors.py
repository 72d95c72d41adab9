"""Tuples, arrays and the plain Python bodies are one vector space."""

import numpy as np
import pytest
from numba import njit

from theorylab.kernels import axpy, copy, dot, fill, minus, norm2, put, same, scale

DIMENSIONS = (1, 2, 3, 4)


@njit(cache=True, error_model="numpy")
def _all(a, x, y):
    vectors = axpy(a, x, copy(y)), minus(fill(x, 0.0), x, y), put(fill(x, 1.0), y), fill(x, a), scale(a, copy(x))
    return vectors, dot(x, y), norm2(x), same(x, y)


def _in_python(a, x, y):
    vectors = axpy(a, x, copy(y)), minus(fill(x, 0.0), x, y), put(fill(x, 1.0), y), fill(x, a), scale(a, copy(x))
    return vectors, dot(x, y), norm2(x), same(x, y)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_tuples_and_arrays_agree(d, rng):
    a, x, y = 0.3, rng.standard_normal(d), rng.standard_normal(d)
    of_tuples = _all(a, tuple(x.tolist()), tuple(y.tolist()))
    of_arrays = _all(a, x, y)
    for from_tuple, from_array in zip(of_tuples[0], of_arrays[0], strict=True):
        assert np.array_equal(from_tuple, from_array)
    # Sums run in another order, so that they agree to d roundings of the terms.
    rounding = d * 2.0**-52
    assert abs(of_tuples[1] - of_arrays[1]) <= rounding * np.abs(x * y).sum()
    assert abs(of_tuples[2] - of_arrays[2]) <= rounding * (x * x).sum()
    assert of_tuples[3] == of_arrays[3]


@pytest.mark.parametrize("d", (*DIMENSIONS, 7, 8, 30))
def test_compiled_and_plain_python_agree_to_the_rounding_of_products(d, rng):
    a, x, y = 0.3, rng.standard_normal(d), rng.standard_normal(d)
    vectors = [(x, y)] + ([(tuple(x.tolist()), tuple(y.tolist()))] if d in DIMENSIONS else [])
    for u, v in vectors:
        compiled, plain = _all(a, u, v), _in_python(a, u, v)
        size = np.abs(a * x).max() + np.abs(y).max() + np.abs(x * y).sum() + (x * x).sum()
        for ours, theirs in zip((*compiled[0], *compiled[1:]), (*plain[0], *plain[1:]), strict=True):
            assert np.all(np.abs(np.subtract(ours, theirs, dtype=float)) <= d * 2.0**-52 * size)


@pytest.mark.parametrize("d", (1, 4, 5, 8, 11))
def test_dot_is_the_inner_product(d, rng):
    x, y = rng.standard_normal((2, d))
    assert abs(_all(1.0, x, y)[1] - np.dot(x, y)) <= d * 2.0**-52 * np.abs(x * y).sum()


def test_arrays_are_written_in_place_and_returned():
    x, y = np.array([1.0, 2.0]), np.array([10.0, 20.0])

    @njit
    def aliases(x, y):
        z = axpy(2.0, x, y)
        z[0] += 1.0
        w = put(x, z)
        w[1] = 7.0
        return copy(x)

    kept = aliases(x, y)
    assert y.tolist() == [13.0, 24.0] and x.tolist() == [13.0, 7.0]
    kept[0] = 0.0
    assert x[0] == 13.0


def test_same_is_equality_of_every_entry():
    x = (1.0, 2.0, 3.0)
    for i in range(3):
        y = tuple(v + (j == i) for j, v in enumerate(x))
        assert not _all(1.0, x, y)[-1] and not _all(1.0, np.array(x), np.array(y))[-1]
    assert _all(1.0, x, x)[-1]
    assert not _all(1.0, (float("nan"),), (float("nan"),))[-1]
