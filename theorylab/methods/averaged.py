"""Averages of the iterates, beside any method, and the gaps at them."""

from typing import Any, NamedTuple

import numpy as np

from theorylab.kernels import as_state, axpy, broken, cache, columns, fill, init, inline, restore, step

from . import wrapped


class Running(NamedTuple):
    """The method's memory first, then how many iterates were added up, and their sum."""

    inner: object
    steps: float
    plain: object


@inline
def _init(method, x):
    return Running(init(method.method, x), 0.0, fill(x, 0.0))


@inline
def _step(method, oracle, at, memory, k, stream):
    plain = axpy(1.0, at.x, memory.plain)
    at, inner = step(method.method, oracle, at, memory.inner, k, stream)
    return at, Running(inner, memory.steps + 1.0, plain)


@inline
def _columns(method, at, memory):
    return columns(method.method, at, memory.inner)


@inline
def _broken(method, memory):
    return broken(method.method, memory.inner)


class Averaged(NamedTuple):
    r"""The steps of `method`, unchanged, and the sum of the iterates before each.

    `averages` makes :math:`\bar w_T = \frac1T\sum_{t\le T}w_t` of it, `gap_of_average` the gap there.

    Parameters
    ----------
    method : NamedTuple
        Any method.
    """

    method: Any

    init = staticmethod(_init)
    step = staticmethod(_step)
    columns = staticmethod(_columns)
    broken = staticmethod(_broken)
    column_names = property(wrapped.column_names)
    meanings = property(wrapped.meanings)
    needs = property(wrapped.needs)
    asks = property(wrapped.asks)
    lanes = property(wrapped.lanes)
    patience = wrapped.patience
    faults = wrapped.faults
    objections = wrapped.objections
    breach = wrapped.breach

    @staticmethod
    def averages(memory) -> dict:
        """The average of the iterates before this record, from the memory."""
        return {"uniform": [u / memory.steps for u in memory.plain]}


def averages(trace, kind: str = "uniform") -> np.ndarray:
    """Averages of the iterates before each record from the second on, shape (records - 1, dimension).

    Parameters
    ----------
    trace : Trace
        Of `Averaged`, or of a method that keeps averages itself, such as `DoG`.
    kind : str
        "uniform", or one that the method has besides.

    Raises
    ------
    ValueError
        If the method keeps no such average.
    """
    method = trace.method
    if not hasattr(method, "averages"):
        raise ValueError(f"{type(method).__name__} keeps no average of its iterates: run Averaged(method)")
    like = _begun(trace.problem, method, trace.x[0]).memory
    found = [method.averages(restore(like, row)[0]) for row in trace.memory[1:]]
    if found and kind not in found[0]:
        raise ValueError(f"{type(method).__name__} has no {kind} average; it has {', '.join(found[0])}")
    return np.array([average[kind] for average in found], dtype=float).reshape(-1, trace.problem.dimension)


def gap_of_average(trace, kind: str = "uniform") -> np.ndarray:
    """The gaps at these `averages`, shape (records - 1,)."""
    return np.array([_begun(trace.problem, trace.method, x).at.f for x in averages(trace, kind)])


def _begun(problem, method, x):
    return cache.compiled(problem, method).begin(problem, method, as_state(x))
