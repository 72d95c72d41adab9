"""The claims on data: the runs agree with SGD written in numpy, and each comparison can fail."""

import sys

import numpy as np
import pytest
from matplotlib.figure import Figure

from problems import StochasticLogistic, StochasticSoftmax
from theorylab import run
from theorylab.claims import Plan, find, try_claim
from theorylab.kernels import Stream, uniform
from theorylab.methods import ScheduledSGD
from theorylab.papers.annealing.claims import data
from theorylab.papers.annealing.figures import data as figures


def verdict(name: str, full: bool = False):
    return try_claim(find(f"annealing.{name}"), Plan(full))


@pytest.fixture
def degrading(monkeypatch):
    """Fabricated losses: tuned 1, then the given degradation with the same scatter of seeds for all."""

    def fabricate(**degradations):
        scatter = np.exp(0.05 * np.random.default_rng(0).standard_normal((1, 6)))
        found = {
            {"square": "p=2"}.get(key, key): data.Overshot(scatter * [[1.0], [value], [value]], np.full((3, 6), np.nan))
            for key, value in degradations.items()
        }
        monkeypatch.setattr(data, "overshot", lambda plan, name: found)

    return fabricate


def by_hand(problem, schedule, eta, steps, seed):
    """Projected SGD in numpy on the same rows."""
    stream, w = Stream(np.uint64(seed), np.uint64(0)), problem.start
    for k in range(steps):
        u = k / steps
        if isinstance(problem, StochasticLogistic):
            z = problem.z[int(uniform(stream, k) * len(problem.z))]
            g = -z / (1.0 + np.exp(z @ w))
        else:
            i = int(uniform(stream, k) * len(problem.x))
            p = np.exp(w.reshape(problem.targets.shape[1], -1) @ problem.x[i])
            g = np.outer(p / p.sum() - problem.targets[i], problem.x[i]).ravel() + problem.l2 * w
        w = w - eta * schedule(u, k, steps) * g
        w *= min(1.0, problem.radius / np.linalg.norm(w))
    return w


HEIGHTS = {
    "fixed": lambda u, k, T: 1.0,
    "inverse-sqrt": lambda u, k, T: np.sqrt(T / (k + 1)),
    "linear": lambda u, k, T: 1 - u,
    "p=2": lambda u, k, T: (1 - u) ** 2,
    "cosine": lambda u, k, T: (1 + np.cos(np.pi * u)) / 2,
}


@pytest.mark.parametrize("schedule", data.SCHEDULES)
def test_runs_agree_with_projected_sgd_written_in_numpy(schedule):
    softmax = [StochasticSoftmax.examples()[1]] if schedule == "cosine" else []
    for instance in (StochasticLogistic.examples()[1].in_ball(1.1), *softmax):
        trace = run(instance, ScheduledSGD(0.7, data.SCHEDULES[schedule], 150), steps=150, seed=4, record=None)
        expected = by_hand(instance, HEIGHTS[schedule], 0.7, 150, 4)
        np.testing.assert_allclose(trace.x[-1], expected, rtol=0, atol=1e-10)
        assert trace.step.tolist() == [0, 150]


def test_all_schedules_run_on_the_same_streams():
    traces = data._ends(Plan(), "logistic", ("fixed", "linear"), [[0.5], [0.25, 0.5]], (0, 7))
    assert [trace.provenance["seed"] for trace in traces] == [0, 7] * 3
    assert [trace.method.stepsize for trace in traces] == [0.5, 0.5, 0.25, 0.25, 0.5, 0.5]
    assert len({trace.gap[-1] for trace in traces}) == 6


def test_the_tuned_rate_is_the_least_of_the_grid_and_the_degradation_is_measured_on_other_seeds(monkeypatch):
    asked = []
    ends = data._ends
    monkeypatch.setattr(data, "_ends", lambda *args: asked.append(args[-1]) or ends(*args))
    data.grid_losses.forget()
    data.overshot.forget()
    plan = Plan()
    found, losses, best = (look(plan, "logistic") for look in (data.overshot, data.grid_losses, data.tuned))
    assert not set(asked[0]) & set(asked[1]) and len(asked[1]) == 16
    rates = data.data("logistic").rates
    for key, rows in losses.items():
        assert rows.shape == (15, 4)
        assert best[key] == rates[np.argsort(rows.mean(axis=1))[0]]
        assert 32 * best[key] <= rates[-1] and best[key] > rates[0]  # the grid reaches beyond on both sides
    for key, overshot in found.items():
        i = int(np.flatnonzero(rates == best[key])[0])
        assert overshot.losses[0].mean() == pytest.approx(losses[key][i].mean(), rel=0.2)
        assert overshot.losses[1].mean() == pytest.approx(losses[key][i + 4].mean(), rel=0.3)
        assert np.isnan(overshot.accuracies).all()


