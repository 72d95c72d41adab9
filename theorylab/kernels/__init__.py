"""Ground floor: jitted building blocks that know nothing of the rest of theorylab."""

from . import cache

cache.enable()

from . import blocks, lanes  # noqa: E402
from .arithmetic import INLINE, fma, inline, power  # noqa: E402
from .coordinates import Breach, breached, coordinate, per_coordinate, total  # noqa: E402
from .descend import BELOW, BROKEN, DIVERGED, FLOOR, HEAD, RUNNING, STALLED, Carry, begin, descend, gauged  # noqa: E402
from .dispatch import (  # noqa: E402
    Oracle,
    Point,
    Promise,
    Stream,
    accept,
    arrived,
    block_kernel,
    block_workspace,
    broken,
    columns,
    draw,
    drawn,
    gauge,
    height,
    init,
    kernel,
    lane,
    log_gap,
    log_mean,
    move,
    one_call,
    probe,
    project,
    promise,
    recorded,
    seen,
    settle,
    settled,
    step,
    value,
    value_decay,
    value_grad,
    workspace,
)
from .elementary import exp_minus, log1p_unit, softplus, tanh  # noqa: E402
from .leaves import restore, size, store  # noqa: E402
from .matrices import add_row, row_dot, rows_dot, rows_sum  # noqa: E402
from .random import keyed, philox, uniform, uniforms, unit  # noqa: E402
from .vectors import (  # noqa: E402
    TUPLE_DIMENSION,
    along,
    as_state,
    axpy,
    copy,
    dot,
    each,
    fill,
    minus,
    norm2,
    pick,
    put,
    same,
    scale,
    seat,
    spare,
)

__all__ = [
    "BELOW", "BROKEN", "DIVERGED", "FLOOR", "HEAD", "INLINE", "RUNNING", "STALLED", "TUPLE_DIMENSION", "Breach",
    "Carry", "Oracle", "Point", "Promise", "Stream", "accept", "add_row", "along", "arrived", "as_state", "axpy",
    "begin", "block_kernel", "block_workspace", "blocks", "breached", "broken", "cache", "columns", "coordinate",
    "copy", "descend", "dot", "draw", "drawn", "each", "exp_minus", "fill", "fma", "gauge", "gauged", "height", "init",
    "inline", "kernel", "keyed", "lane", "lanes", "log1p_unit", "log_gap", "log_mean", "minus", "move", "norm2",
    "one_call", "per_coordinate", "philox", "pick", "power", "probe", "project", "promise", "put", "recorded",
    "restore", "row_dot", "rows_dot", "rows_sum", "same", "scale", "seat", "seen", "settle", "settled", "size",
    "softplus", "spare", "step", "store", "tanh", "total", "uniform", "uniforms", "unit", "value", "value_decay",
    "value_grad", "workspace",
]  # fmt: skip
