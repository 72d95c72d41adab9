"""Linear laws with unknown departures: each departure weighted by how likely it makes the data.

z = X beta + g + scale * shape * N(0, 1), where g = offset + columns @ N(0, 1) is one of several departures. Given the
departure and the scale, beta has a normal distribution; over all of them, a mixture of normal distributions.
"""

import math
from typing import NamedTuple

import numpy as np

# unknown errors: from a thousandth of what the plain law leaves, to as far as few degrees of freedom reach
SCALES = np.geomspace(1e-3, 50.0, 36)
# a chi^2 that the truth exceeds once in a hundred times contradicts the errors given
PASSES = 0.99
# the least likely components may be left out as long as their weights sum to this
NEGLIGIBLE = 1e-4
# the shares of 1 - level that the lower tail may have
SPLITS = np.linspace(0.02, 0.98, 5)


class Departure(NamedTuple):
    """g = offset + columns @ N(0, 1), with its prior weight."""

    family: str
    weight: float
    offset: np.ndarray
    columns: tuple[np.ndarray, ...]


class Mixture(NamedTuple):
    """The distribution of beta, shape (q,), one normal for each scale and departure.

    Attributes
    ----------
    families : tuple of str, length n_departures
    weight, chi2 : ndarray, shape (n_scales, n_departures)
        `weight` sums to 1.
    mean : ndarray, shape (n_scales, n_departures, q)
    covariance : ndarray, shape (n_scales, n_departures, q, q)
    """

    families: tuple[str, ...]
    weight: np.ndarray
    chi2: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray

    def quantiles(self, j: int, levels) -> np.ndarray:
        """Quantiles of beta_j at `levels`, by bisection."""
        from scipy.special import ndtr

        order = np.sort(self.weight, axis=None)
        kept = self.weight >= order[np.searchsorted(np.cumsum(order), NEGLIGIBLE)]
        weight, mean = self.weight[kept] / self.weight[kept].sum(), self.mean[kept][:, j]
        spread, levels = np.sqrt(self.covariance[kept][:, j, j]), np.asarray(levels)
        low = np.full(len(levels), (mean - 9 * spread).min())
        high = np.full(len(levels), (mean + 9 * spread).max())
        for _ in range(52):
            middle = (low + high) / 2
            below = ndtr((middle[:, None] - mean) / spread) @ weight < levels
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    def interval(self, j: int, level: float) -> tuple[float, float, float]:
        """(low, median, high) of beta_j: the shortest interval that holds `level` of the mixture.

        With equal tails an unlikely departure that shifts beta to one side would set that end alone.
        """
        tails = SPLITS * (1 - level)
        lows, highs = np.split(self.quantiles(j, np.concatenate([tails, tails + level])), 2)
        shortest = int(np.argmin(highs - lows))
        return float(lows[shortest]), float(self.quantiles(j, [0.5])[0]), float(highs[shortest])

    def likeliest(self) -> np.ndarray:
        """Mean of beta under the likeliest scale and departure, shape (q,)."""
        return self.mean[np.unravel_index(np.argmax(self.weight), self.weight.shape)]

    def covariance_of_beta(self) -> np.ndarray:
        """Covariance of the whole mixture, shape (q, q)."""
        apart = self.mean - np.einsum("sj,sjq->q", self.weight, self.mean)
        within = np.einsum("sj,sjqr->qr", self.weight, self.covariance)
        return within + np.einsum("sj,sjq,sjr->qr", self.weight, apart, apart)

    def shares(self) -> dict[str, float]:
        """The weight of each family, the largest first."""
        total: dict[str, float] = {}
        for family, weight in zip(self.families, self.weight.sum(axis=0), strict=True):
            total[family] = total.get(family, 0.0) + float(weight)
        return dict(sorted(total.items(), key=lambda item: -item[1]))

    def told(self) -> str:
        """The shares in words."""
        return "Weights: " + ", ".join(f"{name} {100 * w:.0f} %" for name, w in self.shares().items() if w >= 0.005)

    def agrees(self, freedom: int) -> bool:
        """Whether some departure leaves a chi^2 that errors of the size given can explain."""
        from scipy.special import chdtri

        return float(self.chi2.min()) <= chdtri(freedom, 1 - PASSES)


