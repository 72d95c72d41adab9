"""Theory: rates and derivations, each step checked by the machine.

Everything here is about sympy; import it where a prediction is needed, not where kernels run.
"""

from theorylab.theory.derivation import Chain, CheckedStep, Derivation, Report, check_step, derivation
from theorylab.theory.domains import Domain
from theorylab.theory.rate import Rate, Undecided, balance, substitute
from theorylab.theory.step import Step, Strength

__all__ = [
    "Chain", "CheckedStep", "Derivation", "Domain", "Rate", "Report", "Step", "Strength", "Undecided", "balance",
    "check_step", "derivation", "substitute",
]  # fmt: skip
