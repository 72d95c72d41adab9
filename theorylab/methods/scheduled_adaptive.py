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
from theorylab.kernels import arrived, axpy, drawn, each, fill, fma, height, inline, norm2, project

from .scheduled import scheduled_faults, tireless


class Sum(NamedTuple):
    r"""The sum of the squared norms of the draws and of :math:`b_0^2`."""

    square: float


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


class Moments(NamedTuple):
    r"""Running means m of the draws and v of their squares, with the weights :math:`\beta_i^t` of their zero starts."""

    m: object
    v: object
    left1: float
    left2: float


@inline
def _first(beta, m, g):
    return fma(beta, m, (1.0 - beta) * g)


@inline
def _second(beta, v, g):
    return fma(beta, v, (1.0 - beta) * (g * g))


@inline
def _direction(factors, m, v):
    """`factors`: 1/(1 - beta1^t), 1/(1 - beta2^t) and epsilon."""
    return m * factors[0] / (math.sqrt(v * factors[1]) + factors[2])


@inline
def _adam_init(method, x):
    return Moments(fill(x, 0.0), fill(x, 0.0), 1.0, 1.0)


@inline
def _adam_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    m = each(_first, method.beta1, memory.m, memory.m, g)
    v = each(_second, method.beta2, memory.v, memory.v, g)
    left1 = memory.left1 * method.beta1
    left2 = memory.left2 * method.beta2
    factors = (1.0 / (1.0 - left1), 1.0 / (1.0 - left2), method.epsilon)
    # where vectors are arrays the direction takes the place of the gradient, which is drawn anew at the next step
    d = each(_direction, factors, g, m, v)
    stepsize = method.stepsize * height(method.schedule, k, method.horizon)
    x = project(oracle.problem, axpy(-stepsize, d, at.x))
    return arrived(oracle, x, f, d), Moments(m, v, left1, left2)


class ScheduledAdam(NamedTuple):
    r"""Adam [2]_ with the stepsize :math:`\eta h((t-1)/T)`, each coordinate on its own, then the projection.

    :math:`x_{t+1} = \mathrm{Proj}(x_t - \eta h((t-1)/T)\,\hat m_t/(\sqrt{\hat v_t} + \epsilon))`.

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
    epsilon : float
        Positive (units of the gradient).
    """

    stepsize: float
    schedule: tuple
    horizon: int
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8

    init = staticmethod(_adam_init)
    step = staticmethod(_adam_step)
    columns = staticmethod(_columns)
    column_names = ()
    needs = ()
    patience = tireless

    def faults(self) -> list[str]:
        """Sentences that say which field is out of its range."""
        bad = [
            f"ScheduledAdam.{name} is {value}; it has to be at least 0 and below 1"
            for name, value in (("beta1", self.beta1), ("beta2", self.beta2))
            if not 0 <= value < 1
        ]
        return scheduled_faults(self) + bad + positive(self, "epsilon")
