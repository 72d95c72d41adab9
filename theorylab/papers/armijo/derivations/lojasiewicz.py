"""T5 and T6, items 6.5 to 6.8: a run inside one Lojasiewicz neighbourhood has finite length; exponents below 1."""

import sympy as sp

from theorylab.papers.armijo.derivations.accepted import accepted_step
from theorylab.papers.armijo.derivations.symbols import (
    L_0,
    L_1,
    SHARE,
    Delta,
    G,
    c,
    e,
    epsilon,
    f_1,
    in_p,
    k,
    lam,
    p,
    q,
    r,
    t,
    tau,
    theta,
    x,
    x_0,
    z,
)
from theorylab.theory import Chain, Domain, balance, derivation
from theorylab.theory.flows import power_flow, recursion_law

w = sp.Symbol("w", positive=True)  # theta = w/(1+w), so that theta < 1 is an assumption
e_0 = sp.Symbol("e_0", positive=True)
A = sp.Symbol("A", positive=True)
B = sp.Symbol("B", positive=True)
m = sp.Symbol("m", positive=True)
BELOW_ONE = {theta: Domain(0, 1)}
IN_W, IN_TAU = {theta: w / (1 + w)}, {theta: (1 + tau) / 2}


@derivation("Lojasiewicz: length c Delta^(1-theta)/(lambda(1-theta)), and N = O(eps^-(2-1/theta)), below O(1/eps)")
def lojasiewicz(chain: Chain) -> None:
    """T5, T6 [derived] for |f - f_c|^theta <= c G along the run. In T6 the step t is the smallest one."""
    length = _length(chain)
    _bound(chain, length)
    decrease = _recursion(chain)
    exponent = _exponent(chain, decrease)
    _linear(chain)
    _fixed_step(chain, exponent)


def _length(chain):
    """e^(1-theta) falls by at least (1-theta) lambda r/c in a step of length r."""
    chain.at_least(
        (1 - z ** (1 - theta)).subs(IN_W), ((1 - theta) * (1 - z)).subs(IN_W),
        "tangent: 1 - z^(1-theta) >= (1-theta)(1-z), z = e+/e, theta = w/(1+w)", domains={z: Domain(0, 1)},
        contact=({z: 1},), hint="convex",
        pins=[lambda l, r_: (1 - l, z ** (1 / (1 + w))), lambda l, r_: (r_ * (1 + w), 1 - z)],
    )  # fmt: skip
    drop = (1 - theta) * e ** (-theta) * lam * r * G  # (1-theta) e^(1-theta) (e - e+)/e, with e - e+ >= lambda r G
    least = chain.at_least(
        drop.subs(IN_W), ((1 - theta) * lam * r / c).subs(IN_W), "with G >= e^theta/c the fall is at least this",
        domains={G: Domain((e**theta).subs(IN_W) / c, sp.oo)}, contact=({G: (e**theta).subs(IN_W) / c},), hint="slack",
        pins=[lambda l, r_: (l * e ** (w / (1 + w)) * (1 + w), lam * r * G), lambda l, r_: (r_ * (1 + w), lam * r / c)],
    )  # fmt: skip
    length = chain.equal(
        (Delta ** (1 - theta) * r).subs(IN_W) / least, (c * Delta ** (1 - theta) / (lam * (1 - theta))).subs(IN_W),
        "all falls together are at most Delta^(1-theta)", hint="powers",
    )  # fmt: skip
    length = length.subs(w, theta / (1 - theta))
    length = chain.equal(length, c * Delta ** (1 - theta) / (lam * (1 - theta)), "length of the run", domains=BELOW_ONE,
                         hint="simplify")  # fmt: skip
    gap = chain.equal(Delta * sp.diff(length, Delta) / length, 1 - theta, "its exponent in Delta", domains=BELOW_ONE)
    at_p = chain.equal(gap.subs(theta, 1 - 1 / p), 1 / p, "for |x|^p")
    chain.result(length=length, length_gap_exponent=gap, length_gap_exponent_power=at_p)
    return length


