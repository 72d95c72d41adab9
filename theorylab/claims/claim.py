"""A claim: one checkable statement of one paper."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field

KINDS = ("bound", "exponent", "constant", "event", "identity", "ordering")
SOURCES = ("quoted", "secondary", "derived", "unverified")
OUTCOMES = ("SUPPORTED", "REFUTED", "UNDECIDED")


class BadClaim(ValueError):
    """A claim that is put wrongly, told in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One checkable statement of one paper; usually made by the decorator `claim`.

    Attributes
    ----------
    id : str
        ``paper.name``.
    kind : {"bound", "exponent", "constant", "event", "identity", "ordering"}
    says : str
        The claim in words.
    place : str
        Where the paper, or its specification, says so.
    source : {"quoted", "secondary", "derived", "unverified"}
        How sure we are that the paper says so.
    evidence : callable
        ``evidence(plan)`` yields findings: `Measured` for exponents and constants, `Checked` for bounds, events and
        identities, `Compared` for orderings. Where a number is predicted it never sees the prediction; a bound or an
        event is itself evaluated along the traces.
    predicted : callable, optional
        Returns a `Band`, or a dict quantity -> `Band`, whose values come out of `derivations`.
    derivations : tuple of callables
        Each returns a `Derivation`; one broken step makes the claim UNDECIDED.
    statement : callable, optional
        Returns the statement as a sympy object; made from the prediction if not given.
    refutation : callable, optional
        Returns the ``theorylab.replay.Statement`` that a certificate of a counterexample refers to.
    expected : {"SUPPORTED", "REFUTED", "UNDECIDED"}
        The verdict that passes the trial; REFUTED for misreadings, slips and missing assumptions.
    quick : bool
        Whether the evidence fits the quick plan; if not, the claim is NOT_RUN there.
    """

    id: str
    kind: str
    says: str
    place: str
    source: str
    evidence: Callable = field(repr=False)
    predicted: Callable | None = field(default=None, repr=False)
    derivations: tuple = field(default=(), repr=False)
    statement: Callable | None = field(default=None, repr=False)
    refutation: Callable | None = field(default=None, repr=False)
    expected: str = "SUPPORTED"
    quick: bool = True

    def __post_init__(self):
        if not re.fullmatch(r"[a-z0-9_]+\.[a-z0-9-]+", self.id):
            raise BadClaim(f"claim id {self.id!r} has to read paper.name, in small letters, digits and hyphens")
        for name, value, allowed in (
            ("kind", self.kind, KINDS),
            ("source", self.source, SOURCES),
            ("expected", self.expected, OUTCOMES),
        ):
            if value not in allowed:
                raise BadClaim(f"{self.id}: {name} is {value!r}; it has to be one of {', '.join(allowed)}")
        if self.kind in ("exponent", "constant") and self.predicted is None:
            raise BadClaim(f"{self.id}: a claim of kind {self.kind} needs `predicted`, a Band out of a derivation")
        if not self.says:
            raise BadClaim(f"{self.id}: say the claim in words, as the docstring of its evidence")

    @property
    def paper(self) -> str:
        """The paper's id."""
        return self.id.split(".")[0]

    def bands(self) -> dict:
        """Quantity -> Band."""
        made = self.predicted() if self.predicted else {}
        return made if isinstance(made, dict) else {"value": made}

    def latex(self) -> str:
        """The statement in LaTeX, made from the sympy object."""
        import sympy as sp

        if self.statement is not None:
            return sp.latex(self.statement())
        names = {"value": sp.Symbol("value")}
        return r",\quad ".join(
            rf"\text{{{name}}} = {sp.latex(band.value)}" if name not in names else sp.latex(band.value)
            for name, band in self.bands().items()
        )

    def _repr_markdown_(self) -> str:
        return (
            f"**{self.id}** ({self.kind}, {self.place}, [{self.source}], expected {self.expected})  \n"
            f"{self.says}\n\n$${self.latex()}$$"
        )


def claim(id: str, **fields):
    """Decorator that makes a `Claim` of the function that gathers its evidence; its docstring says the claim."""

    def decorate(evidence) -> Claim:
        says = inspect.cleandoc(evidence.__doc__ or "").replace("\n", " ")
        return Claim(id=id, says=says, evidence=evidence, **fields)

    return decorate
