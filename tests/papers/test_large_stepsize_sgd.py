"""The claims on stochastic gradient descent can fail; its averages agree with a computation outside the kernels."""

import numpy as np
import pytest
import sympy as sp

from problems import LinearClassifier
from problems.samples import gauss, imbalanced
from theorylab.claims import Plan, find, try_claim
from theorylab.methods import SGD, CyclicSGD
from theorylab.papers.large_stepsize.claims import sgd
from theorylab.papers.large_stepsize.derivations import sgd_bounds
from theorylab.runs import run


def verdict(name: str):
    return try_claim(find(f"large_stepsize.{name}"), Plan())


def _divided(name: str, by: int):
    return lambda: {**sgd_bounds().results, name: sgd_bounds()[name] / sp.Integer(by)}


@pytest.mark.parametrize(("bound", "by", "what"), [("loss_surely", 2, "loss"), ("norm_surely", 5, "norm"),
                                                   ("mistakes", 15, "mistakes")])  # fmt: skip
def test_a_smaller_sure_bound_is_violated_in_its_own_rows_only(bound, by, what, monkeypatch):
    monkeypatch.setattr(sgd, "sgd_bounds", _divided(bound, by))
    found = verdict("sgd-path")
    assert found.margin < 0
    assert {row["label"].partition(": ")[2] for row in found.rows if row["margin"] < 0} == {what}


@pytest.mark.parametrize(("bound", "what"), [("population_loss", "loss"), ("error", "error")])
def test_theorem_4_with_a_fortieth_of_its_bound_fails_for_more_seeds_than_chance_allows(bound, what, monkeypatch):
    monkeypatch.setattr(sgd, "sgd_bounds", _divided(bound, 40))
    found = verdict("sgd-population")
    assert found.outcome == "UNDECIDED" and found.margin < 0
    assert {row["label"].rpartition(": ")[2] for row in found.rows if row["margin"] < 0} == {what}


@pytest.mark.parametrize("other", ["1", "sqrt t", "t"])
def test_no_other_stepsize_passes_for_the_best(other, monkeypatch):
    sgd._passes(Plan(), SGD)  # kept: the choice of runs that the rounding checks see depends on the best
    monkeypatch.setattr(sgd, "BEST", other)
    assert verdict("sgd-no-benefit").outcome != "SUPPORTED"


@pytest.mark.parametrize("sample", [gauss(7, 5, 1, 0.2), imbalanced(0.1, 100, "s/2")])
@pytest.mark.parametrize("method", [SGD(30.0), CyclicSGD(3.0)])
def test_means_of_loss_and_error_are_those_over_the_points_before_each_step(sample, method):
    problem = LinearClassifier(sample)
    trace = run(problem, method, steps=300, record=range(301), floor=-np.inf, seed=3)
    margins = problem.margins(trace.x)
    wrong = (margins <= 0) @ sample.weights
    losses = np.logaddexp(0.0, -margins) @ sample.weights
    steps = np.arange(1, 301)
    np.testing.assert_allclose(trace.mean_error[1:], np.cumsum(wrong)[:-1] / steps, rtol=1e-12, atol=1e-15)
    assert abs(sgd.mean_population_loss(trace) - losses[:-1].mean()) < 1e-12 * losses.mean()
    assert wrong[:-1].max() == 1.0 and 0 < trace.mean_error[-1] < 1
