"""Certificates of counterexamples, checked again against the claims of today."""

import sys

from theorylab.replay import Check, Statement, check

from .discovery import UnknownName, find, select


def statement_of(claim_id: str) -> Statement:
    """The statement that a certificate for this claim refers to.

    Raises
    ------
    KeyError
        If there is no such claim, or it states nothing that can be certified.
    """
    try:
        claim = find(claim_id)
    except UnknownName as error:
        raise KeyError(claim_id) from error
    if claim.refutation is None:
        raise KeyError(f"{claim_id} has no statement for certificates")
    return claim.refutation()


def recheck(path) -> Check:
    """Replay a certificate at twice its precision; refused if the claim or the sources have changed."""
    return check(path, statement_of, classes=_own_records())


def _own_records() -> list[type]:
    """Problems and methods that the claims' own modules define."""
    modules = {sys.modules[claim.evidence.__module__] for claim in select()}
    found = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return [c for c in found if hasattr(c, "_fields") and (hasattr(c, "kernel") or hasattr(c, "step"))]
