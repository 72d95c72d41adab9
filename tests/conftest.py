"""Shared by all tests: numba's own notices are not ours to fail on."""

import pytest


@pytest.fixture
def rng():
    """A generator with a fixed seed: every test draws the same numbers on every machine."""
    import numpy as np

    return np.random.default_rng(20240919)
