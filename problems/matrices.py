r"""Over-parameterised matrix problems: factorisation and quadratic sensing.

References
----------
.. [1] D. Davis, D. Drusvyatskiy, L. Jiang (2024), Gradient descent with adaptive stepsize converges (nearly) linearly
   under fourth-order growth, arXiv:2409.19791; the sensing experiment after the authors' public notebook. [secondary]
"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import dot, inline

from .draws import Draws
from .facts import Fact
from .flat import as_array, like
from .ranges import array, positive


@inline
def _factorisation_workspace(problem):
    d, k = problem.factor.shape
    target = np.empty((d, d))
    np.dot(problem.factor, problem.factor.T, target)
    return target, np.empty((d, d)), np.empty(d * k), np.empty(d * k)


@inline
def _factorisation(problem, work, x, g):
    target, residual, x_scratch, g_scratch = work
    b = as_array(x, x_scratch).reshape(problem.factor.shape)
    gradient = as_array(g, g_scratch)
    np.dot(b, b.T, residual)
    r = residual.reshape(residual.size)
    t = target.reshape(target.size)
    for i in range(r.size):
        r[i] -= t[i]
    np.dot(residual, b, gradient.reshape(problem.factor.shape))
    return 0.25 * dot(r, r), like(x, gradient)


def _rank_of(factor: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Left singular vectors (d, r) of a factor and the nonzero eigenvalues (r,) of G G^T, descending."""
    u, s, _ = np.linalg.svd(factor, full_matrices=False)
    r = int((s > s[0] * 1e-12).sum())
    return u[:, :r], s[:r] ** 2


