"""T2, item 6.3: complexity of the search that starts every step at t0, uniform over the class."""

import sympy as sp

from theorylab.papers.armijo.derivations.accepted import accepted_step
from theorylab.papers.armijo.derivations.symbols import L_0, L_1, SHARE, Delta, G, epsilon, f_1, lam, t, t_0, z
from theorylab.theory import Chain, Domain, Rate, derivation

ABOVE = {G: Domain(epsilon, sp.oo)}


@derivation("Reset search: N <= f1 Delta/(2 lambda (1-lambda)) (L0/eps^2 + a L1/eps), without knowing L0 or L1")
def general_complexity(chain: Chain) -> None:
    """T2 [derived]: before N every G exceeds eps, and a step gains at least lambda t G^2 with t >= tb(G)/f1."""
    accepted = accepted_step()
    a, tb = accepted["a"], accepted["tb"]
    share = G**2 / (L_0 + a * L_1 * G)
    chain.equal(tb * G**2, 2 * (1 - lam) * share, "the gain is a multiple of G^2/(L0 + a L1 G)", domains=SHARE)
    chain.at_least(
        sp.factor(sp.diff(share, G)), 0, "which rises in G", domains=SHARE, contact=({G: 0},), hint="slack",
        pins=[lambda l, r: (l * (L_0 + a * L_1 * G) ** 2, 2 * G * L_0 + a * L_1 * G**2)],
    )  # fmt: skip
    gain = lam * tb / f_1 * G**2
    least = chain.at_least(
        gain, gain.subs(G, epsilon), "so a step with G >= eps gains at least this", domains=SHARE | ABOVE,
        contact=({G: epsilon},), hint="slack",
        pins=[lambda l, r: (l.subs(G, 2 * epsilon), r.subs(epsilon, 2 * epsilon)),
              lambda l, r: (l * f_1 / (lam * G**2), tb)],
    )  # fmt: skip
    total = f_1 * Delta / (2 * lam * (1 - lam)) * (L_0 / epsilon**2 + a * L_1 / epsilon)
    bound = chain.equal(Delta / least, total, "all steps together gain at most Delta", domains=SHARE, hint="cancel")
    _first_trial(chain, tb)
    _choice(chain)
    law = chain.law(bound, epsilon, "its law in eps", direction="0+", domains=SHARE,
                    pins=[lambda l, r: (r, l.subs(L_1, 0)), lambda l, r: (l, bound)])  # fmt: skip
    rough = chain.law(bound.subs(L_0, 0), epsilon, "with L0 = 0 (t0 large enough)", direction="0+", domains=SHARE,
                      pins=[lambda l, r: (r, bound.subs(L_0, 0))])  # fmt: skip
    chain.result(bound=bound, law=law, eps_exponent=-law.power, eps_exponent_L0_zero=-rough.power,
                 delta_exponent=Rate.of(bound, Delta).power)  # fmt: skip


def _first_trial(chain, tb):
    """t >= min(t0, tb/f1); the minimum is kept as a maximum of reciprocals, which has balls."""
    needed = chain.at_most(
        tb / f_1, (tb / f_1).subs(G, 0), "t0 is never the shorter one from here on", domains=SHARE,
        contact=({G: 0},), hint="slack", pins=[lambda l, r: (l * f_1, tb), lambda l, r: (r * f_1 * L_0, 2 * (1 - lam))],
    )  # fmt: skip
    chain.at_least(
        lam * t_0 * G**2, lam * t_0 * epsilon**2, "where t0 is the shorter one a step gains lambda t0 G^2",
        domains=ABOVE, contact=({G: epsilon},), hint="slack",
        pins=[lambda l, r: (l / G**2, r / epsilon**2), lambda l, r: (l, lam * t_0 * G**2)],
    )  # fmt: skip
    at_eps = (tb / f_1).subs(G, epsilon)
    reciprocal = sp.Max(1 / t_0, 1 / at_eps)
    inverse = f_1 * (L_0 + accepted_step()["a"] * L_1 * epsilon) / (2 - 2 * lam)
    small = chain.equal(
        Delta / (lam * epsilon**2) * reciprocal, Delta / (lam * epsilon**2) * sp.Max(1 / t_0, inverse),
        "any t0: Delta/(lambda eps^2 min(t0, tb(eps)/f1))", domains=SHARE,
        pins=[lambda l, r: (l.subs(t_0, t), r.subs(t_0, t)),
              lambda l, r: (r.subs(t_0, at_eps / (1 + z)), Delta * (1 + z) / (lam * epsilon**2 * at_eps)),
              lambda l, r: (r.subs(t_0, at_eps * (1 + z)), Delta / (lam * epsilon**2 * at_eps))],
    )  # fmt: skip
    chain.result(t0_needed=needed, bound_small_t0=small)


def _choice(chain):
    weight = lam * (1 - lam)
    (best,) = sp.solve(sp.diff(weight, lam), lam)
    chain.at_most(
        weight, weight.subs(lam, best), "lambda = 1/2 is best for the L0 term", domains=SHARE, contact=({lam: best},),
        hint="slack", pins=[lambda l, r: (r, best**2), lambda l, r: (sp.diff(l, lam), 2 * (best - lam))],
    )  # fmt: skip
    chain.equal(best, sp.Rational(1, 2), "that lambda")
    chain.result(optimal_lambda=best)
