r"""The absolute value and the parabola on an interval: a domain without which a wrong learning rate would diverge.

References
----------
.. [1] A. Attia, T. Koren (2025), arXiv:2503.09411, on SGD with annealed learning rates. The instances are ours.
   [derived]
"""

import math
from numbers import Real
from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline

from .facts import Fact
from .formulas import rational
from .noisy_slopes import coin, line_facts, sign_of
from .powers import line_dimension, line_distance
from .ranges import positive
from .ravines import nothing


@inline
def _half_interval(problem, x):
    return (min(max(x[0], -0.5), 0.5),)


@inline
def _absolute(problem, work, x, g):
    return problem.slope * abs(x[0]), (problem.slope * sign_of(x[0]),)


@inline
def _bowl(problem, work, x, g):
    return 0.5 * problem.beta * (x[0] * x[0]), (problem.beta * x[0],)


@inline
def _bowl_draw(problem, work, x, g, k, stream):
    noise = problem.sigma * coin(0.0, k, stream)
    return (0.5 * problem.beta * x[0] + noise) * x[0], (problem.beta * x[0] + noise,)


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
        return line_facts("the only minimiser, a kink", 1, self.slope) | {"diameter": Fact(1.0)}

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
        return line_facts("the only minimiser", 2, math.hypot(0.5 * beta, self.sigma)) | {
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
