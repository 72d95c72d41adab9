r"""The maximal margin of a set of points, from both sides: a direction that has it and a dual bound.

.. math:: \gamma = \max_{|w| \le 1} \min_i \langle z_i, w\rangle = \min_{a \ge 0,\ \sum a_i = 1} \Bigl|\sum_i a_i
   z_i\Bigr|

References
----------
.. [1] C. L. Lawson, R. J. Hanson (1974), Solving Least Squares Problems, chapter 23: least distance programming. The
   scaling of the last row and the refinement are ours. [derived]
"""

import functools
from typing import NamedTuple

import numpy as np

#: A dual point of at most this share of the largest norm is the origin: no margin can be told from none there.
NEGLIGIBLE = 1e-12
#: Admitted relative distance of the two bounds.
GAP = 1e-9
_PASSES = 8


class MaxMargin(NamedTuple):
    r"""The maximal margin :math:`\gamma` with its witnesses.

    Parameters
    ----------
    gamma : float
        :math:`\min_i \langle z_i, w\rangle` at the direction w, which is below the maximal margin but for the
        rounding of this one product; 0 where no direction has a positive margin.
    upper : float
        :math:`|\sum_i a_i z_i|`, above the maximal margin but for rounding.
    direction : ndarray, shape (d,)
        The unit vector w; zero where no direction has a positive margin.
    support : ndarray of int
        Rows with :math:`a_i > 0`: the support vectors, all of margin gamma; without a margin, the rows whose convex
        hull holds the origin.
    """

    gamma: float
    upper: float
    direction: np.ndarray
    support: np.ndarray


def max_margin(z) -> MaxMargin:
    """The maximal margin of the rows of `z`; computed once for equal rows.

    Parameters
    ----------
    z : array_like, shape (n, d)
        Points, finite.

    Raises
    ------
    ArithmeticError
        If the bounds stay further apart than 1e-9 of the upper one.
    """
    z = np.ascontiguousarray(z, dtype=float)
    return _solve(z.tobytes(), z.shape)


@functools.lru_cache(maxsize=256)
def _solve(data: bytes, shape: tuple[int, int]) -> MaxMargin:
    z = np.frombuffer(data).reshape(shape)
    size = np.linalg.norm(z, axis=1).max()
    if size == 0.0:
        return _record(0.0, 0.0, np.zeros(shape[1]), np.array([0]))
    gamma, upper, level = -np.inf, np.inf, 1.0
    direction, dual = np.zeros(shape[1]), np.zeros(shape[0])
    for _ in range(_PASSES):
        for w, a in _candidates(z / size, level):
            if (margin := (z @ w).min()) > gamma:
                gamma, direction = margin, w
            if (norm := np.linalg.norm(a @ z)) < upper:
                upper, dual = norm, a
        level = upper / size
        if level <= NEGLIGIBLE:
            return _record(0.0, upper, np.zeros(shape[1]), np.flatnonzero(dual))
        if upper - gamma <= GAP * upper:
            return _record(gamma, upper, direction, np.flatnonzero(dual))
    raise ArithmeticError(
        f"the maximal margin of {shape[0]} points is {upper:.6g}, known to {1.0 - gamma / upper:.1g} of itself; it "
        f"has to be known to {GAP:g}; margins below about 1e-7 of the largest norm are lost in rounding: scale up the "
        "coordinates that separate the points"
    )


def _record(gamma, upper, direction, support) -> MaxMargin:
    direction.flags.writeable = support.flags.writeable = False  # the record is shared by all who ask
    return MaxMargin(float(gamma), float(upper), direction, support)


def _unit(x) -> np.ndarray:
    """x/|x|; zero stays zero, which has margin zero."""
    norm = np.linalg.norm(x)
    return x / norm if norm > 0.0 else x


def _candidates(z, level):
    r"""Pairs (unit w, dual a): from the least :math:`|x|` with :math:`\langle z_i, x\rangle \ge` level, and refined.

    The residual r of :math:`\min_{b \ge 0} |[z^T; \mathrm{level}\,1^T] b - e_{d+1}|` is parallel to (x, -1) [1]_. Its
    last entry is :math:`-\gamma^2/(\gamma^2 + \mathrm{level}^2)`: lost in rounding unless the level is near gamma.
    """
    from scipy.optimize import nnls

    rows, d = z.shape
    b, _ = nnls(np.vstack([z.T, np.full(rows, level)]), np.append(np.zeros(d), 1.0), maxiter=30 * (rows + d))
    dual = b / b.sum()
    yield _unit(dual @ z), dual
    # On the support the margins are equal: the least x of the equations, and its coefficients in the support.
    support = np.flatnonzero(b)
    x = np.linalg.lstsq(z[support], np.ones(support.size))[0]
    coefficients = np.linalg.lstsq(z[support].T, x)[0].clip(min=0.0)
    if coefficients.any():
        refined = np.zeros(rows)
        refined[support] = coefficients / coefficients.sum()
        yield _unit(x), refined
