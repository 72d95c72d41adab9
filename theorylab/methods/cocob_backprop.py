r"""COCOB for networks: the heuristic that learns its bounds on the way. No theorem covers it.

References
----------
.. [1] F. Orabona, T. Tommasi (2017), Training deep networks without learning rates through coin betting, NeurIPS,
   arXiv:1705.07795, algorithm 2, in the form of the authors' published code. [quoted]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import (
    Breach,
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

from .bounds import above, told
from .cocob import MEANINGS, distance, entire, magnitude, over

#: Gradients beyond it are inf or nan.
_LARGEST = 1.7976931348623157e308


class Learnt(NamedTuple):
    r"""As `theorylab.methods.cocob.Bets`, with the largest gradient seen as `L`; `size` starts at 0."""

    breach: Breach
    origin: object
    L: object
    size: object
    reward: object
    theta: object


@inline
def _init(method, x):
    zero = fill(x, 0.0)
    return Learnt(Breach(-1.0, 0.0), copy(x), fill(x, method.L0), zero, copy(zero), copy(zero))


@inline
def fraction(alpha, L, size, theta):
    """What is bet of L and the reward, in units of w; where no gradient was seen yet, nothing."""
    denominator = L * max(size + L, alpha * L)
    return theta / denominator if denominator > 0.0 else 0.0


@inline
def bet(alpha, L, size, reward, theta, w, g, origin):
    """One round of algorithm 2 for one coordinate: (L, size, reward, theta, next w)."""
    L = max(L, abs(g))
    size += abs(g)
    reward = max(fma(-g, w - origin, reward), 0.0)
    theta -= g
    return L, size, reward, theta, fma(fraction(alpha, L, size, theta), L + reward, origin)


@inline
def _step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    breach = breached(g, _LARGEST)
    L, size, reward, theta, x = per_coordinate(
        bet, method.alpha, (memory.L, memory.size, memory.reward, memory.theta, at.x), (g, memory.origin)
    )
    memory = Learnt(breach, memory.origin, L, size, reward, theta)
    return arrived(oracle, project(oracle.problem, x), f, g), memory


@inline
def _broken(method, memory):
    return memory.breach.coordinate >= 0.0


@inline
def _moved(alpha, L, size, reward, theta, w, g, origin):
    return abs(bet(alpha, L, size, reward, theta, w, g, origin)[4] - w)


@inline
def _columns(method, at, memory):
    x = at.x
    books = memory.L, memory.size, memory.reward, memory.theta
    moved = total(_moved, method.alpha, x, (*books, x, at.g, memory.origin))
    reward = total(entire, 0.0, x, (memory.reward,))
    return (
        total(entire, 0.0, x, (memory.L,)) + reward,
        reward,
        total(entire, 0.0, x, (memory.size,)),
        math.sqrt(norm2(memory.theta)),
        over(moved, total(magnitude, 0.0, x, (at.g,))),
        over(total(distance, 0.0, x, (x, memory.origin)), total(magnitude, 0.0, x, (memory.theta,))),
        total(entire, 0.0, x, (memory.L,)),
    )


class COCOBBackprop(NamedTuple):
    r"""Algorithm 2 of [1]_, each :math:`w_{t+1} = w_1 + \frac{\theta_t}{L_t\max(G_t + L_t,\,\alpha L_t)}(L_t + R_t)`.

    :math:`L_t = \max(L_{t-1}, |g_t|)`, :math:`G_t = \sum_{s\le t}|g_s|`, :math:`\theta_t = -\sum_{s\le t}g_s`,
    :math:`R_t = \max(R_{t-1} - g_t(w_t - w_1), 0)`. Where no gradient was seen (0/0) nothing moves.

    Columns as those of `COCOB`, wealth being :math:`L_t + R_t`, and `L`, the largest gradients seen, summed over the
    coordinates. A gradient that is nan or inf ends the run.

    Parameters
    ----------
    alpha : float
        :math:`\alpha > 0`: early bets are at most :math:`1/\alpha` of the wealth for each gradient (dimensionless).
    L0 : float
        :math:`L_0 \ge 0` (units of the gradient).
    """

    alpha: float = 100.0
    L0: float = 1e-8

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    broken = staticmethod(_broken)
    column_names = ("wealth", "reward", "G", "theta", "effective_rate", "bet_rate", "L")
    meanings = MEANINGS | {
        "wealth": "L and the clipped reward, summed over the coordinates",
        "reward": "minus the sum over past steps of <g, w - w_1>, clipped at 0 at every step",
        "G": "sum of the sizes of past gradients, over all coordinates",
        "L": "largest gradients seen, summed over the coordinates",
    }
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next coin may fall differently."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "alpha") + above(self, "L0")

    def breach(self, t, memory) -> str:
        """Why the run ended at step t, from the flattened memory."""
        return told(_LARGEST, t, memory)
