r"""Means of losses of linear functions, one row a draw: least absolute deviations, and the hinge loss of a classifier.

Both are convex with kinks; a draw's subgradient is bounded by :math:`L_j = \max_i|a_{ij}|` in each coordinate.

References
----------
.. [1] Handwritten digits of E. Alpaydin and C. Kaynak, and the breast cancer data of W. Wolberg, O. Mangasarian and
   W. Street, both as bundled with scikit-learn [secondary]. They are stand-ins of ours for the experiments of
   arXiv:1705.07795. [derived]
"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import add_row, inline, row_dot, rows_dot, rows_sum, scale, uniform

from .bundled import bundled
from .epochs import any_order, order_of
from .facts import Fact
from .formulas import LARGEST, rational
from .linear_minima import Minimum, least_absolute, least_hinge
from .ranges import array

_MOST_ROWS = 12


@inline
def _room(problem):
    n = problem.a.shape[0]
    return np.empty(n), np.empty(n)


@inline
def _absolute(problem, work, x, g):
    residuals, slopes = work
    n = residuals.size
    residuals = rows_dot(problem.a, x, residuals)
    total = 0.0
    for i in range(n):
        r = residuals[i] - problem.b[i]
        total += abs(r)
        slopes[i] = 1.0 / n if r > 0.0 else -1.0 / n if r < 0.0 else 0.0
    return total / n, rows_sum(problem.a, slopes, x, g)


@inline
def _absolute_row(problem, work, x, g, k, stream):
    i = int(uniform(stream, k) * problem.b.size)
    r = row_dot(problem.a, i, x) - problem.b[i]
    sign = 1.0 if r > 0.0 else -1.0 if r < 0.0 else 0.0
    return abs(r), add_row(sign, problem.a, i, scale(0.0, g))


@inline
def _hinge_room(problem):
    n = problem.z.shape[0]
    return np.empty(n), np.empty(n), any_order(n)


@inline
def _hinge(problem, work, x, g):
    margins, slopes = work[0], work[1]
    n = margins.size
    margins = rows_dot(problem.z, x, margins)
    total = 0.0
    for i in range(n):
        total += 1.0 - margins[i] if margins[i] < 1.0 else 0.0
        slopes[i] = -1.0 / n if margins[i] < 1.0 else 0.0
    return total / n, rows_sum(problem.z, slopes, x, g)


@inline
def _hinge_row(problem, work, x, g, k, stream):
    n = problem.z.shape[0]
    i = order_of(work[2], k // n, stream)[k % n]
    m = row_dot(problem.z, i, x)
    g = scale(0.0, g)
    if m < 1.0:
        return 1.0 - m, add_row(-1.0, problem.z, i, g)
    return 0.0, g


class LeastAbsolute(NamedTuple):
    r""":math:`F(x) = \frac1n\sum_i|\langle a_i, x\rangle - b_i|`; a draw is one row, all equally likely.

    The gap is F itself: `minimum` finds the least value. Between records a run shows the values of the drawn rows,
    whose mean over the steps estimates that of F without bias.

    Parameters
    ----------
    a : ndarray, shape (n, d)
    b : ndarray, shape (n,)
    """

    a: np.ndarray
    b: np.ndarray

    kernel = staticmethod(_absolute)
    draw = staticmethod(_absolute_row)
    workspace = staticmethod(_room)
    costly = True

    @classmethod
    def of(cls, spread: float, n: int = 4000, d: int = 20, seed: int = 0) -> "LeastAbsolute":
        r"""A uniform on [-1, 1], :math:`b = A\hat x + \frac12\,\mathrm{Laplace}`, :math:`\hat x` normal times spread.

        [derived] All spreads of one seed have the same A, noise and direction of :math:`\hat x`.
        """
        rng = np.random.default_rng(seed)
        a, x, noise = rng.uniform(-1.0, 1.0, (n, d)), rng.standard_normal(d), rng.laplace(size=n)
        return cls(a, a @ (spread * x) + 0.5 * noise)

    @classmethod
    def examples(cls) -> list["LeastAbsolute"]:
        """Instances for the property suite."""
        return [cls.of(1.0, 5, 2, seed=1), cls.of(3.0, 9, 6, seed=2)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.a.shape[1]

    @property
    def start(self) -> np.ndarray:
        """Default start, the origin, shape (d,)."""
        return np.zeros(self.dimension)

    def minimum(self) -> Minimum:
        """The least value of F with a minimiser and a dual bound."""
        return least_absolute(self.a, self.b)

    def facts(self) -> dict[str, Fact]:
        """Known values, computed from the data. [derived]"""
        return _row_facts(self.a)

    def expression(self):
        """Symbols x_j and F with exact data; None where there are too many coordinates or rows."""
        import sympy as sp

        made = _linear(self.a)
        if made is None:
            return None
        x, products = made
        return x, sum(sp.Abs(v - rational(b)) for v, b in zip(products, self.b, strict=True)) / len(self.b)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return array(self, "a", (None, None)) or array(self, "b", (np.shape(self.a)[0],))


class HingeClassifier(NamedTuple):
    r""":math:`F(w) = \frac1n\sum_i\max(0, 1-\langle z_i, w\rangle)`, :math:`z_i = y_ix_i`; a draw is the next row.

    Every pass over the rows comes in a fresh random order. Within a pass draws depend on each other, and what they say
    of F is biased, given the draws before; over whole passes every row has come equally often. The gap is F itself:
    `minimum` finds the least value. Between records a run shows the losses of the rows drawn, each before its step.

    Parameters
    ----------
    z : ndarray, shape (n, d)
        Rows times their labels -1 or +1.
    """

    z: np.ndarray

    kernel = staticmethod(_hinge)
    draw = staticmethod(_hinge_row)
    workspace = staticmethod(_hinge_room)
    costly = True

    @classmethod
    def scaled(cls, x, y) -> "HingeClassifier":
        """Columns divided by their largest absolute value, zero columns dropped, a column of ones added. [derived]

        Parameters
        ----------
        x : array_like, shape (n, d)
        y : array_like, shape (n,)
            Labels -1 or +1.
        """
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        largest = np.abs(x).max(axis=0)
        x = x[:, largest > 0.0] / largest[largest > 0.0]
        return cls(np.hstack([x, np.ones((len(x), 1))]) * y[:, None])

    @classmethod
    def digits(cls, digit: int = 8) -> "HingeClassifier":
        """One digit (+1) against the others (-1): the 1797 images of 8 x 8 pixels in scikit-learn, `scaled`.

        Raises
        ------
        ImportError
            Without scikit-learn.
        """
        images, labels = bundled("load_digits", "HingeClassifier.digits")
        return cls.scaled(images, np.where(labels == digit, 1.0, -1.0))

    @classmethod
    def breast_cancer(cls) -> "HingeClassifier":
        """Benign (+1) against malignant (-1) tumours: the 569 cases in scikit-learn, `scaled`. They are separable.

        Raises
        ------
        ImportError
            Without scikit-learn.
        """
        cases, labels = bundled("load_breast_cancer", "HingeClassifier.breast_cancer")
        return cls.scaled(cases, np.where(labels == 1, 1.0, -1.0))

    @classmethod
    def random(cls, n: int, d: int, seed: int = 0) -> "HingeClassifier":
        """Gaussian points with random labels, scaled."""
        rng = np.random.default_rng(seed)
        return cls.scaled(rng.standard_normal((n, d - 1)), rng.choice((-1.0, 1.0), n))

    @classmethod
    def examples(cls) -> list["HingeClassifier"]:
        """Instances for the property suite."""
        return [cls.random(7, 2, seed=1), cls.random(11, 6, seed=2)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.z.shape[1]

    @property
    def start(self) -> np.ndarray:
        """Default start, the origin, shape (d,)."""
        return np.zeros(self.dimension)

    def minimum(self) -> Minimum:
        """The least value of F with a minimiser and a dual bound."""
        return least_hinge(self.z)

    def facts(self) -> dict[str, Fact]:
        """Known values, computed from the data. [derived]"""
        return _row_facts(self.z)

    def expression(self):
        """Symbols w_j and F with exact data; None where there are too many coordinates or rows."""
        import sympy as sp

        made = _linear(self.z)
        return made and (made[0], sum(1 - m + sp.Abs(1 - m) for m in made[1]) / (2 * len(self.z)))

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return array(self, "z", (None, None))


def _row_facts(rows) -> dict[str, Fact]:
    largest = np.abs(rows).max(axis=0)
    where = "everywhere: no (sub)gradient that the oracle returns is larger, by coordinate"
    return {"n": Fact(len(rows)), "largest_draw": Fact(largest, where)}


def _linear(rows):
    """Symbols, and the linear functions of the rows with exact coefficients."""
    import sympy as sp

    n, d = rows.shape
    if d > LARGEST or n > _MOST_ROWS:
        return None
    x = sp.symbols(f"x_1:{d + 1}", real=True)
    return x, [sum(rational(v) * symbol for v, symbol in zip(row, x, strict=True)) for row in rows]
