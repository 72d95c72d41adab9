"""P4, over-parameterised matrix factorisation: the laws of GD and of GDPolyak along a ravine that is invariant."""

import math

import numpy as np
import sympy as sp

from problems import MatrixFactorisation
from theorylab.claims import Measured, claim, near, within
from theorylab.fits import fit_constant, fit_factor
from theorylab.methods import GD, GDPolyak
from theorylab.papers.gdpolyak.derivations import fixed_k, invariant_end, matrix_factorisation, polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import c, p, u

from .epochs import epochs_of, per_epoch, pre_polyak

ETA = 0.25
RANKS = (3, 4, 6)  # columns k of B; the rank is 2, so q = 1, 2, 4 singular values are superfluous
EXIT = 0.9


@claim(
    "gdpolyak.mf-constant",
    kind="constant",
    place="spec S9",
    source="derived",
    derivations=(matrix_factorisation,),
    predicted=lambda: near(matrix_factorisation()["gd_gap_law"].constant, 0.01),
)
def mf_constant(plan):
    """GD on P4: t^2 f tends to q/(16 eta^2); all q = min(k-r, d-r) superfluous singular values become equal."""
    steps = plan.pick(20_000, 200_000)
    cells = [{"problem": problem, "method": GD(ETA), "steps": steps} for problem in _problems(plan)]
    for trace in plan.run_many(cells):
        late = trace.step >= 1000
        t, y = trace.step[late], trace.step[late] ** 2.0 * trace.gap[late]
        q = trace.problem.excess_rank
        yield Measured.estimate(fit_constant(t, y), at={"q": q, "eta": ETA}, label=f"q={q}")


def _problems(plan):
    return [MatrixFactorisation.random(k=k, seed=seed) for k in RANKS for seed in plan.pick((0,), (0, 1, 2))]


@claim(
    "gdpolyak.mf-factor",
    kind="constant",
    place="spec S9",
    source="derived",
    derivations=(matrix_factorisation, polyak_step),
    predicted=lambda: {
        "gap": near(matrix_factorisation()["gap_factor"], 0.003),
        "distance": near(matrix_factorisation()["distance_factor"], 0.003),
        "stepsize": near(matrix_factorisation()["step_growth"], 0.003),
    },
)
def mf_factor(plan):
    """GDPolyak on P4 from one epoch to the next: distance 3/4, f (3/4)^4, Polyak stepsize (4/3)^2."""
    method, epochs = GDPolyak(ETA, 120), np.arange(8, 19)
    for trace in plan.run_many([epochs_of(problem, method, 19) for problem in _problems(plan)]):
        before = trace.at(pre_polyak(method, 19)[epochs])
        for quantity in ("gap", "distance", "stepsize"):
            fit = fit_factor(epochs[: len(before)], before[quantity])
            yield per_epoch(fit, quantity=quantity, label=f"q={trace.problem.excess_rank}")


def _on_p4(law) -> sp.Expr:
    """A law of S5 in the distance to S on P4: there p = 4, and Polyak's stepsize tells the growth constant c."""
    s, q = sp.symbols("s q", positive=True)
    steps = polyak_step()["stepsize"].subs({p: 4, u: sp.sqrt(q) * s}), matrix_factorisation()["stepsize"]
    (growth,) = sp.solve(steps[0] - steps[1], c)
    return sp.log(law.subs({p: 4, c: growth}))


@claim(
    "gdpolyak.mf-end",
    kind="constant",
    place="spec S5 on P4",
    source="derived",
    derivations=(fixed_k, polyak_step, matrix_factorisation, invariant_end),
    predicted=lambda: within(_on_p4(invariant_end()["dist_end"]), math.log(3)),
)
def mf_end(plan):
    """Fixed K on P4: the linear phase ends within a factor 3 of (3/4) dist_onset^2/dist_1, for K = 20..50.

    The logarithms are compared. From K = 60 on rounding, not the method, ends the phase: the normal error at the onset
    falls below 1e-12 dist^2.
    """
    yield from _ends(plan, plan.pick((20, 30, 40, 50), range(20, 51, 5)))


@claim(
    "gdpolyak.mf-end-curved",
    kind="constant",
    place="spec claims table, mf-end",
    source="derived",
    derivations=(fixed_k, polyak_step, matrix_factorisation),
    predicted=lambda: within(_on_p4(fixed_k()["dist_end"]), math.log(3)),
    expected="REFUTED",
)
def mf_end_curved(plan):
    """Misreading: the dist_end of S5, derived for a curved ravine, holds within a factor 3 on P4 too.

    Its slope in K is half the true one, so that it passes at K = 20 and fails from K = 55 on.
    """
    yield from _ends(plan, (20, 40, 55))


def _ends(plan, short_steps):
    """ln of the distance where the linear phase ends: before two epochs in a row that shrink it by under a tenth."""
    problem = MatrixFactorisation.random(k=4)
    eigenvalues = problem.facts()["hessian_eigenvalues"].value
    slowest = eigenvalues[eigenvalues > 1e-9].min()
    methods = [GDPolyak(ETA, K) for K in short_steps]
    for method, trace in zip(methods, plan.run_many([epochs_of(problem, m, 40) for m in methods]), strict=True):
        at = {"K": method.short_steps, "lambda": slowest, "rho": 1 - ETA * slowest, "q": problem.excess_rank}
        before = trace.at(pre_polyak(method, 40)).distance
        slow = before[1:] > EXIT * before[:-1]
        exits = np.flatnonzero(slow[:-1] & slow[1:])
        label = f"K={method.short_steps}"
        if not exits.size:
            yield Measured(math.nan, math.nan, math.nan, at | {"u_0": before[0]}, label=label, why="no end was reached")
            continue
        # an exit is known to one epoch only
        ends = np.log(before[[exits[0], exits[0] + 1, exits[0] - 1]])
        yield Measured(*map(float, ends), at | {"u_0": float(before[0])}, label=label)
