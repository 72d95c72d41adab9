r"""AdaGrad-Norm and Adam under a learning-rate schedule: an outlook, no claim of the paper is about them.

References
----------
.. [1] R. Ward, X. Wu, L. Bottou (2019), AdaGrad stepsizes, arXiv:1806.01811, algorithm 1. [secondary]
.. [2] D. P. Kingma, J. Ba (2015), Adam: a method for stochastic optimization, arXiv:1412.6980, algorithm 1.
   [secondary; the projection and the schedule are ours]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import arrived, axpy, drawn, height, inline, norm2, project

from .adagrad import Sum
from .baselines import adam_init, adam_move, below_one
from .scheduled import scheduled_faults, tireless


@inline
def _norm_init(method, x):
    return Sum(method.b0 * method.b0)


@inline
def _norm_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    square = memory.square + norm2(g)
    stepsize = method.stepsize * height(method.schedule, k, method.horizon) / math.sqrt(square)
    x = project(oracle.problem, axpy(-stepsize, g, at.x))
    return arrived(oracle, x, f, g), Sum(square)


@inline
def _columns(method, at, memory):
    return ()


class ScheduledAdaGradNorm(NamedTuple):
    r""":math:`b_{t+1}^2 = b_t^2 + |g_t|^2`, :math:`x_{t+1} = \mathrm{Proj}(x_t - \eta h((t-1)/T)\,g_t/b_{t+1})` [1]_.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0` (units of x).
    schedule : NamedTuple
        h, one of `theorylab.methods.schedules`.
    horizon : int
        T, at least 1; beyond it the height stays.
    b0 : float
        :math:`b_0 > 0` (units of the gradient).
    """

    stepsize: float
    schedule: tuple
    horizon: int
    b0: float

    init = staticmethod(_norm_init)
    step = staticmethod(_norm_step)
    columns = staticmethod(_columns)
    column_names = ()
    needs = ()
    patience = tireless

    def faults(self) -> list[str]:
        """Sentences that say which field is out of its range."""
        return scheduled_faults(self) + positive(self, "b0")


@inline
def _adam_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    x, memory = adam_move(method, method.stepsize * height(method.schedule, k, method.horizon), memory, at.x, g)
    return arrived(oracle, project(oracle.problem, x), f, g), memory


class ScheduledAdam(NamedTuple):
    r"""Adam [2]_ with the stepsize :math:`\eta h((t-1)/T)`, each coordinate on its own, then the projection.

    :math:`x_{t+1} = \mathrm{Proj}(x_t - \eta h((t-1)/T)\,\hat m_t/(\sqrt{\hat v_t} + \delta))`.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0` (units of x).
    schedule : NamedTuple
        h, one of `theorylab.methods.schedules`.
    horizon : int
        T, at least 1; beyond it the height stays.
    beta1, beta2 : float
        Weights of the past in the two means, at least 0 and below 1.
    damping : float
        :math:`\delta > 0` (units of the gradient).
    """

    stepsize: float
    schedule: tuple
    horizon: int
    beta1: float = 0.9
    beta2: float = 0.999
    damping: float = 1e-8

    init = staticmethod(adam_init)
    step = staticmethod(_adam_step)
    columns = staticmethod(_columns)
    column_names = ()
    needs = ()
    patience = tireless

    def faults(self) -> list[str]:
        """Sentences that say which field is out of its range."""
        return scheduled_faults(self) + below_one(self, "beta1", "beta2") + positive(self, "damping")
