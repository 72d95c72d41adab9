r"""Weakly quasi-convex functions of one variable: :math:`f'(x)(x - D) \ge \tau f(x)`, without convexity. [derived]"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import fma, inline, uniform

from .distances import distance_to_target, half_open, line_start, signum, target_facts
from .facts import Fact
from .formulas import rational
from .powers import line_dimension
from .ranges import finite
from .ravines import nothing


@inline
def _smooth(problem, work, x, g):
    r = x[0] - problem.D
    s = r * r
    f = math.expm1(0.5 * problem.a * math.log1p(s))
    return f, (problem.a * r * (1.0 + f) / (1.0 + s),)


@inline
def _kinked(problem, work, x, g):
    r = x[0] - problem.D
    s = abs(r)
    f = math.expm1(problem.a * math.log1p(s))
    return f, (problem.a * signum(r) * (1.0 + f) / (1.0 + s),)


@inline
def _noise(problem, stream, k):
    return problem.noise * fma(2.0, uniform(stream, k), -1.0)


@inline
def _smooth_draw(problem, work, x, g, k, stream):
    f, slope = _smooth(problem, work, x, g)
    xi = _noise(problem, stream, k)
    return fma(xi, x[0] - problem.D, f), (slope[0] + xi,)


@inline
def _kinked_draw(problem, work, x, g, k, stream):
    f, slope = _kinked(problem, work, x, g)
    xi = _noise(problem, stream, k)
    return fma(xi, x[0] - problem.D, f), (slope[0] + xi,)


def _faults(self) -> list[str]:
    """Sentences that say which parameter is out of its range."""
    faults = finite(self, "D") + half_open(self, "noise", 0.0, math.inf)
    if finite(self, "a") or not 0.0 < self.a < 1.0:
        faults = [*faults, f"{type(self).__name__}.a is {self.a}; it has to be between 0 and 1"]
    return faults


class SmoothQuasiconvex(NamedTuple):
    r""":math:`f(x) = (1 + (x - D)^2)^{a/2} - 1`, 0 < a < 1: analytic, not convex, tau = a approached at infinity.

    A draw of the gradient has a uniform error in [-noise, noise].

    Parameters
    ----------
    D : float
        The minimiser.
    a : float
        Growth at infinity, between 0 and 1.
    noise : float
        Half-width of the error, at least 0.
    """

    D: float = 3.0
    a: float = 0.5
    noise: float = 0.0

    kernel = staticmethod(_smooth)
    draw = staticmethod(_smooth_draw)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    start = property(line_start)
    distance = distance_to_target
    faults = _faults

    @classmethod
    def examples(cls) -> list["SmoothQuasiconvex"]:
        """Instances for the property suite."""
        return [cls(), cls(-30.0, 0.2), cls(1.5, 0.5, 0.5)]

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived] :math:`|f'|` is largest at :math:`(x - D)^2 = 1/(1-a)`."""
        a = self.a
        steepest = a / math.sqrt(1.0 - a) * ((2.0 - a) / (1.0 - a)) ** (a / 2.0 - 1.0)
        return target_facts(self.D, 2, steepest, steepest + self.noise, a) | {
            "hessian_eigenvalues": Fact(np.array([a]), "at the minimiser")
        }

    def expression(self):
        """Symbol x and the gap, parameters exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), (1 + (x - rational(self.D)) ** 2) ** (rational(self.a) / 2) - 1


class KinkedQuasiconvex(NamedTuple):
    r""":math:`f(x) = (1 + |x - D|)^a - 1`, 0 < a < 1: concave on both sides of its kink.

    Here too tau = a, approached at infinity. The subgradient stated at the kink is 0. A draw of the gradient has a
    uniform error in [-noise, noise].

    Parameters
    ----------
    D : float
        The minimiser.
    a : float
        Growth at infinity, between 0 and 1; also the largest slope.
    noise : float
        Half-width of the error, at least 0.
    """

    D: float = 3.0
    a: float = 0.5
    noise: float = 0.0

    kernel = staticmethod(_kinked)
    draw = staticmethod(_kinked_draw)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    start = property(line_start)
    distance = distance_to_target
    faults = _faults

    @classmethod
    def examples(cls) -> list["KinkedQuasiconvex"]:
        """Instances for the property suite."""
        return [cls(), cls(-30.0, 0.2), cls(1.5, 0.5, 0.5)]

    def facts(self) -> dict[str, Fact]:
        """Known values. [derived]"""
        return target_facts(self.D, 1, self.a, self.a + self.noise, self.a)

    def expression(self):
        """Symbol x and the gap, parameters exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), (1 + sp.Abs(x - rational(self.D))) ** rational(self.a) - 1
