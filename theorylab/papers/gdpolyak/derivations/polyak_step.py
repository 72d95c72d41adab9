"""S3: one Polyak step on f = c u^p."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.symbols import GROWTH, c, p, u
from theorylab.theory import Chain, derivation


@derivation("A Polyak step on f = c u^p multiplies u by 1 - 1/p")
def polyak_step(chain: Chain) -> None:
    """S3 [derived]: factors of distance, gap and stepsize; the halved step of the restarted variant."""
    f = c * u**p
    slope = sp.diff(f, u)
    gamma = f / slope**2
    after = u - gamma * slope
    factor = sp.simplify(after / u)
    chain.equal(gamma, u ** (2 - p) / (c * p**2), "Polyak's stepsize", hint="powers")
    chain.equal(after, factor * u, "the step is a multiplication")
    chain.equal(factor, 1 - 1 / p, "distance factor")
    gap_factor = sp.powsimp(sp.powdenest(sp.simplify(f.subs(u, factor * u) / f), force=True))
    chain.equal(f.subs(u, after) / f, (1 - 1 / p) ** p, "gap factor", domains=GROWTH, hint="ratio of powers")
    growth = gamma.subs(u, factor * u) / gamma
    chain.equal(
        growth, (p / (p - 1)) ** (p - 2), "the stepsize grows by this factor an epoch",
        domains=GROWTH, hint="ratio of powers",
    )  # fmt: skip
    chain.equal(gap_factor, factor**p, "the gap is of order p in the distance", domains=GROWTH, hint="ratio of powers")
    halved = sp.simplify((u - gamma / 2 * slope) / u)
    chain.equal(halved, 1 - 1 / (2 * p), "factor of the halved step")
    chain.result(
        stepsize=sp.powsimp(sp.simplify(gamma)),
        distance_factor=factor,
        gap_factor=factor**p,
        step_growth=factor ** (2 - p),
        halved_distance_factor=halved,
        halved_gap_factor=halved**p,
    )
