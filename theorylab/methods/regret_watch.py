r"""A bettor under observation: its wealth and its regret against what theorems promise, at every step.

The duality of reward and regret [1]_: wealth of at least :math:`b\,e^{\theta^2/2a}` on all streams of coins is the same
as a regret of at most :math:`|u|\sqrt a\,(\sqrt W - 1/\sqrt W) + \epsilon`, :math:`W = W_0(a u^2/b^2)`, for all u.

References
----------
.. [1] F. Orabona, D. Pal (2016), Coin betting and parameter-free online learning, NeurIPS, arXiv:1602.04128. [quoted]
"""

import math
from typing import Any, NamedTuple

from theorylab.kernels import broken, columns, fill, init, inline, per_coordinate, promise, step

from . import wrapped


class Watched(NamedTuple):
    """The method's memory first, then extremes over all steps so far; times are step numbers, -1 for never.

    `simple` and `lambert` hold, for each comparator, the least (bound - regret)/(bound + initial wealth).
    """

    inner: object
    log_slack: float
    least_log_slack: float
    least_log_step: float
    least_wealth: float
    largest_wealth: float
    reach: float
    first_ruin: float
    first_short: float
    first_excess: float
    simple: object
    lambert: object


@inline
def lambert_w(z):
    r""":math:`W_0(z)` for :math:`z > 0`, to a few units of rounding: Newton's method for :math:`W + \ln W = \ln z`."""
    log = math.log1p(z)
    w = log * (1.0 - math.log1p(log) / (2.0 + log))
    for _ in range(3):
        w *= (1.0 + math.log(z / w)) / (1.0 + w)
    return w


@inline
def simple_bound(p, u):
    r""":math:`|u|\sqrt{a\ln(1 + a u^2/b^2)} - b + \epsilon`."""
    return abs(u) * math.sqrt(p.a * math.log1p(p.a * (u / p.b) * (u / p.b))) + (p.eps - p.b)


@inline
def lambert_bound(p, u):
    r""":math:`|u|\sqrt a\,(\sqrt W - 1/\sqrt W) + \epsilon`."""
    z = p.a * (u / p.b) * (u / p.b)
    root = math.sqrt(lambert_w(z if z > 0.0 else 1.0))
    return (abs(u) * math.sqrt(p.a) * (root - 1.0 / root) if z > 0.0 else -p.b) + p.eps


@inline
def regret(p, u):
    r"""The larger of the regrets :math:`\sum g_s(w_s - w_1 \mp u)`: :math:`|u||\theta| - \mathrm{reward}`."""
    return abs(u) * abs(p.theta) + (p.eps - p.wealth)


@inline
def log_slack(p):
    r""":math:`\ln(\mathrm{wealth}/b) - \theta^2/2a`; -inf after ruin."""
    return math.log(p.wealth / p.b) - p.theta * p.theta / (2.0 * p.a) if p.wealth > 0.0 else -math.inf


@inline
def _least(p, simple, lambert, u):
    owed = regret(p, u)
    bound = simple_bound(p, u)
    tight = lambert_bound(p, u)
    return min(simple, (bound - owed) / (bound + p.eps)), min(lambert, (tight - owed) / (tight + p.eps))


@inline
def _init(method, x):
    inner = init(method.method, x)
    none = fill(method.u, math.inf)
    return Watched(inner, 0.0, math.inf, math.inf, math.inf, 0.0, 0.0, -1.0, -1.0, -1.0, none, none)


@inline
def _negative(found):
    """Whether an entry is below 0."""
    least = 0.0
    for value in found:
        least = min(least, value)
    return least < 0.0


@inline
def _step(method, oracle, at, memory, k, stream):
    at, inner = step(method.method, oracle, at, memory.inner, k, stream)
    t = k + 1.0
    p = promise(method.method, inner, t)
    slack = log_slack(p)
    simple, lambert = per_coordinate(_least, p, (memory.simple, memory.lambert), (method.u,))
    ruined = (memory.first_ruin < 0.0) & (p.wealth <= 0.0)
    short = (memory.first_short < 0.0) & (slack < -method.tolerance)
    excess = (memory.first_excess < 0.0) & _negative(simple)
    return at, Watched(
        inner,
        slack,
        min(memory.least_log_slack, slack),
        min(memory.least_log_step, slack - memory.log_slack) if k > 0 else memory.least_log_step,
        min(memory.least_wealth, p.wealth),
        max(memory.largest_wealth, p.wealth),
        max(memory.reach, abs(at.x[0] - inner.origin[0])),
        t if ruined else memory.first_ruin,
        t if short else memory.first_short,
        t if excess else memory.first_excess,
        simple,
        lambert,
    )


