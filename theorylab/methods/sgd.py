r"""Stochastic gradient descent on a classifier's sample: one row a step.

References
----------
.. [1] J. Wu, P. L. Bartlett, M. Telgarsky, B. Yu (2024), Large stepsize gradient descent for logistic loss, COLT,
   PMLR 247:5019-5073, Theorem 4 and Lemma 17. [quoted]
"""

from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import Point, add_row, inline, row_dot, seen, uniforms, value_decay, value_grad


class Played(NamedTuple):
    """Steps done, sum of the losses of the rows drawn before each step, and how many of them were misclassified.

    `error` is the weight of all rows with a margin of at most 0 now, `error_sum` its sum over the points before.
    """

    steps: float
    loss_sum: float
    mistakes: float
    error: float
    error_sum: float


@inline
def _init(method, x):
    return Played(0.0, 0.0, 0.0, 0.0, 0.0)


@inline
def _error(oracle):
    """Weight of the rows with a margin of at most 0 at the point that the oracle saw last."""
    margins, weights, _ = seen(oracle.problem, oracle.work)
    total = 0.0
    for i in range(margins.size):
        total += weights[i] if margins[i] <= 0.0 else 0.0
    return total


@inline
def _opened(oracle, at, memory, k):
    """The memory with the error at the start; later it is known already."""
    if k > 0:
        return memory
    value_grad(oracle, at.x, at.g)
    return Played(memory.steps, memory.loss_sum, memory.mistakes, _error(oracle), memory.error_sum)


@inline
def _on_row(method, oracle, at, memory, k, i):
    memory = _opened(oracle, at, memory, k)
    problem = oracle.problem
    m = row_dot(problem.sample.z, i, at.x)
    value, decay = value_decay(problem.loss, m)
    x = add_row(method.stepsize * decay, problem.sample.z, i, at.x)
    f, g = value_grad(oracle, x, at.g)
    mistakes = memory.mistakes + 1.0 if m <= 0.0 else memory.mistakes
    error_sum = memory.error_sum + memory.error
    return Point(x, f, g), Played(memory.steps + 1.0, memory.loss_sum + value, mistakes, _error(oracle), error_sum)


@inline
def _drawn(weights, u):
    """The row i with p_0 + ... + p_(i-1) <= u < p_0 + ... + p_i."""
    total = weights[0]
    i = 0
    while (i < weights.size - 1) and (total <= u):
        i += 1
        total += weights[i]
    return i


@inline
def _step(method, oracle, at, memory, k, stream):
    i = _drawn(oracle.problem.sample.weights, uniforms(stream, k, (0.0,))[0])
    return _on_row(method, oracle, at, memory, k, i)


@inline
def _cyclic_step(method, oracle, at, memory, k, stream):
    return _on_row(method, oracle, at, memory, k, k % oracle.problem.sample.z.shape[0])


@inline
def _columns(method, at, memory):
    steps = memory.steps if memory.steps > 0.0 else 1.0
    return method.stepsize, memory.loss_sum / steps, memory.mistakes, memory.error_sum / steps


class SGD(NamedTuple):
    r"""One pass: :math:`w_{k+1} = w_k + \eta\,|l'(m)|\,z_i` with :math:`m = \langle z_i, w_k\rangle` [1]_.

    The row i is drawn from the weights, independently at each step. The gap is the loss of the whole sample, that is
    of the population the rows are drawn from. Columns: the stepsize, `path_loss`, the mean over k < t of the loss of
    the row drawn at :math:`w_k`, `mistakes`, how many of these rows had a margin of at most 0, and `mean_error`, the
    mean over k < t of the weight of all rows whose margin at :math:`w_k` is at most 0.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`.
    """

    stepsize: float

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    column_names = ("stepsize", "path_loss", "mistakes", "mean_error")
    needs = ()
    asks = ("sample", "seen")

    def patience(self) -> float:
        """A row that is classified with certainty moves nothing; the next one may."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "stepsize")


class CyclicSGD(NamedTuple):
    r"""Many passes: as `SGD`, but the rows come in their order, pass after pass, whatever their weights.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0`.
    """

    stepsize: float

    init = staticmethod(_init)
    step = staticmethod(_cyclic_step)
    columns = staticmethod(_columns)
    column_names = ("stepsize", "path_loss", "mistakes", "mean_error")
    needs = ()
    asks = ("sample", "seen")

    def patience(self) -> float:
        """A row that is classified with certainty moves nothing; the next one may."""
        return 2**62

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "stepsize")
