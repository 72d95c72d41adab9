r"""Slopes in one variable: where SGD pays the price of a wrong learning rate in full.

References
----------
.. [1] A. Attia, T. Koren (2025), arXiv:2503.09411, on SGD with annealed learning rates. The instances are ours.
   [derived]
"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline, uniform

from .facts import Fact
from .formulas import rational
from .powers import line_dimension, line_distance
from .ranges import positive
from .ravines import nothing


@inline
def coin(bias, k, stream):
    """1 with probability (1 + bias)/2, else -1."""
    return 1.0 if uniform(stream, k) < 0.5 * (1.0 + bias) else -1.0


@inline
def _slope(problem, work, x, g):
    return problem.eps * x[0], (problem.eps,)


@inline
def _slope_draw(problem, work, x, g, k, stream):
    sign = coin(problem.eps, k, stream)
    return sign * x[0], (sign,)


@inline
def _unit_interval(problem, x):
    return (min(max(x[0], 0.0), 1.0),)


@inline
def sign_of(u):
    """The subgradient of |u| that is -1 at 0."""
    return 1.0 if u > 0.0 else -1.0


@inline
def _cusp(problem, work, x, g):
    return problem.eps * abs(x[0]), (problem.eps * sign_of(x[0]),)


@inline
def _cusp_draw(problem, work, x, g, k, stream):
    sign = coin(problem.eps, k, stream)
    return sign * abs(x[0]), (sign * sign_of(x[0]),)


def _bias_faults(self) -> list[str]:
    """A sentence unless 0 < eps <= 1."""
    if faults := positive(self, "eps"):
        return faults
    return [] if self.eps <= 1 else [f"{type(self).__name__}.eps is {self.eps}; it has to be at most 1"]


def _one(self) -> np.ndarray:
    """Default start, shape (1,)."""
    return np.ones(1)


def line_facts(where: str, order: int, lipschitz: float) -> dict[str, Fact]:
    """What these problems share; G bounds the draws, :math:`E|g|^2 \\le G^2`."""
    return {
        "f_star": Fact(0.0),
        "x_star": Fact(np.zeros(1), where),
        "growth_order": Fact(order, "at the minimiser"),
        "G": Fact(lipschitz),
    }


class NoisySlope(NamedTuple):
    r""":math:`f(x) = \varepsilon x` on [0, 1], g = 1 with probability :math:`(1+\varepsilon)/2`, else -1.

    G = D = 1. The worst :math:`\varepsilon` falls with the number of steps T as :math:`e/\sqrt T`.

    Parameters
    ----------
    eps : float
        :math:`0 < \varepsilon \le 1`, the mean of g.
    """

    eps: float = 0.01

    kernel = staticmethod(_slope)
    draw = staticmethod(_slope_draw)
    project = staticmethod(_unit_interval)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    distance = line_distance
    start = property(_one)
    faults = _bias_faults

    @classmethod
    def examples(cls) -> list["NoisySlope"]:
        """Instances for the property suite."""
        return [cls(), cls(0.25)]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return line_facts("the end of the domain, no stationary point", 1, 1.0) | {"diameter": Fact(1.0)}

    def expression(self):
        """Symbol x and the gap on the domain, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.eps) * x


class NoisyAbs(NamedTuple):
    r""":math:`f(x) = \varepsilon|x|` on the line, g = sign(x) times a sign of mean :math:`\varepsilon`; no domain.

    G = 1, and nothing bounds the distance to the minimiser: not the diameter that a bound asks for.

    Parameters
    ----------
    eps : float
        :math:`0 < \varepsilon \le 1`.
    """

    eps: float = 0.01

    kernel = staticmethod(_cusp)
    draw = staticmethod(_cusp_draw)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    distance = line_distance
    start = property(_one)
    faults = _bias_faults

    @classmethod
    def examples(cls) -> list["NoisyAbs"]:
        """Instances for the property suite."""
        return [cls(), cls(0.25)]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return line_facts("the only minimiser, a kink", 1, 1.0)

    def expression(self):
        """Symbol x and the gap, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.eps) * sp.Abs(x)


class Slope(NamedTuple):
    r""":math:`f(x) = \varepsilon x` on [0, 1] with its exact gradient: small learning rates do not get far. D = 1.

    Parameters
    ----------
    eps : float
        Positive.
    """

    eps: float = 0.01

    kernel = staticmethod(_slope)
    project = staticmethod(_unit_interval)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    distance = line_distance
    start = property(_one)

    @classmethod
    def examples(cls) -> list["Slope"]:
        """Instances for the property suite."""
        return [cls(), cls(0.25)]

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return line_facts("the end of the domain, no stationary point", 1, self.eps) | {"diameter": Fact(1.0)}

    def expression(self):
        """Symbol x and the gap on the domain, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.eps) * x

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "eps")