@inline
def _columns(method, at, memory):
    extremes = (
        memory.log_slack, memory.least_log_slack, memory.least_log_step, memory.least_wealth, memory.largest_wealth,
        memory.reach, memory.first_ruin, memory.first_short, memory.first_excess,
    )  # fmt: skip
    return columns(method.method, at, memory.inner) + extremes + memory.simple + memory.lambert


@inline
def _broken(method, memory):
    return broken(method.method, memory.inner)


_EXTREMES = {
    "log_slack": "ln(wealth/b) - theta^2/(2a)",
    "least_log_slack": "least log_slack of steps 1..k",
    "least_log_step": "least increase of log_slack in one of the steps 2..k",
    "least_wealth": "least wealth of steps 1..k",
    "largest_wealth": "largest wealth of steps 1..k",
    "reach": "largest |w - w_1| of steps 1..k",
    "first_ruin": "first step with a wealth of 0 or less; -1: none",
    "first_short": "first step with a log_slack below minus the tolerance; -1: none",
    "first_excess": "first step with a regret above the simple bound; -1: none",
}


class RegretWatch(NamedTuple):
    r"""The steps of `method`, unchanged, with its wealth and regret against its `promise` at each of them.

    Besides the method's columns: `log_slack` :math:`\ln(\mathrm{wealth}_k/b) - \theta^2/2a`; over all steps so far its
    least value and least increase, the least and the largest wealth, and `reach`, the largest :math:`|w - w_1|`; first
    steps of ruin, of a `log_slack` below 0 (by more than `tolerance`) and of a regret above the simple bound; then, for
    each u, `simple_i` and `lambert_i`: the least (bound - regret)/(bound + :math:`\epsilon`) with the bounds of
    `simple_bound` and `lambert_bound`, the worse of u and -u. In float64 regrets are right to about 1e-12 of the
    largest wealth.

    Parameters
    ----------
    method : NamedTuple
        `COCOB`, `KT` or another with a `promise`, on a problem of one coordinate.
    u : tuple of float
        Comparators, relative to :math:`w_1`.
    tolerance : float
        How much of a `log_slack` is put down to rounding.
    """

    method: Any
    u: float
    tolerance: float = 1e-9

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    broken = staticmethod(_broken)
    needs = property(wrapped.needs)
    patience = wrapped.patience
    breach = wrapped.breach

    @property
    def column_names(self):
        """Those of the method, and what was watched."""
        of_u = tuple(f"{kind}_{i}" for kind in ("simple", "lambert") for i in range(len(self.u)))
        return self.method.column_names + tuple(_EXTREMES) + of_u

    @property
    def meanings(self):
        """What the columns are."""
        of_u = {
            f"{kind}_{i}": f"least (bound - regret)/(bound + initial wealth) so far, {kind} bound, u = +-{u:g}"
            for kind in ("simple", "lambert")
            for i, u in enumerate(self.u)
        }
        return getattr(self.method, "meanings", {}) | _EXTREMES | of_u

    def faults(self):
        """Sentences that say which field is out of its range."""
        if not hasattr(type(self.method), "promise"):
            return [f"RegretWatch.method is {self.method!r}; it has to be a method with a promise, such as COCOB or KT"]
        fine = isinstance(self.u, tuple) and self.u and all(math.isfinite(u) for u in self.u)
        wrong = [] if fine else [f"RegretWatch.u is {self.u!r}; it has to be a tuple of finite numbers"]
        return self.method.faults() + wrong

    def objections(self, problem):
        """Sentences that say what does not fit the problem."""
        if problem.dimension != 1:
            return [
                f"RegretWatch looks at one coordinate and {type(problem).__name__} has {problem.dimension}: watch a "
                "problem of one, or take the sums that the method records"
            ]
        return wrapped.objections(self, problem)
