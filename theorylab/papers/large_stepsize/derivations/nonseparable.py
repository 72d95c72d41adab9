"""Section 8, nonsep1d: logistic loss in one dimension, z = +1 with weight 3/4 and z = -1 with weight 1/4."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import eta, x, z
from theorylab.theory import Chain, Domain, derivation

WEIGHTS = {1: sp.Rational(3, 4), -1: sp.Rational(1, 4)}


@derivation("Non-separable data: the critical stepsize 2/curvature at the minimiser")
def nonseparable(chain: Chain) -> None:
    """[derived] Beyond the critical stepsize GD cannot converge to the minimiser."""
    loss = sum(weight * sp.log(1 + sp.exp(-sign * z)) for sign, weight in WEIGHTS.items())
    slope, curvature = sp.diff(loss, z), sp.diff(loss, z, 2)
    (ratio,) = sp.solve(sp.simplify(slope.subs(z, sp.log(x))), x)
    minimiser = sp.log(ratio)
    chain.equal(slope.subs(z, minimiser), 0, "the slope vanishes")
    chain.equal(minimiser, sp.log(WEIGHTS[1] / WEIGHTS[-1]), "at the logarithm of the ratio of the weights")
    chain.equal(curvature.subs(z, sp.log(x)), x / (1 + x) ** 2, "curvature with x = e^w: convex everywhere",
                hint="cancel")  # fmt: skip
    there = chain.equal(curvature.subs(z, minimiser), WEIGHTS[1] * WEIGHTS[-1], "curvature there")
    multiplier = 1 - eta * there
    (critical,) = sp.solve(multiplier + 1, eta)
    chain.equal(multiplier.subs(eta, critical), -1, "a step multiplies a small error by -1")
    chain.at_least(multiplier**2, 1, "beyond it small errors grow", domains={eta: Domain(critical, sp.oo)},
                   contact=({eta: critical},), hint="slack",
                   pins=[lambda l, r: (l, (1 - eta * curvature.subs(z, minimiser)) ** 2)])  # fmt: skip
    chain.result(minimiser=minimiser, curvature=there, critical=critical)
