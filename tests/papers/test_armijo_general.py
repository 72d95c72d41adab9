"""Claims on accepted steps, on the worst functions of the class and on bounds along runs can fail."""

import dataclasses

import pytest
import sympy as sp

from problems import RealPower
from theorylab.claims import Plan, find, try_claim
from theorylab.methods import MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims import bounds, steps, worst_case
from theorylab.papers.armijo.claims.common import decades
from theorylab.papers.armijo.derivations.symbols import L_0, L_1, Delta, G, epsilon, lam
from theorylab.replay import check


def verdict(name, **replaced):
    found = try_claim(dataclasses.replace(find(f"armijo.{name}"), **replaced), Plan())
    assert "the trial broke" not in found.why
    return found


def outcome(name, **replaced):
    return verdict(name, **replaced).outcome


def margins(found):
    return {row["label"]: row["margin"] for row in found.rows}


def results(monkeypatch, module, name, **changed):
    """The derivation that the claims of a module look at, with some of its results changed."""
    exact = getattr(module, name)().results
    made = {key: change(exact[key]) for key, change in changed.items()}
    monkeypatch.setattr(module, name, lambda: exact | made)


def test_a_step_that_is_a_hundredth_longer_is_not_always_accepted(monkeypatch):
    monkeypatch.setattr(steps, "GRADIENTS", steps.GRADIENTS[::4])
    assert outcome("step-accept") == "SUPPORTED"
    results(monkeypatch, steps, "accepted_step", tb=lambda tb: 1.01 * tb)
    assert outcome("step-accept") == "UNDECIDED"  # the claim has no certificate


def test_a_fifth_less_of_the_coefficient_of_the_gradient_makes_the_step_too_long(monkeypatch):
    a = steps.accepted_step()["a"]
    results(monkeypatch, steps, "accepted_step", tb=lambda tb: 2 * (1 - lam) / (L_0 + 0.8 * a * L_1 * G))
    assert {row["outcome"] for row in verdict("step-accept").rows} == {"UNDECIDED"}


def test_a_tenth_less_of_the_curvature_makes_the_step_too_long(monkeypatch):
    monkeypatch.setattr(steps, "_FUNCTIONS", {"cosh(3)": (8.1, 3.0, steps._cosh(3.0))})
    assert outcome("step-accept") == "UNDECIDED"


def test_the_control_on_long_steps_passes_where_those_steps_are_a_tenth_shorter(monkeypatch):
    results(monkeypatch, steps, "accepted_step", tb=lambda tb: 0.9 * tb)
    assert outcome("neg-tb-too-long") == "SUPPORTED"


def test_a_search_without_a_memory_never_lags(monkeypatch):
    monkeypatch.setattr(steps, "MemoryArmijo", lambda t0, f1, f2, share: ResetArmijo(t0, f1, share))
    assert outcome("neg-lag") == "SUPPORTED"


@pytest.mark.parametrize("name", ["neg-tb-too-long", "neg-lag"])
def test_certificates_of_the_controls_survive_an_independent_check(name):
    (certificate,) = verdict(name).certificates
    assert check(certificate.as_dict(), lambda name: find(name).refutation(), require_source=False).ok


def test_the_worst_functions_have_their_exponents_and_no_others(monkeypatch):
    for name, expected in (("general-tight", "SUPPORTED"), ("general-tight-count", "SUPPORTED"),
                           ("neg-general-is-linear", "REFUTED"), ("neg-cgt-universal", "REFUTED")):  # fmt: skip
        assert outcome(name) == expected, name
    results(monkeypatch, worst_case, "cgt", eps_exponent=lambda s: s - 0.05, hits=lambda count: count + 2)
    assert outcome("general-tight") == "REFUTED"
    assert outcome("general-tight-count") == "REFUTED"


def test_a_function_with_another_eta_has_another_exponent_and_other_counts(monkeypatch):
    whole = worst_case.worst
    monkeypatch.setattr(worst_case, "worst", lambda eta, share: whole(eta + 0.02, share))
    assert outcome("general-tight") == "REFUTED"
    monkeypatch.setattr(worst_case, "worst", lambda eta, share: whole(eta + 1e-5, share))
    assert outcome("general-tight-count") == "REFUTED"


def test_a_search_whose_unit_steps_are_refused_has_other_counts(monkeypatch):
    monkeypatch.setattr(worst_case, "ResetArmijo", lambda t0, f1, share: ResetArmijo(t0, f1, 1.01 * share))
    assert outcome("general-tight-count") == "REFUTED"


def test_accuracies_beyond_the_pieces_are_no_counts(monkeypatch):
    whole = worst_case.worst
    monkeypatch.setattr(worst_case, "worst", lambda eta, share: whole(eta, share, pieces=14_000))
    found = try_claim(find("armijo.general-tight-count"), Plan())
    assert found.outcome == "UNDECIDED" and "did not reach" in found.why


@pytest.fixture
def small(monkeypatch):
    """The worst functions down to 2e-3, with a quarter of their pieces."""
    whole = worst_case.worst
    monkeypatch.setattr(worst_case, "worst", lambda eta, share: whole(eta, share, pieces=160_000))
    monkeypatch.setattr(worst_case, "decades", lambda first, last, per: decades(0.3, 2e-3, per))


