"""Claims on quadratic sensing: a wrong method or too few measurements change the verdict."""

from theorylab.claims import REFUTED, Plan, try_claim
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.claims import sensing


def _outcomes(verdict):
    return {row["label"]: row["outcome"] for row in verdict.rows}


def test_factor_with_many_measurements_is_refuted_for_a_halved_polyak_step(monkeypatch):
    monkeypatch.setattr(sensing, "METHOD", GDPolyak(sensing.ETA, 300, factor=0.5))
    assert _outcomes(try_claim(sensing.sensing_m, Plan()))["d=30, m=500"] == REFUTED


def test_slow_factor_is_refuted_with_many_measurements(monkeypatch):
    monkeypatch.setattr(sensing, "_is_many", lambda problem: False)
    outcomes = _outcomes(try_claim(sensing.sensing_m, Plan()))
    assert outcomes["d=30, m=250"] != REFUTED
    assert outcomes["d=30, m=1000"] == REFUTED


def test_gradient_descent_slopes_are_refuted_for_gdpolyak(monkeypatch):
    monkeypatch.setattr(sensing, "GD", lambda stepsize: GDPolyak(stepsize, 300))
    assert try_claim(sensing.sensing_gd, Plan()).outcome == REFUTED
