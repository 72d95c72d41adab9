"""S7: one or two short steps of size 1/(2a) between long steps, curved quartic ravine."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.curved import QUARTIC
from theorylab.papers.gdpolyak.derivations.slow_manifold import c4, quartic_polyak
from theorylab.papers.gdpolyak.derivations.symbols import a, s, x
from theorylab.theory import Chain, derivation


@derivation("Curved quartic ravine, eta = 1/(2a): K = 2 has the factor 3/4 for every a, K = 1 holds n/x^2 iff a < 9/8")
def period_two(chain: Chain) -> None:
    """S7 [derived]: s = n/x^2 after the long steps, leading order in x."""
    eta = 1 / (2 * a)
    first_x, first_n = (sp.expand(e) for e in QUARTIC.step(s * x**2, eta))
    once = chain.equal(first_n.coeff(x, 4), 4 / a - 4 * s, "one short step from n = s x^2 leaves n = (4/a - 4s) x^4")
    chain.equal(first_n.coeff(x, 2), 0, "and nothing of order x^2: eta = 1/(2a) is the Newton step")
    chain.equal(first_x.coeff(x, 1), 1, "while x stays, to leading order")
    _, second_n = (sp.expand(e) for e in QUARTIC.step(c4 * x**4, eta))
    twice = chain.equal(second_n.coeff(x, 4), 4 / a, "a second one reaches n = (4/a) x^4 from any n = c4 x^4")

    _, shrink, error = (e.subs(x, 0) for e in quartic_polyak(c4 * x**4))
    landing = sp.expand(error / shrink**2)
    k2_map = chain.equal(landing.subs(c4, twice), -sp.Rational(1, 9), "K = 2: s after the long step, whatever a and s")
    k2_factor = chain.equal(shrink.subs(c4, twice), sp.Rational(3, 4), "K = 2: x is multiplied by 3/4")
    k1_map = chain.equal(landing.subs(c4, once), 8 * a / 9 * s - sp.Rational(1, 9), "K = 1: s+ = (8a/9) s - 1/9")
    multiplier = sp.diff(k1_map, s)
    (fixed,) = sp.solve(k1_map - s, s)
    chain.equal(k1_map.subs(s, fixed), fixed, "fixed point of that map")
    chain.equal(fixed, -1 / (9 - 8 * a), "its value", conditions=((9 - 8 * a) ** 2,))
    (threshold,) = sp.solve(multiplier - 1, a)
    chain.equal(multiplier.subs(a, threshold), 1, "the multiplier 8a/9 is 1 at the threshold")
    chain.equal(threshold, sp.Rational(9, 8), "so K = 1 keeps n/x^2 bounded iff a < 9/8")
    chain.result(k2_factor=k2_factor, k2_error=k2_map, k1_factor=shrink.subs(c4, once), k1_map=k1_map,
                 k1_multiplier=multiplier, k1_fixed_point=fixed, k1_threshold=threshold)  # fmt: skip
