r"""Certificates: a violation that anybody can replay.

A certificate states: the kernel's code in REAL arithmetic, every literal, parameter, start and recorded draw being
exactly its float64 (or rational) value and every branch decided, gives enclosures of both sides of the statement with
:math:`\mathrm{lhs} - \mathrm{rhs} > 0`, and the computable hypotheses certainly hold at this instance. What stands
under ``assumed`` nobody has computed; flint, the lift and the tree walk are trusted.

The file is data: nothing in it is evaluated, classes come from the toolkit's packages, the statement from the claim.
"""

import importlib
import json
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import flint
import numpy as np
import sympy as sp

from theorylab.kernels.cache import PACKAGES, source_hash

from .balls import Undecided, precision
from .statement import Environment, Finding, Statement, judge
from .trajectory import Draws, Replay

FORMAT = "theorylab-certificate/1"
TYPES = ("static", "one-step", "trajectory", "evaluation")
_HOMES = ("problems", "theorylab.methods")


@dataclass(frozen=True)
class Instance:
    """Where a statement is put to the test.

    Attributes
    ----------
    problem, method : NamedTuple or None
        None where the statement speaks of given values only.
    start : tuple or ndarray of float, or tuple of Fraction
        The first iterate.
    memory : NamedTuple or None
        The method's memory there; None: as at the start of a run.
    first, steps : int
        Step number of `start`, and how many steps to make.
    draws : Draws or None
        Recorded random numbers.
    point : dict of str to Fraction
        Given values of symbols.
    recorded : dict of str to float
        Float64 values that a run has stored.
    """

    problem: tuple | None = None
    method: tuple | None = None
    start: object = None
    memory: object = None
    first: int = 0
    steps: int = 0
    draws: Draws | None = None
    point: dict | None = None
    recorded: dict | None = None

    def find(self, statement: Statement) -> Finding:
        """Replay to the last step at the present precision and judge the statement there."""
        before = start = now = None
        replay = None
        if self.problem is not None:
            replay = Replay(self.problem, self.method, self.draws)
            start = replay.first(self.start, self.memory, self.first) if self.method else replay.still(self.start)
            for now in replay.states(start, self.steps):
                if now.t < self.first + self.steps:
                    before = now
        return judge(statement, self.environment(replay, statement, now, before, start))

    def environment(self, replay, statement, now=None, before=None, start=None) -> Environment:
        """The values of the statement's symbols at a state of the replay."""
        records = (replay.problem, replay.method) if replay else (None, None)
        return Environment(*records, statement, now, before, start, self.point, self.recorded)


@dataclass(frozen=True)
class Certificate:
    """A certain violation of a claim, as plain data; numbers are hexadecimal floats or fractions, bounds are outward."""

    format: str
    claim: str
    type: str
    instance: dict
    relation: str
    lhs: str
    rhs: str
    hypotheses: list
    assumed: list
    precision_bits: int
    lhs_enclosure: list
    rhs_enclosure: list
    difference: list
    tried: list
    engine: str
    source_hash: str
    versions: dict

    @classmethod
    def of(cls, claim, kind, statement, instance, finding, bits, tried, engine) -> "Certificate":
        """The certificate of a violation found at this precision."""
        return cls(
            FORMAT, claim, kind, _write(instance), "lhs > rhs", *texts(statement),
            bits, _bounds(finding.lhs), _bounds(finding.rhs), _bounds(finding.difference), list(tried), engine,
            source_hash(*_files(instance, statement)), versions(),
        )  # fmt: skip

    def write(self, path) -> Path:
        """Store as JSON (about 1 kB without large arrays)."""
        path = Path(path)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")
        return path

    def __str__(self) -> str:
        low, high = map(float.fromhex, self.difference)
        return (
            f"{self.claim}: lhs - rhs in [{low:.6g}, {high:.6g}] > 0, certain at {self.precision_bits} bits "
            f"({self.type}, {self.engine})"
        )


def texts(statement: Statement) -> tuple[str, str, list[str], list[str]]:
    """Both sides, the hypotheses and the assumptions as text: what a certificate is compared by."""
    sides = sp.srepr if len(str(statement)) < 0 else str
    return sides(statement.lhs), sides(statement.rhs), [str(h) for h in statement.hypotheses], list(statement.assumed)


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
    """Outcome of a check: `ok`, one plain sentence, and the new enclosure of lhs - rhs (None if not replayed)."""

    ok: bool
    why: str
    difference: tuple[float, float] | None = None
