"""One epoch, K short steps and one Polyak step: its factors, the slow manifold it follows, the halved long step."""

import math

import numpy as np

from problems import CurvedRavine
from theorylab.claims import Measured, claim, near
from theorylab.fits import fit_factor
from theorylab.methods import GDPolyak
from theorylab.papers.gdpolyak.derivations import polyak_step, slow_manifold

#: Epochs in which the transient has died out and rounding is still far away.
FIRST, LAST = 15, 25
SHORT_STEPS = 400


def pre_polyak(method, epochs: int) -> np.ndarray:
    """Steps just before the long ones, shape (epochs,): step k is a Polyak step where k mod (K+1) = K."""
    return np.arange(epochs) * (method.short_steps + 1) + method.short_steps


def epochs_of(problem, method, epochs: int, **options) -> dict:
    """A run of so many epochs, recorded before and after each Polyak step."""
    before = pre_polyak(method, epochs)
    options["record"] = np.concatenate([before, before + 1])
    return {"problem": problem, "method": method, "steps": int(before[-1]) + 1, **options}


def per_epoch(fit, **more) -> Measured:
    """The factor of a geometric sequence as a finding."""
    low, high = (fit.ratio_low, fit.ratio_high) if fit.decided else (math.nan, math.nan)
    return Measured(fit.ratio, low, high, why=fit.why, **more)


def _late_epochs(plan, orders, factor=1.0):
    """(p, trace before, trace after the long steps) of the epochs FIRST to LAST on curved ravines with lambda = 1."""
    method = GDPolyak(0.1, SHORT_STEPS, factor=factor)
    traces = plan.run_many([epochs_of(CurvedRavine(p, 1.0, 0.5), method, LAST + 1) for p in orders])
    before = pre_polyak(method, LAST + 1)[FIRST:]
    return [(p, trace.at(before), trace.at(before + 1)) for p, trace in zip(orders, traces, strict=True)]


def _epoch_numbers(trace):
    return trace.step // (SHORT_STEPS + 1)


@claim(
    "gdpolyak.epoch-factor",
    kind="constant",
    place="spec S3",
    source="derived",
    derivations=(polyak_step,),
    predicted=lambda: {
        "distance": near(polyak_step()["distance_factor"], 1e-3),
        "gap": near(polyak_step()["gap_factor"], 1e-3),
        "stepsize": near(polyak_step()["step_growth"], 1e-3),
        "distance, halved step": near(polyak_step()["halved_distance_factor"], 1e-3),
    },
)
def epoch_factor(plan):
    """An epoch multiplies the distance by 1 - 1/p, the gap by (1 - 1/p)^p and the Polyak stepsize by
    (p/(p-1))^(p-2); with half the Polyak step the distance falls by 1 - 1/(2p)."""
    for p, trace, _ in _late_epochs(plan, range(3, 9)):
        for quantity in ("distance", "gap", "stepsize"):
            fit = fit_factor(_epoch_numbers(trace), trace[quantity])
            yield per_epoch(fit, quantity=quantity, at={"p": p}, label=f"curved ravine, p={p}")
    yield from _halved(plan, "distance, halved step")


def _halved(plan, quantity):
    for p, trace, _ in _late_epochs(plan, (4, 6), factor=0.5):
        fit = fit_factor(_epoch_numbers(trace), trace.distance)
        yield per_epoch(fit, quantity=quantity, at={"p": p}, label=f"half the long step, p={p}")


@claim(
    "gdpolyak.slow-manifold",
    kind="constant",
    place="spec S6",
    source="derived",
    derivations=(slow_manifold,),
    predicted=lambda: {
        "n/x^p before": near(slow_manifold()["pre_polyak_coefficient"], 0.01),
        "n/x^2 after": near(slow_manifold()["post_polyak_coefficient"], 0.01),
    },
)
def slow_manifold_law(plan):
    """On the curved ravine n = y - x^2 tends to (p c/a)|x|^p before a Polyak step and to -x^2/(p-1)^2 after it."""
    for p, before, after in _late_epochs(plan, range(3, 7)):
        for quantity, trace, power in (("n/x^p before", before, p), ("n/x^2 after", after, 2)):
            problem = trace.problem
            ratio = problem.normal(trace.x) / abs(trace.x[:, 0]) ** power
            yield Measured(ratio[-1], ratio.min(), ratio.max(), quantity=quantity, label=f"curved ravine, p={p}",
                           at={"p": p, "c": problem.c, "a": problem.a},
                           why=f"All values of epochs {FIRST} to {LAST}; the last is the estimate.")  # fmt: skip


@claim(
    "gdpolyak.halved-step-factor",
    kind="constant",
    place="spec section 8, controls",
    source="derived",
    derivations=(polyak_step,),
    predicted=lambda: {"distance": near(polyak_step()["distance_factor"], 1e-3)},
    expected="REFUTED",
)
def halved_step_factor(plan):
    """Half the Polyak step still multiplies the distance by 1 - 1/p an epoch. (A control: the trial has to see the
    difference.)"""
    yield from _halved(plan, "distance")
