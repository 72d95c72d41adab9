"""The Fokker-Planck route: its solver against closed forms and random paths, its errors, and the worst slope."""

import math

import numpy as np
import pytest

from theorylab.papers.annealing.diffusion import (
    FULL,
    QUICK,
    Grid,
    Level,
    Worst,
    bernoulli,
    law,
    sweep,
    time_grid,
    worst,
)
from theorylab.runs import BadInput


def constant(x):
    return np.ones_like(x)


def linear(x):
    return x


def stiff(x):
    return (1 - x + 1e-3) ** -2


def test_bernoulli_joins_its_limits_and_keeps_its_identity():
    for z in (1e-12, 9e-6, 1.1e-5, 0.3, 20.0, 499.0, 501.0, 1e4):
        assert bernoulli(-z) - bernoulli(z) == pytest.approx(z, rel=1e-10)
        assert bernoulli(-z) == pytest.approx(math.exp(min(z, 300)) * bernoulli(z), rel=1e-10) or z > 300
    assert bernoulli(0.0) == 1.0 and bernoulli(1e4) == 0.0


@pytest.mark.parametrize("h", [constant, linear, stiff])
@pytest.mark.parametrize("rho", [1.0, 64.0, 1e6])
def test_no_probability_is_lost_and_none_is_negative(h, rho):
    p = law(h, rho, 3.0, FULL)
    assert p.sum() == pytest.approx(1, abs=1e-10) and (p >= 0).all()


def test_the_law_of_a_constant_schedule_is_the_stationary_one():
    rho, e, cells = 4.0, 10.0, 200
    p = law(constant, rho, e, Grid(cells, 400))
    ratio = np.exp(-2 * e / rho / cells)  # the exponential law of the diffusion, cell by cell
    exact = ratio ** np.arange(cells)
    np.testing.assert_allclose(p, exact / exact.sum(), rtol=1e-9)
    mean = (np.arange(cells) + 0.5) / cells @ p
    w = 2 * e / rho
    assert mean == pytest.approx(1 / w - 1 / math.expm1(w), rel=(w / cells) ** 2)


def test_pure_drift_moves_the_start_by_rho_e_times_the_mean_of_the_schedule():
    rho, e = 1e-3, 300.0  # rho e Hbar = 0.15
    p = law(linear, rho, e, Grid(400, 1600))
    mean = (np.arange(400) + 0.5) / 400 @ p
    assert mean == pytest.approx(1 - rho * e / 2, abs=2 / 400)


def _mean(cells, steps, e=3.7, rho=32.0):
    p = law(linear, rho, e, Grid(cells, steps))
    return (np.arange(cells) + 0.5) / cells @ p


def test_errors_are_of_first_order_in_time_and_of_second_in_space():
    times = [_mean(60, steps) for steps in (200, 400, 800, 1600)]
    changes = np.diff(times)
    np.testing.assert_allclose(changes[:-1] / changes[1:], 2, atol=0.05)
    extrapolated = 2 * np.array(times[1:]) - times[:-1]
    assert np.abs(np.diff(extrapolated)).max() < np.abs(changes).min() / 20
    spaces = np.diff([_mean(cells, 200) for cells in (50, 100, 200, 400)])
    np.testing.assert_allclose(spaces[:-1] / spaces[1:], 4, atol=0.4)


@pytest.mark.parametrize(
    ("h", "rho"),
    [(linear, 4.0), (linear, 64.0), (lambda x: np.minimum(1, x / 0.2), 16.0),
     (lambda x: np.sin(np.pi * x / 2) ** 2, 16.0), (lambda x: x**3, 4.0)],
)  # fmt: skip
def test_the_measured_error_covers_what_a_much_finer_grid_changes(h, rho):
    rough, fine = worst(h, rho, QUICK), worst(h, rho, Grid(800, 3200))
    left = abs(rough.losses[1] - fine.losses[1])
    error = abs(rough.losses[1] - rough.losses[0])
    assert left < error < 0.005 * fine.losses[1]
    assert abs(rough.slopes[1] - fine.slopes[1]) < 0.003 * fine.slopes[1]


