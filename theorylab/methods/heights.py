"""Schedules as tables: all heights at once, tables of one's own, and whether a schedule is what a theory needs."""

import math
from typing import NamedTuple

import numpy as np

from problems.ranges import array, count
from theorylab.kernels import inline

#: Least order of vanishing at the end that counts as one: a power of t has 2p/sqrt(T) at most there.
_LEAST_ORDER = 0.1


@inline
def _tabulated(schedule, k, horizon):
    last = schedule.heights.size - 1
    return schedule.heights[k if k < last else last]


class Tabulated(NamedTuple):
    r""":math:`h_{k+1}` = ``heights[k]``: a schedule of one's own, for one horizon; `custom` makes it of a formula.

    Parameters
    ----------
    heights : ndarray, shape (T,)
        Finite and at least 0; the last one is that of the last step.
    """

    heights: np.ndarray

    height = staticmethod(_tabulated)

    def expression(self, x, T=None):
        """None: a table has no formula."""
        return None

    def faults(self) -> list[str]:
        """Sentences on a table that is empty, not finite or negative."""
        faults = array(self, "heights", (None,))
        if faults:
            return faults
        bad = [(k, value) for k, value in enumerate(self.heights) if value < 0]
        return [f"Tabulated.heights[{bad[0][0]}] is {bad[0][1]}; a height has to be at least 0"] if bad else []


def heights(schedule, horizon: int) -> np.ndarray:
    """The heights of steps k = 0, ..., horizon - 1, shape (horizon,), by the function that the kernels run."""
    faults = schedule_faults(schedule, horizon)
    if faults:
        raise ValueError("; ".join(faults))
    plain = getattr(type(schedule).height, "py_func", type(schedule).height)
    return np.array([plain(schedule, k, horizon) for k in range(horizon)], dtype=float)


def custom(h, horizon: int) -> Tabulated:
    r"""A schedule of one's own: :math:`h((t-1)/T)` for t = 1, ..., T.

    Parameters
    ----------
    h : sympy expression or callable
        A formula in one symbol, the fraction u done, or a function of it: numbers from 0 to 1 - 1/T.
    horizon : int
        T; the schedule serves runs of this many steps only.

    Raises
    ------
    ValueError
        If there is another number of symbols, or a height is negative or no finite number.
    """
    faults = [] if isinstance(horizon, int) and horizon > 0 else [f"horizon is {horizon}; it has to be at least 1"]
    function = h
    if not faults and not callable(h):
        import sympy as sp

        formula = sp.sympify(h)
        if len(formula.free_symbols) > 1:
            names = ", ".join(sorted(map(str, formula.free_symbols)))
            faults = [f"the schedule {formula} has the symbols {names}; it has to be a formula in the one symbol u"]
        else:
            symbol = next(iter(formula.free_symbols), sp.Symbol("u"))
            function = sp.lambdify(symbol, formula, "math")
    if not faults:
        made = Tabulated(np.array([float(function(k / horizon)) for k in range(horizon)]))
        faults = made.faults()
    if faults:
        raise ValueError("; ".join(faults))
    return made


def schedule_faults(schedule, horizon) -> list[str]:
    """Sentences on what is no schedule, out of its range, or made for another horizon."""
    if not (hasattr(type(schedule), "height") and hasattr(schedule, "_fields")):
        return [f"the schedule is {schedule!r}; it has to be one of theorylab.methods.schedules, such as Linear()"]
    faults = schedule.faults()
    if not (isinstance(horizon, int) and horizon >= 1):
        faults = [*faults, f"the horizon is {horizon}; it has to be an integer of at least 1"]
    if not faults and isinstance(schedule, Tabulated) and np.size(schedule.heights) != horizon:
        return [
            f"the table has {np.size(schedule.heights)} heights and the horizon is {horizon}; a table serves one "
            "horizon only: make it anew by custom(h, horizon)"
        ]
    return faults


def record_faults(method) -> list[str]:
    """Sentences on a method's fields `schedule` and `horizon`."""
    name = type(method).__name__
    if faults := count(method, 1, "horizon"):
        return faults
    return [f"{name}: {fault}" for fault in schedule_faults(method.schedule, method.horizon)]


def vanishing_order(schedule, horizon: int) -> float:
    r"""The order m of :math:`h \approx c\,x^m` at the end, measured over the last :math:`\sqrt T` steps.

    It is the slope of ln h in ln x between x = 1/T and :math:`1/\sqrt T`: exactly p for a polynomial, of the size of
    :math:`p/(\sqrt T\ln T)` for a power of t; inf if the last height is 0.
    """
    table = heights(schedule, horizon)
    width = max(2, math.isqrt(horizon))
    if horizon < 2 or table[-1] == 0:
        return math.inf if table[-1] == 0 else 0.0
    return float(np.log(table[-width] / table[-1]) / np.log(width))


def misfits(schedule, horizon: int, *, falls: bool = False, vanishes: bool = False) -> list[str]:
    """Sentences on what a theory asks of a schedule and this one does not do.

    Parameters
    ----------
    schedule : NamedTuple
    horizon : int
    falls : bool
        The theory needs heights that never increase.
    vanishes : bool
        The theory needs a height that goes to 0 at the end.
    """
    faults = schedule_faults(schedule, horizon)
    if faults:
        return faults
    table, name = heights(schedule, horizon), type(schedule).__name__
    rises = np.flatnonzero(np.diff(table) > 4e-16 * table[:-1])
    if falls and rises.size:
        k = int(rises[0])
        faults.append(
            f"{name} rises from {table[k]:.6g} at step {k} to {table[k + 1]:.6g} at step {k + 1}; it has to be "
            "non-increasing here"
        )
    if vanishes and vanishing_order(schedule, horizon) < _LEAST_ORDER:
        faults.append(
            f"{name} does not vanish at the end: its last height is {table[-1]:.6g} and hardly less than that of "
            f"{max(2, math.isqrt(horizon))} steps before; take one with h = 0 at the end, such as Linear()"
        )
    return faults
