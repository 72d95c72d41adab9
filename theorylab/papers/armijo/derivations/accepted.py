"""T1, items 6.1 and 6.2: steps that every (L0,L1)-smooth function accepts."""

import sympy as sp

from theorylab.papers.armijo.derivations.symbols import L_0, L_1, SHARE, G, f_1, lam, t, u
from theorylab.theory import Chain, Domain, derivation

rho = sp.Symbol("rho", positive=True)  # (1 - lambda) L_1 G/(L_0 + L_1 G)
n = sp.Symbol("n", positive=True, integer=True)

PHI = sp.exp(u) - 1 - u
RHO = (1 - lam) * L_1 * G / (L_0 + L_1 * G)


@derivation("Under (L0,L1)-smoothness every step up to 2(1-lambda)/(L0 + a L1 G) passes the Armijo test")
def accepted_step(chain: Chain) -> None:
    """T1 [derived] from f(y) <= f + <g, y-x> + (L0 + L1 G) phi(L1 r)/L1^2 [derived, standard]."""
    # r = t G; the test asks for a decrease of lambda t G^2
    over = -t * G**2 + (L_0 + L_1 * G) * PHI.subs(u, L_1 * t * G) / L_1**2 + lam * t * G**2
    condition = chain.equal(
        (over * L_1 / (t * G * (L_0 + L_1 * G))).subs(t, u / (L_1 * G)), PHI / u - RHO,
        "the test passes where phi(u)/u - rho <= 0, u = L1 t G", hint="simplify",
    )  # fmt: skip
    chain.at_least(
        u * sp.exp(u) - sp.exp(u) + 1, 0, "phi(u)/u rises in u: shorter steps pass too",
        domains={u: Domain(0, sp.oo)}, contact=({u: 0},), hint="monotone",
        pins=[lambda l, r: (l, u**2 * sp.diff(condition, u)), lambda l, r: (r, l.subs(u, 0))],
    )  # fmt: skip
    ratio = chain.equal(_majorant(chain) / u, (u / 2) / (1 - u / 3), "over u", domains={u: Domain(0, 3)})
    (largest,) = sp.solve(ratio - rho, u)
    chain.equal(largest, 6 * rho / (2 * rho + 3), "it equals rho at this u, which is below 3", hint="cancel")
    chain.at_most(
        largest, 3, "below 3 indeed", hint="slack",
        pins=[lambda l, r: (ratio.subs(u, l), rho), lambda l, r: (r - l, 9 / (2 * rho + 3))],
    )  # fmt: skip
    _closed(chain, largest.subs(rho, RHO) / (L_1 * G))
    chain.result(exact_condition=condition)


def _majorant(chain):
    """phi(u) = sum u^n/n! <= sum (u^2/2) (u/3)^(n-2), n >= 2."""
    chain.at_least(
        sp.factorial(n) / 2, 3 ** (n - 2), "n!/2 >= 3^(n-2)", domains={n: Domain(2, sp.oo, integer=True)},
        contact=({n: 2}, {n: 3}), hint="induction",
        pins=[lambda l, r: (l.subs(n, 4), sp.factorial(4) / 2), lambda l, r: (r.subs(n, n + 1), 3 * r)],
    )  # fmt: skip
    term = u**n / (2 * 3 ** (n - 2))
    share = chain.equal(term.subs(n, n + 1) / term, u / 3, "so the terms are below those of a geometric series",
                        hint="powers")  # fmt: skip
    first = term.subs(n, 2)
    majorant = chain.equal(first / (1 - share), (u**2 / 2) / (1 - u / 3), "its sum for u < 3")
    # the same by calculus, cleared of the denominator
    chain.at_most(
        (3 - u) * PHI, sp.cancel((3 - u) * majorant), "phi(u) <= (u^2/2)/(1-u/3) for 0 < u < 3",
        domains={u: Domain(0, 3)}, contact=({u: 0},), hint="monotone",
        pins=[lambda l, r: (l / (3 - u), PHI), lambda l, r: (r / (3 - u), majorant)],
    )  # fmt: skip
    chain.tends(
        majorant - PHI, u**4 / 72, u, "the first term that is lost", direction="0+",
        pins=[lambda l, r: (majorant - l, PHI), lambda l, r: (r, sp.diff(l, u, 4).subs(u, 0) * u**4 / 24)],
    )  # fmt: skip
    return majorant


def _closed(chain, closed):
    a = sp.expand(sp.cancel((2 * (1 - lam) / closed - L_0) / (L_1 * G)))
    chain.equal(a, 1 + 2 * (1 - lam) / 3, "coefficient of L1 G")
    tb = chain.equal(closed, 2 * (1 - lam) / (L_0 + a * L_1 * G), "divided by L1 G: accepted up to here",
                     domains=SHARE, hint="cancel")  # fmt: skip
    weaker = 2 * (1 - lam) / (a * (L_0 + L_1 * G))
    chain.at_most(
        weaker, tb, "tb' = 2(1-lambda)/(a (L0 + L1 G)) is shorter", domains=SHARE, contact=({L_0: 0}, {lam: 1}),
        hint="slack", pins=[lambda l, r: (r, closed), lambda l, r: (2 * (1 - lam) / l, a * (L_0 + L_1 * G))],
    )  # fmt: skip
    half = {lam: sp.Rational(1, 2)}
    step = chain.equal(tb.subs(half), 1 / (L_0 + sp.Rational(4, 3) * L_1 * G), "lambda = 1/2")
    chain.result(a=a, tb=tb, tb_prime=weaker, l0l1_step=step, step_floor=tb / f_1)
