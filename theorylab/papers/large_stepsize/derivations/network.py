"""Theorem 6: how wide the two-layer network has to be, and a floor of that width which no choice of data lowers."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import C_g, T, delta, eta, gamma, n, rho
from theorylab.theory import Chain, Domain, derivation

C_a = sp.Symbol("C_a", nonnegative=True)  # |sum a_s| <= C_a sqrt m
h = sp.Symbol("h", positive=True)  # the other terms of R
k = sp.Symbol("k", positive=True)  # the term of the failure probability
y = sp.Symbol("y", positive=True)  # R^(1/3)

REST = (6 * sp.sqrt(rho) + C_a + sp.sqrt(2 * sp.log(2 * n / delta))) / gamma  # [quoted] of R
STEP = eta * C_g / gamma  # [quoted] of R
CHANCE = 10 * sp.log(n / delta) ** sp.Rational(1, 4)  # [quoted]
UNLIKELY = {delta: Domain(0, 1), n: Domain(1, sp.oo)}


def _width(radius, chance):
    return ((30 * radius ** sp.Rational(1, 3) + chance) / gamma) ** 6  # [quoted]


@derivation("Theorem 6 wants a width of order R^2/gamma^6: at least 30^6 (eta C_g)^2/gamma^8")
def network(chain: Chain) -> None:
    """Theorem 6 [quoted], rho at lambda = gamma^2 eta T; the floor [derived]."""
    radius = chain.equal(REST + STEP, (6 * sp.sqrt(rho) + C_a + sp.sqrt(2 * sp.log(2 * n / delta)) + eta * C_g) / gamma,
                         "R: how far the weights may move", hint="expand", domains=UNLIKELY)  # fmt: skip
    chain.at_least(
        h + STEP, STEP, "R is at least one step's length over gamma", hint="slack", domains=UNLIKELY,
        pins=[lambda l, r: (l.subs(h, REST), radius), lambda l, r: (r, eta * C_g / gamma)],
    )  # fmt: skip
    chain.at_least(
        (30 * y + k) ** 6 / gamma**6, (30 * y) ** 6 / gamma**6, "and the failure probability only adds to the width",
        hint="slack", pins=[lambda l, r: (l.subs(k, 10 * n), _width(y**3, 10 * n)), lambda l, r: (r, l.subs(k, 0))],
    )  # fmt: skip
    floor = chain.equal(_width(STEP, 0), 30**6 * (eta * C_g) ** 2 / gamma**8, "the width is at least this",
                        hint="powers")  # fmt: skip
    chain.result(radius=radius, width=_width(radius, CHANCE), width_floor=floor, horizon=gamma**2 * eta * T)
