"""T10: where rounding of f stops an Armijo search on c + x^4 with steps capped at t."""

import sympy as sp

from theorylab.papers.armijo.derivations.symbols import SHARE, G, lam, t, ulp, x
from theorylab.theory import Chain, Domain, derivation

j = sp.Symbol("j", positive=True)  # computed decrease, in units of ulp
v = sp.Symbol("v", positive=True)  # true decrease t G^2, in the same units
m = sp.Symbol("m", positive=True)


@derivation("Rounding floor of Armijo: G = sqrt(m ulp/t), m = ceil(lambda/(1-lambda))")
def rounding_floor(chain: Chain) -> None:
    """T10 [derived]: to leading order the decrease is t G^2; computed values are multiples of ulp.

    A decrease v in (j, j+1) may come out as j. While j >= m every such v passes; with j = m-1 some do not.
    """
    (level,) = sp.solve(j - lam * (j + 1), j)
    chain.equal(level, lam / (1 - lam), "j = lambda (j+1)", domains=SHARE)
    chain.at_least(
        j, lam * v, "from j = lambda/(1-lambda) on a decrease rounded down passes the test", hint="slack",
        domains=SHARE | {j: Domain(level, sp.oo), v: Domain(j, j + 1)}, contact=({v: level + 1, j: level},),
        pins=[lambda l, r: (l, j), lambda l, r: (r.subs(v, level + 1), level)],
    )  # fmt: skip
    chain.at_most(
        j, lam * (j + 1), "below it one just under j+1 fails", hint="slack",
        domains=SHARE | {j: Domain(0, level)}, contact=({j: level},),
        pins=[lambda l, r: (r - lam, lam * j), lambda l, r: (l, j)],
    )  # fmt: skip
    (floor,) = sp.solve(t * G**2 - m * ulp, G)
    floor = chain.equal(floor, sp.sqrt(m * ulp / t), "the gradient whose true decrease is m ulp", hint="powers",
                        pins=[lambda l, r: (t * r**2 / ulp, m)])  # fmt: skip
    (place,) = sp.solve(sp.diff(x**4, x) - 4 * m, x)
    at = chain.equal(place.subs(m, G / 4), (G / 4) ** sp.Rational(1, 3), "where it is on x^4", hint="powers",
                     pins=[lambda l, r: (sp.diff(x**4, x).subs(x, r), G)])  # fmt: skip
    count = sp.ceiling(level)
    chain.result(G_floor=floor.subs(m, count), m=count, level=level, x_floor=at.subs(G, floor.subs(m, count)))
