"""Methods that bet on coins, against the algorithms written out in plain numpy: in few and in many coordinates."""

import math

import numpy as np
import pytest
from betting_problems import LARGE, SMALL, NoisyTargets, PoisonedTargets, Targets, gradients

from theorylab import run
from theorylab.methods import COCOB, KT, COCOBBackprop, CoordinateKT
from theorylab.runs import BadInput, Status, run_many

PROBLEMS = [Targets(SMALL), NoisyTargets(LARGE)]
IDS = ["small", "large-noisy"]
STEPS = 300
on_all = pytest.mark.parametrize("problem", PROBLEMS, ids=IDS)


def played(problem, method, **options):
    return run(problem, method, steps=STEPS, record=range(STEPS + 1), floor=-math.inf, seed=5, **options)


def bounds(problem):
    """A bound a coordinate, in the form of the problem's vectors."""
    made = np.linspace(1.0, 1.6, problem.dimension)
    return tuple(made.tolist()) if isinstance(problem.target, tuple) else made


def agree(trace, path):
    np.testing.assert_allclose(trace.x, path, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("eps", [0.0, 0.25])
@on_all
def test_cocob_is_algorithm_1(problem, eps):
    L = np.asarray(bounds(problem))
    start = eps or L
    trace = played(problem, COCOB(bounds(problem), eps))
    w1 = w = problem.start
    G, reward, theta = L.copy(), np.zeros_like(L), np.zeros_like(L)
    path, wealth = [w], [np.sum(start + reward)]
    for k in range(STEPS):
        g = gradients(problem, w, k, 5)
        G = G + abs(g)
        reward = reward - g * (w - w1)
        theta = theta - g
        sigma = 1 / (1 + np.exp(-2 * theta / (G + L)))
        w = w1 + (2 * sigma - 1) / L * (start + reward)
        path.append(w)
        wealth.append(np.sum(start + reward))
    agree(trace, path)
    np.testing.assert_allclose(trace.wealth, wealth, rtol=1e-11)
    np.testing.assert_allclose(trace.reward[-1], reward.sum(), rtol=1e-11)
    assert trace.G[-1] == pytest.approx(G.sum()) and trace.theta[-1] == pytest.approx(np.linalg.norm(theta))
    assert trace.bet_rate[-1] == pytest.approx(abs(w - w1).sum() / abs(theta).sum())


@pytest.mark.parametrize("method", [COCOB((1.0, 1.3)), COCOBBackprop()], ids=["1", "2"])
def test_the_effective_rate_is_what_the_next_step_moves_for_its_gradient(method):
    trace = played(PROBLEMS[0], method)
    moved = abs(np.diff(trace.x, axis=0)).sum(axis=1)
    size = np.array([abs(gradients(PROBLEMS[0], x, 0)).sum() for x in trace.x[:-1]])
    np.testing.assert_allclose(trace.effective_rate[:-1], moved / size, rtol=1e-7)


@pytest.mark.parametrize("alpha, L0", [(100.0, 1e-8), (1.0, 0.0), (3.0, 2.0)])
@on_all
def test_cocob_backprop_is_algorithm_2(problem, alpha, L0):
    trace = played(problem, COCOBBackprop(alpha, L0))
    w1 = w = problem.start
    L, G, reward, theta = np.full_like(w, L0), *np.zeros((3, w.size))
    path, clipped = [w], 0
    for k in range(STEPS):
        g = gradients(problem, w, k, 5)
        L = np.maximum(L, abs(g))
        G = G + abs(g)
        clipped += np.sum(reward - g * (w - w1) < 0)
        reward = np.maximum(reward - g * (w - w1), 0)
        theta = theta - g
        w = w1 + theta / (L * np.maximum(G + L, alpha * L)) * (L + reward)
        path.append(w)
    assert clipped > 0 or type(problem) is Targets
    agree(trace, path)
    assert trace.L[-1] == pytest.approx(L.sum()) and trace.wealth[-1] == pytest.approx((L + reward).sum())


@on_all
def test_kt_is_its_formula_with_all_sums_made_anew(problem):
    L, eps = 3.0, 0.5
    trace = played(problem, KT(L, eps))
    w1, path, coins = problem.start, [problem.start], []
    for k in range(STEPS):
        coins.append(gradients(problem, path[-1], k, 5) / L)
        wealth = eps - sum(c @ (w - w1) for c, w in zip(coins, path, strict=True))
        path.append(w1 + wealth * -np.sum(coins, axis=0) / (k + 2))
    agree(trace, path)
    assert trace.wealth[-1] == pytest.approx(wealth) and trace.reward[-1] == pytest.approx(wealth - eps)


@on_all
def test_coordinate_kt_is_kt_on_every_coordinate_that_counts_its_nonzero_gradients(problem):
    L = np.asarray(bounds(problem))
    start = problem.start
    start[1] = problem.target[1]  # this coordinate rests on its minimiser as long as nothing is drawn
    trace = played(problem, CoordinateKT(bounds(problem), 0.5), start=start)
    w, wealth, theta, t = start, np.full_like(L, 0.5), np.zeros_like(L), np.ones_like(L)
    path = [w]
    for k in range(STEPS):
        coin = gradients(problem, w, k, 5) / L
        wealth, theta, t = wealth - coin * (w - start), theta - coin, t + (coin != 0)
        w = start + theta / t * wealth
        path.append(w)
    agree(trace, path)
    assert (t[1] == 1) == (not hasattr(type(problem), "draw"))


@pytest.mark.parametrize("method", [COCOB(1.0), COCOBBackprop(), CoordinateKT(1.0), KT(2.0)], ids=lambda m: str(m)[:10])
def test_one_bound_for_all_is_the_same_bound_for_each_and_lanes_have_the_bits_of_single_runs(method):
    problem = NoisyTargets(SMALL)
    cells = [{"problem": problem, "method": method, "steps": STEPS, "seed": s, "floor": -math.inf} for s in range(40)]
    for cell, trace in list(zip(cells, run_many(cells), strict=True))[::13]:
        assert np.array_equal(trace.table, run(**cell).table)
    if type(method) in (COCOB, CoordinateKT):
        each = played(problem, method._replace(L=(1.0,) * 2))
        assert np.array_equal(each.table, played(problem, method).table)


@pytest.mark.parametrize("problem", [Targets(SMALL), Targets(LARGE)], ids=["small", "large"])
def test_a_gradient_above_its_bound_ends_the_run_with_coordinate_step_and_value(problem):
    L = np.ones(problem.dimension)
    L[1] = 0.5
    trace = run(problem, COCOB(tuple(L.tolist())), steps=100)
    assert trace.status == Status.BROKEN and trace.step[-1] == 1
    slope = gradients(problem, problem.start, 0)[1]
    assert trace.ending == (
        f"coordinate 1 of the gradient at step 1 is {slope:g}, above the declared bound L = 0.5: declare a larger L"
    )
    norm = run(problem, KT(1.2), steps=100)
    size = math.sqrt(problem.dimension)
    assert norm.status == Status.BROKEN
    assert norm.ending.startswith(f"the norm of the gradient at step 1 is {size:g}, above the declared bound L = 1.2")
    whole = KT(size)  # a norm equal to the bound is no breach, however its sum was rounded
    assert run(problem, whole, steps=100, floor=-math.inf).status == Status.STEP_LIMIT


def test_a_breach_ends_only_its_own_lane():
    problem = NoisyTargets(SMALL)
    cells = [
        {"problem": problem, "method": COCOB(L), "steps": 50, "seed": 3, "floor": -math.inf}
        for L in np.linspace(0.9, 1.1, 33).tolist()
    ]
    traces = run_many(cells)
    ended = [trace.status for trace in traces]
    assert ended[0] == Status.BROKEN and ended[-1] == Status.STEP_LIMIT
    for cell, trace in zip(cells, traces, strict=True):
        alone = run(**cell)
        assert alone.status == trace.status and np.array_equal(alone.table, trace.table)
        if trace.status == Status.BROKEN:
            i, value = int(trace.memory[-1, 0]), trace.memory[-1, 1]
            k = int(trace.step[-1]) - 1
            assert abs(value) > cell["method"].L
            np.testing.assert_allclose(value, gradients(problem, trace.x[-2], k, 3)[i], rtol=1e-12)


@pytest.mark.parametrize("method", [COCOBBackprop(), KT(2.0)], ids=["coordinates", "norm"])
def test_a_gradient_of_nan_ends_the_run_in_a_sentence(method):
    trace = run(PoisonedTargets(SMALL), method, steps=50)
    assert trace.status == Status.BROKEN and trace.step[-1] == 7
    what = "the norm" if type(method) is KT else "coordinate 0"
    assert trace.ending == (
        f"{what} of the gradient at step 7 is nan: no bet can be settled; look for the overflow before it"
    )


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        (COCOB(0.0), "COCOB.L is 0.0; it has to hold positive finite numbers"),
        (COCOB(-1.0), "COCOB.L is -1.0"),
        (COCOB((1.0, -2.0)), r"COCOB.L\[1\] is -2.0; it has to hold positive finite numbers"),
        (COCOB(1.0, -1.0), "COCOB.eps is -1.0; it has to hold finite numbers of at least 0"),
        (COCOB((1.0,) * 3), "COCOB.L holds 3 numbers and Targets has 2 coordinates"),
        (COCOB("one"), "COCOB.L is 'one'; it has to be a number"),
        (CoordinateKT(1.0, 0.0), "CoordinateKT.eps is 0.0"),
        (KT(0.0), "KT.L is 0.0; it has to be a positive finite number"),
        (COCOBBackprop(0.0), "COCOBBackprop.alpha is 0.0"),
        (COCOBBackprop(1.0, -1.0), "COCOBBackprop.L0 is -1.0"),
    ],
)
def test_bad_parameters_are_told_before_anything_runs(method, sentence):
    with pytest.raises(BadInput, match=sentence):
        run(Targets(SMALL), method, steps=10)
