r"""Armijo searches along other directions than the gradient, or against another value than the last one.

References
----------
.. [1] B. Bensaid (2024), arXiv:2412.14637; after the author's public code. [secondary]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import dot, each, inline, norm2, spare

from .linesearch import (
    COLUMNS,
    MEANINGS,
    Ray,
    Search,
    arrived,
    begun,
    bisected,
    impatient,
    search,
    search_columns,
    search_faults,
    search_init,
)


@inline
def _normalised_step(method, oracle, at, memory, k, stream):
    size = math.sqrt(norm2(at.g))
    ray = Ray(at.g, 1.0 / size if size > 0.0 else 0.0, 1.0, size, at.f)
    found = bisected(method, oracle, at, ray, search(method, oracle, at, ray, memory))
    return arrived(oracle, at, memory, found, ray.reach, method.grow * found.stepsize)


class NormalisedArmijo(NamedTuple):
    r"""Steps of length t, :math:`y = x - t\nabla f/|\nabla f|`, if :math:`f(y) - f(x) \le -\lambda t|\nabla f|`.

    The memory is on t, a length: trials begin at :math:`f_2 t_{k-1}`. The author bisects, with :math:`f_1 = 30` [1]_.
    Columns as of `ResetArmijo`.

    Parameters
    ----------
    t0, shrink, grow, decrease : float
        As of `MemoryArmijo`; t0 in units of x.
    bisections : int
        As of `BisectArmijo`; 0 for none.
    """

    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.5
    bisections: int = 0

    init = staticmethod(search_init)
    step = staticmethod(_normalised_step)
    columns = staticmethod(search_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    lanes = False
    patience = impatient
    faults = search_faults


class Signed(NamedTuple):
    """The search, and room for the signs where vectors are arrays."""

    search: Search
    d: object


@inline
def _sign(nothing, u, v):
    return 1.0 if u > 0.0 else (-1.0 if u < 0.0 else 0.0)


@inline
def _sign_init(method, x):
    return Signed(begun(method.t0, x), spare(x))


@inline
def _sign_step(method, oracle, at, memory, k, stream):
    d = each(_sign, 0.0, memory.d, at.g, at.g)
    ray = Ray(d, 1.0, math.sqrt(norm2(d)), dot(d, at.g), at.f)
    found = bisected(method, oracle, at, ray, search(method, oracle, at, ray, memory.search))
    at, searched = arrived(oracle, at, memory.search, found, ray.reach, method.grow * found.stepsize)
    return at, Signed(searched, memory.d)


@inline
def _sign_columns(method, at, memory):
    return search_columns(method, at, memory.search)


class SignArmijo(NamedTuple):
    r""":math:`y = x - t\,\mathrm{sign}\nabla f`, accepted iff :math:`f(y) - f(x) \le -\lambda t|\nabla f|_1` [1]_.

    Columns as of `ResetArmijo`.

    Parameters
    ----------
    t0, shrink, grow, decrease, bisections
        As of `NormalisedArmijo`.
    """

    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.5
    bisections: int = 0

    init = staticmethod(_sign_init)
    step = staticmethod(_sign_step)
    columns = staticmethod(_sign_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    lanes = False
    patience = impatient
    faults = search_faults


@inline
def _clipped_step(method, oracle, at, memory, k, stream):
    n2 = norm2(at.g)
    size = math.sqrt(n2)
    q = method.gamma / size if size > method.gamma else 1.0
    ray = Ray(at.g, q, q * size, q * n2, at.f)
    found = search(method, oracle, at, ray, memory)
    return arrived(oracle, at, memory, found, ray.reach, method.grow * found.stepsize)


class ClippedArmijo(NamedTuple):
    r""":math:`y = x - tq\nabla f` with :math:`q = \min(1, \gamma/|\nabla f|)`, decrease at least
    :math:`\lambda tq|\nabla f|^2` [1]_.

    Columns as of `ResetArmijo`; the stepsize is t.

    Parameters
    ----------
    gamma : float
        :math:`\gamma > 0`, a gradient norm; the author takes ten times the norm at which a run ends.
    t0, shrink, grow, decrease : float
        As of `MemoryArmijo`.
    """

    gamma: float
    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.5

    init = staticmethod(search_init)
    step = staticmethod(_clipped_step)
    columns = staticmethod(search_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    lanes = False
    patience = impatient

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "gamma") + search_faults(self)


class Summed(NamedTuple):
    r"""The search, :math:`f(x_0)`, and the sum of :math:`|\nabla f(x_i)|^2` over the steps before."""

    search: Search
    first: float
    squares: float


@inline
def _cumulative_init(method, x):
    return Summed(begun(method.t0, x), 0.0, 0.0)


@inline
def _cumulative_step(method, oracle, at, memory, k, stream):
    n2 = norm2(at.g)
    first = at.f if k == 0 else memory.first
    squares = memory.squares + n2
    ray = Ray(at.g, 1.0, math.sqrt(n2), squares, first)
    found = search(method, oracle, at, ray, memory.search)
    at, searched = arrived(oracle, at, memory.search, found, ray.reach, method.grow * found.stepsize)
    return at, Summed(searched, first, squares)


@inline
def _cumulative_columns(method, at, memory):
    return search_columns(method, at, memory.search)


class CumulativeArmijo(NamedTuple):
    r"""Accepts iff :math:`f(y) - f(x_0) \le -\lambda t\sum_{i\le k}|\nabla f(x_i)|^2`, with the present t: f may rise.

    Columns as of `ResetArmijo`.

    Parameters
    ----------
    t0, shrink, grow, decrease : float
        As of `MemoryArmijo`.
    """

    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.5

    init = staticmethod(_cumulative_init)
    step = staticmethod(_cumulative_step)
    columns = staticmethod(_cumulative_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    lanes = False
    patience = impatient
    faults = search_faults
