r"""Strict balls: real numbers known up to a radius, which refuse to guess.

A ball :math:`[m \pm r]` encloses one real number, and every operation encloses the exact result (python-flint's
``arb``). Bare ``arb`` fails silently where a kernel branches or rounds: for overlapping balls ``a < b`` and ``a >= b``
are both False, and ``math.exp(a)`` or a store into a float array gives a float64. Here both raise.

The precision is global to the process, threads included: replay in processes, and set it by `precision`.
"""

import math
import operator
from fractions import Fraction

import flint
import numpy as np
from flint import arb, fmpq


class Undecided(ArithmeticError):
    """The enclosure is too wide to decide a comparison: more precision may, an exact tie of irrationals never will."""


def as_arb(value) -> arb:
    """The ball of one given number: exact for floats and integers, as narrow as the precision for fractions.

    Raises
    ------
    TypeError
        If it is not a real number.
    """
    if isinstance(value, Ball):
        return value.v
    if isinstance(value, arb):
        return value
    if isinstance(value, (float, np.floating)):
        return arb(float(value))
    if isinstance(value, (int, np.integer)):
        return arb(int(value))
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    raise TypeError(f"{value!r} is not a real number; a ball holds a float, an integer or a fraction")


def _operand(value):
    """The other side of an operation: balls and integers only; a float64 here means that something was rounded."""
    if isinstance(value, Ball):
        return value.v
    if isinstance(value, (int, np.integer)):
        return arb(int(value))
    if isinstance(value, (float, np.floating)):
        raise TypeError(
            f"the float64 {value!r} met a ball: it was computed outside the replay and may be rounded; "
            "write divisions as 1.0/n, keep constants in the function or the record, wrap exact numbers in Ball"
        )
    return None


# __init__ and its checks would cost as much as the arithmetic
_blank = object.__new__


def _binary(operation):
    def method(self, other):
        value = other.v if type(other) is Ball else _operand(other)
        if value is None:
            return NotImplemented
        ball = _blank(Ball)
        ball.v = operation(self.v, value)
        return ball

    return method


def _reflected(operation):
    def method(self, other):
        value = _operand(other)
        return NotImplemented if value is None else _new(operation(value, self.v))

    return method


def _comparison(holds, fails, sign):
    def method(self, other):
        value = other.v if type(other) is Ball else _operand(other)
        if value is None:
            return NotImplemented
        if holds(self.v, value):
            return True
        if fails(self.v, value):
            return False
        raise Undecided(f"{(self.v - value).str(5)} {sign} 0 is undecided at {flint.ctx.prec} bits")

    return method


class Ball:
    """A real number enclosed by an ``arb``; comparisons are decided or raise `Undecided`."""

    __slots__ = ("v",)
    __hash__ = None

    def __init__(self, value):
        self.v = as_arb(value)

    __add__, __radd__ = _binary(operator.add), _reflected(operator.add)
    __sub__, __rsub__ = _binary(operator.sub), _reflected(operator.sub)
    __mul__, __rmul__ = _binary(operator.mul), _reflected(operator.mul)
    __truediv__, __rtruediv__ = _binary(operator.truediv), _reflected(operator.truediv)
    __pow__, __rpow__ = _binary(operator.pow), _reflected(operator.pow)
    __lt__, __ge__ = _comparison(operator.lt, operator.ge, "<"), _comparison(operator.ge, operator.lt, ">=")
    __gt__, __le__ = _comparison(operator.gt, operator.le, ">"), _comparison(operator.le, operator.gt, "<=")
    __eq__, __ne__ = _comparison(operator.eq, operator.ne, "=="), _comparison(operator.ne, operator.eq, "!=")

    def __neg__(self):
        return _new(-self.v)

    def __pos__(self):
        return self

    def __abs__(self):
        return _new(abs(self.v))

    def __index__(self):
        if self.v.is_exact() and self.v.is_integer():
            return int(self.v.unique_fmpz())
        raise TypeError(f"{self!r} was used as an integer; only an exact integer can be an index or a count")

    def __mod__(self, other):
        return Ball(self.__index__() % operator.index(other))

    def __rmod__(self, other):
        return Ball(operator.index(other) % self.__index__())

    def __floordiv__(self, other):
        return Ball(self.__index__() // operator.index(other))

    def __rfloordiv__(self, other):
        return Ball(operator.index(other) // self.__index__())

    def __float__(self):
        raise TypeError(f"{self!r} was turned into a float64 inside a replay; use math.* and np.* by module")

    def __bool__(self):
        raise TypeError(f"{self!r} was used as a truth value; compare it with something")

    def __repr__(self):
        return f"Ball({self.v.str(12)})"

    @property
    def is_finite(self) -> bool:
        """Whether the enclosure is bounded."""
        return self.v.is_finite()

    @property
    def is_zero(self) -> bool:
        """Whether it is exactly zero."""
        return self.v.is_zero()

    @property
    def middle(self) -> "Ball":
        """The exact midpoint, as a ball of radius zero."""
        return _new(self.v.mid())

    @property
    def accuracy(self) -> int:
        """Correct bits: about -log2 of the relative radius."""
        return self.v.rel_accuracy_bits()

    def enclosure(self) -> tuple[float, float]:
        """Float64 bounds of the number, rounded outwards."""
        low, high = self.v.lower(), self.v.upper()
        below, above = float(low), float(high)
        if not arb(below) <= low:
            below = math.nextafter(below, -math.inf)
        if not arb(above) >= high:
            above = math.nextafter(above, math.inf)
        return below, above

    def overlaps(self, low: float, high: float) -> bool:
        """Whether some number of the ball lies in [low, high]."""
        return not (self.v < arb(low) or self.v > arb(high))


def _new(value: arb) -> Ball:
    ball = _blank(Ball)
    ball.v = value
    return ball


def _elementary(name):
    function = getattr(arb, name)
    return lambda self: _new(function(self.v))


#: Functions of one argument that a ball answers by a method of this name.
ELEMENTARY = (
    "exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan",
    "asinh", "acosh", "atanh", "erf", "erfc", "gamma", "lgamma",
)  # fmt: skip
for _name in ELEMENTARY:
    setattr(Ball, _name, _elementary(_name))


def atan2(y, x):
    """The angle of the point (x, y)."""
    return _new(arb.atan2(_operand(y), _operand(x)))


def _united(name, builtin):
    operation = getattr(arb, name)

    def function(*values):
        values = values if len(values) > 1 else tuple(values[0])
        if not any(isinstance(value, Ball) for value in values):
            return builtin(*values)
        result = _operand(values[0])
        for value in values[1:]:
            result = operation(result, _operand(value))
        return _new(result)

    return function


#: Extremes of balls need no branch: they enclose the extreme even where the order is undecided.
ball_min, ball_max = _united("min", min), _united("max", max)


def floor(value):
    """The largest integer below, if the ball decides it."""
    result = value.v.floor()
    if not result.is_exact():
        raise Undecided(f"floor of {value!r} is undecided at {flint.ctx.prec} bits")
    return _new(result)
