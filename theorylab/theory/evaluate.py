"""Derived expressions as numbers."""

import functools

import numpy as np
import sympy as sp


@functools.cache
def _function(expression):
    symbols = sorted(expression.free_symbols, key=lambda symbol: symbol.name)
    return [symbol.name for symbol in symbols], sp.lambdify(symbols, expression, ["scipy", "numpy"])


def value(expression, **values) -> np.ndarray:
    """An expression at numbers or arrays that broadcast together, by the names of its symbols; others are ignored.

    Raises
    ------
    KeyError
        If a symbol has no value.
    """
    names, function = _function(sp.sympify(expression))
    missing = sorted(set(names) - set(values))
    if missing:
        raise KeyError(f"{expression} needs values of {', '.join(missing)}")
    arrays = np.broadcast_arrays(*(np.asarray(values[name], dtype=float) for name in names)) if names else []
    return np.asarray(function(*arrays), dtype=float)
