r"""Over-parameterised quadratic sensing of a low-rank matrix.

References
----------
.. [1] D. Davis, D. Drusvyatskiy, L. Jiang (2024), Gradient descent with adaptive stepsize converges (nearly) linearly
   under fourth-order growth, arXiv:2409.19791; the experiment after the authors' public notebook. [secondary]
"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline

from .draws import Draws
from .facts import Fact
from .flat import as_array, like
from .formulas import LARGEST, rational
from .ranges import array, positive


@inline
def _sensing_workspace(problem):
    m = problem.a.shape[0]
    d, k = problem.factor.shape
    left = np.empty((m, k))
    right = np.empty((m, k))
    target = np.empty(m)
    np.dot(problem.a, problem.factor, left)
    np.dot(problem.b, problem.factor, right)
    for i in range(m):
        target[i] = _difference(left[i], right[i])
    return target, left, right, np.empty((d, k)), np.empty(d * k), np.empty(d * k)


@inline
def _difference(p, q):
    """|p|^2 - |q|^2 as a sum of products (p - q)(p + q): exact where p is close to q."""
    total = 0.0
    for j in range(p.size):
        total += (p[j] - q[j]) * (p[j] + q[j])
    return total


@inline
def _sensing(problem, work, x, g):
    target, left, right, second, x_scratch, g_scratch = work
    shape = problem.factor.shape
    point = as_array(x, x_scratch).reshape(shape)
    gradient = as_array(g, g_scratch)
    np.dot(problem.a, point, left)
    np.dot(problem.b, point, right)
    total = 0.0
    for i in range(target.size):
        r = _difference(left[i], right[i]) - target[i]
        total += r * r
        factor = 4.0 * problem.weight * r
        for j in range(shape[1]):
            left[i, j] *= factor
            right[i, j] *= factor
    np.dot(problem.a.T, left, gradient.reshape(shape))
    np.dot(problem.b.T, right, second)
    s = second.reshape(second.size)
    for i in range(s.size):
        gradient[i] -= s[i]
    return problem.weight * total, like(x, gradient)


class QuadraticSensing(NamedTuple):
    r""":math:`f(X) = w \sum_{i=1}^m (|X^T a_i|^2 - |X^T b_i|^2 - y_i)^2`, X of shape (d, k), row by row [1]_.

    :math:`y_i = |G^T a_i|^2 - |G^T b_i|^2` is formed from the factor G once a run. With :math:`w = 1/m` (the mean, what
    the authors run) and Gaussian a_i, b_i, the mean over them is 16 times :math:`\tfrac14|XX^T - GG^T|_F^2` [derived];
    the authors' prose has :math:`w = 1/(4m)` [secondary].

    Parameters
    ----------
    a, b : ndarray, shape (m, d)
        Rows a_i and b_i.
    factor : ndarray, shape (d, k)
        G, usually padded with zero columns.
    initial : ndarray, shape (d, k)
        Default start.
    weight : float
        w > 0.
    """

    a: np.ndarray
    b: np.ndarray
    factor: np.ndarray
    initial: np.ndarray
    weight: float

    kernel = staticmethod(_sensing)
    workspace = staticmethod(_sensing_workspace)

    @classmethod
    def random(cls, d: int = 30, r: int = 2, k: int = 4, m: int = 1000, seed: int = 0) -> "QuadraticSensing":
        """The mean loss on Gaussian data; G of rank r and the start Gaussian with Frobenius norm 1."""
        return cls._drawn(np.random.default_rng(seed).standard_normal, d, r, k, m)

    @classmethod
    def of_the_paper(cls) -> "QuadraticSensing":
        """The authors' experiment: d = 100, rank 2, k = 4, m = 1000, seed 3407. [secondary]"""
        draws = Draws()
        return cls._drawn(lambda shape: draws.normals(*shape), 100, 2, 4, 1000)

    @classmethod
    def _drawn(cls, normals, d, r, k, m):
        factor = np.zeros((d, k))
        g = normals((d, r))
        factor[:, :r] = g / np.linalg.norm(g)
        initial = normals((d, k))
        return cls(normals((m, d)), normals((m, d)), factor, initial / np.linalg.norm(initial), 1.0 / m)

    @classmethod
    def examples(cls) -> list["QuadraticSensing"]:
        """Instances for the property suite."""
        return [
            cls.random(d=10, m=80),
            cls.random(d=3, r=1, k=2, m=9, seed=1),
            cls.random(d=2, r=1, k=2, m=6, seed=2)._replace(weight=1.0 / 24),
            cls.random(d=8, r=2, k=2, m=60, seed=3),
        ]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.factor.size

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (d k,)."""
        return self.initial.ravel()

    def facts(self) -> dict[str, Fact]:
        """Known values. [derived]"""
        return {
            "f_star": Fact(0.0),
            "x_star": Fact(self.factor.ravel(), "one of the minimisers; G R, R orthogonal, are others"),
            "smoothness": Fact("analytic"),
        }

    def expression(self):
        """Symbols x_ij row by row and the gap with exact parameters; None above six dimensions."""
        import sympy as sp

        d, k = self.factor.shape
        if self.dimension > LARGEST:
            return None
        x = sp.Matrix(d, k, lambda i, j: sp.Symbol(f"x_{i}{j}", real=True))
        factor = sp.Matrix(d, k, lambda i, j: rational(self.factor[i, j]))
        difference = x * x.T - factor * factor.T
        total = 0
        for a, b in zip(self.a, self.b, strict=True):
            left, right = (sp.Matrix([rational(v) for v in row]) for row in (a, b))
            total += ((left.T * difference * left)[0] - (right.T * difference * right)[0]) ** 2
        return tuple(x), rational(self.weight) * total

    def distance(self, x) -> np.ndarray:
        r""":math:`|\mathrm{sing}(X) - \mathrm{sing}(G)|_2`, as the authors report it: points (..., d k) -> (...).

        The left rotation is optimised too: a lower bound of the Procrustes distance, close to it near S.
        """
        x = np.asarray(x, dtype=float)
        values = np.linalg.svd(x.reshape(*x.shape[:-1], *self.factor.shape), compute_uv=False)
        return np.linalg.norm(values - np.linalg.svd(self.factor, compute_uv=False), axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = positive(self, "weight") + array(self, "factor", (None, None)) + array(self, "a", (None, None))
        if faults:
            return faults
        shape = np.shape(self.a)
        if shape[1] != np.shape(self.factor)[0]:
            d = np.shape(self.factor)[0]
            return [f"{type(self).__name__}.a has shape {shape}; it has to be (m, {d}) for a factor with {d} rows"]
        return array(self, "b", shape) + array(self, "initial", np.shape(self.factor))
