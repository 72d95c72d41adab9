"""The searches of the specification, written out in plain Python, and problems to try them on."""

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from problems.facts import Fact
from theorylab import methods
from theorylab.kernels import fma, inline


@inline
def _nothing(problem):
    return ()


@inline
def _landscape(problem, work, x, g):
    u = x[0]
    v = x[1]
    if problem.kind == 0:
        return u * u * u * u, (4.0 * u * u * u, 0.0 * v)
    if problem.kind == 1:
        p = math.sinh(0.5 * u)
        q = math.sinh(0.5 * v)
        return 2.0 * (p * p + q * q), (math.sinh(u), math.sinh(v))
    if problem.kind == 2:
        n = fma(-u, u, v)
        return fma(u * u * u, u, 10.0 * n * n), (fma(4.0 * u * u, u, -(40.0 * u) * n), 20.0 * n)
    if problem.kind == 3:
        return u + v, (-1.0, -1.0)
    return 0.5 * (u * u + v * v) - (0.0 if problem.kind == 4 else 0.1), (u, v)


class Landscape(NamedTuple):
    """In two dimensions |u|^4, a hyperbolic cosine (as 2 sinh^2), a curved ravine, and a gradient that points down.

    Then |x|^2/2, the same with a wrong f_star, and with none.
    """

    kind: int

    kernel = staticmethod(_landscape)
    workspace = staticmethod(_nothing)
    dimension = 2
    start = np.array([0.83, 0.0])

    def facts(self):
        """The infimum, where it is stated."""
        return {} if self.kind in (3, 6) else {"f_star": Fact(0.0)}


@inline
def _quartics(problem, work, x, g):
    f = 0.0
    for i in range(x.size):
        f += problem.c[i] * x[i] * x[i] * x[i] * x[i]
        g[i] = 4.0 * problem.c[i] * x[i] * x[i] * x[i]
    return f, g


@inline
def _value(problem, work, x):
    f = 0.0
    for i in range(x.size):
        f += problem.c[i] * x[i] * x[i] * x[i] * x[i]
    return f


class Wide(NamedTuple):
    """sum c_i x_i^4 on arrays, without a `value` of its own."""

    c: np.ndarray

    kernel = staticmethod(_quartics)
    workspace = staticmethod(_nothing)

    @property
    def dimension(self):
        """Number of coordinates."""
        return len(self.c)

    @property
    def start(self):
        """Where runs begin."""
        return np.linspace(0.5, -0.9, len(self.c))

    def facts(self):
        """The infimum."""
        return {"f_star": Fact(0.0)}


class WideWithValue(Wide):
    """The same with a `value`."""

    __slots__ = ()
    value = staticmethod(_value)


class Record(NamedTuple):
    """A point after an accepted step, and the counts up to there."""

    x: tuple
    f: float
    stepsize: float
    values: int
    gradients: int
    rejections: int
    length: float


def exact_fma(a, b, c):
    """One rounding, as the kernels."""
    if not all(map(math.isfinite, (a, b, c))):
        return a * b + c
    try:
        return float(Fraction(a) * Fraction(b) + Fraction(c))
    except OverflowError:
        return math.copysign(math.inf, a) * math.copysign(1.0, b)


def along(a, d, x):
    """x + a d."""
    return tuple(exact_fma(a, u, v) for u, v in zip(d, x, strict=True))


def dot(x, y):
    """The inner product."""
    return math.fsum(u * v for u, v in zip(x, y, strict=True))


class Now(NamedTuple):
    """Where a search begins: point, gap, gradient and its norm, velocity or averages, f(x_0), sum of the squares."""

    x: tuple
    f: float
    g: tuple
    G: float
    state: tuple
    first: float
    squares: float


