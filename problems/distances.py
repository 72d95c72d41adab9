r"""Distances to a point of the line, seen through coins: the problems on which betting is measured, and bare coins.

References
----------
.. [1] F. Orabona, T. Tommasi (2017), arXiv:1705.07795, on training without learning rates: the triptych of
   :math:`|x - 10|`. [quoted] The other problems are ours. [derived]
"""

from typing import NamedTuple

import numpy as np

from theorylab.kernels import inline, uniform

from .facts import Fact
from .formulas import rational
from .powers import line_dimension
from .ranges import count, finite
from .ravines import nothing


@inline
def signum(r):
    """-1, 0 or 1; nan for nan."""
    return 1.0 if r > 0.0 else -1.0 if r < 0.0 else 0.0 * r


@inline
def _distance(problem, work, x, g):
    r = x[0] - problem.D
    return abs(r), (signum(r),)


@inline
def _flipped(problem, work, x, g):
    r = x[0] - problem.D
    slope = 1.0 - 2.0 * problem.p
    return slope * abs(r), (slope * signum(r),)


@inline
def _flip(problem, work, x, g, k, stream):
    r = x[0] - problem.D
    chance = 0.5 if r == 0.0 else problem.p
    kept = -1.0 if uniform(stream, k) < chance else 1.0
    return kept * abs(r), (kept if r >= 0.0 else -kept,)


@inline
def _coins(problem, work, x, g):
    # the mean of a coin: not from 1 - p, whose rounding would give fair coins a slope
    slope = (1.0 - problem.zeros) * (2.0 * problem.p - 1.0) * (1.0 - 0.5 * problem.spread)
    return slope * x[0], (slope,)


