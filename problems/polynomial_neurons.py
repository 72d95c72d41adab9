r"""One neuron with a polynomial for its activation: two inputs, 0 and 1, with the target 0.

References
----------
.. [1] B. Bensaid (2024), arXiv:2412.14637; the polynomials are those of the author's public code [secondary], their
   factors, minimisers and exponents are ours [derived].
"""

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Polynomial

from theorylab.kernels import fma, inline

from .facts import Fact
from .formulas import rational
from .ranges import finite
from .ravines import nothing


@inline
def _excess(problem, z, lost):
    r""":math:`(P^2 - P_\star^2)/4` at z + lost and its derivative, from the factors of :math:`R = P - P_\star`."""
    u = z - problem.centre
    rest = problem.rest
    value = rest[0]
    slope = 0.0
    for j in range(1, len(rest)):
        slope = fma(slope, u, value)
        value = fma(value, u, rest[j])
    for j in range(len(problem.roots)):
        factor = (z - problem.roots[j]) + lost
        slope = fma(slope, factor, value)
        value = value * factor
    return 0.25 * value * fma(2.0, problem.floor, value), 0.5 * (value + problem.floor) * slope


@inline
def _neuron(problem, work, x, g):
    w = x[0]
    b = x[1]
    # What the rounded sum w + b lost: it would be all that is left of w + b - root at a minimiser.
    z = w + b
    back = z - w
    lost = (w - (z - back)) + (b - back)
    far, far_slope = _excess(problem, z, lost)
    near, near_slope = _excess(problem, b, 0.0)
    return near + far, (far_slope, far_slope + near_slope)


