"""S6: local slopes of the bound in T and in u, and their means over a sweep."""

import sympy as sp

from theorylab.papers.cocob.derivations.regret import regret_bound
from theorylab.papers.cocob.derivations.symbols import D_1, D_2, T_1, T_2, D, G, L, T, epsilon, lam, u
from theorylab.theory import Chain, Domain, derivation

BRACKET = T**2 * D**2 / (1 + T**2 * D**2)


def _local(expr, variable):
    return sp.simplify(variable * sp.diff(sp.log(expr), variable))


@derivation("Slopes of the bound: -1/2 + [..]/lam in ln T and 1 + [..]/lam in ln D, [..] = T^2 D^2/(1 + T^2 D^2)")
def local_slopes(chain: Chain) -> None:
    """S6 [derived], for G = L T, eps = L and u = D, where the bound is L D sqrt(T lam) to leading order."""
    at = {G: L * T, u: D, epsilon: L}
    logarithm = chain.equal(regret_bound()["lam"].subs(at), sp.log(1 + T**2 * D**2), "lam", hint="simplify")
    B = (regret_bound()["in_lam"] - epsilon * (1 - sp.sqrt(L / G))).subs(at).subs(lam, logarithm)
    B = chain.equal(B, L * D * sp.sqrt(T * logarithm), "the bound B of the regret", hint="powers")
    in_T = chain.equal(_local(B / T, T), -sp.S.Half + BRACKET / logarithm, "d ln(B/T)/d ln T", hint="simplify")
    in_D = chain.equal(_local(B, D), 1 + BRACKET / logarithm, "d ln B/d ln D", hint="simplify")
    mean_T = _mean(chain, -sp.S.Half, logarithm, in_T, T, (T_1, T_2))
    mean_D = _mean(chain, sp.S.One, logarithm, in_D, D, (D_1, D_2))
    law = chain.law(B / T, T, "the law of B/T",
                    pins=[lambda l, r: (l, B / T), lambda l, r: (r**2 * T, 2 * L**2 * D**2 * sp.log(T))])  # fmt: skip
    exponent = chain.equal(law.power, -sp.S.Half, "its exponent, which no sweep sees without the logarithm")
    scale = chain.equal(_local(B / sp.sqrt(logarithm), D), 1, "exponent of D once sqrt(lam) is divided out",
                        hint="simplify")  # fmt: skip
    power = _local(regret_bound()["in_lam"] - epsilon * (1 - sp.sqrt(L / G)), lam)
    power = chain.equal(power, sp.S.Half, "power of lam in the bound")
    square = (regret_bound()["in_lam"] - epsilon * (1 - sp.sqrt(L / G))) ** 2 / (u**2 * L * G)
    lam_slope = chain.equal(sp.diff(square, lam), 1, "slope of B^2/(u^2 L G) in lam", hint="simplify")
    chain.result(T_slope=in_T, D_slope=in_D, T_mean_slope=mean_T, D_mean_slope=mean_D, law=law, exponent=exponent,
                 scale_exponent=scale, lam_power=power, lam_slope=lam_slope, B=B)  # fmt: skip


def _mean(chain, power, logarithm, slope, variable, ends):
    """The mean over ln(variable) between the ends: times ln of their ratio, its derivative is the slope there."""
    first, last = ends
    apart = {first: Domain(0, 10**3), last: Domain(10**3, 10**6)}
    total = power * sp.log(last / first) + sp.log(logarithm.subs(variable, last) / logarithm.subs(variable, first)) / 2
    chain.equal(last * sp.diff(total, last), slope.subs(variable, last), f"mean slope over ln {variable}: upper",
                hint="simplify", domains=apart)  # fmt: skip
    chain.equal(first * sp.diff(total, first), -slope.subs(variable, first), f"mean slope over ln {variable}: lower",
                hint="simplify", domains=apart, pins=[lambda l, r: (total.subs(last, first), 0)])  # fmt: skip
    return total / sp.log(last / first)
