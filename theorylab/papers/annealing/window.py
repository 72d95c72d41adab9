r"""The window lemma as numbers: the least bound over all windows for given stepsizes."""

import numpy as np

from theorylab.papers.annealing.derivations.smooth import smooth
from theorylab.papers.annealing.derivations.window import window_lemma
from theorylab.runs import BadInput


def window_bound(etas, D: float = 1.0, G: float = 1.0) -> float:
    r""":math:`\min_k \frac{D^2}{2S_k} + \frac32 G^2\sum_{t\ge k}\frac{\eta_t^2}{S_t}` with
    :math:`S_k = \sum_{t\ge k}\eta_t`.

    Bounds the mean gap of the last iterate x_{T+1} of projected SGD on a domain of diameter D. [derived]

    Parameters
    ----------
    etas : array_like, shape (T,)
        Stepsizes, positive and finite.
    D, G : float
        Diameter, and bound on the root mean square of the subgradients.

    Raises
    ------
    BadInput
        If a stepsize, D or G is not a positive number.
    """
    etas = _checked(etas, D, G)
    left = np.cumsum(etas[::-1])[::-1]
    return _least(left, etas**2 / left, window_lemma()["c2"], D, G)


def window_bound_last(etas, D: float = 1.0, G: float = 1.0) -> float:
    r"""The same for the output x_T: :math:`\min_k \frac{D^2}{2S_k} + \frac{G^2}2
    \bigl(\sum_{k\le t<T}\frac{\eta_t^2}{S_{t+1}} + \eta_T\bigr)`.

    Parameters, result and errors are those of `window_bound`; the last stepsize belongs to no step, but counts.
    """
    etas = _checked(etas, D, G)
    left = np.cumsum(etas[::-1])[::-1]
    return _least(left, etas**2 / np.append(left[1:], etas[-1]), window_lemma()["c2_last"], D, G)


def _least(left, noise, c2, D, G) -> float:
    noise = np.cumsum(noise[::-1])[::-1]
    return float(np.min(float(window_lemma()["c1"]) * D**2 / left + float(c2) * G**2 * noise))


def _checked(etas, D, G) -> np.ndarray:
    etas = np.asarray(etas, dtype=float)
    if etas.ndim != 1 or not etas.size or not (np.isfinite(etas) & (etas > 0)).all():
        raise BadInput("the stepsizes have to be a row of positive finite numbers, one for each step")
    for name, value in (("D", D), ("G", G)):
        if not (np.isfinite(value) and value > 0):
            raise BadInput(f"{name} is {value}; it has to be a positive finite number")
    return etas


class SmoothWindow:
    r"""Bound for smooth functions, D = 1: :math:`\min \frac{1}{2S_k} + \sigma^2\sum_{t\ge k}\frac{\eta_t^2}{S_t}`
    over the k with :math:`\eta_k\le 1/(2\beta)`. [derived]

    Parameters
    ----------
    shape : array_like, shape (T,)
        The schedule h at the steps, positive and not increasing.

    Raises
    ------
    BadInput
        If the schedule is not so.
    """

    def __init__(self, shape):
        shape = _checked(shape, 1.0, 1.0)
        if (np.diff(shape) > 0).any():
            raise BadInput("the schedule rises somewhere; the smooth bound needs one that does not increase")
        self._shape = shape
        self._left = np.cumsum(shape[::-1])[::-1]
        self._noise = np.cumsum((shape**2 / self._left)[::-1])[::-1]

    def bound(self, eta: float, beta: float, sigma: float) -> float:
        """The bound with the base stepsize eta; beta = 0 puts no limit on the steps.

        Raises
        ------
        BadInput
            If no step is as short as 1/(2 beta).
        """
        allowed = 2 * beta * eta * self._shape <= 1
        if not allowed.any():
            raise BadInput(f"no step is as short as 1/(2 beta) with eta={eta:g}, beta={beta:g}; take a smaller eta")
        c1, c2 = float(smooth()["c1"]), float(smooth()["c2"])
        bounds = c1 / (eta * self._left[allowed]) + c2 * sigma**2 * eta * self._noise[allowed]
        return float(bounds.min())

    def tuned(self, sigma: float) -> float:
        """The base stepsize that minimises the bound of the whole run without regard to beta."""
        c1, c2 = float(smooth()["c1"]), float(smooth()["c2"])
        return float(np.sqrt(c1 / (self._left[0] * c2 * self._noise[0])) / sigma)
