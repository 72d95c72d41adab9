"""Verbs that a problem or a method answers with its own jitted function.

A record (NamedTuple) names its function as a class attribute, ``kernel = staticmethod(_ravine)``; an overload finds
it through the record's numba type. So one cached loop runs any pair without recompiling in later processes: the
pair of types is the key of the cache.
"""

from typing import NamedTuple

from numba.extending import overload

from .arithmetic import INLINE, inline
from .vectors import build, fill, is_tuple, put


def _verb(signature: str, owner: str, default=None):
    """The generic function with this signature that calls the class attribute of `owner` of the same name.

    A class without the attribute gets `default`, or a compiler's error if there is none.
    """
    name, arguments = signature.rstrip(")").split("(")
    answer = f"getattr(type({owner}), {name!r}, default)" if default else f"type({owner}).{name}"
    generic = build(f"def impl({arguments}): return {answer}({arguments})", default=default)
    generic.__name__ = generic.__qualname__ = name
    generic.owner = [a.strip() for a in arguments.split(",")].index(owner)
    generic.default = default

    def find(*types):
        cls = getattr(types[generic.owner], "instance_class", None)
        own = cls and getattr(cls, name, default)
        return own and build(f"def impl({arguments}): return own({arguments})", own=own)

    overload(generic, jit_options=INLINE)(build(f"def impl({arguments}): return find({arguments})", find=find))
    return generic


#: f(x) - f_star and the gradient: tuples in, tuples out; arrays: the gradient is written to `g`.
kernel = _verb("kernel(problem, work, x, g)", "problem")
#: Scratch arrays of a problem, made once a run; ``()`` where none are needed.
workspace = _verb("workspace(problem)", "problem")


@inline
def _value(problem, work, x):
    return kernel(problem, work, x, fill(x, 0.0))[0]


#: f(x) - f_star alone, the same number as the kernel's. A problem without a `value` of its own answers by its kernel:
#: for tuples the compiler drops the gradient, for arrays it goes to a new one (a step takes `probe`, which makes none).
value = _verb("value(problem, work, x)", "problem", _value)
#: A draw of the stochastic oracle at `x` for step `k`: (f, g), where g is an unbiased estimate of a (sub)gradient and f
#: the value it belongs to. Only problems whose oracle is stochastic have it; methods ask by `drawn`.
draw = _verb("draw(problem, work, x, g, k, stream)", "problem")


@inline
def _everywhere(problem, x):
    return x


#: The point of the problem's domain nearest to `x`; arrays are changed in place. No domain: `x` itself.
project = _verb("project(problem, x)", "problem", _everywhere)
#: A method's memory at the start.
init = _verb("init(method, x)", "method")
#: One step: (point, memory) -> (point, memory).
step = _verb("step(method, oracle, at, memory, k, stream)", "method")
#: The first half of a step that asks the oracle once: (next iterate, memory). What a batch runs many of abreast.
move = _verb("move(method, oracle, at, memory, k, stream)", "method")
#: Its second half, with the new point at hand: the memory.
settle = _verb("settle(method, oracle, at, memory, k)", "method")
#: What the method adds to a record: a tuple of floats, named by the class attribute `column_names`.
columns = _verb("columns(method, at, memory)", "method")


@inline
def _gap(method, at):
    return at.f


#: What levels, hitting times and the floor are about: the gap, unless the method's class names another `gauge`.
gauge = _verb("gauge(method, at)", "method", _gap)
#: The height of a learning-rate schedule at step k = 0, 1, ... of `horizon`: the stepsize is that times a base rate.
height = _verb("height(schedule, k, horizon)", "schedule")


@inline
def _never(method, memory):
    return False


#: Whether the latest step met what the method cannot work with: the run then ends, and the method's `breach` says why.
broken = _verb("broken(method, memory)", "method", _never)
#: What a bettor on one coordinate has and promises after step t: a `Promise`.
promise = _verb("promise(method, memory, t)", "method")
#: A loss at the margin m and minus its derivative there.
value_decay = _verb("value_decay(loss, m)", "loss")
#: The logarithm of f, the weighted mean of a loss over margins, where f itself may have underflowed.
log_mean = _verb("log_mean(loss, margins, weights, f)", "loss")
#: The logarithm of the gap f that the latest oracle call returned.
log_gap = _verb("log_gap(problem, work, f)", "problem")
#: What that call saw: margins, their weights, and weight times derivative of the loss.
seen = _verb("seen(problem, work)", "problem")
#: Scratch arrays for the oracle calls of `width` lanes abreast.
block_workspace = _verb("block_workspace(problem, width)", "problem")
#: `kernel` for the iterates in the rows of X: writes their gaps to F and their gradients to the rows of G.
block_kernel = _verb("block_kernel(problem, work, X, G, F)", "problem")
#: What `kernel` would have left in its scratch arrays for row j of the latest `block_kernel`: views.
lane = _verb("lane(problem, work, j)", "problem")


