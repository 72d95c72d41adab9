"""Schedules: heights along the run, and how they vanish at its end."""

import numpy as np

from theorylab.figures.panels import outside
from theorylab.papers.annealing.claims.fp_curves import SCHEDULES

from .looks import POLYNOMIALS, line

SHOWN = (*POLYNOMIALS, "cosine", "WSD c=0.2", "sqrt-cooldown c=0.2", "fixed", "inverse-sqrt")


def schedules(axes):
    """h against the fraction done, and against the fraction that remains: the order at the end sets the exponent."""
    left, right = axes
    artists, x = [], np.geomspace(1e-4, 1, 300)
    for name in SHOWN:
        u = np.linspace(0, 1, 400)
        artists += left.plot(u, SCHEDULES[name](1 - u), **line(name))
        artists += right.loglog(x, SCHEDULES[name](x), **line(name))
    for place, order in (((1.2e-4, 4e-2), "1/2"), ((1.5e-4, 4e-5), "1"), ((6e-4, 1.5e-7), "2"), ((7e-3, 1.5e-7), "3")):
        right.text(*place, f"order {order}", color="0.3", fontsize=7)
    left.set(xlabel="fraction done $u$", ylabel="$h$", xlim=(0, 1), ylim=(0, 1.5))
    right.set(xlabel="fraction that remains $x=1-u$", ylabel="$h$", xlim=(1e-4, 1), ylim=(1e-7, 3))
    return [*artists, outside(left, columns=5)]
