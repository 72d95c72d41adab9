r"""Learning-rate schedules: the step of number t is :math:`\eta_t = \eta\,h((t-1)/T)`, t = 1, ..., T.

Loops count from 0. Their step k is the paper's t = k + 1, so that :math:`u = k/T` is the fraction done before the step
and :math:`x = (T-k)/T` the one that remains, the step included: x = 1 at the first and x = 1/T at the last step. A
polynomial of degree p thus ends with :math:`h = T^{-p} > 0`. From step T on the height stays what it was at the last.

A schedule is a NamedTuple whose class has a jitted ``height(schedule, k, horizon)`` and an ``expression(x, T)``.

References
----------
.. [1] A. Attia, T. Koren (2025), arXiv:2503.09411. Polynomial, constant and inverse-square-root [quoted], cosine
   [secondary]; the others are ours. [derived]
"""

import math
from typing import NamedTuple

from problems.formulas import rational
from problems.ranges import count, positive
from theorylab.kernels import fma, inline, power

#: :math:`\sin(\tfrac\pi2 x)/x` in :math:`x^2` on [0, 1], ascending; its relative error is 3e-19 before rounding.
_SIN = (
    1.5707963267948966, -0.6459640975062462, 0.07969262624616565, -0.004681754135304255, 0.0001604411847130916,
    -3.5988430204672576e-06, 5.6921364280986254e-08, -6.684416831856085e-10, 5.87297574479995e-12,
)  # fmt: skip


@inline
def sin2_quarter(x):
    r""":math:`\sin^2(\tfrac\pi2 x)` for :math:`0 \le x \le 1`, to 6 units in the last place; no branch and no call."""
    c, z = _SIN, x * x
    square = z * z
    even = fma(fma(fma(fma(c[8], square, c[6]), square, c[4]), square, c[2]), square, c[0])
    odd = fma(fma(fma(c[7], square, c[5]), square, c[3]), square, c[1])
    s = x * fma(odd, z, even)
    return min(s * s, 1.0)


#: What the polynomial stands for, on balls.
EXACT = {"sin2_quarter": lambda functions, x: functions.sin(functions.pi * x / 2.0) ** 2}


@inline
def remaining(k, horizon):
    """The fraction x = (T - k)/T that remains before step k; 1/T from the last step on."""
    left = horizon - k if k < horizon else 1
    return (1.0 * left) / (1.0 * horizon)


@inline
def _slowness(k, horizon):
    """T/t with t = k + 1; 1 from the last step on."""
    done = k + 1 if k < horizon else horizon
    return (1.0 * horizon) / (1.0 * done)


@inline
def _constant(schedule, k, horizon):
    return 1.0


@inline
def _inverse_sqrt(schedule, k, horizon):
    return math.sqrt(_slowness(k, horizon))


@inline
def _linear(schedule, k, horizon):
    return remaining(k, horizon)


@inline
def _polynomial(schedule, k, horizon):
    return power(remaining(k, horizon), schedule.p)


@inline
def _real_polynomial(schedule, k, horizon):
    return remaining(k, horizon) ** schedule.p


@inline
def _cosine(schedule, k, horizon):
    return sin2_quarter(remaining(k, horizon))


@inline
def _wsd(schedule, k, horizon):
    return min(1.0, remaining(k, horizon) / schedule.c)


@inline
def _sqrt_cooldown(schedule, k, horizon):
    r = min(1.0, remaining(k, horizon) / schedule.c)
    return r / (1.0 + math.sqrt(1.0 - r))  # 1 - sqrt(1 - r) without its cancellation


@inline
def _power_decay(schedule, k, horizon):
    return _slowness(k, horizon) ** schedule.p


def horizon_symbol():
    """The number of steps T as a sympy symbol."""
    import sympy as sp

    return sp.Symbol("T", positive=True, integer=True)


def _no_faults(self) -> list[str]:
    """Nothing can be out of range."""
    return []


