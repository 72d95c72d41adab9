"""Ranges of hyper-parameters, as sentences."""

import math


def positive(record, *names: str) -> list[str]:
    """A sentence for each named field that is not a positive finite number."""
    return [
        f"{type(record).__name__}.{name} is {value}; it has to be a positive finite number"
        for name in names
        if not (isinstance(value := getattr(record, name), (int, float)) and 0 < value < math.inf)
    ]


def finite(record, *names: str) -> list[str]:
    """A sentence for each named field that is not a finite number."""
    return [
        f"{type(record).__name__}.{name} is {value}; it has to be a finite number"
        for name in names
        if not (isinstance(value := getattr(record, name), (int, float)) and math.isfinite(value))
    ]


def count(record, least: int, *names: str) -> list[str]:
    """A sentence for each named field that is not an integer of at least `least`."""
    return [
        f"{type(record).__name__}.{name} is {value}; it has to be an integer of at least {least}"
        for name in names
        if not (isinstance(value := getattr(record, name), int) and value >= least)
    ]
