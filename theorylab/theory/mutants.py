"""Do the checks notice a wrong step? Every step is mutated in one place and must be caught.

``python -m theorylab.theory.mutants gdpolyak`` prints, for each kind of mutation, how many mutants the numbers alone
catch, how many contact points and pins catch besides, and names the survivors. A survivor that is the same function
as the original (proved symbolically) is called equivalent and counted apart.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import random
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import sympy as sp

from theorylab.theory import proofs
from theorylab.theory.checks import Broken, check_contact, check_numbers, check_pins
from theorylab.theory.derivation import Derivation
from theorylab.theory.step import Step

MORE, LESS = sp.Rational(11, 10), sp.Rational(9, 10)
REQUIRED = 0.99
POINTS = 16
LIMIT = 10.0  # seconds for one symbolic test of equivalence
FLIPPED = {">=": "<=", "<=": ">=", "oo": "0+", "0+": "oo"}


@dataclass(frozen=True)
class Mutant:
    """A step changed in one place.

    Attributes
    ----------
    kind : str
        Relation and kind of change, such as ">= constant".
    step, original : Step
    derivation : str
    """

    kind: str
    step: Step
    original: Step
    derivation: str

    def __str__(self) -> str:
        return f"{self.derivation}: {self.original.reason!r}, {self.kind}: {self.step}"


def changed_expressions(expr: sp.Expr) -> Iterator[tuple[str, sp.Expr]]:
    """All single changes of an expression: constants +-10 %, exponents, signs, dropped terms and factors."""
    if expr == 0:
        yield "constant", sp.Rational(1, 10)
        return
    yield "constant", expr * MORE
    yield "constant", expr * LESS
    yield from _changes(expr, lambda inner: inner, in_exponent=False)


def _changes(expr, rebuild, in_exponent):
    args = expr.args
    if expr.is_Add:
        for i, term in enumerate(args):
            rest = sp.Add(*args[:i], *args[i + 1 :])
            yield "sign", rebuild(rest - term)
            yield "dropped", rebuild(rest)
    elif expr.is_Mul:
        for i, factor in enumerate(args):
            if not factor.is_number:
                yield "dropped", rebuild(sp.Mul(*args[:i], *args[i + 1 :]))
    elif isinstance(expr, sp.exp):
        yield "exponent", rebuild(sp.exp(args[0] * MORE))
    elif expr.is_Pow:
        yield "exponent", rebuild(expr.base ** (expr.exp + 1))
        yield "exponent", rebuild(expr.base ** (expr.exp * MORE))
    elif expr.is_Rational and not in_exponent:
        yield "constant", rebuild(expr * MORE)
    for i, arg in enumerate(args):
        if isinstance(arg, sp.Expr):
            inside = in_exponent or (expr.is_Pow and i == 1)
            yield from _changes(
                arg, lambda new, i=i: rebuild(expr.func(*args[:i], new, *args[i + 1 :])), inside
            )  # fmt: skip


def mutants_of(step: Step, derivation: str) -> list[Mutant]:
    """All mutants of a step: both sides, and the direction of an inequality or of the variable."""
    found = []
    for side in ("lhs", "rhs"):
        original = getattr(step, side)
        for kind, new in changed_expressions(original):
            if new != original:
                found.append(Mutant(f"{step.relation} {kind}", replace(step, **{side: new}), step, derivation))
    if step.relation in FLIPPED:
        flipped = replace(step, relation=FLIPPED[step.relation])
        found.append(Mutant(f"{step.relation} direction", flipped, step, derivation))
    if step.toward is not None:
        turned = (step.toward[0], FLIPPED[step.toward[1]])
        found.append(Mutant("~ direction", replace(step, toward=turned), step, derivation))
    return found


def verdict(mutant: Mutant) -> str:
    """Who notices: "numbers", "pins" (contact points included), "equivalent", or "survived"."""
    try:
        check_numbers(mutant.step, POINTS)
    except Broken:
        return "numbers"
    try:
        check_contact(mutant.step)
        check_pins(mutant.step)
    except Broken:
        return "pins"
    return "equivalent" if _is_equivalent(mutant) else "survived"


def _is_equivalent(mutant: Mutant) -> bool:
    new, old = mutant.step, mutant.original
    if (new.relation, new.toward) != (old.relation, old.toward):
        return False
    sides = (new.lhs, old.lhs) if new.lhs != old.lhs else (new.rhs, old.rhs)
    same = Step(sides[0], "==", sides[1], "equivalence of a mutant", domains=old.domains)
    return proofs.prove(same, limit=LIMIT).strength == proofs.Strength.PROVED


def run(derivations: Iterable[Derivation], per_step: int | None = None, seed: int = 0) -> list[tuple[Mutant, str]]:
    """Verdict on every mutant, or on a seeded sample of `per_step` mutants of each step."""
    rng = random.Random(seed)
    outcomes = []
    for derivation in derivations:
        for step in derivation.steps:
            found = mutants_of(step, derivation.name)
            if per_step is not None and len(found) > per_step:
                found = rng.sample(found, per_step)
            outcomes += [(mutant, verdict(mutant)) for mutant in found]
    return outcomes


def caught_share(outcomes: list[tuple[Mutant, str]]) -> float:
    """Share of the mutants caught among those that are not equivalent."""
    counted = [v for _, v in outcomes if v != "equivalent"]
    return sum(v != "survived" for v in counted) / max(1, len(counted))


def report(outcomes: list[tuple[Mutant, str]]) -> str:
    """Table by kind, then the survivors by name."""
    heads = ("mutants", "equivalent", "numbers", "+ contact, pins", "survived")
    lines = [f"{'mutated':16s} {heads[0]:>8s} {heads[1]:>11s} {heads[2]:>8s} {heads[3]:>16s} {heads[4]:>9s}"]
    for kind in [*sorted({m.kind for m, _ in outcomes}), "all"]:
        seen = [v for m, v in outcomes if kind in ("all", m.kind)]
        numbers, pins = seen.count("numbers"), seen.count("pins")
        lines.append(
            f"{kind:16s} {len(seen):8d} {seen.count('equivalent'):11d} {numbers:8d} {numbers + pins:16d} "
            f"{seen.count('survived'):9d}"
        )
    for what in ("survived", "equivalent"):
        lines += [f"{what}: {m}" for m, v in outcomes if v == what]
    lines.append(f"caught: {100 * caught_share(outcomes):.2f} % (required: {100 * REQUIRED:g} %)")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Command line; exit code 0 when enough mutants are caught, 1 when not, 2 on bad usage."""
    parser = argparse.ArgumentParser(prog="python -m theorylab.theory.mutants", description=__doc__.split("\n")[0])
    parser.add_argument("paper", help="a folder of theorylab/papers, such as gdpolyak")
    parser.add_argument("--per-step", type=int, default=None, help="sample so many mutants of each step (default: all)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample")
    chosen = parser.parse_args(arguments)
    name = f"theorylab.papers.{chosen.paper}.derivations"
    if importlib.util.find_spec(f"theorylab.papers.{chosen.paper}") is None or importlib.util.find_spec(name) is None:
        parser.error(f"there is no package {name}; name a paper that has derivations")
    start = time.perf_counter()
    derivations = [build() for build in importlib.import_module(name).ALL.values()]
    outcomes = run(derivations, chosen.per_step, chosen.seed)
    print(report(outcomes))
    steps = sum(len(d.steps) for d in derivations)
    print(f"{len(outcomes)} mutants of {steps} steps in {time.perf_counter() - start:.0f} s")
    return 0 if caught_share(outcomes) >= REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main())
