r"""Stepsizes given by a formula: of the gradient norm, for (L0,L1)-smooth functions, or of the step's number.

References
----------
.. [1] J. Zhang, T. He, S. Sra, A. Jadbabaie (2020), Why gradient clipping accelerates training: a theoretical
   justification for adaptivity. [secondary; the constants are unverified]
"""

import math
from typing import NamedTuple

from problems.ranges import positive
from theorylab.kernels import axpy, inline, norm2, one_call, settled

from .gradient import nothing
from .linesearch import impatient


def _smoothness_faults(record) -> list[str]:
    """Sentences on L0 and L1."""
    name = type(record).__name__
    faults = [
        f"{name}.{field} is {getattr(record, field)}; it has to be a finite number of at least 0"
        for field in ("L0", "L1")
        if not 0 <= getattr(record, field) < math.inf
    ]
    if not faults and record.L0 == record.L1 == 0:
        return [f"{name}.L0 and {name}.L1 are both 0; one of them has to be positive"]
    return faults


@inline
def _clipped_stepsize(method, at):
    steepness = method.L1 * math.sqrt(norm2(at.g))
    return 1.0 / (10.0 * (steepness if steepness > method.L0 else method.L0))


@inline
def _clipped_move(method, oracle, at, memory, k, stream):
    return axpy(-_clipped_stepsize(method, at), at.g, at.x), memory


@inline
def _clipped_columns(method, at, memory):
    return (_clipped_stepsize(method, at),)


class ClippedGD(NamedTuple):
    r"""Gradient descent with :math:`h = \min(1/(10L_0), 1/(10L_1|\nabla f|))`: clipping with known constants [1]_.

    Parameters
    ----------
    L0, L1 : float
        :math:`L_0, L_1 \ge 0`, not both 0, with :math:`|\nabla^2 f| \le L_0 + L_1|\nabla f|`.
    """

    L0: float
    L1: float

    init = staticmethod(nothing)
    step = staticmethod(one_call)
    move = staticmethod(_clipped_move)
    settle = staticmethod(settled)
    columns = staticmethod(_clipped_columns)
    column_names = ("stepsize",)
    needs = ()
    patience = impatient

    def faults(self):
        """Sentences that say which field is out of its range."""
        return _smoothness_faults(self)


@inline
def _smooth_stepsize(method, at):
    return 1.0 / (method.L0 + method.c * method.L1 * math.sqrt(norm2(at.g)))


@inline
def _smooth_move(method, oracle, at, memory, k, stream):
    return axpy(-_smooth_stepsize(method, at), at.g, at.x), memory


@inline
def _smooth_columns(method, at, memory):
    return (_smooth_stepsize(method, at),)


class L0L1Step(NamedTuple):
    r"""Gradient descent with :math:`t = 1/(L_0 + cL_1|\nabla f|)`; c = 4/3 passes Armijo's test for 1/2. [derived]

    Parameters
    ----------
    L0, L1 : float
        :math:`L_0, L_1 \ge 0`, not both 0.
    c : float
        Positive.
    """

    L0: float
    L1: float
    c: float = 4.0 / 3.0

    init = staticmethod(nothing)
    step = staticmethod(one_call)
    move = staticmethod(_smooth_move)
    settle = staticmethod(settled)
    columns = staticmethod(_smooth_columns)
    column_names = ("stepsize",)
    needs = ()
    patience = impatient

    def faults(self):
        """Sentences that say which field is out of its range."""
        return _smoothness_faults(self) + positive(self, "c")


class Passed(NamedTuple):
    """Steps done."""

    steps: float


@inline
def _decaying_init(method, x):
    return Passed(0.0)


@inline
def _decaying_move(method, oracle, at, memory, k, stream):
    steps = memory.steps + 1.0
    return axpy(-method.t0 / steps, at.g, at.x), Passed(steps)


@inline
def _decaying_columns(method, at, memory):
    return (method.t0 / (memory.steps + 1.0),)


class DecayingStep(NamedTuple):
    r"""Gradient descent with :math:`t_k = t_0/(k+1)`: its steps have no floor.

    Parameters
    ----------
    t0 : float
        :math:`t_0 > 0`.
    """

    t0: float

    init = staticmethod(_decaying_init)
    step = staticmethod(one_call)
    move = staticmethod(_decaying_move)
    settle = staticmethod(settled)
    columns = staticmethod(_decaying_columns)
    column_names = ("stepsize",)
    needs = ()
    patience = impatient

    def faults(self):
        """Sentences that say which field is out of its range."""
        return positive(self, "t0")
