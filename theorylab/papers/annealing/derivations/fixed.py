"""S7 and S8, item 8: the fixed stepsize loses in proportion to rho; an upper bound with a logarithm, two lower ones."""

import sympy as sp

from theorylab.papers.annealing.derivations.symbols import (
    D,
    G,
    T,
    c_1,
    c_2,
    e,
    epsilon,
    eta,
    h_1,
    m,
    n,
    r,
    rho,
    x,
    y,
    z,
)
from theorylab.papers.annealing.derivations.window import ETA, window_lemma
from theorylab.theory import Chain, Domain, Strength, derivation

UNIT = rho * D / (G * sp.sqrt(T))  # eta in units of D/(G sqrt T)
w = sp.Symbol("w", real=True)


@derivation("Fixed stepsize: the window bound is c_2 rho (1 + gamma + ln(c_1 T/(c_2 rho^2))), exponent below 1")
def fixed_upper(chain: Chain) -> None:
    """S7 [derived]; rho is eta over D/(G sqrt T), R is the loss over DG/sqrt T."""
    steps = c_1 * D**2 / (eta * m) + c_2 * G**2 * eta * sp.harmonic(m)  # sum eta^2/S_t = eta (1 + 1/2 + ... + 1/m)
    lemma, four = window_lemma(), dict.fromkeys(ETA.values(), eta)
    chain.equal(lemma["bound_T4"].subs(four), steps.subs({m: 4, c_1: lemma["c1"], c_2: lemma["c2"]}),
                "the window lemma for four equal steps", hint="cancel")  # fmt: skip
    exact = chain.equal(steps.subs(eta, UNIT) * sp.sqrt(T) / (D * G), c_1 * T / (rho * m) + c_2 * rho * sp.harmonic(m),
                        "the bound of a window of m steps", hint="simplify")  # fmt: skip
    chain.law(sp.harmonic(m), m, "the harmonic sum", pins=[lambda l, _: (l.subs(m, 4), sp.Rational(25, 12)),
                                                          lambda _, right: (right, sp.log(m))])  # fmt: skip
    smooth = sp.log(m) + sp.EulerGamma
    chain.tends(sp.harmonic(m) - sp.log(m), sp.EulerGamma, m, "and its next term", expected=Strength.TESTED,
                pins=[lambda l, right: (l + sp.log(m) - sp.harmonic(m) + right, smooth - sp.log(m))])  # fmt: skip
    bound = exact.subs(sp.harmonic(m), smooth)
    (best,) = sp.solve(sp.diff(bound, m), m)
    best = chain.equal(best, c_1 * T / (c_2 * rho**2), "stationary window",
                       pins=[lambda l, _: (sp.diff(bound, m).subs(m, l), 0)])  # fmt: skip
    least = chain.equal(bound.subs(m, best), c_2 * rho * (1 + sp.EulerGamma + sp.log(c_1 * T / (c_2 * rho**2))),
                        "the bound there", hint="expand")  # fmt: skip
    elsewhere = chain.equal((bound.subs(m, best * sp.exp(w)) - least) / (c_2 * rho), sp.exp(-w) + w - 1,
                            "a window e^w times that one, less it, over c_2 rho", hint="logs")  # fmt: skip
    chain.at_least(elsewhere, 0, "no other window gives less", contact=({w: 0},), hint="convex",
                   pins=[lambda l, _: (l + 1 - w, sp.exp(-w))])  # fmt: skip
    long = sp.log(c_1 * T / (c_2 * rho**2))
    local = chain.equal(rho * sp.diff(sp.log(least), rho), 1 - 2 / (1 + sp.EulerGamma + long), "local exponent",
                        hint="simplify")  # fmt: skip
    exponent = chain.tends(local, 1, T, "it tends to 1, as slowly as 1/ln T",
                           pins=[lambda l, right: (2 / (right - l) - 1 - sp.EulerGamma, long)])  # fmt: skip
    chain.result(exact=exact, bound=least, window=best, local_exponent=local, exponent=exponent)


@derivation("Fixed stepsize, lower: a two-cycle on |x| has R = rho, the stationary law on the noisy slope rho/2")
def fixed_lower(chain: Chain) -> None:
    """S8 [derived]; rho is eta over D/(G sqrt T), R is the loss over DG/sqrt T."""
    _cycle(chain)
    _stationary(chain)


