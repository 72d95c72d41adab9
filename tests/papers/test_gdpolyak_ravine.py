"""Claims on the ravine: the wrong foot point or the wrong order changes the verdicts, the certificate re-checks."""

import numpy as np
import pytest

from problems import CurvedRavine
from theorylab.claims import REFUTED, SUPPORTED, Plan, try_claim
from theorylab.papers.gdpolyak.claims import ravine
from theorylab.papers.gdpolyak.derivations import metric_projection
from theorylab.papers.gdpolyak.derivations.metric_projection import distance
from theorylab.papers.gdpolyak.derivations.symbols import a, x
from theorylab.replay import check


class Misplaced(CurvedRavine):
    """A curved ravine that takes the axis for its ravine."""

    __slots__ = ()

    def on_ravine(self, x):
        return np.stack([self.tangential(x), np.zeros(len(x))], axis=-1)


class Misjudged(CurvedRavine):
    """A curved ravine that claims an order one too high."""

    __slots__ = ()

    def facts(self):
        facts = super().facts()
        return facts | {"growth_order": facts["growth_order"]._replace(value=self.p + 1)}


@pytest.mark.parametrize(("name", "problem"), [("ravine_normal", Misplaced()), ("ravine_tangent", Misjudged())])
def test_ravine_is_not_supported_for(name, problem, monkeypatch):
    claim = getattr(ravine, name)
    assert try_claim(claim, Plan()).outcome == SUPPORTED
    monkeypatch.setattr(ravine, "_instances", lambda plan: [("wrong", problem, np.zeros(2))])
    assert try_claim(claim, Plan()).margin < 0


def test_metric_projection_is_refuted_with_a_certificate_that_holds_at_twice_the_precision():
    verdict = try_claim(ravine.metric_normal_growth, Plan())
    assert verdict.outcome == REFUTED
    claim = ravine.metric_normal_growth
    assert check(verdict.certificates[0].as_dict(), {claim.id: claim.refutation()}.__getitem__).ok


def test_size_of_the_dip_is_the_derived_one():
    foot, q = 0.1, 2.0**-18
    result = metric_projection()
    law = result["linear_coefficient"] * distance + result["quadratic_coefficient"] * distance**2
    derived = float(law.subs({a: 10, x: foot, distance: q}))
    points = np.array([[foot - 2 * foot * q, foot**2 + q], [foot, foot**2]])
    measured = np.subtract(*ravine._gaps(CurvedRavine(), points))
    assert measured == pytest.approx(derived, rel=1e-4)
    assert measured < 0