def _bound(chain, length):
    a, tb = accepted_step()["a"], accepted_step()["tb"]
    shortest = chain.at_least(
        tb * G / f_1, (tb * G / f_1).subs(G, epsilon), "a step with G >= eps and t >= tb/f1 has at least this length",
        domains=SHARE | {G: Domain(epsilon, sp.oo)}, contact=({G: epsilon},), hint="slack",
        pins=[lambda l, r_: (l * f_1 / G, tb), lambda l, r_: (l.subs(G, 2 * epsilon), r_.subs(epsilon, 2 * epsilon))],
    )  # fmt: skip
    total = f_1 * c * Delta ** (1 - theta) / (2 * lam * (1 - lam) * (1 - theta)) * (L_0 / epsilon + a * L_1)
    bound = chain.equal(length / shortest, total, "T5", domains=SHARE | BELOW_ONE, hint="simplify")
    chain.result(bound=bound)


def _recursion(chain):
    """e+ <= e - lambda t G^2 <= e - A e^(2 theta), A = lambda t/c^2, 2 theta = 1 + tau."""
    coefficient = lam * t / c**2
    chain.at_least(
        lam * t * G**2, (coefficient * e ** (2 * theta)).subs(IN_W),
        "a step gains at least A e^(2 theta), A = lambda t/c^2", hint="slack",
        domains={G: Domain((e**theta).subs(IN_W) / c, sp.oo)}, contact=({G: (e**theta).subs(IN_W) / c},),
        pins=[lambda l, r_: (l / (lam * t), G**2), lambda l, r_: (r_ * c**2 / (lam * t), e ** (2 * w / (1 + w)))],
    )  # fmt: skip
    flow = power_flow(A, tau, e_0, k)
    chain.add(*flow.steps)
    e_k = flow.solution
    slope = sp.expand_log(sp.log(-sp.diff(e_k, k) / A), force=True)
    chain.equal(slope, (tau + 1) * sp.log(e_k), "the same through logarithms", hint="logs")
    shrink = A * e**tau
    chain.at_least(
        (1 - z) ** (-tau), 1 + tau * z, "Bernoulli, z = A e^tau: e^-tau grows by at least tau A in every step",
        domains={z: Domain(0, 1), tau: Domain(0, sp.oo)}, contact=({z: 0},), hint="monotone",
        pins=[lambda l, r_: (l, ((e - A * e ** (1 + tau)) ** (-tau) * e**tau).subs(A, z / e**tau)),
              lambda l, r_: ((r_.subs(z, shrink) - 1) * e ** (-tau), tau * A)],
    )  # fmt: skip
    summed = e_0 ** (-tau) + k * tau * A
    chain.equal(summed ** (-1 / tau), e_k, "summed up: the run stays below the flow", hint="powers")
    law = chain.law(
        e_k, k, "its law",
        pins=[lambda l, r_: (sp.diff(l, k), -A * l ** (tau + 1)), lambda l, r_: (l.subs(k, 0), e_0),
              lambda l, r_: (r_ ** (-tau), tau * A * k)],
    )  # fmt: skip
    discrete = recursion_law(e - A * e ** (1 + tau), e, k)
    chain.equal(discrete.expr, law.expr, "the recursion with equality has the same law", hint="powers")
    in_theta = {A: coefficient, tau: 2 * theta - 1}
    chain.result(recursion_law=discrete.subs(in_theta), recursion_bound=e_k.subs(in_theta))
    return law.subs({A: coefficient})


