"""Homogeneous quartics of two variables: order four in every direction, with constants that differ. [derived]"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline

from .facts import Fact
from .formulas import rational
from .ranges import finite, positive
from .ravines import nothing, order_facts


@inline
def _coupled(problem, work, x, g):
    s = x[0] * x[0]
    t = x[1] * x[1]
    # Euler's identity 4f = <gradient, x> saves the second evaluation.
    m = fma(problem.a, s, problem.c * t)
    n = fma(problem.b, t, problem.c * s)
    return fma(s, m, t * n), (4.0 * x[0] * m, 4.0 * x[1] * n)


class CoupledQuartics(NamedTuple):
    r""":math:`f(x, y) = a x^4 + b y^4 + 2c\,x^2y^2`.

    The first axis attracts gradient flow if c > a, the second if c > b, and if neither does, a ray between them; with
    a = b = c all directions are alike.

    Parameters
    ----------
    a, b : float
        Both positive.
    c : float
        Coupling :math:`c \ge 0`: no term cancels another one.
    """

    a: float = 1.0
    b: float = 1.0
    c: float = 0.5

    kernel = staticmethod(_coupled)
    workspace = staticmethod(nothing)

    @classmethod
    def examples(cls) -> list["CoupledQuartics"]:
        """Instances for the property suite."""
        return [cls(), cls(1.0, 1.0, 3.0), cls(0.25, 2.0, 0.0), cls(1.0, 1.0, 1.0)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return 2

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,)."""
        return np.array([0.5, 0.3])

    def facts(self) -> dict[str, Fact]:
        """Known values; every one is [derived] from the formula."""
        return order_facts(4, 2) | {"hessian_eigenvalues": Fact(np.zeros(2), "at the minimiser, all of them")}

    def expression(self):
        """Symbols (x, y) and the gap, parameters exact."""
        import sympy as sp

        x, y = sp.symbols("x y", real=True)
        a, b, c = map(rational, self)
        return (x, y), a * x**4 + b * y**4 + 2 * c * x**2 * y**2

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., 2) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float), axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = positive(self, "a", "b") + finite(self, "c")
        if not faults and self.c < 0:
            return [f"CoupledQuartics.c is {self.c}; it has to be at least 0"]
        return faults
