"""Minimisers of smooth convex functions in float64, with a bound on what they miss."""

import math

import numpy as np

#: Largest entry of the gradient at which Newton takes over.
_ROUGH = 1e-6
#: Newton steps after the quasi-Newton search: each doubles the digits, so a few are plenty.
_NEWTON_STEPS = 30


def minimiser(value_grad, hessian, start) -> np.ndarray:
    r"""The point where the gradient is down to rounding: L-BFGS, then Newton steps as long as :math:`|\nabla f|` falls.

    Parameters
    ----------
    value_grad : callable
        ``value_grad(x)``: f and its gradient, shape (d,).
    hessian : callable
        ``hessian(x)``: positive definite, shape (d, d).
    start : array_like, shape (d,)
    """
    from scipy.linalg import cho_factor, cho_solve
    from scipy.optimize import minimize
    from threadpoolctl import threadpool_limits

    options = {"maxiter": 20_000, "maxfun": 40_000, "maxcor": 30, "ftol": 0.0, "gtol": _ROUGH}
    with threadpool_limits(1, "blas"):  # the products are small: threads would wait for each other
        x = minimize(value_grad, start, jac=True, method="L-BFGS-B", options=options).x
        g = value_grad(x)[1]
        for _ in range(_NEWTON_STEPS):
            nearer = x - cho_solve(cho_factor(hessian(x)), g)
            slope = value_grad(nearer)[1]
            if not np.linalg.norm(slope) < np.linalg.norm(g):
                break
            x, g = nearer, slope
    return x


def excess(slope: float, curvature: float, turn: float) -> float:
    r"""A bound on :math:`f(x) - \min f` from :math:`|\nabla f(x)|`; infinite beyond its reach. [derived]

    Where the third derivatives along every unit vector are at most `turn` R times the second ones, f grows from x at
    least as :math:`\langle g, d\rangle + \mu|d|^2\,(e^{-s} - 1 + s)/s^2`, s = R |d|. At s = 1 that is positive once
    :math:`|g| < \mu/(eR)`, so a minimiser lies within 1/R, and there f is above :math:`f(x) - e|g|^2/(4\mu)`.

    Parameters
    ----------
    slope, curvature : float
        Norm of the gradient, and the least eigenvalue :math:`\mu` of the Hessian, at x.
    turn : float
        R: for a logistic loss of linear functions the largest norm of a row; 0 for a function whose Hessian is at
        least :math:`\mu` everywhere, with the bound :math:`|g|^2/(2\mu)`.
    """
    if turn == 0.0:
        return slope * slope / (2.0 * curvature)
    near = curvature > 0.0 and slope < curvature / (math.e * turn)
    return math.e * slope * slope / (4.0 * curvature) if near else math.inf
