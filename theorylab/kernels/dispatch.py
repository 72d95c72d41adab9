"""Verbs that a problem or a method answers with its own jitted function.

A record (NamedTuple) names its function as a class attribute, ``kernel = staticmethod(_ravine)``; an overload finds
it through the record's numba type. So one cached loop runs any pair without recompiling in later processes: the
pair of types is the key of the cache.
"""

from typing import NamedTuple

from numba.extending import overload

from .arithmetic import INLINE, inline
from .vectors import build


def _verb(signature: str, owner: str):
    """The generic function with this signature that calls the class attribute of `owner` of the same name."""
    name, arguments = signature.rstrip(")").split("(")
    generic = build(f"def impl({arguments}): return type({owner}).{name}({arguments})")
    generic.__name__ = generic.__qualname__ = name
    generic.owner = [a.strip() for a in arguments.split(",")].index(owner)

    def find(*types):
        own = getattr(getattr(types[generic.owner], "instance_class", None), name, None)
        return own and build(f"def impl({arguments}): return own({arguments})", own=own)

    overload(generic, jit_options=INLINE)(build(f"def impl({arguments}): return find({arguments})", find=find))
    return generic


#: f(x) - f_star and the gradient: tuples in, tuples out; arrays: the gradient is written to `g`.
kernel = _verb("kernel(problem, work, x, g)", "problem")
#: Scratch arrays of a problem, made once a run; ``()`` where none are needed.
workspace = _verb("workspace(problem)", "problem")
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


class Stream(NamedTuple):
    """The key of a trajectory's random numbers (two uint64)."""

    seed: int
    trajectory: int


@inline
def value_grad(oracle, x, g):
    """The gap and gradient at `x`: (f, g); array gradients are written to `g`."""
    return kernel(oracle.problem, oracle.work, x, g)


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
