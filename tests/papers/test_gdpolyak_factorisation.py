"""Claims on matrix factorisation: the derivation of their law, and that a wrong method changes the verdict."""

import math

import pytest

from theorylab.claims import REFUTED, SUPPORTED, Plan, try_claim
from theorylab.methods import GD, GDPolyak
from theorylab.papers.gdpolyak.claims import factorisation
from theorylab.papers.gdpolyak.derivations import fixed_k, invariant_end


def test_every_step_of_the_invariant_end_holds():
    report = invariant_end().check(prove=False)
    assert report.ok, report.why


@pytest.mark.parametrize("short_steps", [40, 90, 200])
def test_invariant_end_is_where_the_multiplied_error_comes_back(short_steps):
    at = {"p": 4, "c": 1, "lambda": 0.5, "rho": 0.875, "K": short_steps, "u_0": 0.2}

    def number(law):
        return float(law.subs({symbol: at[symbol.name] for symbol in law.free_symbols}))

    onset, end = number(fixed_k()["onset"]), number(invariant_end()["dist_end"])
    # the scalar model: error over dist^2, an epoch's multiplier (onset/dist)^2, first error as rho^K leaves it
    distance, error = at["u_0"], (onset / at["u_0"]) ** 2
    while True:
        error *= (onset / distance) ** 2
        if error > 1:
            break
        distance *= 0.75
    assert abs(math.log(distance / end)) < math.log(4 / 3) + 1e-6


def test_factor_of_an_epoch_is_refuted_for_a_halved_polyak_step(monkeypatch):
    monkeypatch.setattr(factorisation, "GDPolyak", lambda stepsize, K: GDPolyak(stepsize, K, factor=0.5))
    assert try_claim(factorisation.mf_factor, Plan()).outcome == REFUTED


def test_constant_of_gradient_descent_is_refuted_for_a_stepsize_two_percent_off(monkeypatch):
    monkeypatch.setattr(factorisation, "GD", lambda stepsize: GD(1.02 * stepsize))
    assert try_claim(factorisation.mf_constant, Plan()).outcome == REFUTED


def test_end_of_the_linear_phase_is_refuted_for_a_stepsize_half_as_long(monkeypatch):
    monkeypatch.setattr(factorisation, "GDPolyak", lambda stepsize, K: GDPolyak(0.5 * stepsize, K))
    assert try_claim(factorisation.mf_end, Plan()).outcome == REFUTED


def test_law_of_curved_ravines_fails_where_the_invariant_law_holds():
    assert try_claim(factorisation.mf_end, Plan()).outcome == SUPPORTED
    assert try_claim(factorisation.mf_end_curved, Plan()).outcome == REFUTED
