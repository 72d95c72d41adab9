"""One rounding in fma, products in power."""

from fractions import Fraction

import numpy as np
import pytest
from numba import config, njit

from theorylab.kernels import fma, inline, power

compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="about compiled code; the JIT is off")


@njit(cache=True)
def _fused(a, b, c):
    return fma(a, b, c)


@njit(cache=True)
def _power(a, p):
    return power(a, p)


@compiled
def test_fma_rounds_once(rng):
    a, b = rng.standard_normal((2, 300))
    c = -a * b * (1.0 + rng.choice([0.0, 1e-16, 1e-9], 300))  # cancellation shows the rounding of the product
    exact = [float(Fraction(x) * Fraction(y) + Fraction(z)) for x, y, z in zip(a, b, c, strict=True)]
    assert [_fused(x, y, z) for x, y, z in zip(a, b, c, strict=True)] == exact
    assert np.any([x * y + z != e for x, y, z, e in zip(a, b, c, exact, strict=True)])


@compiled
def test_fma_in_python_is_the_plain_formula():
    assert fma(0.1, 10.0, -1.0) == 0.1 * 10.0 - 1.0
    assert _fused(0.1, 10.0, -1.0) == float(Fraction(0.1) * 10 - 1) != 0.0


@pytest.mark.parametrize("p", range(32))
def test_power_is_the_product_of_p_factors(p, rng):
    for a in [0.0, 1.0, *rng.uniform(0.01, 3.0, 20)]:
        exact = Fraction(a) ** p
        # p - 1 products round at most once each.
        assert abs(Fraction(_power(a, p)) - exact) <= exact * max(p - 1, 0) * Fraction(2) ** -52
        assert _power(a, p) == getattr(power, "py_func", power)(a, p)


def test_power_of_an_order_without_a_product_is_nan_and_not_a_wrong_number():
    assert np.isnan([_power(0.5, 32), _power(0.5, -1)]).all()


@compiled
def test_an_inlined_division_by_zero_is_a_number_and_no_hidden_branch():
    @inline
    def ratio(a, b):
        return a / b

    assert njit(error_model="numpy")(lambda a, b: ratio(a, b))(1.0, 0.0) == np.inf