def trial(m, now, t):
    """(y, value to compare f(y) with, further change, decrease needed, length of the move, state after it)."""
    kind = type(m).__name__
    x, f, g, G, state, first, squares = now
    if kind == "ArmijoMomentum":
        w = tuple((1 - m.friction * t) * a + t * c for a, c in zip(state, g, strict=True))
        change = (dot(w, w) - dot(state, state)) / 2
        return along(-t, w, x), f, change, m.friction * m.decrease * t * dot(w, w), t * G, w
    if kind == "ArmijoRMSProp":
        s = tuple((1 - m.rate * t) * a + m.rate * t * c * c for a, c in zip(state, g, strict=True))
        d = tuple(c / (math.sqrt(a) + m.offset) for a, c in zip(s, g, strict=True))
        return along(-t, d, x), f, 0.0, m.decrease * t * dot(d, g), t * G, s
    if kind == "NormalisedArmijo":
        return along(-(t * (1 / G)) if G else 0.0, g, x), f, 0.0, m.decrease * t * G, t, state
    if kind == "SignArmijo":
        d = tuple(float(np.sign(c)) for c in g)
        return along(-t, d, x), f, 0.0, m.decrease * t * sum(map(abs, g)), t, state
    if kind == "ClippedArmijo":
        q = min(1.0, m.gamma / G) if G else 1.0
        return along(-(t * q), g, x), f, 0.0, m.decrease * t * (q * G * G), t * q * G, state
    if kind == "CumulativeArmijo":
        return along(-t, g, x), first, 0.0, m.decrease * t * squares, t * G, state
    return along(-t, g, x), f, 0.0, m.decrease * t * dot(g, g), t * G, state


def reference(problem, m, steps, start):
    """Records of the first `steps` accepted steps (section 3 of the specification), and whether the search stalled."""

    def evaluate(x):
        f, g = type(problem).kernel(problem, (), x if len(x) == 2 else np.array(x), np.empty(len(x)))
        return float(f), tuple(map(float, g))

    x = tuple(map(float, start))
    f, g = evaluate(x)
    first, squares, values, gradients, rejections, length = f, 0.0, 1, 1, 0, 0.0
    b = getattr(m, "friction", getattr(m, "rate", None))
    t = m.t0 if b is None else min(m.t0, 1 / b)
    state = (0.0,) * len(x)
    records = [Record(x, f, 0.0, 1, 1, 0, 0.0)]
    for _ in range(steps):
        G = math.sqrt(dot(g, g))
        squares += G * G
        now = Now(x, f, g, G, state, first, squares)
        rejected, found = 0, None
        while rejected < 2000:
            y, base, change, need, way, after = trial(m, now, t)
            if y == x or not need > 0 or way < 2.2e-16:
                break
            values += 1
            h, slope = evaluate(y)
            if math.isfinite(h) and (h - base) + change <= -need:
                found = y, h, slope, after, t
                break
            rejected += 1
            t /= m.shrink
        rejections += rejected
        if found is None:
            return records, True
        if rejected and getattr(m, "bisections", 0):
            low, high = math.log(t), math.log(m.shrink * t)
            for _ in range(m.bisections):
                middle = (low + high) / 2
                y, base, change, need, way, after = trial(m, now, math.exp(middle))
                values += 1
                h, slope = evaluate(y)
                if math.isfinite(h) and (h - base) + change <= -need:
                    low, found = middle, (y, h, slope, after, math.exp(middle))
                else:
                    high = middle
                    rejections += 1
        gradients += 1
        length += math.dist(found[0], x)
        x, f, g, state, t = found
        records.append(Record(x, f, t, values, gradients, rejections, length))
        last = t
        if isinstance(m, methods.ResetArmijo):
            t = m.t0
        elif b is not None:
            t = min(m.grow * last, 1 / b)
        else:
            t = min(m.grow * last, getattr(m, "cap", math.inf))
    return records, False


SEARCHES = [
    methods.ResetArmijo(0.9),
    methods.ResetArmijo(1.7, 3.0, 0.2),
    methods.MemoryArmijo(0.9, 2.0, 2.0),
    methods.MemoryArmijo(),
    methods.MemoryArmijo(0.7, 1.5, 1.5, 0.3, 1.1),
    methods.BisectArmijo(),
    methods.BisectArmijo(0.3, 2.0, 4.0, 0.4, 2),
    methods.NormalisedArmijo(0.31, 2.0, 2.0),
    methods.NormalisedArmijo(0.1, 30.0, 1e4, 0.5, 3),
    methods.SignArmijo(0.31, 2.0, 3.0, 0.4),
    methods.ClippedArmijo(0.4, 0.3, 2.0, 2.0),
    methods.CumulativeArmijo(0.31, 2.0, 2.0),
    methods.ArmijoMomentum(0.31, 2.0, 2.0),
    methods.ArmijoRMSProp(0.07, 2.0, 2.0),
]
