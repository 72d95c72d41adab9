r"""Certificates: a violation that anybody can replay.

A certificate states: the kernel's code in REAL arithmetic, every literal, parameter, start and recorded draw being
exactly its float64 (or rational) value and every branch decided, gives enclosures of both sides of the statement with
:math:`\mathrm{lhs} - \mathrm{rhs} > 0`, and the computable hypotheses certainly hold at this instance. What stands
under ``assumed`` nobody has computed; flint, the lift and the tree walk are trusted.

The file is data: nothing in it is evaluated, classes come from the toolkit's packages, the statement from the claim.
"""

import json
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import flint
import numpy as np
import sympy as sp

from theorylab.kernels.cache import source_hash
from theorylab.theory.balls import precision

from .balls import Undecided
from .instance import Instance, bounds
from .meanvalue import MeanValueReplay
from .records import from_json, own_files, to_json
from .statement import Finding, Statement
from .trajectory import Draws, Replay

FORMAT = "theorylab-certificate/1"
RELATION = "lhs > rhs"
#: Replay engines by the name under which a certificate states them.
ENGINES = {"balls": Replay, "mean-value balls": MeanValueReplay}


@dataclass(frozen=True, eq=False)
class Certificate:
    """A certain violation of a claim.

    Attributes
    ----------
    claim : str
        Id of the claim.
    type : str
        "static", "one-step", "trajectory" or "evaluation".
    instance : Instance
        Where the violation is.
    statement : dict
        Texts of both sides, the hypotheses and the assumptions.
    precision_bits : int
        Precision that decided.
    enclosures : dict
        Outward-rounded bounds of ``lhs_enclosure``, ``rhs_enclosure`` and ``difference``, hexadecimal.
    tried : list
        Precisions tried: bits, seconds, outcome.
    engine : str
        A key of `ENGINES`.
    source_hash : str
        Of the sources that were replayed.
    versions : dict
        Of what the certificate rests on.
    """

    claim: str
    type: str
    instance: Instance
    statement: dict
    precision_bits: int
    enclosures: dict
    tried: list
    engine: str
    source_hash: str
    versions: dict

    @classmethod
    def of(cls, claim, kind, statement, instance, finding, bits, tried, engine) -> "Certificate":
        """The certificate of a finding at this precision."""
        enclosures = {
            "lhs_enclosure": bounds(finding.lhs),
            "rhs_enclosure": bounds(finding.rhs),
            "difference": bounds(finding.difference),
        }
        return cls(
            claim, kind, instance, texts(statement), bits, enclosures, tried, engine,
            hash_of(instance, statement), versions(),
        )  # fmt: skip

    def as_dict(self) -> dict:
        """Plain data, as stored."""
        i = self.instance
        return {
            "format": FORMAT, "claim": self.claim, "type": self.type,
            "problem": to_json(i.problem), "method": to_json(i.method),
            "start": to_json(i.start), "state": to_json(i.memory), "first": i.first, "steps": i.steps,
            "draws": i.draws and {"first": i.draws.first, "rows": to_json(i.draws.rows)},
            "point": {name: to_json(value) for name, value in i.point.items()},
            "recorded": {name: to_json(value) for name, value in i.recorded.items()},
            "relation": RELATION, **self.statement, "precision_bits": self.precision_bits, **self.enclosures,
            "tried": self.tried, "engine": self.engine, "source_hash": self.source_hash, "versions": self.versions,
        }  # fmt: skip

    def write(self, path) -> Path:
        """Store as JSON: about 1 kB where the problem has no arrays."""
        path = Path(path)
        path.write_text(json.dumps(self.as_dict(), indent=1) + "\n")
        return path

    def __str__(self) -> str:
        low, high = map(float.fromhex, self.enclosures["difference"])
        return (
            f"{self.claim}: lhs - rhs lies in [{low:.6g}, {high:.6g}] after {self.instance.steps} steps, "
            f"certain at {self.precision_bits} bits ({self.type}, {self.engine})"
        )


def texts(statement: Statement) -> dict:
    """The statement in words that can be compared."""
    return {
        "lhs": str(statement.lhs),
        "rhs": str(statement.rhs),
        "hypotheses": [str(hypothesis) for hypothesis in statement.hypotheses],
        "assumed": list(statement.assumed),
    }


def hash_of(instance: Instance, statement: Statement) -> str:
    """Hash of the toolkit's sources and of the files of a user's own records and observables."""
    return source_hash(*own_files(instance.problem, instance.method, *statement.observables.values()))


