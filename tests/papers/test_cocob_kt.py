"""The claims on potentials, KT and the lower bound can fail."""

import numpy as np
import pytest
import sympy as sp

from theorylab.claims import Plan, find, try_claim
from theorylab.papers.cocob.claims import kt as topic
from theorylab.papers.cocob.claims import lower
from theorylab.papers.cocob.derivations import bet_from_potential, conjugate, gap_bound, kt, wealth_bound
from theorylab.papers.cocob.derivations.symbols import D, G, T, c, theta, x, z
from theorylab.replay import check


class Changed:
    """A derivation with other results."""

    def __init__(self, derive, **results):
        self.results = {**derive().results, **results}

    def __call__(self):
        return self

    def __getitem__(self, name):
        return self.results[name]


@pytest.fixture
def change(monkeypatch):
    """Put other results in the place of a derivation's."""

    def put(derive, module=topic, **results):
        monkeypatch.setattr(module, derive().name, Changed(derive, **results))

    return put


@pytest.fixture
def short(monkeypatch):
    """Fewer coins, so that the same streams cost nothing."""
    monkeypatch.setattr(topic, "_ROUNDS", 20_000)


def verdict(name: str):
    return try_claim(find(f"cocob.{name}"), Plan())


def assert_certified(found):
    """Refuted, with a certificate that stands at twice its precision and not with another point."""
    assert found.outcome == "REFUTED"
    (certificate,) = found.certificates
    data = certificate.as_dict()
    assert check(data, lambda name: find(name).refutation()).ok


@pytest.mark.parametrize("factor", [sp.Rational(999_999, 10**6), sp.Rational(1, 2)])
def test_another_sigmoid_is_not_the_tangent(change, factor):
    shape = bet_from_potential()["beta_sigmoid"]
    change(bet_from_potential, beta_sigmoid=shape.subs(theta, theta * factor))
    assert verdict("bet-tanh").outcome == "REFUTED"


@pytest.mark.parametrize("factor", [sp.Rational(1, 2), sp.Rational(9, 10), sp.Rational(11, 10), 2])
def test_another_bet_loses_slack_and_that_is_certified(change, factor):
    gain = wealth_bound()["step_gain"]
    change(wealth_bound, step_gain=gain.subs(sp.tanh(theta / (G + 1)), sp.tanh(factor * theta / (G + 1))))
    assert_certified(verdict("step-inequality"))


def test_the_step_inequality_without_the_logarithm_of_G_is_refuted(change):
    gain = wealth_bound()["step_gain"]
    change(wealth_bound, step_gain=gain - sp.log((G + c) / G) / 2)
    assert_certified(verdict("step-inequality"))


@pytest.mark.parametrize("results", [{"lambert_lower": sp.Rational(73, 100) * sp.log(1 + z)},
                                     {"lambert_upper": sp.log(1 + z / 2)}])  # fmt: skip
def test_brackets_of_W_that_are_too_tight_are_refuted(change, results):
    change(conjugate, **results)
    assert_certified(verdict("lambert-bounds"))


def test_a_fraction_with_one_round_more_is_not_KT(change, short):
    change(kt, fraction=x / (T + 1))
    assert verdict("kt-identity").outcome == "REFUTED"


def test_the_identity_is_one_of_signs_only(monkeypatch, short):
    streams = {"halves": np.full(20_000, 0.5)}
    monkeypatch.setattr(topic, "sign_streams", lambda: streams)
    assert verdict("kt-identity").outcome == "REFUTED"


def test_the_quoted_potential_bound_has_a_log_slack_of_1_07(change):
    lower = kt()["log_lower"]
    assert verdict("kt-potential-lb").rows[0]["margin"] == pytest.approx(0.5 + np.log(np.pi) / 2, abs=1e-9)
    change(kt, log_lower=lower + sp.Rational(107, 100))
    assert verdict("kt-potential-lb").outcome == "SUPPORTED"
    change(kt, log_lower=lower + sp.Rational(108, 100))
    assert_certified(verdict("kt-potential-lb"))


def test_the_sharper_potential_bound_has_little_room(change):
    change(kt, log_lower_sharp=kt()["log_lower_sharp"] + sp.Rational(1, 5))
    assert_certified(verdict("kt-potential-sharp"))


def test_the_share_of_the_best_fraction_cannot_be_larger(change, short):
    assert verdict("kt-best-fraction").outcome == "SUPPORTED"
    change(kt, best_share=1 / (sp.Rational(199, 100) * sp.sqrt(T)))
    found = verdict("kt-best-fraction")
    assert found.outcome == "UNDECIDED" and found.margin < 0  # no certificate was asked for
    change(kt, best_share=1 / (2 * T ** sp.Rational(2, 5)))
    assert verdict("kt-best-fraction").margin < 0


def test_fractional_coins_break_it_from_T_6_on_and_that_is_certified():
    found = verdict("neg-kt-fractional")
    assert_certified(found)
    first = int(found.certificates[0].instance.point["T"])
    wealth, best = topic.log_wealth(np.full(40, 0.5))[1], np.arange(1, 41) * np.log(1.5)
    below = wealth < best - np.log(2 * np.sqrt(np.arange(1, 41)))
    assert below[first - 1 :].all() and not below[: first - 1].any() and first == 6


def test_a_share_that_falls_fast_enough_holds_for_fractional_coins(change):
    change(kt, best_share=sp.Rational(4, 5) ** T / 2)
    assert verdict("neg-kt-fractional").outcome == "SUPPORTED"


def test_a_bound_below_the_lower_bound_is_noticed(change):
    change(kt, lower, regret=kt()["regret"] / 4)
    found = verdict("lb-consistent")
    assert found.outcome == "REFUTED" and found.why.startswith("KT, T=")


def test_a_ratio_that_rises_with_T_is_noticed(change):
    change(gap_bound, lower, worst=gap_bound()["worst"] * T ** sp.Rational(1, 4))
    found = verdict("lb-consistent")
    assert found.outcome == "REFUTED"
    assert {row["label"].split(":")[0] for row in found.rows if row["outcome"] == "REFUTED"} == {"ratio falls"}


def test_a_ratio_that_rises_with_u_is_noticed(change):
    change(gap_bound, lower, worst=gap_bound()["worst"] * D)
    assert any("in u" in row["label"] for row in verdict("lb-consistent").rows if row["outcome"] == "REFUTED")


def test_the_square_root_is_contradicted_with_a_certificate_and_a_valid_bound_is_not(monkeypatch):
    assert_certified(verdict("neg-sqrtt-psi"))
    monkeypatch.setattr(lower, "_PSI", kt()["regret"])
    assert verdict("neg-sqrtt-psi").outcome == "SUPPORTED"


def test_a_certificate_for_another_point_does_not_stand():
    (certificate,) = verdict("neg-sqrtt-psi").certificates
    data = certificate.as_dict()
    assert data["point"]["T"] == "256/1"
    smaller = {**data, "point": {**data["point"], "T": "64/1", "x": "16/1"}}
    again = check(smaller, lambda name: find(name).refutation())
    assert not again.ok and "no violation" in again.why
