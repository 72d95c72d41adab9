"""The claims on Theorem 1 and its lemmas can fail, and what refutes the controls survives an independent check."""

import numpy as np
import pytest

from problems import LinearClassifier
from problems.samples import nonsep1d, pair, toy
from theorylab.claims import Plan, find, try_claim
from theorylab.papers.large_stepsize.bounds import Theorem1, value
from theorylab.papers.large_stepsize.claims import common, lemmas, theorem1, transition
from theorylab.papers.large_stepsize.derivations import norm_lemmas, split_bound, stable_phase
from theorylab.replay import check
from theorylab.runs import BadInput, run_many


@pytest.fixture(scope="module")
def sweep():
    """A small standard sweep: two data sets, four stepsizes."""
    names, etas = ("pair .05", "pair .09"), (1.0, 16.0, 64.0, 1024.0)
    cells = [common.watched(common.data(name), eta, 6000) for name in names for eta in etas]
    labels = [f"{name}, eta={eta:g}" for name in names for eta in etas]
    return list(zip(labels, run_many(cells), strict=True))


@pytest.fixture(autouse=True)
def small_sweep(monkeypatch, sweep):
    for module in (theorem1, lemmas, transition):
        monkeypatch.setattr(module, "standard_sweep", lambda plan: sweep)


def outcome(name):
    return try_claim(find(f"large_stepsize.{name}"), Plan()).outcome


@pytest.mark.parametrize("name", ["avg-loss", "stable-bound", "stable-monotone", "sandwich", "norm-g", "split"])
def test_claims_hold_on_the_small_sweep(name):
    assert outcome(name) == "SUPPORTED"


@pytest.mark.parametrize(
    ("name", "module", "derivation", "factor"),
    [
        ("avg-loss", theorem1, split_bound, 0.5),
        ("stable-bound", theorem1, stable_phase, 0.4),
        ("norm-g", lemmas, norm_lemmas, 0.3),
        ("split", lemmas, split_bound, 0.99),
    ],
)
def test_bounds_with_a_smaller_constant_are_violated(name, module, derivation, factor, monkeypatch):
    exact = derivation().results
    scaled = {key for key, bound in exact.items() if hasattr(bound, "subs")} - {"u2_norm"}
    results = exact | {key: factor * exact[key] for key in scaled}
    monkeypatch.setattr(module, derivation.__name__, lambda: results)
    verdict = try_claim(find(f"large_stepsize.{name}"), Plan())
    assert verdict.outcome != "SUPPORTED" and verdict.margin < 0


def test_another_length_of_the_second_comparator_breaks_the_split(monkeypatch):
    results = split_bound().results | {"u2_norm": split_bound()["u2_norm"] / 8}
    monkeypatch.setattr(lemmas, "split_bound", lambda: results)
    assert outcome("split") != "SUPPORTED"


def test_a_threshold_above_the_derived_one_sees_increases_and_certifies_one(monkeypatch):
    problem = LinearClassifier(toy())
    cell = common.watched(problem, 8.0, 400)
    traces = run_many([cell])
    monkeypatch.setattr(theorem1, "standard_sweep", lambda plan: [("raw toy, eta=8", traces[0])])
    verdict = try_claim(find("large_stepsize.stable-monotone"), Plan())
    assert verdict.outcome == "REFUTED" and len(verdict.certificates) == 1


def test_mean_loss_is_checked_between_records_as_at_them():
    problem = common.data("pair .05")
    sparse, dense = run_many([common.watched(problem, 64.0, 3000, record=r) for r in ((), range(3001))])
    bound = split_bound()["eos_bound"]
    at_all = (dense.mean_loss[1:] / value(bound, t=dense.step[1:], **common.known(dense))).max()
    blocks = theorem1.mean_loss_ratio(sparse, bound).max()
    assert at_all <= blocks <= 1.1 * at_all


def test_least_value_of_a_block_is_the_least_over_its_steps():
    trace = run_many([common.watched(common.data("pair .05"), 4.0, 5000)])[0]
    at = common.known(trace)
    expression = split_bound()["eos_bound"] * theorem1.t
    steps = np.arange(1, 5001)
    values = value(expression, t=steps, **at)
    expected = [values[a:b].min() for a, b in zip(trace.step[:-1], trace.step[1:], strict=True)]
    found = common.least_between(expression, trace, 1 / (at["gamma"] ** 2 * at["eta"]), **at)
    assert (found <= np.array(expected) * (1 + 1e-12)).all()
    np.testing.assert_allclose(found, expected, rtol=2e-4)  # the turning point lies between two steps


def test_tau_of_a_hundredth_is_violated(monkeypatch):
    smaller = {"tau": transition.transition()["tau"] / 200}
    monkeypatch.setattr(transition, "transition", lambda: smaller)
    assert outcome("tau-bound") != "SUPPORTED"


def test_a_run_that_is_too_short_leaves_tau_undecided(monkeypatch):
    trace = run_many([common.watched(common.data("pair .05"), 64.0, 50)])[0]
    monkeypatch.setattr(transition, "standard_sweep", lambda plan: [("pair .05, eta=64", trace)])
    assert outcome("tau-bound") == "UNDECIDED"


REFUTED = ["no-eta2-term", "toy-raw-threshold", "lemma89-as-printed", "split-no-u2", "logfree-one", "n-free-tau"]


@pytest.mark.parametrize("name", REFUTED)
def test_certificate_of_a_control_survives_an_independent_check(name):
    verdict = try_claim(find(f"large_stepsize.{name}"), Plan())
    (certificate,) = verdict.certificates
    assert verdict.outcome == "REFUTED"
    assert check(certificate.as_dict(), lambda name: find(name).refutation(), require_source=False).ok


def test_bounds_of_theorem_1_are_numbers_above_what_a_run_does():
    problem = common.data("pair .05")
    trace = run_many([common.watched(problem, 64.0, 5000)])[0]
    bounds, late = Theorem1(problem.sample, 64.0), trace.at(trace.step[trace.step > 0])
    assert (late.mean_loss < bounds.mean_loss(late.step)).all()
    assert (late.largest_norm < bounds.norm(late.step)).all()
    assert (late.mean_potential < bounds.mean_potential(late.step)).all()
    assert 0 < trace.first_exp[-1] < bounds.tau
    s = int(trace.first_level[-1])
    stable = trace.at(trace.step[trace.step > s])
    assert (stable.gap < bounds.stable_loss(stable.step, s, np.exp(trace.level_log_exp[-1]))).all()


@pytest.mark.parametrize(
    ("sample", "stepsize", "said"),
    [
        (toy(), 1.0, "largest norm is 2.009.*rescaled.*4.04 eta"),
        (nonsep1d(), 1.0, "Assumption 1 fails: no direction has a positive margin"),
        (pair(0.05), -1.0, "the stepsize is -1.0"),
        (pair(0.05), float("inf"), "the stepsize is inf"),
    ],
)
def test_theorem_1_says_what_data_it_cannot_speak_of(sample, stepsize, said):
    with pytest.raises(BadInput, match=said):
        Theorem1(sample, stepsize)


def test_a_missing_value_of_a_bound_is_named():
    with pytest.raises(KeyError, match="needs values of eta, gamma"):
        value(split_bound()["eos_bound"], t=1.0)
