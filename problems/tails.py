"""Functions whose infimum 0 lies at infinity. [derived]"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline

from .facts import Fact
from .formulas import rational
from .powers import line_dimension
from .ranges import positive
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


@inline
def _exp_down(problem, work, x, g):
    f = math.exp(-x[0])
    return f, (-f,)


@inline
def _algebraic(problem, work, x, g):
    square = x[0] * x[0]
    f = math.exp(-0.5 * problem.a * math.log1p(square))
    return f, (-problem.a * x[0] * f / (1.0 + square),)


def _tail_facts() -> dict[str, Fact]:
    return {"f_star": Fact(0.0, "the infimum, attained nowhere"), "smoothness": Fact("analytic")}


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
        return _tail_facts() | {"L": Fact(0.25), "L0_L1": Fact((0.0, 1.0))}

    def expression(self):
        """Symbol x and the gap."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sp.log(1 + sp.exp(-x))

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []


class ExpDown(NamedTuple):
    r""":math:`f(x) = e^{-x}`: the infimum 0 lies at infinity, where a step of length t per gradient gives f ~ 1/(tk).

    There is no minimiser: no fact x_star, no `distance`.
    """

    kernel = staticmethod(_exp_down)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)

    @classmethod
    def examples(cls) -> list["ExpDown"]:
        """Instances for the property suite."""
        return [cls()]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.zeros(1)

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return _tail_facts() | {"L0_L1": Fact((0.0, 1.0), "everywhere, with equality")}

    def expression(self):
        """Symbol x and the gap."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sp.exp(-x)

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []


class AlgebraicTail(NamedTuple):
    r""":math:`f(x) = (1+x^2)^{-a/2}`: analytic on the line, :math:`|f''| \le a`, and the infimum 0 lies at infinity.

    With stepsize t the gradient falls below :math:`\varepsilon` after about
    :math:`(a/\varepsilon)^{(a+2)/(a+1)}/(a(a+2)t)` steps. There is no minimiser: no fact x_star, no `distance`.

    Parameters
    ----------
    a : float
        Positive.
    """

    a: float = 1.0

    kernel = staticmethod(_algebraic)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)

    @classmethod
    def examples(cls) -> list["AlgebraicTail"]:
        """Instances for the property suite."""
        return [cls(), cls(0.1), cls(2.0)]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.ones(1)

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived] :math:`f'' = a\,((a+1)x^2-1)(1+x^2)^{-2-a/2}` is largest in modulus at 0."""
        return _tail_facts() | {"L": Fact(self.a), "L0_L1": Fact((self.a, 0.0))}

    def expression(self):
        """Symbol x and the gap, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), (1 + x**2) ** (-rational(self.a) / 2)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "a")
