"""What a claim predicts of a number: a value out of a derivation, and how far a measurement may lie from it."""

import math
from dataclasses import dataclass

SIDES = ("both", "at most", "at least")


@dataclass(frozen=True)
class Band:
    r"""The numbers within `absolute` or `relative` of a predicted value.

    Parameters
    ----------
    value : sympy expression
        Its free symbols take their values, by name, from the measurement's `at`.
    absolute, relative : float
        Half-width, in units of the value or as a fraction of it; exactly one is given.
    side : {"both", "at most", "at least"}
        One-sided for an upper or a lower bound on the quantity: the other side is then unlimited.
    """

    value: object
    absolute: float | None = None
    relative: float | None = None
    side: str = "both"

    def __post_init__(self):
        if (self.absolute is None) == (self.relative is None):
            raise ValueError("a band has either an absolute or a relative half-width: give exactly one")
        if self.side not in SIDES:
            raise ValueError(f"side is {self.side!r}; it has to be one of {', '.join(SIDES)}")

    def at(self, values: dict) -> float:
        """The predicted number where the symbols have these values."""
        import sympy as sp

        value = sp.sympify(self.value)
        known = {symbol: sp.nsimplify(values[symbol.name]) for symbol in value.free_symbols if symbol.name in values}
        number = value.subs(known)
        if number.free_symbols:
            missing = ", ".join(sorted(symbol.name for symbol in number.free_symbols))
            raise ValueError(f"the prediction {value} needs {missing}; the measurement names {sorted(values)}")
        return float(sp.N(number, 30))

    def interval(self, values: dict) -> tuple[float, float]:
        """Lowest and highest number that agrees with the prediction."""
        centre = self.at(values)
        half = self.absolute if self.absolute is not None else self.relative * abs(centre)
        low = -math.inf if self.side == "at most" else centre - half
        return low, (math.inf if self.side == "at least" else centre + half)

    @property
    def tolerance(self) -> str:
        """The half-width in words."""
        size = f"{self.absolute:g}" if self.absolute is not None else f"{100 * self.relative:g} %"
        return {"both": "+-", "at most": "+", "at least": "-"}[self.side] + size


def within(value, absolute: float, side: str = "both") -> Band:
    """The numbers within `absolute` of `value`."""
    return Band(value, absolute=absolute, side=side)


def near(value, relative: float, side: str = "both") -> Band:
    """The numbers within the fraction `relative` of `value`."""
    return Band(value, relative=relative, side=side)
