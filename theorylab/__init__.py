"""theorylab puts the claims of optimisation papers on trial.

>>> from theorylab import run, sweep, fit_rate, verify, Claim
"""

import importlib

__version__ = "0.1.0"

_WHERE = {
    "run": "theorylab.runs",
    "sweep": "theorylab.runs",
    "Trace": "theorylab.runs",
    "GD": "theorylab.methods",
    "AdaGradNorm": "theorylab.methods",
    "HeavyBall": "theorylab.methods",
    "MarginWatch": "theorylab.methods",
    "SGD": "theorylab.methods",
    "Polyak": "theorylab.methods",
    "GDPolyak": "theorylab.methods",
    "RestartedGDPolyak": "theorylab.methods",
    "Rate": "theorylab.theory",
    "Derivation": "theorylab.theory",
    "Step": "theorylab.theory",
    "fit_rate": "theorylab.fits",
    "Claim": "theorylab.claims",
    "Verdict": "theorylab.claims",
    "verify": "theorylab.claims",
}

__all__ = [
    "AdaGradNorm", "Claim", "Derivation", "GD", "GDPolyak", "HeavyBall", "MarginWatch", "Polyak", "Rate",
    "RestartedGDPolyak", "SGD", "Step", "Trace", "Verdict", "__version__", "fit_rate", "run", "sweep", "verify",
]  # fmt: skip


def __getattr__(name):
    # Lazy (PEP 562): the zoo imports theorylab.kernels and must not pull in everything above it.
    if name not in _WHERE:
        raise AttributeError(f"module 'theorylab' has no attribute {name!r}")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)