@pytest.mark.parametrize("rho", [0.125, 4.0, 256.0])
@pytest.mark.parametrize("p", [0.5, 1.0, 3.0])
def test_the_worst_slope_is_interior_and_no_other_slope_is_worse(p, rho):
    found = worst(lambda x: x**p, rho, Grid(100, 400))
    level = Level(lambda x: x**p, rho, 100, 400)
    assert found.attained and found.rest == 0
    slopes = found.slopes[1] * np.geomspace(1 / 30, 4, 60)
    losses = np.array([level.loss(e) for e in slopes])
    assert (losses <= found.losses[1] * (1 + 1e-9)).all()
    for factor in (0.97, 1.03):
        assert level.loss(factor * found.slopes[1]) < found.losses[1]


def test_a_constant_schedule_approaches_its_worst_loss_as_the_slope_grows():
    found = worst(constant, 16.0)
    assert not found.attained and found.rest > 0
    error = abs(found.losses[1] - found.losses[0]) + found.rest
    assert found.losses[1] == pytest.approx(8, abs=error) and error < 0.04


def test_random_paths_of_the_reflected_equation_end_at_the_same_mean():
    rho, e, paths, steps = 4.0, 1.85, 40_000, 1000
    draws = np.random.default_rng(7)
    y = np.ones(paths)
    ends = np.linspace(1.0, 0.0, steps + 1) ** 2  # steps of this size keep rho h sqrt(du) small all along
    for first, last in zip(ends[:-1], ends[1:], strict=True):
        du, h = first - last, (first + last) / 2
        y += rho * h * (math.sqrt(du) * draws.standard_normal(paths) - e * du)
        y = np.abs(y)
        y = 1 - np.abs(1 - y)
    error = y.std() / math.sqrt(paths)
    level = Level(linear, rho, 200, 800)
    assert y.mean() == pytest.approx(level.loss(e) / e, abs=4 * error) and error < 0.002


def test_rho_disappears_once_the_start_is_forgotten():
    curve = sweep(linear, [8.0, 64.0, 512.0])
    scaled = curve.loss / curve.rho ** (1 / 3)
    np.testing.assert_allclose(scaled, scaled[0], rtol=1e-4)
    np.testing.assert_allclose(curve.slope / curve.rho ** (1 / 3), curve.slope[0] / 2, rtol=2e-3)


def test_small_rates_pay_the_bias_of_the_noiseless_problem():
    for p in (0.5, 1.0, 2.0):
        found = worst(lambda x, p=p: x**p, 1 / 64)
        assert found.losses[1] == pytest.approx(64 * (p + 1) / 4, rel=0.02) and found.attained


def test_local_exponents_and_their_errors_are_those_of_the_two_grids():
    curve = sweep(linear, [4.0, 8.0, 32.0])
    middle, slopes, errors = curve.local()
    np.testing.assert_allclose(middle, [math.sqrt(32), 16])
    coarse = curve.coarse_loss
    assert slopes[1] == pytest.approx(math.log(curve.loss[2] / curve.loss[1]) / math.log(4))
    assert errors[0] == pytest.approx(abs(slopes[0] - math.log(coarse[1] / coarse[0]) / math.log(2)))


def test_lost_probability_leaves_no_number():
    good = worst(linear, 4.0, Grid(40, 100))
    assert good.why == "" and good.lost < 1e-12
    bad = Worst(good.rho, good.losses, good.slopes, True, 0.0, 1e-5)
    assert "miss 1 by 1e-05" in bad.why


@pytest.mark.parametrize(
    ("arguments", "words"),
    [((linear, -1.0, 1.0, QUICK), "rho is -1.0"), ((linear, 1.0, math.nan, QUICK), "slope is nan"),
     ((linear, 1.0, 1.0, Grid(4, 100)), "4 cells"), ((lambda x: x - 0.5, 1.0, 1.0, QUICK), "negative"),
     ((lambda x: 0 * x + math.inf, 1.0, 1.0, QUICK), "not finite")],
)  # fmt: skip
def test_bad_input_is_told_in_a_sentence(arguments, words):
    with pytest.raises(BadInput, match=words):
        law(*arguments)


def test_a_grid_that_cannot_be_halved_is_refused():
    for grid in (Grid(41, 100), Grid(40, 102)):
        with pytest.raises(BadInput, match="multiples of 2 and of 4"):
            worst(linear, 1.0, grid)


def test_time_grid_covers_the_run_and_ends_in_tiny_steps():
    x, du = time_grid(800)
    assert du.sum() == pytest.approx(1) and len(x) == 801 and (np.diff(x) < 0).all()
    assert du[-1] == 1e-7 and x[-1] == 5e-8