def _cycle(chain):
    """(A) f = G|x|: from x in (0, eta G) to x - eta G < 0 and back."""
    there = x - eta * G
    chain.equal(there + eta * G, x, "two steps return to the same point", pins=[lambda l, _: (l - eta * G, there)])
    loss = chain.equal((G * x).subs(x, eta * G * z).subs(eta, UNIT) * sp.sqrt(T) / (D * G), rho * z,
                       "R after an even number of steps from x = z eta G", domains={z: Domain(0, 1)},
                       pins=[lambda l, _: (sp.diff(l, z), rho)])  # fmt: skip
    worst = chain.at_most(loss, rho, "worst phase: z -> 1", domains={z: Domain(0, 1)}, contact=({z: 1},), hint="slack",
                          pins=[lambda l, right: (l / z, right)])  # fmt: skip
    grid = chain.equal(loss.subs(z, (n - sp.Rational(1, 2)) / n) / rho, 1 - 1 / (2 * n),
                       "R/rho of the last of n phases (j + 1/2)/n",
                       pins=[lambda _, right: (right.subs(n, 64) * 128, 127)])  # fmt: skip
    chain.result(cycle_R=worst, cycle_phases=grid, cycle_exponent=sp.simplify(rho * sp.diff(sp.log(worst), rho)))


def _stationary(chain):
    """(B) f = eps x on [0, 1], g = +1 with probability (1+eps)/2, else -1, steps of eta = 1/n: a walk on i/n."""
    down, up = (1 + epsilon) / 2, (1 - epsilon) / 2
    ratio = chain.equal(up / down, (1 - epsilon) / (1 + epsilon), "detailed balance: pi_{i+1}/pi_i = r",
                        domains={epsilon: Domain(0, 1)}, pins=[lambda l, _: (l * down, up)])  # fmt: skip
    whole = (1 - r ** (n + 1)) / (1 - r)  # sum of r^i over i = 0..n
    share = {r: Domain(0, 1)}
    chain.equal(whole - whole.subs(n, n - 1), r**n, "the geometric sum grows by its last term",
                domains=share | {n: Domain(0, 100)}, hint="simplify")  # fmt: skip
    chain.equal(whole.subs(n, 0), 1, "from 1", domains=share)
    place = chain.equal(r * sp.diff(whole, r) / whole, r / (1 - r) - (n + 1) * r ** (n + 1) / (1 - r ** (n + 1)),
                        "mean place, sum i r^i/sum r^i", domains=share, hint="simplify",
                        pins=[lambda _, right: (right.subs(n, 1), r / (1 + r))])  # fmt: skip
    loss = epsilon * place.subs(r, ratio) / n
    first = chain.equal((epsilon * eta * r / (1 - r)).subs(r, ratio), eta * (1 - epsilon) / 2,
                        "eps eta r/(1-r): the loss but for the far wall", domains={epsilon: Domain(0, 1)},
                        hint="cancel")  # fmt: skip
    stepsize, slope = rho / sp.sqrt(T), e / sp.sqrt(T)
    near = chain.equal(first.subs({epsilon: slope, eta: stepsize}) * sp.sqrt(T), rho / 2 * (1 - e / sp.sqrt(T)),
                       "in units of 1/sqrt T", hint="simplify")  # fmt: skip
    limit = chain.tends(near, rho / 2, T, "its limit", pins=[lambda l, right: (l / right, 1 - e / sp.sqrt(T))])
    chain.tends(sp.log(ratio), -2 * epsilon, epsilon, "ln r ~ -2 eps, so that r^(1/eta) -> exp(-2 e/rho)",
                direction="0+", hint="taylor", domains={epsilon: Domain(0, 1)},
                pins=[lambda l, _: (sp.exp(l), ratio),
                      lambda l, right: (right, sp.diff(l, epsilon).subs(epsilon, 0) * epsilon)])  # fmt: skip
    walled = rho / 2 - e / (sp.exp(2 * e / rho) - 1)
    chain.tends(walled.subs(e, rho * sp.log(y) / 2), rho / 2, y, "the wall is forgotten for large e, y = exp(2e/rho)",
                pins=[lambda l, right: ((right - l) * (y - 1) * 2 / rho, sp.log(y))])  # fmt: skip
    exponent = chain.equal(rho * sp.diff(sp.log(limit), rho), 1, "exponent of rho")
    late = chain.equal(limit.subs(rho, h_1 * rho), h_1 * rho / 2, "a schedule with h(1) = h_1 ends like the fixed one")
    in_T = loss.subs(n, 1 / eta).subs({eta: stepsize, epsilon: slope}) * sp.sqrt(T)
    chain.result(stationary_loss=loss.subs(n, 1 / eta), stationary_R=in_T, stationary_diffusion=walled, limit=limit,
                 exponent=exponent, limit_h1=late)  # fmt: skip