def _exponent(chain, decrease):
    """N <= m + e_m/(lambda t eps^2) for every m."""
    tail = B * m ** (-1 / tau)
    scale = chain.equal(decrease.expr.subs(k, m) / (lam * t * epsilon**2) / tail * B,
                        (tau * lam * t / c**2) ** (-1 / tau) / (lam * t * epsilon**2),
                        "e_m/(lambda t eps^2) is B m^(-1/tau) with this B", hint="powers")  # fmt: skip
    ((meeting, _),) = balance([m, tail], m)
    total = m + tail
    local = sp.simplify(m * sp.diff(tail, m) / tail)  # -1/tau
    best = meeting * (-local) ** (1 / (1 - local))
    chain.equal(sp.diff(total, m).subs(m, best), 0, "the best m is stationary", hint="powers")
    least = chain.equal(total.subs(m, best), (1 + tau) * best, "the bound there", hint="powers")
    chain.at_least(
        total, least, "no other m gives less", contact=({m: best},), hint="posynomial",
        pins=[lambda l, r_: (l - m, tail), lambda l, r_: (r_ / (1 + tau), best)],
    )  # fmt: skip
    chain.equal(best, (B / tau) ** (tau / (1 + tau)), "that m", hint="powers")
    least = (1 + tau) * (B / tau) ** (tau / (1 + tau))
    law = chain.law(least.subs(B, scale), epsilon, "its law in eps", direction="0+",
                    pins=[lambda l, r_: (l, r_), lambda l, r_: (l.subs(B, scale), least.subs(B, scale))])  # fmt: skip
    least = least.subs(B, scale)
    exponent = chain.equal((-law.power).subs(tau, 2 * theta - 1), 2 - 1 / theta, "exponent 2 - 1/theta")
    chain.at_most((2 - 1 / theta).subs(IN_W), 1, "below 1 for theta < 1", hint="slack",
                  pins=[lambda l, r_: (r_ - l, 1 / w)])  # fmt: skip
    at_p = chain.equal(exponent.subs(theta, 1 - 1 / p), (p - 2) / (p - 1), "theta = 1 - 1/p")
    chain.result(bound_kl=least.subs(tau, 2 * theta - 1) + 1, bound_kl_law=law.subs({tau: 2 * theta - 1}),
                 eps_exponent=exponent, eps_exponent_power=at_p)  # fmt: skip
    return at_p


def _linear(chain):
    """theta = 1/2: e falls by the factor 1 - A."""
    chain.at_most(
        1 - A, sp.exp(-A), "theta = 1/2: a step multiplies e by at most 1 - A <= exp(-A)",
        domains={A: Domain(0, 1)}, contact=({A: 0},), hint="monotone",
        pins=[lambda l, r_: (1 - l, A), lambda l, r_: (sp.log(r_), -A)],
    )  # fmt: skip
    (enough,) = sp.solve(e_0 * sp.exp(-A * m) - epsilon**2, m)
    total = enough + 1 / (lam * t)
    law = chain.law(total, epsilon, "after m steps with e_m = eps^2: N = O(log 1/eps)", direction="0+",
                    pins=[lambda l, r_: (e_0 * sp.exp(-A * (l - 1 / (lam * t))), epsilon**2),
                          lambda l, r_: (r_, 2 * sp.log(1 / epsilon) / A)])  # fmt: skip
    chain.result(linear_law=law.subs({A: lam * t / c**2}))


def _fixed_step(chain, exponent):
    """|x|^p with a fixed small step: N by the flow, k = integral of dx/(t f')."""
    f = x ** (q + 2)
    speed = t * sp.diff(f, x)
    primitive = sp.powsimp(sp.integrate(sp.powsimp(1 / speed), x, conds="none"))
    chain.equal(sp.diff(primitive, x), 1 / speed, "primitive of 1/(t f')", hint="powers")
    at = (epsilon / (q + 2)) ** (1 / (q + 1))
    chain.equal(sp.diff(f, x).subs(x, at), epsilon, "where G = eps", hint="powers")
    steps = primitive.subs(x, x_0) - primitive.subs(x, at)
    steps = chain.equal(
        steps, ((epsilon / (q + 2)) ** (-q / (q + 1)) - x_0 ** (-q)) / (q * (q + 2) * t), "steps from x0 to there",
        hint="powers", pins=[lambda l, r_: (sp.diff(r_, x_0) * sp.diff(f, x).subs(x, x_0), 1 / t)],
    )  # fmt: skip
    law = chain.law(steps, epsilon, "fixed step on |x|^p: law of N", direction="0+",
                    pins=[lambda l, r_: (l, r_ - x_0 ** (-q) / (q * (q + 2) * t))])  # fmt: skip
    recursion = recursion_law(x - speed, x, k)
    chain.equal(recursion.invert(z).expr.subs(z, at), law.expr, "the recursion has the same law", hint="powers")
    chain.equal(-law.power, exponent.subs(p, q + 2), "its exponent is that of theta = 1 - 1/p")
    chain.result(fixed_step_power=in_p(law), fixed_step_steps=in_p(steps))
