r"""Losses of one margin: decreasing functions l, their decay :math:`-l'`, and the logarithm of their mean.

References
----------
.. [1] J. Wu, P. L. Bartlett, M. Telgarsky, B. Yu (2024), Large stepsize gradient descent for logistic loss:
   non-monotonicity of the loss improves optimization efficiency, COLT, PMLR 247:5019-5073, section 2 and
   Proposition 5. [quoted]
"""

import math
from typing import NamedTuple

from theorylab.kernels import exp_minus, inline, softplus

from .ranges import positive

#: Below this value of the mean loss its logarithm comes from the margins: the value itself is about to underflow.
TINY = 1e-290


@inline
def log_exp_sum(margins, weights, rate):
    r""":math:`\ln\sum_i p_i e^{-r m_i}` without overflow or underflow."""
    least = margins[0]
    for i in range(1, margins.size):
        least = min(least, margins[i])
    total = 0.0
    for i in range(margins.size):
        total += weights[i] * exp_minus(rate * (least - margins[i]))
    return math.log(total) - rate * least


@inline
def log_of(f, margins, weights, rate):
    """ln f, where f is the mean of a loss whose tail is e^(-rate m): in the tail relative errors are below `TINY`."""
    return math.log(f) if f > TINY else log_exp_sum(margins, weights, rate)


@inline
def _exponential(m):
    """e^(-m), infinite where that overflows."""
    return math.inf if m < -709.0 else math.exp(-m)


#: In real arithmetic nothing underflows or overflows.
EXACT = {
    "log_of": lambda math, f, margins, weights, rate: math.log(f),
    "_exponential": lambda math, m: math.exp(-m),
}


@inline
def _logistic(loss, m):
    return softplus(m)


@inline
def _logistic_log(loss, margins, weights, f):
    return log_of(f, margins, weights, 1.0)


class Logistic(NamedTuple):
    r""":math:`l(m) = \ln(1 + e^{-m})`."""

    value_decay = staticmethod(_logistic)
    log_mean = staticmethod(_logistic_log)

    @property
    def steepest(self) -> float:
        """Largest second derivative, at m = 0."""
        return 0.25

    def formula(self, m):
        """The loss at a sympy expression."""
        import sympy as sp

        return sp.log(1 + sp.exp(-m))

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []


@inline
def _exp(loss, m):
    e = _exponential(m)
    return e, e


@inline
def _exp_log(loss, margins, weights, f):
    return log_exp_sum(margins, weights, 1.0)


class Exponential(NamedTuple):
    r""":math:`l(m) = e^{-m}`, not flattened: its derivative is unbounded, and large stepsizes overflow."""

    value_decay = staticmethod(_exp)
    log_mean = staticmethod(_exp_log)

    @property
    def steepest(self) -> None:
        """None: the second derivative is unbounded."""
        return None

    def formula(self, m):
        """The loss at a sympy expression."""
        import sympy as sp

        return sp.exp(-m)

    def faults(self) -> list[str]:
        """Nothing can be out of range."""
        return []


@inline
def _flat_exp(loss, m):
    if m > 0.0:
        e = exp_minus(-loss.a * m)
        return e, loss.a * e
    return 1.0 - loss.a * m, loss.a


@inline
def _flat_exp_log(loss, margins, weights, f):
    return log_of(f, margins, weights, loss.a)


class FlattenedExp(NamedTuple):
    r""":math:`l(m) = e^{-am}` for m > 0 and :math:`1 - am` below [1]_.

    Parameters
    ----------
    a : float
        Positive.
    """

    a: float = 1.0

    value_decay = staticmethod(_flat_exp)
    log_mean = staticmethod(_flat_exp_log)

    @property
    def steepest(self) -> float:
        """Largest second derivative where there is one, a Lipschitz constant of l' everywhere."""
        return self.a * self.a

    def formula(self, m):
        """The loss at a sympy expression."""
        return _flattened(m, self.a, lambda a, positive: _sympy().exp(-a * positive))

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "a")


@inline
def _flat_poly(loss, m):
    if m > 0.0:
        value = (1.0 + m) ** -loss.a
        return value, loss.a * value / (1.0 + m)
    return 1.0 - loss.a * m, loss.a


@inline
def _flat_poly_log(loss, margins, weights, f):
    return math.log(f)


class FlattenedPoly(NamedTuple):
    r""":math:`l(m) = (1 + m)^{-a}` for m > 0 and :math:`1 - am` below [1]_.

    Parameters
    ----------
    a : float
        Positive.
    """

    a: float = 1.0

    value_decay = staticmethod(_flat_poly)
    log_mean = staticmethod(_flat_poly_log)

    @property
    def steepest(self) -> float:
        """Largest second derivative where there is one, a Lipschitz constant of l' everywhere."""
        return self.a * (self.a + 1.0)

    def formula(self, m):
        """The loss at a sympy expression."""
        return _flattened(m, self.a, lambda a, positive: (1 + positive) ** -a)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "a")


def _sympy():
    import sympy

    return sympy


def _flattened(m, a, tail):
    """The tail at the positive part of m, plus a times the negative part: no case distinction, as balls need it."""
    sp = _sympy()
    a, positive = sp.Rational(float(a)), (m + sp.Abs(m)) / 2
    return tail(a, positive) + a * (positive - m)
