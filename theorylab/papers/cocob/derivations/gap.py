"""S7, 5.3, 5.4: from regret to the gap of F, its worst case, and the price of not knowing D."""

import sympy as sp

from theorylab.papers.cocob.derivations.baselines import baselines
from theorylab.papers.cocob.derivations.regret import regret_bound
from theorylab.papers.cocob.derivations.symbols import D, G, L, T, epsilon, tau, u, v, z
from theorylab.theory import Chain, Domain, derivation

X = sp.Symbol("X", positive=True)  # E[L G lam]
k = sp.Symbol("k", positive=True)  # u^2/L^2
SIZES = {G: Domain(L, sp.oo), L: Domain(0, 100)}


@derivation("Gap of Algorithm 1: (L + |u| sqrt(L G lam))/(tau T); at worst D L sqrt((T+1) lam)/T + L/T")
def gap_bound(chain: Chain) -> None:
    """S7, 5.3, 5.4 [derived]; the printed form with G + L for G is a recollection [unverified]. Here eps = L.

    tau (F(w_t) - F*) <= <E g_t, w_t - w*>, so that the mean gap is at most Regret_T(w*)/(tau T); F at the average is at
    most the mean where F is convex.
    """
    own = {epsilon: L}
    regret = regret_bound()["simple"].subs(own)
    inner = L * regret_bound()["lam"].subs(own) * G
    whole = L + u * sp.sqrt(inner)
    whole = chain.at_least(
        whole, regret, "sqrt(L G lam) with the whole of eps = L", domains=SIZES, hint="slack",
        pins=[lambda l, r: (l - r, L * sp.sqrt(L / G)), lambda l, r: (r, regret),
              lambda l, r: (l.subs(u, 2 * u) - L, 2 * u * sp.sqrt(inner.subs(u, 2 * u)))],
    ) + L * sp.sqrt(L / G)  # fmt: skip
    chain.at_most(
        sp.sqrt(v), (v + z) / (2 * sp.sqrt(z)), "Jensen: the square root lies below its tangent at the mean z",
        contact=({v: z},), hint="convex",
        pins=[lambda l, r: (l**2, v), lambda l, r: (r.subs(v, 3 * z), 2 * sp.sqrt(z))],
    )  # fmt: skip
    mean = (L + u * sp.sqrt(X)) / (tau * T)
    bound = chain.equal(whole / (tau * T), mean.subs(X, inner), "5.3, on one stream", hint="simplify", domains=SIZES)
    rate = chain.equal(sp.simplify(T * sp.diff(bound, T) / bound), -1, "exponent of T where G stays bounded")
    _printed(chain, inner)
    printed = mean.subs(X, inner.subs(G, G + L))
    worst = _worst(chain, bound)
    price = _price(chain, worst)
    chain.result(bound=bound, printed=printed, mean=mean, inner=inner, worst=worst, price=price,
                 bounded_exponent=rate)  # fmt: skip


def _printed(chain, inner):
    """G ln(1 + k G^2) grows with G: it is at most its value at G + z."""
    grows = G * sp.log(1 + k * G**2)
    chain.equal(inner.subs(u, sp.sqrt(k) * L), L * grows, "L G lam, k = u^2/L^2", hint="simplify")
    chain.at_least(
        grows.subs(G, G + z), grows, "a larger G gives a larger bound: 5.3 implies the printed form, and G <= L(T+1)",
        domains={z: Domain(0, sp.oo)}, contact=({z: 0},), hint="monotone",
        pins=[lambda l, r: (l.subs(z, 0), r), lambda l, r: (L * r.subs(k, u**2 / L**2), inner),
              lambda l, r: (l.subs({G: v, z: 2 * v}), 3 * v * sp.log(1 + 9 * k * v**2))],
    )  # fmt: skip


def _worst(chain, bound):
    at = {G: L * (T + 1), u: D, tau: 1}
    shown = D * L * sp.sqrt((T + 1) * sp.log(1 + (T + 1) ** 2 * D**2)) / T + L / T
    return chain.equal(bound.subs(at), shown, "5.4: G = L(T+1)", hint="powers")


def _price(chain, worst):
    optimum = baselines()["optimum"]
    logarithm = regret_bound()["lam"].subs({G: L * T, u: D, epsilon: L})
    price = sp.sqrt(chain.equal(logarithm, sp.log(1 + T**2 * D**2), "lam at G = L T", hint="simplify"))
    ratio = chain.equal(sp.expand(worst / optimum),
                        sp.sqrt((T + 1) / T * sp.log(1 + (T + 1) ** 2 * D**2)) + 1 / (D * sp.sqrt(T)),
                        "over the best that SGD with sqrt(T) known steps is sure of", hint="powers")  # fmt: skip
    return chain.tends(
        ratio, price, T, "so not knowing D costs sqrt(lam)",
        pins=[lambda l, r: (l * optimum, worst), lambda l, r: (sp.exp(r**2), 1 + T**2 * D**2)],
    )  # fmt: skip
