"""Records as JSON and back, bit for bit: floats in hexadecimal, rationals as "p/q", classes by name."""

import importlib
import sys
from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from theorylab.kernels.cache import is_covered

#: Packages whose classes a certificate may name.
HOMES = ("problems", "theorylab.methods")


def to_json(value):
    """Plain data for a number, a vector, a nested record or None.

    Raises
    ------
    TypeError
        If the value is anything else.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value).hex()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, np.ndarray):
        return {"array": [to_json(number) for number in value.ravel().tolist()], "shape": list(value.shape)}
    if hasattr(value, "_fields"):
        fields = {name: to_json(part) for name, part in zip(value._fields, value, strict=True)}
        return {"class": f"{type(value).__module__}.{type(value).__qualname__}", "fields": fields}
    if isinstance(value, tuple):
        return [to_json(part) for part in value]
    raise TypeError(f"{value!r} cannot be stored in a certificate: it is neither a number, a vector nor a record")


def from_json(data, classes: Iterable[type] = ()):
    """The inverse of `to_json`.

    Parameters
    ----------
    classes : iterable of type
        Record classes allowed besides those of `HOMES`.

    Raises
    ------
    ValueError
        If the data name another class, or are no such data.
    """
    if data is None or isinstance(data, (bool, int)):
        return data
    if isinstance(data, str):
        return Fraction(data) if "/" in data else float.fromhex(data)
    if isinstance(data, list):
        return tuple(from_json(part, classes) for part in data)
    if isinstance(data, dict) and data.keys() == {"text"}:
        return str(data["text"])
    if isinstance(data, dict) and data.keys() == {"array", "shape"}:
        return np.array([from_json(number) for number in data["array"]]).reshape(data["shape"])
    if isinstance(data, dict) and data.keys() == {"class", "fields"}:
        fields = {name: from_json(part, classes) for name, part in data["fields"].items()}
        return _record_class(data["class"], classes)(**fields)
    raise ValueError(f"{data!r} is not a number, a vector or a record of a certificate")


def _record_class(name: str, classes) -> type:
    for known in classes:
        if name == f"{known.__module__}.{known.__qualname__}":
            return known
    module, _, own = name.rpartition(".")
    if any(module == home or module.startswith(home + ".") for home in HOMES):
        found = getattr(importlib.import_module(module), own, None)
        if isinstance(found, type) and issubclass(found, tuple) and hasattr(found, "_fields"):
            return found
    raise ValueError(f"the certificate names the class {name}, which is not a record of {' or '.join(HOMES)}")


def own_files(*values) -> list[str]:
    """Source files, outside the kernels' own packages, of the classes of these records and of these functions."""
    files = set()
    for value in values:
        owner = value if callable(value) else type(value)
        module = sys.modules.get(owner.__module__)
        if isinstance(value, tuple):
            files.update(own_files(*value))
        if getattr(module, "__file__", None) and not is_covered(module.__file__):
            files.add(module.__file__)
    return sorted(files)
