"""Weakly quasi-convex functions: the bound with 1/tau, its rate, what dying gradients do, and no bound without tau."""

from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from problems import KinkedQuasiconvex, SmoothQuasiconvex
from theorylab.claims import Checked, Measured, claim, within
from theorylab.claims.plan import shared
from theorylab.fits import fit_rate
from theorylab.kernels import Stream, columns, init, inline, step
from theorylab.methods import COCOB
from theorylab.papers.cocob.claims.means import cell, chord, mean_gap, mean_slope
from theorylab.papers.cocob.derivations import gap_bound
from theorylab.papers.cocob.derivations.gap import X
from theorylab.papers.cocob.derivations.symbols import T_1, T_2, G, T, tau
from theorylab.replay import Draws, Statement, certify_trajectory
from theorylab.theory.evaluate import value

STEPS = 10**6
FIRST = 3000
G_1, G_2 = sp.symbols("G_1 G_2", positive=True)


def bettor(problem) -> COCOB:
    """Algorithm 1 that knows how large the problem's draws are."""
    return COCOB(problem.facts()["largest_draw"].value)


def known(problem) -> dict:
    """What the bound needs to know of a run from the origin, by the names of its symbols."""
    return {"L": bettor(problem).L, "u": abs(problem.D), "D": abs(problem.D), "tau": problem.facts()["tau"].value}


