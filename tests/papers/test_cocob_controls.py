"""Controls fail for their reason: certificates stand, and what is repaired passes."""

import dataclasses

import pytest

from problems import Coins, Distance
from theorylab.claims import Plan, find, try_claim
from theorylab.claims.certificates import recheck
from theorylab.methods import COCOB
from theorylab.papers.cocob.claims import backprop, controls

CERTIFIED = ("neg-halflog", "neg-exponent2", "neg-misspecified-l", "neg-overshoot-small-d", "neg-kt-typo", "mut-sigma",
             "mut-double", "mut-g0", "neg-alg2-theorem")  # fmt: skip


def verdict(name):
    found = try_claim(find(f"cocob.{name}"), Plan())
    assert "the trial broke" not in found.why, found.why
    return found


def rows(found):
    return {row["label"]: row for row in found.rows}


@pytest.mark.parametrize("name", CERTIFIED)
def test_controls_are_refuted_with_certificates_that_anybody_can_replay(name, tmp_path):
    found = verdict(name)
    assert found.outcome == "REFUTED"
    check = recheck(found.certificates[0].write(tmp_path / "certificate.json"))
    assert check.ok, check.why


def test_gradients_above_l_ruin_from_coth_1_on_only():
    found = rows(verdict("neg-misspecified-l"))
    assert found["|g| = 1.2 L (safe)"]["outcome"] == "SUPPORTED"
    assert found["|g| = 3 L"]["note"].startswith("32 of 32 seeds")


def test_a_mutant_that_is_none_keeps_the_bound(monkeypatch):
    whole = controls._mutant("cocob.none", "Algorithm 1 keeps 5.1.", COCOB(1.0), controls._FAR)
    assert try_claim(dataclasses.replace(whole, expected="SUPPORTED"), Plan()).outcome == "SUPPORTED"


def test_the_mutant_of_g_is_seen_on_coins_only():
    found = rows(verdict("mut-g0"))
    assert {label: row["outcome"] for label, row in found.items()} == {
        "P1, D=1.0137": "SUPPORTED", "P1, D=1e5": "SUPPORTED", "P4, fair signs": "REFUTED"
    }  # fmt: skip


def test_new_w_breaks_the_books_and_the_old_one_does_not():
    assert verdict("mut-new-w").outcome == "REFUTED"
    assert controls.wealth_identity(Plan(), COCOB(1.0)).margin > 0.9


def test_bounds_without_the_slip_hold(monkeypatch):
    monkeypatch.setattr(controls, "_half_log", lambda: controls.regret_bound()["simple"])
    assert verdict("neg-halflog").outcome == "SUPPORTED"
    monkeypatch.setattr(controls, "_exponent2", lambda: controls.wealth_bound()["log_bound"])
    assert verdict("neg-exponent2").outcome == "SUPPORTED"
    monkeypatch.setattr(controls, "_typo", lambda: controls.kt()["regret"].subs(controls.T, controls.t))
    assert verdict("neg-kt-typo").outcome == "SUPPORTED"


def test_algorithm_2_exceeds_the_bound_of_algorithm_1_with_its_own_alpha_only():
    found = rows(verdict("neg-alg2-theorem"))
    assert found["alpha=100"]["outcome"] == "REFUTED" and found["alpha=1"]["outcome"] == "SUPPORTED"


def test_identities_of_scale_hold_and_notice_another_l():
    for name in ("scale-inv-1", "scale-inv-2"):
        assert verdict(name).outcome == "SUPPORTED"
    assert {finding.margin > 0 for finding in backprop._invariance(Plan(), lambda factor: COCOB(2e6))} == {False}
    assert verdict("neg-inv-tiny-g").outcome == "REFUTED"


def test_adagrad_and_the_first_step_are_identities(monkeypatch):
    assert verdict("adagrad-is-sgdt").outcome == verdict("backprop-first-step").outcome == "SUPPORTED"
    exact = backprop.backprop_first_step().results
    monkeypatch.setattr(backprop, "backprop_first_step", lambda: exact | {"first": exact["first"] * (1 + 1e-12)})
    assert verdict("backprop-first-step").outcome == "REFUTED"
    monkeypatch.setattr(backprop, "Distance", lambda D: Coins(spread=1.0))  # gradients of other sizes than 1
    assert verdict("adagrad-is-sgdt").outcome == "REFUTED"


def test_ruin_without_the_clip_needs_gradients_that_grow(monkeypatch):
    found = rows(verdict("backprop-positive"))
    assert all(row["outcome"] == "SUPPORTED" for row in found.values()) and len(found) == 12
    monkeypatch.setattr(backprop, "Unclipped", backprop.COCOBBackprop)
    assert verdict("backprop-positive").outcome == "UNDECIDED"


def test_small_distances_are_where_the_first_step_is_long():
    assert all(float(label[2:]) < 0.5 for label in rows(verdict("neg-overshoot-small-d")))
    assert Distance(1.0137) == controls._FAR[0][1]