class MatrixFactorisation(NamedTuple):
    r""":math:`f(B) = \tfrac14 |BB^T - GG^T|_F^2`, B and G of shape (d, k), the iterate is B row by row.

    With k above the rank r of G the minimisers :math:`S = \{GR : R^T R = I\}` have growth of order four, with k = r of
    order two. The target :math:`M = GG^T = U \mathrm{diag}(\sigma) U^T` is formed from G once a run, so that
    f_star = 0 holds exactly for the stored parameters.

    Parameters
    ----------
    factor : ndarray, shape (d, k)
        G, usually padded with zero columns.
    initial : ndarray, shape (d, k)
        Default start B_0.
    """

    factor: np.ndarray
    initial: np.ndarray

    kernel = staticmethod(_factorisation)
    workspace = staticmethod(_factorisation_workspace)

    @classmethod
    def random(cls, d: int = 20, r: int = 2, k: int = 4, sigma=(1.0, 0.5), seed: int = 0) -> "MatrixFactorisation":
        r""":math:`G = [U\sqrt\sigma, 0]` with U from the QR of a Gaussian matrix, :math:`B_0 = G + 0.2\,N(0,1)/\sqrt d`.

        Raises
        ------
        ValueError
            Unless ``len(sigma) == r <= min(d, k)``.
        """
        if not len(sigma) == r <= min(d, k):
            raise ValueError(f"rank {r} with {len(sigma)} eigenvalues, d = {d}, k = {k}: need len(sigma) = r <= d, k")
        rng = np.random.default_rng(seed)
        u, _ = np.linalg.qr(rng.standard_normal((d, r)))
        factor = np.zeros((d, k))
        factor[:, :r] = u * np.sqrt(np.asarray(sigma, dtype=float))
        return cls(factor, factor + 0.2 * rng.standard_normal((d, k)) / np.sqrt(d))

    @classmethod
    def examples(cls) -> list["MatrixFactorisation"]:
        """Instances for the property suite."""
        return [
            cls.random(),
            cls.random(k=2),
            cls.random(d=2, r=1, k=2, sigma=(0.8,), seed=1),
            cls.random(d=3, r=1, k=2, sigma=(1.5,), seed=2),
            cls.random(d=7, r=3, k=5, sigma=(2.0, 1.0, 0.25), seed=3),
        ]

    @property
    def dimension(self) -> int:
        return self.factor.size

    @property
    def start(self) -> np.ndarray:
        return self.initial.ravel()

    @property
    def excess_rank(self) -> int:
        """q = min(k - r, d - r): singular values of B that tend to zero."""
        d, k = self.factor.shape
        r = _rank_of(self.factor)[1].size
        return min(k, d) - r

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived]

        The nonzero Hessian eigenvalues on S are :math:`\sigma_i + \sigma_j`, :math:`i \le j`, and :math:`\sigma_i`
        with multiplicity d - r.
        """
        d = self.factor.shape[0]
        sigma = _rank_of(self.factor)[1]
        i, j = np.triu_indices(sigma.size)
        nonzero = np.concatenate([sigma[i] + sigma[j], np.repeat(sigma, d - sigma.size)])
        zero = np.zeros(self.dimension - nonzero.size)
        return {
            "f_star": Fact(0.0),
            "x_star": Fact(self.factor.ravel(), "one of the minimisers G R, R orthogonal"),
            "growth_order": Fact(4 if self.excess_rank else 2, "at the minimisers"),
            "smoothness": Fact("analytic"),
            "hessian_eigenvalues": Fact(np.sort(np.concatenate([zero, nonzero])), "on S, all of them, ascending"),
            "sigma": Fact(sigma, "nonzero eigenvalues of G G^T, descending"),
            "excess_rank": Fact(self.excess_rank),
        }

    def expression(self):
        """Symbols b_ij row by row and the gap with exact parameters; None above six dimensions."""
        import sympy as sp

        d, k = self.factor.shape
        if self.dimension > 6:
            return None
        b = sp.Matrix(d, k, lambda i, j: sp.Symbol(f"b_{i}{j}", real=True))
        factor = sp.Matrix(d, k, lambda i, j: sp.Rational(float(self.factor[i, j])))
        residual = b * b.T - factor * factor.T
        return tuple(b), sum(entry**2 for entry in residual) / 4

    def _aligned(self, x) -> tuple[np.ndarray, np.ndarray]:
        """The points as matrices B (..., d, k) and their nearest minimisers G R."""
        b = np.asarray(x, dtype=float)
        b = b.reshape(*b.shape[:-1], *self.factor.shape)
        u, _, vt = np.linalg.svd(self.factor.T @ b)
        return b, self.factor @ (u @ vt)

    def distance(self, x) -> np.ndarray:
        r"""Procrustes distance :math:`\min_{R^T R = I} |B - GR|_F`: points (..., d k) -> (...)."""
        b, nearest = self._aligned(x)
        return np.linalg.norm(b - nearest, axis=(-2, -1))

    def on_ravine(self, x) -> np.ndarray:
        r"""The ravine's point that belongs to B: points (..., d k) -> (..., d k). [derived]

        With :math:`B = UP + U_\perp Q` the ravine is :math:`PP^T = \mathrm{diag}(\sigma)`, :math:`PQ^T = 0`, where
        :math:`P_N \nabla f = 0` and :math:`f = \tfrac14 |QQ^T|_F^2`. P becomes the nearest such matrix (Procrustes),
        Q loses its part in the row space of P.
        """
        b = np.asarray(x, dtype=float)
        b = b.reshape(*b.shape[:-1], *self.factor.shape)
        u, sigma = _rank_of(self.factor)
        root = np.sqrt(sigma)[:, None]
        left, _, right = np.linalg.svd(root * (u.T @ b), full_matrices=False)
        rows = left @ right
        across = b - u @ (u.T @ b)
        across = across - across @ np.swapaxes(rows, -1, -2) @ rows
        return (u @ (root * rows) + across).reshape(np.shape(x))

    def tangential(self, x) -> np.ndarray:
        """Distance from the ravine's point to the minimisers: points (..., d k) -> (...)."""
        return self.distance(self.on_ravine(x))

    def normal(self, x) -> np.ndarray:
        """Distance to the ravine's point: points (..., d k) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float) - self.on_ravine(x), axis=-1)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = array(self, "factor", (None, None))
        if faults:
            return faults
        if not np.any(self.factor):
            return [f"{type(self).__name__}.factor is zero; it has to have a nonzero entry"]
        return array(self, "initial", np.shape(self.factor))


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
        return self.factor.size

    @property
    def start(self) -> np.ndarray:
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
        if self.dimension > 6:
            return None
        x = sp.Matrix(d, k, lambda i, j: sp.Symbol(f"x_{i}{j}", real=True))
        factor = sp.Matrix(d, k, lambda i, j: sp.Rational(float(self.factor[i, j])))
        difference = x * x.T - factor * factor.T
        total = 0
        for a, b in zip(self.a, self.b, strict=True):
            left, right = (sp.Matrix([sp.Rational(float(v)) for v in row]) for row in (a, b))
            total += ((left.T * difference * left)[0] - (right.T * difference * right)[0]) ** 2
        return tuple(x), sp.Rational(self.weight) * total

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