def _fraction_faults(self) -> list[str]:
    """A sentence unless 0 < c <= 1."""
    if faults := positive(self, "c"):
        return faults
    return [] if self.c <= 1 else [f"{type(self).__name__}.c is {self.c}; it has to be at most 1, the whole run"]


class Constant(NamedTuple):
    r""":math:`h = 1`."""

    height = staticmethod(_constant)
    faults = _no_faults

    def expression(self, x, T=None):
        """The height at the remaining fraction x."""
        return 0 * x + 1


class InverseSqrt(NamedTuple):
    r""":math:`h = \sqrt{T/t}`, normalised to 1 at t = T: the height at the start is :math:`\sqrt T`."""

    height = staticmethod(_inverse_sqrt)
    faults = _no_faults

    def expression(self, x, T=None):
        """The height at the remaining fraction x of T steps; T is a symbol if not given."""
        import sympy as sp

        return sp.sqrt(1 / (1 - x + sp.Integer(1) / (T or horizon_symbol())))


class Linear(NamedTuple):
    r""":math:`h = x = 1 - u`."""

    height = staticmethod(_linear)
    faults = _no_faults

    def expression(self, x, T=None):
        """The height at the remaining fraction x."""
        return x


class Polynomial(NamedTuple):
    r""":math:`h = x^p = (1-u)^p`, by products.

    Parameters
    ----------
    p : int
        The degree, 1 to 31.
    """

    p: int

    height = staticmethod(_polynomial)

    def expression(self, x, T=None):
        """The height at the remaining fraction x."""
        return x**self.p

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return count(self, 1, "p") or ([] if self.p <= 31 else [f"Polynomial.p is {self.p}; it has to be at most 31"])


class RealPolynomial(NamedTuple):
    r""":math:`h = x^p = (1-u)^p` for real p; it calls the library, which `Polynomial` does not.

    Parameters
    ----------
    p : float
        Positive.
    """

    p: float

    height = staticmethod(_real_polynomial)

    def expression(self, x, T=None):
        """The height at the remaining fraction x."""
        return x ** rational(self.p)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "p")


class Cosine(NamedTuple):
    r""":math:`h = \tfrac12(1 + \cos\pi u) = \sin^2(\tfrac\pi2 x)`."""

    height = staticmethod(_cosine)
    faults = _no_faults

    def expression(self, x, T=None):
        """The height at the remaining fraction x."""
        import sympy as sp

        return (1 - sp.cos(sp.pi * x)) / 2


class WSD(NamedTuple):
    r""":math:`h = \min(1, x/c)`: constant, then linear to 0 over the last fraction c (trapezoid).

    Parameters
    ----------
    c : float
        0 < c <= 1.
    """

    c: float = 0.2

    height = staticmethod(_wsd)
    faults = _fraction_faults

    def expression(self, x, T=None):
        """The height at the remaining fraction x."""
        import sympy as sp

        return sp.Min(1, x / rational(self.c))


class SqrtCooldown(NamedTuple):
    r""":math:`h = 1 - \sqrt{1 - x/c}` over the last fraction c, 1 before.

    Parameters
    ----------
    c : float
        0 < c <= 1.
    """

    c: float = 0.2

    height = staticmethod(_sqrt_cooldown)
    faults = _fraction_faults

    def expression(self, x, T=None):
        """The height at the remaining fraction x."""
        import sympy as sp

        return 1 - sp.sqrt(1 - sp.Min(1, x / rational(self.c)))


class PowerDecay(NamedTuple):
    r""":math:`h = (T/t)^p`: not a polynomial decay of degree p, which is 0 at the end, though it is often read as one.

    Parameters
    ----------
    p : float
        Positive.
    """

    p: float

    height = staticmethod(_power_decay)

    def expression(self, x, T=None):
        """The height at the remaining fraction x of T steps; T is a symbol if not given."""
        import sympy as sp

        return (1 / (1 - x + sp.Integer(1) / (T or horizon_symbol()))) ** rational(self.p)

    def faults(self) -> list[str]:
        """Sentences that say which parameter is out of its range."""
        return positive(self, "p")