class Oracle(NamedTuple):
    """A problem and its scratch arrays."""

    problem: object
    work: object


class Point(NamedTuple):
    r"""An iterate with its gap :math:`f(x) - f_\star` and gradient."""

    x: object
    f: float
    g: object


class Promise(NamedTuple):
    r"""A bettor's books, and that its wealth is at least :math:`b\,e^{\theta^2/2a}`; `eps` is its initial wealth."""

    theta: float
    wealth: float
    eps: float
    a: float
    b: float


class Stream(NamedTuple):
    """The key of a trajectory's random numbers (two uint64)."""

    seed: int
    trajectory: int


@inline
def value_grad(oracle, x, g):
    """The gap and gradient at `x`: (f, g); array gradients are written to `g`."""
    return kernel(oracle.problem, oracle.work, x, g)


def _has_own_value(problem, x) -> bool:
    """Whether the gap alone costs less than with the gradient: for tuples the compiler sees to that."""
    return not isinstance(x, tuple) and hasattr(type(problem), "value")


def probe(oracle, x, g):
    """A trial point: its gap, and its gradient where the problem has no cheaper `value`; arrays are written to `g`."""
    if _has_own_value(oracle.problem, x):
        return value(oracle.problem, oracle.work, x), g
    return value_grad(oracle, x, g)


def accept(oracle, x, h, g):
    """The gradient at the latest point `x` of `probe`, which gave `h`; arrays are written to `g`."""
    if _has_own_value(oracle.problem, x):
        return value_grad(oracle, x, g)[1]
    return put(g, h)


def _values(oracle, x) -> bool:
    return not is_tuple(x) and hasattr(oracle[0].instance_class, "value")


@overload(probe, jit_options=INLINE)
def _probe(oracle, x, g):
    if _values(oracle, x):
        return lambda oracle, x, g: (value(oracle.problem, oracle.work, x), g)
    return lambda oracle, x, g: value_grad(oracle, x, g)


@overload(accept, jit_options=INLINE)
def _accept(oracle, x, h, g):
    if _values(oracle, x):
        return lambda oracle, x, h, g: value_grad(oracle, x, g)[1]
    return lambda oracle, x, h, g: put(g, h)


def drawn(oracle, at, k, stream):
    """What step `k` learns at its point: (f, g) of a stochastic problem's draw, else gap and gradient, known already.

    Array gradients are written to ``at.g``.
    """
    if hasattr(type(oracle.problem), "draw"):
        return draw(oracle.problem, oracle.work, at.x, at.g, k, stream)
    return at.f, at.g


def arrived(oracle, x, f, g):
    """The point after a step to `x`, whose draw was (f, g).

    It has the gap and the gradient at `x`, except where the problem's class says ``costly = True``: there it has the
    draw's, and `recorded` asks for the true ones.
    """
    if getattr(type(oracle.problem), "costly", False):
        return Point(x, f, g)
    return Point(x, *value_grad(oracle, x, g))


def recorded(oracle, at):
    """The point as records show it: with its gap and gradient, asked for if the problem is costly."""
    return Point(at.x, *value_grad(oracle, at.x, at.g)) if getattr(type(oracle.problem), "costly", False) else at


@overload(drawn, jit_options=INLINE)
def _drawn(oracle, at, k, stream):
    if hasattr(oracle[0].instance_class, "draw"):
        return lambda oracle, at, k, stream: draw(oracle.problem, oracle.work, at.x, at.g, k, stream)
    return lambda oracle, at, k, stream: (at.f, at.g)


@inline
def _asked(oracle, x, g):
    f, g = value_grad(oracle, x, g)
    return Point(x, f, g)


@overload(arrived, jit_options=INLINE)
def _arrived(oracle, x, f, g):
    if getattr(oracle[0].instance_class, "costly", False):
        return lambda oracle, x, f, g: Point(x, f, g)
    return lambda oracle, x, f, g: _asked(oracle, x, g)


@overload(recorded, jit_options=INLINE)
def _recorded(oracle, at):
    if getattr(oracle[0].instance_class, "costly", False):
        return lambda oracle, at: _asked(oracle, at.x, at.g)
    return lambda oracle, at: at


def gauges_gap(method) -> bool:
    """Whether the method leaves the levels to the gap: known to the compiler."""
    return not hasattr(type(method), "gauge")


@overload(gauges_gap, jit_options=INLINE)
def _gauges_gap(method):
    known = not hasattr(method.instance_class, "gauge")
    return lambda method: known


@inline
def one_call(method, oracle, at, memory, k, stream):
    """The step of a method that asks the oracle once: `move`, the call, `settle`."""
    x, memory = move(method, oracle, at, memory, k, stream)
    f, g = value_grad(oracle, x, at.g)
    at = Point(x, f, g)
    return at, settle(method, oracle, at, memory, k)


@inline
def settled(method, oracle, at, memory, k):
    """The second half of a step after which nothing is left to remember."""
    return memory
