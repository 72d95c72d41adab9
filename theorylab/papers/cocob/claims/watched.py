"""Bettors whose wealth and regret were looked at in every step, and what certificates say about them."""

import math

import numpy as np
import sympy as sp
from scipy.special import lambertw

from problems import Coins, Distance, FlippedDistance
from theorylab.claims.plan import shared
from theorylab.kernels import Promise, Stream
from theorylab.methods import COCOB, KT, Averaged, RegretWatch
from theorylab.methods.regret_watch import lambert_bound, simple_bound
from theorylab.papers.cocob.claims.means import cell, decades
from theorylab.papers.cocob.derivations.symbols import L, W, epsilon, reward, theta, u
from theorylab.replay import Ball, Draws, Replay, Statement, certify_trajectory
from theorylab.theory.balls import precision
from theorylab.theory.evaluate import value

#: The comparator that is not a number of the specification: D, or 100 for coins without a problem.
COINS_FAR = 100.0
NOISE = (0.1, 0.25, 0.4)
#: Wealth on these streams overflows, or is lost again after it has grown to 1e20.
BEYOND_FLOAT64 = ("signs 30/70", "blocks of 50")
#: Relative rounding of a regret, in units of the largest wealth.
ROUNDING = 1e-12


def comparators(far: float) -> tuple:
    """|u| of the specification."""
    return (0.0, 0.3, 7.0, far)


def far(problem, point):
    """The last of the comparators, where a certificate is about."""
    return problem.D if hasattr(problem, "D") else 100.0


@shared
def on_distances(plan, method=COCOB) -> list:
    """Noiseless runs (P1), one a distance; at every step their regret against all comparators is watched."""
    steps = plan.pick(10**5, 10**7 if method is COCOB else 10**6)
    return plan.run_many([
        cell(Distance(D), Averaged(RegretWatch(method(1.0), comparators(D))), steps) for D in decades(0.1, 1e6)
    ])  # fmt: skip


@shared
def on_flipped(plan) -> dict:
    """Probability of a flipped sign (P2) -> runs, one a seed, D = 10.137."""
    D = 10.137
    method, steps, seeds = Averaged(RegretWatch(COCOB(1.0), comparators(D))), *plan.pick((10**5, 16), (10**6, 40))
    cells = {p: [cell(FlippedDistance(D, p), method, steps, seed=s) for s in range(seeds)] for p in NOISE}
    return {p: plan.run_many(of_p) for p, of_p in cells.items()}


@shared
def on_coins(plan) -> dict:
    """Name -> run on a stream of coins (P4): those whose wealth float64 can follow."""
    method, steps = RegretWatch(COCOB(1.0), comparators(COINS_FAR)), plan.pick(10**5, 10**6)
    streams = {name: problem for name, problem in Coins.streams().items() if name not in BEYOND_FLOAT64}
    traces = plan.run_many([cell(problem, method, steps, seed=3) for problem in streams.values()])
    return dict(zip(streams, traces, strict=True))


def named(plan, method=COCOB):
    """(label, trace) of every watched run; of seeds those with the least room."""
    for trace in on_distances(plan, method):
        yield f"P1, D={trace.problem.D:g}", trace
    for p, traces in on_flipped(plan).items() if method is COCOB else ():
        worst = {min(range(len(traces)), key=lambda i: traces[i][name][-1])
                 for name in ("simple_3", "lambert_3", "least_log_slack", "least_log_step")}  # fmt: skip
        for i in sorted(worst):
            yield f"P2, p={p:g}, seed {i} of {len(traces)}", traces[i]
    for name, trace in on_coins(plan).items() if method is COCOB else ():
        yield f"P4, {name}", trace


