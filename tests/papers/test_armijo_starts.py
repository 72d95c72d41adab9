"""Claims on evaluations, on the start, on rounding and on the problems that people run can fail."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import sympy as sp

import problems
from problems import AlgebraicTail, Mixed, RealPower
from theorylab.claims import Plan, find, try_claim, within
from theorylab.methods import GD, MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims import evaluations, experiments, starts
from theorylab.papers.armijo.claims.common import decades
from theorylab.papers.armijo.derivations.symbols import K, f_1, f_2
from theorylab.replay import check


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


def test_the_identity_of_evaluations_fails_by_one_step_and_under_a_cap(monkeypatch):
    assert outcome("eval-identity") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, evaluations, "memory_complexity", evaluations_identity=lambda back: back.subs(K, K + 1))
        assert set(outcomes(verdict("eval-identity")).values()) == {"REFUTED"}
    monkeypatch.setattr(evaluations, "MemoryArmijo", memory_with(cap=0.5))
    assert set(outcomes(verdict("eval-identity")).values()) == {"REFUTED"}


@pytest.fixture
def network(monkeypatch):
    """Another problem in place of the network on digits, and shorter runs."""
    monkeypatch.setattr(Plan, "pick", lambda plan, quick, full: min(quick, 800))
    return lambda problem: monkeypatch.setattr(problems, "DigitsNetwork", SimpleNamespace(of=lambda: problem))


def test_the_price_of_a_step_is_not_that_of_a_capped_search_or_of_twice_the_growth(network, monkeypatch):
    network(Mixed(4, 1.37))
    assert outcome("evals-per-step") == "SUPPORTED"  # the stiff direction keeps the step where it is
    with monkeypatch.context() as patch:
        results(patch, evaluations, "memory_complexity", evaluations_per_step=lambda cost: cost.subs(f_2, 2 * f_2))
        assert set(outcomes(verdict("evals-per-step")).values()) == {"REFUTED"}
    with monkeypatch.context() as patch:
        results(patch, evaluations, "memory_complexity", evaluations_per_step=lambda cost: cost.subs(f_1, 1.1 * f_1))
        assert set(outcomes(verdict("evals-per-step")).values()) == {"REFUTED"}
    monkeypatch.setattr(evaluations, "MemoryArmijo", memory_with(cap=0.1))
    assert "SUPPORTED" not in outcomes(verdict("evals-per-step")).values()


def test_a_step_that_grows_with_flatness_has_no_price(network):
    network(RealPower(1.0, 6.0))
    assert outcome("evals-per-step") == "UNDECIDED"  # the interval says by how much


@pytest.fixture
def nearer(monkeypatch):
    """Starts that fixed steps can afford."""
    fixed = starts._fixed_on_cosh

    def few(plan):
        x, steps = fixed(plan)
        return x[:5], steps[:5]

    monkeypatch.setattr(starts, "_fixed_on_cosh", few)


@pytest.mark.usefixtures("nearer")
def test_exponential_growth_with_the_start_needs_a_fixed_step(monkeypatch):
    assert outcome("start-fixed") == "SUPPORTED"
    for name in ("cosh_fixed_slope", "quartic_fixed_exponent"):
        with monkeypatch.context() as patch:
            results(patch, starts, "start_dependence", **{name: lambda s: s + 0.05})
            assert outcome("start-fixed") == "REFUTED"
    monkeypatch.setattr(starts, "GD", lambda t: ResetArmijo(1.0))
    assert set(outcomes(verdict("start-fixed")).values()) == {"REFUTED"}


def test_the_control_on_fixed_steps_passes_on_a_power(monkeypatch):
    assert outcome("neg-fixed-start") == "REFUTED"

    def on_a_power(plan):
        x = np.geomspace(6.0, 40.0, 7)
        return x, starts._steps(plan, RealPower(1.0, 4.0), lambda x: GD(1 / (12 * x**2)), x, 1e-3)

    monkeypatch.setattr(starts, "_fixed_on_cosh", on_a_power)
    assert outcome("neg-fixed-start") == "SUPPORTED"


def rows(found, quantity):
    return [row for row in found.rows if row["quantity"] == quantity]


def test_a_search_does_not_take_the_square_or_the_root_of_the_distance(monkeypatch):
    found = verdict("start-armijo")
    assert found.outcome == "SUPPORTED"
    assert [len(rows(found, name)) for name in ("steps", "slope", "x^4")] == [4, 2, 2]
    right = find("armijo.start-armijo").predicted()
    for power in (0.9, 1.1):
        law = right | {"steps": within(sp.Float(power), 0.03)}
        assert outcome("start-armijo", predicted=lambda law=law: law) == "REFUTED"
    straight = starts.straight
    monkeypatch.setattr(starts, "straight", lambda x, y, **more: straight(x, y**1.1, **more))
    assert {row["outcome"] for row in rows(verdict("start-armijo"), "steps")} == {"REFUTED"}


def test_values_are_not_quadratic_in_the_start_if_the_search_remembers(monkeypatch):
    monkeypatch.setattr(starts, "ResetArmijo", lambda t0: MemoryArmijo(t0, 2.0, 2.0, 0.5))
    found = verdict("start-armijo")
    assert [row["outcome"] for row in rows(found, "values, reset")] == ["REFUTED"]
    assert {row["outcome"] for row in rows(found, "steps")} == {"SUPPORTED"}


def test_the_number_of_steps_on_a_power_is_no_logarithm_with_a_fixed_step():
    x = np.geomspace(2.0, 40.0, 9)
    steps = starts._steps(Plan(), RealPower(1.0, 4.0), lambda x: GD(1 / (12 * x**2)), x, 1e-3)
    assert starts.straight(np.log(x), steps).low > 2


def test_the_control_on_basins_passes_for_a_short_search(monkeypatch):
    monkeypatch.setattr(starts, "MemoryArmijo", memory_with(t0=1e-2, grow=2.0, cap=1e-2))
    found = verdict("neg-converges")
    assert found.outcome == "SUPPORTED"
    assert not found.certificates


def test_the_certificate_on_basins_survives_an_independent_check():
    (certificate,) = verdict("neg-converges").certificates
    assert check(certificate.as_dict(), lambda name: find(name).refutation(), require_source=False).ok


def test_the_rounding_floor_is_not_that_of_one_unit_or_of_another_step(monkeypatch):
    found = verdict("floor")
    assert found.outcome == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, experiments, "rounding_floor", G_floor=lambda least: 1.1 * least / 0.98)
        assert "REFUTED" in outcomes(verdict("floor")).values()
    exact = experiments.OffsetQuartic
    monkeypatch.setattr(experiments, "OffsetQuartic", lambda c: exact(1e6))  # the rounding of 1e6 under the name of 1
    said = outcomes(verdict("floor"))
    assert {outcome for label, outcome in said.items() if label.startswith("c=1,")} == {"REFUTED"}
    assert {outcome for label, outcome in said.items() if label.startswith("c=1e+06,")} == {"SUPPORTED"}


def test_a_floor_that_forgets_that_units_are_whole_is_refuted(monkeypatch):
    lam, t, ulp = (sp.Symbol(name, positive=True) for name in ("lambda", "t", "ulp"))
    results(monkeypatch, experiments, "rounding_floor", G_floor=lambda least: sp.sqrt(lam / (1 - lam) * ulp / t))
    said = outcomes(verdict("floor"))
    assert {outcome for label, outcome in said.items() if "lambda=0.1," in label} == {"REFUTED"}


def test_the_order_on_the_valley_fails_for_equal_and_for_swapped_searches(monkeypatch):
    assert outcome("rosen") == "SUPPORTED"
    with monkeypatch.context() as patch:
        patch.setattr(experiments, "PAIRS", experiments.PAIRS[::-1])
        assert outcome("rosen") == "REFUTED"
    monkeypatch.setattr(experiments, "MemoryArmijo", memory_with(shrink=2.0, grow=2.0))
    assert outcome("rosen") == "UNDECIDED"


def test_the_envelope_of_the_network_fails_on_an_unbounded_run(network, monkeypatch):
    monkeypatch.setattr(experiments, "decades", lambda first, last, per: decades(1e-2, 1e-3, 3))
    network(RealPower(1.0, 4.0))
    assert outcome("digits") == "SUPPORTED"
    network(AlgebraicTail(2.0))
    said = outcomes(verdict("digits"))
    assert [label.split(":")[0] for label, outcome in said.items() if outcome == "REFUTED"] == ["cap 1"]
