"""Claims on Polyak's method alone: another stepsize or the mean-field constant changes the verdicts."""

import dataclasses

import numpy as np
import pytest

from problems import PowerRavine
from theorylab.claims import REFUTED, SUPPORTED, Plan, near, try_claim
from theorylab.methods import GD, Polyak
from theorylab.papers.gdpolyak.claims import pure_polyak as topic
from theorylab.papers.gdpolyak.derivations import pure_polyak
from theorylab.replay import Replay, check, precision


def test_exponent_is_refuted_for_gradient_descent(monkeypatch):
    monkeypatch.setattr(topic, "Polyak", lambda: GD(0.05))
    assert try_claim(topic.polyak_exponent, Plan()).outcome == REFUTED


def test_mean_constant_is_not_supported_for_a_longer_step(monkeypatch):
    monkeypatch.setattr(topic, "Polyak", lambda: Polyak(factor=1.1))
    assert try_claim(topic.polyak_mean_constant, Plan()).outcome != SUPPORTED


def test_mean_constant_is_not_the_mean_field_one():
    field = dataclasses.replace(
        topic.polyak_mean_constant, predicted=lambda: near(pure_polyak()["mean_field_constant"], 0.05)
    )
    assert try_claim(field, Plan()).outcome == REFUTED


def test_pointwise_is_refuted_with_a_certificate_that_holds_at_twice_the_precision():
    claim = topic.polyak_pointwise
    verdict = try_claim(claim, Plan())
    assert verdict.outcome == REFUTED
    data = verdict.certificates[0].as_dict()
    assert check(data, {claim.id: claim.refutation()}.__getitem__, classes=[topic.TwinPolyak]).ok


def test_pointwise_holds_for_gradient_descent(monkeypatch):
    monkeypatch.setattr(topic, "Polyak", lambda: GD(0.1))
    assert try_claim(topic.polyak_pointwise, Plan()).outcome == SUPPORTED


def test_twin_replays_the_run_from_the_neighbouring_start():
    problem, apart = PowerRavine.of_order(4), 2.0**-20
    with precision(200):
        twin = Replay(problem, topic.TwinPolyak(apart))
        *_, last = twin.states(twin.first((0.5, 0.3)), 5)
        other = Replay(problem, Polyak())
        *_, wanted = other.states(other.first((0.5 + apart, 0.3)), 5)
        ours = np.array([last.memory.gap.middle.enclosure()[0]])
        assert ours == pytest.approx(wanted.at.f.middle.enclosure()[0], rel=1e-15)
        assert last.memory.gap.overlaps(*wanted.at.f.enclosure())
