"""The claims about aligned directions can fail."""

from theorylab.claims import Plan, find, try_claim
from theorylab.methods import GDPolyak, Polyak
from theorylab.papers.gdpolyak.claims import alignment


def test_a_polyak_step_too_long_by_a_millionth_refutes_the_cosine_identity(monkeypatch):
    monkeypatch.setattr(alignment, "Polyak", lambda: Polyak(factor=1 + 1e-6))
    assert try_claim(find("gdpolyak.align-identity"), Plan()).outcome == "REFUTED"


def test_long_steps_of_nine_tenths_refute_the_multiplier(monkeypatch):
    monkeypatch.setattr(alignment, "GDPolyak", lambda *values: GDPolyak(*values, factor=0.9))
    assert try_claim(find("gdpolyak.align-threshold"), Plan()).outcome == "REFUTED"
