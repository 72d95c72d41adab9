"""Methods on classifiers against plain Python, and the loss in log-space against sixty digits."""

import math

import mpmath
import numpy as np
import pytest

from problems import LinearClassifier, Quadratic
from problems.losses import Exponential
from problems.samples import gauss, imbalanced, pair, toy
from theorylab import GD, run
from theorylab.methods import SGD, BatchPerceptron, CyclicSGD, LogExpm1GD, LogGD, MarginWatch
from theorylab.runs import BadInput, Status


def in_many_digits(problem, eta, steps):
    """ln L of every step of GD in the precision of the day."""
    z = [[mpmath.mpf(float(v)) for v in row] for row in problem.sample.z]
    p = [mpmath.mpf(float(v)) for v in problem.sample.weights]
    w, logs = [mpmath.mpf(0)] * len(z[0]), []
    for _ in range(steps + 1):
        m = [mpmath.fdot(row, w) for row in z]
        logs.append(mpmath.log(mpmath.fsum(a * mpmath.log1p(mpmath.exp(-b)) for a, b in zip(p, m, strict=True))))
        pull = [eta * a / (1 + mpmath.exp(b)) for a, b in zip(p, m, strict=True)]
        w = [v + mpmath.fsum(c * row[j] for c, row in zip(pull, z, strict=True)) for j, v in enumerate(w)]
    return logs


SETS = {"pair .05": pair(0.05), "pair .09": pair(0.09), "toy": toy().rescaled(),
        "imbalanced": imbalanced(0.1, 100, "s/2"), "Gauss": gauss(12, 6, 3)}  # fmt: skip


@pytest.mark.parametrize("eta", [1.0, 64.0, 1024.0, 16384.0])
@pytest.mark.parametrize("name", SETS)
def test_log_loss_agrees_with_sixty_digits_over_four_hundred_steps(name, eta):
    problem = LinearClassifier(SETS[name])
    trace = run(problem, MarginWatch.of(problem, GD(eta)), steps=400, record=range(401), floor=-math.inf)
    with mpmath.workdps(60):
        exact = in_many_digits(problem, eta, int(trace.step[-1]))
        errors = [abs(mpmath.mpf(float(v)) - u) for v, u in zip(trace.log_loss, exact, strict=True)]
    assert max(errors) < 5e-12


def test_log_loss_goes_on_below_the_smallest_float():
    problem, eta = LinearClassifier(SETS["pair .05"]), 2.0**20
    trace = run(problem, MarginWatch.of(problem, GD(eta)), steps=400, record=range(401), floor=-math.inf)
    assert trace.status == Status.STALLED and trace.gap[-1] == 0.0
    with mpmath.workdps(60):
        last = in_many_digits(problem, eta, int(trace.step[-1]))[-1]
    assert trace.log_loss[-1] == pytest.approx(float(last), rel=1e-12) and trace.log_loss[-1] < -2700


def in_plain_python(sample, eta, steps, level, stable, exp_level):
    """What MarginWatch says it sees, for GD on the logistic loss, by numpy and if-statements."""
    seen = dict.fromkeys(("first_level", "first_stable", "first_exp", "first_correct", "last_wrong"), -1)
    seen |= {"last_increase": 0, "late_increases": 0, "losses": [], "potentials": [], "norms": []}
    w, before = np.zeros(sample.z.shape[1]), math.inf
    for t in range(steps + 1):
        m = sample.z @ w
        loss, g = np.logaddexp(0, -m) @ sample.weights, 1 / (1 + np.exp(m))
        potential, exp_loss = g @ sample.weights, np.exp(-m) @ sample.weights
        if t and math.log(loss / before) > 1e-12 * (1 + abs(math.log(before))):
            seen["last_increase"] = t
            seen["late_increases"] += seen["first_stable"] >= 0
        for name, holds in (("first_level", loss <= level), ("first_stable", loss <= stable),
                            ("first_exp", exp_loss <= exp_level), ("first_correct", m.min() > 0)):  # fmt: skip
            if holds and seen[name] < 0:
                seen[name] = t
        if m.min() <= 0:
            seen["last_wrong"] = t
        seen["losses"].append(loss)
        seen["potentials"].append(potential)
        seen["norms"].append(np.linalg.norm(w))
        before, w = loss, w + eta * (sample.weights * g) @ sample.z
    return seen


@pytest.mark.parametrize("levels", [(1 / 64, 2 / 64, 1 / 64), (0.3, 5.0, 0.2)])
@pytest.mark.parametrize("name", ["pair .05", "toy", "Gauss"])
def test_watched_events_are_those_of_plain_python(name, levels):
    problem, steps = LinearClassifier(SETS[name]), 350
    expected = in_plain_python(problem.sample, 64.0, steps, *levels)
    trace = run(problem, MarginWatch(GD(64.0), *levels), steps=steps)
    for column in ("first_level", "first_stable", "first_exp", "first_correct", "last_wrong", "last_increase",
                   "late_increases"):  # fmt: skip
        assert trace[column][-1] == expected[column], column
    assert trace.mean_loss[-1] == pytest.approx(np.mean(expected["losses"][:-1]), rel=1e-12)
    assert trace.mean_potential[-1] == pytest.approx(np.mean(expected["potentials"][:-1]), rel=1e-12)
    assert trace.potential[-1] == pytest.approx(expected["potentials"][-1], rel=1e-11)
    assert trace.largest_norm[-1] == pytest.approx(max(expected["norms"]), rel=1e-12)
    if levels[1] == 5.0:
        assert expected["late_increases"] > 0 or name == "Gauss"  # the test has to see some


