"""What stands for ``math`` and ``np`` inside a lifted kernel: scalar functions, new arrays and products on balls."""

import math
import operator
from collections import OrderedDict

import numpy as np
from flint import arb, arb_mat

from .balls import ELEMENTARY, Ball, as_arb, atan2, ball_max, ball_min, floor


class BallArray(np.ndarray):
    """An object array of balls whose matrix products are ball matrix products."""

    def __matmul__(self, other):
        return dot(self, other)

    def __rmatmul__(self, other):
        return dot(other, self)

    def dot(self, other, out=None):
        """Matrix product, as `numpy.dot`."""
        return dot(self, other, out)


def empty(shape, dtype=None):
    """Unset entries: reading one before it is written raises, since None has no arithmetic."""
    return np.empty(_shape(shape), dtype=object).view(BallArray)


def full(shape, value, dtype=None):
    """An array of equal balls."""
    array = empty(shape)
    array.fill(value if isinstance(value, Ball) else Ball(int(value)))
    return array


def _shape(shape):
    return tuple(map(int, shape)) if isinstance(shape, (tuple, list)) else int(shape)


_matrices: OrderedDict = OrderedDict()
_KEPT = 16


def _matrix(array) -> arb_mat:
    """The entries as a ball matrix; those of a lifted record (read-only) are converted once."""
    rows, columns = array.shape
    key = None
    if not array.flags.writeable:
        key = (array.__array_interface__["data"][0], array.shape, array.strides)
        if key in _matrices:
            _matrices.move_to_end(key)
            return _matrices[key][0]
    matrix = arb_mat(rows, columns, [as_arb(value) for value in array.ravel().tolist()])
    if key:
        _matrices[key] = matrix, array  # the array is kept, so that no other one can get its address
        while len(_matrices) > _KEPT:
            _matrices.popitem(last=False)
    return matrix


def dot(a, b, out=None):
    """Inner, matrix-vector and matrix-matrix product by exact ball matrices, stored in `out` where given."""
    left, right = np.asarray(a), np.asarray(b)
    if not 1 <= left.ndim <= 2 or not 1 <= right.ndim <= 2:
        raise TypeError(f"a product of arrays of {left.ndim} and {right.ndim} dimensions has no replay; use 1 or 2")
    rows = left if left.ndim == 2 else left[None, :]
    columns = right if right.ndim == 2 else right[:, None]
    product = _matrix(rows) * _matrix(columns)
    entries = [Ball(value) for value in product.entries()]
    if left.ndim == right.ndim == 1:
        return entries[0]
    shape = (rows.shape[0],) * (left.ndim == 2) + (columns.shape[1],) * (right.ndim == 2)
    result = empty(shape) if out is None else out
    result[...] = np.array(entries, dtype=object).reshape(shape)
    return result


def _like(make):
    return lambda x, *value, dtype=None: make(x.shape, *value)


def _scalar(name):
    def function(a):
        if isinstance(a, (int, np.integer)):
            a = Ball(a)
        if not hasattr(a, name):
            raise TypeError(f"{name}({a!r}): a replay takes it of balls only, one number at a time")
        return getattr(a, name)()

    return function


def _atan2(y, x):
    return y.atan2(x) if hasattr(y, "atan2") else atan2(y, x)


def _sign(a):
    return Ball(1 if a > 0 else -1 if a < 0 else 0)


class Functions:
    """Names of ``math`` and ``numpy`` that a kernel may use; any other raises a sentence."""

    min = minimum = fmin = staticmethod(ball_min)
    max = maximum = fmax = staticmethod(ball_max)
    atan2 = arctan2 = staticmethod(_atan2)
    fabs = abs = absolute = staticmethod(abs)
    sign = staticmethod(_sign)
    floor = staticmethod(floor)
    dot = matmul = vdot = staticmethod(dot)
    empty = staticmethod(empty)
    full = staticmethod(full)
    zeros = staticmethod(lambda shape, dtype=None: full(shape, 0))
    ones = staticmethod(lambda shape, dtype=None: full(shape, 1))
    empty_like = staticmethod(_like(empty))
    full_like = staticmethod(_like(full))
    zeros_like = staticmethod(_like(lambda shape: full(shape, 0)))
    ones_like = staticmethod(_like(lambda shape: full(shape, 1)))
    ndarray = np.ndarray
    float64 = staticmethod(lambda a: a)
    int64 = staticmethod(lambda a: Ball(operator.index(a)))
    inf = Ball(math.inf)

    @property
    def pi(self):
        """Enclosed at the present precision, as are the other constants."""
        return Ball(arb.pi())

    @property
    def tau(self):
        """One turn."""
        return Ball(2 * arb.pi())

    @property
    def e(self):
        """Euler's number."""
        return Ball(arb.const_e())

    @staticmethod
    def copysign(a, b):
        """The size of `a` with the sign of `b`; real arithmetic has no negative zero."""
        return abs(a) if b >= 0 else -abs(a)

    @staticmethod
    def hypot(a, b):
        """Length of (a, b)."""
        return (a * a + b * b).sqrt()

    def __getattr__(self, name):
        raise AttributeError(
            f"math.{name} or np.{name} has no meaning on balls: write it with comparisons and the functions of "
            "theorylab.replay.functions.Functions, or give the primitive an EXACT realisation"
        )


for _name in ELEMENTARY:
    setattr(Functions, _name, staticmethod(_scalar(_name)))
for _alias, _name in (("arcsin", "asin"), ("arccos", "acos"), ("arctan", "atan"), ("arcsinh", "asinh"),
                      ("arccosh", "acosh"), ("arctanh", "atanh")):  # fmt: skip
    setattr(Functions, _alias, getattr(Functions, _name))

#: The one instance that lifted kernels see.
FUNCTIONS = Functions()
