"""The stream is numpy's Philox, and a draw depends on nothing but its key and counter."""

import numpy as np
import pytest
from numba import njit

from theorylab.kernels import Stream, philox, uniforms

KEYS = [(0, 0), (1, 2), (2**64 - 1, 3), (20240919, 2**63 + 5)]


@njit(cache=True)
def _words(step, block, seed, trajectory):
    return philox(step, block, seed, trajectory)


@njit(cache=True)
def _uniforms(stream, k, out):
    return uniforms(stream, k, out)


def _stream(seed, trajectory):
    return Stream(np.uint64(seed), np.uint64(trajectory))


def _of_numpy(seed, trajectory, step, block=0):
    """numpy's generator one below the counter (step, block, 0, 0): it counts up before each block."""
    counter = (step + (block << 64) - 1) % 2**256
    words = [(counter >> shift) % 2**64 for shift in (0, 64, 128, 192)]
    return np.random.Philox(
        key=np.array([seed, trajectory], dtype=np.uint64), counter=np.array(words, dtype=np.uint64)
    )


@pytest.mark.parametrize("seed, trajectory", KEYS)
@pytest.mark.parametrize("step, block", [(0, 0), (1, 0), (5, 7), (2**40 + 1, 2)])
def test_words_are_those_of_numpys_philox(seed, trajectory, step, block):
    ours = _words(step, block, np.uint64(seed), np.uint64(trajectory))
    assert [int(word) for word in ours] == _of_numpy(seed, trajectory, step, block).random_raw(4).tolist()


@pytest.mark.parametrize("d", (1, 3, 4, 6, 9))
def test_uniforms_are_those_of_numpys_generator(d):
    expected = []
    for block in range((d + 3) // 4):
        expected += np.random.Generator(_of_numpy(7, 11, 13, block)).random(4).tolist()
    assert _uniforms(_stream(7, 11), 13, np.empty(d)).tolist() == expected[:d]
    assert uniforms(_stream(7, 11), 13, np.empty(d)).tolist() == expected[:d]
    if d <= 4:
        assert _uniforms(_stream(7, 11), 13, (0.0,) * d) == tuple(expected[:d])
        assert uniforms(_stream(7, 11), 13, (0.0,) * d) == tuple(expected[:d])


def test_draws_do_not_depend_on_the_order_in_which_they_are_asked_for():
    keys = [(seed, trajectory, k) for seed in (0, 1) for trajectory in (0, 1) for k in range(5)]
    forward = {key: _uniforms(_stream(*key[:2]), key[2], np.empty(5)).tolist() for key in keys}
    backward = {key: _uniforms(_stream(*key[:2]), key[2], np.empty(5)).tolist() for key in reversed(keys)}
    assert forward == backward
    assert len({tuple(values) for values in forward.values()}) == len(keys)


def test_uniforms_lie_in_the_unit_interval_and_fill_it_evenly():
    values = np.array([_uniforms(_stream(3, t), k, np.empty(4)) for t in range(50) for k in range(100)]).ravel()
    assert 0.0 <= values.min() and values.max() < 1.0
    counts, _ = np.histogram(values, 20, (0.0, 1.0))
    # chi-square with 19 degrees of freedom: 60 has a p-value of 4e-6, and the seed is fixed.
    assert ((counts - values.size / 20) ** 2 / (values.size / 20)).sum() < 60.0
