r"""One variable, a bounded domain and noise: where the price of a wrong learning rate is paid in full.

References
----------
.. [1] A. Attia, T. Koren (2025), arXiv:2503.09411, on SGD with annealed learning rates. The instances are ours.
   [derived]
"""

import math
from numbers import Real
from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline, uniform

from .facts import Fact
from .formulas import rational
from .powers import line_dimension, line_distance
from .ranges import positive
from .ravines import nothing


@inline
def _coin(bias, k, stream):
    """1 with probability (1 + bias)/2, else -1."""
    return 1.0 if uniform(stream, k) < 0.5 * (1.0 + bias) else -1.0


@inline
def _slope(problem, work, x, g):
    return problem.eps * x[0], (problem.eps,)


@inline
def _slope_draw(problem, work, x, g, k, stream):
    coin = _coin(problem.eps, k, stream)
    return coin * x[0], (coin,)


@inline
def _unit_interval(problem, x):
    return (min(max(x[0], 0.0), 1.0),)


@inline
def _half_interval(problem, x):
    return (min(max(x[0], -0.5), 0.5),)


@inline
def _sign(u):
    """The subgradient of |u| that is -1 at 0."""
    return 1.0 if u > 0.0 else -1.0


@inline
def _cusp(problem, work, x, g):
    return problem.eps * abs(x[0]), (problem.eps * _sign(x[0]),)


@inline
def _cusp_draw(problem, work, x, g, k, stream):
    coin = _coin(problem.eps, k, stream)
    return coin * abs(x[0]), (coin * _sign(x[0]),)


@inline
def _absolute(problem, work, x, g):
    return problem.slope * abs(x[0]), (problem.slope * _sign(x[0]),)


@inline
def _bowl(problem, work, x, g):
    return 0.5 * problem.beta * (x[0] * x[0]), (problem.beta * x[0],)


@inline
def _bowl_draw(problem, work, x, g, k, stream):
    noise = problem.sigma * _coin(0.0, k, stream)
    return (0.5 * problem.beta * x[0] + noise) * x[0], (problem.beta * x[0] + noise,)


def _bias_faults(self) -> list[str]:
    """A sentence unless 0 < eps <= 1."""
    if faults := positive(self, "eps"):
        return faults
    return [] if self.eps <= 1 else [f"{type(self).__name__}.eps is {self.eps}; it has to be at most 1"]


def _one(self) -> np.ndarray:
    """Default start, shape (1,)."""
    return np.ones(1)


def _facts(where: str, order: int, lipschitz: float) -> dict[str, Fact]:
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
        return _facts("the end of the domain, no stationary point", 1, 1.0) | {"diameter": Fact(1.0)}

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
        return _facts("the only minimiser, a kink", 1, 1.0)

    def expression(self):
        """Symbol x and the gap, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.eps) * sp.Abs(x)


class BoundedAbs(NamedTuple):
    r""":math:`f(x) = G|x|` on [-1/2, 1/2], without noise; the subgradient at 0 is -G. D = 1.

    Parameters
    ----------
    slope : float
        G > 0.
    """

    slope: float = 1.0

    kernel = staticmethod(_absolute)
    project = staticmethod(_half_interval)
    workspace = staticmethod(nothing)
    restless = True
    dimension = property(line_dimension)
    distance = line_distance

    @classmethod
    def examples(cls) -> list["BoundedAbs"]:
        """Instances for the property suite."""
        return [cls(), cls(3.0)]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.array([0.5])

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return _facts("the only minimiser, a kink", 1, self.slope) | {"diameter": Fact(1.0)}

    def expression(self):
        """Symbol x and the gap, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.slope) * sp.Abs(x)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "slope")


class BoundedQuadratic(NamedTuple):
    r""":math:`f(x) = \tfrac\beta2 x^2` on [-1/2, 1/2], :math:`g = \beta x \pm \sigma` with equal probabilities. D = 1.

    Parameters
    ----------
    beta : float
        Positive.
    sigma : float
        Standard deviation of the noise, at least 0; 0 is the exact gradient.
    """

    beta: float = 1.0
    sigma: float = 0.0

    kernel = staticmethod(_bowl)
    draw = staticmethod(_bowl_draw)
    project = staticmethod(_half_interval)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    distance = line_distance

    @classmethod
    def examples(cls) -> list["BoundedQuadratic"]:
        """Instances for the property suite."""
        return [cls(), cls(2.5, 0.5)]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.array([0.3])

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        beta = self.beta
        return _facts("the only minimiser", 2, math.hypot(0.5 * beta, self.sigma)) | {
            "smoothness": Fact("analytic"),
            "hessian_eigenvalues": Fact(np.array([beta]), "at the minimiser"),
            "L": Fact(beta),
            "sigma": Fact(self.sigma),
            "diameter": Fact(1.0),
        }

    def expression(self):
        """Symbol x and the gap, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.beta) / 2 * x**2

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = positive(self, "beta")
        if not (isinstance(self.sigma, Real) and 0 <= self.sigma < math.inf):
            faults.append(f"BoundedQuadratic.sigma is {self.sigma}; it has to be a finite number of at least 0")
        return faults
