r"""A ReLU network with one hidden layer and softmax cross-entropy, one mini-batch a draw.

References
----------
.. [1] F. Orabona, T. Tommasi (2017), Training deep networks without learning rates through coin betting, NeurIPS,
   arXiv:1705.07795: the protocol. Network and data are a stand-in of ours. [derived]
.. [2] Handwritten digits of E. Alpaydin and C. Kaynak, 8 x 8 pixels, as bundled with scikit-learn. [secondary]
"""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline

from .bundled import bundled
from .epochs import any_order, order_of
from .facts import Fact
from .hidden_layer import cross_entropy, drawn_weights, layer_faults, mean_cross_entropy, packed, width


class _Layers(NamedTuple):
    """Inputs, hidden layer, outputs (then probabilities, then their slopes) and slopes of the hidden layer."""

    x: np.ndarray
    targets: np.ndarray
    hidden: np.ndarray
    outputs: np.ndarray
    slopes: np.ndarray


@inline
def _workspace(problem):
    n, d = problem.x.shape
    c = problem.targets.shape[1]
    h = width(problem)
    m = problem.batch
    batch = _Layers(np.empty((m, d)), np.empty((m, c)), np.empty((m, h)), np.empty((m, c)), np.empty((m, h)))
    return np.empty((n, h)), np.empty((n, c)), np.empty((n, h)), batch, any_order(n)


@inline
def _loss(layers, w):
    """Mean cross-entropy; leaves the hidden layer and, in the outputs, the probabilities."""
    x, targets, hidden, outputs = layers.x, layers.targets, layers.hidden, layers.outputs
    n, d = x.shape
    h, c = hidden.shape[1], outputs.shape[1]
    w1 = d * h
    w2 = w1 + h
    b2 = w2 + h * c
    np.dot(x, w[:w1].reshape((d, h)), hidden)
    for i in range(n):
        for j in range(h):
            u = hidden[i, j] + w[w1 + j]
            hidden[i, j] = u if u > 0.0 else 0.0
    np.dot(hidden, w[w2:b2].reshape((h, c)), outputs)
    total = cross_entropy(outputs, targets, w[b2:])
    return total / n


@inline
def _backward(layers, w, g):
    """The gradient, after `_loss` has passed forward."""
    x, targets, hidden, outputs, slopes = layers.x, layers.targets, layers.hidden, layers.outputs, layers.slopes
    n, d = x.shape
    h, c = hidden.shape[1], outputs.shape[1]
    w1 = d * h
    w2 = w1 + h
    b2 = w2 + h * c
    for k in range(c):
        g[b2 + k] = 0.0
    for i in range(n):
        for k in range(c):
            outputs[i, k] = (outputs[i, k] - targets[i, k]) / n
            g[b2 + k] = g[b2 + k] + outputs[i, k]
    np.dot(hidden.T, outputs, g[w2:b2].reshape((h, c)))
    np.dot(outputs, w[w2:b2].reshape((h, c)).T, slopes)
    for j in range(h):
        g[w1 + j] = 0.0
    for i in range(n):
        for j in range(h):
            slopes[i, j] = slopes[i, j] if hidden[i, j] > 0.0 else 0.0
            g[w1 + j] = g[w1 + j] + slopes[i, j]
    np.dot(x.T, slopes, g[:w1].reshape((d, h)))
    return g


@inline
def _network(problem, work, w, g):
    layers = _Layers(problem.x, problem.targets, work[0], work[1], work[2])
    f = _loss(layers, w)
    return f, _backward(layers, w, g)


@inline
def _value(problem, work, w):
    return _loss(_Layers(problem.x, problem.targets, work[0], work[1], work[2]), w)


