"""Passes over data in a fresh random order each, as pure functions of (seed, trajectory, epoch)."""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline, uniforms


class Order(NamedTuple):
    """The order of one epoch with the key it was made for: epoch, seed and trajectory.

    It is kept between draws only because making it takes n of them; what it holds never shows in a draw.
    """

    rows: np.ndarray
    numbers: np.ndarray
    key: np.ndarray


@inline
def any_order(n):
    """Room for the order of n rows, of no epoch yet."""
    return Order(np.arange(n), np.empty(n), np.full(3, -1))


@inline
def order_of(room, epoch, stream):
    """The rows in the order of this epoch: Fisher and Yates, with one uniform number of the stream a swap."""
    rows, numbers, key = room
    seed, trajectory = np.int64(stream.seed), np.int64(stream.trajectory)
    if not ((key[0] == epoch) & (key[1] == seed) & (key[2] == trajectory)):
        key[0], key[1], key[2] = epoch, seed, trajectory
        numbers = uniforms(stream, epoch, numbers)
        for i in range(rows.size):
            rows[i] = i
        for i in range(rows.size - 1, 0, -1):
            j = int(numbers[i] * (i + 1))
            kept = rows[i]
            rows[i] = rows[j]
            rows[j] = kept
    return rows


def _shuffled(numbers):
    rows = list(range(len(numbers)))
    for i in range(len(rows) - 1, 0, -1):
        j = int(numbers[i] * (i + 1))
        rows[i], rows[j] = rows[j], rows[i]
    return rows


#: A replay has the numbers of every epoch recorded, as many as there are rows, and needs no room.
EXACT = {
    "any_order": lambda math, n: None,
    "order_of": lambda math, room, epoch, stream: _shuffled(stream.row(epoch)),
}
