"""Ground floor: jitted building blocks that know nothing of the rest of theorylab."""

from . import cache

cache.enable()

from . import lanes  # noqa: E402
from .arithmetic import INLINE, fma, inline, power  # noqa: E402
from .descend import BELOW, DIVERGED, FLOOR, HEAD, RUNNING, STALLED, Carry, begin, descend  # noqa: E402
from .dispatch import Oracle, Point, Stream, columns, init, kernel, step, value_grad, workspace  # noqa: E402
from .leaves import restore, size, store  # noqa: E402
from .random import philox, uniforms, unit  # noqa: E402
from .vectors import TUPLE_DIMENSION, as_state, axpy, copy, dot, fill, minus, norm2, put, same, scale  # noqa: E402

__all__ = [
    "BELOW", "DIVERGED", "FLOOR", "HEAD", "INLINE", "RUNNING", "STALLED", "TUPLE_DIMENSION", "Carry", "Oracle",
    "Point", "Stream", "as_state", "axpy", "begin", "cache", "columns", "copy", "descend", "dot", "fill", "fma",
    "init", "inline", "kernel", "lanes", "minus", "norm2", "philox", "power", "put", "restore", "same", "scale", "size",
    "step", "store", "uniforms", "unit", "value_grad", "workspace",
]  # fmt: skip
