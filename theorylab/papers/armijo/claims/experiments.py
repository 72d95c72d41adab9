"""Where rounding ends a run, and two problems that people run: Rosenbrock's function and a small network on digits."""

import numpy as np
import sympy as sp

from problems import Rosenbrock
from theorylab.claims import Compared, Measured, claim, near, within
from theorylab.methods import MemoryArmijo, UntilGradient
from theorylab.papers.armijo.claims.common import counts, decades, until
from theorylab.papers.armijo.claims.offset import OffsetQuartic
from theorylab.papers.armijo.derivations import lojasiewicz, rounding_floor
from theorylab.papers.armijo.derivations.symbols import lam, theta
from theorylab.theory.evaluate import value

PAIRS = ((2.0, 2.0), (30.0, 1e4), (2.0, 1e4))


@claim(
    "armijo.floor",
    kind="constant",
    place="spec T10",
    source="derived",
    derivations=(rounding_floor,),
    predicted=lambda: near(1, 0.03),
)
def floor(plan):
    """With steps capped at t the search on c + x^4 stalls at the gradient norm sqrt(m ulp(c)/t), m the least integer of
    at least lambda/(1-lambda): below that the decrease drowns in the rounding of c."""
    for c in (1.0, 1e6):
        for t in (0.1, 0.01):
            for share in (0.1, 0.7, 0.9):
                method = UntilGradient(MemoryArmijo(t, 2.0, 2.0, share, t))
                trace = plan.run(OffsetQuartic(c), method, steps=10**7, start=[0.937], checked=False)
                least = rounding_floor()["G_floor"].subs(lam, sp.Rational(str(share)))
                ratio = float(trace.grad_norm[-1] / value(least, t=t, ulp=np.spacing(c)))
                yield Measured(ratio, ratio, ratio, label=f"c={c:g}, t={t}, lambda={share}, {trace.step[-1]} steps")


@claim(
    "armijo.rosen",
    kind="ordering",
    place="spec section 7",
    source="derived",
)
def rosenbrock(plan):
    """On Rosenbrock's function to 1e-9 the memory that grows by 1e4 takes fewer steps than with f1 = 30, and that one
    fewer than the memory that grows by 2."""
    cells = [until(Rosenbrock(), MemoryArmijo(1.0, f1, f2, 0.5), [1e-9]) for f1, f2 in PAIRS]
    steps = [float(trace.step[-1]) for trace in plan.run_many(cells, checked=False)]
    for (slow, fast), (a, b) in (((steps[0], steps[1]), (0, 1)), ((steps[1], steps[2]), (1, 2))):
        names = [f"f1={PAIRS[i][0]:g}, f2={PAIRS[i][1]:g}" for i in (a, b)]
        yield Compared((fast, fast), (slow, slow), label=f"{names[1]} against {names[0]}", note="steps to 1e-9")


@claim(
    "armijo.digits",
    kind="exponent",
    place="spec section 7",
    source="derived",
    derivations=(lojasiewicz,),
    predicted=lambda: within(lojasiewicz()["eps_exponent"].subs(theta, 1), 0.02, side="at most"),
)
def digits(plan):
    """On a 64-10-10 network with a quadratic penalty, trained on 500 digits, N(eps) grows at most like eps^-1: the loss
    is analytic and its sublevel sets are compact."""
    from problems import DigitsNetwork

    eps = decades(1e-3, 1e-5, 3)
    methods = {f"f1={f1:g}, f2={f2:g}": MemoryArmijo(0.1, f1, f2, 0.5) for f1, f2 in PAIRS}
    methods["cap 1"] = MemoryArmijo(0.1, 2.0, 2.0, 0.5, 1.0)
    cells = [until(DigitsNetwork.of(), method, eps, steps=50_000) for method in methods.values()]
    for name, trace in zip(methods, plan.run_many(cells, checked=False), strict=True):
        reached, steps = counts(trace)
        late = np.diff(np.log(steps)) / np.diff(np.log(1 / reached))
        yield Measured(float(late.max()), float(late.min()), float(late.max()),
                       label=f"{name}: N={steps[-1]:.0f} at {reached[-1]:g}, f={trace.gap[-1]:.5f}")  # fmt: skip
