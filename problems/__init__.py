"""The zoo: problems with their jitted kernels, their known facts and their formulas.

A problem is a NamedTuple whose class has a `kernel`. Every module of this folder is looked through: a new problem is
a new file (or a class in one) and nothing else.
"""

import importlib
import pkgutil

from .facts import Fact


def discover() -> list[type]:
    """Every problem class of the zoo, by name."""
    found = {}
    for module in pkgutil.iter_modules(__path__, __name__ + "."):
        for name, value in vars(importlib.import_module(module.name)).items():
            own = isinstance(value, type) and value.__module__ == module.name
            if own and hasattr(value, "_fields") and hasattr(value, "kernel"):
                found[name] = value
    return [found[name] for name in sorted(found)]


_classes = {problem.__name__: problem for problem in discover()}
globals().update(_classes)
__all__ = ["Fact", "discover", *_classes]  # noqa: PLE0604
