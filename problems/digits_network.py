r"""A two-layer tanh network with softmax cross-entropy and weight decay: analytic and coercive, its infimum unknown.

References
----------
.. [1] Handwritten digits of E. Alpaydin and C. Kaynak, 8 x 8 pixels, as bundled with scikit-learn [secondary]; network
   and loss are a stand-in of ours for the experiments of arXiv:2412.14637 [derived].
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import dot, exp_minus, inline

from .bundled import bundled
from .facts import Fact
from .formulas import rational
from .hidden_layer import cross_entropy, drawn_weights, layer_faults, mean_cross_entropy, packed, width
from .ranges import positive


@inline
def _tanh(u):
    """To an absolute error of a unit of rounding, which is what a hidden neuron needs; vectorises."""
    e = exp_minus(-2.0 * abs(u))
    t = (1.0 - e) / (1.0 + e)
    return t if u >= 0.0 else -t


@inline
def _arrays(problem):
    n, c = problem.targets.shape
    h = width(problem)
    return np.empty((n, h)), np.empty((n, c)), np.empty((n, h))


@inline
def _loss(problem, work, x):
    """The loss; leaves the hidden layer and the probabilities of the classes in the work arrays."""
    hidden, outputs = work[0], work[1]
    d = problem.x.shape[1]
    n, c = problem.targets.shape
    h = width(problem)
    w1 = d * h
    w2 = w1 + h
    np.dot(problem.x, x[:w1].reshape((d, h)), hidden)
    for i in range(n):
        for j in range(h):
            hidden[i, j] = _tanh(hidden[i, j] + x[w1 + j])
    np.dot(hidden, x[w2 : w2 + h * c].reshape((h, c)), outputs)
    total = cross_entropy(outputs, problem.targets, x[w2 + h * c :])
    return total / n + 0.5 * problem.mu * dot(x, x)


@inline
def _network(problem, work, x, g):
    f = _loss(problem, work, x)
    hidden, outputs, inner = work
    d = problem.x.shape[1]
    n, c = problem.targets.shape
    h = width(problem)
    w1 = d * h
    w2 = w1 + h
    for i in range(n):
        for k in range(c):
            outputs[i, k] = (outputs[i, k] - problem.targets[i, k]) / n
    np.dot(outputs, x[w2 : w2 + h * c].reshape((h, c)).T, inner)
    np.dot(hidden.T, outputs, g[w2 : w2 + h * c].reshape((h, c)))
    for i in range(n):
        for j in range(h):
            inner[i, j] = inner[i, j] * (1.0 - hidden[i, j] * hidden[i, j])
    np.dot(problem.x.T, inner, g[:w1].reshape((d, h)))
    for j in range(h):
        g[w1 + j] = 0.0
    for k in range(c):
        g[w2 + h * c + k] = 0.0
    for i in range(n):
        for j in range(h):
            g[w1 + j] = g[w1 + j] + inner[i, j]
        for k in range(c):
            g[w2 + h * c + k] = g[w2 + h * c + k] + outputs[i, k]
    for i in range(x.size):
        g[i] = g[i] + problem.mu * x[i]
    return f, g


class DigitsNetwork(NamedTuple):
    r""":math:`f = \tfrac1n\sum_i\bigl(\ln\sum_ke^{o_{ik}} - \langle y_i, o_i\rangle\bigr) + \tfrac\mu2|x|^2`.

    :math:`o_i = W_2^T\tanh(W_1^Tx_i + b_1) + b_2`; the iterate is (W_1, b_1, W_2, b_2), matrices row by row. The
    infimum is attained, for :math:`|x|^2 \le 2f(x_0)/\mu` along a descent, but unknown: the gap is f itself, and
    there are no facts f_star and x_star.

    Parameters
    ----------
    x : ndarray, shape (n, d)
        Inputs.
    targets : ndarray, shape (n, c)
        One-hot rows :math:`y_i` of at least two classes.
    mu : float
        Positive weight decay, on biases too.
    initial : ndarray, shape ((d + 1) h + (h + 1) c,)
        Default start; its size gives the number h of hidden neurons.
    """

    x: np.ndarray
    targets: np.ndarray
    mu: float
    initial: np.ndarray

    kernel = staticmethod(_network)
    value = staticmethod(_loss)
    workspace = staticmethod(_arrays)

    @classmethod
    def of(cls, mu: float = 1e-2, n: int = 500) -> "DigitsNetwork":
        r"""The first n images of scikit-learn, pixels/16, 10 hidden neurons: 760 parameters.

        Start: :math:`W_1` standard normal over 8, then :math:`W_2` over :math:`\sqrt{10}`, seed 0; biases 0.

        Raises
        ------
        ImportError
            Without scikit-learn.
        """
        images, labels = bundled("load_digits", "DigitsNetwork.of")
        return cls._started(images[:n] / 16.0, labels[:n], 10, 10, mu, 0)

    @classmethod
    def _started(cls, x, labels, h, c, mu, seed) -> "DigitsNetwork":
        w1, w2 = drawn_weights(seed, x.shape[1], h, c)
        return cls(x, np.eye(c)[labels], mu, packed(w1 / math.sqrt(x.shape[1]), w2 / math.sqrt(h)))

    @classmethod
    def random(cls, n: int, d: int, h: int, c: int, mu: float = 1e-2, seed: int = 0) -> "DigitsNetwork":
        """Gaussian inputs with random labels."""
        rng = np.random.default_rng(seed)
        return cls._started(rng.standard_normal((n, d)), rng.integers(c, size=n), h, c, mu, seed + 1)

    @classmethod
    def examples(cls) -> list["DigitsNetwork"]:
        """Instances for the property suite."""
        return [cls.random(3, 1, 1, 2), cls.random(7, 3, 4, 3, 0.1, seed=2)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.initial.size

    @property
    def start(self) -> np.ndarray:
        """Default start."""
        return self.initial

    def facts(self) -> dict[str, Fact]:
        """Known values; the infimum is not among them. [derived]"""
        return {"smoothness": Fact("analytic"), "n": Fact(len(self.x))}

    def expression(self):
        """Symbols of all parameters and the loss, numbers exact; None above six dimensions."""
        import sympy as sp

        loss = mean_cross_entropy(self, sp.tanh)
        return loss and (loss[0], loss[1] + rational(self.mu) / 2 * sum(s**2 for s in loss[0]))

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return layer_faults(self) + positive(self, "mu")
