"""assert_rate and assert_bounded: right laws pass, wrong ones fail with a message that one can work with."""

import math
import re
import subprocess
import sys

import numpy as np
import pytest

from theorylab.fits import local_exponents
from theorylab.testing import MOST_ROWS, assert_bounded, assert_rate

T = np.geomspace(1, 1e6, 240)
STEPS = np.arange(1.0, 401.0)
LOG = np.log(T + 1) / T
SHORT = np.geomspace(10, 30, 12)


def refusal(t, y, **predicted) -> str:
    """The message of assert_rate, which has to fail."""
    with pytest.raises(AssertionError) as caught:
        assert_rate(t, y, **predicted)
    return str(caught.value)


def excess(values, bound, **options) -> str:
    """The message of assert_bounded, which has to fail."""
    with pytest.raises(AssertionError) as caught:
        assert_bounded(values, bound, **options)
    return str(caught.value)


def seeds(law, rng, *, number=16, spread=0.2):
    return law * np.exp(spread * rng.standard_normal((number, len(law))))


def test_without_tolerance_the_predicted_exponent_lies_in_the_interval():
    fit = assert_rate(T, 3 / np.sqrt(T), exponent=0.5)
    assert fit.low <= 0.5 <= fit.high
    assert "above the predicted 0.49" in refusal(T, 3 / np.sqrt(T), exponent=0.49)
    assert "below the predicted 0.51" in refusal(T, 3 / np.sqrt(T), exponent=0.51)


def test_with_tolerance_the_whole_interval_lies_inside():
    fit = assert_rate(T, LOG, exponent=1.0)
    half = max(fit.high - 1, 1 - fit.low)
    assert_rate(T, LOG, exponent=1.0, tolerance=1.01 * half)
    assert "reaches out of the tolerated" in refusal(T, LOG, exponent=1.0, tolerance=0.99 * half)
    assert "above the tolerated [0.85, 0.95]" in refusal(T, LOG, exponent=0.9, tolerance=0.05)


def test_negative_exponent_is_growth():
    assert_rate(T, np.sqrt(T), exponent=-0.5)
    refusal(T, np.sqrt(T), exponent=0.5)


def test_bound_fails_only_where_decay_is_slower():
    assert_rate(T, T**-0.7, exponent=0.5, bound=True)
    assert_rate(T, T**-0.5, exponent=0.5, bound=True)
    assert_rate(T, T**-0.48, exponent=0.5, bound=True, tolerance=0.03)
    message = refusal(T, T**-0.48, exponent=0.5, bound=True, tolerance=0.01)
    assert "below 0.49: y decays more slowly than the bound" in message and "y = O(t^-0.5)" in message


def test_power_of_the_logarithm_is_told_apart_without_noise():
    assert_rate(T, LOG, exponent=1.0)
    assert_rate(T, LOG, exponent=1.0, log_power=1)
    message = refusal(T, LOG, exponent=1.0, log_power=2)
    assert "the power of log t is 1, below the predicted 2" in message and "y ~ C t^-1 (log t)^2" in message
    assert "above the predicted 0" in refusal(T, LOG, exponent=1.0, log_power=0)
    assert "above the predicted 0" in refusal(T, LOG, exponent=1.0, log_power=0, bound=True)


def test_bound_forgives_a_smaller_logarithm_and_any_below_a_faster_power():
    assert_rate(T, LOG, exponent=1.0, log_power=2, bound=True)
    assert_rate(T, LOG, exponent=0.9, log_power=0, bound=True)


def test_floor_hides_no_exponent():
    assert_rate(T, 1 / T + 1e-4, exponent=1.0, tolerance=0.01)
    refusal(T, 1 / T + 1e-4, exponent=0.5)


@pytest.mark.parametrize("axis", [0, 1])
def test_seeds_are_tested_by_their_mean(rng, axis):
    y = seeds(T**-0.5, rng)
    y = y if axis == 0 else y.T
    assert_rate(T, y, exponent=0.5, tolerance=0.02, seeds_axis=axis)
    message = refusal(T, y, exponent=0.6, seeds_axis=axis)
    table = local_exponents(T, y.mean(axis=axis))
    assert f"{table[0, 0]:.4g} {table[0, 1]:10.4f}" in message


