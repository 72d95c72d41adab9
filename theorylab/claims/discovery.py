"""Claims are found by folder: ``theorylab/papers/<id>/claims``, or any file of one's own."""

import difflib
import functools
import importlib
import importlib.util
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

import theorylab.papers

from .claim import BadClaim, Claim


class UnknownName(KeyError):
    """No paper or claim of that name; the message lists the nearest."""

    def __str__(self) -> str:
        return str(self.args[0])


def papers() -> list[str]:
    """Ids of the papers, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(theorylab.papers.__path__) if module.ispkg)


def _modules(paper: str):
    """The modules of a paper that hold claims: in the reading order of its package (`TOPICS`), then the rest."""
    name = f"theorylab.papers.{paper}"
    package = importlib.import_module(f"{name}.claims")
    if not hasattr(package, "__path__"):
        yield package
        return
    found = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    order = [topic for topic in getattr(package, "TOPICS", ()) if topic in found]
    for topic in order + [topic for topic in found if topic not in order]:
        yield importlib.import_module(f"{name}.claims.{topic}")


def claims_in(module: ModuleType) -> list[Claim]:
    """The claims that a module defines, in the order of definition."""
    return [value for value in vars(module).values() if isinstance(value, Claim)]


@functools.cache
def claims_of(paper: str) -> tuple[Claim, ...]:
    """All claims of a paper in its order; ids are unique."""
    if paper not in papers():
        raise UnknownName(f"there is no paper {paper!r}; the papers are {', '.join(papers())}")
    found: dict[str, Claim] = {}
    for module in _modules(paper):
        for claim in claims_in(module):
            if found.setdefault(claim.id, claim) is not claim:
                raise BadClaim(f"the id {claim.id} is used twice; the second time in {module.__name__}")
    return tuple(found.values())


def load_file(path) -> list[Claim]:
    """The claims of a file of one's own."""
    path = Path(path)
    if not path.is_file():
        raise UnknownName(f"there is no file {path}")
    name = f"theorylab_claims_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # the kernels of the file's own problems are looked up by module name
    spec.loader.exec_module(module)
    found = claims_in(module)
    if not found:
        raise BadClaim(f"{path} defines no claim; make one with the decorator theorylab.claims.claim")
    return found


def select(names=()) -> list[Claim]:
    """The claims that `names` ask for: papers, claim ids or files; everything if empty.

    Raises
    ------
    UnknownName
        For a name that is none of these, with the nearest ids.
    """
    chosen: dict[str, Claim] = {}
    for name in names or papers():
        if str(name).endswith(".py"):
            found = load_file(name)
        elif name in papers():
            found = claims_of(name)
        else:
            found = [find(name)]
        chosen.update((claim.id, claim) for claim in found)
    return list(chosen.values())


def find(name: str) -> Claim:
    """The claim with this id."""
    everything = {claim.id: claim for paper in papers() for claim in claims_of(paper)}
    if name in everything:
        return everything[name]
    pool = [*everything, *papers()]
    near = difflib.get_close_matches(name, pool, n=3, cutoff=0.4)
    near += [known for known in pool if name.split(".")[-1] in known and known not in near][:3]
    hint = f"; nearest: {', '.join(near)}" if near else "; `theorylab list` names them all"
    raise UnknownName(f"there is no claim or paper {name!r}{hint}")
