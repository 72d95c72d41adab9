r"""Levels, hitting times and the floor of a run in the norm of the gradient: what complexity theorems count."""

import math
from typing import Any, NamedTuple

from theorylab.kernels import broken, columns, init, inline, move, norm2, settle, step

from . import wrapped


@inline
def _init(method, x):
    return init(method.method, x)


@inline
def _step(method, oracle, at, memory, k, stream):
    return step(method.method, oracle, at, memory, k, stream)


@inline
def _move(method, oracle, at, memory, k, stream):
    return move(method.method, oracle, at, memory, k, stream)


@inline
def _settle(method, oracle, at, memory, k):
    return settle(method.method, oracle, at, memory, k)


@inline
def _columns(method, at, memory):
    return columns(method.method, at, memory)


@inline
def _broken(method, memory):
    return broken(method.method, memory)


@inline
def _gauge(method, at):
    return math.sqrt(norm2(at.g))


class UntilGradient(NamedTuple):
    r"""The steps of `method`, unchanged; the levels and the floor of a run are values of :math:`|\nabla f(x_k)|`.

    ``run(problem, UntilGradient(method), levels=grid, floor=least)`` has in ``trace.hits`` the complexity
    :math:`N(\varepsilon) = \min\{k : |\nabla f(x_k)| \le \varepsilon\}` of the whole grid, seen at every step and not
    only at the recorded ones, and ends at the first gradient at or below `least` (0 if not given). The first k is
    meant, never a running minimum that is met again. Ceiling, extremes and sums stay about the gap, and so does the
    ending that says that f_star is wrong.

    Where f is computed beside a large constant, a step search cannot see decreases below its rounding:
    `gradient_floor` says where the norm stops falling, and no level below it will be hit.

    Parameters
    ----------
    method : NamedTuple
        Any method.
    """

    method: Any

    init = staticmethod(_init)
    step = staticmethod(_step)
    move = staticmethod(_move)
    settle = staticmethod(_settle)
    columns = staticmethod(_columns)
    broken = staticmethod(_broken)
    gauge = staticmethod(_gauge)
    #: The column that levels are about.
    watched = "grad_norm"
    #: The square of a smaller norm is below the smallest normal float64.
    least_level = 1.5e-154
    column_names = property(wrapped.column_names)
    meanings = property(wrapped.meanings)
    needs = property(wrapped.needs)
    asks = property(wrapped.asks)
    lanes = property(wrapped.lanes)
    patience = wrapped.patience
    faults = wrapped.faults
    objections = wrapped.objections
    breach = wrapped.breach


def gradient_floor(stepsize: float, scale: float, decrease: float = 0.5) -> float:
    r"""The gradient norm below which a step search sees no decrease of an f computed beside a constant. [derived]

    :math:`\sqrt{m\,\mathrm{ulp}(c)/t}` with :math:`m = \lceil\lambda/(1-\lambda)\rceil`: a step t from there lowers f
    by about :math:`t|\nabla f|^2`, which has to survive the rounding of f. The problems of the zoo compute the gap
    :math:`f - f_\star` itself, whose scale falls with it: their floor is that of underflow.

    Parameters
    ----------
    stepsize : float
        t, the cap or the steady stepsize of the search.
    scale : float
        c, the size of the values that are subtracted.
    decrease : float
        :math:`\lambda` of the search.
    """
    for name, value, fine, wanted in (
        ("stepsize", stepsize, stepsize > 0, "positive"),
        ("decrease", decrease, 0 < decrease < 1, "above 0 and below 1"),
        ("scale", scale, math.isfinite(scale), "finite"),
    ):
        if not fine:
            raise ValueError(f"{name} is {value}; it has to be {wanted}")
    # a lambda of 0.9 means 9, though 0.9/(1 - 0.9) is above it by a rounding
    return math.sqrt(math.ceil(decrease / (1 - decrease) * (1 - 1e-12)) * math.ulp(scale) / stepsize)
