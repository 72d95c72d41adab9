"""The claims about wrong f*, rounding, a misprint, restarts and scaling can fail."""

import numpy as np

from theorylab.claims import Plan, find, try_claim
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.claims import robustness
from theorylab.replay import check


def test_a_wrong_f_star_of_half_the_size_moves_stall_and_overshoot(monkeypatch):
    claim = find("gdpolyak.wrong-fstar")
    number = robustness._number
    monkeypatch.setattr(robustness, "_number", lambda expression, delta, **more: number(expression, delta / 2, **more))
    verdict = try_claim(claim, Plan())
    assert verdict.outcome == "UNDECIDED"  # violated in floating point; no certificate was asked for
    assert any(row["margin"] < 0 for row in verdict.rows if row["label"].startswith("f* -"))
    assert any(row["margin"] < 0 for row in verdict.rows if row["label"].startswith("f* +"))


def test_the_floor_law_is_refuted_where_the_minimiser_stays_at_the_origin(monkeypatch):
    shifted = robustness.Shifted
    monkeypatch.setattr(robustness.Shifted, "by", lambda problem, shift: shifted(problem, tuple(0.0 * np.array(shift))))
    assert try_claim(find("gdpolyak.floor-law"), Plan()).outcome != "SUPPORTED"


def test_the_stepsize_of_the_notebook_passes_where_that_of_the_prose_fails(monkeypatch):
    monkeypatch.setattr(robustness, "GDPolyak", lambda stepsize, count: GDPolyak(stepsize / 10, count))
    assert try_claim(find("gdpolyak.prose-eta"), Plan()).outcome == "SUPPORTED"


def test_a_stepsize_ratio_of_two_refutes_the_mse_identity(monkeypatch):
    monkeypatch.setattr(robustness, "mse_identity", lambda: {"stepsize_ratio": 2})
    assert try_claim(find("gdpolyak.mse-identity"), Plan()).outcome == "REFUTED"


def test_certificates_of_the_two_controls_survive_an_independent_check():
    for name in ("prose-eta", "restart-converges"):
        (certificate,) = try_claim(find(f"gdpolyak.{name}"), Plan()).certificates
        assert check(certificate.as_dict(), lambda name: find(name).refutation(), require_source=False).ok