class PolynomialNeuron(NamedTuple):
    r""":math:`f(w, b) = \tfrac14\bigl(P(b)^2 + P(w+b)^2\bigr) - \tfrac12P_\star^2`, with :math:`P_\star = \min|P|`.

    The difference of squares is never formed: with :math:`R = P - P_\star`, which is stored as a product of
    :math:`z - r_j` and a polynomial without real roots, it is :math:`R(R + 2P_\star)`, to full relative accuracy at
    the minimisers. These are the points with b and w + b both among the :math:`r_j`.

    Parameters
    ----------
    roots : tuple of float
        The real roots :math:`r_j` of R, each as often as it counts; of even multiplicity where :math:`P_\star > 0`.
    rest : tuple of float
        Coefficients of the other factor in powers of z - centre, the highest first; it has no real root.
    floor : float
        :math:`P_\star \ge 0`.
    centre : float
        A point about which the other factor has moderate coefficients.
    """

    roots: tuple[float, ...]
    rest: tuple[float, ...]
    floor: float = 0.0
    centre: float = 0.0

    kernel = staticmethod(_neuron)
    workspace = staticmethod(nothing)

    @classmethod
    def two(cls) -> "PolynomialNeuron":
        r""":math:`z^2 - 1`."""
        return cls((1.0, -1.0), (1.0,))

    @classmethod
    def three(cls) -> "PolynomialNeuron":
        r""":math:`2z^3 - 3z^2 + 5 = (z+1)(2z^2-5z+5)`; P' vanishes at 0 and 1, where P is not zero."""
        return cls((-1.0,), (2.0, -5.0, 5.0))

    @classmethod
    def four(cls) -> "PolynomialNeuron":
        r""":math:`z^4 - 2z^2 + 3 = 2 + (z-1)^2(z+1)^2`: the least loss is 2."""
        return cls((1.0, 1.0, -1.0, -1.0), (1.0,), 2.0)

    @classmethod
    def five(cls) -> "PolynomialNeuron":
        r""":math:`z^5 - 4z^4 + 2z^3 + 8z^2 - 11z - 12 = (z-3)(z+1)^2(z^2-3z+4)`.

        P' vanishes at -1, at 1 (an inflection) and at 11/5.
        """
        return cls((3.0, -1.0, -1.0), (1.0, -3.0, 4.0))

    @classmethod
    def eight(cls) -> "PolynomialNeuron":
        r""":math:`35z^8-360z^7+1540z^6-3528z^5+4620z^4-3360z^3+1120z^2+1`: :math:`P' = 280z(z-1)^3(z-2)^3`.

        The least loss is 1/2, at z = 0; P = 65 at z = 2 is a local minimum of order four. In u = z - 1 it is
        :math:`1 + (u+1)^2(35u^6-150u^5+265u^4-268u^3+201u^2-134u+67)`.
        """
        return cls((0.0, 0.0), (35.0, -150.0, 265.0, -268.0, 201.0, -134.0, 67.0), 1.0, 1.0)

    @classmethod
    def examples(cls) -> list["PolynomialNeuron"]:
        """Instances for the property suite."""
        return [cls.two(), cls.three(), cls.four(), cls.five(), cls.eight()]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return 2

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (2,); the protocol of the paper's code draws starts at random."""
        return np.array([0.3, 0.4])

    @property
    def polynomial(self) -> Polynomial:
        """P."""
        rest = Polynomial(self.rest[::-1])(Polynomial([-self.centre, 1.0]))
        return rest * Polynomial.fromroots(self.roots) + self.floor

    @property
    def minimisers(self) -> np.ndarray:
        """All of them, (w, b), shape (m, 2); the first has w = 0."""
        ends = list(dict.fromkeys(self.roots))
        return np.array([(far - near, near) for near, far in product(ends, ends)])

    def _order(self, root) -> int:
        return self.roots.count(root) * (1 if self.floor > 0.0 else 2)

    def facts(self) -> dict[str, Fact]:
        r"""Known values; every one is [derived] from the factors.

        At a minimiser the Hessian is :math:`\tfrac14Q''(w+b)\,(1,1)(1,1)^T + \tfrac14Q''(b)\,(0,1)(0,1)^T`,
        :math:`Q = P^2`.
        """
        first = self.roots[0]
        bend = float((self.polynomial**2).deriv(2)(first)) / 4.0 if self._order(first) == 2 else 0.0
        highest = max(map(self._order, self.roots))
        return {
            "f_star": Fact(0.0),
            "least_loss": Fact(self.floor**2 / 2.0, "what is subtracted from the loss"),
            "x_star": Fact(self.minimisers[0], "one of the minimisers"),
            "minimisers": Fact(self.minimisers, "all of them, shape (m, 2)"),
            "growth_order": Fact(self._order(first), "at x_star"),
            "smoothness": Fact("analytic"),
            "hessian_eigenvalues": Fact(bend * (3.0 + np.sqrt(5.0) * np.array([-1.0, 1.0])) / 2.0, "at x_star"),
            "theta": Fact(1.0 - 1.0 / highest, "the largest Lojasiewicz exponent at a minimiser"),
        }

    def expression(self):
        """Symbols (w, b) and the gap, numbers exact."""
        import sympy as sp

        w, b, z = sp.symbols("w b z", real=True)
        rest = sum(rational(c) * (z - rational(self.centre)) ** i for i, c in enumerate(reversed(self.rest)))
        p = rest * sp.prod(z - rational(r) for r in self.roots) + rational(self.floor)
        squares = sp.expand(p**2)
        return (w, b), (squares.subs(z, b) + squares.subs(z, w + b)) / 4 - rational(self.floor) ** 2 / 2

    def distance(self, x) -> np.ndarray:
        """Distance to the nearest minimiser: points (..., 2) -> (...)."""
        apart = np.asarray(x, dtype=float)[..., None, :] - self.minimisers
        return np.linalg.norm(apart, axis=-1).min(axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        for name in ("roots", "rest"):
            value = getattr(self, name)
            if not (isinstance(value, tuple) and value and all(isinstance(v, float) and np.isfinite(v) for v in value)):
                return [f"PolynomialNeuron.{name} is {value}; it has to be a non-empty tuple of finite floats"]
        faults = finite(self, "floor", "centre")
        if faults:
            return faults
        if self.floor < 0.0:
            return [f"PolynomialNeuron.floor is {self.floor}; it has to be at least 0"]
        if self.floor > 0.0 and any(self.roots.count(r) % 2 for r in self.roots):
            return ["PolynomialNeuron.roots has one of odd multiplicity; where floor > 0, P - floor has to be positive"]
        if self.rest[0] == 0.0 or any(abs(r.imag) <= 1e-9 * abs(r) for r in np.roots(self.rest)):
            return ["PolynomialNeuron.rest has a real root or begins with 0; it has to have none: list it in roots"]
        if self.floor > 0.0 and self.rest[-1] < 0.0:
            return ["PolynomialNeuron.rest is negative; where floor > 0, it has to be positive"]
        return []
