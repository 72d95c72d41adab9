"""Means over seeds."""

import numpy as np
import pytest

from theorylab.fits import mean_interval


@pytest.mark.parametrize("draw, truth", [
    (lambda rng, n: rng.standard_normal(n), 0.0),
    (lambda rng, n: rng.lognormal(0, 1, n), np.exp(0.5)),
    (lambda rng, n: rng.standard_t(3, n), 0.0),
], ids=["normal", "lognormal", "student 3"])
def test_mean_interval_holds_the_mean_of_skewed_and_heavy_tailed_seeds(draw, truth):
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(300):
        interval = mean_interval(draw(rng, 30))
        hits += interval.low <= truth <= interval.high
    assert hits >= 0.9 * 300


def test_mean_interval_is_skewed_where_the_seeds_are():
    interval = mean_interval(np.random.default_rng(0).lognormal(0, 1, 40))
    assert interval.high - interval.value > 1.2 * (interval.value - interval.low)


def test_mean_interval_of_equal_values_is_a_point_and_bad_seeds_are_named():
    assert mean_interval([2.0] * 10).low == mean_interval([2.0] * 10).high == 2.0
    with pytest.raises(ValueError, match="at least 2 seeds"):
        mean_interval([1.0])
    with pytest.raises(ValueError, match="Seed 1 gave a value that is not finite"):
        mean_interval([1.0, np.inf, 2.0])
    with pytest.raises(ValueError, match="level"):
        mean_interval([1.0, 2.0], level=1.0)
