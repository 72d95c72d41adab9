"""Item 6.9: GD with the polynomial tail (1+z)^-a: the law at a fixed stepsize and Table 1's exponents."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.losses import LOSS, POLY, RHO, SLOPE, general_bounds
from theorylab.papers.large_stepsize.derivations.symbols import T, a, c, eta, gamma, lam, n, rho, t, x, z
from theorylab.theory import Chain, Domain, Rate, derivation, substitute
from theorylab.theory.flows import power_flow

C = sp.Symbol("C_1", positive=True)  # Theorem 35's constant, not explicit


@derivation("Polynomial tails: L ~ t^(-a/(a+2)) at a fixed stepsize; best stepsizes T^(a/2) or T^(1/2)")
def poly_rates(chain: Chain) -> None:
    """Item 6.9: law of the aligned flow [derived], Table 1's exponents [quoted] from Theorem 35's forms."""
    fixed = _fixed(chain)
    small, large = _stepsizes(chain)
    bound = general_bounds()["stable"].subs(rho, RHO[POLY])
    decay = {}
    for name, stepsize in (("small", small), ("large", large)):
        along = substitute(bound.subs(lam, gamma**2 * eta * T), eta, c * T**stepsize, T)
        decay[name] = -along.power
        expected = fixed.power * (1 + stepsize)
        chain.equal(along.power, expected, f"loss at T with eta = c T^({stepsize}): (1 + s) times the fixed exponent")
    chain.equal(decay["small"], a / 2, "a <= 1: T^(-a/2)")
    chain.equal(decay["large"], 3 * a / (2 * a + 4), "a > 1: T^(-3a/(2a+4))")
    chain.result(fixed_law=fixed, fixed_exponent=-fixed.power, stepsize_exponent_small=small,
                 stepsize_exponent_large=large, table1_small=decay["small"], table1_large=decay["large"])  # fmt: skip


def _fixed(chain):
    """z' = eta gamma^2 g(z), every margin equal: a power flow in u = 1/(1+z)."""
    start, u = sp.Symbol("u_0", positive=True), sp.Symbol("u", positive=True)
    slope = SLOPE[POLY].subs(z, x)
    pull = eta * gamma**2 * a
    chain.equal((-(eta * gamma**2 * slope) / (1 + x) ** 2).subs(x, 1 / u - 1), -pull * u ** (a + 3),
                "u = 1/(1+z) follows u' = -eta gamma^2 a u^(a+3)", hint="powers")  # fmt: skip
    flow = power_flow(pull, a + 2, start, t)
    chain.add(*flow.steps)
    along = flow.solution.subs(start, 1)
    chain.equal(along ** (-(a + 2)), 1 + a * (a + 2) * gamma**2 * eta * t, "from z = 0: (1+z)^(a+2)", hint="powers")
    loss = sp.powdenest(LOSS[POLY].subs(z, x).subs(x, 1 / u - 1), force=True)
    loss = chain.equal(loss, u**a, "the loss in u", hint="powers").subs(u, along)
    return chain.law(
        loss, t, "law of the loss at a fixed stepsize",
        pins=[lambda l, r: (r, (a * (a + 2) * gamma**2 * eta * t) ** (-a / (a + 2))),
              lambda l, r: (sp.diff(l, t), -eta * gamma**2 * (a * along ** (a + 1)) ** 2)],
    )  # fmt: skip


def _stepsizes(chain):
    """tau = (1/gamma^2) max{psi^-1(C_1 (eta+n))/eta, C_1 (eta+n) eta} <= T/2, n and gamma fixed."""
    psi = Rate.of(lam / RHO[POLY], lam)
    inverse = psi.invert(x).expr
    chain.equal((lam / RHO[POLY]).subs(lam, inverse), x, "inverse of psi = lam/rho", hint="powers")
    inverse = chain.equal(inverse, (2 * x) ** ((a + 2) / a), "psi^-1(x)", hint="powers")
    waits = []
    for term, power, what in ((inverse.subs(x, C * (eta + n)) / eta, 2 / a, "first"),
                              (C * (eta + n) * eta, sp.Integer(2), "second")):  # fmt: skip
        law = chain.law(term / gamma**2, eta, f"{what} term of tau for large eta",
                        pins=[lambda l, r, f=term: (l * gamma**2, f),
                              lambda l, r, p=power: (eta * sp.diff(r, eta), p * r)])  # fmt: skip
        waits.append(law)
    first, second = (law.power for law in waits)
    chain.at_least(first, second, "a <= 1: the first term is the longer", domains={a: Domain(0, 1)},
                   contact=({a: 1},), hint="slack", pins=[lambda l, r: (l * a, r)])  # fmt: skip
    chain.at_most(first, second, "a > 1: the second", domains={a: Domain(1, sp.oo)}, contact=({a: 1},), hint="slack",
                  pins=[lambda l, r: (l * a, r)])  # fmt: skip
    largest = [law.invert(T).power for law in waits]
    chain.equal(largest[0], a / 2, "a <= 1: the largest eta with tau <= T/2 is of order T^(a/2)")
    chain.equal(largest[1], sp.Rational(1, 2), "a > 1: of order T^(1/2)")
    return largest
