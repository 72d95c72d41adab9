"""D1: near the max margin direction 1/L grows by gamma^2 eta a step, so L ~ 1/(gamma^2 eta t) without a logarithm."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import L, T, c, eta, gamma, t
from theorylab.theory import Chain, Domain, derivation

p = sp.Symbol("p", positive=True)  # weight of the support vectors
v = sp.Symbol("v", positive=True)  # e^-(margin) of the support vectors


@derivation("Aligned iterates: 1/L grows by gamma^2 eta a step and L_t ~ 1/(gamma^2 eta t)")
def inverse_increment(chain: Chain) -> None:
    """D1 [derived]. At w = r w* the support vectors have the margin gamma r; the others count less and less."""
    r = sp.Symbol("r", positive=True)
    loss, potential = p * sp.log(1 + sp.exp(-gamma * r)), p / (1 + sp.exp(gamma * r))
    chain.equal(sp.diff(loss, r), -gamma * potential, "the slope along w* is -gamma G")
    moved = r - eta * sp.diff(loss, r)
    in_v = {r: -sp.log(v) / gamma}
    after = chain.equal(sp.exp(-gamma * moved).subs(in_v), v * sp.exp(-(gamma**2) * eta * p * v / (1 + v)),
                        "v = e^(-gamma r) after a step", hint="powers")  # fmt: skip
    small = chain.law(loss.subs(in_v), v, "L ~ p v", direction="0+", pins=[lambda l, r_: (l, p * sp.log(1 + v))])
    shrink = chain.law(
        1 - after / v, v, "a step shrinks v by this share", direction="0+",
        pins=[lambda l, r_: ((1 - l) * v, after), lambda l, r_: (r_, gamma**2 * eta * small.expr)],
    )  # fmt: skip
    exact = chain.law(
        1 / loss.subs(in_v).subs(v, after) - 1 / loss.subs(in_v), v, "1/L_{t+1} - 1/L_t as L -> 0", direction="0+",
        domains={gamma: Domain(0, 1), p: Domain(0, 1), v: Domain(0, 1)},
        pins=[lambda l, r_: ((l + 1 / (p * sp.log(1 + v))).subs(eta, 1), (1 / (p * sp.log(1 + after))).subs(eta, 1)),
              lambda l, r_: (r_, (shrink / small).expr)],
    )  # fmt: skip
    increment = chain.equal(exact.expr, gamma**2 * eta, "the increment, free of L and p")
    _laws(chain, increment)


def _laws(chain, increment):
    sequence = 1 / (1 / L + increment * t)  # from L_s, t steps later, to leading order (Stolz and Cesaro)
    grows = [lambda l, r: (sp.diff(1 / l, t), increment), lambda l, r: (l.subs(t, 0), L)]
    in_t = chain.law(sequence, t, "law of the loss in t", pins=[*grows, lambda l, r: (1 / r, increment * t)])
    in_eta = chain.law(sequence, eta, "law of the loss in eta", pins=[*grows, lambda l, r: (1 / r, increment * t)])
    scale = gamma**2 * eta
    prefactor = chain.tends(
        scale * t * sequence, scale * in_t.constant, t, "gamma^2 eta t L_t tends to a number",
        pins=[lambda l, r: (l / (scale * t), sequence)],
    )  # fmt: skip
    chain.equal(prefactor, 1, "which is 1")
    plateau = chain.equal(eta * in_t.constant, 1 / gamma**2, "and eta t L_t has the plateau 1/gamma^2")
    # eta = c T for the budget T: the stable phase begins at L_s = 1/eta
    spent = {L: 1 / eta, t: T}
    budget = chain.law(
        sequence.subs(spent).subs(eta, c * T), T, "eta = c T, from L = 1/eta: law in the budget",
        pins=[lambda l, r: (1 / l, c * T + increment.subs(eta, c * T) * T),
              lambda l, r: (r, in_t.expr.subs({t: T, eta: c * T}))],
    )  # fmt: skip
    doubled = increment.subs(gamma, 2 * gamma)
    ratio = chain.equal(
        increment / doubled, sp.Rational(1, 4), "with 2 gamma for gamma the increment would be 4 times as large"
    )
    chain.result(
        increment=increment, loss_law=in_t, loss_law_eta=in_eta, t_exponent=-in_t.power, eta_exponent=-in_eta.power,
        prefactor=prefactor, plateau=plateau, wrong_gamma_ratio=ratio, budget_law=budget, budget_exponent=-budget.power,
    )  # fmt: skip
