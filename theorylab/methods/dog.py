r"""Distance over gradients: a stepsize out of how far the iterates have come.

References
----------
.. [1] M. Ivgi, O. Hinder, Y. Carmon (2023), DoG is SGD's best friend, ICML, arXiv:2302.12022. [secondary]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import arrived, axpy, copy, drawn, fill, inline, norm2, project, total

#: Added to the sum of squares.
_DAMPING = 1e-8


class Travelled(NamedTuple):
    r""":math:`w_1`, the reach r so far, :math:`\sum|g|^2`, and sums of w: plain, and weighted by r, with its weight."""

    origin: object
    reach: float
    square: float
    steps: float
    plain: object
    weighted: object
    weight: float


@inline
def _init(method, x):
    reach = method.a * (1.0 + math.sqrt(norm2(x)))
    return Travelled(copy(x), reach, 0.0, 0.0, fill(x, 0.0), fill(x, 0.0), 0.0)


@inline
def _apart2(_, u, v):
    return (u - v) * (u - v)


@inline
def _stepsize(reach, square):
    return reach / math.sqrt(square + _DAMPING)


@inline
def _step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    reach = max(memory.reach, math.sqrt(total(_apart2, 0.0, at.x, (at.x, memory.origin))))
    square = memory.square + norm2(g)
    plain = axpy(1.0, at.x, memory.plain)
    weighted = axpy(reach, at.x, memory.weighted)
    x = project(oracle.problem, axpy(-_stepsize(reach, square), g, at.x))
    memory = Travelled(memory.origin, reach, square, memory.steps + 1.0, plain, weighted, memory.weight + reach)
    return arrived(oracle, x, f, g), memory


@inline
def _columns(method, at, memory):
    return memory.reach, _stepsize(memory.reach, memory.square)


class DoG(NamedTuple):
    r""":math:`w_{t+1} = w_t - \bar r_t\,g_t/\sqrt{\sum_{s\le t}|g_s|^2 + 10^{-8}}` [1]_.

    :math:`\bar r_t = \max(r_\epsilon, \max_{s\le t}|w_s - w_1|)` with :math:`r_\epsilon = a(1 + |w_1|)`. The memory has
    the sums of which ``theorylab.methods.averages`` makes the uniform and the :math:`\bar r`-weighted average of the
    iterates. Columns: `reach` :math:`\bar r` and `stepsize`, those of the step before.

    Parameters
    ----------
    a : float
        First reach, relative to :math:`1 + |w_1|`.
    """

    a: float = 1e-6

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ("reach", "stepsize")
    meanings = {"reach": "largest distance from w_1 of the iterates so far", "stepsize": "stepsize of the step before"}
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next draw may have a gradient."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "a")

    @staticmethod
    def averages(memory) -> dict:
        """Averages of the iterates before this record, from the memory: by name, vectors."""
        return {
            "uniform": [u / memory.steps for u in memory.plain],
            "weighted": [u / memory.weight for u in memory.weighted],
        }
