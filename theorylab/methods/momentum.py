r"""Gradient descent with memory of where it was going.

References
----------
.. [1] B. T. Polyak (1964), Some methods of speeding up the convergence of iteration methods. [secondary]
"""

import math
from typing import NamedTuple

from problems.ranges import finite, positive
from theorylab.kernels import Point, axpy, fill, inline, scale, value_grad


class Velocity(NamedTuple):
    """What momentum remembers: the last move v, a vector like the iterate."""

    v: object


@inline
def _init(method, x):
    return Velocity(fill(x, 0.0))


@inline
def _step(method, oracle, at, memory, k, stream):
    v = axpy(-method.stepsize, at.g, scale(method.momentum, memory.v))
    x = axpy(1.0, v, at.x)
    f, g = value_grad(oracle, x, at.g)
    return Point(x, f, g), Velocity(v)


@inline
def _columns(method, at, memory):
    return (method.stepsize,)


class HeavyBall(NamedTuple):
    r""":math:`v_{k+1} = \beta v_k - \eta\nabla f(x_k)`, :math:`x_{k+1} = x_k + v_{k+1}`, :math:`v_0 = 0` [1]_.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`.
    momentum : float
        :math:`0 \le \beta < 1`; 0 is gradient descent.
    """

    stepsize: float
    momentum: float

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ("stepsize",)
    needs = ()

    def patience(self) -> int:
        r"""Null steps in a row after which nothing can change any more.

        While x rests, v tends to :math:`-\eta\nabla f/(1-\beta)` as :math:`\beta^k`: a ball at its turning point
        starts again before the old velocity is below rounding, :math:`\beta^k \le 2^{-53}`, or never.
        """
        return 1 + (math.ceil(53 * math.log(2) / -math.log(self.momentum)) if self.momentum > 0 else 0)

    def faults(self):
        """Sentences that say which field is out of its range."""
        faults = positive(self, "stepsize") + finite(self, "momentum")
        if not faults and not 0 <= self.momentum < 1:
            return [f"HeavyBall.momentum is {self.momentum}; it has to be at least 0 and below 1"]
        return faults
