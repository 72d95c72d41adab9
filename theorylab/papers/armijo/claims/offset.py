"""A gap that somebody forgot to subtract: the objective as a user may well write it."""

from typing import NamedTuple

import numpy as np

from problems.facts import Fact
from problems.formulas import rational
from problems.ranges import positive
from theorylab.kernels import inline


@inline
def _offset(problem, work, x, g):
    square = x[0] * x[0]
    return problem.c + square * square, (4.0 * square * x[0],)


@inline
def _nothing(problem):
    return ()


class OffsetQuartic(NamedTuple):
    """f = c + x^4, not counted from f_star: its differences are multiples of ulp(c).

    Parameters
    ----------
    c : float
        Positive.
    """

    c: float

    kernel = staticmethod(_offset)
    workspace = staticmethod(_nothing)

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return 1

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (1,)."""
        return np.array([1.0])

    def facts(self) -> dict[str, Fact]:
        """No f_star: the gap is the value itself."""
        return {"smoothness": Fact("analytic")}

    def expression(self):
        """Symbol x and the value."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), rational(self.c) + x**4

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "c")
