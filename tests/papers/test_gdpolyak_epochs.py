"""The epoch claims can fail: a long step of another length changes the verdicts."""

import numpy as np

from theorylab.claims import Plan, find, try_claim
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.claims import epochs


def shorter(*values, factor=1.0, **more):
    """A method whose long steps are 3 % too short."""
    return GDPolyak(*values, factor=0.97 * factor, **more)


def test_epoch_factor_is_refuted_by_long_steps_three_percent_too_short(monkeypatch):
    monkeypatch.setattr(epochs, "GDPolyak", shorter)
    assert try_claim(find("gdpolyak.epoch-factor"), Plan()).outcome == "REFUTED"


def test_slow_manifold_is_refuted_by_long_steps_three_percent_too_short(monkeypatch):
    monkeypatch.setattr(epochs, "GDPolyak", shorter)
    assert try_claim(find("gdpolyak.slow-manifold"), Plan()).outcome == "REFUTED"


def test_the_halved_step_would_be_supported_if_it_were_a_whole_one(monkeypatch):
    monkeypatch.setattr(epochs, "GDPolyak", lambda *values, factor, **more: GDPolyak(*values, **more))
    assert try_claim(find("gdpolyak.halved-step-factor"), Plan()).outcome == "SUPPORTED"


def test_pre_polyak_steps_are_those_that_the_method_makes_with_polyak_stepsizes():
    method = GDPolyak(0.1, 7)
    trace = Plan().run(epochs.CurvedRavine(), method, steps=40, record=range(41))
    long = trace.step[trace.stepsize != method.stepsize]
    np.testing.assert_array_equal(long, epochs.pre_polyak(method, 5))
