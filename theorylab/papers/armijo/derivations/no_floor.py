"""Section 8, no-floor-step: steps that pass the Armijo test on x^2/2, but shrink like 1/k."""

import sympy as sp

from theorylab.papers.armijo.derivations.symbols import epsilon, k, t, x, x_0
from theorylab.theory import Chain, Domain, derivation

QUARTER = sp.Rational(1, 4)


@derivation("x^2/2 with t_k = 1/(4(k+1)): N ~ Gamma(3/4)^-4 (eps/x0)^-4, though f is analytic and all steps descend")
def no_step_floor(chain: Chain) -> None:
    """[derived] x_k = x0 (1 - 1/4)(1 - 1/8) ... (1 - 1/(4k)), a quotient of gammas."""
    f = x**2 / 2
    step = QUARTER / (k + 1)
    gain = sp.cancel((f - f.subs(x, x - t * sp.diff(f, x))) / (t * sp.diff(f, x) ** 2))
    chain.at_least(
        gain, gain.subs(t, step.subs(k, 0)), "every step passes the test up to lambda = 7/8",
        domains={t: Domain(0, step.subs(k, 0))}, contact=({t: step.subs(k, 0)},), hint="slack",
        pins=[lambda l, r: (l * t * x**2 + f.subs(x, x - t * x), f), lambda l, r: (r, l.subs(t, QUARTER))],
    )  # fmt: skip
    place = x_0 * sp.gamma(k + 1 - QUARTER) / (sp.gamma(1 - QUARTER) * sp.gamma(k + 1))
    chain.equal(place.subs(k, k + 1), (x - step * sp.diff(f, x)).subs(x, place), "x_k solves the recursion",
                hint="gamma")  # fmt: skip
    chain.equal(place.subs(k, 0), x_0, "and starts at x0")
    law = chain.law(
        place, k, "its law",
        pins=[lambda l, r: (l.subs(k, k + 1) / l, 1 - step), lambda l, r: (l.subs(k, 1), x_0 * (1 - QUARTER)),
              lambda l, r: (r * k**QUARTER * sp.gamma(1 - QUARTER), x_0)],
    )  # fmt: skip
    count = law.invert(epsilon)
    chain.equal(law.expr.subs(k, count.expr), epsilon, "inverted: G = x = eps", hint="powers")
    exponent = chain.equal(-count.power, 4, "exponent of 1/eps")
    constant = chain.equal(count.constant.subs(x_0, 1), sp.gamma(sp.Rational(3, 4)) ** (-4), "constant for x0 = 1")
    chain.result(place=place, place_law=law, law=count, exponent=exponent, constant=constant,
                 largest_lambda=gain.subs(t, step.subs(k, 0)))  # fmt: skip
