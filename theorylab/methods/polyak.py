r"""Polyak's stepsize, alone and between short steps, with a known or an estimated optimal value.

References
----------
.. [1] D. Davis, D. Drusvyatskiy, L. Jiang (2024), Gradient descent with adaptive stepsize converges (nearly) linearly
   under fourth-order growth, arXiv:2409.19791. GDPolyak and its restarts after the authors' public code. [secondary]
.. [2] B. T. Polyak (1969), Minimization of unsmooth functionals. [secondary]
"""

from typing import NamedTuple

from problems.ranges import count, finite, positive
from theorylab.kernels import Point, axpy, copy, inline, norm2, put, value_grad

from .gradient import nothing


@inline
def polyak_stepsize(gap, n2):
    r""":math:`(f(x) - f_\star)/|\nabla f(x)|^2`, zero where the gradient is; negative if f_star was over-estimated."""
    return gap / n2 if n2 > 0.0 else 0.0


@inline
def _move(oracle, at, stepsize):
    x = axpy(-stepsize, at.g, at.x)
    f, g = value_grad(oracle, x, at.g)
    return Point(x, f, g)


@inline
def _polyak_stepsize_at(method, at):
    return method.factor * polyak_stepsize(at.f - method.f_star_error, norm2(at.g))


@inline
def _polyak_step(method, oracle, at, memory, k, stream):
    return _move(oracle, at, _polyak_stepsize_at(method, at)), memory


@inline
def _polyak_columns(method, at, memory):
    return (_polyak_stepsize_at(method, at),)


class Polyak(NamedTuple):
    r""":math:`x_{k+1} = x_k - \theta\,\frac{f(x_k) - \hat f}{|\nabla f(x_k)|^2}\nabla f(x_k)`.

    Parameters
    ----------
    factor : float
        :math:`\theta > 0`; 1 is Polyak's choice.
    f_star_error : float
        :math:`\hat f - f_\star`: how far the optimal value used is off (units of f).
    """

    factor: float = 1.0
    f_star_error: float = 0.0

    init = staticmethod(nothing)
    step = staticmethod(_polyak_step)
    columns = staticmethod(_polyak_columns)
    column_names = ("stepsize",)
    needs = ("f_star",)

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more."""
        return 1

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "factor") + finite(self, "f_star_error")


class Countdown(NamedTuple):
    """Short steps left before the next long one."""

    left: int


@inline
def _gdpolyak_init(method, x):
    return Countdown(method.short_steps)


@inline
def _gdpolyak_stepsize(method, at, left):
    stepsize = method.stepsize
    if left == 0:
        stepsize = method.factor * polyak_stepsize(at.f - method.f_star_error, norm2(at.g))
    return stepsize


@inline
def _gdpolyak_step(method, oracle, at, memory, k, stream):
    point = _move(oracle, at, _gdpolyak_stepsize(method, at, memory.left))
    return point, Countdown(memory.left - 1 if memory.left > 0 else method.short_steps)


@inline
def _gdpolyak_columns(method, at, memory):
    return (_gdpolyak_stepsize(method, at, memory.left),)


class GDPolyak(NamedTuple):
    r"""Epochs of K short steps :math:`x \leftarrow x - \eta \nabla f(x)` and one Polyak step.

    Step k is a Polyak step where k mod (K+1) = K; an epoch costs K+1 gradients. The Polyak stepsize is never clipped:
    it is negative where the f_star used exceeds f(x).

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0` of the short steps.
    short_steps : int
        :math:`K \ge 0`; K = 0 is Polyak's method.
    factor, f_star_error : float
        As in `Polyak`.
    """

    stepsize: float
    short_steps: int
    factor: float = 1.0
    f_star_error: float = 0.0

    init = staticmethod(_gdpolyak_init)
    step = staticmethod(_gdpolyak_step)
    columns = staticmethod(_gdpolyak_columns)
    column_names = ("stepsize",)
    needs = ("f_star",)

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more: short ones may be null beside a long one."""
        return self.short_steps + 1

    def faults(self):
        """Sentences that say which field is out of its range."""
        fields = positive(self, "stepsize", "factor") + finite(self, "f_star_error")
        return fields + count(self, 0, "short_steps")


class Estimate(NamedTuple):
    """What restarts remember: steps done in this round, the estimate of f_star, the least f seen, the start."""

    done: int
    estimate: float
    least: float
    start: object


@inline
def _restarted_init(method, x):
    return Estimate(0, method.lower_bound, float("inf"), copy(x))


@inline
def _restarted_stepsize(method, at, memory):
    stepsize = method.stepsize
    if memory.done % (method.short_steps + 1) == method.short_steps:
        stepsize = 0.5 * polyak_stepsize(at.f - memory.estimate, norm2(at.g))
    return stepsize


@inline
def _restarted_step(method, oracle, at, memory, k, stream):
    least = at.f if at.f < memory.least else memory.least
    if memory.done == method.epochs * (method.short_steps + 1):
        x = put(at.x, memory.start)
        f, g = value_grad(oracle, x, at.g)
        return Point(x, f, g), Estimate(0, 0.5 * (least + memory.estimate), least, memory.start)
    point = _move(oracle, at, _restarted_stepsize(method, at, memory))
    return point, Estimate(memory.done + 1, memory.estimate, least, memory.start)


@inline
def _restarted_columns(method, at, memory):
    return _restarted_stepsize(method, at, memory), memory.estimate


class RestartedGDPolyak(NamedTuple):
    r"""GDPolyak for an unknown f_star: rounds from the same start, each with a better estimate.

    A round runs I epochs from :math:`x_0` with HALF the Polyak stepsize for the present estimate; then
    :math:`\mathrm{est} \leftarrow (\min f + \mathrm{est})/2`, the minimum being over everything ever seen [1]_. The
    return to :math:`x_0` is a step of its own (it costs a gradient): a round has I(K+1)+1 steps.

    Parameters
    ----------
    stepsize : float
        :math:`\eta > 0` of the short steps.
    short_steps, epochs : int
        K >= 0 and I >= 1.
    lower_bound : float
        First estimate, relative to f_star: :math:`\mathrm{est}_0 - f_\star \le 0` is the paper's assumption; it is not
        checked, since what happens without it is a question for a trial.
    """

    stepsize: float
    short_steps: int
    epochs: int
    lower_bound: float

    init = staticmethod(_restarted_init)
    step = staticmethod(_restarted_step)
    columns = staticmethod(_restarted_columns)
    column_names = ("stepsize", "estimate")
    needs = ()

    def patience(self) -> int:
        """Null steps in a row after which nothing can change any more."""
        return self.epochs * (self.short_steps + 1) + 2

    def faults(self):
        """Sentences that say which field is out of its range."""
        fields = positive(self, "stepsize") + finite(self, "lower_bound")
        return fields + count(self, 0, "short_steps") + count(self, 1, "epochs")