@inline
def _mini_batch(problem, work, w, g, k, stream):
    batch = work[3]
    m = problem.batch
    d, c = problem.x.shape[1], problem.targets.shape[1]
    per_epoch = problem.x.shape[0] // m
    rows = order_of(work[4], k // per_epoch, stream)
    first = m * (k % per_epoch)
    for i in range(m):
        row = rows[first + i]
        for j in range(d):
            batch.x[i, j] = problem.x[row, j]
        for j in range(c):
            batch.targets[i, j] = problem.targets[row, j]
    f = _loss(batch, w)
    return f, _backward(batch, w, g)


class Split(NamedTuple):
    """Images and labels for training and for testing: shapes (n, d), (n,), (m, d) and (m,)."""

    x: np.ndarray
    labels: np.ndarray
    test_x: np.ndarray
    test_labels: np.ndarray


def digits_split(seed: int = 0, training: int = 1437) -> Split:
    """The 1797 images of 8 x 8 pixels in scikit-learn, pixels/16, shuffled: 1437 for training and 360 for testing.

    Raises
    ------
    ImportError
        Without scikit-learn.
    """
    images, labels = bundled("load_digits", "digits_split")
    order = np.random.default_rng(seed).permutation(len(images))
    x, labels = images[order] / 16.0, labels[order]
    return Split(x[:training], labels[:training], x[training:], labels[training:])


class ReluNetwork(NamedTuple):
    r""":math:`F = \tfrac1n\sum_i\bigl(\ln\sum_ke^{o_{ik}} - \langle y_i, o_i\rangle\bigr)`; a draw is a mini-batch.

    :math:`o_i = W_2^T\max(0, W_1^Tx_i + b_1) + b_2`; the iterate is (W_1, b_1, W_2, b_2), matrices row by row. Every
    epoch shuffles the rows and cuts them into batches; the incomplete last one is dropped. At a kink a ReLU has slope
    0. The infimum is unknown: the gap is F itself, the loss on all rows; between records a run shows the losses of
    the mini-batches, each before its step.

    Parameters
    ----------
    x : ndarray, shape (n, d)
        Inputs.
    targets : ndarray, shape (n, c)
        One-hot rows :math:`y_i` of at least two classes.
    batch : int
        Rows of a mini-batch, at most n.
    initial : ndarray, shape ((d + 1) h + (h + 1) c,)
        Default start; its size gives the number h of hidden neurons.
    """

    x: np.ndarray
    targets: np.ndarray
    batch: int
    initial: np.ndarray

    kernel = staticmethod(_network)
    value = staticmethod(_value)
    draw = staticmethod(_mini_batch)
    workspace = staticmethod(_workspace)
    costly = True

    @classmethod
    def of(cls, split: Split, hidden: int = 64, batch: int = 32, seed: int = 0) -> "ReluNetwork":
        r"""A network for this split: He's start, :math:`W` normal times :math:`\sqrt{2/\text{inputs}}`, biases 0."""
        return cls._started(split.x, split.labels, hidden, int(split.labels.max()) + 1, batch, seed)

    @classmethod
    def _started(cls, x, labels, h, c, batch, seed) -> "ReluNetwork":
        w1, w2 = drawn_weights(seed, x.shape[1], h, c)
        initial = packed(w1 * math.sqrt(2.0 / x.shape[1]), w2 * math.sqrt(2.0 / h))
        return cls(x, np.eye(c)[labels], batch, initial)

    @classmethod
    def random(cls, n: int, d: int, h: int, c: int, batch: int = 2, seed: int = 0) -> "ReluNetwork":
        """Gaussian inputs with random labels."""
        rng = np.random.default_rng(seed)
        return cls._started(rng.standard_normal((n, d)), rng.integers(c, size=n), h, c, batch, seed + 1)

    @classmethod
    def examples(cls) -> list["ReluNetwork"]:
        """Instances for the property suite."""
        return [cls.random(3, 1, 1, 2), cls.random(7, 3, 4, 3, 3, seed=2)]

    @property
    def dimension(self) -> int:
        """Number of coordinates of an iterate."""
        return self.initial.size

    @property
    def start(self) -> np.ndarray:
        """Default start."""
        return self.initial

    @property
    def steps_per_epoch(self) -> int:
        """Whole mini-batches among the rows."""
        return len(self.x) // self.batch

    def error(self, w, x, labels) -> np.ndarray:
        """Share of the images x, shape (m, d), that the network w misses: iterates (..., dimension) -> (...)."""
        w, d, c = np.asarray(w, dtype=float), self.x.shape[1], self.targets.shape[1]
        h, lead = width(self), w.shape[:-1]
        w1, b1, w2, b2 = np.split(w, np.cumsum([d * h, h, h * c]), axis=-1)
        hidden = np.maximum(0.0, x @ w1.reshape(*lead, d, h) + b1[..., None, :])
        outputs = hidden @ w2.reshape(*lead, h, c) + b2[..., None, :]
        return (outputs.argmax(axis=-1) != labels).mean(axis=-1)

    def facts(self) -> dict[str, Fact]:
        """Known values; the infimum is not among them. [derived]"""
        return {"n": Fact(len(self.x))}

    def expression(self):
        """Symbols of all parameters and the loss, numbers exact; None above six dimensions."""
        import sympy as sp

        return mean_cross_entropy(self, lambda u: (u + sp.Abs(u)) / 2)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        if faults := layer_faults(self):
            return faults
        n = len(self.x)
        if not (isinstance(self.batch, int) and 1 <= self.batch <= n):
            return [f"ReluNetwork.batch is {self.batch!r}; it has to be an integer from 1 to the {n} rows"]
        return []
