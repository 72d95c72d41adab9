"""Where the asymptotic exponents can show: enough overshoot to forget the start, few enough steps left to see it."""

import math

from theorylab.methods.heights import vanishing_order
from theorylab.runs import BadInput

#: Least order at which a schedule counts as annealed.
_ANNEALED = 0.1
LEAST = 4.0
#: sqrt(T) over the largest rho.
ROOM = {"annealed": 4.0, "fixed": 16.0}


def outside(schedule, rho: float, steps: int) -> str:
    r"""Why the asymptotic exponent cannot show at this rho, in a sentence; empty if it can.

    In units of :math:`\rho = \eta\sqrt T G/D`, the loss is ruled by the start below 4. An annealed schedule needs
    :math:`\rho \le \sqrt T/4`, so that no step crosses much of the domain; one that does not vanish at the end needs
    :math:`\rho \le \sqrt T/16`, since the worst slope :math:`3\rho/\sqrt T` has to stay far below G. [derived]
    """
    if not (math.isfinite(rho) and rho > 0):
        raise BadInput(f"rho is {rho}; it has to be a positive finite number")
    if rho < LEAST:
        return f"rho = {rho:g} is below {LEAST:g}: the loss still depends on the start"
    kind = "annealed" if vanishing_order(schedule, steps) >= _ANNEALED else "fixed"
    largest = math.sqrt(steps) / ROOM[kind]
    if rho <= largest:
        return ""
    why = "single steps cross the domain" if kind == "annealed" else "the worst slope is no longer small against G"
    return (
        f"rho = {rho:g} is above sqrt(T)/{ROOM[kind]:g} = {largest:g}, the most for {type(schedule).__name__} in "
        f"{steps} steps: {why}; take more steps"
    )


def inside(schedule, rhos, steps: int) -> tuple[float, ...]:
    """Those of the rhos at which the asymptotic exponent can show.

    Raises
    ------
    BadInput
        If fewer than two are left: no exponent can be measured then.
    """
    left = tuple(rho for rho in rhos if not outside(schedule, rho, steps))
    if len(left) < 2:
        raise BadInput("no exponent can be measured: " + "; ".join(outside(schedule, rho, steps) for rho in rhos))
    return left