@inline
def _coin(problem, work, x, g, k, stream):
    # one uniform number says all: whether the coin is 0, which sign it has, and, by what is left of it, how large it is
    v = uniform(stream, k // problem.block) / (1.0 - problem.zeros)
    up = v < problem.p
    rest = v / problem.p if up else (v - problem.p) / (1.0 - problem.p)
    size = 1.0 - problem.spread * rest
    coin = (size if up else -size) if v < 1.0 else 0.0
    return coin * x[0], (coin,)


def line_start(self) -> np.ndarray:
    """Default start, shape (1,): the origin."""
    return np.zeros(1)


def distance_to_target(self, x) -> np.ndarray:
    """|x - D|: points (..., 1) -> (...)."""
    return np.abs(np.asarray(x, dtype=float)[..., 0] - self.D)


def target_facts(D, order: int, lipschitz: float, largest_draw: float, tau: float) -> dict[str, Fact]:
    """What all problems with the only minimiser D and gap 0 there share."""
    return {
        "f_star": Fact(0.0),
        "x_star": Fact(np.array([float(D)]), "the only minimiser"),
        "growth_order": Fact(order, "at the minimiser"),
        "lipschitz": Fact(lipschitz, "everywhere: the supremum of |f'|"),
        "largest_draw": Fact(largest_draw, "everywhere: no (sub)gradient that the oracle returns is larger"),
        "tau": Fact(tau, "everywhere: the largest tau with f'(x)(x - D) >= tau f(x)"),
    }


def half_open(record, name: str, low: float, high: float) -> list[str]:
    """A sentence if the named field is not in [low, high)."""
    value = getattr(record, name)
    if finite(record, name) or not low <= value < high:
        return [f"{type(record).__name__}.{name} is {value}; it has to be at least {low:g} and below {high:g}"]
    return []


class Distance(NamedTuple):
    r""":math:`f(x) = |x - D|`, subgradient sign(x - D), and 0 at the kink.

    Parameters
    ----------
    D : float
        The minimiser.
    """

    D: float = 10.137

    kernel = staticmethod(_distance)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    start = property(line_start)
    distance = distance_to_target

    @classmethod
    def examples(cls) -> list["Distance"]:
        """Instances for the property suite."""
        return [cls(), cls(0.10137), cls(-3.0)]

    def facts(self) -> dict[str, Fact]:
        """Known values. [derived]"""
        return target_facts(self.D, 1, 1.0, 1.0, 1.0)

    def expression(self):
        """Symbol x and the gap, the parameter exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), sp.Abs(x - rational(self.D))

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return finite(self, "D")


class FlippedDistance(NamedTuple):
    r""":math:`f(x) = (1-2p)|x - D|`, asked through signs: a draw is sign(x - D), flipped with probability p.

    At the kink a draw is a fair random sign, though the gradient stated there is 0. The value that belongs to a draw
    g is :math:`g\,(x - D)`.

    Parameters
    ----------
    D : float
        The minimiser.
    p : float
        Probability of a flip, :math:`0 \le p < 1/2`.
    """

    D: float = 10.137
    p: float = 0.25

    kernel = staticmethod(_flipped)
    draw = staticmethod(_flip)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    start = property(line_start)
    distance = distance_to_target

    @classmethod
    def hard(cls, D: float, c: float, steps: int) -> "FlippedDistance":
        r"""The instance that is hardest for a horizon of `steps`: :math:`p = \tfrac12 - c/(2\sqrt T)`."""
        return cls(D, 0.5 - c / (2.0 * np.sqrt(steps).item()))

    @classmethod
    def examples(cls) -> list["FlippedDistance"]:
        """Instances for the property suite."""
        return [cls(), cls(-1.0137, 0.0), cls.hard(1.0137, 3.0, 10_000)]

    def facts(self) -> dict[str, Fact]:
        """Known values. [derived]"""
        return target_facts(self.D, 1, 1.0 - 2.0 * self.p, 1.0, 1.0)

    def expression(self):
        """Symbol x and the gap, parameters exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        return (x,), (1 - 2 * rational(self.p)) * sp.Abs(x - rational(self.D))

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return finite(self, "D") + half_open(self, "p", 0.0, 0.5)


class Coins(NamedTuple):
    r""":math:`f(x) = x\,\mathrm{E}g` for coins g in [-1, 1] that do not depend on x: streams to bet on.

    No minimum is looked for here: f is the expectation of the linear losses :math:`g_k x`, unbounded below unless
    coins are fair. A coin is 0 with probability `zeros`; otherwise it is positive with probability `p`, and its size
    is uniform on [1 - spread, 1].

    Parameters
    ----------
    p : float
        Probability of a positive sign, 0 < p < 1.
    zeros : float
        Probability of a coin that is 0, at least 0 and below 1.
    spread : float
        From 0 (signs) to 1 (with p = 1/2: uniform on [-1, 1]).
    block : int
        Each coin is repeated for so many steps.
    """

    p: float = 0.5
    zeros: float = 0.0
    spread: float = 0.0
    block: int = 1

    kernel = staticmethod(_coins)
    draw = staticmethod(_coin)
    workspace = staticmethod(nothing)
    dimension = property(line_dimension)
    start = property(line_start)

    @classmethod
    def streams(cls) -> dict[str, "Coins"]:
        """The streams of the specification, by name."""
        return {
            "uniform": cls(spread=1.0),
            "fair signs": cls(),
            "signs 30/70": cls(p=0.3),
            "sparse": cls(zeros=0.9),
            "blocks of 50": cls(block=50),
        }

    @classmethod
    def examples(cls) -> list["Coins"]:
        """Instances for the property suite."""
        return [*cls.streams().values()]

    def facts(self) -> dict[str, Fact]:
        """Known values: no infimum is among them. [derived]"""
        mean = (1.0 - self.zeros) * (2.0 * self.p - 1.0) * (1.0 - 0.5 * self.spread)
        return {
            "lipschitz": Fact(abs(mean), "everywhere: the supremum of |f'|"),
            "largest_draw": Fact(1.0, "everywhere: no (sub)gradient that the oracle returns is larger"),
        }

    def expression(self):
        """Symbol x and the expected loss, parameters exact."""
        import sympy as sp

        x = sp.Symbol("x", real=True)
        p, zeros, spread = map(rational, self[:3])
        return (x,), (1 - zeros) * (2 * p - 1) * (1 - spread / 2) * x

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        faults = half_open(self, "p", 0.0, 1.0) + half_open(self, "zeros", 0.0, 1.0) + count(self, 1, "block")
        if not faults and self.p == 0.0:
            faults = ["Coins.p is 0.0; it has to be above 0"]
        if finite(self, "spread") or not 0.0 <= self.spread <= 1.0:
            faults = [*faults, f"Coins.spread is {self.spread}; it has to be from 0 to 1"]
        return faults
