"""Exponents in several parameters at once: y ~ C prod x_j^s_j from the points of one sweep."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import numpy as np

from theorylab.fits.fit import Estimate
from theorylab.fits.mixture import SCALES, Departure, check_errors, check_level, left_by, mix

WIDEST = 0.1
PLAIN = 0.5
# how fast corrections die out, and by how much they shift ln y at the corner farthest from the limit (sd of a term)
DECAYS = (0.0, *np.geomspace(0.3, 3.0, 8))
BENDS = (0.03, 0.1, 0.3, 1.0)
# columns nearer to a combination of the others than this share of their length cannot be told from it
CONFOUNDED = 1e-6


@dataclass(frozen=True)
class ExponentsFit:
    """Exponents s_j of y ~ C prod x_j^s_j, each with its interval; `fit["eta"]` is the Estimate of one.

    Attributes
    ----------
    estimates : dict of str to Estimate
    covariance : ndarray, shape (k, k)
        Of the exponents, in the order of `estimates`: noise, choice of law and curvature.
    constant : float
        C of the likeliest law, in the units of y / prod x_j^s_j.
    decided : bool
        False where some half-width exceeds 0.1 or no law fits within the errors given.
    why : str
        One plain sentence.
    """

    estimates: dict[str, Estimate]
    covariance: np.ndarray
    constant: float
    decided: bool
    why: str

    @property
    def exponents(self) -> np.ndarray:
        """The exponents in order, shape (k,)."""
        return np.array([estimate.value for estimate in self.estimates.values()])

    def __getitem__(self, name: str) -> Estimate:
        return self.estimates[name]

    def __str__(self) -> str:
        powers = ", ".join(f"{name}^({estimate.value:.5g} [{estimate.low:.5g}, {estimate.high:.5g}])"
                           for name, estimate in self.estimates.items())  # fmt: skip
        return f"{'' if self.decided else 'undecided: '}{powers}"

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{escape(name)}</td><td>{e.value:.5g}</td><td>{e.low:.5g}</td>"
                       f"<td>{e.high:.5g}</td></tr>" for name, e in self.estimates.items())  # fmt: skip
        head = "<tr><th>parameter</th><th>exponent</th><th>low</th><th>high</th></tr>"
        state = "" if self.decided else "<b>undecided</b> "
        return f"{state}<table>{head}{rows}</table><small>{escape(self.why)}</small>"


def fit_exponents(parameters: Mapping[str, object], y, *, sd=None, limits: Mapping[str, str] | None = None,
                  level: float = 0.95) -> ExponentsFit:  # fmt: skip
    r"""y ~ C prod x_j^s_j as every x_j tends to its limit: the exponents s_j, POSITIVE when y grows with x_j.

    ln y = ln C + sum_j s_j ln x_j + g + error. With probability 1/2 there is no g; otherwise it is a sum of terms in
    w_j = x_j^-b, counted from the value of x_j farthest from its limit: w_j, w_j^2, w_j^3 and w_i w_j, with normal
    coefficients of sizes from 0.03 to 1 and b from 0.3 to 3. For b = 0 stand the quadratic terms ln x_i ln x_j about
    the corner that all limits share. Each b and size is weighted by how likely it makes the data, so that curvature
    which is seen widens the intervals, and so does that which the data cannot exclude. Terms that the points cannot
    tell from the linear ones (of a parameter that takes two values) are left out: to see curvature takes three.

    Parameters
    ----------
    parameters : mapping of str to array_like of shape (n,)
        The value of each parameter at each point, positive; any design, a grid or not.
    y : array_like, shape (n,)
        Positive values, n >= k + 2 for k parameters.
    sd : float or array_like of shape (n,), optional
        Standard deviation of ln y. If not given it is the same for all points, unknown, and averaged over as well:
        without curvature the intervals are Student's.
    limits : mapping of str to {"large", "small"}, optional
        Which end of a parameter the law is about; "large" where nothing is said.
    level : float
        Probability of each interval, in (0, 1).

    Returns
    -------
    ExponentsFit

    Raises
    ------
    ValueError
        Lengths differ, a value is not positive and finite, too few points, parameters that the design cannot tell
        apart (their names are given), an sd that is not positive, an unknown limit, or a level outside (0, 1).
    """
    names, logs, z = _checked(parameters, y)
    check_level(level)
    signs = _signs(names, limits or {})
    n, k = logs.shape
    shape = np.ones(n) if sd is None else check_errors(sd, (n,), "ln y")
    _check_rank(names, logs)
    low, high = logs.min(axis=0), logs.max(axis=0)
    corner, length = np.where(signs > 0, high, low), high - low
    design = np.column_stack([np.ones(n), (logs - corner) / length])
    scales = SCALES * left_by(design, z) if sd is None else np.ones(1)
    found = mix(_bends(design, np.abs(corner - logs), length), design, z, shape, scales)
    why = f"{found.told()}."
    agrees = sd is None or found.agrees(n - k - 1)
    if not agrees:
        why = "No law fits within the errors given, not even with curvature: check them, or keep nearer the limit."
    estimates = {}
    for j, name in enumerate(names):
        below, value, above = (bound / float(length[j]) for bound in found.interval(j + 1, level))
        if not agrees:
            below, above = -math.inf, math.inf
        decided = (above - below) / 2 <= WIDEST
        estimates[name] = Estimate(value, below, above, decided, (math.exp(low[j]), math.exp(high[j])), why)
    undecided = [name for name, estimate in estimates.items() if not estimate.decided]
    binary = [name for name, column in zip(names, logs.T, strict=True) if len(np.unique(column)) == 2]
    if binary:
        why += f" {', '.join(binary)}: two values show no curvature, so that this is the slope between them."
    if agrees and undecided:
        why += f" The exponent of {', '.join(undecided)} is left open by more than {WIDEST:g}."
    covariance = found.covariance_of_beta()[1:, 1:] / np.outer(length, length)
    best = found.likeliest()
    constant = math.exp(min(float(best[0] - corner @ (best[1:] / length)), 700.0))
    return ExponentsFit(estimates, covariance, constant, not undecided, why)


def _checked(parameters, y):
    """Names, logarithms of the parameters (n, k) and ln y (n,)."""
    if not parameters:
        raise ValueError("Name at least one parameter: fit_exponents({'eta': values}, y).")
    y = np.asarray(y, dtype=float)
    if y.ndim != 1:
        raise ValueError(f"y must be one number a point, but has shape {y.shape}.")
    columns = {name: np.asarray(values, dtype=float) for name, values in parameters.items()}
    for name, values in (*columns.items(), ("y", y)):
        if values.shape != y.shape:
            raise ValueError(f"{name} and y must have the same length: {name} has shape {values.shape}, y {y.shape}.")
        bad = np.flatnonzero(~(np.isfinite(values) & (values > 0)))
        if len(bad):
            raise ValueError(f"{name} must be positive and finite, but is {values[bad[0]]:g} at point {bad[0]}.")
    if len(y) < len(columns) + 2:
        raise ValueError(f"{len(columns)} exponents need at least {len(columns) + 2} points, but there are {len(y)}.")
    return list(columns), np.log(np.column_stack(list(columns.values()))), np.log(y)


def _signs(names, limits) -> np.ndarray:
    """1 for a limit at large values, -1 at small ones, shape (k,)."""
    for name, limit in limits.items():
        if name not in names:
            raise ValueError(f"limits names {name!r}, but the parameters are {', '.join(names)}.")
        if limit not in ("large", "small"):
            raise ValueError(f"The limit of {name} is {limit!r}, but must be 'large' or 'small'.")
    return np.array([-1.0 if limits.get(name) == "small" else 1.0 for name in names])


def _check_rank(names, logs) -> None:
    """Raise ValueError, naming the parameters, where the design cannot tell them apart."""
    centred = logs - logs.mean(axis=0)
    size = np.linalg.norm(centred, axis=0)
    for name, value, norm in zip(names, logs[0], size, strict=True):
        if norm <= CONFOUNDED:
            raise ValueError(f"{name} is {math.exp(value):g} at every point: without variation it has no exponent.")
    _, singular, combinations = np.linalg.svd(centred / size)
    if len(singular) < len(names) or singular[-1] <= CONFOUNDED:
        mixed = [name for name, share in zip(names, combinations[-1], strict=True) if abs(share) > 1e-3]
        raise ValueError(f"The design cannot tell {' and '.join(mixed)} apart: they vary together at every point, "
                         "so that only a combination of their exponents is determined.")


def _bends(design, away, length) -> list[Departure]:
    """No curvature, and terms of each decay and size; `away` is the distance of ln x_j from its limit, (n, k)."""
    zero = np.zeros(len(away))
    terms = {b: _distinct(_terms(away, length, b), design) for b in DECAYS}
    terms = {b: matrix for b, matrix in terms.items() if matrix.shape[1]}
    if not terms:
        return [Departure("a product of powers", 1.0, zero, ())]
    share = (1 - PLAIN) / len(terms) / len(BENDS)
    return [Departure("a product of powers", PLAIN, zero, ())] + [
        Departure("curvature" if b == 0 else "corrections x^-b", share, zero, tuple((size * matrix).T))
        for b, matrix in terms.items() for size in BENDS
    ]  # fmt: skip


def _terms(away, length, b) -> np.ndarray:
    """Columns that are of size 1 at the farthest corner, shape (n, n_terms)."""
    k = away.shape[1]
    pairs = [(i, j) for i in range(k) for j in range(i, k)]
    if b == 0:
        w = away / length
        return np.column_stack([w[:, i] * w[:, j] for i, j in pairs])
    w = np.exp(-b * (length - away))
    return np.column_stack([w, w**3 / 3, *(w[:, i] * w[:, j] / 2 for i, j in pairs)])


def _distinct(matrix, design) -> np.ndarray:
    """Without the columns that the design absorbs, and with no more columns than points, of the same covariance."""
    basis = np.linalg.qr(design)[0]
    beyond = np.linalg.norm(matrix - basis @ (basis.T @ matrix), axis=0) > CONFOUNDED * np.linalg.norm(matrix, axis=0)
    left, singular, _ = np.linalg.svd(matrix[:, beyond], full_matrices=False)
    return left * singular
