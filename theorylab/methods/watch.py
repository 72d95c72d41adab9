r"""A method under observation: what the margins of a classifier do at every step, not only at the recorded ones."""

import math
from typing import Any, NamedTuple

from problems.losses import TINY, log_exp_sum
from problems.ranges import positive
from theorylab.kernels import init, inline, log_gap, move, norm2, seen, settle, step, value_grad

from . import wrapped


class Seen(NamedTuple):
    """What has been seen up to step t; times are step numbers, -1 for never.

    `inner` is the method's own memory, `loss`, `log_loss`, `potential` belong to step t, sums run over k < t.
    """

    inner: object
    steps: float
    loss: float
    log_loss: float
    potential: float
    loss_sum: float
    potential_sum: float
    largest_norm2: float
    last_increase: float
    late_increases: float
    first_level: float
    first_stable: float
    first_exp: float
    first_correct: float
    last_wrong: float
    level_log_exp: float


@inline
def _init(method, x):
    return Seen(
        init(method.method, x), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, -1.0, -1.0, -1.0, -1.0, 0.0
    )


@inline
def _looked(method, oracle, at, inner, then, t):
    """What is known at step t from the latest oracle call and from `then`, what was known before."""
    margins, weights, slopes = seen(oracle.problem, oracle.work)
    potential = 0.0
    least = margins[0]
    for i in range(margins.size):
        potential -= slopes[i]
        least = min(least, margins[i])
    log_loss = log_gap(oracle.problem, oracle.work, at.f)
    size = norm2(at.x)
    rise = log_loss - then.log_loss
    increased = (t > 0.0) & (rise > 1e-12 * (1.0 + abs(then.log_loss)))
    late = increased & (then.first_stable >= 0.0)
    correct = least > 0.0
    reached = (then.first_level < 0.0) & (at.f <= method.level)
    level_log_exp = log_exp_sum(margins, weights, 1.0) if reached else then.level_log_exp
    first_exp = then.first_exp
    if (first_exp < 0.0) & (at.f <= method.exp_level):  # the exponential loss is never below the logistic one
        if log_exp_sum(margins, weights, 1.0) <= math.log(method.exp_level):
            first_exp = t
    return Seen(
        inner,
        t,
        at.f,
        log_loss,
        potential,
        then.loss_sum + then.loss,
        then.potential_sum + then.potential,
        max(size, then.largest_norm2),
        t if increased else then.last_increase,
        then.late_increases + 1.0 if late else then.late_increases,
        t if reached else then.first_level,
        t if (then.first_stable < 0.0) & (at.f <= method.stable) else then.first_stable,
        first_exp,
        t if (then.first_correct < 0.0) & correct else then.first_correct,
        then.last_wrong if correct else t,
        level_log_exp,
    )


@inline
def _opened(method, oracle, at, memory, k):
    """The memory with what the start looks like; later it is known already."""
    if k > 0:
        return memory
    value_grad(oracle, at.x, at.g)
    return _looked(method, oracle, at, memory.inner, memory, 0.0)


@inline
def _step(method, oracle, at, memory, k, stream):
    memory = _opened(method, oracle, at, memory, k)
    at, inner = step(method.method, oracle, at, memory.inner, k, stream)
    return at, _looked(method, oracle, at, inner, memory, k + 1.0)


@inline
def _with_inner(memory, inner):
    return Seen(
        inner, memory.steps, memory.loss, memory.log_loss, memory.potential, memory.loss_sum, memory.potential_sum,
        memory.largest_norm2, memory.last_increase, memory.late_increases, memory.first_level, memory.first_stable,
        memory.first_exp, memory.first_correct, memory.last_wrong, memory.level_log_exp,
    )  # fmt: skip


@inline
def _move(method, oracle, at, memory, k, stream):
    memory = _opened(method, oracle, at, memory, k)
    x, inner = move(method.method, oracle, at, memory.inner, k, stream)
    return x, _with_inner(memory, inner)


@inline
def _settle(method, oracle, at, memory, k):
    inner = settle(method.method, oracle, at, memory.inner, k)
    return _looked(method, oracle, at, inner, memory, k + 1.0)


@inline
def _columns(method, at, memory):
    steps = memory.steps if memory.steps > 0.0 else 1.0
    return (
        math.log(at.f) if at.f > TINY else memory.log_loss,
        memory.potential,
        memory.loss_sum / steps,
        memory.potential_sum / steps,
        math.sqrt(memory.largest_norm2),
        memory.last_increase,
        memory.late_increases,
        memory.first_level,
        memory.first_stable,
        memory.first_exp,
        memory.first_correct,
        memory.last_wrong,
        memory.level_log_exp,
    )


class MarginWatch(NamedTuple):
    r"""The steps of `method`, unchanged, with what the loss and the margins do at each of them.

    Columns, at step t: `log_loss` :math:`\ln L_t`, right also where :math:`L_t` underflows; `potential`
    :math:`G_t = \sum_i p_i|l'(m_i)|` (from step 1 on); `mean_loss` and `mean_potential`, means over k < t;
    `largest_norm` :math:`\max_{1\le k\le t}|w_k|`; `last_increase`, the last step with :math:`L_t > L_{t-1}`
    (:math:`\ln L` higher by more than :math:`10^{-12}(1+|\ln L|)`; 0: none); `late_increases`, how many of them came
    after a loss of at most `stable`; first steps with :math:`L\le` `level` (`first_level`), :math:`L\le` `stable`
    (`first_stable`), :math:`\sum_i p_ie^{-m_i}\le` `exp_level` (`first_exp`), all margins positive
    (`first_correct`); the last step with a margin of at most 0 (`last_wrong`); -1 means never. `level_log_exp` is
    :math:`\ln\sum_i p_ie^{-m_i}` at step `first_level`.

    Parameters
    ----------
    method : NamedTuple
        Any method, on a problem of margins.
    level, stable, exp_level : float
        Positive levels of the loss.
    """

    method: Any
    level: float
    stable: float
    exp_level: float

    init = staticmethod(_init)
    step = staticmethod(_step)
    move = staticmethod(_move)
    settle = staticmethod(_settle)
    columns = staticmethod(_columns)
    column_names = (
        "log_loss", "potential", "mean_loss", "mean_potential", "largest_norm", "last_increase", "late_increases",
        "first_level", "first_stable", "first_exp", "first_correct", "last_wrong", "level_log_exp",
    )  # fmt: skip
    asks = ("seen", "log_gap")
    needs = property(wrapped.needs)
    patience = wrapped.patience
    objections = wrapped.objections

    @classmethod
    def of(cls, problem, method) -> "MarginWatch":
        r"""With the levels of Theorem 1: :math:`1/\eta`, :math:`2/\eta` and :math:`\min(1/\eta, 1/n)`."""
        eta = method.stepsize
        return cls(method, 1.0 / eta, 2.0 / eta, min(1.0 / eta, 1.0 / problem.facts()["n"].value))

    def faults(self):
        """Sentences that say which field is out of its range."""
        return wrapped.faults(self) or positive(self, "level", "stable", "exp_level")
