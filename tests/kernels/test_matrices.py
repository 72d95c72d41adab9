"""Products with tuples (unrolled) and arrays (BLAS) are the products of numpy."""

import numpy as np
import pytest
from numba import njit

from theorylab.kernels import add_row, row_dot, rows_dot, rows_sum


@njit
def _all(a, s, x, out, total, i):
    return rows_dot(a, x, out), rows_sum(a, s, x, total), row_dot(a, i, x), add_row(0.5, a, i, x)


@pytest.mark.parametrize("call", [_all, _all.py_func], ids=["compiled", "python"])
@pytest.mark.parametrize("dimension", [1, 2, 4, 7])
def test_products_are_those_of_numpy(call, dimension):
    rng = np.random.default_rng(dimension)
    a, s, x = rng.standard_normal((5, dimension)), rng.standard_normal(5), rng.standard_normal(dimension)
    forms = [x.copy()] if dimension > 4 else [tuple(x.tolist()), x.copy()]
    for form in forms:
        dots, total, one, moved = call(a, s, form, np.empty(5), np.empty(dimension), 3)
        np.testing.assert_allclose(dots, a @ x, rtol=0, atol=1e-14)
        np.testing.assert_allclose(total, s @ a, rtol=0, atol=1e-14)
        assert one == pytest.approx(a[3] @ x, abs=1e-14)
        np.testing.assert_allclose(moved, x + 0.5 * a[3], rtol=0, atol=1e-14)
        assert isinstance(moved, type(form)) and isinstance(total, type(form))
