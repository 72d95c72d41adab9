"""The study of robustness on data: its ratios, its claims where they have to fail, and the runs behind them."""

import math
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from problems import HingeClassifier, LeastAbsolute, ReluNetwork
from problems.relu_network import Split
from theorylab.claims import Plan, find, try_claim
from theorylab.kernels import Stream, uniform
from theorylab.methods import COCOBBackprop, CoordinateAdaGrad, SubgradientDescent
from theorylab.papers.cocob.claims import data, network
from theorylab.papers.cocob.claims.study import EXTENDED_RATES, PAPER_RATES, Sweep, beaten, geometric, robust
from theorylab.papers.cocob.derivations import gap_bound, regret_bound
from theorylab.papers.cocob.figures import data as figures
from theorylab.runs import run


def verdict(name: str):
    return try_claim(find(f"cocob.{name}"), Plan())


@pytest.fixture
def short(monkeypatch):
    """Runs of a tenth of the steps on two spreads, none of them kept for other tests."""
    kept = data._bettors, data._there, data.sweep
    for gather in kept:
        gather.forget()
    monkeypatch.setattr(data, "STEPS", 40_000)
    monkeypatch.setattr(data, "EPOCHS", 10)
    real, stand_in = data.problem_of, HingeClassifier.random(300, 8)
    monkeypatch.setattr(data, "problem_of", lambda name: stand_in if name.startswith("hinge") else real(name))
    yield monkeypatch
    for gather in kept:
        gather.forget()


# --- ratios ------------------------------------------------------------------


def _sweep(untuned, losses=((4.0, 5.0, 6.0), (1.0, 1.1, 1.2), (9.0, 8.0, 7.0))):
    return Sweep("somewhere", (0.1, 1.0, 10.0), np.array(losses), np.array(untuned))


def test_ratios_are_geometric_means_over_seeds_with_intervals():
    ratios = np.array([2.0, 2.5, 3.0])
    value, low, high = geometric(ratios)
    logs = np.log(ratios)
    half = 4.302652729696142 * logs.std(ddof=1) / math.sqrt(3)  # Student's quantile of 2 degrees of freedom
    assert [value, low, high] == pytest.approx(np.exp(logs.mean() + half * np.array([0.0, -1.0, 1.0])), rel=1e-6)
    assert geometric([1.0, math.inf, 3.0]) == (3.0, 1.0, math.inf)
    assert all(map(math.isnan, geometric([1.0, -0.1, 3.0])))


def test_a_sweep_finds_its_best_rate_afterwards_and_says_where_it_is_an_edge():
    sweep = _sweep([2.0, 2.2, 2.4])
    assert sweep.best == 1 and sweep.where == "best rate 1"
    assert sweep.rank == "below 2 of 3 rates; 3 seeds"
    assert sweep.over_best() == pytest.approx((2.0, 2.0, 2.0))
    assert sweep.over_median()[0] == pytest.approx(geometric([2 / 4, 2.2 / 5, 2.4 / 6])[0])
    assert sweep.worst_over()[0] == pytest.approx(geometric([9 / 2, 8 / 2.2, 7 / 2.4])[0])
    cut = sweep.up_to(1.0)
    assert cut.rates == (0.1, 1.0) and len(cut.losses) == 2 and cut.where.endswith("an edge of the grid")


def test_robust_and_beaten_compare_both_ways():
    between, above, below = (_sweep(np.array([1.0, 1.1, 1.2]) * factor) for factor in (2.0, 50.0, 0.5))
    assert all(found.smaller[1] < found.larger[0] for found in robust(between))
    assert all(found.smaller[0] > found.larger[1] for found in robust(above))
    assert beaten(between).smaller[0] > 1.0 > beaten(below).smaller[1]


def test_a_diverged_rate_is_the_worst_and_does_not_hide_the_others():
    sweep = _sweep([2.0, 2.2, 2.4], [(4.0, 5.0, 6.0), (1.0, 1.1, 1.2), (math.inf, 8.0, math.inf)])
    assert sweep.best == 1 and all(found.smaller[1] < found.larger[0] for found in robust(sweep))


