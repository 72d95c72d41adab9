"""The claims about a fixed number of short steps can fail, and the breakdown is found where it is."""

import numpy as np
import pytest

from problems import PowerRavine
from theorylab.claims import Plan, find, try_claim
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.claims import fixed_k
from theorylab.papers.gdpolyak.claims.epochs import epochs_of
from theorylab.replay import check


@pytest.mark.parametrize("claim", ["fixed-k-end", "fixed-k-slope"])
def test_a_stepsize_that_contracts_less_across_the_ravine_refutes_the_law(claim, monkeypatch):
    monkeypatch.setattr(fixed_k, "GDPolyak", lambda stepsize, count: GDPolyak(stepsize / 2, count))
    assert try_claim(find(f"gdpolyak.{claim}"), Plan()).outcome == "REFUTED"


def test_breakdown_takes_two_slow_epochs_in_a_row():
    ratios = [0.7, 0.75, 0.75, 0.99, 0.75, 0.75, 0.98, 0.99, 0.75]
    distance = np.cumprod([1.0, *ratios])
    assert fixed_k.last_linear_epoch(distance) == 6
    assert fixed_k.last_linear_epoch(distance[:7]) == -1


def test_linear_epochs_before_the_breakdown_do_not_violate_the_control():
    trace = Plan().run(**epochs_of(fixed_k.CurvedRavine(4, 1.0, fixed_k.A), GDPolyak(fixed_k.STEPSIZE, 20), 8))
    assert fixed_k._linear("gdpolyak.fixed-k-forever", trace).margin >= 0


def test_certificate_of_fixed_k_forever_survives_an_independent_check():
    claim = find("gdpolyak.fixed-k-forever")
    (certificate,) = try_claim(claim, Plan()).certificates
    assert check(certificate.as_dict(), lambda name: find(name).refutation(), require_source=False).ok


def test_the_rounding_checks_flag_the_straight_ravine_that_never_breaks_down():
    plan = Plan()
    trace = plan.run(**epochs_of(PowerRavine.of_order(4), GDPolyak(0.99, 7), 140))
    assert plan.warnings
    assert trace.step[-1] < 140 * 8 - 1
