r"""Over-parameterised factorisation of a symmetric matrix.

References
----------
.. [1] D. Davis, D. Drusvyatskiy, L. Jiang (2024), Gradient descent with adaptive stepsize converges (nearly) linearly
   under fourth-order growth, arXiv:2409.19791, where it is an illustration [quoted]; sizes and facts
   are ours [derived].
"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import dot, inline

from .facts import Fact
from .flat import as_array, like
from .formulas import LARGEST, rational
from .ranges import array


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
        r""":math:`G = [U\sqrt\sigma, 0]`, U from the QR of a Gaussian matrix; :math:`B_0 = G + 0.2\,N(0,1)/\sqrt d`.

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
        """Number of coordinates of an iterate."""
        return self.factor.size

    @property
    def start(self) -> np.ndarray:
        """Default start B_0, shape (d k,)."""
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
        if self.dimension > LARGEST:
            return None
        b = sp.Matrix(d, k, lambda i, j: sp.Symbol(f"b_{i}{j}", real=True))
        factor = sp.Matrix(d, k, lambda i, j: rational(self.factor[i, j]))
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
