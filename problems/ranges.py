"""Ranges of parameters, as sentences."""

import math
from numbers import Real

import numpy as np


def _sentence(record, name, value, wanted: str) -> str:
    return f"{type(record).__name__}.{name} is {value}; it has to be {wanted}"


def positive(record, *names: str) -> list[str]:
    """A sentence for each named field that is not a positive finite number."""
    return [
        _sentence(record, name, value, "a positive finite number")
        for name in names
        if not (isinstance(value := getattr(record, name), Real) and 0 < value < math.inf)
    ]


def finite(record, *names: str) -> list[str]:
    """A sentence for each named field that is not a finite number."""
    return [
        _sentence(record, name, value, "a finite number")
        for name in names
        if not (isinstance(value := getattr(record, name), Real) and math.isfinite(value))
    ]


def count(record, least: int, *names: str) -> list[str]:
    """A sentence for each named field that is not an integer of at least `least`."""
    return [
        _sentence(record, name, value, f"an integer of at least {least}")
        for name in names
        if not (isinstance(value := getattr(record, name), int) and value >= least)
    ]


def array(record, name: str, shape: tuple[int | None, ...], *, above: float = -math.inf) -> list[str]:
    """A sentence if the named field is not a finite array of this shape (None: any size) with entries over `above`."""
    try:
        value = np.asarray(getattr(record, name), dtype=float)
    except (TypeError, ValueError):
        return [_sentence(record, name, repr(getattr(record, name)), "an array of numbers")]
    fits = len(value.shape) == len(shape) and all(n in (None, m) for n, m in zip(shape, value.shape, strict=True))
    if not fits or value.size == 0:
        wanted = ", ".join("any" if n is None else str(n) for n in shape)
        return [_sentence(record, name, f"of shape {value.shape}", f"a non-empty array of shape ({wanted})")]
    if not (np.isfinite(value).all() and (value > above).all()):
        bad = value[~(np.isfinite(value) & (value > above))][0]
        least = "" if above == -math.inf else f" above {above:g}"
        return [f"{type(record).__name__}.{name} holds {bad}; all its entries have to be finite numbers{least}"]
    return []


def one_hot(record, name: str) -> list[str]:
    """A sentence unless the rows of the named array are one-hot, of two classes or more."""
    value = np.asarray(getattr(record, name))
    if value.shape[1] < 2 or not (np.isin(value, (0.0, 1.0)).all() and (value.sum(axis=1) == 1.0).all()):
        kind = type(record).__name__
        return [f"{kind}.{name} has a row that is no class; every row has to be one-hot, of two or more"]
    return []
