r"""Projected stochastic gradient descent under a learning-rate schedule.

References
----------
.. [1] A. Attia, T. Koren (2025), arXiv:2503.09411: :math:`x_{t+1} = x_t - \eta_t g_t` [quoted]; projection and
   :math:`\eta_t = \eta\,h((t-1)/T)` [secondary].
"""

from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import arrived, axpy, drawn, fill, height, inline, probe, project, seat, spare

from .gradient import nothing
from .heights import record_faults


@inline
def _step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    stepsize = method.stepsize * height(method.schedule, k, method.horizon)
    x = project(oracle.problem, axpy(-stepsize, g, at.x))
    return arrived(oracle, x, f, g), memory


@inline
def _columns(method, at, memory):
    return ()


def tireless(self) -> int:
    """Null steps in a row end no run: the next draw, or the next height, may move the iterate again."""
    return 2**62


def scheduled_faults(self) -> list[str]:
    """Sentences that say which field is out of its range."""
    return positive(self, "stepsize") + record_faults(self)


class ScheduledSGD(NamedTuple):
    r""":math:`x_{t+1} = \mathrm{Proj}_W(x_t - \eta_t g_t)`, :math:`\eta_t = \eta\,h((t-1)/T)`: the last iterate [1]_.

    A run of more than T steps goes on with the height of step T; one of fewer ends before the schedule does.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`, the base learning rate.
    schedule : NamedTuple
        h, one of `theorylab.methods.schedules`.
    horizon : int
        T, at least 1.
    """

    stepsize: float
    schedule: tuple
    horizon: int

    init = staticmethod(nothing)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ()
    needs = ()
    patience = tireless
    faults = scheduled_faults


class Average(NamedTuple):
    """Steps done, the gap at the mean of the iterates, that mean, and room for a gradient there."""

    steps: float
    gap: float
    mean: object
    room: object


@inline
def _average_init(method, x):
    return Average(0.0, 0.0, fill(x, 0.0), spare(x))


@inline
def _average_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    stepsize = method.stepsize * height(method.schedule, k, method.horizon)
    x = project(oracle.problem, axpy(-stepsize, g, at.x))
    steps = memory.steps + 1.0
    part = 1.0 / steps
    mean = axpy(part, x, axpy(-part, memory.mean, memory.mean))
    gap, _ = probe(oracle, mean, seat(memory.room, g))
    return arrived(oracle, x, f, g), Average(steps, gap, mean, memory.room)


@inline
def _average_columns(method, at, memory):
    return (memory.gap if memory.steps > 0.0 else at.f,)


class AveragedSGD(NamedTuple):
    r"""As `ScheduledSGD`, and beside it :math:`\bar x_k = \tfrac1k\sum_{i=1}^k x_{i+1}`: a different claim.

    The gap is that of the last iterate; the column `average_gap` is that of the mean of the iterates after steps
    1 to k, which stands in the memory. Every step asks the oracle once more, for that gap.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`, the base learning rate.
    schedule : NamedTuple
        h, one of `theorylab.methods.schedules`.
    horizon : int
        T, at least 1.
    """

    stepsize: float
    schedule: tuple
    horizon: int

    init = staticmethod(_average_init)
    step = staticmethod(_average_step)
    columns = staticmethod(_average_columns)
    column_names = ("average_gap",)
    needs = ()
    patience = tireless
    faults = scheduled_faults
