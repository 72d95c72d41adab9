"""Theorem 3: what monotone runs cost, and which stepsizes are monotone."""

import numpy as np
import sympy as sp
from scipy.optimize import brentq

from problems import LinearClassifier
from problems.samples import digits, pair
from theorylab.claims import Checked, claim
from theorylab.kernels import as_state
from theorylab.methods import GD
from theorylab.papers.large_stepsize.claims.common import value, watched
from theorylab.papers.large_stepsize.derivations import first_step, inverse_increment
from theorylab.replay import Statement, certify_trajectory

GAMMAS = (0.02, 0.05, 0.09, 0.0999)


def first_step_root(sample) -> float:
    """The stepsize at which the first step of GD leaves the loss at ln 2; infinite where it always lowers it."""
    a = sample.z @ (sample.weights @ sample.z)
    if a.min() >= 0:
        return np.inf

    def change(eta):
        return sample.weights @ np.logaddexp(0.0, -a * eta / 2) - np.log(2)

    high = 1.0
    while change(high) < 0:
        high *= 2
    return brentq(change, high / 2, high, xtol=1e-12)


def _root(gamma: float) -> float:
    """The root of the derived condition on pair(gamma)."""
    return brentq(lambda eta: float(value(first_step()["condition"], gamma=gamma, eta=eta)), 1.0, 100.0, xtol=1e-12)


@claim(
    "large_stepsize.monotone-eta",
    kind="event",
    place="Theorem 3 and Lemma 14",
    source="derived",
    derivations=(first_step,),
    statement=lambda: sp.Le(first_step()["condition"], 0),
)
def monotone_eta(plan):
    """On pair(gamma) the run is wholly non-increasing if and only if eta is at most the root of the first-step
    condition, which lies below 40 ln 2 and above 2/lambda_max of the Hessian at 0."""
    steps = plan.pick(5000, 20_000)
    for gamma in GAMMAS:
        problem, root = LinearClassifier(pair(gamma)), _root(gamma)
        limits = float(value(first_step()["hessian_limit"], gamma=gamma)), float(first_step()["pair_limit"])
        scanned = np.concatenate((np.geomspace(0.25, root, 12)[:-1], [root * (1 - 1e-3), root * (1 + 1e-3)],
                                  np.geomspace(root, 400.0, 14)[1:]))  # fmt: skip
        traces = plan.run_many([watched(problem, float(eta), steps) for eta in scanned])
        wrong = [eta for eta, trace in zip(scanned, traces, strict=True)
                 if (trace.last_increase[-1] == 0) != (eta <= root)]  # fmt: skip
        inside = limits[0] < root < limits[1]
        note = f"root {root:.4f} between {limits[0]:.3f} and {limits[1]:.3f}"
        yield Checked(-1.0 if wrong or not inside else 1.0, f"gamma={gamma}", checked=len(scanned),
                      note=note + (f"; otherwise at eta={wrong}" if wrong else ""))  # fmt: skip


@claim(
    "large_stepsize.lower-bound",
    kind="bound",
    place="Theorem 3",
    source="quoted",
    derivations=(first_step, inverse_increment),
    statement=lambda: sp.Ge(sp.Symbol("t") * sp.Symbol("L_t"), sp.Symbol("c_0")),
)
def lower_bound(plan):
    """A wholly non-increasing run on pair(gamma) has L_t >= c_0/t with a c_0 that depends on gamma only: t L_t is never
    lower than in the first hundred steps, at any monotone stepsize; its tail tends to 1/(gamma^2 eta)."""
    steps = plan.pick(100_000, 300_000)
    for gamma in (0.05, 0.09):
        problem, root = LinearClassifier(pair(gamma)), _root(gamma)
        etas = (0.25, 1.0, 4.0, 8.0, root * (1 - 1e-9))
        traces = plan.run_many([watched(problem, eta, steps, record=range(101)) for eta in etas])
        early = min((trace.step * trace.gap)[(trace.step > 0) & (trace.step <= 100)].min() for trace in traces)
        for eta, trace in zip(etas, traces, strict=True):
            late = trace.at(trace.step[trace.step > 100])
            # the loss does not increase: between records t L_t is at least the step before times the loss after
            before = np.concatenate(([100], late.step[:-1])) + 1
            least = (before * late.gap).min()
            tail = float(trace.step[-1] * trace.gap[-1] / value(inverse_increment()["plateau"], gamma=gamma) * eta)
            monotone = trace.last_increase[-1] == 0
            yield Checked(
                float(least / early - 1) if monotone else np.nan, f"gamma={gamma}, eta={eta:.4g}", checked=steps,
                tightness=float(early / least),
                note=f"c_0 = {early:.4f} from t <= 100, least after {least:.4g}; at the end t L_t is {tail:.4f} times "
                     "1/(gamma^2 eta)",
            )  # fmt: skip


_TRIED = 64.0


def first_loss(problem, point):
    """The loss after the first step of GD with stepsize 64 from the origin."""
    z, weights = problem.sample.z, problem.sample.weights
    mean = weights @ z
    a = z @ mean
    total = 0.0
    for i in range(z.shape[0]):
        total += weights[i] * np.log1p(np.exp(-a[i] * 32.0))
    return total


def _below_the_root() -> Statement:
    """No increase, at stepsize 64 where that is below the root: the first step does not raise the loss above ln 2."""
    eta = sp.Symbol("method_stepsize")
    hypotheses = (sp.Le(sp.Symbol("first_loss"), sp.log(2)), sp.Le(eta, 64), sp.Ge(eta, 64))
    return Statement(sp.Symbol("gap"), sp.Symbol("before_gap"), {"first_loss": first_loss}, hypotheses)


@claim(
    "large_stepsize.first-step-root-general",
    kind="event",
    place="spec section 8",
    source="derived",
    derivations=(first_step,),
    statement=lambda: sp.Le(sp.Symbol("L_{t+1}"), sp.Symbol("L_t")),
    refutation=_below_the_root,
    expected="REFUTED",
)
def first_step_root_general(plan):
    """On any data the run is non-increasing if eta is at most the root of the first-step condition. (A control: the
    first step decides on the pair, not on the digits 3 against 8.)"""
    problem = LinearClassifier(digits(3, 8).rescaled())
    root = first_step_root(problem.sample)
    trace = plan.run(**watched(problem, _TRIED, 2000))
    last = int(trace.last_increase[-1])
    note = f"root {root:.0f}; at eta={_TRIED:g} the loss last increases at step {last}"

    def replay(seconds):
        return certify_trajectory("large_stepsize.first-step-root-general", _below_the_root(), problem, GD(_TRIED),
                                  as_state(problem.start), last, at=[last], seconds=seconds)  # fmt: skip

    yield Checked(-1.0 if last > 0 and root > _TRIED else 1.0, "digits 3 v 8", checked=2000, note=note, replay=replay)