def mix(found: list[Departure], design: np.ndarray, z: np.ndarray, shape: np.ndarray, scales: np.ndarray) -> Mixture:
    r"""The mixture that the data z, shape (n,), leave of beta, with a flat prior on beta and on ln scale.

    The covariance of z - offset is scale^2 diag(shape^2) + columns columns^T. In the left singular vectors of
    columns / shape it is diagonal, scale^2 + singular^2, so that every component is a weighted least-squares fit; its
    weight is the prior times the likelihood integrated over beta.

    Parameters
    ----------
    found : list of Departure
    design : ndarray, shape (n, q)
        X, of full rank.
    z, shape : ndarray, shape (n,)
    scales : ndarray, shape (n_scales,)
        Equally spaced in the logarithm; [1] where `shape` holds the errors themselves.
    """
    n, q = design.shape
    # an orthonormal basis of the design, so that columns of different length do no harm
    basis, triangle = np.linalg.qr(design / shape[:, None])
    columns, right = np.zeros((len(found), n, n)), np.empty((len(found), n))
    for j, row in enumerate(found):
        for k, column in enumerate(row.columns):
            columns[j, :, k] = column / shape
        right[j] = (z - row.offset) / shape
    axes, singular, _ = np.linalg.svd(columns)
    together = np.concatenate([np.broadcast_to(basis, (len(found), n, q)), right[..., None]], axis=2)
    rotated = np.swapaxes(axes, 1, 2) @ together
    inverse = 1 / (scales[:, None, None] ** 2 + singular[None] ** 2)
    triangles, chi2 = _triangles(rotated * np.sqrt(inverse)[..., None])
    solved = np.linalg.inv(triangles[..., :q])
    mean = (solved @ triangles[..., q:])[..., 0]
    covariance = solved @ np.swapaxes(solved, -1, -2)
    prior = np.log([row.weight for row in found])
    volume = np.log(np.diagonal(solved, axis1=-2, axis2=-1)).sum(axis=-1)
    log = prior + volume + (np.log(inverse).sum(axis=-1) - chi2) / 2
    weight = np.exp(log - log.max())
    back = np.linalg.inv(triangle)
    return Mixture(tuple(row.family for row in found), weight / weight.sum(), chi2, mean @ back.T,
                   back @ covariance @ back.T)


def _triangles(rows):
    """QR of [A | y], shape (..., n, q + 1), by Gram and Schmidt: [R | Q^T y], shape (..., q, q + 1), and chi^2.

    No normal equations: the weights of noise-free data span more than the digits of their squares.
    """
    q = rows.shape[-1] - 1
    triangle = np.zeros((*rows.shape[:-2], q, q + 1))
    for k in range(q):
        triangle[..., k, k] = np.maximum(np.linalg.norm(rows[..., k], axis=-1), 1e-300)
        unit = rows[..., k] / triangle[..., k, k, None]
        triangle[..., k, k + 1 :] = (unit[..., None, :] @ rows[..., k + 1 :])[..., 0, :]
        rows[..., k + 1 :] -= unit[..., None] * triangle[..., k, None, k + 1 :]
    return triangle, np.sum(rows[..., q] ** 2, axis=-1)


def left_by(design: np.ndarray, z: np.ndarray) -> float:
    """Root mean square, per degree of freedom, of what least squares leaves of z; at least 1000 times its rounding."""
    basis = np.linalg.qr(design)[0]
    residual = z - basis @ (basis.T @ z)
    residual -= basis @ (basis.T @ residual)
    freedom = max(len(z) - design.shape[1], 1)
    return max(math.sqrt(float(residual @ residual) / freedom), 1e-11 * (1 + float(np.abs(z).max())))


def check_errors(sd, shape: tuple[int, ...], of: str) -> np.ndarray:
    """The standard deviations of `of`, broadcast to `shape`.

    Raises
    ------
    ValueError
        A shape that does not fit, or a standard deviation that is not positive and finite.
    """
    sd = np.asarray(sd, dtype=float)
    if sd.shape not in ((), shape):
        raise ValueError(f"sd must be one number or have the shape {shape} of y, but has shape {sd.shape}.")
    bad = np.atleast_1d(sd)[~np.atleast_1d(np.isfinite(sd) & (sd > 0))]
    if len(bad):
        raise ValueError(f"sd (of {of}) must be positive and finite, but one of its values is {bad[0]:g}.")
    return np.broadcast_to(sd, shape)


def check_level(level: float) -> None:
    """Raise ValueError unless level lies in (0, 1)."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie in (0, 1), but is {level:g}.")
