"""S1: the betting fraction of Algorithm 1, out of the potential that wealth is to follow."""

import sympy as sp

from theorylab.papers.cocob.derivations.symbols import G, L, epsilon, q, reward, theta
from theorylab.theory import Chain, Domain, derivation

f = sp.Symbol("f", real=True)  # fraction of the wealth that is bet
POTENTIAL = sp.exp(theta**2 / (2 * L * (G + L)))  # after a coin of size L
NEAR = {q: Domain(-50, 50)}  # numbers only: 1 + tanh(q) is nothing but cancellation further out


@derivation("The fraction that keeps wealth in step with exp(theta^2/(2L(G+L))) on both coins is tanh(theta/(G+L))")
def bet_from_potential(chain: Chain) -> None:
    """S1 [derived]; the printed form is (2 sigma(2 theta/(G+L)) - 1)/L [secondary]."""
    win, lose = POTENTIAL.subs(theta, theta + L), POTENTIAL.subs(theta, theta - L)
    in_q = {theta: q * (G + L)}
    share = chain.equal(
        sp.powsimp((win / lose).subs(in_q)), sp.exp(2 * q), "potential of a win over that of a loss, q = theta/(G+L)",
        hint="powers", pins=[lambda l, r: (r, (win / lose).subs(in_q))],
    )  # fmt: skip
    (fraction,) = sp.solve((1 + f) / (1 - f) - share, f)
    fraction = chain.equal(fraction, sp.tanh(q), "the fraction with (1+f)/(1-f) equal to it", hint="exp", domains=NEAR,
                           pins=[lambda l, r: ((1 + r) / (1 - r), share)])  # fmt: skip
    ends = ((win - lose) / (win + lose)).subs(in_q)
    chain.equal(ends, fraction, "(Phi(theta+L) - Phi(theta-L))/(Phi(theta+L) + Phi(theta-L))", hint="exp",
                domains=NEAR | {G: Domain(0, 100), L: Domain(0, 100)})  # fmt: skip
    sigmoid = 2 / (1 + sp.exp(-2 * q)) - 1
    chain.equal(sigmoid, fraction, "2 sigma(2q) - 1, sigma(z) = 1/(1+e^-z)", hint="exp", domains=NEAR)
    at = {q: theta / (G + L)}
    beta = fraction.subs(at) / L
    chain.result(fraction=fraction.subs(at), beta=beta, beta_sigmoid=sigmoid.subs(at) / L,
                 move=beta * (epsilon + reward), tanh=fraction, sigmoid=sigmoid)  # fmt: skip
