"""How the mean of F after T steps grows with the distance D, and what not knowing D costs."""

import functools

import numpy as np
import sympy as sp

from problems import Distance
from theorylab.claims import Measured, claim, near, within
from theorylab.claims.plan import shared
from theorylab.fits import fit_parameter
from theorylab.methods import COCOB, CoordinateAdaGrad, DecayingSubgradient, SubgradientDescent
from theorylab.papers.cocob.claims.means import cell, decades, last_mean
from theorylab.papers.cocob.derivations import baselines, gap_bound, local_slopes, regret_bound
from theorylab.papers.cocob.derivations.symbols import D, G, L, T, epsilon, eta, u
from theorylab.theory.evaluate import value

STEPS = 10**6
#: SGD with eta = D takes sqrt(T) equal steps to D, and rounding would decide whether it hits: this eta misses.
MISS = 1.0071


@shared
def means_at(plan, method: str, first: float, last: float, per_decade: int) -> tuple[np.ndarray, np.ndarray]:
    """(D, mean of F over the first million iterates) on |x - D| by one of the `METHODS`."""
    distances = decades(first, last, per_decade)
    traces = plan.run_many([cell(Distance(d), METHODS[method](d), STEPS) for d in distances])
    return np.array(distances), np.array([last_mean(trace) for trace in traces])


METHODS = {
    "COCOB": lambda d: COCOB(1.0),
    "SGD-T": lambda d: SubgradientDescent(1.0, 1.0, STEPS),
    "SGD-t": lambda d: DecayingSubgradient(1.0),
    "AdaGrad": lambda d: CoordinateAdaGrad(1.0),
    "oracle": lambda d: SubgradientDescent(MISS * d, 1.0, STEPS),
}
#: D from 0.1 to 3e6, two a decade.
WIDE = 0.1, 10**6.5, 2


def _grown(distances, means, **more) -> Measured:
    """The exponent of the mean in D from at most ten distances."""
    chosen = np.unique(np.linspace(0, len(distances) - 1, min(10, len(distances))).astype(int))
    return Measured.estimate(fit_parameter(distances[chosen], means[chosen]), **more)


@claim(
    "cocob.scale-d",
    kind="exponent",
    place="spec 5.4, S6",
    source="derived",
    derivations=(local_slopes,),
    predicted=lambda: {
        "mean slope": within(local_slopes()["D_mean_slope"], 0.01),
        "power beside sqrt(lam)": within(local_slopes()["scale_exponent"], 0.01),
    },
)
def scale_d(plan):
    """After a million steps the mean of F on |x - D| grows with D as the bound does, D sqrt(ln(1 + T^2 D^2)): linearly,
    but for the logarithm, over seven decades, and nobody has told D."""
    distances, means = means_at(plan, "COCOB", *WIDE)
    label = f"D={distances[0]:g}..{distances[-1]:g}, T={STEPS}"
    # what half a decade at either end changes is what the chord is uncertain by
    chords = [np.log(means[-1 - j] / means[i]) / np.log(distances[-1 - j] / distances[i])
              for i in (0, 1) for j in (0, 1)]  # fmt: skip
    yield Measured(chords[0], min(chords), max(chords), quantity="mean slope", label=label,
                   at={"D_1": distances[0], "D_2": distances[-1], "T": STEPS})  # fmt: skip
    lam = value(regret_bound()["lam"], G=float(STEPS), u=distances, epsilon=1.0)
    yield _grown(distances, means / np.sqrt(lam), quantity="power beside sqrt(lam)", label=label)


@claim(
    "cocob.sgd-d2",
    kind="exponent",
    place="spec S8",
    source="derived",
    derivations=(baselines,),
    predicted=lambda: within(baselines()["equal_exponent"], 0.05),
)
def sgd_d2(plan):
    """SGD with steps 1/sqrt(T) pays D^2 on |x - D|: the way to D costs D^2/(2 sqrt T) in the mean of F."""
    distances, means = means_at(plan, "SGD-T", 3, 300, 4)
    yield _grown(distances, means, label=f"eta=1, D={distances[0]:g}..{distances[-1]:g}, T={STEPS}")


@claim(
    "cocob.sgdt-d3",
    kind="exponent",
    place="spec S8",
    source="derived",
    derivations=(baselines,),
    predicted=lambda: {
        "exponent": within(baselines()["decreasing_exponent"], 0.05),
        "travelled": near(baselines()["reach"].subs({eta: 1, T: STEPS}), 0.001),
    },
)
def sgdt_d3(plan):
    """SGD with steps 1/sqrt(t), and AdaGrad, which does the same there, pay D^3; beyond 2 sqrt(T) they do not
    arrive."""
    for method in ("SGD-t", "AdaGrad"):
        distances, means = means_at(plan, method, 100, 1000, 8)
        # the smallest mean has 1 % of what steps cost at D itself, which dies out like 1/D^2
        yield _far(method, distances, means)
        (trace,) = plan.run_many([cell(Distance(5000.0), METHODS[method](5000.0), STEPS)])
        place = float(trace.x[-1, 0])
        yield Measured(place, place, place, quantity="travelled", label=f"{method}, D=5000, w after T={STEPS} steps")


def _far(method, distances, means) -> Measured:
    """Exponents between neighbours on the upper half of the distances: the interval spans them."""
    upper = len(distances) // 2
    slopes = np.diff(np.log(means[upper:])) / np.diff(np.log(distances[upper:]))
    return Measured(float(slopes.mean()), float(slopes.min()), float(slopes.max()), quantity="exponent",
                    label=f"{method}, eta=1, D={distances[upper]:g}..{distances[-1]:g}, T={STEPS}")  # fmt: skip


@functools.cache
def _price_of_lambert():
    """The Lambert form of the regret over T, over the oracle's bound, over sqrt(lam): below 1 for any D and T."""
    at = {L: 1, G: T, u: D, epsilon: 1}
    share = regret_bound()["lambert"].subs(at, simultaneous=True) / T / baselines()["optimum"].subs(L, 1)
    return share / sp.sqrt(regret_bound()["lam"].subs(at, simultaneous=True))


@claim(
    "cocob.price",
    kind="constant",
    place="spec 5.4, S8",
    source="derived",
    derivations=(gap_bound, baselines, regret_bound),
    predicted=lambda: near(_price_of_lambert(), 0.1),
)
def price(plan):
    """Not knowing D costs a factor of nearly sqrt(lam), lam = ln(1 + T^2 D^2), against SGD that was told eta = D: to a
    tenth what the Lambert form of the bound says, at every D. (Measured 0.86 to 0.87 of sqrt(lam).)"""
    distances, means = means_at(plan, "COCOB", *WIDE)
    _, told = means_at(plan, "oracle", *WIDE)
    lam = value(gap_bound()["price"], T=float(STEPS), D=distances)
    for d, share in zip(distances, means / told / lam, strict=True):
        yield Measured(float(share), float(share), float(share), at={"D": d, "T": STEPS}, label=f"D={d:g}")
