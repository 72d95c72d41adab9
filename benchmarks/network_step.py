"""A training step of the 64-64-10 ReLU network, batches of 32, against numpy with preallocated arrays; one thread."""

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401  numba's BLAS, loaded before its threads are limited
from numba import njit
from threadpoolctl import threadpool_limits

from problems import ReluNetwork
from theorylab.kernels import Stream, axpy, draw, fill, workspace

from .measure import Result, interleaved

STEPS, ETA = 44 * 20, 0.05
STREAM = Stream(np.uint64(0), np.uint64(0))
PROBLEM = ReluNetwork.random(1437, 64, 64, 10, batch=32)


def _ours():
    """A call that trains from the start by plain steps and returns the parameters."""

    @njit(error_model="numpy", nogil=True)
    def train(problem, x, stream, steps, eta):
        work = workspace(problem)
        g = fill(x, 0.0)
        for k in range(steps):
            _, g = draw(problem, work, x, g, k, stream)
            x = axpy(-eta, g, x)
        return x

    return lambda: train(PROBLEM, PROBLEM.initial.copy(), STREAM, STEPS, ETA)


def _in_numpy(orders):
    """The same in numpy: no array is made in a step, labels instead of one-hot rows, parameters in one vector."""
    x, labels, m = PROBLEM.x, PROBLEM.targets.argmax(axis=1), PROBLEM.batch
    (n, d), c, h = x.shape, PROBLEM.targets.shape[1], 64
    cuts = np.cumsum([d * h, h, h * c])

    def matrices(w):
        w1, b1, w2, b2 = np.split(w, cuts)
        return w1.reshape(d, h), b1, w2.reshape(h, c), b2

    w, g = np.empty(PROBLEM.dimension), np.empty(PROBLEM.dimension)
    (w1, b1, w2, b2), (g1, gb1, g2, gb2) = matrices(w), matrices(g)
    batch, own, every = np.empty((m, d)), np.empty(m, np.intp), np.arange(m)
    hidden, outputs, inner, alive = np.empty((m, h)), np.empty((m, c)), np.empty((m, h)), np.empty((m, h), bool)
    column = np.empty((m, 1))

    def step(rows):
        np.take(x, rows, axis=0, out=batch, mode="clip")
        np.take(labels, rows, out=own, mode="clip")
        np.matmul(batch, w1, out=hidden)
        np.add(hidden, b1, out=hidden)
        np.maximum(hidden, 0.0, out=hidden)
        np.matmul(hidden, w2, out=outputs)
        np.add(outputs, b2, out=outputs)
        np.max(outputs, axis=1, keepdims=True, out=column)
        np.subtract(outputs, column, out=outputs)
        loss = -outputs[every, own].sum()
        np.exp(outputs, out=outputs)
        np.sum(outputs, axis=1, keepdims=True, out=column)
        np.divide(outputs, column, out=outputs)
        np.log(column, out=column)
        loss += column.sum()
        outputs[every, own] -= 1.0
        np.multiply(outputs, 1.0 / m, out=outputs)
        np.matmul(hidden.T, outputs, out=g2)
        np.sum(outputs, axis=0, out=gb2)
        np.matmul(outputs, w2.T, out=inner)
        np.greater(hidden, 0.0, out=alive)
        np.multiply(inner, alive, out=inner)
        np.matmul(batch.T, inner, out=g1)
        np.sum(inner, axis=0, out=gb1)
        np.multiply(g, ETA, out=g)
        np.subtract(w, g, out=w)
        return loss / m

    def call():
        w[:] = PROBLEM.initial
        per_epoch = n // m
        for k in range(STEPS):
            first = m * (k % per_epoch)
            step(orders[k // per_epoch][first : first + m])
        return w

    return call


def _orders():
    """The rows of every epoch, as the draws have them."""
    from problems.epochs import any_order, order_of

    epochs = STEPS // PROBLEM.steps_per_epoch
    return [order_of(any_order(len(PROBLEM.x)), epoch, STREAM).copy() for epoch in range(epochs)]


def measure() -> list[Result]:
    """Microseconds of a step: a mini-batch gathered, forward, backward, parameters moved; ours makes the orders too."""
    with threadpool_limits(1, "blas"):
        ours, theirs = _ours(), _in_numpy(_orders())
        if not np.allclose(ours(), theirs(), rtol=1e-9, atol=1e-12):
            raise RuntimeError("numpy came to other parameters than ours")
        a, b, ratio = interleaved(ours, theirs)
    sides = f"{1e6 * a / STEPS:.1f} us", f"numpy: {1e6 * b / STEPS:.1f} us"
    return [Result("SGD step, 4810 parameters", *sides, ratio, 1.5, "x the time")]
