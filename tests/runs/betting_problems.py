"""Sums of distances, with and without noise, in few and in many coordinates: what tests of betting methods run on."""

import math
from typing import NamedTuple

import numpy as np

from theorylab.kernels import fill, inline, per_coordinate, total, uniforms


@inline
def _sign(_, g, x, target):
    z = x - target
    return (1.0 if z > 0.0 else -1.0 if z < 0.0 else 0.0,)


@inline
def _distance(_, x, target):
    return abs(x - target)


@inline
def _kernel(problem, work, x, g):
    (g,) = per_coordinate(_sign, 0.0, (g,), (x, problem.target))
    return total(_distance, 0.0, x, (x, problem.target)), g


@inline
def _noise(_, g, u):
    return (0.7 * g + 0.6 * (u - 0.5),)


@inline
def _draw(problem, work, x, g, k, stream):
    f, g = _kernel(problem, work, x, g)
    (g,) = per_coordinate(_noise, 0.0, (g,), (uniforms(stream, k, fill(x, 0.0)),))
    return f, g


@inline
def _nothing(problem):
    return ()


class Targets(NamedTuple):
    r""":math:`\sum_i|x_i - t_i|`: a tuple of targets in few coordinates, an array in many."""

    target: object

    kernel = staticmethod(_kernel)
    workspace = staticmethod(_nothing)

    @property
    def dimension(self):
        return len(self.target)

    @property
    def start(self):
        return np.linspace(0.2, -0.3, len(self.target))

    def facts(self):
        return {}


@inline
def _poisoned(problem, work, x, g, k, stream):
    f, g = _kernel(problem, work, x, g)
    (g,) = per_coordinate(_spoilt, k, (g,), ())
    return f, g


@inline
def _spoilt(k, g):
    return (math.nan if k == 6 else g,)


class PoisonedTargets(Targets):
    """The gradient is nan in step 7."""

    draw = staticmethod(_poisoned)


class NoisyTargets(Targets):
    """Gradients of 0.7 times that sum, and uniform noise of at most 0.3 on each coordinate."""

    draw = staticmethod(_draw)


#: In two coordinates and in seven: tuples and arrays.
SMALL = (10.137, -0.21)
LARGE = np.array([1.37, -0.21, 10.137, 0.0004, -33.3, 2.5, 0.77])


def gradients(problem, x, k, seed=0):
    """The gradient that a run of this seed sees at x in step k."""
    from theorylab.kernels import Stream

    g = np.sign(x - np.asarray(problem.target))
    if hasattr(type(problem), "draw"):
        u = np.array(uniforms(Stream(np.uint64(seed), np.uint64(0)), k, np.zeros(len(x))))
        g = 0.7 * g + 0.6 * (u - 0.5)
    return g
