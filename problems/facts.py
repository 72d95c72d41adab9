"""What a problem states about itself."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Fact(NamedTuple):
    """A known value with its domain of validity.

    Parameters
    ----------
    value : object
        The number, array or truth value; never a rounded stand-in for something unknown.
    where : str
        Where the value holds, in words.
    predicate : callable, optional
        ``predicate(x)`` for points x of shape (..., d): whether the value holds there. Without one it holds wherever
        the words apply, for the whole problem or at the solution.
    """

    value: Any
    where: str = "everywhere"
    predicate: Callable[[np.ndarray], np.ndarray] | None = None

    def holds_at(self, x) -> np.ndarray:
        """Whether the value holds at the points `x` of shape (..., d): booleans of shape (...)."""
        x = np.asarray(x, dtype=float)
        return np.ones(x.shape[:-1], dtype=bool) if self.predicate is None else np.asarray(self.predicate(x))
