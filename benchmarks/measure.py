"""What a benchmark reports, and how two competitors are timed fairly on a machine that others use too."""

import time
from typing import NamedTuple


class Result(NamedTuple):
    """One measured number beside its target.

    Parameters
    ----------
    name : str
        What was measured, in words.
    ours, theirs : str
        The two sides with their units, for people.
    value, target : float
        What the target is about.
    unit : str
        Of both: ``"x the time"``, ``"x the rate"``, ``"s"`` or ``"MB more"``.
    at_most : bool
        Whether the target is an upper bound.
    """

    name: str
    ours: str
    theirs: str
    value: float
    target: float
    unit: str
    at_most: bool = True

    @property
    def passed(self) -> bool:
        """Whether the target is met; nan (not measured) never is."""
        return self.value <= self.target if self.at_most else self.value >= self.target


def not_measured(name: str, why: str, target: float, unit: str, at_most: bool = True) -> Result:
    """A result that says why there is no number."""
    return Result(name, "not measured", why, float("nan"), target, unit, at_most)


def interleaved(ours, theirs, rounds: int = 15) -> tuple[float, float, float]:
    """Seconds of both callables and ours/theirs, from the round whose ratio is the median.

    Each round times both, so that a load that comes and goes hits both sides of a ratio; one round before is not
    counted.
    """
    timed = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds + 1)][1:]
    a, b = sorted(timed, key=lambda pair: pair[0] / pair[1])[rounds // 2]
    return a, b, a / b


def _seconds(call) -> float:
    before = time.perf_counter()
    call()
    return time.perf_counter() - before
