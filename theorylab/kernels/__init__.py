"""Ground floor: jitted building blocks that know nothing of the rest of theorylab."""

from . import cache

cache.enable()

from . import blocks, lanes  # noqa: E402
from .arithmetic import INLINE, fma, inline, power  # noqa: E402
from .descend import BELOW, DIVERGED, FLOOR, HEAD, RUNNING, STALLED, Carry, begin, descend  # noqa: E402
from .dispatch import (  # noqa: E402
    Oracle,
    Point,
    Stream,
    block_kernel,
    block_workspace,
    columns,
    init,
    kernel,
    lane,
    log_gap,
    log_mean,
    move,
    one_call,
    seen,
    settle,
    settled,
    step,
    value_decay,
    value_grad,
    workspace,
)
from .elementary import exp_minus, log1p_unit, softplus  # noqa: E402
from .leaves import restore, size, store  # noqa: E402
from .matrices import add_row, row_dot, rows_dot, rows_sum  # noqa: E402
from .random import philox, uniforms, unit  # noqa: E402
from .vectors import TUPLE_DIMENSION, as_state, axpy, copy, dot, fill, minus, norm2, put, same, scale  # noqa: E402

__all__ = [
    "BELOW", "DIVERGED", "FLOOR", "HEAD", "INLINE", "RUNNING", "STALLED", "TUPLE_DIMENSION", "Carry", "Oracle", "Point",
    "Stream", "add_row", "as_state", "axpy", "begin", "block_kernel", "block_workspace", "blocks", "cache", "columns",
    "copy", "descend", "dot", "exp_minus", "fill", "fma", "init", "inline", "kernel", "lane", "lanes", "log1p_unit",
    "log_gap", "log_mean", "minus", "move", "norm2", "one_call", "philox", "power", "put", "restore", "row_dot",
    "rows_dot", "rows_sum", "same", "scale", "seen", "settle", "settled", "size", "softplus", "step", "store",
    "uniforms", "unit", "value_decay", "value_grad", "workspace",
]  # fmt: skip
