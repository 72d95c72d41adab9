"""Bounds of the annealing paper as numbers, and that the claims on them can fail."""

import dataclasses
import math

import numpy as np
import pytest
import sympy as sp

from theorylab.claims import Plan, find, try_claim
from theorylab.papers.annealing.claims import bounds, lemmas
from theorylab.papers.annealing.derivations.symbols import c_1, p, rho
from theorylab.papers.annealing.integrals import Integrals
from theorylab.papers.annealing.weights import tuned_weighted_bound, weighted_bound
from theorylab.papers.annealing.window import SmoothWindow, window_bound, window_bound_last


def outcome(name, **replaced):
    found = try_claim(dataclasses.replace(find(f"annealing.{name}"), **replaced), Plan())
    assert "the trial broke" not in found.why, found.why
    return found.outcome


def results(monkeypatch, module, name, **changed):
    """The derivation that the claims of a module look at, with some of its results changed."""
    exact = getattr(module, name)().results
    made = {key: change(exact[key]) for key, change in changed.items()}
    monkeypatch.setattr(module, name, lambda: exact | made)


class TestWindow:
    @pytest.mark.parametrize("seed", range(4))
    def test_against_all_windows_one_by_one(self, seed):
        etas = 10 ** np.random.default_rng(seed).uniform(-3, 0, 60)
        T, D, G = len(etas), 2.0, 3.0
        plain, last = [], []
        for k in range(T):
            S = [etas[t:].sum() for t in range(T)]
            plain.append(D**2 / (2 * S[k]) + 1.5 * G**2 * sum(etas[t] ** 2 / S[t] for t in range(k, T)))
            moves = sum(etas[t] ** 2 / S[t + 1] for t in range(k, T - 1)) + etas[-1]
            last.append(D**2 / (2 * S[k]) + G**2 / 2 * moves)
        assert window_bound(etas, D, G) == pytest.approx(min(plain), rel=1e-12)
        assert window_bound_last(etas, D, G) == pytest.approx(min(last), rel=1e-12)

    def test_it_holds_for_subgradient_steps_on_the_absolute_value(self):
        rng = np.random.default_rng(7)
        for power in (0.0, 1.0, 2.0):
            for _ in range(50):
                T = int(rng.integers(2, 40))
                etas = 10 ** rng.uniform(-2, 0.5) * (1 - np.arange(T) / T) ** power
                x = rng.uniform(-0.5, 0.5)
                for eta in etas:
                    x = float(np.clip(x - eta * (1 if x > 0 else -1), -0.5, 0.5))
                assert abs(x) <= window_bound(etas)

    @pytest.mark.parametrize("etas", [[], [1.0, 0.0], [1.0, -1.0], [[1.0]], [math.nan]])
    def test_stepsizes_have_to_be_positive(self, etas):
        with pytest.raises(ValueError, match="row of positive finite numbers"):
            window_bound(etas)

    def test_the_diameter_has_to_be_positive(self):
        with pytest.raises(ValueError, match="D is 0"):
            window_bound([1.0], D=0)

    def test_the_smooth_bound_against_all_windows_one_by_one(self):
        shape, eta, beta, sigma = (1 - np.arange(50) / 50) ** 2, 3.0, 0.5, 0.7
        steps = eta * shape
        plain = min(
            1 / (2 * steps[k:].sum()) + sigma**2 * sum(steps[t] ** 2 / steps[t:].sum() for t in range(k, 50))
            for k in range(50)
            if steps[k] <= 1 / (2 * beta)
        )
        assert SmoothWindow(shape).bound(eta, beta, sigma) == pytest.approx(plain, rel=1e-12)

    def test_the_smooth_bound_needs_a_short_step_and_a_schedule_that_does_not_rise(self):
        with pytest.raises(ValueError, match="take a smaller eta"):
            SmoothWindow([1.0, 1.0]).bound(10.0, beta=1.0, sigma=0.0)
        with pytest.raises(ValueError, match="does not increase"):
            SmoothWindow([0.5, 1.0])


class TestWeights:
    def test_the_weights_leave_only_the_last_gap(self):
        """All coefficients of the inequality by the definition, with the weights of the recursion."""
        etas, last, v_last = np.random.default_rng(1).uniform(0.1, 1, 12), 0.3, 0.6
        steps = np.append(etas, last)
        v = np.empty(14)  # v_0 .. v_T
        v[13], v[12] = 1.0, v_last
        for k in range(12, 0, -1):
            v[k - 1] = v[k] - steps[k - 1] * v[k] ** 2 / (steps[k - 1 :] @ v[k:])
        inner = [steps[k - 1] * v[k] ** 2 - (v[k] - v[k - 1]) * (steps[k - 1 :] @ v[k:]) for k in range(1, 14)]
        assert np.abs(inner[:-1]).max() < 1e-14 and (np.diff(v) > 0).all() and v[0] > 0
        plain = (v[0] ** 2 / 2 + steps**2 @ v[1:] ** 2 / 2) / inner[-1]
        assert weighted_bound(etas, last, v_last) == pytest.approx(plain, rel=1e-12)

    def test_subgradient_steps_on_the_absolute_value_stay_below(self):
        etas, x, worst = 0.6 * (1 - np.arange(1, 30) / 30), np.linspace(-0.5, 0.5, 2001), 0.0
        for eta in etas:
            x = np.clip(x - eta * np.where(x > 0, 1.0, -1.0), -0.5, 0.5)
        worst = np.abs(x).max()
        assert worst <= min(weighted_bound(etas, last, v) for last in (0.01, 0.05, 0.2) for v in (0.3, 0.6, 0.9))

    def test_it_beats_the_window_lemma_by_its_factor(self):
        """Sharp constants are half of those for the output x_T."""
        T = 400
        shape = 1 - np.arange(1, T + 1) / (T + 1)
        window = min(math.sqrt(T) * window_bound_last(base / math.sqrt(T) * shape) for base in np.geomspace(0.3, 3, 40))
        assert tuned_weighted_bound(shape[:-1]) / window == pytest.approx(0.5, abs=0.03)

    def test_a_schedule_that_reaches_zero_is_refused(self):
        with pytest.raises(ValueError, match="positive finite"):
            tuned_weighted_bound([1.0, 0.5, 0.0])


