"""Two dimensions: degenerate minima, a stiff direction, and what the variants do."""

import numpy as np

from problems import Cross, Cusp, Mixed
from theorylab.claims import Compared, claim, within
from theorylab.methods import (
    ArmijoMomentum,
    ArmijoRMSProp,
    ClippedArmijo,
    CumulativeArmijo,
    MemoryArmijo,
    NormalisedArmijo,
)
from theorylab.papers.armijo.claims.common import counts, decades, growth, local_slopes, until
from theorylab.papers.armijo.derivations import lojasiewicz, newton_polygon

CAPPED = MemoryArmijo(0.61, 2.0, 2.0, 0.5, 1.0)


@claim(
    "armijo.kl-2d",
    kind="exponent",
    place="spec T6",
    source="derived",
    derivations=(lojasiewicz, newton_polygon),
    predicted=lambda: {
        "mixed": within(lojasiewicz()["eps_exponent_power"], 0.01),
        "cusp": within(newton_polygon()["cusp_exponent"], 0.01),
        "cross": within(newton_polygon()["cross_exponent"], 0.01),
    },
)
def kl_2d(plan):
    """With a capped step N(eps) ~ eps^-(2-1/theta) for the Lojasiewicz exponent theta at the point that the run tends
    to: on mixed, on the cusp from its tip, and on the cross along its diagonal."""
    depth = plan.pick(1.0, 10.0)
    instances = [("mixed", {"p": p}, Mixed(p, 1.37), [1.0, 1.0], last) for p, last in ((4, 1e-7), (6, 1e-6), (8, 1e-6))]
    instances += [("cusp", {}, Cusp(), [0.0, 0.9], 1e-6), ("cross", {}, Cross(), [0.8, 0.8], 1e-7)]
    cells = [until(problem, CAPPED, decades(last / depth * 1e3, last / depth, 3), start=start)
             for _, _, problem, start, last in instances]  # fmt: skip
    for (name, at, *_), trace in zip(instances, plan.run_many(cells), strict=True):
        label = name + "".join(f", p={p}" for p in at.values())
        yield growth(trace, quantity=name, at=at, label=f"{label}, N={trace.hits.max()}")


@claim(
    "armijo.generic-log",
    kind="exponent",
    place="spec T6, theta = 1/2 off the worst points",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: within(-lojasiewicz()["linear_law"].power, 0.1),
)
def generic_log(plan):
    """From starts off the diagonal of the cross, and from generic ones at the cusp, theta is 1/2 at the limit: N(eps)
    grows like ln(1/eps) under the same capped search."""
    for name, problem, start in (("cross", Cross(), [0.8, 0.5]), ("cusp", Cusp(), [0.9, 0.3])):
        trace = plan.run(**until(problem, CAPPED, decades(1e-2, 1e-11, 1), start=start))
        yield local_slopes(trace, 1e-6, label=f"{name} from {start}, N={trace.hits.max()} at {trace.levels[-1]:g}")


def _exponents(plan, f2: float, draws) -> np.ndarray:
    eps = decades(1e-3, 1e-7, 2)
    cells = [until(Mixed(4, a), MemoryArmijo(t0, 2.0, f2, 0.5), eps, start=[1.0, 1.0]) for a, t0 in draws]
    found = []
    for trace in plan.run_many(cells):
        reached, steps = counts(trace)
        found.append(np.polyfit(np.log(1 / reached), np.log(np.maximum(steps, 1)), 1)[0])
    return np.array(found)


@claim(
    "armijo.mixed-growth",
    kind="ordering",
    place="spec T7",
    source="derived",
)
def mixed_growth(plan):
    """With a stiff direction beside a flat one, a memory that grows by 1e4 has a lower exponent than one that grows by
    2: medians over 16 random curvatures and first trials. (Measured, no proof.)"""
    rng = np.random.default_rng(16)
    draws = [(rng.uniform(1.0, 2.0), rng.uniform(0.5, 1.0)) for _ in range(16)]
    small, large = (_exponents(plan, f2, draws) for f2 in (2.0, 1e4))
    # the median of 16 lies between the 4th and the 13th value with a probability of 98 %
    ends = [tuple(np.sort(values)[[3, 12]].tolist()) for values in (large, small)]
    note = f"medians {np.median(large):.2f} and {np.median(small):.2f}"
    yield Compared(*ends, label="mixed, p=4, exponents of N", note=note)


@claim(
    "armijo.variants-mixed",
    kind="exponent",
    place="spec section 3",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: within(lojasiewicz()["eps_exponent_power"], 0.03),
)
def variants_mixed(plan):
    """On mixed with p = 4 the variants keep the exponent (p-2)/(p-1) = 2/3: momentum, RMSProp, clipping, the
    non-monotone test, the normalised direction with f2 = 2. (Measured: the derivation covers gradient directions.)"""
    problem, eps = Mixed(4, 1.37), decades(1e-5, 1e-10, 2)
    methods = {
        "momentum": ArmijoMomentum(0.31), "RMSProp": ArmijoRMSProp(0.1), "clipped": ClippedArmijo(0.1, 0.61, 2.0, 2.0),
        "cumulative": CumulativeArmijo(0.61, 2.0, 2.0), "normalised": NormalisedArmijo(0.61, 2.0, 2.0),
    }  # fmt: skip
    cells = [until(problem, method, eps, start=[1.0, 1.0]) for method in methods.values()]
    for name, trace in zip(methods, plan.run_many(cells, checked=False), strict=True):
        yield growth(trace, at={"p": 4}, label=f"{name}, N={trace.hits.max()}")
