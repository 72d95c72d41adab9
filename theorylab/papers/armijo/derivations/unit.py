"""Item 6.10: how much smoothness a function needs on which unit steps are accepted and gain just lambda."""

import sympy as sp

from theorylab.papers.armijo.derivations.general import general_complexity
from theorylab.papers.armijo.derivations.symbols import L_0, L_1, SHARE, Delta, K, L, epsilon, f_1, lam, z
from theorylab.theory import Chain, Domain, derivation

HALF = sp.Rational(1, 2)


@derivation("A unit step with end slopes -1 that drops by lambda needs L = 4(1-lambda), so T2 is sharp up to 2 f1")
def unit_step(chain: Chain) -> None:
    """[derived] f' <= -1 + L min(z, 1-z), with equality for the triangle."""
    left, right = -1 + L * z, -1 + L * (1 - z)
    chain.equal(left.subs(z, HALF), right.subs(z, HALF), "the two lines from the ends meet in the middle")
    drop = -sp.integrate(left, (z, 0, HALF)) - sp.integrate(right, (z, HALF, 1))
    drop = chain.equal(drop, 1 - L / 4, "drop under the triangle: no other slope drops less")
    (least,) = sp.solve(drop - lam, L)
    least = chain.equal(least, 4 * (1 - lam), "the L for which this is lambda")
    chain.at_least(drop, lam, "a smaller L drops more than lambda", domains=SHARE | {L: Domain(0, least)},
                   contact=({L: least},), hint="slack",
                   pins=[lambda l, r: (l + L / 4, 1), lambda l, r: (r, drop.subs(L, least))])  # fmt: skip
    # K steps of size 1 at G = eps, each gaining lambda eps^2, use up Delta
    (steps,) = sp.solve(K * lam * epsilon**2 - Delta, K)
    constant = chain.equal(steps * epsilon**2 / Delta, 1 / lam, "N eps^2/Delta of such a function")
    bound = general_complexity()["bound"].subs({L_1: 0, L_0: L})
    over = chain.equal(bound / steps, f_1 * L / (2 * (1 - lam)), "T2 over N", domains=SHARE, hint="cancel")
    ideal = chain.equal(over.subs(L, least), 2 * f_1, "with the least L", domains=SHARE, hint="cancel")
    chain.result(minimal_L=least, horizon_constant=constant, bound_over_N=over, bound_over_N_ideal=ideal)
