"""The SGD claims of the annealing paper can fail; their estimator covers, their exact law is a matrix power."""

import math

import numpy as np
import pytest
import sympy as sp

from problems import BoundedAbs, NoisySlope
from theorylab.claims import Plan, find, try_claim, within
from theorylab.claims.certificates import recheck
from theorylab.methods import ScheduledSGD
from theorylab.methods.heights import custom
from theorylab.methods.schedules import WSD, Constant, Cosine, InverseSqrt, Linear, Polynomial, PowerDecay, SqrtCooldown
from theorylab.papers.annealing.claims import controls, deterministic, sgd, trajectories
from theorylab.papers.annealing.derivations import ALL
from theorylab.papers.annealing.regime import inside, outside
from theorylab.runs import BadInput, ends, run
from theorylab.theory.evaluate import value


def verdict(name: str):
    return try_claim(find(f"annealing.{name}"), Plan())


@pytest.fixture(scope="module")
def few():
    """Claims by sampling with few trajectories; what they kept is dropped before and after."""
    trajectories.on_slopes.forget()
    with pytest.MonkeyPatch.context() as patch:
        for module in (trajectories, sgd, controls):
            patch.setattr(module, "count", lambda plan: 600)
        yield
    trajectories.on_slopes.forget()


def groups(rng, exponent, n, rhos=(4.0, 8.0, 16.0, 32.0), factors=(0.97, 1.0, 0.99)):
    """Exponentially distributed losses whose means follow a power of rho, for three slopes."""
    return {rho: {f: f * rho**exponent * rng.exponential(size=n) for f in factors} for rho in rhos}


def test_the_interval_holds_the_exponent_as_often_as_it_says_and_that_of_a_supremum_more_often():
    rng = np.random.default_rng(0)
    one, three = (
        [trajectories.exponent(groups(rng, 0.2, 400, factors=factors)) for _ in range(1000)]
        for factors in ((1.0,), (0.97, 1.0, 0.99))
    )
    held = [np.mean([e.low <= 0.2 <= e.high for e in found]) for found in (one, three)]
    assert 0.93 <= held[0] <= 0.97 and held[0] <= held[1] <= 0.995
    width = [np.mean([e.high - e.low for e in found]) for found in (one, three)]
    assert width[0] < width[1] < 1.5 * width[0]


def test_the_plain_maximum_is_biased_up_and_the_crossed_one_is_not():
    rng = np.random.default_rng(1)
    plain, crossed, _ = np.mean(
        [trajectories._suprema([rng.exponential(size=100) for _ in range(3)]) for _ in range(2000)], axis=0
    )
    assert plain > 1.05 and abs(crossed - 1) < 0.01


def test_every_instance_has_its_own_seed():
    keys = [("NoisySlope", e, name, rho, steps) for name in trajectories.ANNEALED for rho in trajectories.RHOS
            for steps in (2**13, 2**14, 2**16) for e in trajectories.slopes(name, rho, steps)]  # fmt: skip
    assert len({trajectories.seed_of(*key) for key in keys}) == len(keys)


def test_ends_are_those_of_single_runs_in_lanes_and_without_them():
    problem = NoisySlope(0.125)
    for method in (ScheduledSGD(0.25, Cosine(), 50), ScheduledSGD(0.25, custom(lambda u: 1 - u, 50), 50)):
        found = ends(problem, method, steps=50, count=37, seed=6)
        singles = [run(problem, method, steps=50, seed=6, trajectory=i).gap[-1] for i in range(37)]
        assert found.tolist() == singles and len(set(singles)) > 20
    with pytest.raises(BadInput, match="count is 0; it has to be at least 1"):
        ends(problem, method, steps=50, count=0)


def test_the_window_of_overshoots_says_why():
    T = 2**14
    annealed = (Linear(), Polynomial(3), Cosine(), WSD(), SqrtCooldown())
    fixed = (Constant(), InverseSqrt(), PowerDecay(2.0))
    assert {outside(s, 32.0, T) for s in annealed} == {outside(s, 8.0, T) for s in fixed} == {""}
    assert all("rho = 33 is above sqrt(T)/4 = 32" in outside(s, 33.0, T) for s in annealed)
    assert all("above sqrt(T)/16 = 8" in outside(s, 9.0, T) and "take more steps" in outside(s, 9.0, T) for s in fixed)
    assert "below 4: the loss still depends on the start" in outside(Linear(), 3.9, T)
    assert inside(Constant(), (1.0, 4.0, 8.0, 16.0), T) == (4.0, 8.0)
    with pytest.raises(BadInput, match="no exponent can be measured: rho = 1 is below 4"):
        inside(Constant(), (1.0, 4.0), T)
    with pytest.raises(BadInput, match="rho is -1"):
        outside(Linear(), -1.0, T)