@shared
def on_quasiconvex(plan) -> list:
    """Lists of traces, one trace a seed, a list for each problem; one seed where there is no noise."""
    found = []
    for noise in (0.0, 0.5):
        seeds = plan.pick(4, 10) if noise else 1
        steps = plan.pick(STEPS // 5, STEPS // 2) if noise else STEPS
        for kind in (SmoothQuasiconvex, KinkedQuasiconvex):
            problems = [kind(d, a, noise) for a in (0.5, 0.2) for d in (3.0, 30.0, 1000.0)]
            cells = [cell(p, bettor(p), steps, seed=s) for p in problems for s in range(seeds)]
            # without noise the smooth gradients die out, until the gap and |dw|/|g| have no digits: sums have theirs
            traces = plan.run_many(cells, checked=noise > 0 or kind is KinkedQuasiconvex)
            found += [traces[i : i + seeds] for i in range(0, len(traces), seeds)]
    return found


def noiseless(plan, kind, *distances) -> list:
    """The traces without noise of one kind at these distances."""
    firsts = [traces[0] for traces in on_quasiconvex(plan)]
    return [t for t in firsts if type(t.problem) is kind and t.problem.noise == 0 and t.problem.D in distances]


def _name(problem) -> str:
    kind = "smooth" if isinstance(problem, SmoothQuasiconvex) else "kinked"
    return f"{kind}, a={problem.a}, D={problem.D:g}" + (f", noise {problem.noise}" if problem.noise else "")


def ratios(traces, tau_of_the_bound=None) -> tuple[np.ndarray, np.ndarray]:
    """(T, ratio): the mean of F over iterates and seeds against the bound of the expectation."""
    problem = traces[0].problem
    at = known(problem) | ({} if tau_of_the_bound is None else {"tau": tau_of_the_bound})
    t = mean_gap(traces[0])[0]
    mean = np.mean([mean_gap(trace)[1] for trace in traces], axis=0)
    inner = np.mean([value(gap_bound()["inner"], G=trace.G[1:], **at) for trace in traces], axis=0)
    return t, mean / value(gap_bound()["mean"], T=t, X=inner, **at)


@claim(
    "cocob.wqc-bound",
    kind="bound",
    place="spec 5.3",
    source="derived",
    derivations=(gap_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{F}_T - F_*"), gap_bound()["mean"].subs(X, sp.Symbol("E[L G lam]"))),
)
def wqc_bound(plan):
    """If f'(x)(x - w*) >= tau (f(x) - f*), the mean over w_1..w_T of F - F*, over seeds where there is noise, is at
    most (L + D sqrt(E[L G lam]))/(tau T) at every recorded T."""
    for traces in on_quasiconvex(plan):
        t, ratio = ratios(traces)
        i = int(ratio.argmax())
        yield Checked(1 - float(ratio[i]), _name(traces[0].problem), float(ratio[i]), len(t) * len(traces),
                      note=f"largest at T={t[i]:g}")  # fmt: skip


def _slope_of_the_bound():
    """Mean slope of the bound in T between two ends at which G is known."""
    return chord(gap_bound()["bound"], {T: T_1, G: G_1}, {T: T_2, G: G_2})


@claim(
    "cocob.wqc-rate",
    kind="exponent",
    place="spec 5.3",
    source="derived",
    derivations=(gap_bound,),
    predicted=lambda: within(_slope_of_the_bound(), 0.03),
)
def wqc_rate(plan):
    """On the kinked function, D = 3 and 30, no noise, the mean of F falls at the slope of the bound along the run. (At
    D = 1000 a million steps are no more than the way there.)"""
    for trace in noiseless(plan, KinkedQuasiconvex, 3, 30):
        found = mean_slope(*mean_gap(trace), FIRST, label=_name(trace.problem), at=known(trace.problem))
        for end in ("1", "2"):
            found.at[f"G_{end}"] = float(np.interp(found.at[f"T_{end}"], trace.step, trace.G))
        yield found


@claim(
    "cocob.wqc-finite-g",
    kind="exponent",
    place="spec 7",
    source="derived",
    derivations=(gap_bound,),
    predicted=lambda: {
        "mean F": within(sp.simplify(T * sp.diff(sp.log(gap_bound()["bound"]), T)), 0.02),
        "G": within(sp.Integer(0), 1e-3),
    },
)
def wqc_finite_g(plan):
    """On the smooth function, D = 3, no noise, gradients die out, G stays bounded, and so the mean of F falls like 1/T:
    the bound is about the sum of gradients, not about T."""
    for trace in noiseless(plan, SmoothQuasiconvex, 3):
        t, y = mean_gap(trace)
        label = _name(trace.problem)
        yield Measured.exponent(fit_rate(t[t >= FIRST], y[t >= FIRST]), sign=-1, quantity="mean F", label=label)
        late = trace.G[trace.step >= FIRST]
        grown = float(np.log(late[-1] / late[0]) / np.log(STEPS / FIRST))
        yield Measured(grown, grown, grown, quantity="G", label=label, why=f"G ends at {late[-1]:.4g}")


class Summed(NamedTuple):
    """The steps of `method`, unchanged, and the sum of the gaps at the iterates before each.

    Parameters
    ----------
    method : NamedTuple
        Any method.
    """

    method: Any

    @property
    def column_names(self):
        """Those of the method, and `summed`."""
        return (*self.method.column_names, "summed")

    @property
    def needs(self):
        """What the method needs."""
        return self.method.needs

    def patience(self) -> int:
        """That of the method."""
        return self.method.patience()

    def faults(self):
        """Those of the method."""
        return self.method.faults()


@inline
def _init(method, x):
    return init(method.method, x), 0.0


@inline
def _step(method, oracle, at, memory, k, stream):
    after, inner = step(method.method, oracle, at, memory[0], k, stream)
    return after, (inner, memory[1] + at.f)


@inline
def _columns(method, at, memory):
    return (*columns(method.method, at, memory[0]), memory[1])


Summed.init, Summed.step, Summed.columns = staticmethod(_init), staticmethod(_step), staticmethod(_columns)


def _without_tau() -> Statement:
    """Mean of F over w_1..w_t <= the bound at tau = 1, on one deterministic run from the origin."""
    names = {"T": "t", "u": "problem_D", "L": "method_L"}
    bound = gap_bound()["bound"].subs(tau, 1)
    bound = bound.subs({s: sp.Symbol(names.get(s.name, s.name), positive=True) for s in bound.free_symbols})
    return Statement(sp.Symbol("summed") / sp.Symbol("t", positive=True), bound)


@claim(
    "cocob.neg-no-tau",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(gap_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\overline{F}_T - F_*"), gap_bound()["bound"].subs(tau, 1)),
    refutation=_without_tau,
    expected="REFUTED",
)
def no_tau(plan):
    """The bound of convex functions holds on weakly quasi-convex ones. (A control: without its 1/tau it is exceeded
    on the way to a distant minimiser.)"""
    for trace in noiseless(plan, KinkedQuasiconvex, 30, 1000):
        t, ratio = ratios([trace], 1.0)
        i = int(ratio.argmax())
        yield Checked(
            1 - float(ratio[i]), _name(trace.problem), float(ratio[i]), len(t),
            note=f"ratio {ratio[i]:.3g} at T={t[i]:g}",
            replay=lambda seconds, problem=trace.problem, steps=int(t[i]): _certified(problem, steps, seconds),
        )  # fmt: skip


def _certified(problem, steps: int, seconds: float):
    """A run in real arithmetic; its draws, which are recorded with it, count for nothing where noise is 0."""
    draws = Draws.of_uniform(Stream(np.uint64(0), np.uint64(0)), 0, steps)
    return certify_trajectory(
        "cocob.neg-no-tau", _without_tau(), problem, Summed(bettor(problem)), (0.0,), steps, at=[steps], draws=draws,
        seconds=seconds,
    )  # fmt: skip
