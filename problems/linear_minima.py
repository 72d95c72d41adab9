r"""Minima of means of absolute and of hinge losses of linear functions, from both sides: a point and a dual bound.

.. math:: \min_x \frac1n\sum_i|\langle a_i,x\rangle-b_i| = \max_{|y_i|\le1,\ A^Ty=0}-\frac1n\langle b,y\rangle,\qquad
   \min_w \frac1n\sum_i\max(0,1-\langle z_i,w\rangle) = \max_{0\le y_i\le1,\ Z^Ty=0}\frac1n\sum_iy_i.

References
----------
.. [1] S. Boyd, L. Vandenberghe (2004), Convex Optimization, section 5.2. [secondary] The duals and the refinement of
   both sides on the active rows are ours. [derived]
"""

import functools
from typing import NamedTuple

import numpy as np

#: Admitted distance of the two sides, relative to the mean loss at the origin.
GAP = 1e-11
_INSIDE = 1e-8


class Minimum(NamedTuple):
    """A minimum with its witnesses.

    Parameters
    ----------
    value : float
        The mean loss at `x`, which is not below the minimum but for the rounding of this one evaluation.
    lower : float
        The dual bound, not above the minimum among points no longer than `x`, but for rounding.
    x : ndarray, shape (d,)
        A minimiser; the one of several that the linear program's solver came to.
    """

    value: float
    lower: float
    x: np.ndarray


def least_absolute(a, b) -> Minimum:
    r"""The minimum of :math:`\frac1n\sum_i|\langle a_i, x\rangle - b_i|`; computed once for equal data.

    Raises
    ------
    ArithmeticError
        If the two sides stay apart.
    """
    a, b = np.ascontiguousarray(a, dtype=float), np.ascontiguousarray(b, dtype=float)
    return _absolute(a.tobytes(), b.tobytes(), a.shape)


def least_hinge(z) -> Minimum:
    r"""The minimum of :math:`\frac1n\sum_i\max(0, 1-\langle z_i, w\rangle)`; computed once for equal data.

    Raises
    ------
    ArithmeticError
        If the two sides stay apart.
    """
    z = np.ascontiguousarray(z, dtype=float)
    return _hinge(z.tobytes(), z.shape)


@functools.lru_cache(maxsize=64)
def _absolute(a: bytes, b: bytes, shape) -> Minimum:
    a, b = np.frombuffer(a).reshape(shape), np.frombuffer(b)
    x, y = _solved(-b, a, (-1.0, 1.0))
    active = np.abs(y) < 1.0 - _INSIDE  # on these rows the residual is zero, on the others y is its sign
    x = x + _least(a[active], b[active] - a[active] @ x)
    y[~active] = np.sign(y[~active])
    y[active] += _least(a[active].T, -(a.T @ y))
    y = y / max(1.0, np.abs(y).max())
    lower = (-(b @ y) - np.linalg.norm(a.T @ y) * np.linalg.norm(x)) / len(b)
    return _certified(float(np.abs(a @ x - b).mean()), float(lower), x, float(np.abs(b).mean()))


@functools.lru_cache(maxsize=64)
def _hinge(z: bytes, shape) -> Minimum:
    z = np.frombuffer(z).reshape(shape)
    x, y = _solved(np.ones(len(z)), z, (0.0, 1.0))
    x = -x
    active = (y > _INSIDE) & (y < 1.0 - _INSIDE)  # of margin 1; elsewhere y is 0 above it and 1 below
    x = x + _least(z[active], 1.0 - z[active] @ x)
    y[~active] = np.round(y[~active])
    y[active] += _least(z[active].T, -(z.T @ y))
    y = np.clip(y, 0.0, 1.0)
    lower = (y.sum() - np.linalg.norm(z.T @ y) * np.linalg.norm(x)) / len(z)
    return _certified(float(np.maximum(0.0, 1.0 - z @ x).mean()), float(lower), x, 1.0)


def _solved(gain, rows, bounds):
    """The largest <gain, y> over y within the bounds with rows^T y = 0: multipliers of the equations, and y."""
    from scipy.optimize import linprog

    found = linprog(-gain, A_eq=rows.T, b_eq=np.zeros(rows.shape[1]), bounds=bounds, method="highs")
    if found.status != 0:
        raise ArithmeticError(f"the linear program of {len(rows)} rows was not solved: {found.message}")
    return found.eqlin.marginals, np.array(found.x)


def _least(matrix, right):
    """The least solution of the equations, zero where there are none."""
    return np.linalg.lstsq(matrix, right)[0] if matrix.size else np.zeros(matrix.shape[1])


def _certified(value, lower, x, size) -> Minimum:
    if not -GAP * size <= value - lower <= GAP * size:
        raise ArithmeticError(
            f"the least mean loss is known to lie between {lower!r} and {value!r} only; the two have to agree to "
            f"{GAP * size:g}; scale the columns to one size"
        )
    x.flags.writeable = False  # the record is shared by all who ask
    return Minimum(value, lower, x)
