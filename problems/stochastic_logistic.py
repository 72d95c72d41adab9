r"""The logistic loss of many rows, asked for one row a step."""

import functools
import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import add_row, each, inline, norm2, row_dot, scale, softplus, uniform

from .facts import Fact
from .formulas import LARGEST, rational
from .minimisers import excess, minimiser
from .ranges import array, finite

#: A stated minimiser with a larger gradient is none.
STEEPEST = 1e-12
_MOST_ROWS = 12


@inline
def _nothing(problem):
    return ()


@inline
def _kernel(problem, work, x, g):
    # one pass over the data, and one order of sums for tuples and arrays
    n = problem.z.shape[0]
    g = scale(0.0, g)
    total = 0.0
    for i in range(n):
        value, decay = softplus(row_dot(problem.z, i, x))
        total += value
        g = add_row(-decay / n, problem.z, i, g)
    return total / n - problem.least, g


@inline
def _draw(problem, work, x, g, k, stream):
    i = math.floor(uniform(stream, k) * problem.z.shape[0])  # below n: u is at most 1 - 2^-53
    value, decay = softplus(row_dot(problem.z, i, x))
    return value - problem.least, add_row(-decay, problem.z, i, scale(0.0, g))


@inline
def _shrunk(a, u, v):
    """A quotient a coordinate: one common factor would be computed at every step, inside the ball too."""
    return u * a[0] / a[1]


@inline
def into_ball(radius, x):
    r"""The point of :math:`|x| \le r` nearest to `x`; arrays are changed in place."""
    length2 = norm2(x)
    if length2 <= radius * radius:
        return x
    return each(_shrunk, (radius, math.sqrt(length2)), x, x, x)


@inline
def _project(problem, x):
    return into_ball(problem.radius, x)


