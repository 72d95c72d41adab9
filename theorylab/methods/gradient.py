"""Gradient descent with a constant stepsize."""

from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import axpy, inline, one_call, settled


@inline
def nothing(method, x):
    """The memory of a method that needs none."""
    return ()


@inline
def _move(method, oracle, at, memory, k, stream):
    return axpy(-method.stepsize, at.g, at.x), memory


@inline
def _columns(method, at, memory):
    return (method.stepsize,)


class GD(NamedTuple):
    r""":math:`x_{k+1} = x_k - \eta \nabla f(x_k)`.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`.
    """

    stepsize: float

    init = staticmethod(nothing)
    step = staticmethod(one_call)
    move = staticmethod(_move)
    settle = staticmethod(settled)
    columns = staticmethod(_columns)
    column_names = ("stepsize",)
    needs = ()

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more."""
        return 1

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "stepsize")
