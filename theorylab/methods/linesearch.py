r"""The search of a stepsize by Armijo's test: what all methods with one share.

A search tries stepsizes :math:`t, t/f_1, t/f_1^2, \dots` until
:math:`f(x - t\nabla f(x)) - f(x) \le -\lambda t|\nabla f(x)|^2`; equality is accepted. Both values are gaps, accurate
relative to themselves, so that the decrease does not drown in the rounding of f_star.

A trial value that is not finite is a rejection. The search stalls where a trial leaves every coordinate as it is,
where :math:`\lambda t|\nabla f|^2` underflows to zero, where the move is shorter than 2.2e-16, and after 2000
rejections. The step then is a null step, never an accepted one, and the run ends as stalled.
"""

import math
from typing import NamedTuple

from problems.ranges import count, positive
from theorylab.kernels import Point, accept, along, inline, probe, put, same, seat, spare

#: Trials that a search rejects before it gives up.
REJECTIONS = 2000
_LEAST_MOVE = 2.2e-16
_LARGEST = 1.7976931348623157e308

COLUMNS = ("stepsize", "values", "gradients", "rejections", "length")
MEANINGS = {
    "stepsize": "stepsize of the accepted step that led to x_k (0 at the start)",
    "values": "values of f asked for so far, the one at the start included: 1 + number of trials",
    "gradients": "gradients used so far, the one at the start included: 1 + accepted steps",
    "rejections": "trials rejected so far",
    "length": "length of the path so far",
}


class Search(NamedTuple):
    """What a search remembers: the next first trial, the last accepted stepsize, counts so far, the path's length.

    `y` and `h` are room for a trial point and its gradient where vectors are arrays.
    """

    trial: float
    stepsize: float
    values: float
    gradients: float
    rejections: float
    length: float
    y: object
    h: object


class Ray(NamedTuple):
    r"""Trial points :math:`x - tqd`, and what they have to reach: :math:`f \le \mathrm{base} - \lambda t\,w`.

    `per` is q, `reach` the length :math:`q|d|` that t is measured in, `weight` is w.
    """

    d: object
    per: float
    reach: float
    weight: float
    base: float


class Found(NamedTuple):
    """Where a search ended: whether it accepted, the stepsize, trials and rejections, point, gap and gradient."""

    accepted: bool
    stepsize: float
    tried: float
    rejected: float
    y: object
    f: float
    h: object


@inline
def begun(trial, x):
    """The memory at the start, where one value and one gradient are known."""
    return Search(trial, 0.0, 1.0, 1.0, 0.0, 0.0, spare(x), spare(x))


@inline
def passes(f, change, need):
    """Armijo's test: the trial value is finite and low enough."""
    return (abs(f) <= _LARGEST) & (change <= -need)


@inline
def moves(y, x, need, way):
    """Whether a trial can show anything: it moves, by more than rounding, and asks for a decrease."""
    return (not same(y, x)) & (need > 0.0) & (way >= _LEAST_MOVE)


@inline
def search(method, oracle, at, ray, memory):
    """The first trial that passes, from ``memory.trial`` downwards."""
    t = memory.trial
    y = along(memory.y, -(t * ray.per), ray.d, at.x)
    h = seat(memory.h, at.g)
    f = at.f
    need = method.decrease * t * ray.weight
    rejected = 0.0
    while moves(y, at.x, need, t * ray.reach) & (rejected < REJECTIONS):
        f, h = probe(oracle, y, h)
        if passes(f, f - ray.base, need):
            return Found(True, t, rejected + 1.0, rejected, y, f, h)
        rejected += 1.0
        t = t / method.shrink
        y = along(y, -(t * ray.per), ray.d, at.x)
        need = method.decrease * t * ray.weight
    return Found(False, t, rejected, rejected, y, f, h)


@inline
def bisected(method, oracle, at, ray, found):
    """Between the accepted stepsize and the last rejected one: `bisections` trials in the middle of their logarithms.

    The last point that passed is computed once more, which the counts leave out.
    """
    if not (found.accepted & (found.rejected > 0.0) & (method.bisections > 0)):
        return found
    t = found.stepsize
    y = found.y
    h = found.h
    rejected = found.rejected
    low = math.log(t)
    high = math.log(method.shrink * t)
    for _ in range(method.bisections):
        middle = 0.5 * (low + high)
        u = math.exp(middle)
        y = along(y, -(u * ray.per), ray.d, at.x)
        f, h = probe(oracle, y, h)
        if passes(f, f - ray.base, method.decrease * u * ray.weight):
            low = middle
            t = u
        else:
            high = middle
            rejected += 1.0
    y = along(y, -(t * ray.per), ray.d, at.x)
    f, h = probe(oracle, y, h)
    return Found(True, t, found.tried + 1.0 * method.bisections, rejected, y, f, h)


@inline
def arrived(oracle, at, memory, found, reach, trial):
    """The step that a search found, a null step if it stalled; the next search begins at `trial`."""
    values = memory.values + found.tried
    rejections = memory.rejections + found.rejected
    if found.accepted:
        x = put(at.x, found.y)
        g = accept(oracle, x, found.h, at.g)
        t = found.stepsize
        gradients, length = memory.gradients + 1.0, memory.length + t * reach
        return Point(x, found.f, g), Search(trial, t, values, gradients, rejections, length, memory.y, memory.h)
    same_count, way = memory.gradients, memory.length
    return at, Search(memory.trial, memory.stepsize, values, same_count, rejections, way, memory.y, memory.h)


@inline
def grown(method, t):
    """The next first trial of a search with a memory."""
    u = method.grow * t
    return u if u < method.cap else method.cap


@inline
def search_init(method, x):
    """The memory before the first step."""
    return begun(method.t0, x)


@inline
def search_columns(method, at, memory):
    """The columns of a search."""
    return memory.stepsize, memory.values, memory.gradients, memory.rejections, memory.length


def search_faults(record) -> list[str]:
    """Sentences on the fields that searches share, those of them that the record has."""
    faults = positive(record, "t0")
    wanted = {
        "shrink": (lambda v: 1 < v < math.inf, "a finite number above 1"),
        "grow": (lambda v: 1 <= v < math.inf, "a finite number of at least 1"),
        "decrease": (lambda v: 0 < v < 1, "above 0 and below 1"),
        "cap": (lambda v: v > 0, "positive, or inf for none"),
    }
    for name in record._fields:
        fine, words = wanted.get(name, (None, ""))
        value = getattr(record, name)
        if fine and not fine(value):
            faults.append(f"{type(record).__name__}.{name} is {value}; it has to be {words}")
    return faults + (count(record, 0, "bisections") if "bisections" in record._fields else [])


def impatient(self) -> int:
    """Null steps in a row after which nothing can change any more: a search that stalled stalls again."""
    return 1
