r"""Exponential, logarithm, hyperbolic tangent and logistic loss without a branch or a call: loops over them vectorise.

The C library's functions are calls: one at a time, in the middle of a loop that could do four or eight. Here only
products, sums, quotients and selections occur. Coefficients are those of ``mpmath.chebyfit``, which
``tests/kernels/test_elementary.py`` computes anew: a single lost digit once cost 147 units of rounding.
"""

import math

import numpy as np

from .arithmetic import fma, inline

#: :math:`(e^r - 1 - r)/r^2` on :math:`|r| \le \tfrac12\ln 2`, ascending; 0.12 units of rounding in :math:`e^r`.
_EXP = (
    0.5000000000000001, 0.16666666666666669, 0.041666666666624164, 0.008333333333330065, 0.0013888888917196719,
    0.00019841269863040545, 2.4801521322368692e-05, 2.7557268480310024e-06, 2.7620075879983367e-07,
    2.5100375832561234e-08,
)  # fmt: skip

#: :math:`(2\,\mathrm{artanh}\,s - 2s)/s^3` in :math:`s^2` on [0, 1/9], ascending; 0.03 units of rounding in log1p.
_LOG = (
    0.6666666666666666, 0.40000000000014585, 0.2857142856710876, 0.22222222717427864, 0.18181789436132859,
    0.15385570064958623, 0.13314144209654935, 0.12001072809590713, 0.08800738486144674, 0.1616404561194353,
)  # fmt: skip

_LOG2_E = 1.4426950408889634
#: The head of ln 2 has 42 bits: its products with integers below 2^11 are exact, with fma or without.
_LN2_HEAD = 0.6931471805598903
_LN2_TAIL = 5.497923018708371e-14
#: 1.5*2^52 + 1023. A sum with it is rounded to an integer, whose low bits are the biased exponent of 2^n.
_ROUNDING = 6755399441056767.0
#: Below, the result would soon be subnormal: slow, and without its relative accuracy.
_LEAST = -708.0
#: Beyond, tanh is 1 to the last bit.
_FLAT = 40.0


@inline
def _polynomial(c, x, square):
    """Ten coefficients, even and odd ones apart: half the latency of one chain of products."""
    even = fma(fma(fma(fma(c[8], square, c[6]), square, c[4]), square, c[2]), square, c[0])
    odd = fma(fma(fma(fma(c[9], square, c[7]), square, c[5]), square, c[3]), square, c[1])
    return fma(odd, x, even)


@inline
def exp_minus(x):
    r""":math:`e^x` for :math:`x \le 0`, to 0.8 units in the last place; 0 below -708, nan for nan.

    :math:`e^x = 2^n e^r` with :math:`n = \mathrm{round}(x/\ln 2)` and :math:`r = x - n\ln 2`.
    """
    y = _LEAST if x < _LEAST else x  # in this order nan passes
    shifted = fma(y, _LOG2_E, _ROUNDING)
    n = shifted - _ROUNDING
    head = fma(-n, _LN2_HEAD, y)  # exact; the tail joins where it is small against what it is added to
    r = fma(-n, _LN2_TAIL, head)
    square = r * r
    rest = fma(-n, _LN2_TAIL, square * _polynomial(_EXP, r, square))
    one = 1.0 + head
    mantissa = one + ((head - (one - 1.0)) + rest)  # what 1 + head lost comes back
    # float: with the JIT off a numpy scalar would go on into the caller and warn where a float does not
    power = float(np.int64(np.float64(shifted).view(np.int64) << 52).view(np.float64))
    return 0.0 if x < _LEAST else mantissa * power


@inline
def log1p_unit(e):
    r""":math:`\ln(1 + e)` for :math:`0 \le e \le 1`, to 1.1 units in the last place; nan for nan.

    With :math:`s = e/(2 + e)` it is :math:`2\,\mathrm{artanh}\,s = 2s + s^3 q(s^2)`, and :math:`2s = e - s e`: so
    :math:`e - s\,(e - s^2 q)`, where the rounding of s counts for little, since e is exact.
    """
    s = e / (2.0 + e)
    square = s * s
    q = _polynomial(_LOG, square, square * square)
    return fma(-s, fma(-square, q, e), e)


@inline
def tanh(x):
    r""":math:`\tanh x`, to 2.5 units in the last place; nan for nan.

    With :math:`q = e^{-2|x|} - 1` it is :math:`-q/(2 + q)` with the sign of x, and
    :math:`q = (2^n - 1) + 2^n(e^r - 1)`, where nothing cancels: n is 0 where q is small. What sums lose could be kept
    and brought back: 0.9 units, for nearly twice the time in a step that waits for it.
    """
    size = abs(x)
    y = -2.0 * (_FLAT if size > _FLAT else size)  # in this order nan passes
    shifted = fma(y, _LOG2_E, _ROUNDING)
    n = shifted - _ROUNDING
    r = fma(-n, _LN2_TAIL, fma(-n, _LN2_HEAD, y))
    square = r * r
    power = float(np.int64(np.float64(shifted).view(np.int64) << 52).view(np.float64))
    q = fma(power, fma(square, _polynomial(_EXP, r, square), r), power - 1.0)
    return math.copysign(q / (2.0 + q), x)


@inline
def softplus(m):
    r"""The logistic loss and minus its slope at margin m: :math:`\ln(1 + e^{-m})` and :math:`1/(1 + e^m)`.

    Both have a relative error of a few units of rounding at every m, be they as small as 1e-300; above 708 both
    are 0. Of the two exponentials only that of -|m| is taken, which cannot overflow.
    """
    e = exp_minus(-abs(m))
    value = log1p_unit(e) + (-m if m < 0.0 else 0.0)
    return value, (e if m > 0.0 else 1.0) / (1.0 + e)


#: What these stand for: on balls, which neither overflow nor cancel unnoticed, the plain formulas.
EXACT = {
    "exp_minus": lambda functions, x: functions.exp(x),
    "log1p_unit": lambda functions, e: functions.log1p(e),
    "tanh": lambda functions, x: functions.tanh(x),
    "softplus": lambda functions, m: (functions.log1p(functions.exp(-m)), 1.0 / (1.0 + functions.exp(m))),
}
