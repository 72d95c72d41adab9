"""The search for a certain violation: precision rises until every comparison is decided, or time is up."""

import math
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from theorylab.theory.balls import precision

from .balls import Undecided
from .certificate import ENGINES, Certificate
from .instance import Instance
from .statement import Finding, Statement

#: Seconds that one claim may take.
QUICK, FULL = 2.0, 60.0
_FIRST_BITS = 64
_MOST_BITS = 1 << 18


class Outcome(NamedTuple):
    """What a search found.

    Attributes
    ----------
    status : str
        "violated" (with a certificate), "holds" (certainly, wherever it was tested) or "undecidable".
    why : str
        One plain sentence.
    certificate : Certificate or None
        Of the first certain violation.
    tried : list
        Precisions tried: bits, seconds, outcome.
    """

    status: str
    why: str
    certificate: Certificate | None
    tried: list

    @property
    def violated(self) -> bool:
        """Whether the violation is certain."""
        return self.status == "violated"


def certify_static(claim: str, statement: Statement, point: dict, *, seconds: float = QUICK) -> Outcome:
    """Search at a rational point: ``point`` maps the statement's symbols to Fractions."""
    return _search(claim, "static", statement, Instance(point=point), None, seconds, "balls")


def certify_evaluation(
    claim: str, statement: Statement, problem, x, recorded: dict, *, method=None, memory=None, t=0, seconds=QUICK
) -> Outcome:
    """Search at one float64 point: ``recorded`` holds float64 results, which the statement calls ``recorded_<name>``.

    Libraries of elementary functions differ between machines, so the results are stored and not computed again.
    """
    instance = Instance(problem, method, x, memory, first=t, recorded=recorded)
    return _search(claim, "evaluation", statement, instance, None, seconds, "balls")


def certify_step(
    claim: str, statement: Statement, problem, method, x, memory=None, *, t=0, draws=None, seconds=QUICK
) -> Outcome:
    """Search after one step from a recorded state, which is taken as exact; the prefix ``before_`` means that state.

    For everything that quantifies over all states: milliseconds, however late the state is.
    """
    instance = Instance(problem, method, x, memory, first=t, steps=1, draws=draws)
    return _search(claim, "one-step", statement, instance, [t + 1], seconds, "balls")


def certify_trajectory(
    claim: str, statement: Statement, problem, method, start, steps: int, *, at: Iterable[int] | None = None,
    draws=None, seconds: float = QUICK, engine: str = "balls",
) -> Outcome:  # fmt: skip
    """Search along the run from a declared start.

    Parameters
    ----------
    at : iterable of int, optional
        Steps at which the statement is made; ``[steps]`` for an event at the end. By default every step from 0, or
        from 1 if the statement speaks of the step ``before_``.
    engine : str
        "balls", or "mean-value balls" for long runs in dimension up to 4.
    """
    instance = Instance(problem, method, start, steps=steps, draws=draws)
    if at is None:
        at = range(any(name.startswith("before_") for name in statement.names), steps + 1)
    at = sorted(at)
    if not at or at[0] < 0 or at[-1] > steps:
        raise ValueError(f"at names the steps {at[:3]}...; it has to name some of 0 to {steps}")
    return _search(claim, "trajectory", statement, instance, at, seconds, engine)


def _search(claim, kind, statement, instance, at, seconds, engine) -> Outcome:
    deadline = time.perf_counter() + seconds
    every = pending = at or [instance.first]
    bits, tried = _FIRST_BITS, []
    while True:
        began = time.perf_counter()
        with precision(bits):
            found = _pass(statement, instance, ENGINES[engine], pending, deadline)
        tried.append([bits, round(time.perf_counter() - began, 4), found.outcome])
        if found.violation:
            t, finding = found.violation
            there = replace(instance, steps=t - instance.first)
            certificate = Certificate.of(claim, kind, statement, there, finding, bits, tried, engine)
            return Outcome("violated", str(certificate), certificate, tried)
        if not found.undecided:
            where = f"steps {every[0]} to {every[-1]}" if len(every) > 1 else f"step {every[0]}"
            return Outcome("holds", f"lhs <= rhs is certain at {where} ({bits} bits)", None, tried)
        if found.late:
            return Outcome("undecidable", f"undecided within {seconds:g} s: {found.outcome}", None, tried)
        pending = found.undecided
        if bits == _MOST_BITS:
            return Outcome("undecidable", f"undecidable at {bits} bits: {found.outcome}", None, tried)
        wanted = _next_bits(bits, found.failed - instance.first, pending[-1] - instance.first)
        bits = min(wanted, _MOST_BITS)


def _next_bits(bits: int, failed: int, last: int) -> int:
    """Naive balls lose a constant number of bits a step: extrapolate the loss seen so far to the last step."""
    if failed <= 20:
        return 2 * bits
    return max(2 * bits, math.ceil(64 + 1.15 * last * (bits - 20) / failed))


class _Pass(NamedTuple):
    """One replay at one precision: the violation, or the steps left undecided and the first one that failed."""

    violation: tuple[int, Finding] | None
    undecided: list
    outcome: str
    failed: int = 0
    late: bool = False


def _pass(statement, instance, engine, pending, deadline) -> _Pass:
    wanted = set(pending)
    instance = replace(instance, steps=pending[-1] - instance.first)
    ties, tie, t = [], "", instance.first

    def rest(why, late=False):
        return _Pass(None, ties + [step for step in pending if step >= t], why, t, late)

    try:
        for judged in instance.walk(statement, engine):
            t = judged.state.t if judged.state else instance.first
            if time.perf_counter() > deadline:
                return rest(f"time was up at step {t}", late=True)
            if t in wanted:
                finding = judged.finding()
                if finding.violated:
                    return _Pass((t, finding), [], f"violated at step {t}")
                if finding.violated is None:
                    tie = f"lhs - rhs is {finding.difference!r} at step {t}"
                    if _is_blurred(finding):
                        return rest(tie)
                    ties.append(t)
            t += 1
    except Undecided as undecided:
        return rest(f"at step {t}: {undecided}")
    return _Pass(None, ties, tie or "holds", ties[0] if ties else t)


def _is_blurred(finding: Finding) -> bool:
    """Whether the sides are wide, so that later steps are hopeless; else they may be a tie at this step only."""
    size = abs(finding.lhs) + abs(finding.rhs)
    if not (finding.difference.is_finite and size.is_finite):
        return True
    low, high = finding.difference.enclosure()
    return high - low > 2.0**-16 * size.enclosure()[1]