def test_the_grid_is_the_papers_17_rates_and_goes_on_to_10():
    assert len(PAPER_RATES) == 17 and list(EXTENDED_RATES) == sorted(set(EXTENDED_RATES))
    assert PAPER_RATES[0] == 1e-5 and PAPER_RATES[-1] == 0.1 and EXTENDED_RATES[-1] == 10.0
    assert [rate for rate in PAPER_RATES if 9e-4 < rate < 9e-3] == pytest.approx([1e-3, 2.5e-3, 5e-3, 7.5e-3])


# --- algorithm 1 -------------------------------------------------------------


def test_the_claims_hold_on_short_runs_as_well(short):
    for name in ("gap-bound-data", "lad-robust"):
        assert verdict(name).outcome == "SUPPORTED", name
    assert verdict("neg-beats-tuned").outcome == "REFUTED"


def test_one_rate_for_every_spread_is_not_robust(short):
    short.setattr(data, "of_data", lambda problem: CoordinateAdaGrad(0.1))
    found = verdict("lad-robust")
    assert found.outcome == "REFUTED"
    assert {row["label"].partition(",")[2][:6] for row in found.rows if row["outcome"] == "REFUTED"} == {" s=100"}


@pytest.mark.parametrize(("name", "derived", "result", "rows"),
                         [("regret_bound", regret_bound, "simple", "rows against 1 w_*"),
                          ("gap_bound", gap_bound, "mean", "mean F")])  # fmt: skip
def test_a_tenth_of_a_bound_is_exceeded_in_its_own_rows(name, derived, result, rows, short):
    short.setattr(data, name, lambda: {**derived().results, result: derived()[result] / 10})
    found = verdict("gap-bound-data")
    broken = {row["label"].partition(": ")[2] for row in found.rows if row["margin"] < 0}
    assert rows in broken and broken <= ({"mean F", "F at the average"} if rows == "mean F" else
                                         {f"rows against {share:g} w_*" for share in data.SHARES})  # fmt: skip


def test_without_scikit_learn_what_needs_it_says_so_and_the_rest_runs(short):
    short.undo()
    short.setattr(data, "STEPS", 2_000)
    data.problem_of.cache_clear()
    network.network.cache_clear()
    network.untuned.forget()
    short.setitem(sys.modules, "sklearn", None)
    short.setitem(sys.modules, "sklearn.datasets", None)
    for name in ("hinge-robust", "gap-bound-data", "mlp-alpha"):
        found = verdict(name)
        assert found.outcome == "UNDECIDED" and "pip install 'theorylab[data]'" in found.why
    assert "ImportError" not in verdict("lad-robust").why


def test_sizes_are_those_that_the_bettors_keep():
    problem = LeastAbsolute.of(1.0, 50, 6)
    trace = run(problem, data.of_data(problem), steps=300, seed=2)
    np.testing.assert_allclose(data.sizes(trace).sum(axis=1), trace.G[1:], rtol=1e-13)
    largest = problem.facts()["largest_draw"].value
    assert (data.sizes(trace) >= largest).all() and (data.sizes(trace)[-1] <= 301 * largest).all()


def test_a_standing_run_shows_the_losses_of_the_same_draws_at_its_point():
    problem, x = LeastAbsolute.of(1.0, 50, 6), np.linspace(-1.0, 2.0, 6)
    for seed, trace in enumerate(data.standing(Plan(), problem, 500, x)):
        stream = Stream(np.uint64(seed), np.uint64(0))
        rows = [int(50 * uniform(stream, k)) for k in range(500)]
        assert trace.gap_mean[-1] == pytest.approx(np.abs(problem.a[rows] @ x - problem.b[rows]).mean(), rel=1e-12)
        assert (trace.x == x).all()


def test_over_whole_passes_the_rows_have_the_mean_of_the_whole():
    problem = HingeClassifier.random(40, 7)
    minimum = problem.minimum()
    for trace in data.standing(Plan(), problem, 200, minimum.x):
        passes = np.isin(trace.step, (40, 80, 120, 160, 200))
        assert passes.any() and trace.gap_mean[passes] == pytest.approx(minimum.value, rel=1e-10)