class Exact:
    """A run in balls of many digits: where wealth grows to 1e20 and is lost again, float64 knows nothing of it.

    Attributes
    ----------
    size, theta : ndarray
        G and theta after each step, exact to float64.
    regrets : dict
        |u| -> the larger regret of u and -u after each step, right to float64.
    log_wealth : ndarray
    """

    def __init__(self, problem, steps: int, seed: int):
        rows, regrets = [], {u: [] for u in comparators(COINS_FAR)}
        with precision(256 + steps):  # at most a bit is lost a step
            replay = Replay(problem, COCOB(1.0), Stream(np.uint64(seed), np.uint64(0)))
            states = replay.states(replay.first((0.0,)), steps)
            next(states)
            for state in states:
                (size,), (drift,), (won,) = state.memory.size, state.memory.theta, state.memory.reward
                rows.append([float(number.v.mid()) for number in (size, drift, (won + 1).log())])
                for u, found in regrets.items():
                    found.append(float((abs(drift) * Ball(u) - won).v.mid()))
        self.size, self.theta, self.log_wealth = np.array(rows).T
        self.regrets = {u: np.array(found) for u, found in regrets.items()}
        if not np.isfinite(self.log_wealth).all():
            raise ValueError(f"{256 + steps} bits are too few for {steps} steps of {problem}")


@shared
def in_balls(plan) -> dict:
    """Name -> run in balls on a stream that float64 cannot follow."""
    return {name: Exact(Coins.streams()[name], plan.pick(2000, 10_000), seed=3) for name in BEYOND_FLOAT64}


def derived(bound, argument, **at) -> np.ndarray:
    """A derived bound as a number; where it has Lambert's W of the argument, by scipy."""
    if not bound.has(sp.LambertW):
        return value(bound, **at)
    return value(bound.subs(sp.LambertW(argument), W), W=lambertw(value(argument, **at)).real, **at)


def check_bounds(trace, forms: dict, **at) -> None:
    """The watch computes the bounds that were derived: `forms` has the simple and the Lambert one, with its argument.

    Raises
    ------
    ValueError
        If they differ at a record by more than 1e-9 of their size.
    """
    own = trace.method.method.method if isinstance(trace.method, Averaged) else trace.method.method
    for i in np.unique(np.linspace(1, len(trace) - 1, 12).astype(int)):
        t, start = float(trace.step[i]), 1.0
        promise = _promise(own, trace, i, t, start)
        for size in comparators(COINS_FAR)[1:]:
            for bound, form in ((simple_bound, "simple"), (lambert_bound, "lambert")):
                ours = bound(promise, size)
                known = {name: number(i) if callable(number) else number for name, number in at.items()}
                theirs = float(derived(*forms[form], **known, u=size))
                if not abs(ours - theirs) <= 1e-9 * abs(theirs):
                    raise ValueError(f"the watch's {form} bound is {ours} and the derived one {theirs} at t={t:g}")


def _promise(own, trace, i, t, start) -> Promise:
    if isinstance(own, KT):
        return Promise(trace.theta[i], trace.wealth[i], start, t, start / (math.e * math.sqrt(math.pi * t)))
    size = trace.G[i]
    return Promise(trace.theta[i], trace.wealth[i], start, own.L * size, start * math.sqrt(own.L / size))


def blur(trace) -> float:
    """How much of a relative slack of regret may be rounding."""
    return ROUNDING * float(trace.largest_wealth[-1])


def log_blur(trace) -> float:
    """How much of ln(wealth) may be rounding."""
    return max(1e-10, ROUNDING * float(trace.largest_wealth[-1] / trace.least_wealth[-1]))


def excess(bound) -> Statement:
    """No regret against a comparator, or against its negative, is above the bound, where eps = L."""
    sizes = (sp.S.Zero, sp.Rational(3, 10), sp.Integer(7), sp.Symbol("far"))
    own = sp.sympify(bound).subs(epsilon, L)
    terms = [size * theta - reward - own.subs(u, size) for size in sizes]
    return Statement(sp.Max(*terms, evaluate=False), sp.S.Zero, observables={"far": far})


def against_target(bound, **named) -> Statement:
    """The regret against the minimiser D, or against -D, is at most the bound."""
    own = sp.sympify(bound).subs({epsilon: L, u: sp.Symbol("D")} | named)
    return Statement(sp.Symbol("D") * theta - reward, own)


def searched(claim_id: str, statement, problem, method, step: float, seed=None):
    """A search for a certificate at this step; None where there is none (-1)."""
    if step < 1:
        return None

    def replay(seconds):
        draws = None if seed is None else Draws.of_uniform(Stream(np.uint64(seed), np.uint64(0)), 0, int(step))
        return certify_trajectory(
            claim_id, statement, problem, method, (0.0,), int(step), at=[int(step)], draws=draws, seconds=seconds
        )

    return replay
