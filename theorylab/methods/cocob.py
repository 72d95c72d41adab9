r"""Subgradient descent as betting on every coordinate: no stepsize, only a bound on the gradients.

References
----------
.. [1] F. Orabona, T. Tommasi (2017), Training deep networks without learning rates through coin betting, NeurIPS,
   arXiv:1705.07795, algorithm 1. [secondary]
"""

import math
from typing import NamedTuple

from theorylab.kernels import (
    Breach,
    Promise,
    arrived,
    breached,
    coordinate,
    copy,
    drawn,
    fill,
    fma,
    inline,
    norm2,
    per_coordinate,
    project,
    tanh,
    total,
)

from .bounds import above, lengths, told


class Bets(NamedTuple):
    r"""What the bettors know: a `breach` of the bounds first, then :math:`w_1` and, by coordinate, their books.

    `size` is :math:`G_t = L + \sum_{s\le t}|g_s|`, `reward` :math:`-\sum g_s(w_s - w_1)`, `theta` :math:`-\sum g_s`.
    """

    breach: Breach
    origin: object
    size: object
    reward: object
    theta: object


@inline
def constant(_, u, value):
    """The entry that a vector of constants starts with."""
    return (value,)


@inline
def _init(method, x):
    (size,) = per_coordinate(constant, 0.0, (fill(x, 0.0),), (method.L,))
    return Bets(Breach(-1.0, 0.0), copy(x), size, fill(x, 0.0), fill(x, 0.0))


@inline
def wealth(eps, L, reward):
    """What a bettor owns: its initial wealth, L unless another is declared, and its reward."""
    return (eps if eps > 0.0 else L) + reward


@inline
def booked(size, reward, theta, w, g, origin):
    """The books after the gradient g at w: what was bet is settled with the old w."""
    return size + abs(g), fma(-g, w - origin, reward), theta - g


@inline
def bet(_, size, reward, theta, w, L, eps, g, origin):
    """One round of algorithm 1 for one coordinate: (size, reward, theta, next w)."""
    size, reward, theta = booked(size, reward, theta, w, g, origin)
    # wealth is known before tanh is: its division by L costs no time
    return size, reward, theta, fma(tanh(theta / (size + L)), wealth(eps, L, reward) / L, origin)


@inline
def _step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    breach = breached(g, method.L)
    size, reward, theta, x = per_coordinate(
        bet, 0.0, (memory.size, memory.reward, memory.theta, at.x), (method.L, method.eps, g, memory.origin)
    )
    memory = Bets(breach, memory.origin, size, reward, theta)
    return arrived(oracle, project(oracle.problem, x), f, g), memory


@inline
def _broken(method, memory):
    return memory.breach.coordinate >= 0.0


@inline
def _promise(method, memory, t):
    L, eps, size = coordinate(method.L, 0), coordinate(method.eps, 0), memory.size[0]
    start = wealth(eps, L, 0.0)
    return Promise(memory.theta[0], start + memory.reward[0], start, L * size, start * math.sqrt(L / size))


@inline
def entire(_, u):
    """The entry itself."""
    return u


@inline
def magnitude(_, u):
    """Its absolute value."""
    return abs(u)


@inline
def distance(_, u, v):
    """How far two entries are apart."""
    return abs(u - v)


@inline
def _owned(_, eps, L, reward):
    return wealth(eps, L, reward)


@inline
def _moved(_, size, reward, theta, w, L, eps, g, origin):
    return abs(bet(0.0, size, reward, theta, w, L, eps, g, origin)[3] - w)


@inline
def over(a, b):
    """a/b, 0 where nothing was divided by nothing."""
    return a / b if b > 0.0 else 0.0


@inline
def _columns(method, at, memory):
    x = at.x
    books = memory.size, memory.reward, memory.theta
    moved = total(_moved, 0.0, x, (*books, x, method.L, method.eps, at.g, memory.origin))
    return (
        total(_owned, 0.0, x, (method.eps, method.L, memory.reward)),
        total(entire, 0.0, x, (memory.reward,)),
        total(entire, 0.0, x, (memory.size,)),
        math.sqrt(norm2(memory.theta)),
        over(moved, total(magnitude, 0.0, x, (at.g,))),
        over(total(distance, 0.0, x, (x, memory.origin)), total(magnitude, 0.0, x, (memory.theta,))),
    )


#: Columns of the bettors, in words.
MEANINGS = {
    "wealth": "initial wealth and reward, summed over the coordinates",
    "reward": "minus the sum over past steps of <g, w - w_1>",
    "G": "L plus the sum of the sizes of past gradients, summed over the coordinates",
    "theta": "Euclidean norm of minus the sum of past gradients",
    "effective_rate": "|move|/|gradient| of the step from here at the problem's own gradient, both summed over "
    "coordinates; 0 where the gradient is",
    "bet_rate": "|w - w_1|/|theta|, both summed over coordinates; 0 where theta is",
}


class COCOB(NamedTuple):
    r"""COntinuous COin Betting, algorithm 1 of [1]_: for every coordinate :math:`w_{t+1} = w_1 + \beta_t W_t`.

    :math:`\beta_t = \frac1L\tanh\frac{\theta_t}{G_t + L}`, :math:`\theta_t = -\sum_{s\le t}g_s`,
    :math:`G_t = L + \sum_{s\le t}|g_s|`, wealth :math:`W_t = \epsilon - \sum_{s\le t} g_s(w_s - w_1)`.

    Columns, over several coordinates sums (`theta`: the norm): `wealth`, `reward` :math:`W_t - \epsilon`, `G`,
    `theta`, and both readings of an effective learning rate: `effective_rate` :math:`|w_{t+1} - w_t|/|g_t|`, that of
    the step from here at the problem's own gradient, and `bet_rate` :math:`|w_t - w_1|/|\theta_{t-1}|`.

    A gradient above its bound, or nan, ends the run. Its `promise`, in one coordinate, is :math:`a = L G_t` and
    :math:`b = \epsilon\sqrt{L/G_t}`. [derived]

    Parameters
    ----------
    L : float or sequence of float
        :math:`L_i \ge |g_{t,i}|`, the bound of every coordinate, or one for all of them.
    eps : float or sequence of float
        Initial wealth :math:`\epsilon_i` (units of f); 0, the default, stands for :math:`L_i`. [derived; the paper has
        L only]
    """

    L: float
    eps: float = 0.0

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    broken = staticmethod(_broken)
    promise = staticmethod(_promise)
    column_names = ("wealth", "reward", "G", "theta", "effective_rate", "bet_rate")
    meanings = MEANINGS
    needs = ()

    def patience(self) -> int:
        """Null steps prove nothing: the next coin may fall differently."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return above(self, "L", strictly=True) + above(self, "eps")

    def objections(self, problem):
        """Sentences that say what does not fit the problem."""
        return lengths(self, problem, "L", "eps")

    def breach(self, t, memory) -> str:
        """Why the run ended at step t, from the flattened memory."""
        return told(self.L, t, memory)
