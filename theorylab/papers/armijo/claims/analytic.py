"""Analytic functions with bounded runs: at most eps^-1, and the sharp exponent of each function."""

import numpy as np
import sympy as sp

from problems import Cross, Cusp, Mixed, PolynomialNeuron, RealPower, Rosenbrock
from theorylab.claims import Measured, claim, near, within
from theorylab.fits import fit_parameter
from theorylab.methods import GD, MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims.common import counts, decades, growth, logarithmic, until
from theorylab.papers.armijo.derivations import lojasiewicz
from theorylab.papers.armijo.derivations.symbols import theta
from theorylab.theory.evaluate import value

#: No power of two and no round start: those hit the minimiser exactly.
START, T0 = 0.937, 0.61
ORDERS = (4, 6, 8)
#: Below these gradients a step is shorter than 2.2e-16, where a search stalls.
LEAST = {4: 1e-38, 6: 1e-64, 8: 1e-90}
CAPPED = MemoryArmijo(T0, 2.0, 2.0, 0.5, 1.0)


def _fixed(p: int) -> GD:
    return GD(1 / (p * (p - 1) * START ** (p - 2)))


@claim(
    "armijo.pow-exponent",
    kind="exponent",
    place="spec T6",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: within(lojasiewicz()["eps_exponent_power"], 0.005),
)
def pow_exponent(plan):
    """On |x|^p a fixed step, the plain search, and a search with memory whose step is capped all need
    N(eps) ~ eps^(-(p-2)/(p-1)) steps: below eps^-1 for every p."""
    last = plan.pick({4: 1e-8, 6: 1e-7, 8: 1e-6}, {4: 1e-9, 6: 1e-8, 8: 1e-7})
    for p in ORDERS:
        problem = RealPower(1.0, float(p))
        for name, method in (("fixed", _fixed(p)), ("reset", ResetArmijo(T0)), ("cap 1", CAPPED)):
            trace = plan.run(**until(problem, method, decades(last[p] * 1e4, last[p], 2), start=[START]))
            yield growth(trace, at={"p": p}, label=f"|x|^{p}, {name}, eps to {last[p]:g}")


@claim(
    "armijo.pow-fixed-constant",
    kind="constant",
    place="spec T6",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: near(1, 0.001),
)
def pow_fixed_constant(plan):
    """With a fixed step N(eps) is (eps/p)^(-(p-2)/(p-1))/(p(p-2)t) to leading order."""
    for p in ORDERS:
        eps, method = {4: 1e-8, 6: 1e-7, 8: 1e-6}[p], _fixed(p)
        trace = plan.run(**until(RealPower(1.0, float(p)), method, [eps], start=[START]))
        law = value(lojasiewicz()["fixed_step_power"].expr, p=p, t=method.stepsize, epsilon=eps)
        ratio = float(trace.step[-1] / law)
        yield Measured(ratio, ratio, ratio, label=f"|x|^{p}, eps={eps:g}, N={trace.step[-1]}")


def _uncapped(plan, p: int, last: float):
    method = MemoryArmijo(T0, 2.0, 2.0, 0.5)
    return plan.run(**until(RealPower(1.0, float(p)), method, decades(1e-4, last, 0.5), start=[START]))


@claim(
    "armijo.pow-log",
    kind="exponent",
    place="spec T7",
    source="derived",
    predicted=lambda: within(sp.Integer(1), 0.1),
)
def pow_log(plan):
    """Without a cap the memory follows the curvature: on |x|^p N(eps) is linear in ln(1/eps), for every p. (Measured,
    no proof.)"""
    for p in ORDERS:
        trace = _uncapped(plan, p, LEAST[p])
        yield logarithmic(trace, label=f"|x|^{p}, uncapped 2/2, N={trace.hits.max()} at {trace.levels[-1]:g}")


@claim(
    "armijo.neg-exponent-any-search",
    kind="exponent",
    place="spec section 8",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: within(lojasiewicz()["eps_exponent_power"], 0.05),
    expected="REFUTED",
)
def exponent_any_search(plan):
    """(p-2)/(p-1) is the exponent of every Armijo search on |x|^p. (A control: without a cap the law is
    logarithmic.)"""
    for p in ORDERS:
        trace = _uncapped(plan, p, 1e-20)
        yield growth(trace, at={"p": p}, label=f"|x|^{p}, uncapped 2/2")


@claim(
    "armijo.gap",
    kind="exponent",
    place="spec T5, dependence on the initial gap",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: within(lojasiewicz()["length_gap_exponent_power"], 0.01),
)
def gap(plan):
    """On |x|^p the length of the path grows like Delta^(1-theta) = Delta^(1/p) with the initial gap, not like Delta."""
    for p in ORDERS:
        starts = np.geomspace(0.3, 30.0, 9)
        problem = RealPower(1.0, float(p))
        cells = [until(problem, ResetArmijo(T0), [1e-6], start=[x]) for x in starts]
        traces = plan.run_many(cells)
        fit = fit_parameter([trace.gap[0] for trace in traces], [trace.length[-1] for trace in traces])
        yield Measured.estimate(fit, at={"p": p}, label=f"|x|^{p}")


@claim(
    "armijo.analytic-envelope",
    kind="exponent",
    place="abstract (class), spec statement B",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: within(lojasiewicz()["eps_exponent"].subs(theta, 1), 0.02, side="at most"),
)
def analytic_envelope(plan):
    """An analytic function with a bounded run and a monotone search with a capped step: N(eps) grows at most like
    eps^-1."""
    instances = [
        ("|x|^8", RealPower(1.0, 8.0), [START]), ("mixed, p=8", Mixed(8, 1.37), None), ("cusp", Cusp(), [0.0, 0.9]),
        ("cusp, generic", Cusp(), [0.9, 0.3]), ("cross", Cross(), [0.8, 0.8]), ("Rosenbrock", Rosenbrock(), None),
    ]  # fmt: skip
    instances += [(f"one neuron, {name}", getattr(PolynomialNeuron, name)(), start)
                  for name, start in (("two", [0.3, 1.7]), ("four", [0.3, 1.7]), ("five", [0.2, -1.4]))]  # fmt: skip
    cells = [until(problem, CAPPED, decades(1e-1, 1e-5, 2), **({} if start is None else {"start": start}))
             for _, problem, start in instances]  # fmt: skip
    for (name, *_), trace in zip(instances, plan.run_many(cells), strict=True):
        eps, steps = counts(trace)
        slopes = np.diff(np.log(np.maximum(steps, 1))) / np.diff(np.log(1 / eps))
        late = float(slopes[-4:].max())
        yield Measured(late, float(slopes[-4:].min()), late, label=f"{name}, local exponents on the last two decades")
