"""The trial: derivation checked, prediction and evidence gathered apart, verdict given."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from theorylab.runs.trace import provenance_of_machine

from .claim import Claim
from .discovery import select
from .plan import Plan
from .verdict import NOT_RUN, Verdict, judge, undecided


@dataclass(frozen=True)
class Result:
    """A claim and its verdict."""

    claim: Claim
    verdict: Verdict

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one; a claim that was not run does not count against the trial."""
        return self.verdict.outcome in (self.claim.expected, NOT_RUN)

    def row(self) -> dict:
        """The result as in the JSON report."""
        claim, verdict = self.claim, self.verdict
        return {
            "id": claim.id,
            "paper": claim.paper,
            "kind": claim.kind,
            "source": claim.source,
            "statement": _statement(claim),
            "predicted": verdict.predicted,
            "measured": verdict.measured,
            "low": _finite(verdict.low),
            "high": _finite(verdict.high),
            "margin": _finite(verdict.margin),
            "verdict": verdict.outcome,
            "expected": claim.expected,
            "why": verdict.why,
            "seconds": round(verdict.seconds, 3),
        }


def _statement(claim: Claim) -> str:
    """The statement in LaTeX, empty where its prediction is broken: the verdict says so."""
    try:
        return claim.latex()
    except Exception:  # the report on the other claims must not be lost
        return ""


def _finite(value: float):
    return value if math.isfinite(value) else None


@dataclass(frozen=True)
class Trial:
    """The results of all claims that were put on trial."""

    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        """Whether every verdict is the expected one."""
        return all(result.as_expected for result in self.results)

    def __getitem__(self, claim_id: str) -> Verdict:
        return next(result.verdict for result in self.results if result.claim.id == claim_id)

    def to_json(self) -> dict:
        """The report with the schema of ``theorylab verify --json``."""
        from theorylab import __version__

        return {
            "theorylab": __version__,
            "claims": [result.row() for result in self.results],
            "environment": provenance_of_machine(),
        }

    def _repr_html_(self) -> str:
        keys = ("id", "predicted", "measured", "margin", "verdict", "expected", "why")
        rows = [result.row() for result in self.results]
        head = "".join(f"<th>{key}</th>" for key in keys)
        cell = lambda value: f"{value:.3g}" if isinstance(value, float) else "" if value is None else value  # noqa: E731
        body = "".join("<tr>" + "".join(f"<td>{cell(row[key])}</td>" for key in keys) + "</tr>" for row in rows)
        return f"<table><tr>{head}</tr>{body}</table>"


def verify(*names: str, full: bool = False, jobs: int | None = None, on_result: Callable | None = None) -> Trial:
    """Put claims on trial.

    Parameters
    ----------
    *names : str
        Papers, claim ids or files with claims; everything if none is given.
    full : bool
        The full plan instead of the quick one.
    jobs : int, optional
        Runs at a time; all cores if not given.
    on_result : callable, optional
        Called with each `Result` as soon as it is there.

    Returns
    -------
    Trial

    Raises
    ------
    UnknownName
        For a name that is no paper, claim or file; nothing has run then.
    """
    results = []
    try:
        for claim in select(names):
            results.append(Result(claim, try_claim(claim, Plan(full, jobs))))
            if on_result:
                on_result(results[-1])
    except KeyboardInterrupt:
        # Verdicts already given are never lost: the trial ends with what it has.
        if not results:
            raise
    return Trial(tuple(results))


def try_claim(claim: Claim, plan: Plan) -> Verdict:
    """The verdict on one claim. An error in its evidence makes it UNDECIDED, with the error as the reason."""
    if not (claim.quick or plan.full):
        return Verdict(NOT_RUN, "its evidence does not fit the quick plan; run it with --full")
    began = time.perf_counter()
    try:
        verdict = _broken_derivation(claim, plan) or _verdict(claim, plan)
    except Exception as error:  # one broken claim must not take the others down
        verdict = undecided(f"the trial broke: {type(error).__name__}: {error}")
    return replace(verdict, seconds=time.perf_counter() - began, warnings=tuple(plan.warnings))


def _broken_derivation(claim: Claim, plan: Plan) -> Verdict | None:
    for derive in claim.derivations:
        report = derive().check(prove=plan.full)
        if not report.ok:
            return undecided(f"its derivation broke: {report.why}")
    return None


def _verdict(claim: Claim, plan: Plan) -> Verdict:
    findings = list(claim.evidence(plan))
    return judge(claim.kind, findings, claim.bands(), plan.replay_seconds)
