"""Algorithm 2, and what does not depend on the size of the gradients."""

import math
from typing import NamedTuple

import numpy as np
import sympy as sp

from problems import Distance, FlippedDistance
from theorylab.claims import Checked, claim
from theorylab.kernels import Breach, arrived, drawn, fma, inline, per_coordinate, uniforms
from theorylab.methods import COCOB, COCOBBackprop, CoordinateAdaGrad, DecayingSubgradient
from theorylab.methods.cocob_backprop import Learnt, fraction
from theorylab.papers.cocob.claims.controls import exceeded
from theorylab.papers.cocob.claims.means import cell, mean_gap
from theorylab.papers.cocob.claims.watched import against_target
from theorylab.papers.cocob.derivations import backprop_first_step, regret_bound
from theorylab.papers.cocob.derivations.symbols import G, L, t
from theorylab.theory.evaluate import value

_EPS = np.finfo(float).eps
DIMENSION = 20


@inline
def _kernel(problem, work, x, g):
    g[:] = 0.0
    return 0.0, g


@inline
def _work(problem):
    return np.zeros(problem.d)


@inline
def _signed(a, u, v):
    """A coin of the size a[0]: its kind a[1] is 0 for +-1, 1 for uniform on [-1, 1], 2 for normal."""
    size, kind = a
    if kind == 0.0:
        return (size if u < 0.5 else -size,)
    if kind == 1.0:
        return (size * (2.0 * u - 1.0),)
    return (size * math.sqrt(-2.0 * math.log(1.0 - u)) * math.cos(2.0 * math.pi * v),)


@inline
def _draw(problem, work, x, g, k, stream):
    u = uniforms(stream, k, g)
    v = uniforms(stream, k + 4294967296, work)
    (g,) = per_coordinate(_signed, (problem.size, problem.kind), (u,), (v,))
    return 0.0, g


class Linear(NamedTuple):
    """Linear losses with random coefficients in d coordinates: gradients that do not depend on x."""

    size: float = 1.0
    kind: float = 1.0
    d: int = DIMENSION

    kernel = staticmethod(_kernel)
    draw = staticmethod(_draw)
    workspace = staticmethod(_work)

    @property
    def dimension(self):
        """Dimension of the iterates."""
        return self.d

    @property
    def start(self):
        """The origin."""
        return np.zeros(self.d)

    def facts(self):
        """None: nothing is minimised."""
        return {}


def _walk(plan, problem, method, steps=2000):
    return plan.run(**cell(problem, method, steps, seed=4), checked=False)  # bits are the question here


#: Factors on the gradients: powers of two, which must change no bit, and others.
FACTORS = {2.0**-10: 0.0, 2.0**20: 0.0, 3.0: 1e-11, 0.01: 1e-11, 1e5: 1e-11}


def _invariance(plan, method_of):
    ours = _walk(plan, Linear(), method_of(1.0)).x
    for factor, tolerance in FACTORS.items():
        theirs = _walk(plan, Linear(factor), method_of(factor)).x
        apart = float(np.max(np.abs(theirs - ours) / (np.abs(ours).max(axis=1, keepdims=True) + 1e-300)))
        room = (1.0 if apart == 0.0 else -1.0) if tolerance == 0.0 else 1 - apart / tolerance
        yield Checked(room, f"c={factor:g}", checked=ours.size,
                      note="same bits" if apart == 0.0 else f"apart by {apart:.2g}")  # fmt: skip


@claim(
    "cocob.scale-inv-1",
    kind="identity",
    place="spec 7",
    source="derived",
    statement=lambda: sp.Eq(sp.Function("w")(sp.Symbol("c") * sp.Symbol("g"), sp.Symbol("c") * L),
                            sp.Function("w")(sp.Symbol("g"), L), evaluate=False),
)  # fmt: skip
def scale_invariance_1(plan):
    """Algorithm 1 makes the same iterates if gradients and L are multiplied by c, in 20 coordinates: bit for bit where
    c is a power of two, to 1e-11 elsewhere."""
    yield from _invariance(plan, COCOB)


