"""Two-layer networks: the width that Theorem 6 asks for, and its event on a network that is far from it."""

import numpy as np
import sympy as sp

from problems.losses import Logistic
from problems.networks import TwoLayerReLU
from theorylab.claims import Checked, claim
from theorylab.claims.plan import shared
from theorylab.methods import GD, MarginWatch
from theorylab.papers.large_stepsize.claims.common import FLOOR, value
from theorylab.papers.large_stepsize.claims.losses import rho
from theorylab.papers.large_stepsize.derivations import general_bounds, loss_constants, network

WIDTH, STEPS, DELTA = 256, 5000, 0.01
ETAS = (1.0, 16.0, 128.0, 1024.0)


@shared
def _runs(plan) -> list:
    """(eta, trace) on XOR, watched for increases after the threshold of Theorem 6."""
    problem, cells = TwoLayerReLU.xor(WIDTH), []
    constants = {"C_b": float(value(loss_constants()["logistic_Cb"])), "n": problem.facts()["n"].value,
                 "l_0": float(value(loss_constants()["logistic_l"], z=0.0))}  # fmt: skip
    for eta in ETAS:
        level = float(value(general_bounds()["threshold"], eta=eta, **constants))
        method = MarginWatch.of(problem, GD(eta))._replace(stable=level)
        cells.append({"problem": problem, "method": method, "steps": STEPS, "floor": FLOOR})
    return list(zip(ETAS, plan.run_many(cells), strict=True))


def required_width(problem, eta: float) -> float:
    """The width of Theorem 6 for STEPS steps. The signs alternate, so that C_a = 0 will do."""
    facts = problem.facts()
    at = {"gamma": facts["ntk_margin"].value, "eta": eta, "T": STEPS, "n": facts["n"].value, "delta": DELTA}
    at |= {"C_a": abs(np.sum(problem.a)) / np.sqrt(problem.a.size), "C_g": float(loss_constants()["logistic_Cg"])}
    return float(value(network()["width"], rho=rho(Logistic(), value(network()["horizon"], **at)), **at))


def _event(trace) -> tuple[float, str]:
    """1 or -1, and what was seen: no increase after the threshold, which has to be reached."""
    count, first = int(trace.late_increases[-1]), int(trace.first_stable[-1])
    if first < 0:
        return np.nan, f"the threshold is not reached in {trace.step[-1]} steps"
    return -1.0 if count else 1.0, f"{count} increases after the threshold at step {first}"


@claim(
    "large_stepsize.nn-stable",
    kind="event",
    place="Theorem 6",
    source="quoted",
    derivations=(network, general_bounds, loss_constants),
    statement=lambda: sp.Implies(
        sp.Ge(sp.Symbol("m"), network()["width"]) & sp.Le(sp.Symbol("L_s"), general_bounds()["threshold"]),
        sp.Le(sp.Symbol("L_{t+1}"), sp.Symbol("L_t")),
    ),
    expected="UNDECIDED",
)
def nn_stable(plan):
    """A network as wide as Theorem 6 asks for has no increase of the loss after
    L_s <= min{1/(12 C_b^2 eta), ln 2/n}. (Such widths are out of reach, so that no run can test the theorem.)"""
    for eta, trace in _runs(plan):
        required = required_width(trace.problem, eta)
        margin, seen = _event(trace)
        yield Checked(
            margin if required <= WIDTH else np.nan, f"XOR, eta={eta:g}", checked=int(trace.step[-1]),
            note=f"the width has to be {required:.3g}, the run has {WIDTH}; {seen}",
        )  # fmt: skip


@claim(
    "large_stepsize.nn-stable-event",
    kind="event",
    place="Theorem 6, without its condition on the width",
    source="derived",
    derivations=(general_bounds, loss_constants),
    statement=lambda: sp.Implies(
        sp.Le(sp.Symbol("L_s"), general_bounds()["threshold"]), sp.Le(sp.Symbol("L_{t+1}"), sp.Symbol("L_t"))
    ),
)
def nn_stable_event(plan):
    """On XOR with 256 neurons the loss does not increase in 5000 steps after L_s <= min{1/(12 C_b^2 eta), ln 2/n}."""
    for eta, trace in _runs(plan):
        margin, seen = _event(trace)
        yield Checked(margin, f"XOR, eta={eta:g}", checked=int(trace.step[-1]), note=seen)
