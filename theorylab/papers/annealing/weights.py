r"""The weighted last-iterate inequality on finite schedules, its weights chosen so that only the last gap is left."""

import math

import numpy as np
from numba import njit
from scipy import optimize

from theorylab.runs import BadInput


@njit(cache=True)
def weighted_bound(etas, last, v_last):
    r"""Bound on the gap of x_T for D = G = 1: :math:`(v_0^2 + \sum_k \eta_k^2 v_k^2)/(2\eta_T v_{T-1})`.

    The weights run backwards from v_T = 1: with :math:`s = \sum_{i\ge k}\eta_i v_i`,
    :math:`v_{k-1} = v_k - \eta_k v_k^2/s` kills the coefficient of the k-th gap.

    Parameters
    ----------
    etas : ndarray, shape (T-1,)
        Stepsizes of the run.
    last, v_last : float
        The free eta_T > 0 and v_{T-1} in (0, 1).

    References
    ----------
    [derived], in the manner of Zamani and Glineur, arXiv:2307.11134.
    """
    left, v, total = last, v_last, last * last
    for k in range(etas.size - 1, -1, -1):
        step = etas[k] * v
        left += step
        total += step * step
        v -= step * v / left
    return (v * v + total) / (2.0 * last * v_last)


def tuned_weighted_bound(shape, starts=((0.0, 0.0, 0.0), (0.5, -1.0, 1.0), (-0.5, 1.0, -1.0))) -> float:
    r""":math:`\sqrt T` times the least `weighted_bound` over base stepsize, eta_T and v_{T-1}, T = len(shape) + 1.

    Parameters
    ----------
    shape : array_like, shape (T-1,)
        The schedule h at the T-1 steps, positive.
    starts : sequence of triples
        Where the searches begin: log of base stepsize times sqrt T, log of eta_T over the last step, logit of v_{T-1}.

    Raises
    ------
    BadInput
        If the schedule is not positive.
    RuntimeError
        If the searches do not agree on the least value.
    """
    shape = np.asarray(shape, dtype=float)
    if shape.ndim != 1 or shape.size < 2 or not (np.isfinite(shape) & (shape > 0)).all():
        raise BadInput("the schedule has to be a row of at least two positive finite numbers, one for each step")
    root = math.sqrt(shape.size + 1)

    def of(at):
        base, last, v_last = math.exp(at[0]) / root, math.exp(at[1]), 1 / (1 + math.exp(-at[2]))
        return root * weighted_bound(base * shape, base * shape[-1] * last, v_last)

    options = {"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000, "maxfev": 8000}
    found = sorted(float(optimize.minimize(of, start, method="Nelder-Mead", options=options).fun) for start in starts)
    if found[1] - found[0] > 1e-7:
        raise RuntimeError(f"the searches for the least bound end at {', '.join(f'{value:.9g}' for value in found)}")
    return found[0]
