"""Derivation: ordered steps, named results, and the report of checking them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy as sp

from theorylab.theory import proofs
from theorylab.theory.checks import Broken, check_contact, check_numbers, check_pins
from theorylab.theory.rate import Rate
from theorylab.theory.step import Step, Strength


@dataclass(frozen=True)
class CheckedStep:
    """A step with what is known about it.

    Attributes
    ----------
    step : Step
    strength : Strength
    detail : str
        Rule, box, number of points, or counterexample.
    attempted : bool
        Whether a proof was looked for (or recalled).
    seconds : float
    """

    step: Step
    strength: Strength
    detail: str
    attempted: bool
    seconds: float

    @property
    def label(self) -> str:
        """The label in words, strongest claim that holds."""
        return {
            Strength.PROVED: f"proved symbolically ({self.detail})",
            Strength.BOXED: f"proved on a box by interval arithmetic ({self.detail})",
            Strength.TESTED: self.detail,
            Strength.FAILED: f"FAILED ({self.detail})",
        }[self.strength]

    @property
    def is_below_expectation(self) -> bool:
        """A proof was expected and looked for, but not found."""
        return self.attempted and self.strength < self.step.expected


def check_step(step: Step, prove: bool = True) -> CheckedStep:
    """Numbers, contact points and pins, then a proof: searched with ``prove=True``, else only recalled."""
    start = time.perf_counter()
    try:
        tested = check_numbers(step)
        check_contact(step)
        check_pins(step)
    except Broken as error:
        return CheckedStep(step, Strength.FAILED, str(error), False, time.perf_counter() - start)
    proof = proofs.prove(step) if prove else proofs.recall(step)
    if proof is None or proof.strength == Strength.TESTED:
        tried = "" if proof is None else f"; no proof by {', '.join(proof.attempts)}"
        return CheckedStep(step, Strength.TESTED, tested + tried, prove, time.perf_counter() - start)
    return CheckedStep(step, proof.strength, proof.detail, True, time.perf_counter() - start)


@dataclass(frozen=True)
class Report:
    """Outcome of checking a derivation.

    Attributes
    ----------
    name : str
    steps : tuple of CheckedStep
    """

    name: str
    steps: tuple[CheckedStep, ...]

    @property
    def ok(self) -> bool:
        """No step failed."""
        return not self.failed

    @property
    def failed(self) -> tuple[CheckedStep, ...]:
        """The steps that failed."""
        return tuple(s for s in self.steps if s.strength == Strength.FAILED)

    @property
    def below(self) -> tuple[CheckedStep, ...]:
        """The steps whose label is weaker than their author obtained, although a proof was looked for."""
        return tuple(s for s in self.steps if s.is_below_expectation)

    @property
    def why(self) -> str:
        """One plain sentence."""
        if self.failed:
            first = self.failed[0]
            more = f" (and {len(self.failed) - 1} more)" if len(self.failed) > 1 else ""
            return f"The derivation {self.name} breaks at the step '{first.step.reason}'{more}: {first.detail}."
        counts = {s: sum(c.strength == s for c in self.steps) for s in Strength}
        parts = [f"{counts[Strength.PROVED]} proved symbolically"]
        if counts[Strength.BOXED]:
            parts.append(f"{counts[Strength.BOXED]} proved on a box")
        if counts[Strength.TESTED]:
            parts.append(f"{counts[Strength.TESTED]} tested at random points")
        below = f"; weaker than expected: {', '.join(repr(s.step.reason) for s in self.below)}" if self.below else ""
        return f"All {len(self.steps)} steps of {self.name} hold: {', '.join(parts)}{below}."


@dataclass(frozen=True, eq=False, repr=False)
class Derivation:
    """A chain of checked steps and what comes out of it.

    Parameters
    ----------
    name, title : str
        Identifier and one line in words.
    steps : tuple of Step
    results : mapping of str to sympy.Expr, sympy.Basic or Rate
        What claims use; ``derivation["name"]`` reads one.
    """

    name: str
    title: str
    steps: tuple[Step, ...]
    results: Mapping[str, sp.Basic | Rate] = field(default_factory=dict)

    def __getitem__(self, name: str):
        try:
            return self.results[name]
        except KeyError:
            known = ", ".join(self.results)
            raise KeyError(f"the derivation {self.name} has no result {name!r}; it has {known}") from None

    def __repr__(self) -> str:
        return f"Derivation({self.name}: {self.title}; {len(self.steps)} steps, results {', '.join(self.results)})"

    @functools.cache  # noqa: B019 - derivations live as long as the process
    def check(self, prove: bool = True) -> Report:
        """Check every step; with ``prove=False`` proofs are only recalled from the cache, never searched."""
        return Report(self.name, tuple(check_step(step, prove) for step in self.steps))

    def table(self) -> str:
        """Plain text: steps with labels, then results."""
        report = self.check(prove=False)
        lines = [f"{self.name}: {self.title}", ""]
        for number, checked in enumerate(report.steps, 1):
            lines += [f"{number:3d}. {checked.step.reason}", f"     {checked.step}", f"     [{checked.label}]"]
        lines += ["", "results"] + [f"  {name} = {value}" for name, value in self.results.items()]
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        report = self.check(prove=False)
        lines = [f"**{_plain(self.title)}**", ""]
        for number, checked in enumerate(report.steps, 1):
            lines += [f"{number}. {_plain(checked.step.reason)}: ${checked.step.latex()}$  "]
            lines += [f"   ({_plain(checked.label)})"]
        lines += ["", "| result | value |", "|---|---|"]
        for name, value in self.results.items():
            shown = value.latex() if isinstance(value, Rate) else sp.latex(value)
            lines.append(f"| {name} | ${shown}$ |")
        return "\n".join(lines)


def _plain(text: str) -> str:
    """Text with the signs escaped that Markdown would read as emphasis."""
    return text.replace("*", r"\*").replace("_", r"\_")


class Chain:
    """Collects the steps and results of a derivation in the order in which they are written."""

    def __init__(self):
        self.steps: list[Step] = []
        self.results: dict[str, sp.Basic | Rate] = {}

    def add(self, *steps: Step) -> None:
        """Append steps made elsewhere."""
        self.steps.extend(steps)

    def equal(self, lhs, rhs, reason: str, **guards) -> sp.Expr:
        """Append lhs == rhs and return the right-hand side."""
        self.steps.append(Step(lhs, "==", rhs, reason, **guards))
        return self.steps[-1].rhs

    def at_least(self, lhs, rhs, reason: str, **guards) -> sp.Expr:
        """Append lhs >= rhs and return the right-hand side."""
        self.steps.append(Step(lhs, ">=", rhs, reason, **guards))
        return self.steps[-1].rhs

    def at_most(self, lhs, rhs, reason: str, **guards) -> sp.Expr:
        """Append lhs <= rhs and return the right-hand side."""
        self.steps.append(Step(lhs, "<=", rhs, reason, **guards))
        return self.steps[-1].rhs

    def law(self, lhs, variable, reason: str, direction: str = "oo", **guards) -> Rate:
        """Append lhs ~ its leading law and return that law."""
        rate = Rate.of(lhs, variable, direction)
        self.steps.append(Step(lhs, "~", rate.expr, reason, toward=(variable, direction), **guards))
        return rate

    def tends(self, lhs, rhs, variable, reason: str, direction: str = "oo", **guards) -> sp.Expr:
        """Append lhs ~ rhs (their ratio tends to 1) and return the right-hand side."""
        self.steps.append(Step(lhs, "~", rhs, reason, toward=(variable, direction), **guards))
        return self.steps[-1].rhs

    def result(self, **named) -> None:
        """Name what the derivation yields."""
        self.results.update(named)


def derivation(title: str) -> Callable[[Callable[[Chain], None]], Callable[[], Derivation]]:
    """Decorator: a function that fills a `Chain` becomes a memoised function that returns the `Derivation`."""

    def decorate(fill):
        @functools.cache
        @functools.wraps(fill)
        def build() -> Derivation:
            chain = Chain()
            fill(chain)
            return Derivation(fill.__name__, title, tuple(chain.steps), chain.results)

        del build.__wrapped__  # help() and inspect.signature must show that no argument is taken
        return build

    return decorate
