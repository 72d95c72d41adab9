"""Certified replay: kernels in ball arithmetic, certificates of violations, and checks that find rounding by itself."""

from theorylab.theory.balls import precision

from .accuracy import Records, move_check, value_check
from .balls import Ball, Undecided
from .certificate import Certificate, Check, check
from .lift import exact, lift
from .lint import functions_of, lint
from .rounding import RoundingReport, rounding_report
from .search import (
    FULL,
    QUICK,
    Outcome,
    certify_evaluation,
    certify_static,
    certify_step,
    certify_trajectory,
)
from .shadow import shadow_check
from .statement import Statement, evaluate, judge
from .trajectory import Draws, Replay

__all__ = [
    "FULL", "QUICK", "Ball", "Certificate", "Check", "Draws", "Outcome", "Records", "Replay", "RoundingReport",
    "Statement", "Undecided", "certify_evaluation", "certify_static", "certify_step", "certify_trajectory", "check",
    "evaluate", "exact", "functions_of", "judge", "lift", "lint", "move_check", "precision", "rounding_report",
    "shadow_check", "value_check",
]  # fmt: skip
