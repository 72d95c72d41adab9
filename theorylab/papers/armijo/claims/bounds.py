"""T2, T3 and T5 along runs: complexity of the class, lag of the memory, and complexity near a critical value."""

import sympy as sp

from problems import Cosh, ExpUp, Extremal, Horizon, RealPower
from theorylab.claims import Checked, claim
from theorylab.methods import MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims.common import counts, decades, until
from theorylab.papers.armijo.claims.worst_case import UNCHECKED, worst
from theorylab.papers.armijo.derivations import accepted_step, general_complexity, lojasiewicz, memory_complexity
from theorylab.theory.evaluate import value

LAMBDAS = (0.1, 0.5, 0.9)
EPS = decades(1.0, 1e-4, 2)


def _known(problem, share: float, gap: float, l1: float | None = None) -> dict:
    """Constants of T2: for a power L1 is free, and L0 depends on it."""
    l0, l1 = (problem.curvature(l1), l1) if l1 else problem.facts()["L0_L1"].value
    return {"L_0": l0, "L_1": l1, "Delta": gap, "f_1": 2.0, "lambda": share}


@claim(
    "armijo.general-bound",
    kind="bound",
    place="spec T2",
    source="derived",
    derivations=(general_complexity,),
    statement=lambda: sp.Le(sp.Symbol("N"), general_complexity()["bound"]),
)
def general_bound(plan):
    """Under (L0,L1)-smoothness the plain search has N(eps) <= f1 Delta/(2 lambda (1-lambda)) (L0/eps^2 + a L1/eps),
    with t0 >= 2(1-lambda)/(f1 L0): no constant of the function is needed to run it."""
    instances = [
        ("cosh(1)", Cosh(1.0), 10.0, None), ("extremal(1, 5)", Extremal(1.0, 5.0), 3.0, None),
        ("|x|^4", RealPower(1.0, 4.0), 1.7, 1.0), ("|x|^6", RealPower(1.0, 6.0), 1.7, 1.0),
    ]  # fmt: skip
    for name, problem, start, l1 in instances:
        found = []
        for share in LAMBDAS:
            at = _known(problem, share, 1.0, l1)
            t0 = 1.3 * max(1.0, float(value(general_complexity()["t0_needed"], **at)))
            trace = plan.run(**until(problem, ResetArmijo(t0, 2.0, share), EPS, start=[start]))
            found.append(_ratio(trace, at))
        yield _worst(name, found)
    for name, made in (("CGT", lambda share: worst(0.1, share)), ("horizon", lambda share: Horizon.of(0.02, share))):
        found = []
        for share in (0.5, 0.6, 0.8):
            problem = made(share)
            for f1 in (2.0, 1.05):  # the smaller f1, the sharper T2
                trace = plan.run(**until(problem, ResetArmijo(1.0, f1, share), decades(0.3, 0.02, 4)), **UNCHECKED)
                found.append(_ratio(trace, _known(problem, share, 1.0) | {"f_1": f1}))
        yield _worst(name, found)


def _longest(problem, order: float, share: float, t0: float) -> float:
    """The L1 for which L0(L1) is the least that t0 allows: T5 is sharpest there."""
    least = 2 * (1 - share) / (2.0 * t0)
    return (problem.curvature(1.0) / least) ** (1 / (order - 2))


def _ratio(trace, at) -> float:
    eps, steps = counts(trace)
    bound = value(general_complexity()["bound"], epsilon=eps, **at | {"Delta": trace.gap[0]})
    return float((steps / bound).max())


def _worst(name, ratios) -> Checked:
    worst = max(ratios)
    return Checked(1 - worst, name, worst, len(ratios), note=f"largest ratio to the bound {worst:.3g}")


