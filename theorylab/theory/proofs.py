"""Proof search for one step: rules in order, each in a killable child, successes kept on disk."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path

import flint
import sympy as sp

from theorylab.folders import cache_root
from theorylab.theory import balls, boxes, domains, equality, inequality, leading, rate
from theorylab.theory.prover import Prover, TimedOut
from theorylab.theory.step import Step, Strength

LIMIT = 30.0  # seconds for one rule; under load a 2.5 s proof was seen to take four times as long
_PROVER = Prover()


@dataclass(frozen=True)
class Proof:
    """What a search found: its strength and the rule or box in words; `attempts` names what did not work."""

    strength: Strength
    detail: str
    attempts: tuple[str, ...] = ()


def cache_folder() -> Path:
    """Folder for proofs, below `theorylab.folders.cache_root`."""
    return cache_root() / "proofs"


@functools.cache
def checker_hash() -> str:
    """Hash of the rules' own source and of the libraries' versions: a proof is stale when any of them changes."""
    digest = hashlib.sha256(f"{sp.__version__} {flint.__version__} {platform.python_version()}".encode())
    for module in (balls, boxes, domains, equality, inequality, leading, rate):
        digest.update(Path(module.__file__).read_bytes())
    return digest.hexdigest()


def proof_key(step: Step) -> str:
    """Hash of everything that a proof of the step depends on."""
    parts = [checker_hash(), step.relation, sp.srepr(step.lhs), sp.srepr(step.rhs), str(step.toward), str(step.hint)]
    for x, d in sorted(step.domains.items(), key=str):
        parts.append(f"{sp.srepr(x)} {sp.srepr(d.lower)} {sp.srepr(d.upper)} {d.integer}")
    parts += [str(sorted((sp.srepr(x), sp.srepr(sp.sympify(v))) for x, v in c.items())) for c in step.contact]
    parts.append(str(step.box and sorted((sp.srepr(x), str(ends)) for x, ends in step.box.items())))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def recall(step: Step) -> Proof | None:
    """The proof of the step found earlier by the same rules, or None."""
    try:
        found = json.loads((cache_folder() / f"{proof_key(step)}.json").read_text())
        return Proof(Strength(found["strength"]), found["detail"])
    except (OSError, ValueError, KeyError):
        return None


def keep(step: Step, proof: Proof) -> None:
    """Store a proof; an unwritable folder only costs time later."""
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".part", delete=False) as part:
            json.dump({"strength": int(proof.strength), "detail": proof.detail, "step": str(step)}, part)
        os.replace(part.name, folder / f"{proof_key(step)}.json")
    except OSError:
        return


def prove(step: Step, limit: float = LIMIT) -> Proof:
    """Recall or search a proof of a step whose numbers already agree.

    Returns
    -------
    Proof
        PROVED or BOXED with the rule; FAILED where balls find a violation; TESTED where no rule works.
    """
    known = recall(step)
    if known is not None:
        return known
    proof = _search(step, limit)
    if proof.strength > Strength.TESTED:
        keep(step, proof)
    return proof


def _search(step, limit):
    attempts = []
    if step.expected == Strength.BOXED and (found := _by_box(step, limit)):
        return found
    for name, function, args in _rules(step):
        try:
            detail = _PROVER.call(function, *args, limit=limit)
        except TimedOut:
            attempts.append(f"{name} (killed after {limit:g} s)")
            continue
        if detail is not None:
            return Proof(Strength.PROVED, detail, tuple(attempts))
        attempts.append(name)
    if step.expected != Strength.BOXED and (found := _by_box(step, limit)):
        return found
    return Proof(Strength.TESTED, "", tuple(attempts))


def _by_box(step, limit):
    """Proof or refutation by balls, or None where they do not decide (or the step has no box)."""
    if step.box is None or step.relation not in (">=", "<="):
        return None
    try:
        answer = _PROVER.call(boxes.prove_on_box, step.gap, dict(step.box), step.contact, limit=limit)
    except TimedOut:
        return None
    proved, detail = answer or (None, "")  # no answer: the expression has no balls
    return None if proved is None else Proof(Strength.BOXED if proved else Strength.FAILED, detail)


def _rules(step):
    if step.relation == "~":
        args = (step.lhs, step.rhs, *step.toward)
        return [("leading term", prove_same_law, args), ("taylor", prove_taylor, args)]
    if step.relation == "==":
        rules, function, args = equality.EQUALITY_RULES, equality.prove_equal, (step.lhs, step.rhs)
    else:
        big, small = (step.lhs, step.rhs) if step.relation == ">=" else (step.rhs, step.lhs)
        rules, function = inequality.INEQUALITY_RULES, inequality.prove_at_least
        args = (big, small, dict(step.domains), step.contact)
    if step.hint is not None and step.hint not in rules:
        raise ValueError(f"step {step.reason!r} hints at the rule {step.hint!r}; the rules are {', '.join(rules)}")
    order = sorted(rules, key=lambda name: name != step.hint)
    return [(name, function, (name, *args)) for name in order]


def prove_same_law(lhs, rhs, variable, direction) -> str | None:
    """Leading terms of both sides, by structure, have the same orders and constants."""
    first, second = rate.Rate.of(lhs, variable, direction), rate.Rate.of(rhs, variable, direction)
    same = all(sp.simplify(a - b) == 0 for a, b in zip(first.orders, second.orders, strict=True))
    if same and _is_one(first.constant / second.constant):
        return "leading term by structure"
    return None


def prove_taylor(lhs, rhs, variable, direction) -> str | None:
    """lhs ~ C x^n as x -> 0+: the derivatives at 0 below the n-th vanish and the n-th is C n!."""
    n = sp.simplify(variable * sp.diff(rhs, variable) / rhs)
    if direction != "0+" or not (n.is_Integer and n >= 0):
        return None
    derivative = lhs
    for order in range(int(n) + 1):
        value = sp.simplify(derivative.subs(variable, 0))
        if sp.simplify(value - (rhs * sp.factorial(n) / variable**n if order == n else 0)) != 0:
            return None
        derivative = sp.diff(derivative, variable)
    return f"Taylor, order {n}"


def _is_one(ratio: sp.Expr) -> bool:
    return any(
        form(ratio) == 1
        for form in (sp.simplify, lambda r: sp.simplify(sp.powdenest(sp.expand_power_base(r, force=True), force=True)))
    )
