r"""Linear classifiers: a loss of the margins, averaged over a sample.

A sample holds the rows :math:`z_i = y_i x_i`; the margins are :math:`m_i = \langle z_i, w\rangle`. What a kernel saw
last stays in its work arrays, so that methods can watch margins and gradient potential at every step for free.

References
----------
.. [1] J. Wu, P. L. Bartlett, M. Telgarsky, B. Yu (2024), Large stepsize gradient descent for logistic loss:
   non-monotonicity of the loss improves optimization efficiency, COLT, PMLR 247:5019-5073, section 2. [quoted]
"""

from typing import Any, NamedTuple

import numpy as np

from theorylab.kernels import dot, inline, log_mean, rows_dot, rows_sum, value_decay

from .facts import Fact
from .formulas import LARGEST, rational
from .losses import Exponential, FlattenedExp, FlattenedPoly, Logistic
from .samples import Sample, gauss, imbalanced, pair

#: Steps beyond this length would overflow where iterates are squared.
LONGEST = 1e150
_MOST_ROWS = 12


@inline
def _workspace(problem):
    rows = problem.sample.z.shape[0]
    return np.empty(rows), np.empty(rows), np.empty(rows)


@inline
def _evaluate(problem, margins, values, slopes):
    """The loss at every margin, and its derivative times the weight."""
    weights = problem.sample.weights
    for i in range(margins.size):
        value, decay = value_decay(problem.loss, margins[i])
        values[i] = value
        slopes[i] = -weights[i] * decay


@inline
def _kernel(problem, work, x, g):
    margins, values, slopes = work
    z, weights = problem.sample.z, problem.sample.weights
    margins = rows_dot(z, x, margins)
    _evaluate(problem, margins, values, slopes)
    return dot(weights, values), rows_sum(z, slopes, x, g)


@inline
def _block_workspace(problem, width):
    # the transpose of the data: BLAS multiplies few rows by it faster than by a transposed view
    rows = problem.sample.z.shape[0]
    columns = np.ascontiguousarray(problem.sample.z.T)
    return columns, np.empty((width, rows)), np.empty((width, rows)), np.empty((width, rows))


@inline
def _block_kernel(problem, work, X, G, F):
    columns, margins, values, slopes = work
    np.dot(X, columns, margins)
    for j in range(F.size):
        _evaluate(problem, margins[j], values[j], slopes[j])
    np.dot(values, problem.sample.weights, F)
    np.dot(slopes, problem.sample.z, G)


@inline
def _lane(problem, work, j):
    return work[1][j], work[2][j], work[3][j]


@inline
def _seen(problem, work):
    return work[0], problem.sample.weights, work[2]


@inline
def _log_gap(problem, work, f):
    return log_mean(problem.loss, work[0], problem.sample.weights, f)


class LinearClassifier(NamedTuple):
    r""":math:`L(w) = \sum_i p_i\, l(\langle z_i, w\rangle)` [1]_.

    On separable data the infimum 0 is attained nowhere: there is no minimiser and no `distance`. The loss keeps its
    relative accuracy down to 1e-308; below that `MarginWatch` carries its logarithm.

    Parameters
    ----------
    sample : Sample
        Rows :math:`z_i = y_i x_i` with weights :math:`p_i`; see `problems.samples`.
    loss : NamedTuple
        `Logistic`, `FlattenedExp`, `FlattenedPoly` or `Exponential`, from `problems.losses`.
    """

    sample: Sample
    loss: Any = Logistic()

    kernel = staticmethod(_kernel)
    workspace = staticmethod(_workspace)
    seen = staticmethod(_seen)
    log_gap = staticmethod(_log_gap)
    block_workspace = staticmethod(_block_workspace)
    block_kernel = staticmethod(_block_kernel)
    lane = staticmethod(_lane)

    @classmethod
    def examples(cls) -> list["LinearClassifier"]:
        """Instances for the property suite."""
        return [
            cls(pair(0.05)),
            cls(gauss(12, 6, 3)),
            cls(gauss(20, 9, 5)),
            cls(imbalanced(0.1, 100, "s/2"), FlattenedExp(2.0)),
            cls(pair(0.09), FlattenedPoly(0.5)),
            cls(pair(0.02), Exponential()),
        ]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.sample.z.shape[1]

    @property
    def start(self) -> np.ndarray:
        """Default start, the origin, shape (d,)."""
        return np.zeros(self.dimension)

    def margins(self, x) -> np.ndarray:
        """Margins of all rows: points (..., d) -> (..., rows)."""
        return np.asarray(x, dtype=float) @ self.sample.z.T

    def facts(self) -> dict[str, Fact]:
        """Known values, computed from the sample. [derived] Without f_star (not separable) the gap is the loss."""
        sample = self.sample
        facts = {"n": Fact(sample.n), "norm": Fact(sample.norm, "largest |z_i|")}
        if (steepest := self.loss.steepest) is not None:
            facts["L"] = Fact(steepest * sample.norm**2, "a Lipschitz constant of the gradient, not the least one")
        if sample.separable:
            facts["f_star"] = Fact(0.0, "the infimum, attained nowhere")
            facts["margin"] = Fact(sample.margin, "largest min_i <z_i, u> over unit vectors u")
            facts["max_margin_direction"] = Fact(sample.max_margin.direction)
        return facts

    def expression(self):
        """Symbols w_j and the loss with exact data; None where there are too many coordinates or rows."""
        import sympy as sp

        rows, dimension = self.sample.z.shape
        if dimension > LARGEST or rows > _MOST_ROWS:
            return None
        w = sp.symbols(f"w_1:{dimension + 1}", real=True)
        total = 0
        for row, weight in zip(self.sample.z, self.sample.weights, strict=True):
            margin = sum(rational(v) * symbol for v, symbol in zip(row, w, strict=True))
            total += rational(weight) * self.loss.formula(margin)
        return w, total

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        if not isinstance(self.sample, Sample):
            return [f"LinearClassifier.sample is {self.sample!r}; it has to be a Sample, see problems.samples"]
        if not hasattr(type(self.loss), "value_decay"):
            return [f"LinearClassifier.loss is {self.loss!r}; it has to be a loss of problems.losses"]
        return self.sample.faults() + self.loss.faults()

    def objections(self, method) -> list[str]:
        """Sentences that say why a method cannot run on this loss."""
        inner = getattr(method, "method", method)
        length = getattr(inner, "stepsize", 0.0) * self.sample.norm
        if length <= LONGEST:
            return []
        return [
            f"{type(inner).__name__}.stepsize is {inner.stepsize:g} on data of norm {self.sample.norm:g}: the square "
            f"of an iterate would overflow; stepsize times norm has to be at most {LONGEST:g} (the limit of infinite "
            "stepsize is BatchPerceptron)"
        ]
