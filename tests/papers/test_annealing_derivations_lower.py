"""Lower bounds of the annealing paper against walks, matrices and plain simulation."""

import math

import numpy as np
import pytest
import sympy as sp

from theorylab.papers.annealing.derivations import ALL
from theorylab.papers.annealing.derivations.symbols import Hbar, T, c_1, c_2, e, epsilon, eta, h_1, m, n, p, rho


def number(expr, values=None):
    return float(sp.N(sp.sympify(expr).subs(values or {})))


class TestFixedUpper:
    @pytest.mark.parametrize("ratio", [4.0, 16.0])
    @pytest.mark.parametrize("steps", [2**14, 2**18])
    def test_against_the_best_window_by_plain_sums(self, ratio, steps):
        chain = ALL["fixed_upper"]()
        at = {c_1: sp.Rational(1, 2), c_2: sp.Rational(3, 2), T: steps, rho: ratio}
        window = np.arange(1, steps + 1)
        plain = 0.5 * steps / (ratio * window) + 1.5 * ratio * np.cumsum(1 / window)
        best = int(plain.argmin())
        assert window[best] == pytest.approx(number(chain["window"], at), rel=1e-3, abs=1)
        assert plain[best] == pytest.approx(number(chain["bound"], at), rel=0.02)
        assert plain[best] == pytest.approx(number(chain["exact"], at | {m: best + 1}), rel=1e-9)

    @pytest.mark.parametrize(("steps", "printed"), [(2**14, 0.62), (2**18, 0.75), (2**22, 0.81)])
    def test_the_slow_exponents_of_the_specification(self, steps, printed):
        at = {c_1: sp.Rational(1, 2), c_2: sp.Rational(3, 2), T: steps}
        rhos = np.geomspace(4, 32, 7)
        logs = [math.log(number(ALL["fixed_upper"]()["bound"], at | {rho: r})) for r in rhos]
        assert np.polyfit(np.log(rhos), logs, 1)[0] == pytest.approx(printed, abs=0.02)


class TestFixedLower:
    def test_the_two_cycle_and_its_phases(self):
        chain, steps, ratio = ALL["fixed_lower"](), 4096, 8.0
        size = ratio / math.sqrt(steps)
        worst = 0.0
        for j in range(64):
            x = (j + 0.5) / 64 * size
            if x > 0.5:
                continue
            for _ in range(steps):
                x = min(0.5, max(-0.5, x - size * (1 if x > 0 else -1)))
            worst = max(worst, abs(x) * math.sqrt(steps))
        assert worst / ratio == pytest.approx(number(chain["cycle_phases"], {n: 64}), rel=1e-9)
        assert worst <= number(chain["cycle_R"], {rho: ratio})

    @pytest.mark.parametrize(("slope", "cells"), [(0.3, 5), (0.05, 40), (0.01, 128)])
    def test_the_stationary_law_by_powers_of_the_matrix(self, slope, cells):
        walk = np.zeros((cells + 1, cells + 1))
        for i in range(cells + 1):
            walk[i, max(0, i - 1)] += (1 + slope) / 2
            walk[i, min(cells, i + 1)] += (1 - slope) / 2
        stationary = np.linalg.matrix_power(walk, 2**22)[0]
        loss = slope * stationary @ np.arange(cells + 1) / cells
        at = {epsilon: sp.nsimplify(slope), eta: sp.Rational(1, cells)}
        assert number(ALL["fixed_lower"]()["stationary_loss"], at) == pytest.approx(loss, rel=1e-9)

    @pytest.mark.parametrize(("ratio", "printed"), [(1, 0.480), (4, 1.771), (16, 5.634)])
    def test_the_losses_of_the_specification(self, ratio, printed):
        at = {T: 2**14, rho: ratio, e: min(3 * ratio + 2, 32)}
        assert number(ALL["fixed_lower"]()["stationary_R"], at) == pytest.approx(printed, abs=6e-4)

    def test_the_limits(self):
        chain, ratio = ALL["fixed_lower"](), 3
        at = {rho: ratio, e: 5}
        far = number(chain["stationary_R"], at | {T: 10**12})
        assert number(chain["stationary_diffusion"], at) == pytest.approx(far, rel=1e-5)
        assert number(chain["stationary_diffusion"], {rho: ratio, e: 60}) == pytest.approx(1.5, rel=1e-9)
        assert chain["limit"] == rho / 2 and chain["exponent"] == 1
        assert number(chain["limit_h1"], {rho: 3, h_1: sp.Rational(1, 3)}) == 0.5


class TestDiffusion:
    def test_the_scaled_walk_has_the_scaled_variance(self):
        chain, degree, ratio = ALL["diffusion_scaling"](), 2, 50.0
        share = number(chain["share"], {p: degree, rho: ratio})
        x = np.linspace(0, share, 200_001)  # s from 0 to 1: variance int s^(2p) ds, whatever rho
        assert np.trapezoid((ratio * x**degree) ** 2, x) == pytest.approx(1 / (2 * degree + 1), rel=1e-6)
        slope = ratio ** number(chain["slope_exponent"], {p: degree})
        assert np.trapezoid(ratio * x**degree * slope, x) == pytest.approx(1 / (degree + 1), rel=1e-6)

    def test_the_sharp_bound_in_the_units_of_the_instance(self):
        law = ALL["diffusion_scaling"]()["sharp_bound"]
        for degree, printed in ((1, 0.945), (2, 0.970)):
            values = [number(law, {p: degree, rho: ratio}) for ratio in (8.0, 64.0)]
            assert values[0] / 8 ** (1 / (2 * degree + 1)) == pytest.approx(printed, abs=6e-4)
            assert math.log(values[1] / values[0]) / math.log(8) == pytest.approx(1 / (2 * degree + 1))


@pytest.mark.parametrize("shape", [lambda x: x, lambda x: x**2, lambda x: np.ones_like(x)])
def test_undershooting_by_running_every_slope(shape):
    steps, ratio = 2**10, 1 / 16
    etas = ratio / math.sqrt(steps) * shape(1 - np.arange(steps) / steps)
    slopes = np.linspace(0, math.sqrt(steps), 20_001) / math.sqrt(steps)
    x = np.ones_like(slopes)
    for step in etas:
        x = np.maximum(0.0, x - step * slopes)
    found = (slopes * x).max() * math.sqrt(steps)
    mean = float(etas.mean() / ratio * math.sqrt(steps))
    chain = ALL["undershoot"]()
    assert found == pytest.approx(number(chain["R"], {rho: ratio, Hbar: mean}), rel=1e-5)
    assert chain["exponent"] == -1
