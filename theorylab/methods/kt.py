r"""Krichevsky and Trofimov's estimator as a bettor: the fraction of the wealth that is bet is the mean of past coins.

References
----------
.. [1] F. Orabona, D. Pal (2016), Coin betting and parameter-free online learning, NeurIPS, arXiv:1602.04128. [quoted]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import (
    Breach,
    Promise,
    arrived,
    breached,
    copy,
    drawn,
    fill,
    fma,
    inline,
    norm2,
    per_coordinate,
    project,
    total,
)

from .bounds import above, lengths, told
from .cocob import constant, distance, entire, magnitude, over

#: The norm of a vector of norm L may come out above L by the rounding of its sum.
_ROUNDING = 1.000000000001


class Ledger(NamedTuple):
    r"""A `breach` first, then :math:`w_1`, the wealth and :math:`-\sum g_s/L`."""

    breach: Breach
    origin: object
    wealth: float
    theta: object


@inline
def _init(method, x):
    return Ledger(Breach(-1.0, 0.0), copy(x), method.eps, fill(x, 0.0))


@inline
def _loss(_, g, w, origin):
    return g * (w - origin)


@inline
def _bet(a, theta, w, g, origin):
    """(theta, next w) with ``a = (L, wealth/t)``."""
    L, share = a
    theta -= g / L
    return theta, fma(theta, share, origin)


@inline
def _step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    L, length = method.L, math.sqrt(norm2(g))
    breach = breached((length,), L * _ROUNDING)
    wealth = memory.wealth - total(_loss, 0.0, at.x, (g, at.x, memory.origin)) / L
    theta, x = per_coordinate(_bet, (L, wealth / (k + 2.0)), (memory.theta, at.x), (g, memory.origin))
    return arrived(oracle, project(oracle.problem, x), f, g), Ledger(breach, memory.origin, wealth, theta)


@inline
def _broken(method, memory):
    return memory.breach.coordinate >= 0.0


@inline
def _promise(method, memory, t):
    return Promise(
        memory.theta[0], memory.wealth, method.eps, t, method.eps / (math.exp(1.0) * math.sqrt(math.pi * t))
    )


@inline
def _rate(x, origin, theta):
    return over(total(distance, 0.0, x, (x, origin)), total(magnitude, 0.0, x, (theta,)))


@inline
def _columns(method, at, memory):
    theta = math.sqrt(norm2(memory.theta))
    return memory.wealth, memory.wealth - method.eps, theta, _rate(at.x, memory.origin, memory.theta)


class KT(NamedTuple):
    r""":math:`w_t = w_1 + \frac1t\left(\epsilon - \sum_{s<t}\langle c_s, w_s - w_1\rangle\right)
    \left(-\sum_{s<t}c_s\right)` with :math:`c_s = g_s/L` [1]_.

    Columns: `wealth` (the first bracket), `reward`, wealth minus :math:`\epsilon`, `theta`, the norm of the second
    bracket, and `bet_rate`, :math:`|w - w_1|_1/|\theta|_1`. A gradient whose norm is above L, or nan, ends the run.
    Its `promise`, in one coordinate and for regrets divided by L, is :math:`a = t` and
    :math:`b = \epsilon/(e\sqrt{\pi t})` [1]_.

    Parameters
    ----------
    L : float
        Bound of the gradient's norm.
    eps : float
        Initial wealth :math:`\epsilon` (units of w), 1 unless given. [derived; a public library takes 1e-4]
    """

    L: float
    eps: float = 1.0

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    broken = staticmethod(_broken)
    promise = staticmethod(_promise)
    column_names = ("wealth", "reward", "theta", "bet_rate")
    meanings = {
        "wealth": "initial wealth and reward",
        "reward": "minus the sum over past steps of <g/L, w - w_1>",
        "theta": "Euclidean norm of the sum of past g/L",
        "bet_rate": "|w - w_1|/|theta|, both summed over coordinates; 0 where theta is",
    }
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next coin may fall differently."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "L", "eps")

    def breach(self, t, memory) -> str:
        """Why the run ended at step t, from the flattened memory."""
        return told(self.L, t, memory, "the norm of the gradient")


class Ledgers(NamedTuple):
    r"""As `Ledger`, by coordinate; `count` is 1 and the number of nonzero gradients."""

    breach: Breach
    origin: object
    wealth: object
    theta: object
    count: object


@inline
def _init_each(method, x):
    (wealth,) = per_coordinate(constant, 0.0, (fill(x, 0.0),), (method.eps,))
    return Ledgers(Breach(-1.0, 0.0), copy(x), wealth, fill(x, 0.0), fill(x, 1.0))


@inline
def _bet_each(_, wealth, theta, count, w, L, g, origin):
    coin = g / L
    wealth = fma(-coin, w - origin, wealth)
    theta -= coin
    count += 1.0 if g != 0.0 else 0.0
    return wealth, theta, count, fma(theta / count, wealth, origin)


@inline
def _step_each(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    breach = breached(g, method.L)
    wealth, theta, count, x = per_coordinate(
        _bet_each, 0.0, (memory.wealth, memory.theta, memory.count, at.x), (method.L, g, memory.origin)
    )
    memory = Ledgers(breach, memory.origin, wealth, theta, count)
    return arrived(oracle, project(oracle.problem, x), f, g), memory


@inline
def _columns_each(method, at, memory):
    wealth = total(entire, 0.0, at.x, (memory.wealth,))
    reward = wealth - total(entire, 0.0, at.x, (method.eps,))
    return wealth, reward, math.sqrt(norm2(memory.theta)), _rate(at.x, memory.origin, memory.theta)


class CoordinateKT(NamedTuple):
    r"""`KT` on every coordinate, with t = 1 + the number of NONZERO gradients it has seen. [secondary]

    Columns as those of `KT`; `wealth` and `reward` are summed over the coordinates.

    Parameters
    ----------
    L, eps : float or sequence of float
        Bounds of the gradients and initial wealths by coordinate, or one number for all.
    """

    L: float
    eps: float = 1.0

    init = staticmethod(_init_each)
    step = staticmethod(_step_each)
    columns = staticmethod(_columns_each)
    broken = staticmethod(_broken)
    column_names = KT.column_names
    meanings = KT.meanings | {"wealth": "initial wealth and reward, summed over the coordinates"}
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next coin may fall differently."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return above(self, "L", "eps", strictly=True)

    def objections(self, problem):
        """Sentences that say what does not fit the problem."""
        return lengths(self, problem, "L", "eps")

    def breach(self, t, memory) -> str:
        """Why the run ended at step t, from the flattened memory."""
        return told(self.L, t, memory)
