r"""Three checks that find rounding by itself, on the records of a float64 trace.

- **A, value**: every column against balls at the SAME recorded state.
- **B, move**: :math:`|\mathrm{fl}(\mathrm{step}(x)) - \mathrm{step}(x)| / |\mathrm{step}(x) - x|`, in norm.
- **C, memory**: a shadow run of 106 bits from the first record and two from starts moved by an ulp;
  :math:`\kappa = |y_{64} - y_{106}| / \max |y_{106}' - y_{106}|`. Where :math:`\kappa` is large, rounding has changed
  the run more than the run's own sensitivity explains. A chaotic run parts from its shadow too, but with
  :math:`\kappa \approx 1`: there C is blind.

A and C raise an alarm. B alone warns, and raises an alarm only where C is blind and the next moves, taken together, are
wrong as well. The thresholds were frozen and then tried on 55 traces that had no part in choosing them: 21 of 21
shaped by rounding were caught, 2 of 34 honest ones alarmed, one of them rightly [derived]. The condition on the next
moves came later: it spares short steps below an ulp between long ones.
"""

from typing import NamedTuple

import numpy as np

from .accuracy import MOST_BITS, VALUE_TOLERANCE, Errors, Records, move_check, value_check
from .shadow import Shadow, shadow_check

_MOVES = 32
_FOLLOWED = 6
#: Following moves costs balls in proportion to moves times dimension: seconds here, minutes beyond.
_MOST_COORDINATES = 40_000


class RoundingReport(NamedTuple):
    """What the three checks found.

    Attributes
    ----------
    value, move : Errors
        Checks A and B.
    shadow : Shadow
        Check C.
    alarm : bool
        Whether rounding may have shaped the trace.
    first : int
        First alarming step (-1: none); what was recorded before it may still be used.
    why : str
        One plain sentence.
    """

    value: Errors
    move: Errors
    shadow: Shadow
    alarm: bool
    first: int
    why: str


def rounding_report(
    problem, method, records: Records, *, window: int | None = None, tolerance: float = VALUE_TOLERANCE
) -> RoundingReport:
    """All three checks.

    Parameters
    ----------
    problem, method : NamedTuple
        As in the run.
    records : Records
        About 40 a trace are enough; those of the first steps matter most to C.
    window : int, optional
        How many steps the shadows follow the run from its first record on: by default 8000 / dimension, at least 50,
        which costs about half a second.
    tolerance : float
        Relative error of a value, and of the gap against its shadow, that counts: 1e-6, or a tenth of what a claim
        tolerates.
    """
    value = value_check(problem, method, records, tolerance=tolerance)
    move = move_check(problem, method, records)
    shadow = shadow_check(problem, method, records, window=window, tolerance=tolerance)
    blindly = _persistent(problem, method, records, np.intersect1d(move.high, records.steps[shadow.blind]))
    found = []
    if value.high.size:
        found.append((value.high[0], f"{value.what} is off by {value.worst:.2g} relative to balls at the same state"))
    if shadow.alarm:
        found.append((
            shadow.gap.high[0],
            f"the gap parts from a 106-bit shadow by {shadow.gap.worst:.2g}, {shadow.median:.1g} times what an ulp at "
            "the start explains",
        ))  # fmt: skip
    if blindly.size:
        found.append((blindly[0], f"steps are off by {move.worst:.2g} of their length where no shadow can tell"))
    if found:
        first = int(min(step for step, _ in found))
        return RoundingReport(value, move, shadow, True, first, f"from step {first}: " + "; ".join(w for _, w in found))
    why = f"values are right to {value.worst:.1g} and steps to {move.worst:.1g} at {len(records.steps)} records"
    if move.high.size:
        why += f"; single steps lose digits from step {move.high[0]} on, several of them together do not"
    unchecked = int(np.isnan(value.errors).sum() + np.isnan(move.errors).sum())
    if unchecked:
        why += f"; {unchecked} values or steps could not be checked (not finite, or undecided at {MOST_BITS} bits)"
    return RoundingReport(value, move, shadow, False, -1, why)


def _persistent(problem, method, records, suspects) -> np.ndarray:
    """Those of at most `_FOLLOWED` suspect steps after which the next moves, taken together, are wrong as well.

    Where a method alternates short and long moves the short ones may all be below an ulp and matter to nobody.
    """
    length = max(_MOVES, min(method.patience(), _MOST_COORDINATES // len(records.states[0])))
    spread = np.unique(np.linspace(0, suspects.size - 1, min(_FOLLOWED, suspects.size)).astype(int))
    rows = np.searchsorted(records.steps, suspects[spread])
    return move_check(problem, method, records.take(rows), length=length).high
