"""Ratios of measured to bound, one finding a data set."""

import numpy as np

from theorylab.claims import Checked


def worst_of_each(found, note: str = ""):
    """A `Checked` for each data set from (label, ratios) of its runs, label = "data set, the rest".

    Ratios are measured over bound, so that a bound holds where they are at most 1.
    """
    sets: dict = {}
    for label, ratios in found:
        name, _, rest = label.rpartition(", ")
        sets.setdefault(name, []).append((float(np.max(ratios)), rest, np.size(ratios)))
    for name, runs in sets.items():
        ratio, where, _ = max(runs)
        said = f"worst ratio {ratio:.3g} at {where}" + (f"; {note}" if note else "")
        yield Checked(1 - ratio, name, ratio, sum(count for *_, count in runs), note=said)
