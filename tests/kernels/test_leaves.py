"""A record becomes a row of floats and comes back."""

from typing import NamedTuple

import numpy as np
import pytest
from numba import njit

from theorylab.kernels import restore, size, store


class Inner(NamedTuple):
    count: int
    vector: object


class Outer(NamedTuple):
    weight: float
    inner: Inner
    rest: tuple


RECORDS = [
    (),
    (1.5,),
    Outer(0.25, Inner(7, (1.0, -2.0)), ((3.0,), 4)),
    Outer(-0.25, Inner(-1, np.array([1.0, 2.0, 3.0])), (np.zeros(0), 0.5)),
]


def _equal(a, b) -> bool:
    if isinstance(a, tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(_equal, a, b))
    return type(a) is type(b) and np.array_equal(a, b)


@pytest.mark.parametrize("record", RECORDS, ids=["empty", "one", "tuples", "arrays"])
def test_restore_is_the_inverse_of_store(record):
    row = np.full(20, np.nan)
    end = store(record, row, 3)
    assert end == 3 + size(record) and np.isnan(row[:3]).all() and np.isnan(row[end:]).all()
    back, after = restore(record, row, 3)
    assert after == end and _equal(back, record)


@pytest.mark.parametrize("record", RECORDS[1:], ids=["one", "tuples", "arrays"])
def test_compiled_store_writes_what_the_python_body_writes(record):
    compiled, plain = np.full((2, 20), np.nan)
    assert njit(lambda values, row: store(values, row, 2))(record, compiled) == store(record, plain, 2)
    assert np.array_equal(compiled, plain, equal_nan=True)
