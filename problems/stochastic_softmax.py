r"""Softmax regression with weight decay, asked for one row a step.

References
----------
.. [1] Handwritten digits of E. Alpaydin and C. Kaynak, 8 x 8 pixels, as bundled with scikit-learn [secondary]; the
   problem is the stand-in of our specification for the experiments of arXiv:2503.09411 [derived].
"""

import functools
import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import dot, exp_minus, fma, inline, norm2, uniform

from .bundled import bundled
from .facts import Fact
from .formulas import LARGEST, rational
from .minimisers import excess, minimiser
from .ranges import array, finite, one_hot, positive
from .stochastic_logistic import beyond, into_ball, stated

CLASSES, PIXELS = 10, 16.0
TRAINED = 0.75


@inline
def _workspace(problem):
    n, c = problem.targets.shape
    return np.empty((n, c)), np.empty(c)


@inline
def _softmax(outputs, targets):
    """The loss of one row; its outputs become the probabilities minus the targets."""
    largest = outputs[0]
    for k in range(1, outputs.size):
        largest = max(largest, outputs[k])
    mass = 0.0
    own = 0.0
    for k in range(outputs.size):
        below = outputs[k] - largest
        own += targets[k] * below
        outputs[k] = exp_minus(below)
        mass += outputs[k]
    for k in range(outputs.size):
        outputs[k] = outputs[k] / mass - targets[k]
    return math.log(mass) - own


@inline
def _kernel(problem, work, x, g):
    outputs = work[0]
    n, c = outputs.shape
    d = problem.x.shape[1]
    np.dot(problem.x, x.reshape((c, d)).T, outputs)
    total = 0.0
    for i in range(n):
        total += _softmax(outputs[i], problem.targets[i])
        for k in range(c):
            outputs[i, k] = outputs[i, k] / n
    np.dot(outputs.T, problem.x, g.reshape((c, d)))
    for j in range(x.size):
        g[j] = g[j] + problem.l2 * x[j]
    return total / n + 0.5 * problem.l2 * norm2(x) - problem.least, g


@inline
def _draw(problem, work, x, g, k, stream):
    outputs = work[1]
    c = outputs.size
    n, d = problem.x.shape
    i = math.floor(uniform(stream, k) * n)  # below n: u is at most 1 - 2^-53
    length2 = 0.0
    for m in range(c):
        own = x[m * d : (m + 1) * d]
        outputs[m] = dot(problem.x[i], own)
        length2 += norm2(own)
    value = _softmax(outputs, problem.targets[i])
    for m in range(c):
        slope = outputs[m]
        for j in range(d):
            g[m * d + j] = fma(slope, problem.x[i, j], problem.l2 * x[m * d + j])
    return value + 0.5 * problem.l2 * length2 - problem.least, g


@inline
def _project(problem, x):
    return into_ball(problem.radius, x)


