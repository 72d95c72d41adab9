"""The baselines against their formulas in plain numpy, in few and in many coordinates."""

import math

import numpy as np
import pytest
from betting_problems import LARGE, SMALL, NoisyTargets, Targets, gradients

from theorylab import run
from theorylab.methods import (
    COCOB,
    Adam,
    Averaged,
    CoordinateAdaGrad,
    DecayingSubgradient,
    DoG,
    RMSProp,
    SubgradientDescent,
    averages,
    gap_of_average,
)
from theorylab.runs import BadInput

STEPS = 200
on_both = pytest.mark.parametrize("problem", [Targets(SMALL), NoisyTargets(LARGE)], ids=["small", "large-noisy"])


def played(problem, method, **options):
    return run(problem, method, steps=STEPS, record=range(STEPS + 1), floor=-math.inf, seed=5, **options)


def path(problem, update):
    """Iterates of ``update(g, t)``, the move of step t."""
    x = [np.array(problem.start, dtype=float)]
    for k in range(STEPS):
        x.append(x[-1] + update(gradients(problem, x[-1], k, 5), k + 1))
    return np.array(x)


def agree(trace, wanted):
    np.testing.assert_allclose(trace.x, wanted, rtol=1e-10, atol=1e-10)


@on_both
def test_subgradient_steps_are_eta_over_l_root_t(problem):
    agree(played(problem, SubgradientDescent(0.3)), path(problem, lambda g, t: -0.3 * g))
    agree(played(problem, SubgradientDescent(3.0, 2.0, STEPS)), path(problem, lambda g, t: -1.5 / math.sqrt(STEPS) * g))
    agree(played(problem, DecayingSubgradient(3.0, 2.0)), path(problem, lambda g, t: -1.5 / math.sqrt(t) * g))


@pytest.mark.parametrize("damping", [0.0, 1e-8, 0.5])
@on_both
def test_adagrad_divides_by_the_root_of_the_sum_of_squares(problem, damping):
    square = np.zeros(problem.dimension)

    def update(g, t):
        square[:] += g**2
        return -0.3 * g / (np.sqrt(square) + damping)

    agree(played(problem, CoordinateAdaGrad(0.3, damping)), path(problem, update))


def test_adagrad_without_damping_leaves_a_coordinate_without_a_gradient():
    start = np.array([1.0, SMALL[1]])
    trace = played(Targets(SMALL), CoordinateAdaGrad(0.3), start=start)
    assert (trace.x[:, 1] == SMALL[1]).all() and trace.x[-1, 0] > 2


@on_both
def test_adam_has_bias_corrected_means(problem):
    m, v = np.zeros((2, problem.dimension))

    def update(g, t):
        m[:] = 0.9 * m + 0.1 * g
        v[:] = 0.999 * v + 0.001 * g**2
        return -0.05 * m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    agree(played(problem, Adam(0.05)), path(problem, update))


@on_both
def test_rmsprop_divides_by_the_root_of_a_running_mean(problem):
    v = np.zeros(problem.dimension)

    def update(g, t):
        v[:] = 0.9 * v + 0.1 * g**2
        return -0.05 * g / (np.sqrt(v) + 1e-8)

    agree(played(problem, RMSProp(0.05)), path(problem, update))


@on_both
def test_dog_steps_by_distance_over_gradients_and_keeps_its_averages(problem):
    trace = played(problem, DoG(1e-3))
    x, square, reach, reaches = np.array(problem.start), 0.0, 1e-3 * (1 + np.linalg.norm(problem.start)), []
    made = [x]
    for k in range(STEPS):
        g = gradients(problem, x, k, 5)
        reach = max(reach, np.linalg.norm(x - problem.start))
        square += g @ g
        reaches.append(reach)
        x = x - reach / math.sqrt(square + 1e-8) * g
        made.append(x)
    agree(trace, made)
    np.testing.assert_allclose(trace.reach[1:], reaches, rtol=1e-10)
    until = np.array(made[:-1])
    np.testing.assert_allclose(averages(trace)[-1], until.mean(axis=0), rtol=1e-10)
    weighted = np.average(until, axis=0, weights=reaches)
    np.testing.assert_allclose(averages(trace, "weighted")[-1], weighted, rtol=1e-10)
    gap = np.abs(weighted - np.asarray(problem.target)).sum()
    assert gap_of_average(trace, "weighted")[-1] == pytest.approx(gap, rel=1e-10)
    with pytest.raises(ValueError, match="DoG has no last average; it has uniform, weighted"):
        averages(trace, "last")


@on_both
def test_averaged_changes_no_step_and_knows_the_mean_of_the_iterates_before_each(problem):
    plain, averaged = (played(problem, m) for m in (COCOB(1.0), Averaged(COCOB(1.0))))
    assert np.array_equal(plain.x, averaged.x) and averaged.columns == plain.columns
    np.testing.assert_allclose(averages(averaged)[[0, -1]], [plain.x[0], plain.x[:-1].mean(axis=0)], rtol=1e-10)
    with pytest.raises(ValueError, match=r"COCOB keeps no average of its iterates: run Averaged\(method\)"):
        averages(plain)


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        (SubgradientDescent(0.0), "SubgradientDescent.eta is 0.0"),
        (SubgradientDescent(1.0, 1.0, 0), "SubgradientDescent.horizon is 0; it has to be an integer of at least 1"),
        (DecayingSubgradient(1.0, -1.0), "DecayingSubgradient.L is -1.0"),
        (CoordinateAdaGrad(1.0, -1.0), "CoordinateAdaGrad.damping is -1.0"),
        (Adam(1.0, 1.0), "Adam.beta1 is 1.0; it has to be at least 0 and below 1"),
        (RMSProp(-1.0), "RMSProp.eta is -1.0"),
        (DoG(0.0), "DoG.a is 0.0"),
        (Averaged(COCOB(0.0)), "COCOB.L is 0.0"),
        (Averaged(3.0), "Averaged.method is 3.0; it has to be a method"),
    ],
)
def test_bad_parameters_are_told_before_anything_runs(method, sentence):
    with pytest.raises(BadInput, match=sentence):
        run(Targets(SMALL), method, steps=10)