@claim(
    "cocob.scale-inv-2",
    kind="identity",
    place="spec 7",
    source="derived",
    statement=lambda: sp.Eq(sp.Function("w")(sp.Symbol("c") * sp.Symbol("g")), sp.Function("w")(sp.Symbol("g")),
                            evaluate=False),
)  # fmt: skip
def scale_invariance_2(plan):
    """Algorithm 2 makes the same iterates if gradients of at least L_0 are multiplied by c, in 20 coordinates."""
    yield from _invariance(plan, lambda factor: COCOBBackprop())


@claim(
    "cocob.neg-inv-tiny-g",
    kind="identity",
    place="spec section 8",
    source="derived",
    derivations=(backprop_first_step,),
    statement=lambda: sp.Eq(sp.Function("w")(sp.Symbol("c") * sp.Symbol("g")), sp.Function("w")(sp.Symbol("g")),
                            evaluate=False),
    expected="REFUTED",
)  # fmt: skip
def neg_tiny(plan):
    """Algorithm 2 makes the same iterates with all gradients below L_0 = 1e-8. (A control: L_0 counts there.)"""
    ours = _walk(plan, Linear(), COCOBBackprop()).x[1:]
    theirs = _walk(plan, Linear(2.0**-30), COCOBBackprop()).x[1:]
    apart = float(np.max(np.abs(theirs - ours) / np.abs(ours).max(axis=1, keepdims=True)))
    yield Checked(1 - apart / 1e-11, "c=2^-30", checked=ours.size, note=f"apart by {apart:.2g}")


@claim(
    "cocob.adagrad-is-sgdt",
    kind="identity",
    place="spec 7",
    source="derived",
    statement=lambda: sp.Eq(sp.Symbol(r"\eta/\sqrt{\sum g^2}"), sp.Symbol("eta") / sp.sqrt(t), evaluate=False),
)
def adagrad_is_sgdt(plan):
    """Where every gradient has the size 1, AdaGrad is SGD with stepsize eta/sqrt(t), to 1e-12 of the largest |w|."""
    for label, problem in (("P1", Distance(10.137)), ("P2", FlippedDistance(10.137, 0.25))):
        traces = [
            plan.run(**cell(problem, method, plan.pick(10**5, 10**6), seed=2), checked=False)
            for method in (CoordinateAdaGrad(1.0), DecayingSubgradient(1.0))
        ]
        ours, theirs = (trace.x for trace in traces)
        apart = float(np.max(np.abs(ours - theirs)) / np.abs(theirs).max())
        yield Checked(1 - apart / 1e-12, label, checked=ours.size, note=f"apart by {apart:.2g}")


@claim(
    "cocob.backprop-first-step",
    kind="identity",
    place="spec 7",
    source="derived",
    derivations=(backprop_first_step,),
    statement=lambda: sp.Eq(sp.Symbol("w_2") - sp.Symbol("w_1"), backprop_first_step()["first"], evaluate=False),
)
def first_step(plan):
    """The first displacement of Algorithm 2 is -sign(g_1)/alpha for alpha >= 2 and |g_1| >= L_0, whatever the size of
    g_1: to two units of rounding."""
    for alpha in (2.0, 7.0, 100.0, 1e4):
        worst = 0.0
        for size in np.geomspace(1e-8, 1e8, 17).tolist():
            for kind in (0.0, 1.0):
                problem = Linear(size, kind) if kind == 0.0 else Linear(1e3 * size, kind)
                trace = plan.run(**cell(problem, COCOBBackprop(alpha), 1, seed=1), checked=False)
                g = -trace.memory[-1, -DIMENSION:]  # theta after one step
                seen = np.abs(g) >= 1e-8
                wanted = value(backprop_first_step()["first"], alpha=alpha, sign=np.sign(g))
                worst = max(worst, float(np.max(np.abs(trace.x[-1] / wanted - 1)[seen])))
        yield Checked(1 - worst / (4 * _EPS), f"alpha={alpha:g}", checked=34 * DIMENSION,
                      note=f"largest relative difference {worst:.2g}")  # fmt: skip


@inline
def _unclipped(alpha, L, size, reward, theta, w, g, origin):
    """Algorithm 2 without the clip; a bettor whose wealth is gone stays away for good, with a reward of -inf."""
    L = max(L, abs(g))
    size += abs(g)
    reward = fma(-g, w - origin, reward)
    theta -= g
    solvent = L + reward > 0.0
    reward = reward if solvent else -math.inf
    return L, size, reward, theta, fma(fraction(alpha, L, size, theta), L + reward, origin) if solvent else origin


