"""Claims on the two neurons: exchanging the stable and the naive loss changes the verdicts, certificates re-check."""

import pytest

from problems import NaiveTwoNeuron, TwoNeuron
from theorylab.claims import REFUTED, SUPPORTED, Plan, try_claim
from theorylab.methods import GD
from theorylab.papers.gdpolyak.claims import neuron
from theorylab.replay import check


@pytest.fixture(scope="module")
def refuted():
    """The verdict on the accuracy of the naive loss."""
    return try_claim(neuron.neuron_naive_accurate, Plan())


def test_naive_loss_is_refuted_with_a_certificate_of_three_eighths(refuted):
    assert refuted.outcome == REFUTED
    (certificate,) = refuted.certificates
    recorded = certificate.instance.recorded["gap"]
    excess = float.fromhex(certificate.enclosures["lhs_enclosure"][0])
    assert excess / (recorded - excess) == pytest.approx(3 / 8, rel=1e-4)


def test_certificate_of_the_naive_loss_holds_at_twice_the_precision(refuted):
    data = refuted.certificates[0].as_dict()
    statements = {neuron.neuron_naive_accurate.id: neuron.accurate()}
    assert check(data, statements.__getitem__).ok


def test_certificate_with_the_true_loss_is_rejected(refuted):
    data = refuted.certificates[0].as_dict()
    true = refuted.certificates[0].instance.recorded["gap"] / 1.375
    data["recorded"] = {"gap": true.hex()}
    assert not check(data, {neuron.neuron_naive_accurate.id: neuron.accurate()}.__getitem__).ok


def test_stable_loss_is_accurate(monkeypatch):
    monkeypatch.setattr(neuron, "NaiveTwoNeuron", TwoNeuron)
    assert try_claim(neuron.neuron_naive_accurate, Plan()).outcome == SUPPORTED


def test_factor_of_an_epoch_is_not_supported_with_the_naive_loss(monkeypatch):
    monkeypatch.setattr(neuron, "TwoNeuron", NaiveTwoNeuron)
    assert try_claim(neuron.neuron_factor, Plan()).outcome != SUPPORTED


def test_cubic_law_is_refuted_for_a_stepsize_one_percent_off(monkeypatch):
    monkeypatch.setattr(neuron, "GD", lambda stepsize: GD(1.01 * stepsize))
    verdict = try_claim(neuron.neuron_cubic, Plan())
    assert verdict.outcome == REFUTED
    assert {row["quantity"] for row in verdict.rows if row["outcome"] == REFUTED} == {"law"}