def versions() -> dict:
    """Versions of what a certificate rests on."""
    return {
        "python": platform.python_version(),
        "python-flint": flint.__version__,
        "flint": flint.__FLINT_VERSION__,
        "sympy": sp.__version__,
        "numpy": np.__version__,
    }


class Check(NamedTuple):
    """Outcome of a check: whether the violation stands, one sentence, and the new bounds of lhs - rhs if replayed."""

    ok: bool
    why: str
    difference: tuple[float, float] | None = None


class _Refused(Exception):
    """The certificate is not about what is replayed."""


def check(
    source, resolve: Callable[[str], Statement], *, classes: Iterable[type] = (), require_source: bool = True
) -> Check:
    """Replay a certificate at twice its precision.

    Parameters
    ----------
    source : path, str or dict
        The file, or its data.
    resolve : callable
        From the id of a claim to its `Statement` (KeyError if unknown): the file's own text is only compared with it.
    classes : iterable of type
        Record classes allowed besides the toolkit's problems and methods.
    require_source : bool
        Refuse a certificate of other sources than the present ones.

    Returns
    -------
    Check
        ``ok`` only if both sides are again certainly apart, in the same direction, and the difference overlaps the
        stored one.
    """
    try:
        data = source if isinstance(source, dict) else json.loads(Path(source).read_text())
        statement, instance = _identify(data, resolve, tuple(classes), require_source)
        stored = [float.fromhex(bound) for bound in data["difference"]]
        bits = 2 * int(data["precision_bits"])
        finding = _replay(statement, instance, ENGINES[data["engine"]], bits)
        if finding is None or finding.violated is None:
            return Check(False, f"the replay at {bits} bits does not decide the statement")
        low, high = finding.difference.enclosure()
        if not finding.violated:
            return Check(False, f"the replay at {bits} bits gives lhs - rhs in [{low:.6g}, {high:.6g}]: no violation",
                         (low, high))  # fmt: skip
        if not finding.difference.overlaps(*stored):
            return Check(
                False, f"the replay gives lhs - rhs in [{low:.6g}, {high:.6g}], which misses the stored "
                f"[{stored[0]:.6g}, {stored[1]:.6g}]: this is not the instance that was certified", (low, high),
            )  # fmt: skip
        return Check(True, f"lhs > rhs is certain at {bits} bits: the difference is at least {low:.6g}", (low, high))
    except _Refused as refusal:
        return Check(False, f"refused: {refusal}")
    except (AttributeError, KeyError, OSError, OverflowError, TypeError, ValueError) as error:
        return Check(False, f"refused: not a readable certificate ({type(error).__name__}: {error})")


def _identify(data, resolve, classes, require_source):
    """The statement that the claim makes today and the instance, if the certificate is about both."""
    if data.get("format") != FORMAT or data.get("relation") != RELATION:
        raise _Refused(f"format {data.get('format')!r} with relation {data.get('relation')!r} is not {FORMAT!r}")
    if data["engine"] not in ENGINES:
        raise _Refused(f"the engine {data['engine']!r} is unknown; there are {', '.join(ENGINES)}")
    low, high = map(float.fromhex, data["difference"])
    if not 0 <= low <= high:
        raise _Refused(f"the stored difference [{low}, {high}] states no violation")
    try:
        statement = resolve(data["claim"])
    except KeyError:
        raise _Refused(f"there is no claim {data['claim']!r}") from None
    for part, text in texts(statement).items():
        if data[part] != text:
            raise _Refused(f"{part} is {data[part]!r} in the certificate and {text!r} in the claim today")
    draws = data["draws"] and Draws(data["draws"]["first"], from_json(data["draws"]["rows"]))
    read = {name: from_json(data[name], classes) for name in ("problem", "method", "start")}
    given = {part: {name: from_json(value) for name, value in data[part].items()} for part in ("point", "recorded")}
    instance = Instance(
        **read, **given, memory=from_json(data["state"], classes), first=data["first"], steps=data["steps"], draws=draws
    )
    present = hash_of(instance, statement)
    if require_source and data["source_hash"] != present:
        raise _Refused(
            f"it was made from sources {data['source_hash']} and these are {present}; check it there, or accept any "
            "source if the replay is to speak for the present code"
        )
    return statement, instance


def _replay(statement, instance, engine, bits) -> Finding | None:
    """The finding at the last state, None where a branch on the way is undecided."""
    with precision(bits):
        try:
            *_, last = instance.walk(statement, engine)
            return last.finding()
        except Undecided:
            return None
