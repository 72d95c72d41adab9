"""Claims on rates, budgets, transition times, monotone runs and experiments can fail."""

import dataclasses

import numpy as np
import pytest

from problems import LinearClassifier
from problems.samples import gauss, imbalanced, pair
from theorylab.claims import Plan, find, near, try_claim, within
from theorylab.methods import GD, MarginWatch
from theorylab.papers.large_stepsize.claims import corollary2, experiments, monotone, perceptron, rates, transition
from theorylab.papers.large_stepsize.claims.common import watched
from theorylab.replay import check
from theorylab.runs import run_many


def outcome(name, **replaced):
    return try_claim(dataclasses.replace(find(f"large_stepsize.{name}"), **replaced), Plan()).outcome


@pytest.fixture(scope="module")
def late():
    """Late parts of a few runs on the pair, as the claims on rates look at."""
    problem = LinearClassifier(pair(0.09))
    traces = run_many([watched(problem, eta, 200_000) for eta in (2.0, 4.0, 8.0, 16.0, 32.0)])
    return [("pair .09", trace.at(trace.step[trace.step >= 7000])) for trace in traces]


@pytest.fixture
def few(monkeypatch, late):
    monkeypatch.setattr(rates, "_late_traces", lambda plan: late)


@pytest.mark.usefixtures("few")
def test_rates_hold_on_the_pair_and_fail_for_other_exponents_and_margins():
    for name in ("rate-t", "rate-eta", "inverse-increment", "prefactor"):
        assert outcome(name) == "SUPPORTED", name
    assert outcome("rate-t", predicted=lambda: within(0.95, 0.012)) == "REFUTED"
    assert outcome("rate-eta", predicted=lambda: within(0.98, 0.005)) == "REFUTED"
    assert outcome("wrong-gamma") == "REFUTED"
    assert outcome("prefactor", predicted=lambda: near(1.02, 0.003)) == "REFUTED"


def test_an_average_of_the_losses_is_not_the_loss(monkeypatch, late):
    class Averaged:
        def __init__(self, trace):
            self.step, self.gap, self.method = trace.step, trace.mean_loss, trace.method

    monkeypatch.setattr(rates, "_late_traces", lambda plan: [(name, Averaged(trace)) for name, trace in late])
    assert outcome("rate-t") != "SUPPORTED"  # it carries a squared logarithm


def test_a_constant_stepsize_has_no_squared_rate(monkeypatch):
    rows = [("pair .09", 0.09, T, 8.0, 1 / (0.09**2 * 8 * T), 1.0) for T in 2 ** np.arange(12, 18)]
    monkeypatch.setattr(corollary2, "_budget_runs", lambda plan: rows)
    assert outcome("t2-window") == "REFUTED"


def test_corollary_2_fails_with_a_stepsize_of_a_thousandth(monkeypatch):
    def runs(plan):
        problem = LinearClassifier(pair(0.09))
        T = 2 * 40272
        trace = run_many([watched(problem, 0.09**2 * T / 120 / 1000, T)])[0]
        return [("pair .09", 0.09, T, 0.0, trace.gap[-1], trace.first_level[-1])]

    monkeypatch.setattr(corollary2, "_budget_runs", runs)
    verdict = try_claim(find("large_stepsize.corollary2-bound"), Plan())
    rows = {row["label"]: row["margin"] for row in verdict.rows}
    assert rows["pair .09: printed"] < rows["pair .09: tau1 <= T/2"]  # far closer to the bound than 2 % of it
    assert verdict.margin < 0.9


def test_log_bias_notices_a_slope_without_its_logarithm(monkeypatch):
    exact = corollary2.corollary2()
    monkeypatch.setattr(corollary2, "corollary2", lambda: exact.results | {"slope_1e6": -2 + exact["slope_1e6"] * 0})
    assert outcome("log-bias") == "REFUTED"


def test_transition_times_of_balanced_data_do_not_grow_with_the_stepsize(monkeypatch):
    def family(n, d, eta, *rest, **more):
        return watched(LinearClassifier(imbalanced(0.1, 300, d)), eta, 3000)

    monkeypatch.setattr(transition, "_family", family)
    assert outcome("tau-slope-coupled") == "REFUTED"
    assert outcome("tau-n-sq") == "REFUTED"
    assert outcome("tau-n-law") == "REFUTED"


def test_perceptron_claims_notice_other_data(monkeypatch):
    monkeypatch.setattr(perceptron, "pair", lambda gamma: pair(1.1 * gamma))
    assert outcome("tau-inf") == "REFUTED"
    monkeypatch.setattr(perceptron, "watched", lambda problem, eta, steps: watched(problem, 64.0, steps))
    assert outcome("tau-saturation") == "REFUTED"
    monkeypatch.setattr(perceptron, "SETS", {"Gauss": lambda: gauss(12, 6, 3)})
    monkeypatch.setattr(perceptron, "data", lambda name: LinearClassifier(gauss(12, 6, 3)))
    assert outcome("perceptron-n", predicted=None) == "SUPPORTED"
    monkeypatch.setattr(perceptron, "perceptron", lambda: {"tau_bound": perceptron.sp.Rational(1, 2)})
    assert outcome("perceptron-n") != "SUPPORTED"


@pytest.mark.parametrize("off", [0.98, 1.02])
def test_monotone_stepsizes_end_at_the_root_and_not_two_percent_off(off, monkeypatch):
    root = monotone._root
    monkeypatch.setattr(monotone, "GAMMAS", (0.05,))
    assert outcome("monotone-eta") == "SUPPORTED"
    monkeypatch.setattr(monotone, "_root", lambda gamma: off * root(gamma))
    assert outcome("monotone-eta") != "SUPPORTED"


def test_lower_bound_says_nothing_of_a_run_that_increases(monkeypatch):
    monkeypatch.setattr(monotone, "_root", lambda gamma: 64.0)
    assert outcome("lower-bound") == "UNDECIDED"


def test_root_of_the_first_step_is_where_the_loss_is_unchanged():
    assert monotone.first_step_root(gauss(30, 2, 2)) == np.inf  # every point agrees with the mean
    sample = imbalanced(0.2, 4, "s/2")
    root = monotone.first_step_root(sample)
    problem = LinearClassifier(sample)
    for factor, sign in ((0.99, -1), (1.01, 1)):
        loss = run_many([watched(problem, factor * root, 1)])[0].gap[-1]
        assert np.sign(loss - np.log(2)) == sign


def test_experiments_notice_a_smaller_stepsize(monkeypatch):
    problem = LinearClassifier(pair(0.05))
    traces = run_many([{"problem": problem, "method": MarginWatch.of(problem, GD(eta)), "steps": 2000}
                       for eta in (4.0, 2.0, 16.0, 32.0)])  # fmt: skip
    monkeypatch.setattr(experiments, "_toy_runs", lambda plan: ((4.0, 8.0, 16.0, 32.0), traces))
    assert outcome("toy-fig1") == "REFUTED"
    assert outcome("toy-fig1-monotone") != "SUPPORTED"


@pytest.mark.parametrize("name", ["first-step-root-general", "nonsep-critical"])
def test_certificates_of_experiments_survive_an_independent_check(name):
    (certificate,) = try_claim(find(f"large_stepsize.{name}"), Plan()).certificates
    assert check(certificate.as_dict(), lambda name: find(name).refutation(), require_source=False).ok