def test_watching_changes_no_step_of_the_method():
    problem = LinearClassifier(SETS["pair .05"])
    for method in (GD(16.0), LogExpm1GD(2.0), SGD(4.0)):
        plain, watched = (run(problem, m, steps=300) for m in (method, MarginWatch.of(problem, method)))
        np.testing.assert_array_equal(plain.x, watched.x)


def test_exponential_loss_at_the_first_level_is_remembered():
    problem = LinearClassifier(SETS["pair .05"])
    trace = run(problem, MarginWatch.of(problem, GD(64.0)), steps=400, record=range(401))
    s = int(trace.first_level[-1])
    assert trace.level_log_exp[-1] == pytest.approx(math.log(np.exp(-problem.margins(trace.x[s])).mean()), rel=1e-12)


@pytest.mark.parametrize("name", SETS)
def test_stepsizes_of_one_over_the_loss_never_increase_it_and_beat_one_over_l(name):
    problem, steps = LinearClassifier(SETS[name]), 3000
    schedule = run(problem, LogGD(1.0), steps=steps, record=range(steps + 1), floor=-math.inf)
    assert (np.diff(schedule.gap) < 0).all()
    cautious = run(problem, GD(1 / problem.facts()["L"].value), steps=steps)
    assert schedule.gap[-1] < cautious.gap[-1]


def test_a_problem_without_margins_cannot_be_watched_or_sampled():
    for method in (MarginWatch(GD(0.1), 1.0, 1.0, 1.0), SGD(1.0), BatchPerceptron()):
        with pytest.raises(BadInput, match=f"{type(method).__name__} asks for .*works on classifiers"):
            run(Quadratic(np.array([1.0, 2.0])), method, steps=3)


def test_sgd_makes_the_steps_of_its_formula_and_draws_rows_by_weight():
    sample = imbalanced(0.1, 5, "s/2")
    problem, eta, steps = LinearClassifier(sample), 3.0, 4000
    trace = run(problem, SGD(eta), steps=steps, record=range(steps + 1), seed=4)
    rows, losses, mistakes = [], [], 0
    for w, after in zip(trace.x[:-1], trace.x[1:], strict=True):
        m = sample.z @ w
        moved = w + eta * (1 / (1 + np.exp(m)))[:, None] * sample.z
        row = int(np.abs(moved - after).sum(axis=1).argmin())
        np.testing.assert_allclose(moved[row], after, rtol=0, atol=1e-12)
        rows.append(row)
        losses.append(np.logaddexp(0, -m[row]))
        mistakes += m[row] <= 0
    assert trace.path_loss[-1] == pytest.approx(np.mean(losses), rel=1e-10)
    assert trace.mistakes[-1] == mistakes
    assert np.mean(rows) == pytest.approx(0.2, abs=4 * math.sqrt(0.16 / steps))


def test_cyclic_sgd_takes_the_rows_in_order():
    sample = gauss(6, 3, 2)
    trace = run(LinearClassifier(sample), CyclicSGD(1.5), steps=13, record=range(14))
    w = np.zeros(3)
    for k in range(13):
        z = sample.z[k % 6]
        w = w + 1.5 / (1 + math.exp(z @ w)) * z
        np.testing.assert_allclose(trace.x[k + 1], w, rtol=0, atol=1e-14)


def test_batch_perceptron_follows_gd_over_its_stepsize():
    problem, eta = LinearClassifier(SETS["pair .05"]), 2.0**30
    limit = run(problem, BatchPerceptron(), steps=60, record=range(61), floor=-math.inf)
    descent = run(problem, GD(eta), steps=60, record=range(61), floor=-math.inf)
    common = min(len(limit), len(descent)) - 1
    np.testing.assert_allclose(limit.x[:common], descent.x[:common] / eta, rtol=0, atol=1e-7)
    np.testing.assert_allclose(limit.x[1], problem.sample.z.mean(axis=0) / 2, atol=1e-16)
    assert limit.status == Status.STALLED and problem.margins(limit.x[-1]).min() > 0


@pytest.mark.parametrize(
    ("problem", "method", "phi"),
    [
        (LinearClassifier(SETS["pair .09"], Exponential()), LogGD(5.0), np.log),
        (LinearClassifier(SETS["Gauss"]), LogExpm1GD(3.0), lambda loss: np.log(np.expm1(loss))),
    ],
    ids=["ln F", "ln(e^L-1)"],
)
def test_adaptive_stepsizes_descend_the_transformed_loss(problem, method, phi):
    steps = 40
    trace = run(problem, method, steps=steps, record=range(steps + 1), floor=-math.inf)

    def transformed(w):
        start = np.asarray(w, dtype=float)
        return float(phi(run(problem, GD(1.0), steps=1, start=start, floor=-math.inf).gap[0]))

    values = [transformed(w) for w in trace.x]
    assert trace.mean_value[-1] == pytest.approx(np.mean(values[:-1]), rel=1e-12)
    sums = trace.memory[-1, 1 : 1 + problem.dimension]
    np.testing.assert_allclose(sums, trace.x[:-1].sum(axis=0), rtol=1e-12)
    k, h = 3, 1e-5
    slope = [(transformed(trace.x[k] + h * e) - transformed(trace.x[k] - h * e)) / (2 * h)
             for e in np.eye(problem.dimension)]  # fmt: skip
    np.testing.assert_allclose(trace.x[k + 1] - trace.x[k], -method.stepsize * np.array(slope), rtol=1e-6, atol=1e-9)
