"""Claims on analytic functions, on problems in the plane and on what fails without a condition can fail."""

import dataclasses

import numpy as np
import pytest
import sympy as sp

from problems import AlgebraicTail, ExpDown, Mixed, RealPower
from theorylab.claims import Plan, find, near, try_claim
from theorylab.methods import DecayingStep, MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims import analytic, plane, unbounded
from theorylab.papers.armijo.claims.common import decades, until


def verdict(name, **replaced):
    found = try_claim(dataclasses.replace(find(f"armijo.{name}"), **replaced), Plan())
    assert "the trial broke" not in found.why
    return found


def outcome(name, **replaced):
    return verdict(name, **replaced).outcome


def outcomes(found):
    return {row["label"]: row["outcome"] for row in found.rows}


def results(monkeypatch, module, name, **changed):
    """The derivation that the claims of a module look at, with some of its results changed."""
    exact = getattr(module, name)().results
    made = {key: change(exact[key]) for key, change in changed.items()}
    monkeypatch.setattr(module, name, lambda: exact | made)


def memory_with(**fixed):
    """MemoryArmijo with some fields fixed, whatever the claim asks for."""
    return lambda *given: MemoryArmijo(*given)._replace(**fixed)


@pytest.fixture
def quartic(monkeypatch):
    """|x|^4 alone."""
    monkeypatch.setattr(analytic, "ORDERS", (4,))


@pytest.mark.usefixtures("quartic")
def test_the_exponent_of_a_power_fails_if_it_is_a_twentieth_off_or_the_step_is_not_capped(monkeypatch):
    assert outcome("pow-exponent") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, analytic, "lojasiewicz", eps_exponent_power=lambda s: s + 0.05)
        assert set(outcomes(verdict("pow-exponent")).values()) == {"REFUTED"}
    with monkeypatch.context() as patch:
        patch.setattr(analytic, "RealPower", lambda c, p: RealPower(c, p + 0.5))
        assert outcome("pow-exponent") == "REFUTED"
    monkeypatch.setattr(analytic, "CAPPED", analytic.CAPPED._replace(cap=np.inf))
    found = outcomes(verdict("pow-exponent"))
    assert {label.split(", ")[1]: said for label, said in found.items() if said == "SUPPORTED"} == {
        "fixed": "SUPPORTED", "reset": "SUPPORTED"
    }  # fmt: skip


@pytest.mark.usefixtures("quartic")
def test_the_constant_of_a_fixed_step_is_not_a_hundredth_off(monkeypatch):
    assert outcome("pow-fixed-constant") == "SUPPORTED"
    assert outcome("pow-fixed-constant", predicted=lambda: near(1.01, 0.002)) == "REFUTED"
    monkeypatch.setattr(analytic, "RealPower", lambda c, p: RealPower(1.1, p))
    assert outcome("pow-fixed-constant") == "REFUTED"


@pytest.mark.usefixtures("quartic")
def test_laws_in_the_logarithm_fail_under_a_cap_and_the_control_passes(monkeypatch):
    assert outcome("pow-log") == "SUPPORTED"
    assert outcome("neg-exponent-any-search") == "REFUTED"
    monkeypatch.setattr(analytic, "MemoryArmijo", memory_with(cap=1.0))
    monkeypatch.setattr(analytic, "decades", lambda first, last, per: decades(1e-3, 1e-8, 2))
    assert outcome("neg-exponent-any-search") == "SUPPORTED"
    assert outcome("pow-log") == "REFUTED"
    monkeypatch.setattr(analytic, "ORDERS", (6,))
    results(monkeypatch, analytic, "lojasiewicz", eps_exponent_power=lambda s: s.subs(sp.Symbol("p", positive=True), 4))
    assert outcome("neg-exponent-any-search") == "REFUTED"


