"""The claims on rates, scaling in D, growth and weak quasi-convexity of the coin-betting paper can fail."""

import dataclasses

import numpy as np
import pytest
import sympy as sp

from problems import Distance, FlippedDistance, KinkedQuasiconvex
from theorylab.claims import Plan, find, try_claim, within
from theorylab.methods import COCOB, KT, Averaged, DecayingSubgradient, SubgradientDescent
from theorylab.papers.cocob.claims import growth, quasiconvex, rates, scaling
from theorylab.papers.cocob.claims.means import cell, chord, mean_gap, mean_slope
from theorylab.papers.cocob.derivations import doubling, gap_bound, local_slopes
from theorylab.papers.cocob.derivations.symbols import T_1, T_2, D, T
from theorylab.replay import check
from theorylab.runs import run, run_many

NEAR, AWAY = 0.10137, 101.37


def verdict(name: str, **replaced):
    return try_claim(dataclasses.replace(find(f"cocob.{name}"), **replaced), Plan())


def outcome(name: str, **replaced) -> str:
    return verdict(name, **replaced).outcome


@pytest.fixture(scope="module")
def short():
    """Algorithm 1 at two distances, 300000 steps."""
    distances = (NEAR, AWAY)
    cells = [cell(Distance(d), Averaged(COCOB(1.0)), 300_000) for d in distances]
    return list(zip(distances, run_many(cells), strict=True))


@pytest.fixture
def few(monkeypatch, short):
    monkeypatch.setattr(rates, "on_distances", lambda plan: short)


def test_means_are_over_the_iterates_before_each_step():
    trace = run(**cell(FlippedDistance(2.0, 0.1), COCOB(1.0), 60, record=range(61), seed=1))
    t, y = mean_gap(trace)
    assert t.tolist() == list(range(1, 61))
    np.testing.assert_allclose(y, np.cumsum(trace.gap[:-1]) / t, rtol=1e-12)


def test_a_chord_is_the_mean_of_the_local_slopes_and_says_between_which_ends():
    t = np.geomspace(10, 1e6, 201)
    found = mean_slope(t, 3 * t**-0.45, 1000)
    assert found.low <= -0.45 <= found.high and found.high - found.low < 1e-9
    log = mean_slope(t, np.sqrt(np.log1p((10 * t) ** 2) / t), 1000)
    exact = local_slopes()["T_mean_slope"].subs({D: 10, T_1: log.at["T_1"], T_2: log.at["T_2"]})
    assert log.value == pytest.approx(float(exact), abs=1e-4)
    assert 1000 < log.at["T_1"] < 1900 and 5.2e5 < log.at["T_2"] < 1e6


def test_the_interval_of_a_chord_covers_what_seeds_leave_open():
    rng = np.random.default_rng(0)
    t = np.geomspace(10, 1e5, 161)
    inside = 0
    for _ in range(100):
        wild = np.exp(0.3 * rng.standard_normal((10, 1)) + 0.05 * np.log(t) * rng.standard_normal((10, 1)))
        truth = -0.5 + _drift_of_the_mean(t)
        found = mean_slope(t, t**-0.5 * wild, 100)
        inside += found.low <= truth <= found.high
    assert inside >= 88


def _drift_of_the_mean(t):
    """E exp(s z ln t) = exp((s ln t)^2/2): the slope of its logarithm between the ends of the chord."""
    late = np.log(t[t >= 100])
    square = (0.05 * late) ** 2 / 2
    return (square[-10:].mean() - square[:10].mean()) / (late[-10:].mean() - late[:10].mean())


def test_chord_of_an_expression_is_that_of_its_numbers():
    at = [{T: 10**3}, {T: 10**5}]
    assert sp.simplify(chord(7 / T, *at) + 1) == 0
    numbers = [float(sp.sqrt(sp.log(x) / x)) for x in (10**3, 10**5)]
    assert float(chord(sp.sqrt(sp.log(T) / T), *at)) == pytest.approx(np.log(numbers[1] / numbers[0]) / np.log(100))


@pytest.mark.usefixtures("few")
def test_rates_hold_on_short_runs_and_other_slopes_do_not():
    assert outcome("rate-t") == "SUPPORTED"
    assert outcome("neg-nolog") == outcome("neg-avg-exponent") == "REFUTED"
    slopes = local_slopes()
    off = {
        "mean slope": within(slopes["T_mean_slope"] - sp.Rational(3, 100), 0.015),
        "power beside sqrt(ln t)": within(slopes["exponent"], 0.02),
    }
    assert outcome("rate-t", predicted=lambda: off) == "REFUTED"
    off = off | {"mean slope": within(slopes["T_mean_slope"], 0.015), "power beside sqrt(ln t)": within(-0.45, 0.02)}
    assert outcome("rate-t", predicted=lambda: off) == "REFUTED"


