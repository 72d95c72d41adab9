r"""Momentum and RMSProp whose stepsize is searched for by a test of dissipation.

Where a trial leaves x as it is, where the decrease asked for underflows, where :math:`t|\nabla f|` is below 2.2e-16 and
after 2000 rejections, the search stalls; see `linesearch`.

References
----------
.. [1] B. Bensaid (2024), arXiv:2407.15471, on Armijo searches for momentum and RMSProp; after the author's public
   code. [secondary]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import along, dot, each, fill, fma, inline, norm2, probe, put, seat, spare

from .linesearch import (
    COLUMNS,
    MEANINGS,
    REJECTIONS,
    Found,
    Search,
    arrived,
    begun,
    impatient,
    moves,
    passes,
    search_columns,
    search_faults,
)


@inline
def _bounded(t, rate):
    """The trial t, at most 1/rate."""
    return t if t * rate < 1.0 else 1.0 / rate


class Rolling(NamedTuple):
    """The search, the velocity v, and room for that of a trial where vectors are arrays."""

    search: Search
    v: object
    w: object


@inline
def _mixed(weights, u, v):
    return fma(weights[1], v, weights[0] * u)


@inline
def _momentum_init(method, x):
    return Rolling(begun(_bounded(method.t0, method.friction), x), fill(x, 0.0), spare(x))


@inline
def _momentum_search(method, oracle, at, memory):
    b = method.friction
    t = memory.search.trial
    energy = 0.5 * norm2(memory.v)
    size = math.sqrt(norm2(at.g))
    w = each(_mixed, (1.0 - b * t, t), memory.w, memory.v, at.g)
    y = along(memory.search.y, -t, w, at.x)
    h = seat(memory.search.h, at.g)
    f = at.f
    square = norm2(w)
    need = b * method.decrease * t * square
    rejected = 0.0
    while moves(y, at.x, need, t * size) & (rejected < REJECTIONS):
        f, h = probe(oracle, y, h)
        if passes(f, (f - at.f) + (0.5 * square - energy), need):
            return Found(True, t, rejected + 1.0, rejected, y, f, h), w
        rejected += 1.0
        t = t / method.shrink
        w = each(_mixed, (1.0 - b * t, t), w, memory.v, at.g)
        y = along(y, -t, w, at.x)
        square = norm2(w)
        need = b * method.decrease * t * square
    return Found(False, t, rejected, rejected, y, f, h), w


@inline
def _momentum_step(method, oracle, at, memory, k, stream):
    found, w = _momentum_search(method, oracle, at, memory)
    trial = _bounded(method.grow * found.stepsize, method.friction)
    at, searched = arrived(oracle, at, memory.search, found, math.sqrt(norm2(w)), trial)
    v = put(memory.v, w) if found.accepted else memory.v
    return at, Rolling(searched, v, memory.w)


@inline
def _nested_columns(method, at, memory):
    return search_columns(method, at, memory.search)


class ArmijoMomentum(NamedTuple):
    r"""A ball with friction b, :math:`v_+ = (1 - bt)v + t\nabla f(x)`, :math:`y = x - tv_+`, whose energy has to fall.

    With :math:`E = f + |v|^2/2` a trial is accepted iff :math:`E_+ - E \le -b\lambda t|v_+|^2`; trials begin at
    :math:`\min(f_2 t_{k-1}, 1/b)`, and :math:`v_0 = 0` (LC_M of [1]_). Columns as of `ResetArmijo`.

    Parameters
    ----------
    t0, shrink, grow : float
        As of `MemoryArmijo`; the first trial is at most 1/b, too.
    decrease : float
        :math:`0 < \lambda < 1`; the author's is 1/(4b).
    friction : float
        :math:`b > 0`.
    """

    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.125
    friction: float = 2.0

    init = staticmethod(_momentum_init)
    step = staticmethod(_momentum_step)
    columns = staticmethod(_nested_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    lanes = False
    patience = impatient

    def faults(self):
        """Sentences that say which field is out of its range."""
        return search_faults(self) + positive(self, "friction")


class Scaled(NamedTuple):
    """The search, the averages s of the squared slopes; room for those of a trial and its direction."""

    search: Search
    s: object
    r: object
    d: object


@inline
def _averaged(weights, s, u):
    return fma(weights[1], u * u, weights[0] * s)


@inline
def _divided(offset, u, s):
    return u / (math.sqrt(s) + offset)


@inline
def _rms_init(method, x):
    return Scaled(begun(_bounded(method.t0, method.rate), x), fill(x, 0.0), spare(x), spare(x))


@inline
def _rms_search(method, oracle, at, memory):
    b = method.rate
    t = memory.search.trial
    size = math.sqrt(norm2(at.g))
    s = each(_averaged, (1.0 - b * t, b * t), memory.r, memory.s, at.g)
    d = each(_divided, method.offset, memory.d, at.g, s)
    y = along(memory.search.y, -t, d, at.x)
    h = seat(memory.search.h, at.g)
    f = at.f
    need = method.decrease * t * dot(d, at.g)
    rejected = 0.0
    while moves(y, at.x, need, t * size) & (rejected < REJECTIONS):
        f, h = probe(oracle, y, h)
        if passes(f, f - at.f, need):
            return Found(True, t, rejected + 1.0, rejected, y, f, h), s, d
        rejected += 1.0
        t = t / method.shrink
        s = each(_averaged, (1.0 - b * t, b * t), s, memory.s, at.g)
        d = each(_divided, method.offset, d, at.g, s)
        y = along(y, -t, d, at.x)
        need = method.decrease * t * dot(d, at.g)
    return Found(False, t, rejected, rejected, y, f, h), s, d


@inline
def _rms_step(method, oracle, at, memory, k, stream):
    found, s, d = _rms_search(method, oracle, at, memory)
    trial = _bounded(method.grow * found.stepsize, method.rate)
    at, searched = arrived(oracle, at, memory.search, found, math.sqrt(norm2(d)), trial)
    averages = put(memory.s, s) if found.accepted else memory.s
    return at, Scaled(searched, averages, memory.r, memory.d)


class ArmijoRMSProp(NamedTuple):
    r"""RMSProp: :math:`s_+ = (1 - bt)s + bt(\nabla f)^2`, :math:`d = \nabla f/(\sqrt{s_+} + c)`, :math:`y = x - td`.

    A trial is accepted iff :math:`f(y) - f(x) \le -\lambda t\langle d, \nabla f\rangle`; :math:`s_+` belongs to the
    trial t, trials begin at :math:`\min(f_2 t_{k-1}, 1/b)`, and :math:`s_0 = 0` (LC_RMSProp of [1]_). Columns as of
    `ResetArmijo`.

    Parameters
    ----------
    t0, shrink, grow, decrease : float
        As of `MemoryArmijo`; the first trial is at most 1/b, too.
    rate : float
        :math:`b > 0`.
    offset : float
        :math:`c > 0`.
    """

    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.5
    rate: float = 10.0
    offset: float = 0.1

    init = staticmethod(_rms_init)
    step = staticmethod(_rms_step)
    columns = staticmethod(_nested_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    lanes = False
    patience = impatient

    def faults(self):
        """Sentences that say which field is out of its range."""
        return search_faults(self) + positive(self, "rate", "offset")
