"""T9, item 6.8: analytic functions with unbounded runs, and a smooth flat one; steps tend to t.

Each recursion x+ = x - t f'(x) has a law in k (recursions in a small variable), which is then inverted at G = eps.
"""

import sympy as sp

from theorylab.papers.armijo.derivations.lojasiewicz import lojasiewicz
from theorylab.papers.armijo.derivations.symbols import a, epsilon, k, t, theta, x
from theorylab.theory import Chain, Domain, Rate, derivation
from theorylab.theory.flows import recursion_law

y = sp.Symbol("y", positive=True)  # 1/x
v = sp.Symbol("v", positive=True)  # e^-x
U = sp.Symbol("U", positive=True)  # 1/x^2
LARGE = sp.Symbol("Lambda", positive=True)  # ln(1/eps)


@derivation("Unbounded runs: tail(a) needs eps^-((a+2)/(a+1)), exp(-x) just eps^-1; exp(-1/x^2) eps^-1 ln^(-3/2)")
def unbounded(chain: Chain) -> None:
    """T9 [derived]."""
    _tail(chain)
    _exponential(chain)
    _flat(chain)


def _tail(chain):
    f = (1 + x**2) ** (-a / 2)
    G = chain.equal(-sp.diff(f, x), a * x * (1 + x**2) ** (-a / 2 - 1), "tail(a): the gradient", hint="powers")
    G_law = chain.law(G, x, "its law", pins=[lambda l, r: (l, -sp.diff(f, x)), lambda l, r: (r * x, a * x ** (-a))])
    pace = 1 / (t * G_law.expr)
    steps = sp.powsimp(sp.integrate(sp.powsimp(pace), (x, 0, x), conds="none"))
    steps = chain.equal(steps, x ** (a + 2) / (a * (a + 2) * t), "dN = dx/(t G): steps up to x", hint="powers",
                        pins=[lambda l, r: (sp.diff(r, x), pace)])  # fmt: skip
    x_law = G_law.invert(epsilon)
    chain.equal(G_law.expr.subs(x, x_law.expr), epsilon, "G = eps", hint="powers")
    law = Rate.of(sp.powdenest(steps.subs(x, x_law.expr), force=True), epsilon, "0+")
    chain.equal(law.expr, (a / epsilon) ** ((a + 2) / (a + 1)) / (a * (a + 2) * t), "N(eps)", hint="powers")
    # the recursion, in y = 1/x: y+ = y/(1 + t y G)
    share = sp.powdenest(t * y * a * y ** (a + 1) * (1 + y**2) ** (-a / 2 - 1), force=True)
    chain.equal((1 / (x + t * G)).subs(x, 1 / y), y / (1 + share), "a step in y = 1/x", hint="powers")
    discrete = recursion_law(y - y * share / (1 + share), y, k)
    chain.equal(discrete.invert(y).expr, steps.subs(x, 1 / y), "its law agrees with the flow", hint="powers")
    exponent = chain.equal(-law.power, (a + 2) / (a + 1), "exponent of 1/eps")
    same = lojasiewicz()["eps_exponent"].subs(theta, 1 + 1 / a)
    chain.equal(same, exponent, "which is 2 - 1/theta at theta = 1 + 1/a")
    chain.equal(sp.simplify(sp.diff(sp.log(G_law.expr), x) / sp.diff(sp.log(x ** (-a)), x)), 1 + 1 / a,
                "the theta for which f^theta is of the order of G")  # fmt: skip
    chain.at_least(exponent, 1, "above 1", hint="slack", pins=[lambda l, r: (l - r, 1 / (a + 1))])
    chain.result(tail_law=law, tail_exponent=exponent)


