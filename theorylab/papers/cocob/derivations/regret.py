"""S4, 5.2: regret of Algorithm 1 against every comparator, by duality from its wealth."""

import sympy as sp

from theorylab.papers.cocob.derivations.conjugate import conjugate
from theorylab.papers.cocob.derivations.symbols import G, L, W, a, b, epsilon, lam, reward, theta, u, x, y
from theorylab.papers.cocob.derivations.wealth import wealth_bound
from theorylab.theory import Chain, Domain, derivation

SIZES = {G: Domain(1, 10**6), L: Domain(0, 100), u: Domain(0, 10**4), epsilon: Domain(0, 100)}


def dual_regret(chain: Chain, potential, at):
    """Regret(u) <= f*(u) + eps for f = b exp(theta^2/2a), where wealth is at least f: both forms at these a and b."""
    chain.equal(u * theta - reward, (u * theta - (epsilon + reward)) + epsilon,
                "regret is u theta - reward, and wealth eps + reward")  # fmt: skip
    shape = (b * sp.exp(x**2 / (2 * a))).subs(at).subs(x, theta)
    chain.equal(shape, potential, "wealth is at least b exp(theta^2/2a): regret is at most f*(u) + eps", hint="powers",
                domains={theta: Domain(-10, 10), L: Domain(1, 10), G: Domain(1, 100)})  # fmt: skip
    found = conjugate()
    return found["simple"].subs(at).subs(y, u) + epsilon, found["conjugate_in_W"].subs(at) + epsilon


@derivation("Regret of Algorithm 1: |u| sqrt(L G lam) + eps(1 - sqrt(L/G)), lam = ln(1 + G^2u^2/eps^2), and by Lambert")
def regret_bound(chain: Chain) -> None:
    """S4, 5.2 [derived], per coordinate, for every u and every stream with |g| <= L."""
    at = {a: L * G, b: epsilon * sp.sqrt(L / G)}
    simple, lambert = dual_regret(chain, wealth_bound()["bound"], at)
    argument = chain.equal(conjugate()["argument"].subs(at).subs(y, u), G**2 * u**2 / epsilon**2, "a u^2/b^2",
                           hint="powers")  # fmt: skip
    in_lam = u * sp.sqrt(L * G * lam) + epsilon * (1 - sp.sqrt(L / G))
    simple = chain.equal(simple, in_lam.subs(lam, sp.log(1 + argument)), "the simple form", hint="powers",
                         domains=SIZES)  # fmt: skip
    in_W = u * sp.sqrt(L * G) * (sp.sqrt(W) - 1 / sp.sqrt(W)) + epsilon
    at_W = {u: epsilon / G * sp.sqrt(W) * sp.exp(W / 2)}
    chain.equal(lambert, in_W.subs(at_W), "the Lambert form, with W e^W = G^2 u^2/eps^2", hint="powers",
                pins=[lambda l, r: (argument.subs(at_W), W * sp.exp(W))],
                domains=SIZES | {W: Domain(0, 50)})  # fmt: skip
    chain.result(simple=simple, lambert=in_W.subs(W, sp.LambertW(argument)), lam=sp.log(1 + argument), in_lam=in_lam,
                 lambert_in_W=lambert, argument=argument)  # fmt: skip
