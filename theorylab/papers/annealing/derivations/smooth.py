"""S10, item 9: smooth functions; the noiseless term grows like rho^(1/p), the noisy one like rho^(1/(2p+1))."""

import sympy as sp

from theorylab.papers.annealing.derivations.polynomial import poly_bound
from theorylab.papers.annealing.derivations.symbols import D, T, beta, eta, p, rho, sigma, x, z
from theorylab.papers.annealing.derivations.window import window_lemma
from theorylab.theory import Chain, Domain, derivation

d = sp.Symbol("d", positive=True)  # |x_{t+1} - x_t|
w = sp.Symbol("w", positive=True)  # |g - grad f|
STABLE = {beta: Domain(0, 1 / (2 * eta))}


@derivation("Smooth: noise 2 eta^2 sigma^2 a step for eta <= 1/(2 beta); exponents 1/p without noise, 1/(2p+1) with it")
def smooth(chain: Chain) -> None:
    """S10 [derived]; rho is eta over the tuned eta. Whether rho^(1/p) is sharp is not known."""
    # f(x_{t+1}) - f(z) <= <grad f, x_{t+1} - z> + beta d^2/2, and g = grad f + noise
    gain = w * d - (1 - beta * eta) / (2 * eta) * d**2
    largest = eta * w**2 / (2 * (1 - beta * eta))
    chain.at_most(gain, largest, "noise against the quadratic terms", domains={beta: Domain(0, 1 / eta)},
                  contact=({d: eta * w / (1 - beta * eta)},), hint="slack",
                  pins=[lambda l, _: (sp.diff(l, d).subs(d, 0), w), lambda l, _: (-sp.diff(l, d, 2), 1 / eta - beta),
                        lambda l, r: (r, l.subs(d, eta * w / (1 - beta * eta)))])  # fmt: skip
    noise = (2 * eta * largest).subs(w, sigma)
    bounded = chain.at_most(noise, 2 * eta**2 * sigma**2, "2 eta times it, E w^2 <= sigma^2, for eta <= 1/(2 beta)",
                            domains=STABLE, contact=({beta: 1 / (2 * eta)},), hint="slack",
                            pins=[lambda l, r: (l * (1 - beta * eta) * 2, r)])  # fmt: skip
    half = window_lemma()["c2"] / window_lemma()["step_noise"]
    c2 = chain.equal(half * bounded / (eta**2 * sigma**2), 1, "so c_2 = 1 in the window lemma, sigma in place of G")
    _noiseless(chain)
    chain.result(c1=window_lemma()["c1"], c2=c2, noisy_exponent=poly_bound()["exponent"])


def _noiseless(chain):
    """eta = rho/(2 beta): the window begins where rho h(x) <= 1."""
    (begins,) = sp.solve(rho * x**p - 1, x)
    begins = chain.equal(begins, rho ** (-1 / p), "rho h = 1", hint="powers",
                         pins=[lambda _, r: (rho * r**p, 1)])  # fmt: skip
    loss = (D**2 / (2 * eta * T * poly_bound()["H"])).subs(eta, rho / (2 * beta))
    loss = chain.equal(loss.subs(x, begins), (p + 1) * rho ** (1 / p) * beta * D**2 / T, "D^2/(2 eta T H) there",
                       hint="powers")  # fmt: skip
    exponent = chain.equal(rho * sp.diff(sp.log(loss), rho), 1 / p, "its exponent in rho", hint="simplify")
    linear = chain.equal(exponent.subs(p, 1), 1, "linear decay is linear in rho again")
    quadratic = chain.equal(exponent.subs(p, 2), sp.Rational(1, 2), "order 2, as the cosine")
    chain.at_least(exponent.subs(p, 1 + z), poly_bound()["exponent"].subs(p, 1 + z), "above that of the noisy term",
                   hint="slack", pins=[lambda l, _: (1 / l - z, 1), lambda l, r: (2 / l + 1, 1 / r)])  # fmt: skip
    cosine_begins = sp.acos(1 - 2 / rho) / sp.pi
    chain.equal(rho * (1 - sp.cos(sp.pi * cosine_begins)) / 2, 1, "rho h = 1 for the cosine",
                domains={rho: Domain(1, sp.oo)}, hint="simplify")  # fmt: skip
    area = cosine_begins / 2 - sp.sin(sp.pi * cosine_begins) / (2 * sp.pi)
    shown = cosine_begins / 2 - sp.sqrt(rho - 1) / (sp.pi * rho)
    area = chain.equal(area, shown, "H there", domains={rho: Domain(1, sp.oo)}, hint="simplify",
                       pins=[lambda _, r: ((r - cosine_begins / 2) ** 2 * sp.pi**2 * rho**2, rho - 1)])  # fmt: skip
    cosine = beta * D**2 / (T * rho * area)
    chain.result(noiseless_window=begins, noiseless_loss=loss, noiseless_exponent=exponent, noiseless_linear=linear,
                 noiseless_quadratic=quadratic, noiseless_cosine=cosine)  # fmt: skip
