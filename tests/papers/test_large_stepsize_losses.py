"""The claims on losses, polynomial tails and networks can fail."""

import pytest
import sympy as sp

from problems.losses import FlattenedExp, FlattenedPoly
from theorylab.claims import Plan, find, try_claim
from theorylab.methods import GD
from theorylab.papers.large_stepsize.claims import losses, network, poly
from theorylab.papers.large_stepsize.derivations import general_bounds, loss_constants
from theorylab.papers.large_stepsize.derivations.symbols import C_b, eta, l_0, lam, rho
from theorylab.replay import check


class Changed:
    """A derivation with other results."""

    def __init__(self, derive, **results):
        self.results = {**derive().results, **results}

    def __call__(self):
        return self

    def __getitem__(self, name):
        return self.results[name]


@pytest.fixture
def fresh():
    """Runs that were made with other constants are not kept."""
    for runs in (losses._runs, network._runs):
        runs.forget()
    yield
    for runs in (losses._runs, network._runs):
        runs.forget()


def verdict(name: str):
    return try_claim(find(f"large_stepsize.{name}"), Plan())


@pytest.mark.parametrize(
    ("name", "factor"),
    [("logistic_rho", 0.8), ("exp_rho", 0.8), ("poly_rho", 0.5), ("poly_Cg", 0.9), ("exp_Ce", 0.9),
     ("logistic_Ce", 0.6), ("exp_Cb", 0.2), ("poly_Cb", 0.2), ("logistic_Cb", 0.3)],
)  # fmt: skip
def test_each_entry_of_the_table_that_is_too_small_is_caught(name, factor, monkeypatch):
    constant = loss_constants()[name] * sp.Rational(factor)
    monkeypatch.setattr(losses, "loss_constants", Changed(loss_constants, **{name: constant}))
    found = verdict("loss-constants")
    family = name.partition("_")[0]
    assert found.outcome == "UNDECIDED"  # violated in floating point; no certificate was asked for
    assert {row["label"].split()[0] for row in found.rows if row["margin"] < 0} == {family}


def test_theorem_35_fails_without_the_term_of_the_stepsize_and_with_a_hundredth_of_its_rho(monkeypatch):
    monkeypatch.setattr(losses, "general_bounds", Changed(general_bounds, avg=9 * rho / lam, stable=rho / (100 * lam)))
    for name in ("losses-avg", "losses-stable"):
        assert verdict(name).margin < 0


def test_a_threshold_a_thousand_times_too_high_leaves_increases_after_it(fresh, monkeypatch):
    wrong = sp.Min(1000 / (12 * C_b**2 * eta), l_0)
    monkeypatch.setattr(losses, "general_bounds", Changed(general_bounds, threshold=wrong))
    stable = verdict("losses-stable")
    assert any("monotone" in row["label"] and row["margin"] < 0 for row in stable.rows)


def test_without_a_threshold_the_network_increases_its_loss_at_the_largest_stepsize(fresh, monkeypatch):
    monkeypatch.setattr(network, "general_bounds", Changed(general_bounds, threshold=sp.Integer(1000)))
    found = verdict("nn-stable-event")
    assert [row["label"] for row in found.rows if row["margin"] < 0] == ["XOR, eta=1024"]


def test_tails_that_never_reach_the_threshold_are_named_and_support_nothing():
    stable = verdict("losses-stable")
    assert not any(row["label"].startswith("poly a=1") for row in stable.rows)
    assert "poly a=1, eta=64" in stable.why


def test_lemma_32_is_consistent_where_the_printed_constant_is_that_of_the_proof(monkeypatch):
    monkeypatch.setattr(losses, "lemma32", lambda: {"constant": 15, "printed": 15})
    assert verdict("lemma32-constant").outcome == "SUPPORTED"


def test_the_flattened_exponential_loss_stays_in_range(monkeypatch):
    monkeypatch.setattr(losses, "Exponential", lambda: FlattenedExp(1.0))
    assert verdict("exp-unflattened").outcome == "SUPPORTED"


def test_certificate_of_the_overflow_survives_an_independent_check():
    (certificate,) = verdict("exp-unflattened").certificates
    data = certificate.as_dict()
    assert check(data, lambda name: find(name).refutation(), require_source=False).ok
    data = {**data, "steps": data["steps"] - 2}
    assert not check(data, lambda name: find(name).refutation(), require_source=False).ok


def test_a_heavier_tail_refutes_both_exponents(monkeypatch):
    monkeypatch.setattr(poly, "FlattenedPoly", lambda a: FlattenedPoly(a / 2))
    assert verdict("poly-fixed").outcome == verdict("poly-table1").outcome == "REFUTED"


def test_a_stepsize_that_does_not_grow_refutes_table_1(monkeypatch):
    monkeypatch.setattr(poly, "GD", lambda stepsize: GD(8.0))
    assert verdict("poly-table1").outcome == "REFUTED"


def test_theorem_6_would_be_tested_by_a_network_that_is_wide_enough(monkeypatch):
    problem, stepsize = network.TwoLayerReLU.xor(network.WIDTH), 1.0
    assert 1e15 < network.required_width(problem, stepsize) < network.required_width(problem, 16.0)
    monkeypatch.setattr(network, "required_width", lambda problem, eta: network.WIDTH)
    assert verdict("nn-stable").outcome == "SUPPORTED"
