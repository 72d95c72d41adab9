"""COCOB-Backprop step by step against implementations of others: the authors' published algorithm, and optax's."""

import math

import numpy as np
import pytest
from betting_problems import LARGE, NoisyTargets, gradients

from theorylab import run
from theorylab.methods import COCOBBackprop

STEPS = 3000
PROBLEM = NoisyTargets(LARGE)


@pytest.fixture(scope="module")
def ours():
    """Our iterates and the gradients seen there; others get the same gradients and keep their own books."""
    trace = run(PROBLEM, COCOBBackprop(), steps=STEPS, record=range(STEPS + 1), floor=-math.inf, seed=8)
    return trace.x, [gradients(PROBLEM, x, k, 8) for k, x in enumerate(trace.x[:-1])]


def apart(x, y) -> float:
    return float(np.max(np.abs(x - y) / np.maximum(1.0, np.abs(y))))


def test_the_authors_published_algorithm_makes_the_same_steps(ours):
    """Transcribed line by line, names and order theirs: their variable starts at 1e-8, all others at 0. [quoted]"""
    x, seen = ours
    initial = var = x[0].copy()
    alpha, L = 100.0, np.full_like(var, 1e-8)
    grads_sum, tilde_w = np.zeros_like(var), np.zeros_like(var)
    gradients_sum, reward = np.zeros_like(var), np.zeros_like(var)
    path = [var]
    for gradient in seen:
        L = np.maximum(L, np.abs(gradient))
        gradients_sum = gradients_sum + np.abs(gradient)
        reward = np.maximum(reward - gradient * tilde_w, 0)
        grads_sum = grads_sum + gradient
        tilde_w = -grads_sum / (L * np.maximum(gradients_sum + L, alpha * L)) * (reward + L)
        var = initial + tilde_w
        path.append(var)
    assert apart(x, np.array(path)) < 1e-12
    assert np.abs(x - x[0]).max() > 10  # it went somewhere


def test_optax_makes_the_same_steps(ours):
    jax = pytest.importorskip("jax")
    pytest.importorskip("optax")
    from optax import apply_updates, contrib

    x, seen = ours
    with jax.enable_x64(True):
        w = jax.numpy.asarray(x[0])
        method = contrib.cocob()
        state, update, path = method.init(w), jax.jit(method.update), [x[0]]
        for gradient in seen:
            moves, state = update(jax.numpy.asarray(gradient), state, w)
            w = apply_updates(w, moves)
            path.append(np.asarray(w))
    assert path[-1].dtype == np.float64
    assert apart(x, np.array(path)) < 1e-12
