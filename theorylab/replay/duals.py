"""Dual numbers over balls: a kernel's enclosure and its gradient from the same lifted source."""

import operator

from flint import arb

from .balls import Ball, Undecided


class Dual:
    """A value with its partial derivatives, all of them balls; comparisons are those of the value."""

    __slots__ = ("slopes", "value")
    __hash__ = None

    def __init__(self, value: Ball, slopes: list[Ball]):
        self.value = value
        self.slopes = slopes

    def _chain(self, value, slope) -> "Dual":
        return Dual(value, [slope * d for d in self.slopes])

    def __neg__(self):
        return Dual(-self.value, [-d for d in self.slopes])

    def __add__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value + other.value, list(map(operator.add, self.slopes, other.slopes)))
        return Dual(self.value + other, self.slopes)

    __radd__ = __add__

    def __sub__(self, other):
        if isinstance(other, Dual):
            return Dual(self.value - other.value, list(map(operator.sub, self.slopes, other.slopes)))
        return Dual(self.value - other, self.slopes)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        if isinstance(other, Dual):
            u, v = self.value, other.value
            return Dual(u * v, [v * a + u * b for a, b in zip(self.slopes, other.slopes, strict=True)])
        return self._chain(self.value * other, other)

    __rmul__ = __mul__

    def __truediv__(self, other):
        if isinstance(other, Dual):
            quotient = self.value / other.value
            slopes = zip(self.slopes, other.slopes, strict=True)
            return Dual(quotient, [(a - quotient * b) / other.value for a, b in slopes])
        return Dual(self.value / other, [d / other for d in self.slopes])

    def __rtruediv__(self, other):
        quotient = other / self.value
        return self._chain(quotient, -quotient / self.value)

    def __pow__(self, exponent):
        return self._chain(self.value**exponent, exponent * self.value ** (exponent - 1))

    def __abs__(self):
        try:
            return self if self.value >= 0 else -self
        except Undecided:
            # a Lipschitz function: its slopes fill [-1, 1] across the kink
            return self._chain(abs(self.value), Ball(arb(0, 1)))

    def __lt__(self, other):
        return self.value < _value(other)

    def __le__(self, other):
        return self.value <= _value(other)

    def __gt__(self, other):
        return self.value > _value(other)

    def __ge__(self, other):
        return self.value >= _value(other)

    def __float__(self):
        raise TypeError("a dual number was turned into a float64 inside a replay; use math.* and np.* by module")

    def exp(self):
        power = self.value.exp()
        return self._chain(power, power)

    def expm1(self):
        return self._chain(self.value.expm1(), self.value.exp())

    def log(self):
        return self._chain(self.value.log(), 1 / self.value)

    def log1p(self):
        return self._chain(self.value.log1p(), 1 / (1 + self.value))

    def sqrt(self):
        root = self.value.sqrt()
        return self._chain(root, 1 / (2 * root))

    def sin(self):
        return self._chain(self.value.sin(), self.value.cos())

    def cos(self):
        return self._chain(self.value.cos(), -self.value.sin())

    def tanh(self):
        value = self.value.tanh()
        return self._chain(value, 1 - value * value)

    def acos(self):
        return self._chain(self.value.acos(), -1 / (1 - self.value * self.value).sqrt())

    def atan2(self, x):
        """The angle of the point (x, self)."""
        if not isinstance(x, Dual):
            x = Dual(Ball(x), [Ball(0)] * len(self.slopes))
        square = self.value * self.value + x.value * x.value
        slopes = zip(self.slopes, x.slopes, strict=True)
        angle = Ball(arb.atan2(self.value.v, x.value.v))
        return Dual(angle, [(x.value * a - self.value * b) / square for a, b in slopes])


def _value(number):
    return number.value if isinstance(number, Dual) else number


def seeds(values) -> tuple[Dual, ...]:
    """The coordinates as independent variables."""
    n = len(values)
    return tuple(Dual(v, [Ball(int(i == j)) for j in range(n)]) for i, v in enumerate(values))


def slopes_of(number, count: int) -> list[Ball]:
    """Partial derivatives; those of a number that depends on nothing are zero."""
    return number.slopes if isinstance(number, Dual) else [Ball(0)] * count
