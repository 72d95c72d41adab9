r"""Gradient descent on a transformed loss: adaptive stepsizes that grow as the loss falls. [derived]

References
----------
.. [1] R. Zhang, J. Wu, L. Lin, P. L. Bartlett (2025), Minimax optimal convergence of gradient descent in logistic
   regression via large and adaptive stepsizes, arXiv:2504.04105. [secondary]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import axpy, fill, inline, one_call, settled


class Averages(NamedTuple):
    """Steps done, and sums over k < t of the iterates and of the transformed losses."""

    steps: float
    x_sum: object
    value_sum: float


@inline
def _init(method, x):
    return Averages(0.0, fill(x, 0.0), 0.0)


@inline
def _remembered(memory, x, value):
    return Averages(memory.steps + 1.0, axpy(1.0, x, memory.x_sum), memory.value_sum + value)


@inline
def _mean(memory):
    return memory.value_sum / (memory.steps if memory.steps > 0.0 else 1.0)


@inline
def _log_move(method, oracle, at, memory, k, stream):
    memory = _remembered(memory, at.x, math.log(at.f))
    return axpy(-method.stepsize / at.f, at.g, at.x), memory


@inline
def _log_columns(method, at, memory):
    return method.stepsize / at.f, _mean(memory)


class LogGD(NamedTuple):
    r"""Gradient descent on :math:`\ln f`: :math:`x_{k+1} = x_k - (\eta/f(x_k))\nabla f(x_k)` [1]_.

    With the exponential loss f = F this is `adaptive_exp`; with the logistic loss and :math:`\eta\le 1` the loss never
    increases, since ln L is 1-smooth. Columns: the stepsize, and `mean_value`, the mean of :math:`\ln f(x_k)` over
    k < t. The memory holds the sum of the iterates.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`.
    """

    stepsize: float

    init = staticmethod(_init)
    step = staticmethod(one_call)
    move = staticmethod(_log_move)
    settle = staticmethod(settled)
    columns = staticmethod(_log_columns)
    column_names = ("stepsize", "mean_value")
    needs = ()

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more."""
        return 1

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "stepsize")


@inline
def _expm1_move(method, oracle, at, memory, k, stream):
    share = -math.expm1(-at.f)
    memory = _remembered(memory, at.x, at.f + math.log(share))
    return axpy(-method.stepsize / share, at.g, at.x), memory


@inline
def _expm1_columns(method, at, memory):
    return method.stepsize / -math.expm1(-at.f), _mean(memory)


class LogExpm1GD(NamedTuple):
    r"""Gradient descent on :math:`\phi = \ln(e^f - 1)`: the stepsize is :math:`\eta/(1 - e^{-f})` [1]_.

    With the logistic loss this is `adaptive_log`. Columns: the stepsize, and `mean_value`, the mean of
    :math:`\phi(x_k)` over k < t. The memory holds the sum of the iterates.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`.
    """

    stepsize: float

    init = staticmethod(_init)
    step = staticmethod(one_call)
    move = staticmethod(_expm1_move)
    settle = staticmethod(settled)
    columns = staticmethod(_expm1_columns)
    column_names = ("stepsize", "mean_value")
    needs = ()

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more."""
        return 1

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "stepsize")
