"""Claims on wealth, regret and gap hold on short runs, and fail where the bettor or the bound is another."""

import dataclasses

import pytest
import sympy as sp

from theorylab.claims import Plan, find, try_claim
from theorylab.claims.certificates import recheck
from theorylab.papers.cocob.claims import bounds, watched
from theorylab.papers.cocob.claims.controls import Double


class Short(Plan):
    """Runs of 3000 steps, 300 in balls."""

    def pick(self, quick, full):
        if isinstance(quick, tuple):
            return 3000, 16
        return {10**5: 3000, 2000: 300}.get(quick, quick)


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Few distances, and nothing kept of other bettors."""
    monkeypatch.setattr(watched, "decades", lambda low, high: [1.0137, 101.37])
    monkeypatch.setattr(watched, "NOISE", (0.25,))
    kept = watched.on_distances, watched.on_flipped, watched.on_coins, watched.in_balls
    for runs in kept:
        runs.forget()
    yield
    for runs in kept:
        runs.forget()


def verdict(name, **replaced):
    return try_claim(dataclasses.replace(find(f"cocob.{name}"), **replaced), Short())


def changed(monkeypatch, name, **results):
    exact = getattr(bounds, name)().results
    made = exact | {key: change(exact[key]) for key, change in results.items()}
    monkeypatch.setattr(bounds, name, lambda: made)


NAMES = ("regret-bound", "regret-lambert", "wealth-bound", "slack-monotone", "gap-bound", "theorem1-form", "kt-regret")


def test_all_hold_on_short_runs():
    found = {name: verdict(name) for name in NAMES}
    assert {name: found[name].outcome for name in NAMES} == dict.fromkeys(NAMES, "SUPPORTED")
    labels = {row["label"] for row in found["regret-bound"].rows}
    assert {"P1, D=1.0137", "P4, sparse", "P4, blocks of 50, in balls", "P4, signs 30/70, in balls"} <= labels
    assert any(label.startswith("P2, p=0.25, seed") for label in labels)


def test_a_bettor_that_bets_too_much_breaks_wealth_and_regret_with_certificates(monkeypatch, tmp_path):
    monkeypatch.setattr(watched, "COCOB", Double)
    monkeypatch.setattr(watched, "on_flipped", lambda plan: {})
    monkeypatch.setattr(watched, "on_coins", lambda plan: {})
    monkeypatch.setattr(bounds, "in_balls", lambda plan: {})
    monkeypatch.setattr(bounds, "named", lambda plan: ((trace.problem.D, trace) for trace in runs))
    runs = watched.on_distances(Short(), Double)
    for name in ("regret-bound", "wealth-bound"):
        found = verdict(name)
        assert found.outcome == "REFUTED", found.why
        check = recheck(found.certificates[0].write(tmp_path / "certificate.json"))
        assert check.ok, check.why
    assert verdict("slack-monotone").outcome == "UNDECIDED"  # the step of the fall is not kept


def test_a_derived_bound_that_is_not_the_watched_one_is_noticed(monkeypatch):
    for name, derivation, form in (("regret-bound", "regret_bound", "simple"), ("kt-regret", "kt", "regret_exact"),
                                   ("wealth-bound", "wealth_bound", "log_bound")):  # fmt: skip
        with monkeypatch.context() as context:
            changed(context, derivation, **{form: lambda bound: bound * sp.Rational(99, 100)})
            found = verdict(name)
        assert found.outcome == "UNDECIDED" and "another than" in found.why or "and the derived one" in found.why


@pytest.mark.parametrize("name, form, share", [("gap-bound", "bound", "4/5"), ("theorem1-form", "printed", "1/2")])
def test_a_smaller_gap_bound_fails(monkeypatch, name, form, share):
    changed(monkeypatch, "gap_bound", **{form: lambda bound: bound * sp.Rational(share)})
    assert verdict(name).outcome == "UNDECIDED"  # no certificate is made of a mean over seeds


def test_the_first_coin_gives_no_more_slack_than_derived(monkeypatch):
    changed(monkeypatch, "wealth_bound", first_slack=lambda slack: slack + sp.Rational(1, 100))
    assert verdict("wealth-bound").outcome == "UNDECIDED"


def test_half_of_the_overshoot_is_refuted_with_a_certificate(monkeypatch, tmp_path):
    assert verdict("overshoot").outcome == "SUPPORTED"
    changed(monkeypatch, "overshoot", bound=lambda bound: (1 + bound) / 2)
    found = verdict("overshoot")
    assert found.outcome == "REFUTED"
    assert recheck(found.certificates[0].write(tmp_path / "certificate.json")).ok


def test_initial_wealth_counts_by_its_logarithm_and_not_less(monkeypatch):
    monkeypatch.setattr(bounds, "WEALTHS", (1e-4, 1.0))
    assert verdict("eps-log").outcome == "SUPPORTED"
    monkeypatch.setattr(bounds, "FACTOR", 1.05)
    assert verdict("eps-log").outcome == "UNDECIDED"