@pytest.mark.usefixtures("few")
def test_a_rate_without_a_logarithm_is_told_from_one_with_it(monkeypatch):
    monkeypatch.setattr(rates, "mean_gap", lambda trace: (trace.step[1:] * 1.0, NEAR / np.sqrt(trace.step[1:])))
    assert outcome("rate-t") == "REFUTED" and outcome("neg-nolog") == "SUPPORTED"


@pytest.mark.usefixtures("few")
def test_the_logarithm_is_linear_and_its_power_open_between_a_half_and_two_thirds_only():
    assert outcome("log-linear") == "SUPPORTED"
    assert outcome("log-linear", predicted=lambda: within(0.8, 0.06)) == "REFUTED"
    assert outcome("log-power") == "UNDECIDED"
    assert outcome("log-power", predicted=lambda: within(sp.Rational(2, 3), 0.05)) != "REFUTED"
    assert outcome("log-power", predicted=lambda: within(1, 0.05)) == "REFUTED"


def test_easy_instances_are_not_hard(monkeypatch):
    def easy(plan):
        falls = {n: NEAR / np.sqrt(n) * np.array([1.0, 1.0, 1.001]) for n in (1000, 10**5)}
        return {(n, c): (numbers, numbers) for n, numbers in falls.items() for c in (1, 2)}

    monkeypatch.setattr(rates, "hard_means", easy)
    found = verdict("rate-hard")
    assert found.outcome == "REFUTED" and "an edge of the grid" in found.rows[0]["note"]


def test_at_average_is_the_gap_at_the_last_average():
    trace = run(**cell(FlippedDistance(2.0, 0.25), Averaged(COCOB(1.0)), 40, record=range(41), seed=2))
    mean = trace.x[:-1, 0].mean()
    assert rates._at_average(trace) == pytest.approx(0.5 * abs(mean - 2.0), rel=1e-12)


@pytest.fixture
def thousand(monkeypatch):
    """Runs of a thousand steps."""
    methods = {
        "COCOB": lambda d: COCOB(1.0),
        "SGD-T": lambda d: SubgradientDescent(1.0, 1.0, 1000),
        "SGD-t": lambda d: DecayingSubgradient(1.0),
        "oracle": lambda d: SubgradientDescent(1.0071 * d, 1.0, 1000),
    }
    monkeypatch.setattr(scaling, "METHODS", methods)
    monkeypatch.setattr(scaling, "STEPS", 1000)
    scaling.means_at.forget()
    yield methods
    scaling.means_at.forget()


def test_scaling_tells_methods_apart(monkeypatch, thousand):
    assert outcome("scale-d") == "SUPPORTED"
    thousand["COCOB"] = thousand["SGD-t"]
    scaling.means_at.forget()
    assert outcome("scale-d") == "REFUTED"
    thousand["SGD-T"] = thousand["oracle"]
    scaling.means_at.forget()
    assert outcome("sgd-d2") == "REFUTED"


def test_the_price_is_that_against_the_best_rate_only(monkeypatch, thousand):
    monkeypatch.setattr(scaling, "WIDE", (0.1, 10, 2))
    assert outcome("price") == "SUPPORTED"
    thousand["oracle"] = lambda d: SubgradientDescent(2.5 * d, 1.0, 1000)
    scaling.means_at.forget()
    assert outcome("price") == "REFUTED"


def test_hitting_laws_are_not_each_others(monkeypatch):
    assert outcome("hitting-law") == outcome("kt-hitting-law") == "SUPPORTED"
    other = {COCOB: KT(1.0), KT: COCOB(1.0)}
    right = growth.to_infinity
    monkeypatch.setattr(growth, "to_infinity", lambda plan, method: right(plan, other[type(method)]))
    assert outcome("hitting-law") == outcome("kt-hitting-law") == "REFUTED"


def test_without_its_drift_the_hitting_law_is_not_supported(monkeypatch):
    raw = doubling().results | {"drift": sp.Integer(0)}
    monkeypatch.setattr(growth, "doubling", lambda: raw)
    assert outcome("hitting-law") != "SUPPORTED"