@pytest.mark.usefixtures("quartic")
def test_the_exponent_of_the_gap_is_not_that_of_another_power(monkeypatch):
    assert outcome("gap") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, analytic, "lojasiewicz", length_gap_exponent_power=lambda s: s + 0.05)
        assert outcome("gap") == "REFUTED"
    monkeypatch.setattr(analytic, "RealPower", lambda c, p: RealPower(c, p + 0.5))
    assert outcome("gap") == "REFUTED"


@pytest.fixture
def above_one(monkeypatch):
    """An unbounded run, whose exponent is 5/3, in the place of the degenerate minimum."""
    monkeypatch.setattr(analytic, "RealPower", lambda c, p: AlgebraicTail(0.5))


@pytest.mark.usefixtures("above_one")
def test_the_envelope_of_analytic_functions_needs_a_bounded_run(monkeypatch):
    for name in ("Mixed", "Cusp", "Cross", "Rosenbrock"):
        monkeypatch.setattr(analytic, name, lambda *given: Mixed(4, 1.37))
    monkeypatch.setattr(analytic, "decades", lambda first, last, per: decades(1e-1, 1e-4, 2))
    found = outcomes(verdict("analytic-envelope"))
    assert [label.split(",")[0] for label, said in found.items() if said == "REFUTED"] == ["|x|^8"]
    assert list(found.values()).count("SUPPORTED") == len(found) - 1


def test_exponents_in_the_plane_fail_for_other_functions_and_without_a_cap(monkeypatch):
    assert outcome("kl-2d") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, plane, "newton_polygon", cusp_exponent=lambda s: s + 0.05, cross_exponent=lambda s: s - 0.05)
        results(patch, plane, "lojasiewicz", eps_exponent_power=lambda s: s + 0.05)
        assert set(outcomes(verdict("kl-2d")).values()) == {"REFUTED"}
    monkeypatch.setattr(plane, "Mixed", lambda p, a: Mixed(p + 2, a))
    monkeypatch.setattr(plane, "CAPPED", plane.CAPPED._replace(cap=np.inf))
    assert "SUPPORTED" not in outcomes(verdict("kl-2d")).values()


def test_a_run_along_the_cross_is_not_one_from_the_tip_of_the_cusp(monkeypatch):
    monkeypatch.setattr(plane, "Cusp", lambda: Mixed(4, 1.37))
    found = outcomes(verdict("kl-2d"))
    assert [label.split(",")[0] for label, said in found.items() if said == "REFUTED"] == ["cusp"]


def test_the_ordering_of_growths_fails_if_both_grow_alike_or_are_swapped(monkeypatch):
    assert outcome("mixed-growth") == "SUPPORTED"
    measured = plane._exponents
    with monkeypatch.context() as patch:
        patch.setattr(plane, "_exponents", lambda plan, f2, draws: measured(plan, 2.0, draws))
        assert outcome("mixed-growth") == "UNDECIDED"
    monkeypatch.setattr(plane, "_exponents", lambda plan, f2, draws: measured(plan, 2e4 / f2, draws))
    assert outcome("mixed-growth") == "REFUTED"


def test_variants_have_the_exponent_of_p_4_and_not_of_6(monkeypatch):
    monkeypatch.setattr(plane, "decades", lambda first, last, per: decades(1e-5, 1e-9, 2))
    assert outcome("variants-mixed") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, plane, "lojasiewicz", eps_exponent_power=lambda s: s + 0.1)
        assert outcome("variants-mixed") == "REFUTED"
    monkeypatch.setattr(plane, "Mixed", lambda p, a: Mixed(6, a))
    monkeypatch.setattr(plane, "decades", lambda first, last, per: decades(1e-3, 1e-6, 3))
    assert outcome("variants-mixed") == "REFUTED"


@pytest.fixture
def one_tail(monkeypatch):
    monkeypatch.setattr(unbounded, "POWERS", (0.5,))
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(first, max(last, 1e-4), 4))


