"""The headline claims: a wrong long step, a wrong stepsize or a missing baseline changes the verdicts."""

import numpy as np
import pytest

from theorylab.claims import REFUTED, SUPPORTED, Plan, try_claim
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.claims import nearly_linear as topic
from theorylab.papers.gdpolyak.derivations import fixed_k
from theorylab.papers.gdpolyak.derivations.symbols import K


def _refuted(verdict):
    return {row["quantity"] for row in verdict.rows if row["outcome"] == REFUTED}


def test_cost_law_is_refuted_for_short_steps_a_third_longer(monkeypatch):
    monkeypatch.setattr(topic, "GDPolyak", lambda stepsize, short_steps: GDPolyak(4 / 3 * stepsize, short_steps))
    assert _refuted(try_claim(topic.nearly_linear, Plan())) == {"cost/L^2", "dK/dL"}


def test_law_of_best_k_is_refuted_where_more_short_steps_are_made_than_said(monkeypatch):
    monkeypatch.setattr(
        topic, "GDPolyak", lambda stepsize, short_steps: GDPolyak(stepsize, short_steps + short_steps // 5)
    )
    assert _refuted(try_claim(topic.nearly_linear, Plan())) == {"dK/dL"}


def test_laws_at_finite_k_tend_to_the_leading_ones():
    at = {"p": 4, "c": 1, "lambda": 20, "rho": 0.75}
    laws = topic._second_order()
    for name, leading in (("dK/dL", fixed_k()["best_K_slope"]), ("cost/L^2", fixed_k()["cost_coefficient"])):
        values = {symbol: at[symbol.name] for symbol in laws[name].free_symbols if symbol != K}
        limit = float(leading.subs({symbol: at[symbol.name] for symbol in leading.free_symbols}))
        errors = [1 - float(laws[name].subs(values).subs(K, many)) / limit for many in (1e4, 1e6)]
        # the next term is of relative order K^(-1/2)
        assert errors[0] / errors[1] == pytest.approx(10, rel=0.1)


def test_first_steps_are_those_of_a_plain_search():
    distance = np.array([1.0, 0.5, 0.7, 0.2, 0.2, 0.3])
    levels = np.array([0.6, 0.5, 0.25, 0.1])
    plain = [next((k for k, d in enumerate(distance) if d <= level), np.inf) for level in levels]
    assert topic._first_steps(distance, levels).tolist() == plain


@pytest.fixture
def without_sensing(monkeypatch):
    """Only the two small experiments."""
    monkeypatch.setattr(topic, "_sensing", lambda plan: topic._ravine())


def test_ordering_is_refuted_without_long_steps(monkeypatch, without_sensing):
    monkeypatch.setattr(topic, "GDPolyak", lambda stepsize, short_steps: GDPolyak(stepsize, short_steps, factor=1e-6))
    assert try_claim(topic.beats_baselines, Plan()).outcome == REFUTED


@pytest.mark.parametrize(("factor", "outcome"), [(1.0, SUPPORTED), (0.95, REFUTED)])
def test_growth_of_stepsizes_tells_a_long_step_five_percent_short(monkeypatch, without_sensing, factor, outcome):
    monkeypatch.setattr(
        topic, "GDPolyak", lambda stepsize, short_steps: GDPolyak(stepsize, short_steps, factor=factor)
    )
    verdict = try_claim(topic.steps_grow, Plan())
    assert {row["outcome"] for row in verdict.rows if row["quantity"] == "growth"} == {outcome}