def test_hitting_times_are_those_of_runs_with_a_nearer_target():
    distances, times = growth.hitting_times(growth.to_infinity(Plan(), COCOB(1.0)))
    for i in (0, 3, 40):
        trace = run(**cell(Distance(distances[i]), COCOB(1.0), 400, record=range(401)))
        assert np.argmax(trace.x[:, 0] >= distances[i]) == times[i]


def test_effective_rates_are_not_each_others(monkeypatch):
    assert outcome("efflr") == "SUPPORTED"
    right = mean_slope

    def exchanged(t, y, first, **more):
        other = {"decay of |dw|/|g|": "decay of (w - w_1)/theta", "decay of (w - w_1)/theta": "decay of |dw|/|g|"}
        return right(t, y, first, **more | {"quantity": other[more["quantity"]]})

    monkeypatch.setattr(growth, "mean_slope", exchanged)
    assert outcome("efflr") == "REFUTED"


@pytest.fixture(scope="module")
def kinked():
    problems = [KinkedQuasiconvex(d, 0.5) for d in (3.0, 30.0)]
    return [[t] for t in run_many([cell(p, quasiconvex.bettor(p), 200_000) for p in problems])]


def test_every_quasiconvex_problem_has_its_own_runs():
    traces = quasiconvex.on_quasiconvex(Plan())
    kinds = {(type(first.problem), first.problem) for first, *_ in traces}
    assert len(kinds) == len(traces) == 24
    assert all(trace.problem == first.problem for first, *rest in traces for trace in rest)


def test_quasiconvex_claims_can_fail(monkeypatch, kinked):
    monkeypatch.setattr(quasiconvex, "on_quasiconvex", lambda plan: kinked)
    assert outcome("wqc-bound") == outcome("wqc-rate") == "SUPPORTED"
    off = quasiconvex._slope_of_the_bound() - sp.Rational(1, 10)
    assert outcome("wqc-rate", predicted=lambda: within(off, 0.03)) == "REFUTED"
    monkeypatch.setattr(quasiconvex, "noiseless", lambda plan, kind, *distances: [traces[0] for traces in kinked])
    assert outcome("wqc-finite-g") == "REFUTED"  # at a kink gradients do not die out
    halved = {name: gap_bound()[name] / (3 if name == "mean" else 1) for name in ("inner", "mean")}
    monkeypatch.setattr(quasiconvex, "gap_bound", lambda: halved)
    assert verdict("wqc-bound").margin < 0


def test_a_bound_without_tau_is_refuted_by_a_run_in_real_arithmetic(monkeypatch):
    problem = KinkedQuasiconvex(30.0, 0.5)
    trace = run(**cell(problem, quasiconvex.bettor(problem), 200))
    monkeypatch.setattr(quasiconvex, "noiseless", lambda plan, kind, *distances: [trace])
    found = verdict("neg-no-tau")
    assert found.outcome == "REFUTED"
    data = found.certificates[0].as_dict()
    statement = lambda name: find(name).refutation()  # noqa: E731
    assert check(data, statement, classes=[quasiconvex.Summed]).ok
    assert not check(data | {"steps": 3}, statement, classes=[quasiconvex.Summed]).ok


def test_the_sum_of_gaps_is_that_of_the_iterates_before_each_step():
    method = quasiconvex.Summed(COCOB(1.0))
    trace = run(**cell(KinkedQuasiconvex(), method, 50, record=range(51)))
    np.testing.assert_allclose(trace.summed[1:], np.cumsum(trace.gap[:-1]), rtol=1e-13)
    plain = run(**cell(KinkedQuasiconvex(), COCOB(1.0), 50, record=range(51)))
    assert trace.x.tolist() == plain.x.tolist() and trace.G.tolist() == plain.G.tolist()


def test_square_over_lam_is_the_slope_of_the_lambert_form():
    expression = rates._square_over_lam()
    at = {"D": 10, "T_1": 10**4, "T_2": 10**6}
    found = within(expression, 1.0).at(at)
    w = [float(sp.LambertW(sp.Float((10.0 * t) ** 2))) for t in (1e4, 1e6)]
    lam = [float(np.log1p((10.0 * t) ** 2)) for t in (1e4, 1e6)]
    regret = [10 * np.sqrt(t) * (np.sqrt(v) - 1 / np.sqrt(v)) + 1 for t, v in zip((1e4, 1e6), w, strict=True)]
    squares = [r**2 / (100 * t) for r, t in zip(regret, (1e4, 1e6), strict=True)]
    assert found == pytest.approx((squares[1] - squares[0]) / (lam[1] - lam[0]), rel=1e-9)