def test_the_exact_law_is_that_of_the_transition_matrix_and_of_the_runs():
    n, eps = 8, 0.25
    walk = np.zeros((n + 1, n + 1))
    for i in range(n + 1):
        walk[i, max(i - 1, 0)] += (1 + eps) / 2
        walk[i, min(i + 1, n)] += (1 - eps) / 2
    law = np.linalg.matrix_power(walk, 4096)[n]
    exact = float(value(ALL["fixed_lower"]()["stationary_loss"], epsilon=eps, eta=1 / n))
    assert eps * (law @ np.arange(n + 1)) / n == pytest.approx(exact, rel=1e-10)
    found = ends(NoisySlope(eps), ScheduledSGD(1 / n, Constant(), 400), steps=400, count=4000, seed=1)
    assert abs(found.mean() - exact) < 4 * found.std() / math.sqrt(4000)


@pytest.mark.parametrize(
    "name", ["fixed-deterministic", "fixed-large-t", "undershoot", "fixed-stationary", "neg-smooth-fixed"]
)
def test_what_needs_no_exponent_from_samples_is_supported(name):
    assert verdict(name).outcome == "SUPPORTED"


def test_the_fixed_exponents_at_finite_T_are_those_of_the_specification():
    note = verdict("fixed-large-t").rows[0]["note"]
    assert all(text in note for text in ("0.890 at 2^14", "0.965 at 2^18", "0.980 at 2^20"))


def test_a_wrong_law_of_the_fixed_rate_is_refuted(monkeypatch):
    right = ALL["fixed_lower"]()
    wrong = {**right.results, "stationary_R": right["stationary_R"] * sp.Rational(11, 10)}
    monkeypatch.setattr(sgd, "fixed_lower", lambda: wrong)
    assert verdict("fixed-stationary").outcome == "REFUTED"


def test_undershoot_with_another_mean_of_the_schedule_is_refuted(monkeypatch):
    monkeypatch.setattr(deterministic, "heights", lambda schedule, steps: np.array([0.5]))
    found = verdict("undershoot")
    assert found.outcome == "REFUTED"
    assert {row["label"] for row in found.rows if row["outcome"] == "SUPPORTED"} <= {"linear", "cosine"}


def test_few_trajectories_decide_the_order_but_not_every_exponent(few):
    assert verdict("sgd-exponents").outcome == "UNDECIDED"
    rows = verdict("sgd-ordering").rows
    assert rows[0]["label"] == "linear below fixed" and rows[0]["outcome"] == "SUPPORTED"
    assert verdict("lemma-window").outcome == "SUPPORTED"


def test_the_exponent_of_another_degree_is_refuted_by_few_trajectories(few):
    for name, wrong in (("linear", sp.Integer(1)), ("p=2", sp.Rational(1, 2)), ("p=3", sp.Rational(1, 3))):
        found = trajectories.measured(Plan(), name)
        low, high = within(wrong, 0.05).interval({})
        assert found.high < low or found.low > high


def test_a_sixtieth_of_the_window_bound_is_violated(few, monkeypatch):
    monkeypatch.setattr(sgd, "_bound", lambda name, rho, steps, own=sgd._bound: own(name, rho, steps) / 60)
    assert verdict("lemma-window").margin < 0


def test_a_power_of_t_is_no_polynomial_decay_and_the_certificate_replays(tmp_path):
    assert verdict("neg-tpower").outcome == "REFUTED"
    found = verdict("neg-tpower-bound")
    assert found.outcome == "REFUTED" and len(found.certificates) == 1
    assert [row["label"] for row in found.rows if row["margin"] >= 0] == ["Polynomial"]
    path = tmp_path / "certificate.json"
    found.certificates[0].write(path)
    assert recheck(path).ok


def test_the_wrong_instance_is_no_refutation_but_a_hard_one_has_an_exponent(few):
    found = verdict("neg-noiseless-annealed")
    assert found.outcome == "UNDECIDED" and "no worst case" in found.why
    hard = trajectories.on_slopes(Plan(), "linear", trajectories.RHOS, trajectories.STEPS, 600)
    means = np.array([max(map(np.mean, losses.values())) for losses in hard.values()])
    row = controls.instance_exponent(Plan(), "linear", trajectories.RHOS, 0.6 * means)
    assert math.isfinite(row.low) and 0.2 < row.value < 0.5


def test_the_noiseless_losses_of_annealed_schedules_grow_like_rho_far_below_the_worst_case():
    for name in ("linear", "p=2", "cosine"):
        found = deterministic.worst_phase(Plan(), name, trajectories.RHOS, 63)
        assert deterministic.log_slope(trajectories.RHOS, found) == pytest.approx(1.0, abs=0.05)
        assert found.max() < 0.01


def test_controls_are_refuted():
    assert verdict("neg-undershoot-robust").outcome == "REFUTED"
    found = verdict("neg-single-problem")
    shown = {row["label"]: (row["low"] + row["high"]) / 2 for row in found.rows}
    assert found.outcome == "REFUTED" and shown["fixed, e=1.5"] == min(
        v for k, v in shown.items() if k.endswith("e=1.5"))  # fmt: skip


def test_a_cycle_of_the_absolute_value_has_two_points():
    trace = run(BoundedAbs(), ScheduledSGD(0.25, Constant(), 8), steps=8, record=range(9), start=[0.2])
    np.testing.assert_allclose(trace.x[:, 0], [0.2, -0.05] * 4 + [0.2], atol=1e-15)
