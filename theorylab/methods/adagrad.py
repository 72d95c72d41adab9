r"""Gradient descent whose stepsize shrinks with the gradients seen.

References
----------
.. [1] R. Ward, X. Wu, L. Bottou (2019), AdaGrad stepsizes: sharp convergence over nonconvex landscapes,
   arXiv:1806.01811, algorithm 1. [secondary]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import Point, axpy, inline, norm2, value_grad


class Sum(NamedTuple):
    r"""What AdaGrad-Norm remembers: :math:`b_k^2`, the sum of the squared gradient norms and of :math:`b_0^2`."""

    square: float


@inline
def _init(method, x):
    return Sum(method.b0 * method.b0)


@inline
def _step(method, oracle, at, memory, k, stream):
    square = memory.square + norm2(at.g)
    x = axpy(-method.stepsize / math.sqrt(square), at.g, at.x)
    f, g = value_grad(oracle, x, at.g)
    return Point(x, f, g), Sum(square)


@inline
def _columns(method, at, memory):
    return (method.stepsize / math.sqrt(memory.square + norm2(at.g)),)


class AdaGradNorm(NamedTuple):
    r""":math:`b_{k+1}^2 = b_k^2 + |\nabla f(x_k)|^2`, :math:`x_{k+1} = x_k - \frac{\eta}{b_{k+1}}\nabla f(x_k)` [1]_.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`, the most that one step moves (units of x).
    b0 : float
        :math:`b_0 > 0` (units of the gradient).
    """

    stepsize: float
    b0: float

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ("stepsize",)
    needs = ()

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more: at rest the stepsize only shrinks."""
        return 1

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "stepsize", "b0")