class StochasticLogistic(NamedTuple):
    r""":math:`f(w) = \frac1n\sum_i\ln(1 + e^{-\langle z_i, w\rangle}) - f_\star`; a draw is the term of one row.

    Rows :math:`z_i = y_i x_i` are drawn with replacement; the domain is the ball :math:`|w| \le r`. The data are not
    separable and of full rank, so that there is one minimiser; it is stated and lies inside the ball.

    Parameters
    ----------
    z : ndarray, shape (n, d)
        Labelled rows.
    optimum : ndarray, shape (d,)
        The minimiser.
    least : float
        f_star, the mean of the losses there: what the gap is counted from.
    radius : float
        r, larger than the minimiser's norm; infinite for no projection.
    """

    z: np.ndarray
    optimum: np.ndarray
    least: float
    radius: float = math.inf

    costly = True
    kernel = staticmethod(_kernel)
    draw = staticmethod(_draw)
    project = staticmethod(_project)
    workspace = staticmethod(_nothing)

    @classmethod
    def of(cls, z, radius: float = math.inf) -> "StochasticLogistic":
        """The problem on labelled rows, its minimiser found."""
        optimum = minimiser(functools.partial(_value_grad, z), functools.partial(_hessian, z), np.zeros(z.shape[1]))
        return cls(z, optimum, float(_value_grad(z, optimum)[0]), radius)

    @classmethod
    def random(cls, n: int = 4000, d: int = 100, seed: int = 0, wrong: float = 0.1) -> "StochasticLogistic":
        r"""Gaussian rows over :math:`\sqrt d`, labels by a Gaussian direction of scale 3, some of them flipped.

        The stand-in of the specification's P4 [derived]: drawn from one generator in the order rows, direction, flips.
        """
        rng = np.random.default_rng(seed)
        x = rng.standard_normal((n, d)) / math.sqrt(d)
        direction = 3.0 * rng.standard_normal(d)
        y = np.sign(x @ direction)
        y[rng.random(n) < wrong] *= -1.0
        return cls.of(x * y[:, None])

    def in_ball(self, factor: float) -> "StochasticLogistic":
        """The same on the ball of `factor` times the minimiser's norm."""
        return self._replace(radius=factor * float(np.linalg.norm(self.optimum)))

    @classmethod
    def examples(cls) -> list["StochasticLogistic"]:
        """Instances for the property suite."""
        return [cls.random(9, 2, 1, 0.4).in_ball(1.5), cls.random(60, 7, 2, 0.3)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.z.shape[1]

    @property
    def start(self) -> np.ndarray:
        """Default start, the origin."""
        return np.zeros(self.dimension)

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., d) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float) - self.optimum, axis=-1)

    def facts(self) -> dict[str, Fact]:
        """Known values, computed from the rows. [derived]"""
        second = np.einsum("ij,ij->", self.z, self.z) / len(self.z)
        facts = {
            "f_star": Fact(0.0),
            "x_star": Fact(self.optimum),
            "n": Fact(len(self.z)),
            "growth_order": Fact(2, "at the solution"),
            "L": Fact(second / 4.0, "a Lipschitz constant of the gradient, not the least one"),
        }
        if self.dimension <= 10:  # costly beyond, and nobody asks
            facts["hessian_eigenvalues"] = Fact(np.linalg.eigvalsh(_hessian(self.z, self.optimum)), "at the solution")
        return facts

    def excess(self) -> float:
        """How much f at the stated minimiser may lie above its infimum, rounding apart. [derived]"""
        slope = np.linalg.norm(_value_grad(self.z, self.optimum)[1])
        curvature = np.linalg.eigvalsh(_hessian(self.z, self.optimum))[0]
        return excess(float(slope), float(curvature), float(np.linalg.norm(self.z, axis=1).max()))

    def expression(self):
        """Symbols w_j and the gap with exact data; None where there are too many coordinates or rows."""
        import sympy as sp

        n, d = self.z.shape
        if d > LARGEST or n > _MOST_ROWS:
            return None
        w = sp.symbols(f"w_1:{d + 1}", real=True)
        margins = [sum(rational(v) * symbol for v, symbol in zip(row, w, strict=True)) for row in self.z]
        return w, sum(sp.log(1 + sp.exp(-m)) for m in margins) / n - rational(self.least)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = array(self, "z", (None, None)) + finite(self, "least")
        return faults or array(self, "optimum", (np.shape(self.z)[1],)) or (
            beyond(self) + stated(self, *_value_grad(np.asarray(self.z), np.asarray(self.optimum)))
        )


def beyond(problem) -> list[str]:
    """A sentence if the minimiser lies outside the ball."""
    name, length = type(problem).__name__, float(np.linalg.norm(problem.optimum))
    try:
        inside = problem.radius > length
    except TypeError:
        inside = False
    return [] if inside else [
        f"{name}.radius is {problem.radius!r}; it has to be a number above the minimiser's norm {length:.7g}"
    ]  # fmt: skip


def stated(problem, value, gradient) -> list[str]:
    """Sentences if the stated minimiser or least value is none, given value and gradient there."""
    name, faults = type(problem).__name__, []
    if not (slope := float(np.linalg.norm(gradient))) <= STEEPEST:
        faults.append(f"{name}.optimum has a gradient of norm {slope:.3g}; it has to be at most {STEEPEST:g}: take of")
    if not abs(value - problem.least) <= STEEPEST:
        faults.append(f"{name}.least is {problem.least:.17g}; it has to be the value {value:.17g} at the minimiser")
    return faults


def _value_grad(z, w):
    margins = z @ w
    slopes = -np.exp(-np.logaddexp(0.0, margins)) / len(z)
    return np.logaddexp(0.0, -margins).mean(), slopes @ z


def _hessian(z, w):
    margins = z @ w
    weights = np.exp(-np.logaddexp(0.0, margins) - np.logaddexp(0.0, -margins)) / len(z)
    return (z.T * weights) @ z
