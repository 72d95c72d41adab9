"""What can be wrong with a run is said in a sentence before anything runs."""

import math
import operator

import numpy as np


class BadInput(ValueError):
    """A user's mistake, told in one sentence: what is wrong, what was expected, what to do."""


def normalised(record):
    """The record with fields of the types that the kernels are compiled for: float, int, contiguous float64 arrays."""
    values = {}
    for name, value in zip(record._fields, record, strict=True):
        wanted = type(record).__annotations__.get(name)
        if hasattr(value, "_fields"):
            values[name] = normalised(value)
        elif isinstance(value, (list, np.ndarray)) and not np.isscalar(value):
            values[name] = _array(record, name, value)
        elif wanted in (float, "float"):
            several = isinstance(value, tuple)
            values[name] = (
                tuple(_number(record, name, v) for v in value) if several else _number(record, name, value)
            )
        elif wanted in (int, "int"):
            values[name] = _integer(record, name, value)
        else:
            values[name] = value
    return type(record)(**values)


def _array(record, name, value):
    array = np.require(np.asarray(value, dtype=np.float64), requirements=["C", "W", "O"])
    if not np.isfinite(array).all():
        raise BadInput(f"{type(record).__name__}.{name} holds nan or inf; give finite numbers")
    return array


def _number(record, name, value):
    try:
        return float(value)
    except (TypeError, ValueError):
        raise BadInput(f"{type(record).__name__}.{name} is {value!r}; it has to be a number") from None


def _integer(record, name, value):
    if isinstance(value, float) and value.is_integer():
        return int(value)
    try:
        return operator.index(value)
    except TypeError:
        raise BadInput(f"{type(record).__name__}.{name} is {value!r}; it has to be an integer") from None


def pair(problem, method):
    """The normalised problem and method, or BadInput if either is out of range or they cannot work together."""
    for record, verb, article in ((problem, "kernel", "problem"), (method, "step", "method")):
        if not (isinstance(record, tuple) and hasattr(record, "_fields") and hasattr(type(record), verb)):
            raise BadInput(
                f"{record!r} is not a {article}: a {article} is a NamedTuple whose class has a jitted `{verb}`; "
                f"see 'How to add a {article}' in ARCHITECTURE.md"
            )
    problem, method = normalised(problem), normalised(method)
    for record in (problem, method):
        faults = record.faults() if hasattr(record, "faults") else []
        if faults:
            raise BadInput("; ".join(faults))
    facts = problem.facts() if hasattr(problem, "facts") else {}
    missing = [need for need in method.needs if need not in facts]
    if missing:
        raise BadInput(
            f"{type(method).__name__} needs {', '.join(missing)}, which {type(problem).__name__} does not state: add "
            f"it to {type(problem).__name__}.facts(), or take a method that does without it"
        )
    unanswered = [verb for verb in getattr(method, "asks", ()) if not hasattr(problem, verb)]
    if unanswered:
        raise BadInput(
            f"{type(method).__name__} asks for {', '.join(unanswered)}, which {type(problem).__name__} does not have: "
            "it works on classifiers, such as LinearClassifier"
        )
    objections = problem.objections(method) if hasattr(problem, "objections") else []
    objections += method.objections(problem) if hasattr(method, "objections") else []
    if objections:
        raise BadInput("; ".join(objections))
    return problem, method


def steps(value, name="steps") -> int:
    """A number of steps, or of something else, of at least 1."""
    try:
        number = operator.index(int(value) if isinstance(value, float) and value.is_integer() else value)
    except TypeError:
        raise BadInput(f"{name} is {value!r}; it has to be an integer of at least 1") from None
    if number < 1:
        raise BadInput(f"{name} is {number}; it has to be at least 1")
    return number


def start(problem, value) -> np.ndarray:
    """A finite start of shape (dimension,); the problem's own if none is given."""
    if value is None:
        value = problem.start
    try:
        x = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInput(f"start is {value!r}; it has to be {problem.dimension} numbers") from None
    if x.shape != (problem.dimension,):
        raise BadInput(
            f"start has shape {x.shape}; {type(problem).__name__} has iterates of shape ({problem.dimension},)"
        )
    if not np.isfinite(x).all():
        bad = int(np.flatnonzero(~np.isfinite(x))[0])
        raise BadInput(f"start[{bad}] is {x[bad]}; every coordinate has to be finite")
    return x


def levels(values, floor, method) -> np.ndarray:
    """Hitting levels in descending order, the floor last; a method's own gauge may say below which it is rounding."""
    given = np.unique(np.asarray(values, dtype=np.float64))[::-1]
    if np.isnan(given).any() or math.isnan(floor):
        raise BadInput("a level or the floor is nan; levels are values of the gap, or of the gradient's norm")
    if given.size and given[-1] <= floor:
        raise BadInput(f"level {given[-1]} is not above the floor {floor}, where the run ends; lower the floor")
    made, least = np.append(given, floor), getattr(method, "least_level", 0.0)
    if ((made > 0) & (made <= least)).any():
        raise BadInput(
            f"level {made[made > 0][-1]:g} is at or below the float64 floor {least:g} of {type(method).__name__}: "
            "squares underflow there; ask for larger ones"
        )
    return made


def seed(value, name="seed") -> int:
    """An unsigned 64-bit integer."""
    try:
        number = operator.index(value)
    except TypeError:
        raise BadInput(f"{name} is {value!r}; it has to be an integer from 0 to 2**64 - 1") from None
    if not 0 <= number < 2**64:
        raise BadInput(f"{name} is {number}; it has to be an integer from 0 to 2**64 - 1")
    return number