@pytest.mark.parametrize("m", [0, 0.5, 1])
def test_under_noise_p_is_tested_with_the_predicted_logarithm(rng, m):
    t = T[T >= 2]
    y = np.log(t) ** m / t * seeds(np.ones(len(t)), rng)
    assert_rate(t, y, exponent=1, tolerance=0.03, log_power=m, seeds_axis=0)
    message = refusal(t, y, exponent=1, tolerance=0.03, log_power=m + 1, seeds_axis=0)
    assert f"p with (log t)^{m + 1:g} lies in" in message or "undecided" in message


@pytest.mark.parametrize("options", [{}, {"tolerance": 5.0}, {"bound": True}])
def test_undecided_trace_fails_and_says_what_would_decide(options):
    message = refusal(SHORT, 1 / np.log(SHORT), exponent=0.1, **options)
    assert message.startswith("the fit is undecided") and "more decades of t would decide" in message.split("\n")[0]
    assert "measured   undecided" in message


def test_undecided_trace_that_no_length_helps_says_so():
    assert "no longer trace would decide" in refusal(T, np.log(T + 2) ** -3.0, exponent=0.0)


def test_ratio_is_the_factor_of_an_exponential_law():
    y = 2 * 0.95**STEPS
    fit = assert_rate(STEPS, y, ratio=0.95)
    assert fit.ratio_low <= 0.95 <= fit.ratio_high
    assert_rate(STEPS, y, ratio=0.951, tolerance=0.03)  # ln 0.95 / ln 0.951 = 1.021
    assert "above the tolerated [0.99, 1.01]" in refusal(STEPS, y, ratio=0.951, tolerance=0.01)
    assert "below the predicted 1" in refusal(STEPS, y, ratio=0.94)
    assert_rate(STEPS, y, ratio=0.96, bound=True)
    assert "y decays more slowly than the bound" in refusal(STEPS, y, ratio=0.94, bound=True)


def test_laws_of_different_kinds_differ():
    assert "an exponential law was predicted" in refusal(T, 1 / T, ratio=0.9)
    assert "an exponential law was predicted" in refusal(T, 1 / T, ratio=0.9, bound=True)
    assert "an exponential law was measured" in refusal(STEPS, 0.95**STEPS, exponent=2.0)
    assert_rate(STEPS, 0.95**STEPS, exponent=2.0, bound=True)


def test_message_holds_both_laws_the_rejected_ones_and_a_short_table():
    t = np.geomspace(1, 1e12, 480)
    y = np.log(t + 1) / t
    fit = assert_rate(t, y, exponent=1.0)
    message = refusal(t, y, exponent=0.9, tolerance=0.05)
    assert "predicted  y ~ C t^-0.9, tolerance 0.05" in message
    assert f"measured   {fit}" in message and fit.why in message
    best, *_ = fit.alternatives
    assert f"rejected   {best[0]}, error {best[1]:.1e}" in message and message.count(", error ") == 3
    shown = np.array(re.findall(r"^ +([\d.e+]+) +(-?\d+\.\d{4})$", message, re.MULTILINE), dtype=float)
    full = local_exponents(t, y)
    assert len(full) > MOST_ROWS == len(shown)
    np.testing.assert_allclose(shown[[0, -1]], full[[0, -1]], rtol=1e-3)


@pytest.mark.parametrize(("predicted", "sentence"), [
    ({}, "exactly one, not neither"),
    ({"exponent": 1.0, "ratio": 0.5}, "exactly one, not both"),
    ({"exponent": math.nan}, "exponent must be a finite number"),
    ({"ratio": 1.0}, r"ratio must lie in \(0, 1\)"),
    ({"ratio": 0.5, "log_power": 1.0}, "log_power belongs to a power law"),
    ({"exponent": 1.0, "log_power": math.inf}, "log_power must be a finite number"),
    ({"exponent": 1.0, "tolerance": -0.1}, "tolerance must be finite and not negative"),
    ({"exponent": 1.0, "tolerance": math.nan}, "tolerance must be finite and not negative"),
    ({"exponent": 1.0, "level": 1.5}, r"level must lie in \(0, 1\)"),
])
def test_bad_predictions_are_refused(predicted, sentence):
    with pytest.raises(ValueError, match=sentence):
        assert_rate(T, 1 / T, **predicted)


