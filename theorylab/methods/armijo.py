r"""Gradient descent whose stepsize is searched for at every step: Armijo's test, with and without a memory.

The test, and how a search stalls, stand in `linesearch`.

References
----------
.. [1] B. Bensaid (2024), arXiv:2412.14637, on Armijo-like algorithms under (L0,L1)-smoothness and analyticity; the
   searches after the author's public code. [secondary]
"""

import math
from typing import NamedTuple

from theorylab.kernels import inline, norm2

from .linesearch import (
    COLUMNS,
    MEANINGS,
    Ray,
    arrived,
    bisected,
    grown,
    impatient,
    search,
    search_columns,
    search_faults,
    search_init,
)


@inline
def gradient_ray(at):
    """Along the gradient itself."""
    n2 = norm2(at.g)
    return Ray(at.g, 1.0, math.sqrt(n2), n2, at.f)


@inline
def _reset_step(method, oracle, at, memory, k, stream):
    ray = gradient_ray(at)
    return arrived(oracle, at, memory, search(method, oracle, at, ray, memory), ray.reach, method.t0)


@inline
def _memory_step(method, oracle, at, memory, k, stream):
    ray = gradient_ray(at)
    found = search(method, oracle, at, ray, memory)
    return arrived(oracle, at, memory, found, ray.reach, grown(method, found.stepsize))


@inline
def _bisect_step(method, oracle, at, memory, k, stream):
    ray = gradient_ray(at)
    found = bisected(method, oracle, at, ray, search(method, oracle, at, ray, memory))
    return arrived(oracle, at, memory, found, ray.reach, method.grow * found.stepsize)


class ResetArmijo(NamedTuple):
    r"""Armijo backtracking whose every search begins at :math:`t_0`.

    Columns, as of all searches here: `stepsize`, the accepted one that led to this point (0 at the start); `values`,
    1 + the number of trials; `gradients`, 1 + the accepted steps; `rejections`; `length` of the path.

    Parameters
    ----------
    t0 : float
        First trial :math:`t_0 > 0`.
    shrink : float
        :math:`f_1 > 1`: a rejected trial is divided by it.
    decrease : float
        :math:`0 < \lambda < 1` of Armijo's test.
    """

    t0: float = 1.0
    shrink: float = 2.0
    decrease: float = 0.5

    init = staticmethod(search_init)
    step = staticmethod(_reset_step)
    columns = staticmethod(search_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    #: The loop of a search does not vectorise; `ResetTrials` does.
    lanes = False
    patience = impatient
    faults = search_faults


class MemoryArmijo(NamedTuple):
    r"""Armijo backtracking that begins at :math:`\min(f_2 t_{k-1}, t_\max)`, the first time at :math:`t_0` [1]_.

    Uncapped, K steps cost :math:`\log_{f_1}(t_0 f_2^{K-1}/t_{K-1})` rejections exactly. Columns as of `ResetArmijo`.

    Parameters
    ----------
    t0 : float
        The very first trial :math:`t_0 > 0`.
    shrink, grow : float
        :math:`f_1 > 1` and :math:`f_2 \ge 1`.
    decrease : float
        :math:`0 < \lambda < 1`.
    cap : float
        :math:`t_\max`, inf for none; the first trial is :math:`t_0` whatever the cap.
    """

    t0: float = 0.1
    shrink: float = 2.0
    grow: float = 1e4
    decrease: float = 0.5
    cap: float = math.inf

    init = staticmethod(search_init)
    step = staticmethod(_memory_step)
    columns = staticmethod(search_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    #: The loop of a search does not vectorise; `MemoryTrials` does.
    lanes = False
    patience = impatient
    faults = search_faults


class BisectArmijo(NamedTuple):
    r"""`MemoryArmijo` without a cap that refines what it found: J trials between :math:`t_a` and :math:`f_1 t_a` [1]_.

    Only after a rejection. Each trial is the middle of two logarithms and counts as a value, and as a rejection if it
    fails. Columns as of `ResetArmijo`.

    Parameters
    ----------
    t0, shrink, grow, decrease : float
        As of `MemoryArmijo`.
    bisections : int
        :math:`J \ge 0`.
    """

    t0: float = 0.1
    shrink: float = 30.0
    grow: float = 1e4
    decrease: float = 0.5
    bisections: int = 3

    init = staticmethod(search_init)
    step = staticmethod(_bisect_step)
    columns = staticmethod(search_columns)
    column_names = COLUMNS
    meanings = MEANINGS
    needs = ()
    lanes = False
    patience = impatient
    faults = search_faults
