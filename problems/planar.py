r"""Functions of two variables with one minimiser, where they grow quadratically: Rosenbrock's, and sums of coshes.

References
----------
.. [1] H. H. Rosenbrock (1960), An automatic method for finding the greatest or least value of a function, The Computer
   Journal 3(3). [secondary]
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline

from .degenerate import plane_dimension
from .facts import Fact
from .formulas import rational
from .ranges import array
from .ravines import nothing, order_facts
from .steep import cosh_minus_one


@inline
def _cosh_sum(problem, work, x, g):
    w = problem.w
    f = 0.0
    along = 0.0
    across = 0.0
    for i in range(w.shape[0]):
        value, slope = cosh_minus_one(fma(w[i, 0], x[0], w[i, 1] * x[1]))
        f += value
        along = fma(w[i, 0], slope, along)
        across = fma(w[i, 1], slope, across)
    return f, (along, across)


@inline
def _rosenbrock(problem, work, x, g):
    m = 1.0 - x[0]
    n = fma(-x[0], x[0], x[1])
    return fma(m, m, 100.0 * n * n), (fma(-400.0 * x[0], n, -2.0 * m), 200.0 * n)


class CoshSum(NamedTuple):
    r""":math:`f(x) = \sum_i (\cosh\langle w_i, x\rangle - 1)`, x in the plane.

    Parameters
    ----------
    w : ndarray, shape (n, 2)
        The :math:`w_i`; they span the plane.
    """

    w: np.ndarray

    kernel = staticmethod(_cosh_sum)
    workspace = staticmethod(nothing)
    dimension = property(plane_dimension)

    @classmethod
    def random(cls, n: int = 6, seed: int = 0) -> "CoshSum":
        """Standard Gaussian rows."""
        return cls(np.random.default_rng(seed).standard_normal((n, 2)))

    @classmethod
    def examples(cls) -> list["CoshSum"]:
        """Instances for the property suite."""
        return [cls.random(), cls(np.array([[1.0, 0.0], [0.5, 2.0]]))]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.array([6.0, -5.0])

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived] Strong convexity, :math:`H \ge \mu`, gives :math:`2\mu f \le |g|^2`."""
        eigenvalues = np.linalg.eigvalsh(self.w.T @ self.w)
        return order_facts(2, 2) | {
            "hessian_eigenvalues": Fact(eigenvalues, "at the minimiser, all of them, ascending"),
            "lojasiewicz": Fact((0.5, 1.0 / math.sqrt(2.0 * eigenvalues[0]))),
        }

    def expression(self):
        """Symbols (x, y) and the gap, parameters exact."""
        import sympy as sp

        x, y = sp.symbols("x y", real=True)
        return (x, y), sum(sp.cosh(rational(a) * x + rational(b) * y) - 1 for a, b in self.w)

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., 2) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float), axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = array(self, "w", (None, 2))
        if not faults and np.linalg.matrix_rank(self.w) < 2:
            return ["CoshSum.w has rows on one line; they have to span the plane"]
        return faults


class Rosenbrock(NamedTuple):
    r""":math:`f(x, y) = (1-x)^2 + 100(y-x^2)^2`: one minimiser, of condition number 2508 [1]_."""

    kernel = staticmethod(_rosenbrock)
    workspace = staticmethod(nothing)
    dimension = property(plane_dimension)

    @classmethod
    def examples(cls) -> list["Rosenbrock"]:
        """Instances for the property suite."""
        return [cls()]

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.array([-1.2, 1.0])

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived] The eigenvalues have the sum 1002 and the product 400."""
        largest = 501.0 + math.sqrt(250601.0)
        return order_facts(2, 2) | {
            "x_star": Fact(np.ones(2), "the only minimiser"),
            "hessian_eigenvalues": Fact(np.array([400.0 / largest, largest]), "at the minimiser, ascending"),
            "theta": Fact(0.5, "the Lojasiewicz exponent at the minimiser"),
        }

    def expression(self):
        """Symbols (x, y) and the gap."""
        import sympy as sp

        x, y = sp.symbols("x y", real=True)
        return (x, y), (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., 2) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float) - 1.0, axis=-1)

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []
