"""S2: gradient descent on f = c u^p, p = q + 2 > 2."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.symbols import c, eta, in_p, k, q, u, u0, z
from theorylab.theory import Chain, Domain, derivation
from theorylab.theory.flows import power_flow, recursion_law


@derivation("Gradient descent on f = c u^p: f_k ~ C k^(-p/(p-2)), with a bound that holds for every k")
def gd_rate(chain: Chain) -> None:
    """S2 [derived]. The flow gives the law, the recursion the same law, Bernoulli's inequality the bound."""
    order = q + 2
    f = c * u**order
    step = u - eta * sp.diff(f, u)
    A = eta * c * order

    flow = power_flow(A, q, u0, k)
    chain.add(*flow.steps)
    u_law = chain.law(
        flow.solution, k, "leading law of the flow",
        pins=[lambda l, r: (sp.diff(l, k), -A * l ** (q + 1)), lambda l, r: (l.subs(k, 0), u0),
              lambda l, r: (sp.diff(r, k), -A * r ** (q + 1))],
    )  # fmt: skip
    gap = f.subs(u, flow.solution)
    gap_law = chain.law(
        gap, k, "leading law of the gap",
        pins=[
            lambda l, r: (sp.diff(l, k), -eta * (sp.diff(f, u) ** 2).subs(u, flow.solution)),
            lambda l, r: (l.subs(k, 0), f.subs(u, u0)),
            lambda l, r: (r, f.subs(u, u_law.expr)),
        ],
    )  # fmt: skip
    chain.tends(
        k * sp.diff(sp.log(gap), k), gap_law.power, k, "the local exponent of the gap tends to the power of its law",
        pins=[lambda l, r: (l * gap / k, sp.diff(gap, k)), lambda l, r: (r, u_law.power * order)],
    )  # fmt: skip
    chain.equal(recursion_law(step, u, k).expr, u_law.expr, "the recursion has the law of the flow", hint="powers")

    shrink = eta * c * order * u**q
    chain.equal(step, u * (1 - shrink), "a step in z = eta c p u^(p-2)", hint="powers")
    bernoulli_lhs, bernoulli_rhs = (1 - z) ** (-q), 1 + q * z
    chain.at_least(
        bernoulli_lhs, bernoulli_rhs, "Bernoulli: (1-z)^-(p-2) >= 1 + (p-2) z",
        domains={z: Domain(0, 1), q: Domain(0, sp.oo)}, contact=({z: 0},), hint="monotone",
        pins=[
            lambda l, r: (l, (u**q * step ** (-q)).subs(eta, z / (c * order * u**q))),
            lambda l, r: (r.subs(z, shrink) * u ** (-q), u ** (-q) + q * A),
        ],
    )  # fmt: skip
    increment = sp.expand(u ** (-q) * (bernoulli_rhs.subs(z, shrink) - 1))
    chain.equal(increment, q * A, "so u^-(p-2) grows by at least (p-2) c p eta at every step", hint="powers")
    bound = u0 ** (-q) + k * sp.simplify(increment)
    chain.equal(bound ** (-1 / q), flow.solution, "summed up: descent never lies above the flow", hint="powers")

    chain.result(
        u_law=in_p(u_law),
        gap_law=in_p(gap_law),
        u_exponent=in_p(-u_law.power),
        gap_exponent=in_p(-gap_law.power),
        flow=in_p(flow.solution),
        bound=sp.Ge(in_p(u ** (-q)), in_p(bound), evaluate=False),
        bound_condition=sp.Lt(in_p(shrink.subs(u, u0)), 1, evaluate=False),
    )
