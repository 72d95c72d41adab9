"""The stream is numpy's Philox, and a draw depends on nothing but its key and counter."""

import numpy as np
import pytest
from numba import njit

from theorylab.kernels import Stream, philox, uniform, uniforms

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


@njit(cache=True)
def _uniform(stream, k):
    return uniform(stream, k)


def _mixed(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
    return z ^ (z >> 31)


def test_the_finaliser_is_that_of_splitmix64():
    # the first words of SplitMix64 from the seed 0, as published with its reference code
    words = [_mixed(0x9E3779B97F4A7C15 * k % 2**64) for k in (1, 2, 3)]
    assert words == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


@pytest.mark.parametrize("seed, trajectory", KEYS)
def test_keyed_words_are_those_of_whole_numbers_compiled_or_not(seed, trajectory):
    for k in (0, 1, 2**40 + 1):
        word = _mixed((k * 0x9E3779B97F4A7C15 + seed) % 2**64)
        word = _mixed((word + trajectory * 0xBB67AE8584CAA73B) % 2**64)
        expected = (word >> 11) * 2.0**-53
        assert _uniform(_stream(seed, trajectory), k) == uniform(_stream(seed, trajectory), k) == expected


@pytest.mark.parametrize("axis", ["step", "trajectory", "seed"])
def test_keyed_uniforms_are_even_and_uncorrelated_along_steps_trajectories_and_seeds(axis):
    n = 20_000
    key = {"step": lambda i: (5, 7, i), "trajectory": lambda i: (5, i, 7), "seed": lambda i: (i, 5, 7)}[axis]
    u = np.array([_uniform(_stream(s, t), k) for s, t, k in map(key, range(n))])
    # p-values of 4e-6: chi-square with 99 and 399 degrees of freedom, a normal lag-1 correlation
    assert _chi2(np.histogram(u, 100, (0, 1))[0]) < 172
    assert _chi2(np.histogram2d(u[:-1:2], u[1::2], 20, ((0, 1), (0, 1)))[0].ravel()) < 534
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 4.6 / np.sqrt(n)
    low_bits = (u * 2**53).astype(np.int64) & 15
    assert _chi2(np.bincount(low_bits, minlength=16)) < 55


def _chi2(counts):
    expected = counts.sum() / counts.size
    return ((counts - expected) ** 2 / expected).sum()
