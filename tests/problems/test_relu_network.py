"""The ReLU network: gradients, mini-batches, its split and its errors."""

import sys

import numpy as np
import pytest
from numba import njit
from scipy.special import logsumexp

from problems import ReluNetwork
from problems.relu_network import Split, digits_split
from theorylab.kernels import Stream, draw, fill, workspace
from theorylab.methods import GD
from theorylab.runs import BadInput, checks


@njit
def _draws(problem, steps, x, stream):
    work = workspace(problem)
    values, gradients = np.empty(steps.size), np.empty((steps.size, x.size))
    g = fill(x, 7.0)  # a draw overwrites what is there
    for i in range(steps.size):
        f, g = draw(problem, work, x, g, steps[i], stream)
        values[i] = f
        gradients[i] = g
    return values, gradients


def draws(problem, w, steps, seed=0):
    return _draws(problem, np.array(steps), w, Stream(np.uint64(seed), np.uint64(0)))


def loss_and_gradient(problem, w, rows):
    """The textbook formulas in numpy on some of the rows."""
    x, y = problem.x[rows], problem.targets[rows]
    d, c = x.shape[1], y.shape[1]
    h = (w.size - c) // (d + 1 + c)
    w1, b1 = w[: d * h].reshape(d, h), w[d * h : (d + 1) * h]
    w2, b2 = w[(d + 1) * h : -c].reshape(h, c), w[-c:]
    hidden = np.maximum(x @ w1 + b1, 0.0)
    outputs = hidden @ w2 + b2
    p = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    slopes = (p - y) / len(x)
    inner = (slopes @ w2.T) * (hidden > 0)
    parts = x.T @ inner, inner.sum(axis=0), hidden.T @ slopes, slopes.sum(axis=0)
    return np.mean(logsumexp(outputs, axis=1) - outputs[y == 1]), np.concatenate([part.ravel() for part in parts])


NETWORK = ReluNetwork.random(60, 5, 7, 3, batch=12, seed=3)


def test_kernel_and_draws_equal_the_textbook_formulas(ask, rng):
    for scale in (0.1, 1.0, 30.0):
        w = scale * rng.standard_normal(NETWORK.dimension)
        f, gradient = loss_and_gradient(NETWORK, w, np.arange(60))
        found, slope = ask(NETWORK, w)
        assert found == pytest.approx(f, rel=1e-12)
        np.testing.assert_allclose(slope, gradient, rtol=0, atol=1e-13 * np.linalg.norm(gradient))


def test_batches_are_disjoint_and_their_mean_over_an_epoch_is_the_whole(ask, rng):
    w = rng.standard_normal(NETWORK.dimension)
    f, gradient = ask(NETWORK, w)
    firsts = []
    for epoch in (0, 1, 6):
        values, gradients = draws(NETWORK, w, range(5 * epoch, 5 * epoch + 5), seed=2)
        assert values.mean() == pytest.approx(f, rel=1e-13) and np.ptp(values) > 0.01
        np.testing.assert_allclose(gradients.mean(axis=0), gradient, rtol=0, atol=1e-13 * np.linalg.norm(gradient))
        firsts.append(values[0])
    assert len(set(firsts)) == 3


def test_the_incomplete_batch_is_dropped_and_a_batch_holds_different_rows():
    # as many rows as classes and weights that make a row's loss tell the row
    problem = ReluNetwork(np.eye(11), np.eye(11), 3, np.zeros(11 * 11 + 11 + 11 * 11 + 11))
    w = np.concatenate([np.eye(11).ravel(), np.zeros(11), np.zeros(121), np.zeros(11)])
    assert problem.steps_per_epoch == 3
    rows = []
    for g in draws(problem, w, range(30))[1]:
        slopes = g[132:253].reshape(11, 11)  # of W_2: row r is nonzero where the batch holds row r
        rows.append(np.flatnonzero(np.abs(slopes).sum(axis=1)))
        assert rows[-1].size == 3
    epochs = [set(np.concatenate(rows[3 * e : 3 * e + 3])) for e in range(10)]
    assert all(len(epoch) == 9 for epoch in epochs) and len(set.union(*epochs)) == 11


def test_a_neuron_at_the_kink_has_no_slope(ask):
    w = np.zeros(NETWORK.dimension)
    f, gradient = ask(NETWORK, w)
    assert f == pytest.approx(np.log(3), rel=1e-14)
    assert not gradient[:-3].any() and gradient[-3:].any()


def test_error_counts_the_images_whose_largest_output_is_another_class(rng):
    w = rng.standard_normal((2, 4, NETWORK.dimension))
    x, labels = rng.standard_normal((30, 5)), rng.integers(3, size=30)
    found = NETWORK.error(w, x, labels)
    assert found.shape == (2, 4) and 0.2 < found.mean() < 0.95
    for i in np.ndindex(2, 4):
        own = ReluNetwork(x, np.eye(3)[labels], 1, w[i])
        losses = [[loss_and_gradient(own._replace(targets=np.eye(3)[[k] * 30]), w[i], [r])[0] for k in range(3)]
                  for r in range(30)]  # fmt: skip
        assert found[i] == np.mean(np.argmin(losses, axis=1) != labels)


def test_start_is_that_of_he_with_zero_biases():
    split = Split(np.zeros((5, 64)), np.arange(5) * 2 + 1, np.zeros((0, 64)), np.zeros(0, int))
    problem = ReluNetwork.of(split, hidden=500, batch=5)
    w1, b1, w2, b2 = np.split(problem.initial, np.cumsum([64 * 500, 500, 5000]))
    assert w1.std() == pytest.approx(np.sqrt(2 / 64), rel=0.02)
    assert w2.std() == pytest.approx(np.sqrt(2 / 500), rel=0.03)
    assert not b1.any() and not b2.any()
    assert (ReluNetwork.of(split, batch=5, seed=1).initial != ReluNetwork.of(split, batch=5).initial).any()


def test_digits_are_split_into_1437_and_360_after_a_seeded_shuffle():
    pytest.importorskip("sklearn", reason="the data are those of scikit-learn")
    split, other = digits_split(0), digits_split(1)
    assert split.x.shape == (1437, 64) and split.test_x.shape == (360, 64)
    assert split.x.max() == 1.0 and split.x.min() == 0.0
    assert (split.labels != other.labels).any() and (split.labels == digits_split(0).labels).all()
    everything = [np.sort(np.concatenate([s.x, s.test_x]), axis=0) for s in (split, other)]
    np.testing.assert_array_equal(*everything)
    problem = ReluNetwork.of(split)
    assert problem.dimension == 4810 and problem.steps_per_epoch == 44 and problem.faults() == []


def test_bad_fields_get_a_sentence():
    for bad, said in (
        (NETWORK._replace(batch=61), "batch is 61; it has to be an integer from 1 to the 60 rows"),
        (NETWORK._replace(targets=np.zeros((60, 3))), "every row has to be one-hot"),
        (NETWORK._replace(initial=np.zeros(13)), r"initial has 13 entries; it has to have \(d \+ 1\) h"),
    ):
        with pytest.raises(BadInput, match=said):
            checks.pair(bad, GD(1.0))


def test_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"digits_split.*pip install 'theorylab\[data\]'"):
        digits_split()