def test_largest_ratio_is_returned():
    assert assert_bounded([1.0, 2.0, 3.0], 4.0) == 0.75
    assert assert_bounded([1.0, 2.0], [1.0, 4.0]) == 1.0
    assert assert_bounded(0.5, 2.0) == 0.25
    assert assert_bounded([0.0, -1.0], 0.0) == 1.0


def test_bound_of_t_is_evaluated_at_t():
    assert assert_bounded(1 / (T + 1), lambda t: 1 / t, t=T) == pytest.approx(1 / (1 + 1e-6), rel=1e-15)
    message = excess(1 / T, lambda t: 2 / t**2, t=T)
    assert f"violated at {np.sum(T > 2)} of 240 points" in message and "index 239, t = 1e+06" in message
    assert assert_bounded(1 / T, lambda t: 1.0, t=T) == 1.0


def test_first_and_worst_violation_are_named():
    message = excess([1.0, 3.0, 8.0, 0.5], 2.0, t=[10, 20, 30, 40], name="gap")
    assert message.split("\n") == [
        "gap <= bound is violated at 2 of 4 points.",
        "  first  index 1, t = 20: gap = 3, bound = 2, ratio 1.5",
        "  worst  index 2, t = 30: gap = 8, bound = 2, ratio 4",
        "  elsewhere the largest gap / bound is 0.5",
    ]


def test_index_of_several_runs_has_two_parts():
    assert "first  index (1, 0): value = 5, bound = 3" in excess([[1.0, 2.0], [5.0, 2.0]], 3.0)


def test_slack_is_relative():
    assert assert_bounded([1025.0], 1024.0, slack=2.0**-10) == 1 + 2.0**-10
    assert "bound (1 + 0.0009)" in excess([1025.0], 1024.0, slack=9e-4)


def test_nan_is_the_worst_violation():
    message = excess([1.0, 5.0, math.nan, 9.0], 2.0)
    assert "at 3 of 4 points" in message and "worst  index 2: value = nan" in message
    assert "at 1 of 1 points" in excess([math.nan], math.inf) and "elsewhere" not in excess([math.nan], math.inf)


def test_infinity_is_a_violation_except_of_an_infinite_bound():
    assert "value = inf, bound = 2" in excess([1.0, math.inf], 2.0)
    assert assert_bounded([1.0, math.inf, -math.inf], [2.0, math.inf, math.inf]) == 0.5


@pytest.mark.parametrize(("arguments", "options", "sentence"), [
    (([1.0, 2.0], [1.0, 2.0, 3.0]), {}, r"bound must be a number or have the shape of values, \(2,\)"),
    (([[1.0], [2.0]], [1.0, 2.0]), {}, r"the shape of values, \(2, 1\), but has shape \(2,\)"),
    (([1.0, 2.0], 3.0), {"t": [1.0]}, r"t must have the shape of values, \(2,\), but has shape \(1,\)"),
    (([1.0], lambda t: t), {}, "give t, too"),
    (([1.0, 2.0], lambda t: t[:1]), {"t": [1.0, 2.0]}, r"but has shape \(1,\)"),
    (([], 1.0), {"name": "gap"}, "There is no gap to check"),
    (([1.0, 1.0], [1.0, -2.0]), {}, "not negative, but is -2 at index 1"),
    (([1.0], math.nan), {}, "not negative, but is nan"),
    (([1.0], 1.0), {"slack": -1.0}, "slack must be finite"),
])
def test_bad_bounds_are_refused(arguments, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        assert_bounded(*arguments, **options)


def test_import_loads_no_fits():
    code = "import sys, theorylab.testing; print([m for m in ('numba', 'scipy', 'theorylab.fits') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
