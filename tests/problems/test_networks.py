"""The two-layer network: gradient, kinks, symmetries, and the tangent margin of XOR."""

import math
from fractions import Fraction

import numpy as np
import pytest

from problems import TwoLayerReLU
from theorylab import GD, run
from theorylab.replay import lint
from theorylab.replay.lint import functions_of

XOR = TwoLayerReLU.xor(8)


def loss_and_gradient(problem, w):
    """The textbook formulas in numpy, neuron by neuron and input by input."""
    f, gradient = 0.0, np.zeros_like(w)
    m, n = problem.a.size, problem.y.size
    for x, y in zip(problem.x, problem.y, strict=True):
        output = sum(a * max(x @ row, 0.0) for a, row in zip(problem.a, w, strict=True)) / math.sqrt(m)
        f += np.logaddexp(0.0, -y * output) / n
        for s in range(m):
            if x @ w[s] > 0:
                gradient[s] -= y * problem.a[s] * x / (math.sqrt(m) * n * (1.0 + math.exp(y * output)))
    return f, gradient.ravel()


@pytest.mark.parametrize(
    "network", [XOR, TwoLayerReLU.xor(), TwoLayerReLU.halfspace(7, 5, 6, seed=4)], ids=["xor-8", "xor-256", "halfspace"]
)
def test_kernel_equals_the_textbook_formulas(network, ask, rng):
    for scale in (0.1, 1.0, 20.0):
        w = scale * rng.standard_normal(network.initial.shape)
        f, gradient = loss_and_gradient(network, w)
        found, slope = ask(network, w.ravel())
        assert found == pytest.approx(f, rel=1e-13)
        np.testing.assert_allclose(slope, gradient, rtol=0, atol=1e-13 * np.linalg.norm(gradient))


def test_a_neuron_at_the_kink_does_not_move(ask):
    w = XOR.initial.copy()
    w[0] = 0.0
    w[1] = 3.0, -3.0  # across x_1 and x_2 exactly, active at x_3
    gradient = ask(XOR, w.ravel())[1].reshape(w.shape)
    assert gradient[0].tolist() == [0.0, 0.0]
    assert gradient[1, 0] == -gradient[1, 1] != 0.0  # parallel to x_3 alone
    assert ask(XOR, np.zeros(16))[0] == pytest.approx(math.log(2), rel=1e-15)
    assert not ask(XOR, np.zeros(16))[1].any()


def test_neurons_of_one_sign_may_change_places_and_signs_exchange_the_labels(ask, rng):
    w = rng.standard_normal((8, 2))
    order = np.array([2, 1, 4, 3, 0, 7, 6, 5])  # even and odd neurons among themselves
    f, gradient = ask(XOR, w.ravel())
    moved, moved_gradient = ask(XOR, w[order].ravel())
    assert moved == pytest.approx(f, rel=1e-14)
    np.testing.assert_allclose(moved_gradient, gradient.reshape(8, 2)[order].ravel(), atol=1e-15)
    swapped = XOR._replace(y=-XOR.y, a=-XOR.a)
    assert ask(swapped, w.ravel())[0] == f
    quarter = w @ np.array([[0.0, 1.0], [-1.0, 0.0]])  # turns one class into the other
    assert ask(XOR._replace(y=-XOR.y), quarter.ravel())[0] == pytest.approx(f, rel=1e-14)


def test_xor_has_the_stated_data():
    problem = TwoLayerReLU.xor(m=256, seed=0)
    assert problem.dimension == 512 and abs(problem.a.sum()) == 0 and problem.a[:3].tolist() == [1.0, -1.0, 1.0]
    np.testing.assert_array_equal(problem.initial, np.random.default_rng(0).standard_normal((256, 2)))
    np.testing.assert_allclose(problem.x * math.sqrt(2), [[1, 1], [-1, -1], [1, -1], [-1, 1]], rtol=1e-15)
    assert problem.y.tolist() == [1, 1, -1, -1]
    assert all(sum(Fraction(v) ** 2 for v in row) <= 1 for row in problem.x.tolist())
    np.testing.assert_allclose(problem.facts()["norms"].value, 1.0, rtol=1e-15)


def test_tangent_margin_of_xor_by_an_integral_over_angles():
    """The stated chi attains the fact, and by duality no field of unit length beats it."""
    angle = (np.arange(40_000) + 0.5) * (2 * np.pi / 40_000)
    u = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    active = u @ XOR.x.T > 0  # the integrand depends on the direction of the Gaussian alone
    chi = (active * XOR.y) @ XOR.x / math.sqrt(2)
    np.testing.assert_allclose(np.linalg.norm(chi, axis=1), 1.0, rtol=1e-12)
    stated = XOR.facts()["ntk_margin"].value
    margins = np.mean(active * XOR.y * (chi @ XOR.x.T), axis=0)
    np.testing.assert_allclose(margins, stated, rtol=1e-3 / len(angle))
    weights = np.full(4, 0.25)
    upper = np.mean(np.linalg.norm((active * XOR.y * weights) @ XOR.x, axis=1))
    assert upper == pytest.approx(stated, rel=1e-12)
    assert stated == pytest.approx(1 / (2 * math.sqrt(2)), rel=1e-15)


def test_only_xor_states_a_tangent_margin():
    assert "ntk_margin" in TwoLayerReLU.xor(5, seed=3).facts()
    assert "ntk_margin" not in XOR._replace(y=-XOR.y).facts()
    assert "ntk_margin" not in TwoLayerReLU.halfspace(4, 2, 4).facts()


def test_gradient_descent_drives_the_loss_of_xor_towards_its_infimum():
    trace = run(TwoLayerReLU.xor(64), GD(16.0), steps=2000)
    assert trace.gap[-1] < 1e-3 < trace.gap[0]


def test_bad_labels_weights_and_shapes_are_named():
    sentence = XOR._replace(y=np.array([1.0, 0.0, -1.0, 1.0])).faults()[0]
    assert "TwoLayerReLU.y holds 0.0" in sentence and "every label has to be -1 or +1" in sentence
    assert "outer weight" in XOR._replace(a=np.full(8, 0.5)).faults()[0]
    assert "shape (8, 2)" in XOR._replace(initial=np.ones((2, 8))).faults()[0]
    assert "shape (4)" in XOR._replace(y=np.ones(3)).faults()[0]


def test_kernel_folds_no_constant():
    assert [fault for function in functions_of(TwoLayerReLU) for fault in lint(function)] == []
