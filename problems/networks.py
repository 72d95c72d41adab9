r"""Two-layer ReLU networks with fixed outer weights: logistic loss of the hidden layer.

References
----------
.. [1] J. Wu, P. L. Bartlett, M. Telgarsky, B. Yu (2024), Large stepsize gradient descent for logistic loss:
   non-monotonicity of the loss improves optimization efficiency, COLT, PMLR 247:5019-5073: the set-up [quoted]; the
   data are ours [derived].
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline

from .facts import Fact
from .flat import as_array, like
from .formulas import LARGEST, rational
from .losses import log_of
from .norms import into_unit_ball
from .ranges import array
from .tails import logistic


@inline
def _network_workspace(problem):
    n = problem.y.size
    m, d = problem.initial.shape
    weights = np.empty(n)
    for i in range(n):
        weights[i] = 1.0 / n
    return np.empty((n, m)), np.empty(m * d), np.empty(m * d), np.empty(n), weights, np.empty(n)


@inline
def _network(problem, work, x, g):
    hidden, x_scratch, g_scratch, margins, weights, slopes = work
    shape = problem.initial.shape
    n = problem.y.size
    m = problem.a.size
    gradient = as_array(g, g_scratch)
    np.dot(problem.x, as_array(x, x_scratch).reshape(shape).T, hidden)
    root = math.sqrt(1.0 * m)
    total = 0.0
    for i in range(n):
        output = 0.0
        for s in range(m):
            output += problem.a[s] * max(hidden[i, s], 0.0)
        margins[i] = problem.y[i] * output / root
        loss, slope = logistic(margins[i])
        slopes[i] = weights[i] * slope
        total += loss
        factor = problem.y[i] * slope / (root * n)
        # The derivative of the loss in the input of neuron s; relu'(0) = 0.
        for s in range(m):
            hidden[i, s] = factor * problem.a[s] if hidden[i, s] > 0.0 else 0.0
    np.dot(hidden.T, problem.x, gradient.reshape(shape))
    return total / n, like(x, gradient)


@inline
def _seen(problem, work):
    return work[3], work[4], work[5]


@inline
def _log_gap(problem, work, f):
    return log_of(f, work[3], work[4], 1.0)


def _xor_points() -> tuple[np.ndarray, np.ndarray]:
    """Points and labels of XOR; 1/sqrt 2 is rounded down, so that the norms do not exceed 1."""
    return into_unit_ball(np.array([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]])), np.array([1.0, 1, -1, -1])


def _alternating(m: int) -> np.ndarray:
    return np.where(np.arange(m) % 2 == 0, 1.0, -1.0)


class TwoLayerReLU(NamedTuple):
    r""":math:`f(W) = \tfrac1n\sum_i \ln(1 + e^{-y_i F(x_i; W)})`, W of shape (m, d), row by row [1]_.

    :math:`F(x; W) = m^{-1/2}\sum_s a_s\,\mathrm{relu}(\langle x, w_s\rangle)` with :math:`\mathrm{relu}'(0) = 0`; the
    signs a_s are fixed, only W is trained. [quoted] F is homogeneous in W: where some W has :math:`y_i F(x_i; W) > 0`
    for all i, the infimum 0 lies at infinity, and there is no minimiser: no fact x_star, no `distance`. [derived]

    Parameters
    ----------
    x : ndarray, shape (n, d)
        Inputs.
    y : ndarray, shape (n,)
        Labels -1 or +1.
    a : ndarray, shape (m,)
        Outer weights -1 or +1.
    initial : ndarray, shape (m, d)
        Default start.
    """

    x: np.ndarray
    y: np.ndarray
    a: np.ndarray
    initial: np.ndarray

    kernel = staticmethod(_network)
    workspace = staticmethod(_network_workspace)
    seen = staticmethod(_seen)
    log_gap = staticmethod(_log_gap)

    @classmethod
    def xor(cls, m: int = 256, seed: int = 0) -> "TwoLayerReLU":
        r""":math:`\pm(1,1)/\sqrt2` with label +1, :math:`\pm(1,-1)/\sqrt2` with -1; Gaussian start, a = +1, -1, +1, ...

        The margin of the neural tangent kernel is :math:`1/(2\sqrt2)`. [derived]
        """
        x, y = _xor_points()
        return cls(x, y, _alternating(m), np.random.default_rng(seed).standard_normal((m, 2)))

    @classmethod
    def halfspace(cls, n: int, d: int, m: int, seed: int = 0) -> "TwoLayerReLU":
        r"""Gaussian inputs in the unit ball with labels :math:`\mathrm{sign}(x_1)`: two neurons can tell them apart."""
        rng = np.random.default_rng(seed)
        x = into_unit_ball(rng.standard_normal((n, d)))
        return cls(x, np.where(x[:, 0] > 0, 1.0, -1.0), _alternating(m), rng.standard_normal((m, d)))

    @classmethod
    def examples(cls) -> list["TwoLayerReLU"]:
        """Instances for the property suite; the seeds keep its lines of differentiation off the kinks."""
        small = [cls.halfspace(3, 2, 2), cls.halfspace(4, 2, 3, seed=1), cls.halfspace(2, 3, 2, seed=2)]
        return [*small, cls.xor(8, seed=1)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.initial.size

    @property
    def start(self) -> np.ndarray:
        """Default start, shape (m d,)."""
        return self.initial.ravel()

    def facts(self) -> dict[str, Fact]:
        r"""Known values. [derived]

        The tangent margin on XOR: at any unit vector u one of :math:`\pm x_1`, say p, and one of :math:`\pm x_3`, say
        q, is active, and :math:`\chi(u) = (p - q)/\sqrt2` gives each of the four inputs the margin
        :math:`1/\sqrt2` on the half of the sphere where it is active. No :math:`|\chi| \le 1` does better, since the
        four margins at u have the sum :math:`\langle\chi, p - q\rangle \le \sqrt2`.
        """
        facts = {
            "f_star": Fact(0.0, "the infimum where some W classifies every input, attained nowhere"),
            "smoothness": Fact("analytic off the kinks <x_i, w_s> = 0, continuous on them"),
            "n": Fact(len(self.y)),
            "norms": Fact(np.linalg.norm(self.x, axis=1), "of the inputs"),
        }
        x, y = _xor_points()
        if np.array_equal(self.x, x) and np.array_equal(self.y, y):
            facts["ntk_margin"] = Fact(1.0 / (2.0 * math.sqrt(2.0)), "infinite width, inputs of norm 1")
        return facts

    def expression(self):
        """Symbols w_sj row by row and the gap with exact parameters; None above six dimensions.

        relu(u) is (u + |u|)/2, of which the derivative at a kink is 1/2 instead of 0.
        """
        import sympy as sp

        m, d = self.initial.shape
        if self.dimension > LARGEST:
            return None
        w = sp.Matrix(m, d, lambda s, j: sp.Symbol(f"w_{s}{j}", real=True))
        total = 0
        for row, label in zip(self.x, self.y, strict=True):
            inputs = w * sp.Matrix([rational(v) for v in row])
            output = sum(rational(a) * (u + sp.Abs(u)) / 2 for a, u in zip(self.a, inputs, strict=True)) / sp.sqrt(m)
            total += sp.log(1 + sp.exp(-rational(label) * output))
        return tuple(w), total / len(self.y)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = array(self, "x", (None, None)) + array(self, "a", (None,))
        if faults:
            return faults
        faults = array(self, "y", np.shape(self.x)[:1]) + array(self, "initial", (np.size(self.a), np.shape(self.x)[1]))
        return faults or self._signs("y", "label") + self._signs("a", "outer weight")

    def _signs(self, name, what) -> list[str]:
        values = np.asarray(getattr(self, name))
        if np.isin(values, (-1.0, 1.0)).all():
            return []
        bad = values[~np.isin(values, (-1.0, 1.0))][0]
        return [
            f"{type(self).__name__}.{name} holds {bad}; every {what} has to be -1 or +1; map them first, as in "
            "numpy.where(values > 0, 1.0, -1.0)"
        ]
