"""The strongly convex control: growth of order two in every direction."""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline

from .facts import Fact
from .flat import as_array, like
from .formulas import LARGEST, rational
from .ranges import array


@inline
def _scratch(problem):
    return np.empty(problem.eigenvalues.size), np.empty(problem.eigenvalues.size)


@inline
def _quadratic(problem, work, x, g):
    point = as_array(x, work[0])
    gradient = as_array(g, work[1])
    f = 0.0
    for i in range(problem.eigenvalues.size):
        gradient[i] = problem.eigenvalues[i] * point[i]
        f += 0.5 * gradient[i] * point[i]
    return f, like(x, gradient)


class Quadratic(NamedTuple):
    r""":math:`f(x) = \tfrac12 \sum_i \lambda_i x_i^2`, :math:`\lambda_i > 0`: plain gradient descent is linear on it.

    Parameters
    ----------
    eigenvalues : ndarray, shape (d,)
        The Hessian's eigenvalues, all positive.
    """

    eigenvalues: np.ndarray

    kernel = staticmethod(_quadratic)
    workspace = staticmethod(_scratch)

    @classmethod
    def examples(cls) -> list["Quadratic"]:
        """Instances for the property suite."""
        return [cls(np.array([1.0, 0.1])), cls(np.linspace(0.5, 3.0, 6))]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return np.size(self.eigenvalues)

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (d,)."""
        return np.full(self.dimension, 0.5)

    def facts(self) -> dict[str, Fact]:
        """Known values."""
        eigenvalues = np.sort(self.eigenvalues)
        return {
            "f_star": Fact(0.0),
            "x_star": Fact(np.zeros(self.dimension), "the only minimiser"),
            "growth_order": Fact(2),
            "smoothness": Fact("analytic"),
            "hessian_eigenvalues": Fact(eigenvalues, "everywhere, ascending"),
            "L": Fact(float(eigenvalues[-1])),
            "mu": Fact(float(eigenvalues[0])),
        }

    def expression(self):
        """Symbols x_i and the gap with exact parameters; None above six dimensions."""
        import sympy as sp

        if self.dimension > LARGEST:
            return None
        x = sp.symbols(f"x_:{self.dimension}", real=True)
        values = (rational(v) for v in self.eigenvalues)
        return x, sum(v * s**2 for v, s in zip(values, x, strict=True)) / 2

    def distance(self, x) -> np.ndarray:
        """Distance to the origin: points (..., d) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float), axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return array(self, "eigenvalues", (None,), above=0.0)
