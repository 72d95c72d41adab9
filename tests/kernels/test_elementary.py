"""Elementary functions: coefficients, accuracy everywhere, special values, vector loops, balls and plain Python."""

import json
import math
import re

import llvmlite.binding as llvm
import mpmath
import numpy as np
import pytest
from flint import arb
from numba import config, float64, njit

from theorylab.kernels import elementary, exp_minus, log1p_unit, softplus, tanh
from theorylab.replay import Ball, lift, precision

compiled = pytest.mark.skipif(config.DISABLE_JIT, reason="about compiled code; the JIT is off")

LN2 = math.log(2.0)
#: Where the rounded exponent changes, hence the branch of the exponential.
JOINS = [-(k + 0.5) * LN2 for k in (0, 1, 2, 5, 50, 500, 1020)]


@njit(cache=True, error_model="numpy")
def _exp_minus(x, out):
    for i in range(x.size):
        out[i] = exp_minus(x[i])
    return out


@njit(cache=True, error_model="numpy")
def _log1p_unit(x, out):
    for i in range(x.size):
        out[i] = log1p_unit(x[i])
    return out


@njit(cache=True, error_model="numpy")
def _tanh(x, out):
    for i in range(x.size):
        out[i] = tanh(x[i])
    return out


@njit(cache=True, error_model="numpy")
def _softplus(x, out):
    for i in range(x.size):
        out[i] = softplus(x[i])[0]
    return out


@njit(cache=True, error_model="numpy")
def _sigmoid(x, out):
    for i in range(x.size):
        out[i] = softplus(x[i])[1]
    return out


def _at(loop, x):
    x = np.asarray(x, dtype=float)
    return loop(x, np.empty_like(x))


def _units(computed, points, truth) -> float:
    """The largest error in units in the last place of the true value."""
    worst = 0.0
    with mpmath.workdps(40):
        for value, point in zip(computed.tolist(), points.tolist(), strict=True):
            exact = truth(mpmath.mpf(point))
            worst = max(worst, abs(float((value - exact) / math.ulp(float(exact)))))
    return worst


def _exact_softplus(m):
    return mpmath.log1p(mpmath.exp(-m))


def _exact_sigmoid(m):
    return 1 / (1 + mpmath.exp(m))


def _exponents(rng):
    near = np.hstack([join * (1.0 + 1e-3 * rng.standard_normal(500)) for join in JOINS])
    small = -(10.0 ** rng.uniform(-20.0, 0.0, 500))
    wide = rng.uniform(-708.0, 0.0, 5000)
    return np.hstack([rng.uniform(-2.0, 0.0, 10000), wide, small, np.clip(near, -708.0, 0.0), -708.0])


def _of_the_unit_interval(rng):
    small = 10.0 ** rng.uniform(-307, 0, 2000)
    return np.hstack([rng.uniform(0.0, 1.0, 15000), rng.uniform(0.9, 1.0, 3000), small, 1.0])


def _arguments(rng):
    sides = rng.choice((-1.0, 1.0), 19000)
    sizes = [rng.uniform(0.0, 1.0, 12000), rng.uniform(0.0, 25.0, 5000), 10.0 ** rng.uniform(-300, 0, 2000)]
    near = np.hstack([join / 2 * (1.0 + 1e-3 * rng.standard_normal(500)) for join in JOINS[:4]])
    return np.hstack([sides * np.hstack(sizes), near, 1e300, -20.0])


def _margins(rng):
    return np.hstack([rng.uniform(-3.0, 3.0, 12000), rng.uniform(-40.0, 40.0, 4000), rng.uniform(-1e4, 700.0, 2000),
                      rng.uniform(0.0, 700.0, 2000), rng.standard_normal(500) * 1e-9, -1e4, 700.0])  # fmt: skip


@compiled
@pytest.mark.parametrize(
    "loop, points, truth, bound",
    [
        (_exp_minus, _exponents, mpmath.exp, 0.8),
        (_log1p_unit, _of_the_unit_interval, mpmath.log1p, 1.1),
        (_tanh, _arguments, mpmath.tanh, 2.5),
        (_softplus, _margins, _exact_softplus, 1.7),
        (_sigmoid, _margins, _exact_sigmoid, 2.3),
    ],
    ids=["exp", "log1p", "tanh", "softplus", "sigmoid"],
)
def test_error_in_units_in_the_last_place(loop, points, truth, bound, rng):
    x = points(rng)
    worst = _units(_at(loop, x), x, truth)
    assert 0.5 * bound < worst <= bound  # a much smaller error would mean that the grid has lost its hard points


