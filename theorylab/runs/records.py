"""When to record."""

import numpy as np

from .checks import BadInput

PER_DECADE = 40


def schedule(steps: int, record=()) -> np.ndarray:
    """Steps to record: 0, every power of 10^(1/40) up to `steps`, and those named in `record`; for None, 0 and `steps`.

    Parameters
    ----------
    steps : int
        Last step, always recorded.
    record : iterable of int, or None
        Further steps in [0, steps]; None for the two ends alone, where a record costs as much as thousands of steps.

    Returns
    -------
    ndarray of int64
        Strictly increasing.
    """
    if record is None:
        return np.array([0, steps], dtype=np.int64)
    decades = np.log10(steps)
    grid = np.rint(np.logspace(0.0, decades, int(np.ceil(PER_DECADE * decades)) + 1)).astype(np.int64)
    extra = np.asarray(list(record) if not isinstance(record, np.ndarray) else record)
    if extra.size and not np.issubdtype(extra.dtype, np.integer):
        raise BadInput(f"record holds {extra.dtype} values; it names steps, so it has to hold integers")
    if extra.size and (extra.min() < 0 or extra.max() > steps):
        outside = extra.max() if extra.min() >= 0 else extra.min()
        raise BadInput(f"record asks for step {outside}; steps run from 0 to {steps}")
    return np.unique(np.concatenate(([0], grid, extra.astype(np.int64))))
