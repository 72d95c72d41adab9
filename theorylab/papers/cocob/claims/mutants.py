"""Mutants of Algorithm 1, one slip each, that have to be told from it."""

import numpy as np
import sympy as sp

from problems import Coins, Distance
from theorylab.claims import Checked, claim
from theorylab.kernels import arrived, drawn, fma, inline, per_coordinate, tanh
from theorylab.methods.cocob import Bets, booked, wealth
from theorylab.papers.cocob.claims.controls import TARGET, Trusting, early, exceeded, logs, wealth_statement
from theorylab.papers.cocob.claims.means import mean_gap
from theorylab.papers.cocob.derivations import wealth_bound


def _stepping(rule):
    """The step of Algorithm 1 with another rule for a coordinate."""

    def step(method, oracle, at, memory, k, stream):
        f, g = drawn(oracle, at, k, stream)
        size, reward, theta, x = per_coordinate(
            rule, 0.0, (memory.size, memory.reward, memory.theta, at.x), (method.L, method.eps, g, memory.origin)
        )
        return arrived(oracle, x, f, g), Bets(memory.breach, memory.origin, size, reward, theta)

    return inline(step)


@inline
def _new_w(_, size, reward, theta, w, L, eps, g, origin):
    size += abs(g)
    theta -= g
    w = fma(tanh(theta / (size + L)) / L, wealth(eps, L, reward), origin)
    return size, fma(-g, w - origin, reward), theta, w


@inline
def _sigma(_, size, reward, theta, w, L, eps, g, origin):
    size, reward, theta = booked(size, reward, theta, w, g, origin)
    return size, reward, theta, fma(tanh(theta / (2.0 * (size + L))) / L, wealth(eps, L, reward), origin)


@inline
def _double(_, size, reward, theta, w, L, eps, g, origin):
    size, reward, theta = booked(size, reward, theta, w, g, origin)
    return size, reward, theta, fma(tanh(2.0 * theta / (size + L)) / L, wealth(eps, L, reward), origin)


@inline
def _from_zero(_, size, reward, theta, w, L, eps, g, origin):
    size, reward, theta = booked(size, reward, theta, w, g, origin)
    bet = tanh(theta / size) / L  # the sum that it bets with started at 0: L less
    return size, reward, theta, fma(bet, wealth(eps, L, reward), origin)


class NewW(Trusting):
    """Books a reward with the w that it has just computed."""

    step = staticmethod(_stepping(_new_w))


class Sigma(Trusting):
    """Forgets the factor 2 inside of the sigmoid."""

    step = staticmethod(_stepping(_sigma))


class Double(Trusting):
    """Takes 2 into the tanh as well."""

    step = staticmethod(_stepping(_double))


class FromZero(Trusting):
    """Starts G at 0 instead of L."""

    step = staticmethod(_stepping(_from_zero))


@claim(
    "cocob.mut-new-w",
    kind="identity",
    place="spec section 8",
    source="derived",
    statement=lambda: sp.Eq(sp.Symbol(r"\mathrm{Reward}_T"), sp.Symbol(r"-\sum g_t(w_t-w_1)"), evaluate=False),
    expected="REFUTED",
)
def mut_new_w(plan):
    """A mutant that books rewards with the new w: on |x-D| its reward is still D theta minus the sum of F(w_t)."""
    yield wealth_identity(plan, NewW(1.0))


def wealth_identity(plan, method) -> Checked:
    """Whether the reward on the books is -sum g (w - w_1) = D theta - sum F(w_t), before the first crossing of D."""
    trace = early(plan, method, steps=40)
    before = trace.theta[1:] == trace.step[1:]  # the sign of theta is not in the columns: all gradients were -1
    steps, means = (column[before] for column in mean_gap(trace))
    true = TARGET.D * trace.theta[1:][before] - means * steps
    apart = float(np.max(np.abs(trace.reward[1:][before] - true) / (1 + np.abs(true))))
    return Checked(1 - apart / 1e-9, "P1", checked=int(before.sum()), note=f"largest relative difference {apart:.2g}")


def _mutant(claim_id, says, method, instances):
    """The claim that a mutant keeps 5.1: on each instance, (label, problem, seeds), the seed with the least slack."""

    def log_bound():
        return wealth_bound()["log_bound"]

    def slack(trace):
        bounds, found = logs(trace, log_bound())
        return float(np.min(found - bounds))

    def evidence(plan):
        for label, problem, seeds in instances:
            trace = min((early(plan, method, problem, seed=seed) for seed in range(seeds)), key=slack)
            note = f"least log slack {slack(trace):.3f}, seed {trace.provenance['seed']} of {seeds}"
            yield exceeded(claim_id, wealth_statement(log_bound()), trace, logs(trace, log_bound()), label, note)

    evidence.__doc__ = says
    evidence.__module__ = __name__
    return claim(
        claim_id, kind="bound", place="spec section 8", source="derived", derivations=(wealth_bound,),
        statement=lambda: sp.Ge(sp.Symbol(r"\mathrm{Wealth}_T"), wealth_bound()["bound"]),
        refutation=lambda: wealth_statement(log_bound()), expected="REFUTED",
    )(evidence)  # fmt: skip


_FAR = ("P1, D=1.0137", Distance(1.0137), 1), ("P1, D=1e5", Distance(1.0137e5), 1)
mut_sigma = _mutant(
    "cocob.mut-sigma", "A mutant that bets tanh(theta/(2(G+L))) keeps the wealth bound 5.1 of Algorithm 1.", Sigma(1.0),
    _FAR,
)  # fmt: skip
mut_double = _mutant(
    "cocob.mut-double", "A mutant that bets tanh(2 theta/(G+L)) keeps the wealth bound 5.1 of Algorithm 1.",
    Double(1.0), _FAR,
)  # fmt: skip
mut_g0 = _mutant(
    "cocob.mut-g0", "A mutant whose G starts at 0 keeps the wealth bound 5.1 of Algorithm 1. (On |x-D| it does.)",
    FromZero(1.0), (*_FAR, ("P4, fair signs", Coins.streams()["fair signs"], 12)),
)  # fmt: skip