def test_the_order_on_logistic_regression_is_supported_and_its_reverse_is_not(monkeypatch):
    assert verdict("logistic-ordering").outcome == "SUPPORTED"
    monkeypatch.setattr(data, "ORDER", tuple(pair[::-1] for pair in data.ORDER))
    assert verdict("logistic-ordering").outcome == "REFUTED"


def test_factors_of_the_digits_claim_decide_it(degrading):
    degrading(fixed=1.4 * 1.3, linear=1.3, square=1.0, cosine=1.05)
    assert verdict("digits-ordering").outcome == "SUPPORTED"
    degrading(fixed=1.2 * 1.3, linear=1.3, square=1.0, cosine=1.05)  # above 1, below 1.3
    found = verdict("digits-ordering")
    assert found.outcome == "REFUTED"
    assert {row["label"].split(" at ")[0] for row in found.rows if row["outcome"] == "REFUTED"} == {
        "digits: fixed over linear"
    }
    degrading(fixed=2.0, linear=1.3, square=1.0, cosine=1.15)
    found = verdict("digits-ordering")
    assert {row["label"].split(" at ")[0] for row in found.rows if row["outcome"] == "REFUTED"} == {
        "digits: linear over cosine"
    }
    assert verdict("logistic-ordering").outcome == "SUPPORTED"  # the order only


def test_pairs_of_one_seed_take_out_what_all_schedules_share_and_independent_scatter_leaves_it_undecided():
    rng = np.random.default_rng(1)
    common, own = np.exp(rng.standard_normal((2, 6)))
    paired, apart = data.mean_ratio(1.1 * common, common), data.mean_ratio(1.1 * common, own)
    assert paired.low == pytest.approx(1.1, rel=1e-12) and paired.high == pytest.approx(1.1, rel=1e-12)
    assert apart.low < 1 < apart.high


def test_best_of_a_coarse_grid_looks_at_every_offset_once():
    losses = np.array([[5.0], [1.0], [4.0], [2.0], [6.0], [3.0], [0.5]])
    assert data.best_of_grid(losses, 1).tolist() == [[0.5]]
    assert data.best_of_grid(losses, 2).tolist() == [[0.5], [1.0]]
    assert data.best_of_grid(losses, 3).tolist() == [[0.5], [1.0], [3.0]]


def test_coarse_grids_are_judged_by_absolute_losses_and_can_go_against_annealing(monkeypatch):
    rng = np.random.default_rng(2)
    valley = np.abs(np.arange(15) - 7.0)[:, None] + 1.0 + 0.01 * rng.random((15, 4))
    losses = {"fixed": 2.0 * valley, "linear": valley, "p=2": valley, "cosine": valley}
    monkeypatch.setattr(data, "grid_losses", lambda plan, name: losses)
    monkeypatch.setattr(data, "data", lambda name: pytest.fail("no problem is needed"))
    assert verdict("coarse-grid").outcome == "SUPPORTED"
    losses["cosine"] = 2.5 * valley  # the same shape: relative losses would not see it
    found = verdict("coarse-grid")
    assert found.outcome == "REFUTED"
    assert all("cosine" in row["label"] for row in found.rows if row["outcome"] != "SUPPORTED")
    assert data.as_good_as_fixed(Plan(), "any") == {"linear": 4, "p=2": 4, "cosine": 0}  # 1 step off costs as much
    coarse = data.coarse(Plan(), "any")["linear"]
    assert (np.diff(coarse.worst.mean(axis=1)) > 0).all() and (coarse.worst >= coarse.mean).all()


def test_figure_8_draws_the_losses_of_the_claims(monkeypatch):
    monkeypatch.setattr(figures, "TITLES", {"logistic": "logistic"})
    left, right = Figure(layout="constrained").subplots(1, 2)
    figures.coarse_grids([left, right])
    plan = Plan()
    losses, coarse = data.grid_losses(plan, "logistic"), data.coarse(plan, "logistic")
    for line, rows in zip(left.lines, losses.values(), strict=True):
        assert line.get_ydata() == pytest.approx(rows.mean(axis=1))
        assert line.get_xdata() == pytest.approx(data.data("logistic").rates)
    fixed, worst, *_ = right.lines
    assert fixed.get_ydata() == pytest.approx(coarse["fixed"].mean.mean(axis=1))
    assert worst.get_ydata() == pytest.approx(coarse["fixed"].worst.mean(axis=1))
    assert list(fixed.get_xdata()) == [2, 4, 8, 16, 32]


def test_without_scikit_learn_the_verdict_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    data.data.cache_clear()
    data.grid_losses.forget()
    data.overshot.forget()
    found = verdict("digits-ordering")
    assert found.outcome == "UNDECIDED" and "pip install 'theorylab[data]'" in found.why
    assert verdict("data-variants").outcome == "NOT_RUN"