@pytest.mark.usefixtures("small")
def test_a_memory_gains_nothing_unless_it_grows_by_no_power_of_its_shrinking(monkeypatch):
    assert outcome("general-tight-memory") == "SUPPORTED"
    for module, name, changed in (("memory_complexity", "evaluations_per_step", 1.1), ("cgt", "eps_exponent", 0.975)):
        with monkeypatch.context() as patch:
            results(patch, worst_case, module, **{name: lambda found, changed=changed: changed * found})
            assert outcome("general-tight-memory") == "REFUTED"
    monkeypatch.setattr(worst_case, "MemoryArmijo", lambda t0, f1, f2, share: MemoryArmijo(t0, f1, 1e4, share))
    assert outcome("general-tight-memory") != "SUPPORTED"


def test_misreadings_of_the_worst_function_pass_where_they_are_right(monkeypatch):
    whole = worst_case.worst
    monkeypatch.setattr(worst_case, "worst", lambda eta, share: whole(eta, 0.6))
    monkeypatch.setattr(worst_case, "MemoryArmijo", lambda t0, f1, f2, share: MemoryArmijo(t0, 2.0, 2.0, 0.6))
    assert outcome("neg-cgt-universal") == "SUPPORTED"  # one function, the search that it was built against
    monkeypatch.setattr(worst_case, "worst", lambda eta, share: RealPower(1.0, 4.0))
    monkeypatch.setattr(worst_case, "decades", lambda first, last, per: decades(1e-2, 1e-7, 2))
    assert outcome("neg-general-is-linear") == "SUPPORTED"


def test_the_constant_of_the_horizon_is_not_a_hundredth_off(monkeypatch):
    assert outcome("horizon-constant") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, worst_case, "unit_step", horizon_constant=lambda found: 1.01 * found)
        assert outcome("horizon-constant") == "REFUTED"
    monkeypatch.setattr(worst_case, "ResetArmijo", lambda t0, f1, share: ResetArmijo(t0 / 2, f1, share))
    assert outcome("horizon-constant") == "REFUTED"


@pytest.fixture
def short(monkeypatch):
    """The bounds at a few accuracies, the worst function with few pieces."""
    whole = bounds.worst
    monkeypatch.setattr(bounds, "worst", lambda eta, share: whole(eta, share, pieces=14_000))
    monkeypatch.setattr(bounds, "EPS", decades(1.0, 1e-2, 2))


@pytest.mark.usefixtures("short")
def test_the_bound_of_the_class_needs_its_square(monkeypatch):
    assert outcome("general-bound") == "SUPPORTED"
    results(monkeypatch, bounds, "general_complexity", bound=lambda bound: bound.subs(L_0, L_0 * epsilon))
    found = verdict("general-bound")
    assert found.outcome == "UNDECIDED"  # violated in floating point; the claim has no certificate
    assert margins(found)["horizon"] < 0 < margins(found)["cosh(1)"]


@pytest.mark.usefixtures("short")
def test_a_tenth_of_the_bound_of_the_class_is_violated(monkeypatch):
    results(monkeypatch, bounds, "general_complexity", bound=lambda bound: bound.subs(Delta, Delta / 10))
    assert margins(verdict("general-bound"))["horizon"] < 0


def lags(found):
    return [row["margin"] for row in found.rows if row["label"].endswith("lag")]


def test_the_lag_of_a_memory_is_bounded_tightly_and_only_without_a_cap(monkeypatch):
    assert outcome("memory-bound") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, bounds, "memory_complexity", lag_bound_path=lambda found: found.subs(L_1, 0.9 * L_1))
        assert max(lags(verdict("memory-bound"))) < 0
    with monkeypatch.context() as patch:
        results(patch, bounds, "memory_complexity", lag_bound_path=lambda found: 0.9 * found)
        assert max(lags(verdict("memory-bound"))) < 0
    monkeypatch.setattr(bounds, "MemoryArmijo", lambda t0, *rest: MemoryArmijo(min(t0, 0.05), *rest, 0.05))
    found = verdict("memory-bound")
    assert found.outcome == "UNDECIDED"
    assert max(lags(found)) < -1  # by design it lags at the cap


def test_the_number_of_steps_of_a_memory_is_bounded_with_that_of_its_lag(monkeypatch):
    results(monkeypatch, bounds, "memory_complexity", bound=lambda found: sp.log(1 / epsilon))
    found = verdict("memory-bound")
    assert all(row["margin"] < 0 for row in found.rows if row["label"].endswith(": N"))


def test_length_and_complexity_near_a_critical_value_are_not_much_below_their_bounds(monkeypatch):
    monkeypatch.setattr(bounds, "decades", lambda first, last, per: decades(1e-1, 1e-4, 1))
    assert outcome("kl-bound") == "SUPPORTED"
    with monkeypatch.context() as patch:
        results(patch, bounds, "lojasiewicz", length=lambda found: 0.7 * found)
        shown = margins(verdict("kl-bound"))
        assert shown["|x|^4: length"] < 0
    results(monkeypatch, bounds, "lojasiewicz", bound=lambda found: found.subs(L_0, L_0 * epsilon))
    shown = margins(verdict("kl-bound"))
    assert shown["|x|^4: N"] < 0
    assert outcome("kl-bound") == "UNDECIDED"
