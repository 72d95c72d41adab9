"""The one formula behind all laws: its derivatives, its least squares, and its starting points."""

import numpy as np
import pytest

from theorylab.fits.formula import LINEAR, SIZE, evaluate, minimise_from
from theorylab.fits.formula import _least_squares as least_squares
from theorylab.fits.laws import EXPONENTIAL, RICH, SIMPLE, residual, starts

LAWS = SIMPLE + RICH + EXPONENTIAL
U = np.log(np.geomspace(5, 1e4, 50))
POINT = np.array([0.3, 1.2, 0.7, 1.5, 0.4, 0.2, 0.6, 0.9, 0.3, 1.4, 1e-3, -9.0, 0.0])


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_derivatives_agree_with_central_differences(law):
    q = law.initial()
    q[list(law.free)] = POINT[list(law.free)]
    value, jacobian = np.empty(50), np.zeros((50, SIZE))
    assert evaluate(q, law.switches, U, U - U[0], value, jacobian)
    for parameter in law.free:
        step = np.zeros(SIZE)
        step[parameter] = 1e-6 * max(abs(q[parameter]), 0.1)
        above = residual(q + step, law, U, U - U[0], np.zeros(50))
        below = residual(q - step, law, U, U - U[0], np.zeros(50))
        assert jacobian[:, parameter] == pytest.approx((below - above) / (2 * step[parameter]), rel=1e-5, abs=1e-7)


def test_householder_least_squares_agrees_with_numpy():
    rng = np.random.default_rng(1)
    matrix, right = rng.standard_normal((30, 4)), rng.standard_normal(30)
    expected = np.linalg.lstsq(matrix, right, rcond=None)[0]
    assert least_squares(matrix.copy(), right.copy()) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_a_law_that_holds_is_recovered_to_rounding(law):
    q = law.initial()
    q[list(law.free)] = POINT[list(law.free)]
    z = -residual(q, law, U, U - U[0], np.zeros(50))
    linear = np.array([j for j in law.free if j in LINEAR])
    data = (U, U - U[0], z, np.ones(50))
    _, rms = minimise_from(starts(law, U, z), linear, np.array(law.free), law.switches, *data, 200)
    assert rms < 1e-12 * (1 + np.abs(z).max())