@claim(
    "armijo.memory-bound",
    kind="bound",
    place="spec T3",
    source="derived",
    derivations=(memory_complexity,),
    statement=lambda: sp.Le(sp.Symbol("N"), memory_complexity()["bound"]),
)
def memory_bound(plan):
    """A search with memory, without a cap: at most (ln_+(tb'_0/(f1 t0)) + L1 length)/ln f2 + 1 steps lie below tb'/f1,
    and N(eps) is bounded as in T2 with that many steps more."""
    instances = [("cosh(3), x0=10", Cosh(3.0), 10.0), ("extremal(1, 5), x0=6", Extremal(1.0, 5.0), 6.0),
                 ("cosh(1), x0=28", Cosh(1.0), 28.0)]  # fmt: skip
    shares = plan.pick((0.1, 0.5, 0.9), (0.05, 0.1, 0.3, 0.5, 0.9))
    pairs = ((2.0, 1.1), (2.0, 2.0), (2.0, 1e4), (1.2, 1.05))
    for name, problem, start in instances:
        keys = [(share, f1, f2, t0) for share in shares for f1, f2 in pairs for t0 in (1e-23, 1.0, 1e6)]
        cells = [
            until(problem, MemoryArmijo(t0, f1, f2, share), [1e-2, 1e-4], start=[start], steps=4000, record=range(4001))
            for share, f1, f2, t0 in keys
        ]
        lags, totals = [], []
        for (share, f1, f2, t0), trace in zip(keys, plan.run_many(cells, checked=False), strict=True):
            at = _known(problem, share, trace.gap[0]) | {"f_1": f1, "f_2": f2, "t_0": t0, "G": trace.grad_norm[0]}
            weaker = value(accepted_step()["tb_prime"], **at | {"G": trace.grad_norm[:-1]})
            lagging = int((trace.stepsize[1:] < weaker / f1 * (1 - 1e-12)).sum())
            lags.append(lagging / float(value(memory_complexity()["lag_bound_path"], ell=trace.length[-1], **at)))
            eps, steps = counts(trace)
            totals += (steps / value(memory_complexity()["bound"], epsilon=eps, **at)).tolist()
        yield _worst(f"{name}: steps that lag", lags)
        yield _worst(f"{name}: N", totals)
    found = []
    for share in (0.6, 0.8):
        problem = Horizon.of(0.02, share)
        trace = plan.run(**until(problem, MemoryArmijo(1.0, 1.5, 1.5, share), [0.02]), **UNCHECKED)
        at = _known(problem, share, trace.gap[0]) | {"f_1": 1.5, "f_2": 1.5, "t_0": 1.0, "G": trace.grad_norm[0]}
        found.append(float(trace.hits[-1] / value(memory_complexity()["bound"], epsilon=0.02, **at)))
    yield _worst("horizon, 1.5/1.5: N", found)
    # exp(x) has L0 = 0, and no tb' is needed: at the start it is 2(1-lambda)/(a G)
    found = []
    for share in shares:
        trace = plan.run(**until(ExpUp(), MemoryArmijo(1.0, 2.0, 2.0, share), decades(1e-1, 1e-6, 1), start=[5.0]))
        at = _known(trace.problem, share, trace.gap[0]) | {"f_2": 2.0, "t_0": 1.0, "G": trace.grad_norm[0]}
        eps, steps = counts(trace)
        found += (steps / value(memory_complexity()["bound"], epsilon=eps, **at)).tolist()
    yield _worst("exp(x), x0=5: N", found)


@claim(
    "armijo.kl-bound",
    kind="bound",
    place="spec T5",
    source="derived",
    derivations=(lojasiewicz,),
    statement=lambda: sp.Le(sp.Symbol("N"), lojasiewicz()["bound"]),
)
def kl_bound(plan):
    """A run in one Lojasiewicz neighbourhood (theta, c): its length is at most c Delta^(1-theta)/(lambda (1-theta)),
    and N(eps) <= f1 c Delta^(1-theta)/(2 lambda (1-lambda)(1-theta)) (L0/eps + a L1)."""
    for order in (4.0, 6.0, 8.0):
        problem, lengths, totals = RealPower(1.0, order), [], []
        theta, c = problem.facts()["lojasiewicz"].value
        for share in (*LAMBDAS, 0.99):
            trace = plan.run(**until(problem, ResetArmijo(1.37, 2.0, share), decades(1e-1, 1e-6, 2), start=[0.937]))
            at = _known(problem, share, trace.gap[0], _longest(problem, order, share, 1.37))
            at |= {"theta": theta, "c": c}
            lengths.append(float(trace.length[-1] / value(lojasiewicz()["length"], **at)))
            eps, steps = counts(trace)
            totals += (steps / value(lojasiewicz()["bound"], epsilon=eps, **at)).tolist()
        yield _worst(f"|x|^{order:g}: length", lengths)
        yield _worst(f"|x|^{order:g}: N", totals)