# --- algorithm 2 -------------------------------------------------------------


@pytest.fixture
def small(monkeypatch, rng):
    """A small network in place of that on digits, three epochs, two rivals."""
    x, labels = rng.standard_normal((70, 5)), np.arange(70) % 3
    split = Split(x[:60], labels[:60], x[60:], labels[60:])
    problem = ReluNetwork.of(split, hidden=7, batch=12, seed=3)
    monkeypatch.setattr(network, "network", lambda seed: (problem, split))
    monkeypatch.setattr(network, "EPOCHS", 3)
    monkeypatch.setattr(network, "RIVALS", {"SGD": SubgradientDescent, "AdaGrad": network.RIVALS["AdaGrad"]})
    kept = network.grid, network.untuned
    for gather in kept:
        gather.forget()
    yield problem, split
    for gather in kept:
        gather.forget()


def test_training_is_recorded_at_the_ends_of_the_epochs(small):
    problem, split = small
    (trained,) = network.train(Plan(), [COCOBBackprop(100.0)], 5)
    assert trained.epoch.tolist() == [0, 1, 2, 3]
    trace = run(problem, COCOBBackprop(100.0), steps=15, seed=5, record=range(16))
    np.testing.assert_array_equal(trained.loss, trace.gap[::5])
    np.testing.assert_array_equal(trained.error, problem.error(trace.x[::5], split.test_x, split.test_labels))
    assert network.final(trained) == trained.loss[-1]


def test_a_run_that_diverges_has_an_infinite_final_loss(small):
    with np.errstate(over="ignore", invalid="ignore"):
        (diverged,) = network.train(Plan(), [SubgradientDescent(1e160)], 0)
    assert network.final(diverged) == math.inf


def test_evidence_on_the_network_covers_both_grids_and_can_be_refuted(small, monkeypatch):
    monkeypatch.setattr(network, "COCOBBackprop", lambda alpha: SubgradientDescent(1e-9))  # learns nothing
    found = try_claim(find("cocob.mlp-robust"), Plan(full=True))
    labels = [row["label"] for row in found.rows]
    assert len(labels) == 8 and sum("up to 0.1:" in label for label in labels) == 4
    assert found.outcome == "REFUTED"


def test_alpha_keeps_neurons_alive_on_digits():
    pytest.importorskip("sklearn", reason="the data are those of scikit-learn")
    found = verdict("mlp-alpha")
    assert found.outcome == "SUPPORTED" and len(found.rows) == 6
    assert verdict("neg-alpha-half").outcome == "REFUTED"


def test_the_claim_on_alpha_fails_for_another_alpha(small):
    assert verdict("mlp-alpha").outcome != "SUPPORTED"  # three epochs on labels without a pattern


def test_the_figure_of_training_shows_the_best_rate_of_the_papers_grid(small, monkeypatch):
    monkeypatch.setattr(figures, "RIVALS", network.RIVALS)
    figures._rivals.cache_clear()
    figures._own.cache_clear()
    left, right = Figure(layout="constrained").subplots(1, 2)
    figures.network_training([left, right])
    ours, *rivals = left.lines
    np.testing.assert_array_equal(ours.get_ydata(), network.untuned(Plan(), 100.0, 0).loss)
    assert len(rivals) == 2 and len(right.lines) == 3
    for line in rivals:
        name, _, rate = line.get_label().partition(r", $\eta=")
        losses = [final[-1] for final in (run.loss for run in figures._rivals(name))]
        assert line.get_ydata()[-1] == min(losses[:17]) == losses[PAPER_RATES.index(float(rate[:-1]))]
    figures._rivals.cache_clear()
    figures._own.cache_clear()


def test_claims_that_do_not_fit_the_quick_plan_are_few():
    module = [claim for part in (data, network) for claim in vars(part).values() if hasattr(claim, "evidence")]
    assert {claim.id for claim in module if not claim.quick} == {"cocob.mlp-robust"}
