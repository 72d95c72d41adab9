r"""Runs whose exponent is known exactly, a function a kind: problem, method, start and exponent, all else random.

Gradient descent on growth of order p > 2 follows its flow, whose gap goes as :math:`t^{-p/(p-2)}`; of a sum the least
power counts. Momentum and AdaGrad-Norm only change the stepsize that the flow sees in the end, to
:math:`\eta/(1-\beta)` and :math:`\eta/b_\infty`. On :math:`\log(1+e^{-x})` the gap goes as :math:`1/(\eta t)`.
All of it [derived].
"""

import math

import numpy as np

from problems import CoupledQuartics, CurvedRavine, LogisticTail, RealPower, SumOfPowers
from theorylab.calibration.draw import Draw
from theorylab.methods import GD, AdaGradNorm, HeavyBall
from theorylab.runs import Status, Trace, run
from theorylab.runs.trace import describe

#: A run has settled when, over its last decades, no local exponent is farther from the exact one than this share.
TOLERANCE, DECADES = 0.01, 2
#: Records between the ends of a finite difference: an eighth of a decade, far above rounding.
APART = 5
#: Share of the draws with a very small stepsize.
SLOW = 0.1
#: Below this the gap has lost its relative accuracy.
SMALLEST = np.finfo(float).tiny


def power(rng):
    """GD on c|x|^p, p an integer or not."""
    p, c = int(rng.choice((3, 4, 5, 6, 8, 0))), _factor(rng, 1)
    problem = SumOfPowers((c,), (p,)) if p else RealPower(c, rng.uniform(2.5, 8))
    return _descent(rng, problem)


def powers(rng):
    """GD on a sum of two powers."""
    p = ((4, 6), (3, 4), (4, 5))[rng.integers(3)]
    return _descent(rng, SumOfPowers((_factor(rng, 0.5), _factor(rng, 0.5)), p))


def quartics(rng):
    """GD on coupled quartics."""
    return _descent(rng, _coupled(rng))


def ravine(rng):
    """GD on the curved ravine; the curvatures across and along it bound the stepsize."""
    p, c, a = int(rng.choice((4, 5, 6, 8))), float(10 ** rng.uniform(0, 2)), _factor(rng, 0.5)
    u = rng.uniform(0.2, 0.6)
    steepest = 2 * a * (1 + 4 * u**2) + c * p * (p - 1) * u ** (p - 2)
    problem = CurvedRavine(p, c, a)
    start = _sign(rng) * u, u**2 * rng.uniform(0.5, 1.5)
    return problem, GD(_pace(rng, 2.0) / steepest), start, _exponent(problem)


def heavy_ball(rng):
    """HeavyBall on a quartic; half of the starts are violent: first swings as long as they can be."""
    problem, momentum = _quartic(rng), rng.uniform(0.3, 0.95)
    start, slope = _start(rng, problem)
    pace = rng.uniform(0.5, 2.3) if rng.random() < 0.5 else _pace(rng, 1 - momentum)
    return problem, HeavyBall(pace / slope, momentum), start, _exponent(problem)


def adagrad_norm(rng):
    """AdaGradNorm on a quartic; its longest step is a thirtieth of the way to the minimiser to ten times the way."""
    problem = _quartic(rng)
    start, slope = _start(rng, problem)
    way = math.hypot(*start)
    caution = 10 ** rng.uniform(1, 5) if rng.random() < SLOW else 10 ** rng.uniform(-3, 1)
    method = AdaGradNorm(way * 10 ** rng.uniform(-1.5, 1), caution * slope * way)
    return problem, method, start, _exponent(problem)


def logistic(rng):
    """GD on log(1 + e^-x)."""
    return LogisticTail(), GD(_pace(rng, 10.0)), (rng.uniform(-3, 3),), 1.0


KINDS = (power, powers, quartics, ravine, heavy_ball, adagrad_norm, logistic)


def draw(rng) -> Draw:
    """A run of one of `KINDS`, each equally likely, from step 1 or, in a quarter of the draws, 10 on."""
    kind = KINDS[rng.integers(len(KINDS))]
    trace, exponent = random_run(kind, rng)
    seen = trace.step >= (10 if rng.random() < 0.25 else 1)
    t, y = trace.step[seen].astype(float), trace.gap[seen]
    start = tuple(trace.x[0].tolist())
    note = f"{kind.__name__}: {describe(trace.method)} on {describe(trace.problem)} from {start}"
    return Draw(t, y, "power", exponent, settled=is_settled(t, y, exponent), note=note)


def random_run(kind, rng) -> tuple[Trace, float]:
    """A run of 1e4 to 1e7 steps and its exponent; a run that diverges or ends early is drawn anew."""
    while True:
        problem, method, start, exponent = kind(rng)
        trace = run(problem, method, steps=_steps(rng), start=start, floor=SMALLEST)
        if trace.status == Status.STEP_LIMIT:
            return trace, exponent


def local_exponents(t, y) -> np.ndarray:
    """-d ln y/d ln t over an eighth of a decade, from the last decades of a trace, shape (m,)."""
    late = t >= t[-1] / 10**DECADES
    s, z = np.log(t[late]), np.log(y[late])
    return -(z[APART:] - z[:-APART]) / (s[APART:] - s[:-APART])


def is_settled(t, y, exponent) -> bool:
    """Whether the trace itself shows its exponent, oscillations included."""
    return bool((np.abs(local_exponents(t, y) / exponent - 1) <= TOLERANCE).all())


def _exponent(problem) -> float:
    p = problem.facts()["growth_order"].value
    return p / (p - 2)


def _descent(rng, problem):
    start, slope = _start(rng, problem)
    return problem, GD(_pace(rng, 1.95) / slope), start, _exponent(problem)


def _coupled(rng) -> CoupledQuartics:
    a, b = _factor(rng, 0.3), _factor(rng, 0.3)
    return CoupledQuartics(a, b, math.sqrt(a * b) * rng.uniform(0, 5))


def _quartic(rng):
    return _coupled(rng) if rng.random() < 0.5 else SumOfPowers((_factor(rng, 1),), (4,))


def _start(rng, problem) -> tuple[tuple[float, ...], float]:
    """A start x, and max |df/dx_i / x_i| there: steps below 2 over it do not overshoot to beyond -x."""
    x = tuple(_sign(rng) * float(10 ** rng.uniform(-0.8, 0.3)) for _ in range(problem.dimension))
    if isinstance(problem, CoupledQuartics):
        s, t = x[0] ** 2, x[1] ** 2
        return x, 4 * max(problem.a * s + problem.c * t, problem.b * t + problem.c * s)
    terms = zip(np.atleast_1d(problem.c), np.atleast_1d(problem.p), strict=True)
    return x, float(sum(c * p * abs(x[0]) ** (p - 2) for c, p in terms))


def _pace(rng, most: float) -> float:
    """From a tenth of `most` to `most`, or, slowly, a millionth to a tenth of it."""
    return most * float(10 ** rng.uniform(-6, -1) if rng.random() < SLOW else rng.uniform(0.1, 1))


def _steps(rng) -> int:
    """1e4 to 1e7, uniform in the logarithm."""
    return int(10 ** rng.uniform(4, 7))


def _factor(rng, decades: float) -> float:
    return float(10 ** rng.uniform(-decades, decades))


def _sign(rng) -> float:
    return float(rng.choice((-1.0, 1.0)))
