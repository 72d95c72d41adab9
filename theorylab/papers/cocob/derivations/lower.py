"""5.7, S10: no algorithm has a smaller regret than this; the bounds are within sqrt(2) of it in the limit."""

import sympy as sp

from theorylab.papers.cocob.derivations.conjugate import conjugate
from theorylab.papers.cocob.derivations.kt import kt
from theorylab.papers.cocob.derivations.regret import regret_bound
from theorylab.papers.cocob.derivations.symbols import G, L, P, T, a, b, epsilon, u, x, y
from theorylab.theory import Chain, Domain, derivation

least = sp.Symbol("wealth", positive=True)  # least wealth among the streams with |S_T| >= x


@derivation("Regret >= eps + max_x (x|u| - eps/P(|S_T| >= x)) on some stream; bounds are sqrt(2) times it for T -> oo")
def lower_bound(chain: Chain) -> None:
    """5.7, S10 [derived]. That P is e^(-x^2/2T) up to powers of T, at x ~ sqrt(T ln T), is moderate deviations
    [standard]."""
    # regret at u = 0 is at most eps on every stream, so wealth is nonnegative; on fair coins its mean is eps
    (most,) = sp.solve(P * least - epsilon, least)
    most = chain.equal(most, epsilon / P, "streams with |S_T| >= x cannot all have more wealth than this",
                       pins=[lambda l, r: (P * r, epsilon)])  # fmt: skip
    at_x = chain.equal(u * x - (most - epsilon), epsilon + x * u - epsilon / P,
                       "regret of such a stream against u of the sign of S_T", hint="expand")  # fmt: skip
    j = sp.Symbol("j", nonnegative=True)
    term = 2 ** (1 - T) * sp.gamma(T + 1) / (sp.gamma((T + x) / 2 + j + 1) * sp.gamma((T - x) / 2 - j + 1))
    inside = {T: Domain(20, 100), x: Domain(0, 10), j: Domain(0, 3)}
    chain.equal(term.subs(j, j + 1) / term, ((T - x) / 2 - j) / ((T + x) / 2 + j + 1),
                "P is the sum over j of the terms of |S_T| = x + 2j", hint="gamma", domains=inside,
                pins=[lambda l, r: (sum(term.subs({T: 5, x: 1, j: k}) for k in range(3)), 1)])  # fmt: skip
    lambert = conjugate()["conjugate"].subs({a: T, b: epsilon, y: u})
    tail = {P: sp.exp(-(x**2) / (2 * T))}
    chain.equal((at_x - epsilon).subs(tail), x * u - epsilon * sp.exp(x**2 / (2 * T)),
                "with the Gaussian tail it is a conjugate", hint="powers")  # fmt: skip
    below = chain.law(lambert, T, "its law",
                      pins=[lambda l, r: (l, lambert), lambda l, r: (r**2 / T, u**2 * sp.log(T))])  # fmt: skip
    upper = {"KT": kt()["regret"], "Algorithm 1": regret_bound()["simple"].subs({L: 1, G: T})}
    ratios = {}
    for name, bound in upper.items():
        law = chain.law(bound, T, f"law of the bound of {name}",
                        pins=[lambda l, r, e=bound: (l, e), lambda l, r: (r**2 / T, 2 * u**2 * sp.log(T))])  # fmt: skip
        ratios[name] = chain.equal(law.expr / below.expr, sp.sqrt(2), f"{name}: bound over lower bound", hint="powers")
    chain.result(at_x=at_x, tail_term=term, law=below, ratio=ratios["KT"], algorithm_ratio=ratios["Algorithm 1"])