class StochasticSoftmax(NamedTuple):
    r""":math:`f(W) = \frac1n\sum_i(\ln\sum_ke^{\langle w_k, x_i\rangle} - \langle w_{y_i}, x_i\rangle)
    + \frac\lambda2|W|^2 - f_\star`.

    A draw is the term of one row, drawn with replacement, with all of the weight decay. The iterate is W, the weights
    of the classes one after the other; the domain is the ball :math:`|W| \le r` in the Frobenius norm.

    Parameters
    ----------
    x : ndarray, shape (n, d)
        Inputs.
    targets : ndarray, shape (n, c)
        One-hot rows of at least two classes.
    l2 : float
        :math:`\lambda > 0`.
    optimum : ndarray, shape (c d,)
        The minimiser.
    least : float
        f_star: what the gap is counted from.
    radius : float
        r, larger than the minimiser's norm; infinite for no projection.
    """

    x: np.ndarray
    targets: np.ndarray
    l2: float
    optimum: np.ndarray
    least: float
    radius: float = math.inf

    costly = True
    kernel = staticmethod(_kernel)
    draw = staticmethod(_draw)
    project = staticmethod(_project)
    workspace = staticmethod(_workspace)

    @classmethod
    def of(cls, x, labels, classes: int, l2: float, factor: float = math.inf) -> "StochasticSoftmax":
        """The problem on labelled rows, its minimiser found; the radius is `factor` times the minimiser's norm."""
        data = x, np.eye(classes)[labels], l2
        optimum = minimiser(
            functools.partial(_value_grad, *data), functools.partial(_hessian, *data), np.zeros(x.shape[1] * classes)
        )
        least = float(_value_grad(*data, optimum)[0])
        return cls(*data, optimum, least, factor * float(np.linalg.norm(optimum)))

    @classmethod
    def of_digits(cls, l2: float = 1e-3, factor: float = 1.5, wrong: float = 0.0) -> "StochasticSoftmax":
        """The specification's P5: the training part of `digits_split`.

        Raises
        ------
        ImportError
            Without scikit-learn.
        """
        x, labels = digits_split(wrong)[0]
        return cls.of(x, labels, CLASSES, l2, factor)

    @classmethod
    def random(cls, n: int, d: int, c: int, l2: float, seed: int = 0) -> "StochasticSoftmax":
        """Gaussian inputs with random labels, on the ball of 1.5 times the minimiser's norm."""
        rng = np.random.default_rng(seed)
        return cls.of(rng.standard_normal((n, d)), rng.integers(c, size=n), c, l2, 1.5)

    @classmethod
    def examples(cls) -> list["StochasticSoftmax"]:
        """Instances for the property suite."""
        return [cls.random(7, 2, 3, 0.1), cls.random(40, 5, 4, 0.01, seed=3)]

    @property
    def dimension(self) -> int:
        """Number of weights."""
        return self.optimum.size

    @property
    def start(self) -> np.ndarray:
        """Default start, the origin."""
        return np.zeros(self.dimension)

    def distance(self, x) -> np.ndarray:
        """Distance to the minimiser: points (..., c d) -> (...)."""
        return np.linalg.norm(np.asarray(x, dtype=float) - self.optimum, axis=-1)

    def accuracy(self, x, inputs, labels) -> np.ndarray:
        """Share of the inputs whose largest output has their label: weights (..., c d) -> (...)."""
        weights = np.reshape(x, (*np.shape(x)[:-1], self.targets.shape[1], self.x.shape[1]))
        return ((inputs @ weights.swapaxes(-1, -2)).argmax(axis=-1) == labels).mean(axis=-1)

    def facts(self) -> dict[str, Fact]:
        """Known values, computed from the rows. [derived]"""
        second = np.einsum("ij,ij->", self.x, self.x) / len(self.x)
        facts = {
            "f_star": Fact(0.0),
            "x_star": Fact(self.optimum),
            "n": Fact(len(self.x)),
            "growth_order": Fact(2, "at the solution"),
            "L": Fact(second / 2.0 + self.l2, "a Lipschitz constant of the gradient, not the least one"),
        }
        if self.dimension <= 20:  # costly beyond, and nobody asks
            hessian = _hessian(self.x, self.targets, self.l2, self.optimum)
            facts["hessian_eigenvalues"] = Fact(np.linalg.eigvalsh(hessian), "at the solution")
        return facts

    def excess(self) -> float:
        """How much f at the stated minimiser may lie above its infimum, rounding apart. [derived]"""
        slope = np.linalg.norm(_value_grad(self.x, self.targets, self.l2, self.optimum)[1])
        return excess(float(slope), self.l2, 0.0)

    def expression(self):
        """Symbols of all weights and the gap with exact data; None above six weights."""
        import sympy as sp

        if self.dimension > LARGEST:
            return None
        c, d = self.targets.shape[1], self.x.shape[1]
        symbols = sp.symbols(f"w_0:{c * d}", real=True)
        weights, total = sp.Matrix(c, d, symbols), 0
        for row, target in zip(self.x, self.targets, strict=True):
            outputs = weights * sp.Matrix([rational(v) for v in row])
            total += sp.log(sum(map(sp.exp, outputs))) - outputs.dot(sp.Matrix([rational(v) for v in target]))
        decay = rational(self.l2) / 2 * sum(s**2 for s in symbols)
        return symbols, total / len(self.x) + decay - rational(self.least)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = array(self, "x", (None, None)) + array(self, "targets", (None, None))
        faults = faults or array(self, "targets", (np.shape(self.x)[0], None))
        faults += positive(self, "l2") + finite(self, "least")
        if faults:
            return faults
        c, d = np.shape(self.targets)[1], np.shape(self.x)[1]
        if faults := one_hot(self, "targets"):
            return faults
        data = np.asarray(self.x), np.asarray(self.targets), self.l2
        return array(self, "optimum", (c * d,)) or (
            beyond(self) + stated(self, *_value_grad(*data, np.asarray(self.optimum)))
        )


def digits_split(wrong: float = 0.0):
    """The digits of scikit-learn, pixels/16 and a constant 1: ((inputs, labels) to train on, (inputs, labels) to test).

    Rows are permuted by ``default_rng(0)``, three quarters are for training; a share `wrong` of their labels is
    replaced by random ones, drawn later from the same generator.

    Raises
    ------
    ImportError
        Without scikit-learn.
    """
    images, labels = bundled("load_digits", "digits_split")
    rng = np.random.default_rng(0)
    order = rng.permutation(len(images))
    inputs = np.column_stack([images / PIXELS, np.ones(len(images))])[order]
    labels = labels[order]
    n = int(TRAINED * len(images))
    replaced = rng.random(n) < wrong
    labels[:n][replaced] = rng.integers(CLASSES, size=n)[replaced]
    return (inputs[:n], labels[:n]), (inputs[n:], labels[n:])


def _value_grad(x, targets, l2, w):
    outputs = x @ w.reshape(targets.shape[1], -1).T
    outputs -= outputs.max(axis=1, keepdims=True)
    masses = np.exp(outputs).sum(axis=1, keepdims=True)
    slopes = (np.exp(outputs) / masses - targets) / len(x)
    value = (np.log(masses[:, 0]) - (targets * outputs).sum(axis=1)).mean()
    return value + 0.5 * l2 * w @ w, (slopes.T @ x).ravel() + l2 * w


def _hessian(x, targets, l2, w):
    c, (n, d) = targets.shape[1], x.shape
    outputs = x @ w.reshape(c, d).T
    p = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    blocks = np.empty((c, d, c, d))
    for k in range(c):
        for m in range(k + 1):
            blocks[k, :, m, :] = blocks[m, :, k, :] = (x.T * ((p[:, k] * ((k == m) - p[:, m])) / n)) @ x
    return blocks.reshape(c * d, c * d) + l2 * np.eye(c * d)
