"""The logistic loss and its slope in a loop, against the same loop with the C library's exp and log1p."""

import math

import numpy as np
from numba import njit

from theorylab.kernels import softplus

from .measure import Result, interleaved

TARGET = 0.35
SIZE = 4096
SWEEPS = 100


@njit(error_model="numpy")
def _ours(margins, values, slopes):
    for i in range(margins.size):
        values[i], slopes[i] = softplus(margins[i])


@njit(error_model="numpy")
def _library(margins, values, slopes):
    for i in range(margins.size):
        m = margins[i]
        e = math.exp(-abs(m))
        values[i] = math.log1p(e) + (-m if m < 0.0 else 0.0)
        slopes[i] = (e if m > 0.0 else 1.0) / (1.0 + e)


def _sweeps(loop, margins):
    """A call that runs the loop many times and returns (values, slopes)."""
    values, slopes = np.empty(SIZE), np.empty(SIZE)

    def call():
        for _ in range(SWEEPS):
            loop(margins, values, slopes)
        return values, slopes

    return call


def measure() -> list[Result]:
    """ns an element, both results stored."""
    margins = 5.0 * np.random.default_rng(0).standard_normal(SIZE)
    ours, theirs = _sweeps(_ours, margins), _sweeps(_library, margins)
    if not np.allclose(ours(), theirs(), rtol=2e-15, atol=0.0):
        raise RuntimeError("the library's logistic loss differs from ours by more than rounding")
    a, b, ratio = interleaved(ours, theirs)
    a, b = (seconds / (SWEEPS * SIZE) * 1e9 for seconds in (a, b))
    name = f"softplus and its slope, {SIZE} margins"
    return [Result(name, f"{a:.2f} ns a margin", f"libm: {b:.2f} ns a margin", ratio, TARGET, "x the time")]
