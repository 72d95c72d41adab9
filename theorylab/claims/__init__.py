"""Claims, their trial and its verdicts."""

from .bands import Band, near, within
from .claim import BadClaim, Claim, claim
from .discovery import UnknownName, claims_of, find, papers, select
from .findings import Checked, Compared, Measured
from .plan import Plan
from .trial import Result, Trial, try_claim, verify
from .verdict import NOT_RUN, REFUTED, SUPPORTED, UNDECIDED, Verdict, judge

__all__ = [
    "NOT_RUN", "REFUTED", "SUPPORTED", "UNDECIDED", "BadClaim", "Band", "Checked", "Claim", "Compared", "Measured",
    "Plan", "Result", "Trial", "UnknownName", "Verdict", "claim", "claims_of", "find", "judge", "near", "papers",
    "select", "try_claim", "verify", "within",
]  # fmt: skip