@inline
def _unclipped_step(method, oracle, at, memory, k, stream):
    f, g = drawn(oracle, at, k, stream)
    L, size, reward, theta, x = per_coordinate(
        _unclipped, method.alpha, (memory.L, memory.size, memory.reward, memory.theta, at.x), (g, memory.origin)
    )
    return arrived(oracle, x, f, g), Learnt(Breach(-1.0, 0.0), memory.origin, L, size, reward, theta)


class Unclipped(COCOBBackprop):
    """Algorithm 2 without its clip."""

    step = staticmethod(_unclipped_step)


def _rewards(trace) -> np.ndarray:
    """Rewards by record and coordinate: the last but one vector of the memory."""
    d = trace.problem.dimension
    return trace.memory[:, -2 * d : -d]


#: Kinds of coins.
KINDS = {"signs": 0.0, "uniform": 1.0, "normal": 2.0}
BETTORS, ROUNDS = 1000, 2000


@claim(
    "cocob.backprop-positive",
    kind="event",
    place="spec 7",
    source="derived",
    statement=lambda: sp.Gt(sp.Symbol(r"L_t + \mathrm{Reward}_t"), 0),
)
def positive(plan):
    """Algorithm 2 on random coins, 1000 bettors, 2000 rounds: its clip fires, in a few to some twenty of a hundred
    rounds. Without the clip wealth stays positive where |g| is constant (fractions are below 1 there), and where it
    grows, with alpha of at most 2, some are ruined; with alpha = 100 none was."""
    for name, kind in KINDS.items():
        problem = Linear(1.0, kind, BETTORS)
        trace = plan.run(**cell(problem, COCOBBackprop(), ROUNDS, record=range(5, ROUNDS, 20), seed=6), checked=False)
        fired = float((_rewards(trace)[trace.step > 4] == 0.0).mean())
        yield Checked(min(fired - 0.01, 0.25 - fired), f"{name}: clip", checked=BETTORS * ROUNDS,
                      note=f"the clip fires in {fired:.3f} of the rounds")  # fmt: skip
        for alpha in (1.0, 2.0, 100.0):
            trace = plan.run(**cell(problem, Unclipped(alpha), ROUNDS, seed=6), checked=False)
            ruined = int((_rewards(trace)[-1] == -np.inf).sum())
            should = kind != 0.0 and alpha <= 2.0
            room = 1.0 if (ruined > 0) == should else -1.0
            yield Checked(room, f"{name}, alpha={alpha:g}: ruin", checked=BETTORS * ROUNDS,
                          note=f"{ruined} of {BETTORS} bettors without the clip are ruined")  # fmt: skip


def _theorem() -> tuple:
    """5.2 with L = 1 and Algorithm 2's own sum of gradients, which lacks the L."""
    bound = regret_bound()["simple"].subs(L, 1)
    return bound.subs(G, sp.Symbol("G") + 1)


def _claimed(bound):
    return against_target(bound.subs(sp.Symbol("epsilon", positive=True), 1))


@claim(
    "cocob.neg-alg2-theorem",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(regret_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), regret_bound()["simple"]),
    refutation=lambda: _claimed(_theorem()),
    expected="REFUTED",
)
def neg_theorem(plan):
    """Algorithm 2 with alpha = 100 keeps the regret bound 5.2 of Algorithm 1, L = 1, on |x - 10.137|. (A control: it
    starts too slowly; with alpha = 1 the bound is not exceeded there.)"""
    problem = Distance(10.137)
    for alpha in (100.0, 1.0):
        trace = plan.run(**cell(problem, COCOBBackprop(alpha), 3000, record=range(3001)))
        steps, means = mean_gap(trace)
        regrets = means * steps  # of F, which is that of the gradients, whatever was clipped
        bounds = value(regret_bound()["simple"], L=1, G=1 + trace.G[1:], u=problem.D, epsilon=1)
        ratio = float((regrets / bounds).max())
        yield exceeded("cocob.neg-alg2-theorem", _claimed(_theorem()), trace, (regrets, bounds), f"alpha={alpha:g}",
                        f"largest ratio {ratio:.3f}")  # fmt: skip


