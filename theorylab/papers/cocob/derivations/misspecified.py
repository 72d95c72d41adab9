"""What a wrong L does to Algorithm 1: how large |g|/L may be before a lost bet can take all."""

import sympy as sp

from theorylab.papers.cocob.derivations.betting import bet_from_potential
from theorylab.papers.cocob.derivations.symbols import G, L, q, t, theta, v, y
from theorylab.theory import Chain, Domain, derivation

ratio = sp.Symbol("ratio", positive=True)  # |g|/L


@derivation("Gradients of size r L: wealth stays positive on every stream if r <= coth 1 = 1.313, and need not beyond")
def misspecified(chain: Chain) -> None:
    """[derived] |g| <= r L with r > 1, for an algorithm that believes in L: G_0 = L, and |theta| <= G - L still."""
    fraction = bet_from_potential()["tanh"]
    (ruin,) = sp.solve(1 - ratio * v, v)
    ruin = chain.equal(ruin, 1 / ratio, "a lost bet takes everything at this fraction")
    place = sp.log((ratio + 1) / (ratio - 1)) / 2
    beyond = {ratio: Domain(1, sp.oo)}
    chain.equal(fraction.subs(q, place), ruin, "tanh of what it is", hint="exp", domains=beyond)
    run = chain.equal((theta / (G + L)).subs({theta: ratio * L * t, G: L + ratio * L * t}), ratio * t / (2 + ratio * t),
                      "theta/(G+L) after t gradients of one sign", hint="simplify")  # fmt: skip
    chain.at_most(run, 1, "never 1", hint="slack",
                  pins=[lambda l, r: (l / (1 - l), ratio * t / 2), lambda l, r: (r, 1)])  # fmt: skip
    chain.tends(run, sp.S.One, t, "but as near as one likes", pins=[lambda l, r: (l, run), lambda l, r: (r, 1)])
    (safe,) = sp.solve(ruin - fraction.subs(q, 1), ratio)
    safe = chain.equal(safe, (sp.exp(2) + 1) / (sp.exp(2) - 1), "the ratio whose ruin is at theta/(G+L) = 1",
                       hint="exp", pins=[lambda l, r: (place.subs(ratio, r), 1)])  # fmt: skip
    (rounds,) = sp.solve(run - y, t)
    rounds = chain.equal(rounds, 2 * y / (ratio * (1 - y)), "gradients of one sign until theta/(G+L) = y",
                         hint="cancel", domains={y: Domain(0, 1)})  # fmt: skip
    chain.result(ruin_fraction=ruin, ruin_place=place, safe_ratio=1 / sp.tanh(1), run_length=rounds.subs(y, place))