def _exponential(chain):
    f = sp.exp(-x)
    chain.equal(-sp.diff(f, x), f, "exp(-x): G = f")
    after = chain.equal(f.subs(x, x + t * f).subs(x, -sp.log(v)), v * sp.exp(-t * v), "a step in v = e^-x = G",
                        hint="powers")  # fmt: skip
    G_law = recursion_law(after, v, k)
    chain.equal(G_law.expr, 1 / (t * k), "law of G")
    law = G_law.invert(epsilon)
    constant = chain.equal(epsilon * law.expr, 1 / t, "eps N")
    softplus = sp.log(1 + sp.exp(-x))
    G = chain.equal(-sp.diff(softplus, x).subs(x, -sp.log(v)), v / (1 + v), "logistic: G in v = e^-x")
    chain.law(G, v, "G ~ v", direction="0+", pins=[lambda l, r: (1 / l, 1 + 1 / r)])
    same = recursion_law(v * sp.exp(-t * G), v, k)
    chain.equal(same.expr, G_law.expr, "the logistic loss has the same law")
    chain.result(expneg_law=law, expneg_exponent=-law.power, expneg_constant=constant,
                 logistic_law=same.invert(epsilon))  # fmt: skip


def _flat(chain):
    f = sp.exp(-1 / x**2)
    at = U ** (-sp.Rational(1, 2))
    G = chain.equal(sp.diff(f, x).subs(x, at), 2 * U ** sp.Rational(3, 2) * sp.exp(-U), "flat: G in U = 1/x^2",
                    hint="powers")  # fmt: skip
    pace = chain.equal(-sp.diff(at, U) / (t * G), sp.exp(U) / (4 * t * U**3), "dN/dU = (dx/dU)/(t G)", hint="powers")
    chain.tends(sp.cancel(sp.diff(pace, U) / pace), 1, U, "its integral is of its own size (L'Hopital)",
                pins=[lambda l, r: (l * pace, sp.diff(pace, U))])  # fmt: skip
    product = chain.equal(sp.powsimp(pace * G), 1 / (2 * t * U ** sp.Rational(3, 2)), "so eps N ~ G dN/dU",
                          hint="powers")  # fmt: skip
    moved = chain.equal((1 / (at - t * G) ** 2 / U).subs(t, v / (G * sp.sqrt(U))), (1 - v) ** (-2),
                        "a step multiplies U by this, v = t G sqrt(U) -> 0", hint="powers")  # fmt: skip
    rise = chain.law(moved - 1, v, "U rises by the share", direction="0+",
                     pins=[lambda l, r: (l + 1, (1 - v) ** (-2)), lambda l, r: (r / v, 2)],
                     domains={v: Domain(0, 1)})  # fmt: skip
    share = t * G * sp.sqrt(U)
    chain.equal(U * rise.expr.subs(v, share) * pace, 1, "so dN/dU times the rise is one step", hint="powers")
    inverse = sp.expand_log(sp.log(1 / G), force=True)
    inverse = chain.equal(inverse, U - sp.Rational(3, 2) * sp.log(U) - sp.log(2), "ln(1/eps)", hint="logs",
                          pins=[lambda l, r: (sp.exp(-r), G)])  # fmt: skip
    grows = chain.law(inverse, U, "is U to leading order", pins=[lambda l, r: (sp.exp(-l), G), lambda l, r: (r, U)])
    in_log = Rate.of(product, U).expr.subs(U, grows.invert(LARGE).expr)
    chain.tends(product, in_log.subs(LARGE, inverse), U, "eps N against its law in ln(1/eps)",
                pins=[lambda l, r: (l, pace * G), lambda l, r: (1 / r**2, 4 * t**2 * inverse**3)],
                domains={U: Domain(10, 10**6)})  # fmt: skip
    law = Rate.of(in_log.subs(LARGE, sp.log(1 / epsilon)) / epsilon, epsilon, "0+")
    chain.equal(law.log_power, -sp.Rational(3, 2), "power of the logarithm")
    chain.equal(law.constant, 1 / (2 * t), "constant")
    chain.result(flat_law=law, flat_exponent=-law.power, flat_log_power=law.log_power,
                 flat_exact=sp.Tuple(G, pace))  # fmt: skip