@pytest.mark.parametrize(
    "name, truth, interval",
    [
        ("_EXP", lambda r: mpmath.hyp1f1(1, 3, r) / 2, lambda: (-mpmath.log(2) / 2, mpmath.log(2) / 2)),
        ("_LOG", lambda w: 2 * mpmath.hyp2f1(1, mpmath.mpf(3) / 2, mpmath.mpf(5) / 2, w) / 3,
         lambda: (0, mpmath.mpf(1) / 9)),
    ],
)  # fmt: skip
def test_coefficients_are_those_of_the_near_minimax_polynomial(name, truth, interval):
    # 1F1(1; 3; r)/2 = (e^r - 1 - r)/r^2 and 2 2F1(1, 3/2; 5/2; s^2)/3 = (2 artanh s - 2 s)/s^3, without cancellation.
    with mpmath.workdps(60):
        fitted = mpmath.chebyfit(truth, list(interval()), 10)
        assert getattr(elementary, name) == tuple(float(c) for c in reversed(fitted))


def test_constants_are_the_rounded_ones():
    with mpmath.workdps(60):
        log2 = mpmath.log(2)
        head = mpmath.floor(log2 * 2**42) / 2**42
        assert elementary._LN2_HEAD == head and elementary._LN2_TAIL == float(log2 - head)
        assert elementary._LOG2_E == float(1 / log2)
    assert elementary._ROUNDING == 1.5 * 2**52 + 1023


def test_special_values_of_the_exponential():
    assert _at(_exp_minus, [0.0, -0.0, -5e-324]).tolist() == [1.0, 1.0, 1.0]
    below = [-709.0, np.nextafter(-708.0, -np.inf), -1e308, -np.inf]
    assert _at(_exp_minus, below).tolist() == [0.0] * 4
    assert _at(_exp_minus, [-708.0])[0] == pytest.approx(math.exp(-708.0), rel=2e-16)
    assert np.isnan(_at(_exp_minus, [np.nan])).all()


def test_special_values_of_the_logarithm():
    assert _at(_log1p_unit, [0.0, 5e-324, 1e-308]).tolist() == [0.0, 5e-324, 1e-308]
    assert _at(_log1p_unit, [1.0])[0] == pytest.approx(LN2, rel=2e-16)
    assert math.copysign(1.0, _at(_log1p_unit, [-0.0])[0]) == -1.0
    assert np.isnan(_at(_log1p_unit, [np.nan])).all()


def test_special_values_of_the_hyperbolic_tangent():
    assert _at(_tanh, [0.0, 5e-324, 1e-308, -1e-308, 1.0e-9]).tolist() == [0.0, 5e-324, 1e-308, -1e-308, 1e-9]
    assert _at(_tanh, [20.0, 1e308, np.inf, -20.0, -1e308, -np.inf]).tolist() == [1.0] * 3 + [-1.0] * 3
    assert math.copysign(1.0, _at(_tanh, [-0.0])[0]) == -1.0
    assert np.isnan(_at(_tanh, [np.nan])).all()


def test_special_values_of_the_logistic_loss():
    far = [709.0, 1e308, np.inf, -709.0, -1e308, -np.inf]
    assert _at(_softplus, far).tolist() == [0.0, 0.0, 0.0, 709.0, 1e308, np.inf]
    assert _at(_sigmoid, far).tolist() == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    assert _at(_softplus, [0.0, -0.0]) == pytest.approx(LN2, rel=2e-16)
    assert _at(_sigmoid, [0.0, -0.0]).tolist() == [0.5, 0.5]
    least = math.exp(-708.0)
    assert _at(_softplus, [708.0])[0] == pytest.approx(least, rel=2e-16) == _at(_sigmoid, [708.0])[0]
    assert np.isnan(_at(_softplus, [np.nan])).all() and np.isnan(_at(_sigmoid, [np.nan])).all()


@pytest.mark.parametrize(
    "loop, sign, joins",
    [
        (_exp_minus, 1.0, [*JOINS, -708.0]),
        (_log1p_unit, 1.0, [0.25, 0.5, 1.0 - 1e-14]),
        (_tanh, 1.0, [*np.divide(JOINS, 2), *np.divide(JOINS, -2), 0.0, 40.0, -40.0]),
        (_softplus, -1.0, [*JOINS, *np.negative(JOINS), 0.0, 1e-300, -708.0, 708.0]),
        (_sigmoid, -1.0, [*JOINS, *np.negative(JOINS), 0.0, 1e-300, -708.0, 708.0]),
    ],
    ids=["exp", "log1p", "tanh", "softplus", "sigmoid"],
)
def test_neighbours_are_in_order_to_a_unit_around_joins(loop, sign, joins):
    for join in joins:
        x = [join]
        for _ in range(40):
            x = [np.nextafter(x[0], -np.inf), *x, np.nextafter(x[-1], np.inf)]
        y = sign * _at(loop, x)
        assert np.all(np.diff(y) >= -np.spacing(np.abs(y[1:]))), f"at {join}"


