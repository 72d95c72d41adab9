"""A loss whose infimum is attained nowhere. [derived]"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline

from .facts import Fact
from .ravines import nothing


@inline
def logistic(u):
    r""":math:`\log(1 + e^{-u})` and its derivative, relative error a few units of rounding at any u."""
    # The exponential of -|u| never overflows, and what it is added to never cancels.
    e = math.exp(-abs(u))
    slope = -(e if u >= 0.0 else 1.0) / (1.0 + e)
    return max(-u, 0.0) + math.log1p(e), slope


@inline
def _logistic(problem, work, x, g):
    loss, slope = logistic(x[0])
    return loss, (slope,)


class LogisticTail(NamedTuple):
    r""":math:`f(x) = \log(1 + e^{-x})`: the infimum 0 lies at infinity, where gradient descent goes as :math:`\log k`.

    There is no minimiser: no fact x_star, no `distance`. The relative error stays a few units of rounding for all x.
    """

    kernel = staticmethod(_logistic)
    workspace = staticmethod(nothing)

    @classmethod
    def examples(cls) -> list["LogisticTail"]:
        """Instances for the property suite."""
        return [cls()]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return 1

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.zeros(1)

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return {"f_star": Fact(0.0, "the infimum, attained nowhere"), "smoothness": Fact("analytic"), "L": Fact(0.25)}

    def expression(self):
        """Symbol x and the gap."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sp.log(1 + sp.exp(-x))

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []
