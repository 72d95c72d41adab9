"""Lemmas 7 to 9 and the bound of the oscillating phase: a comparator u = u1 + u2 for any stepsize."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.descent import (
    D_0,
    D_t,
    L_u,
    mean,
    solved_for_the_mean,
    squared_distance,
)
from theorylab.papers.large_stepsize.derivations.symbols import LAMBDA, eta, gamma, l, lam, t, theta
from theorylab.theory import Chain, Domain, derivation

G = sp.Symbol("G", positive=True)
g = sp.Symbol("g", positive=True)  # |grad L|
m = sp.Symbol("m", positive=True)  # margin of w*, averaged with the weights of the gradient
U = sp.Symbol("U", positive=True)  # |u2|
z = sp.Symbol("z", positive=True)

QUOTED_EOS = (1 + l**2 + eta**2 / 4) / lam  # Theorem 1 as printed, with l = ln lambda


def in_t(value: sp.Expr) -> sp.Expr:
    """Put l = ln(lambda) and lambda = gamma^2 eta t back."""
    return value.subs(l, sp.log(lam)).subs(lam, LAMBDA)


@derivation("Oscillating phase: the mean loss is at most (1 + ln^2 lambda + eta^2/4)/lambda for every stepsize")
def split_bound(chain: Chain) -> None:
    """Lemma 7 and the first bound of Theorem 1 [quoted]; the optimised comparator and u1 = 0 [derived].

    A comparator of negative length is worse than its formula on points with a margin above gamma, so lambda < 1 takes
    u1 = 0. For the same reason `optimal_theta` serves from lambda = eta/2 on, where it becomes positive.
    """
    squared_distance(chain)
    kept = chain.at_most(
        2 * (-m * G) * U + eta * g**2, -2 * gamma * U * G + eta * G,
        "2 <grad, u2> + eta |grad|^2 with u2 = U w*: <grad, w*> <= -gamma G and |grad|^2 <= G^2 <= G",
        domains={m: Domain(gamma, sp.oo), g: Domain(0, G), G: Domain(0, 1)}, contact=({m: gamma, g: 1, G: 1},),
        hint="slack", pins=[lambda l_, r: (l_.subs({m: gamma, g: sp.sqrt(G)}), r)],
    )  # fmt: skip
    (u2,) = sp.solve(sp.cancel(kept / G), U)
    chain.equal(kept.subs(U, u2), 0, "this vanishes for one length of u2")
    chain.equal(u2, eta / (2 * gamma), "namely |u2| = eta/(2 gamma)")

    change = 2 * eta * t * (L_u - mean)  # by convexity <grad, u1 - w> <= L(u1) - L(w)
    split = solved_for_the_mean(change)
    chain.equal(split + D_t / (2 * eta * t), L_u + D_0 / (2 * eta * t), "Lemma 7: the sum over t steps", hint="expand")

    exact, eos = _eos_bound(chain, split, u2)
    zero = chain.equal(
        split.subs({L_u: sp.log(1 + sp.exp(-l)).subs(l, 0), D_0: u2**2, D_t: 0}),
        sp.log(2) + eta / (8 * gamma**2 * t), "u1 = 0: a bound that holds for every t",
    )  # fmt: skip
    short = sp.expand(zero.subs(t, lam / (gamma**2 * eta)))
    drop = chain.at_most(short, short.subs(sp.log(2), 1), "ln 2 <= 1", hint="slack",
                         pins=[lambda l_, r: (r - l_, 1 - sp.log(2))])  # fmt: skip
    chain.at_most(
        drop, eos, "so the printed bound holds for lambda < 1 too, where ln lambda is negative",
        domains={lam: Domain(0, 1)}, contact=({lam: 1, l: 0, eta: 0},), hint="slack",
        pins=[lambda l_, r: (l_.subs(lam, LAMBDA), zero - sp.log(2) + 1), lambda l_, r: (r, QUOTED_EOS)],
    )  # fmt: skip
    _optimised(chain, split, u2, exact)
    chain.result(
        u2_norm=u2,
        split_rhs=split.subs(D_t, 0),
        eos_bound=in_t(eos),
        eos_bound_zero=zero,
        no_eta2=in_t(eos.subs(eta, 0)),
        split_with_u2=split.subs({L_u: sp.log(1 + sp.exp(-l)), D_0: (l / gamma + u2) ** 2, D_t: 0}),
        no_u2_rhs=split.subs({L_u: sp.log(1 + sp.exp(-l)), D_0: (l / gamma) ** 2, D_t: 0}),
    )


def _comparator(chain, u2):
    """Loss and length of u = (ln lambda/gamma) w* + u2, for lambda >= 1."""
    length = sp.log(lam) / gamma
    loss = sp.log(1 + sp.exp(-gamma * theta)).subs(theta, length)
    above = chain.at_most(
        sp.log(1 + z), z, "ln(1 + z) <= z", contact=({z: 0},), hint="monotone", domains={z: Domain(0, sp.oo)},
        pins=[lambda l_, r: (l_.subs(z, 1 / lam), loss), lambda l_, r: (sp.exp(l_) - 1, r)],
    )  # fmt: skip
    total = chain.equal(length + u2, (sp.log(lam) + eta / 2) / gamma, "|u|, u1 of length ln(lambda)/gamma along w*")
    return above.subs(z, 1 / lam), total.subs(sp.log(lam), l)


def _eos_bound(chain, split, u2):
    loss, length = _comparator(chain, u2)
    raw = split.subs({L_u: loss, D_0: length**2, D_t: 0}).subs(t, lam / (gamma**2 * eta))
    exact = chain.equal(raw, (1 + (l + eta / 2) ** 2 / 2) / lam, "mean loss with this comparator", hint="cancel")
    return exact, chain.at_most(
        exact, QUOTED_EOS, "the printed bound, weaker by (2 ln lambda - eta)^2/(8 lambda)",
        contact=({l: eta / 2},), hint="slack",
        pins=[lambda l_, r: ((r - l_) * lam, (2 * l - eta) ** 2 / 8), lambda l_, r: (l_, raw)],
    )  # fmt: skip


def _optimised(chain, split, u2, exact):
    """The best length theta of u1 along w*, with e^(-gamma theta) above the loss of u1."""
    y = sp.Symbol("y", positive=True)  # ln lambda in the weaker bound, gamma theta + eta/2 in the equation
    bound = split.subs({L_u: sp.exp(-gamma * theta), D_0: (theta + u2) ** 2, D_t: 0})
    chain.equal(
        bound.subs({theta: y / gamma, t: sp.exp(y) / (gamma**2 * eta)}), exact.subs({l: y, lam: sp.exp(y)}),
        "theta = ln(lambda)/gamma gives the comparator above",
    )  # fmt: skip
    stationarity = chain.equal(
        -sp.diff(bound, theta), gamma * sp.exp(-gamma * theta) - theta / (eta * t) - 1 / (2 * gamma * t),
        "the best theta makes this vanish", hint="expand",
    )  # fmt: skip
    chain.at_least(
        sp.diff(bound, theta, 2), 1 / (eta * t), "the bound is strictly convex in theta: one minimum", hint="slack",
        pins=[lambda l_, r: (l_ - r, -gamma * sp.diff(sp.exp(-gamma * theta), theta))],
    )  # fmt: skip
    inverse = (y - eta / 2) / gamma
    equation = chain.equal(
        sp.expand((stationarity * LAMBDA / gamma * sp.exp(gamma * theta + eta / 2)).subs(theta, inverse)),
        LAMBDA * sp.exp(eta / 2) - y * sp.exp(y),
        "times positive factors: y e^y = lambda e^(eta/2), y = gamma theta + eta/2", hint="powers",
    )  # fmt: skip
    best = chain.equal(
        bound.subs(theta, inverse).subs(t, y * sp.exp(y - eta / 2) / (gamma**2 * eta)),
        (y + y**2 / 2) * sp.exp(-y + eta / 2) / y, "value at the best theta, (y + y^2/2)/lambda",
    ).subs(sp.exp(-y + eta / 2), y / LAMBDA)  # fmt: skip
    (W,) = sp.solve(equation.subs(t, lam * sp.exp(-eta / 2) / (gamma**2 * eta)), y)
    W = W.subs(lam, LAMBDA * sp.exp(eta / 2))
    chain.result(optimised=bound, stationarity=stationarity, optimal_theta=inverse.subs(y, W),
                 optimised_value=best.subs(y, W))  # fmt: skip


@derivation("Norm and gradient potential: |w_t| <= B/gamma and mean G <= B/lambda, B = sqrt(2) + 2 ln lambda + eta")
def norm_lemmas(chain: Chain) -> None:
    """Lemmas 8 and 9 [quoted], lambda >= 1; with max(ln lambda, 0) for every t [derived]."""
    parts = split_bound()
    r = sp.Symbol("r", positive=True)  # |u|
    solved = chain.equal(
        sp.solve(parts["split_rhs"] - D_t / (2 * eta * t), D_t)[0], D_0 + 2 * eta * t * L_u,
        "Lemma 7 without the mean loss: |w_t - u|^2 is at most this",
    )  # fmt: skip
    chain.at_most(
        z**2 + r**2, (z + r) ** 2, "the root of a sum is at most the sum of the roots", contact=({z: 0},), hint="slack",
        pins=[lambda l_, r_: (l_.subs(z, sp.sqrt(2 * eta * t * L_u)), solved.subs(D_0, r**2))],
    )  # fmt: skip
    norm = sp.sqrt(2 * eta * t * L_u) + 2 * r  # |w_t| <= |w_t - u| + |u|
    u1, u2 = sp.symbols("u_1 u_2", positive=True)
    at = {L_u: 1 / lam, r: u1 + u2, t: lam / (gamma**2 * eta)}
    printed = sp.sqrt(2) + 2 * l + eta
    B = chain.equal(
        sp.expand(gamma * norm.subs(at).subs({u1: l / gamma, u2: parts["u2_norm"]})), printed,
        "the comparator of Theorem 1, for lambda >= 1: gamma |w_t| is at most B", hint="powers",
    )  # fmt: skip
    along = sp.Symbol("W", positive=True)  # <w_t, w*> <= |w_t|
    (potential,) = sp.solve(eta * t * gamma * z - along, z)  # each step adds at least eta gamma G
    potential = chain.equal(
        potential.subs({along: B / gamma, t: lam / (gamma**2 * eta)}), B / lam,
        "<w_t, w*> grows by at least eta gamma G a step: the mean of G",
        pins=[lambda l_, r_: (r_ * gamma * eta * (lam / (gamma**2 * eta)), B / gamma)],
    )  # fmt: skip

    small = gamma * norm.subs({L_u: sp.log(2), r: parts["u2_norm"], t: lam / (gamma**2 * eta)})
    at_one = chain.at_most(
        sp.expand(small), B.subs(l, 0), "u1 = 0: gamma |w_t| <= sqrt(2) + eta, certainly for lambda <= 1",
        domains={lam: Domain(0, 1 / sp.log(2))}, contact=({lam: 1 / sp.log(2)},), hint="monotone",
    )  # fmt: skip
    plus = B.subs(l, sp.Max(sp.log(lam), 0))
    chain.equal(plus.subs(lam, sp.exp(-z)), at_one, "both cases in one: lambda <= 1")
    chain.equal(plus.subs(lam, sp.exp(z)), B.subs(l, z), "and lambda >= 1")
    potential_plus = potential.subs(l, sp.Max(sp.log(lam), 0))
    chain.result(
        B=in_t(B), norm_bound=in_t(B) / gamma, potential_bound=in_t(potential),
        B_plus=in_t(plus), norm_bound_plus=in_t(plus) / gamma, potential_bound_plus=in_t(potential_plus),
    )  # fmt: skip
