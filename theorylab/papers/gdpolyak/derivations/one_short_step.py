"""One short step of size 1/(2a) between the long ones: what the distance does where n/x^2 is no longer bounded."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.curved import QUARTIC
from theorylab.papers.gdpolyak.derivations.symbols import a, x
from theorylab.theory import Chain, derivation

sigma = sp.Symbol("sigma", real=True)


@derivation("Curved quartic ravine, K = 1, eta = 1/(2a): the factor is 3/4 up to a = 3/2 and 2a/(2a+1) beyond")
def one_short_step(chain: Chain) -> None:
    """Normal errors n = sigma x, above the n = s x^2 of S7: where s grows, sigma = s x may still vanish [derived]."""
    after_x, after_n = (sp.expand(e) for e in QUARTIC.step(sigma * x, 1 / (2 * a)))
    chain.equal(after_x.coeff(x, 1), 1, "the short step keeps x, to leading order")
    chain.equal(after_n.coeff(x, 2), 0, "and the Newton step leaves nothing of order x^2")
    left = chain.equal(after_n.coeff(x, 3), -4 * sigma, "it leaves n = -4 sigma x^3")

    gamma = QUARTIC.polyak_stepsize(left * x**3)
    factor, error = (
        sp.factor(sp.cancel(sp.together(e)).subs(x, 0))
        for e in (QUARTIC.step(left * x**3, gamma)[0] / x, QUARTIC.step(left * x**3, gamma)[1] / x)
    )
    chain.equal(factor, 1 - 1 / (4 * (1 + 4 * a**2 * sigma**2)), "x+/x of the long step")
    new = sp.cancel(error / factor)
    chain.equal(new, 2 * a * sigma / (3 + 16 * a**2 * sigma**2), "sigma+ = n+/x+ of an epoch")

    at_zero = chain.equal(sp.diff(new, sigma).subs(sigma, 0), 2 * a / 3, "sigma = 0 has the multiplier 2a/3")
    (threshold,) = sp.solve(at_zero - 1, a)
    chain.equal(at_zero.subs(a, threshold), 1, "which is 1 at the threshold")
    below = chain.equal(factor.subs(sigma, 0), sp.Rational(3, 4), "below it sigma vanishes: factor 3/4")
    square = sp.Symbol("square", real=True)  # sigma^2
    (settled,) = sp.solve(sp.cancel(new / sigma).subs(sigma**2, square) - 1, square)
    chain.equal(settled, (2 * a - 3) / (16 * a**2), "beyond it sigma^2 settles")
    beyond = sp.factor(factor.subs(sigma**2, settled))
    chain.equal(beyond, 2 * a / (2 * a + 1), "with that factor")
    chain.equal(beyond.subs(a, threshold), below, "the two factors meet at the threshold")
    chain.result(threshold=threshold, factor_below=below, factor_beyond=beyond)