#: Prints what the functions give with the JIT off, to Python's floats and to numpy's; any warning is an exception.
_OFF = """
import json, warnings
warnings.simplefilter("error")
from theorylab.kernels import exp_minus, log1p_unit, softplus, tanh
import numpy as np
points = [float.fromhex(text) for text in {points}]
out = []
for m in points:
    for number in (float, np.float64):
        out.append([exp_minus(number(-abs(m))), log1p_unit(number(min(abs(m), 1.0))), *softplus(number(m)),
                    tanh(number(m))])
assert type(softplus(1.0)[0]) is type(softplus(1.0)[1]) is float and type(exp_minus).__name__ == "function"
print(json.dumps([[float(value).hex() for value in row] for row in out]))
"""


@compiled
def test_with_the_jit_off_the_functions_agree_to_four_units_and_nothing_warns(fresh, rng):
    special = [0.0, -0.0, np.nan, np.inf, -np.inf, 708.0, -708.0, 709.0, 1e308, -1e308, 5e-324, 1.0]
    m = np.hstack([special, rng.uniform(-3.0, 3.0, 500), rng.uniform(-1e4, 700.0, 200), rng.uniform(0, 700, 200)])
    ran = json.loads(fresh(_OFF.format(points=[float(x).hex() for x in m]), NUMBA_DISABLE_JIT="1"))
    plain = np.array([[float.fromhex(text) for text in row] for row in ran])
    unit = np.where(np.abs(m) < 1.0, np.abs(m), np.where(np.isnan(m), m, 1.0))
    ours = [_at(_exp_minus, -np.abs(m)), _at(_log1p_unit, unit), _at(_softplus, m), _at(_sigmoid, m), _at(_tanh, m)]
    ours = np.stack(ours, 1)
    finite = np.isfinite(ours)
    for theirs in (plain[::2], plain[1::2]):
        assert np.array_equal(theirs[~finite], ours[~finite], equal_nan=True)
        assert np.all(np.abs(theirs[finite] - ours[finite]) <= 4.0 * np.spacing(np.abs(ours[finite])))


@pytest.mark.parametrize("m", (-1e4, -708.5, -40.0, -0.7, 0.0, 1e-12, 0.3, 37.0, 700.0, 1e4))
def test_the_lifted_functions_enclose_the_true_values(m):
    with precision(128), mpmath.workdps(60):
        pairs = [
            (lift(exp_minus)(Ball(-abs(m))), mpmath.exp(-abs(mpmath.mpf(m)))),
            (lift(log1p_unit)(Ball(min(abs(m), 1.0))), mpmath.log1p(min(abs(m), 1.0))),
            (lift(tanh)(Ball(m)), mpmath.tanh(m)),
            *zip(lift(softplus)(Ball(m)), (_exact_softplus(mpmath.mpf(m)), _exact_sigmoid(mpmath.mpf(m))), strict=True),
        ]
        for ball, truth in pairs:
            middle, radius = (mpmath.mpf(part.str(50, radius=False)) for part in (ball.v.mid(), ball.v.rad()))
            assert abs(truth - middle) <= radius + mpmath.mpf(10) ** -48 * abs(truth)
            assert ball.accuracy >= 110 or truth == 0


def test_a_margin_of_undecided_sign_needs_no_decision():
    with precision(128):
        value, slope = lift(softplus)(Ball(arb(0, 2.0**-40)))
        assert value.overlaps(LN2, LN2) and slope.overlaps(0.5, 0.5)
        assert value.accuracy > 35 and slope.accuracy > 35


@compiled
@pytest.mark.parametrize("loop", (_exp_minus, _log1p_unit, _tanh, _softplus, _sigmoid), ids=lambda loop: loop.__name__)
def test_a_loop_over_an_array_is_a_vector_loop(loop):
    if not llvm.get_host_cpu_features().get("avx2", False):
        pytest.skip("needs a CPU with AVX2")
    kinds = (float64[::1], float64[::1])
    anew = njit(error_model="numpy")(loop.py_func)  # numba shows no code that comes from its cache
    anew.compile(kinds)
    code = anew.inspect_llvm(kinds)
    widths = [int(width) for width in re.findall(r"call <(\d+) x double> @llvm\.fma", code)]
    assert widths and min(widths) >= 4
    # Nothing is left to the library: its calls would keep lanes apart.
    assert not re.search(r"call double @(exp|log1p|tanh)\b", code)
