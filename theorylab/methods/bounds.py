"""Bounds of gradients as fields of methods, one a coordinate or one for all, and what is said when they are broken."""

import math

import numpy as np


def above(method, *names: str, strictly: bool = False) -> list[str]:
    """A sentence for each named field with an entry that is not finite, negative or, where `strictly`, zero."""
    wanted = "positive finite numbers" if strictly else "finite numbers of at least 0"
    found = []
    for name in names:
        value = getattr(method, name)
        entries = np.atleast_1d(np.asarray(value, dtype=float))
        fine = np.isfinite(entries) & (entries > 0 if strictly else entries >= 0)
        if entries.ndim != 1 or entries.size == 0 or not fine.all():
            where = "" if np.ndim(value) == 0 or fine.all() else f"[{int(np.flatnonzero(~fine)[0])}]"
            shown = value if not where else entries[~fine][0]
            found.append(f"{type(method).__name__}.{name}{where} is {shown}; it has to hold {wanted}")
    return found


def lengths(method, problem, *names: str) -> list[str]:
    """A sentence for each named field with an entry a coordinate, but of another dimension than the problem."""
    return [
        f"{type(method).__name__}.{name} holds {np.size(value)} numbers and {type(problem).__name__} has "
        f"{problem.dimension} coordinates: give one number for each, or one for all"
        for name in names
        if np.ndim(value := getattr(method, name)) and np.size(value) != problem.dimension
    ]


def told(L, t: int, memory, what: str = "coordinate {i} of the gradient") -> str:
    """What a breach, first in the flattened memory after step t, says."""
    i, value = int(memory[0]), float(memory[1])
    name = what.format(i=i)
    if not math.isfinite(value):
        return f"{name} at step {t} is {value}: no bet can be settled; look for the overflow before it"
    bound = float(np.atleast_1d(L)[i if np.ndim(L) else 0])
    return f"{name} at step {t} is {value:g}, above the declared bound L = {bound:g}: declare a larger L"