NAMES = ("bound-constants", "cosine-integrals", "regime-join", "sharp-discrete", "smooth-bound", "grid-saving",
         "lemma-step", "lemma-identity")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_claim_has_its_expected_verdict(name):
    assert outcome(name) == find(f"annealing.{name}").expected == "SUPPORTED"


@pytest.mark.parametrize(
    ("name", "derivation", "changed"),
    [
        ("bound-constants", "poly_bound", {"tuned": lambda v: v * sp.Rational(10**6 + 1, 10**6)}),
        ("bound-constants", "poly_bound", {"eta_star": lambda v: v * sp.sqrt(c_1 * 4)}),
        ("bound-constants", "poly_bound", {"relative_loss": lambda v: v.subs(p, p + sp.Rational(1, 10**6))}),
        ("cosine-integrals", "cosine", {"Q1": lambda v: v + sp.Rational(1, 10**5)}),
        ("cosine-integrals", "cosine", {"local_exponent_1000": lambda v: sp.Rational(1, 5) - sp.Rational(1, 1000)}),
        ("regime-join", "general_schedule", {"below": lambda v: v + (rho - 1) ** 2 / 10**9}),
        ("regime-join", "poly_bound", {"rho_c": lambda v: v * sp.Rational(1001, 1000)}),
        ("sharp-discrete", "poly_bound", {"tuned_sharp": lambda v: v * sp.Rational(1001, 1000)}),
        ("smooth-bound", "smooth", {"noisy_exponent": lambda v: 1 / (p + 1)}),
        ("smooth-bound", "smooth", {"noiseless_exponent": lambda v: 1 / (2 * p + 1)}),
        ("grid-saving", "grid_saving", {"rho_of_factor": lambda v: v * sp.Rational(1001, 1000)}),
    ],
)
def test_another_constant_is_refuted(name, derivation, changed, monkeypatch):
    results(monkeypatch, bounds, derivation, **changed)
    assert outcome(name) == "REFUTED"


@pytest.mark.parametrize("name", ["bound-constants", "regime-join", "grid-saving"])
def test_a_schedule_of_another_degree_is_refuted(name, monkeypatch):
    def power(degree, c1=0.25, c2=0.25):
        return Integrals(lambda x: x ** (degree * 1.001), c1=c1, c2=c2)

    monkeypatch.setattr(bounds, "power", power)
    assert outcome(name) == "REFUTED"


def test_another_curve_than_the_cosine_is_refuted(monkeypatch):
    monkeypatch.setattr(bounds, "cosine_integrals", lambda: Integrals(lambda x: x**2))
    assert outcome("cosine-integrals") == "REFUTED"


def test_weights_that_are_not_tuned_are_refuted(monkeypatch):
    monkeypatch.setattr(
        bounds, "tuned_weighted_bound",
        lambda h: math.sqrt(len(h) + 1) * weighted_bound(1.0 / math.sqrt(len(h) + 1) * h, h[-1], 0.5),
    )  # fmt: skip
    assert outcome("sharp-discrete") == "REFUTED"


def test_without_the_limit_on_the_steps_the_noiseless_bound_does_not_degrade(monkeypatch):
    class Unlimited(SmoothWindow):
        def bound(self, eta, beta, sigma):
            return super().bound(eta, 0.0, sigma)

    monkeypatch.setattr(bounds, "SmoothWindow", Unlimited)
    assert outcome("smooth-bound") == "REFUTED"


def test_a_smaller_noise_of_a_step_is_violated(monkeypatch):
    results(monkeypatch, lemmas, "window_lemma", step_noise=lambda v: v * sp.Rational(999, 1000))
    assert outcome("lemma-step") == "UNDECIDED"  # no certificate


def test_an_identity_without_its_first_term_is_refuted(monkeypatch):
    whole, gathered = lemmas.recombined, lemmas.gathered
    monkeypatch.setattr(lemmas, "recombined", lambda etas, q, k: whole(etas, q, k) - 1e-9 * q[k])
    assert outcome("lemma-identity") == "REFUTED"
    monkeypatch.setattr(lemmas, "recombined", whole)
    monkeypatch.setattr(lemmas, "gathered", lambda etas, k: gathered(etas, k) * (1 + 1e-11))
    assert outcome("lemma-identity") == "REFUTED"