@pytest.mark.usefixtures("one_tail")
def test_exponents_of_tails_fail_for_another_tail_and_without_a_cap(monkeypatch):
    assert outcome("tail-exponent") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, unbounded, "unbounded", tail_exponent=lambda s: s + 0.05)
        assert outcome("tail-exponent") == "REFUTED"
    with monkeypatch.context() as patch:
        patch.setattr(unbounded, "AlgebraicTail", lambda a: AlgebraicTail(1.1 * a))
        assert outcome("tail-exponent") == "REFUTED"
    monkeypatch.setattr(unbounded, "CAPPED", unbounded.CAPPED._replace(cap=np.inf))
    assert outcome("tail-exponent") != "SUPPORTED"


def test_the_control_on_unbounded_runs_passes_on_the_border_and_fails_on_tails(monkeypatch):
    monkeypatch.setattr(unbounded, "POWERS", (2.0,))
    assert outcome("neg-analytic-unbounded") == "REFUTED"
    monkeypatch.setattr(unbounded, "AlgebraicTail", lambda a: ExpDown())
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(1e-3, 1e-6, 3))
    assert outcome("neg-analytic-unbounded") == "SUPPORTED"


def test_the_logarithm_on_tails_needs_a_memory_without_a_cap(monkeypatch):
    monkeypatch.setattr(unbounded, "POWERS", (1.0,))
    assert outcome("tail-log") == "SUPPORTED"
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(1e-2, 1e-8, 1))
    monkeypatch.setattr(unbounded, "MemoryArmijo", memory_with(cap=1e4))
    assert outcome("tail-log") == "REFUTED"


def test_the_border_has_the_constant_of_its_step(monkeypatch):
    assert outcome("border") == "SUPPORTED"
    with monkeypatch.context() as patch:
        patch.setattr(unbounded, "CAPPED", unbounded.CAPPED._replace(t0=0.9, cap=0.9))
        found = verdict("border")
        assert {row["outcome"] for row in found.rows if row["quantity"] == "eps N"} == {"REFUTED"}
        assert {row["outcome"] for row in found.rows if row["quantity"] == "exponent"} == {"SUPPORTED"}
    monkeypatch.setattr(unbounded, "ExpDown", lambda: AlgebraicTail(2.0))
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(1e-2, 1e-5, 3))
    monkeypatch.setattr(unbounded, "until", lambda *given, start: until(*given, start=[1.0]))
    assert {row["outcome"] for row in verdict("border").rows if row["label"].startswith("exp(-x)")} == {"REFUTED"}


def test_the_flat_function_is_neither_taken_faster_nor_another(monkeypatch):
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(1e-3, 1e-5, 2))
    assert outcome("flat") == "SUPPORTED"
    assert outcome("flat", predicted=lambda: near(1.05, 0.01)) == "REFUTED"
    monkeypatch.setattr(unbounded, "CAPPED", unbounded.CAPPED._replace(t0=0.9, cap=0.9))
    assert outcome("flat") == "REFUTED"


def test_steps_that_tend_to_zero_have_their_exponent_and_constant(monkeypatch):
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(0.15, 0.05, 20))
    assert outcome("no-floor-step-law") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, unbounded, "no_step_floor", exponent=lambda s: s + 0.05, constant=lambda c: 1.1 * c)
        assert set(outcomes(verdict("no-floor-step-law")).values()) == {"REFUTED"}
    monkeypatch.setattr(unbounded, "DecayingStep", lambda size: DecayingStep(1.1 * size))
    assert outcome("no-floor-step-law") == "REFUTED"


def test_the_control_on_decaying_steps_passes_for_a_search(monkeypatch):
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(0.15, 0.05, 20))
    assert outcome("neg-no-floor-step") == "REFUTED"
    monkeypatch.setattr(unbounded, "Quadratic", lambda values: RealPower(1.0, 4.0))
    monkeypatch.setattr(unbounded, "DecayingStep", lambda size: ResetArmijo(0.61))
    monkeypatch.setattr(unbounded, "decades", lambda first, last, per: decades(1e-3, 1e-8, 2))
    assert outcome("neg-no-floor-step") == "SUPPORTED"
