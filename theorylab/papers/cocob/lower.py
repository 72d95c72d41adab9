"""The lower bound of every algorithm's regret as a number, from exact binomial tails in logarithms."""

import numpy as np
from scipy.special import gammaln

from theorylab.papers.cocob.derivations import lower_bound
from theorylab.runs import BadInput
from theorylab.theory.evaluate import value

_LEAST_LOG = -690.0  # further out 1/P leaves the range of float64


def log_tails(rounds: int) -> tuple[np.ndarray, np.ndarray]:
    r"""x and :math:`\ln P(|S_T| \ge x)` for all x >= 0 of T's parity, S_T a sum of T fair signs.

    Parameters
    ----------
    rounds : int
        T >= 1.

    Returns
    -------
    x, log_p : (floor(T/2) + 1,) ndarray
        x rises, log_p falls; accurate to about 1e-16 T ln T, the rounding of ln T!.

    Raises
    ------
    BadInput
        If T is no positive integer.
    """
    if not (isinstance(rounds, int | np.integer) and rounds >= 1):
        raise BadInput(f"rounds is {rounds!r}; it has to be a positive integer, the number of coins")
    heads = np.arange((rounds + 1) // 2, rounds + 1, dtype=float)
    x = 2 * heads - rounds
    log_one = gammaln(rounds + 1.0) - gammaln(heads + 1) - gammaln(rounds - heads + 1) - rounds * np.log(2.0)
    log_one += np.where(x > 0, np.log(2.0), 0.0)  # both signs of S_T
    return x, np.minimum(np.logaddexp.accumulate(log_one[::-1])[::-1], 0.0)


def least_regret(rounds: int, u, epsilon: float = 1.0) -> np.ndarray:
    r"""Regret at distance u that no algorithm avoids on all streams of coins in [-1, 1]: [derived]

    .. math:: \varepsilon + \max_x\, x|u| - \varepsilon/P(|S_T| \ge x).

    Holds for algorithms with regret at most epsilon at u = 0.

    Parameters
    ----------
    rounds : int
        T >= 1.
    u : float or array_like
        Distances from the first iterate, of any sign.
    epsilon : float
        Positive.

    Returns
    -------
    ndarray
        Of the shape of u.

    Raises
    ------
    BadInput
        If T is no positive integer, epsilon not positive, or u not finite.
    """
    return best_place(rounds, u, epsilon)[1]


def best_place(rounds: int, u, epsilon: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """The x that gives the most, and what it gives: see `least_regret`."""
    distance = np.abs(np.asarray(u, dtype=float))
    if not (np.isfinite(epsilon) and epsilon > 0):
        raise BadInput(f"epsilon is {epsilon}; it has to be a positive finite number, the initial wealth")
    if not np.isfinite(distance).all():
        raise BadInput("u holds a value that is not finite; it has to be a distance, or an array of distances")
    x, log_p = log_tails(rounds)
    within = log_p > _LEAST_LOG  # fewer x make the bound weaker, not wrong
    x, tail = x[within], np.exp(log_p[within])
    found = [_best(x, tail, one, epsilon) for one in distance.ravel()]
    places, values = np.array(found, dtype=float).reshape(-1, 2).T
    return places.reshape(distance.shape), values.reshape(distance.shape)


def _best(x, tail, u, epsilon):
    gains = value(lower_bound()["at_x"], x=x, u=u, epsilon=epsilon, P=tail)
    best = int(gains.argmax())
    return x[best], gains[best]
