"""What a watched bettor is said to have done, at every step, is what plain Python makes of its iterates."""

import math

import numpy as np
import pytest
from betting_problems import LARGE, Targets
from scipy.special import lambertw

from problems import Distance, FlippedDistance
from theorylab import GD, run
from theorylab.kernels import Stream, uniform
from theorylab.methods import COCOB, KT, Averaged, RegretWatch, UntilGradient
from theorylab.methods.regret_watch import lambert_w
from theorylab.runs import BadInput, Status, run_many

STEPS = 400
U = (0.0, 0.3, 7.0, 10.137)
NOISY = FlippedDistance(10.137, 0.25)


def watched(method, problem=NOISY, steps=STEPS, record=range(STEPS + 1)):
    return run(problem, RegretWatch(method, U), steps=steps, record=record, floor=-math.inf, seed=2)


def coins(trace):
    """The gradients seen, from the iterates and the random numbers."""
    stream = Stream(np.uint64(2), np.uint64(0))
    kept = [uniform(stream, k) >= NOISY.p for k in range(STEPS)]
    return np.where(kept, 1.0, -1.0) * np.sign(trace.x[:-1, 0] - NOISY.D)


def test_lamberts_w_is_that_of_scipy():
    for z in np.geomspace(1e-12, 1e300, 200).tolist():
        assert lambert_w(z) == pytest.approx(lambertw(z).real, rel=4e-16)


@pytest.mark.parametrize(
    ("method", "a", "b"),
    [
        (COCOB(1.0, 0.5), lambda t, G: G, lambda t, G: 0.5 / np.sqrt(G)),
        (KT(1.0, 0.5), lambda t, G: t, lambda t, G: 0.5 / (math.e * np.sqrt(math.pi * t))),
    ],
    ids=["COCOB", "KT"],
)
def test_extremes_over_all_steps_are_those_of_the_definitions(method, a, b):
    trace = watched(method)
    plain = run(NOISY, method, steps=STEPS, record=range(STEPS + 1), floor=-math.inf, seed=2)
    assert np.array_equal(trace.x, plain.x) and np.array_equal(trace.wealth, plain.wealth)
    g, w = coins(trace), trace.x[:-1, 0]
    t, G, wealth = np.arange(1.0, STEPS + 1), 1 + np.cumsum(abs(g)), 0.5 - np.cumsum(g * w)
    a, b = a(t, G), b(t, G)
    slack = np.log(wealth / b) - np.cumsum(g) ** 2 / (2 * a)
    for name, wanted in (
        ("log_slack", slack),
        ("least_log_slack", np.minimum.accumulate(slack)),
        ("least_wealth", np.minimum.accumulate(wealth)),
        ("largest_wealth", np.maximum.accumulate(wealth)),
        ("reach", np.maximum.accumulate(abs(trace.x[1:, 0]))),
    ):
        np.testing.assert_allclose(trace[name][1:], wanted, rtol=1e-9, atol=1e-12, err_msg=name)
    np.testing.assert_allclose(trace.least_log_step[-1], np.diff(slack).min(), rtol=1e-7, atol=1e-12)
    for i, u in enumerate(U):
        regret = np.maximum(*(np.cumsum(g * (w - sign * u)) for sign in (1, -1)))
        argument = a * u**2 / b**2
        root = np.sqrt(lambertw(argument).real) if u else 1.0
        simple = u * np.sqrt(a * np.log1p(argument)) + 0.5 - b
        lambert = u * np.sqrt(a) * (root - 1 / root) + (0.5 if u else 0.5 - b)
        for kind, bound in (("simple", simple), ("lambert", lambert)):
            least = np.minimum.accumulate((bound - regret) / (bound + 0.5))
            np.testing.assert_allclose(trace[f"{kind}_{i}"][1:], least, rtol=1e-9, atol=1e-9, err_msg=f"{kind} {u}")
    assert trace.first_ruin[-1] == trace.first_short[-1] == trace.first_excess[-1] == -1


def test_first_steps_of_shortfall_excess_and_ruin_are_those_of_all_steps():
    from theorylab.papers.cocob.claims.controls import Double, Trusting

    trace = watched(Double(1.0))
    short = trace.step[1:][trace.log_slack[1:] < -1e-9]
    assert short.size and trace.first_short[-1] == short[0]
    excess = trace.step[1:][np.min([trace[f"simple_{i}"][1:] for i in range(4)], axis=0) < 0]
    assert excess.size and trace.first_excess[-1] == excess[0]
    broke = watched(Trusting(1 / 3), FlippedDistance(3.3, 0.3))
    ruined = broke.step[1:][broke.wealth[1:] <= 0]
    assert ruined.size and broke.first_ruin[-1] == ruined[0]
    assert broke.log_slack[int(ruined[0])] == -np.inf


def test_lanes_have_the_bits_of_single_runs_and_what_was_watched_does_not_depend_on_the_records():
    cells = [
        {"problem": NOISY, "method": RegretWatch(COCOB(1.0), (0.0, float(i))), "steps": STEPS, "seed": i,
         "floor": -math.inf} for i in range(20)
    ]  # fmt: skip
    for cell, trace in list(zip(cells, run_many(cells), strict=True))[::7]:
        assert np.array_equal(trace.table, run(**cell).table)
    dense, sparse = watched(COCOB(1.0)), watched(COCOB(1.0), record=())
    assert len(sparse) < len(dense) and np.array_equal(dense.table[-1, 6:], sparse.table[-1, 6:])


def test_a_breach_ends_a_watched_run_too_and_is_told_by_the_bettor():
    for wrapped in (RegretWatch(COCOB(0.5), U), Averaged(RegretWatch(COCOB(0.5), U)), UntilGradient(COCOB(0.5))):
        trace = run(Distance(10.137), wrapped, steps=10)
        assert trace.status == Status.BROKEN
        assert trace.ending.startswith("coordinate 0 of the gradient at step 1 is -1, above the declared bound L = 0.5")


@pytest.mark.parametrize(
    ("problem", "method", "sentence"),
    [
        (NOISY, RegretWatch(GD(0.1), U), r"RegretWatch.method is GD.*has to be a method with a promise"),
        (NOISY, RegretWatch(COCOB(1.0), ()), r"RegretWatch.u is \(\); it has to be a tuple of finite numbers"),
        (NOISY, RegretWatch(COCOB(1.0), 3.0), r"RegretWatch.u is 3.0"),
        (NOISY, RegretWatch(COCOB(-1.0), U), r"COCOB.L is -1.0"),
        (Targets(LARGE), RegretWatch(COCOB(1.0), U), r"RegretWatch looks at one coordinate and Targets has 7"),
    ],
)
def test_bad_input_is_told_before_anything_runs(problem, method, sentence):
    with pytest.raises(BadInput, match=sentence):
        run(problem, method, steps=10)
