"""Claims on gradient descent: another method or another stepsize than the one stated changes the verdicts."""

import dataclasses

import pytest
import sympy as sp

from theorylab.claims import REFUTED, SUPPORTED, Plan, try_claim, within
from theorylab.methods import GD
from theorylab.papers.gdpolyak.claims import gradient_descent as topic
from theorylab.papers.gdpolyak.derivations import gd_rate
from theorylab.papers.gdpolyak.derivations.symbols import p


def test_exponent_is_refuted_for_an_order_a_tenth_too_high():
    law = gd_rate()["gap_exponent"].subs(p, p + sp.Rational(1, 10))
    wrong = {"straight": within(law, 0.005), "curved": within(law, 0.03)}
    verdict = try_claim(dataclasses.replace(topic.gd_exponent, predicted=lambda: wrong), Plan())
    assert all(row["outcome"] == REFUTED for row in verdict.rows if row["label"] != "curved, p=8")


@pytest.mark.parametrize("off", [0.98, 1.02])
def test_constant_is_refuted_for_a_stepsize_two_percent_off(monkeypatch, off):
    monkeypatch.setattr(topic, "GD", lambda stepsize: GD(off * stepsize))
    assert try_claim(topic.gd_constant, Plan()).outcome == REFUTED


def test_bound_is_violated_for_a_stepsize_one_percent_shorter(monkeypatch):
    monkeypatch.setattr(topic, "GD", lambda stepsize: GD(0.99 * stepsize))
    verdict = try_claim(topic.gd_bound, Plan())
    assert all(row["margin"] < 0 for row in verdict.rows)


def test_bound_is_kept_and_nearly_attained_at_the_stated_stepsize():
    verdict = try_claim(topic.gd_bound, Plan())
    assert verdict.outcome == SUPPORTED
    assert min(row["tightness"] for row in verdict.rows) > 0.99
