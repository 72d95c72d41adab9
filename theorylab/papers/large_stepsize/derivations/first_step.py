"""Section 5.3: what a loss that does not rise in the first step says about the stepsize."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import MARGIN, S, eta, gamma, q, r, s, x, z
from theorylab.theory import Chain, Domain, Strength, derivation

a_i = sp.Symbol("a_i", real=True)  # z_i . xbar
y = sp.Symbol("y", real=True)
POINTS = sp.Matrix([gamma, s]), sp.Matrix([gamma, -s / 2])
HALF = sp.Rational(1, 2)
LIMITS = {q: HALF, r: sp.Rational(1, 10)}  # [quoted] Theorem 3's use of Lemma 14 on the pair
LARGEST = sp.Rational(1, 10)  # [quoted] the pair has 0 < gamma < 1/10


@derivation("L_1 <= L_0 forces eta <= 2 ln 2/(r q); the exact first-step root exceeds 2/lambda_max(H(0))")
def first_step(chain: Chain) -> None:
    """Lemma 14 [quoted], proved here; the exact condition and its comparison with 2/lambda_max [derived]."""
    lemma = _lemma(chain)
    values = _pair(chain, lemma)
    _convex(chain, values)
    _sharpness(chain, values)


def _lemma(chain):
    loss = sp.log(1 + sp.exp(-z))
    least = chain.at_least(
        loss.subs(z, -sp.log(x)), sp.log(x), "a point at the margin -ln x loses more than ln x", hint="exponentials",
        domains={x: Domain(0, sp.oo)}, pins=[lambda l, R: (l - R, sp.log(1 + 1 / x))],
    )  # fmt: skip
    after = q * least.subs(x, sp.exp(r * eta / 2))  # w_1 = eta xbar/2, so the margins are a_i eta/2 < -r eta/2
    before = loss.subs(z, 0)
    (largest,) = sp.solve(after - before, eta)
    lemma = chain.equal(largest, 2 * sp.log(2) / (r * q), "Lemma 14: q r eta/2 <= L_1 <= L_0 = ln 2")
    limit = chain.equal(lemma.subs(LIMITS), 40 * sp.log(2), "r = 1/10 and q = 1/2")
    chain.result(lemma14=lemma, pair_limit=limit)
    return lemma


def _pair(chain, lemma):
    mean = HALF * POINTS[0] + HALF * POINTS[1]
    first, second = (sp.expand(sp.expand(p.dot(mean)).subs(s, S)) for p in POINTS)
    chain.equal(first, (1 + 3 * gamma**2) / 4, "a_1 of the pair", domains=MARGIN)
    chain.equal(second, (9 * gamma**2 - 1) / 8, "a_2 of the pair", domains=MARGIN)
    chain.equal(HALF * first + HALF * second, mean.dot(mean).subs(s, S), "their mean is |xbar|^2", domains=MARGIN)
    (widest,) = (root for root in sp.solve(second + LIMITS[r], gamma) if root.is_positive)
    chain.at_most(
        second, -LIMITS[r], "Lemma 14 applies to the pair with r = 1/10", domains={gamma: Domain(0, widest)},
        contact=({gamma: widest},), hint="slack", pins=[lambda l, R: (l, POINTS[1].dot(mean).subs(s, S))],
    )  # fmt: skip
    chain.at_least(widest, LARGEST, "that covers gamma < 1/10", hint="slack",
                   pins=[lambda l, R: (second.subs(gamma, l), -LIMITS[r]), lambda l, R: (R, LARGEST)])  # fmt: skip
    chain.result(a_1=first, a_2=second)
    return first, second


def _convex(chain, values):
    """The function eta -> mean ln(1 + e^(-a_i eta/2)) - ln 2: convex, 0 at 0, falling at first."""
    term = sp.log(1 + sp.exp(-a_i * eta / 2))
    weight = 1 / (1 + sp.exp(a_i * eta / 2))
    chain.equal(sp.diff(term, eta, 2), a_i**2 / 4 * weight * (1 - weight), "second derivative of a term",
                domains={a_i: Domain(-1, 1), eta: Domain(0, 1000)}, hint="exp")  # fmt: skip
    g = sp.Symbol("g", positive=True)
    chain.at_least(
        a_i**2 / 4 * g * (1 - g),
        0,
        "with g in (0, 1): convex",
        hint="slack",
        contact=({a_i: 0},),
        domains={g: Domain(0, 1), x: Domain(0, 100)},
        pins=[lambda l, R: (l.subs(g, weight).subs(a_i, 2 * x / eta), (x / eta / 2 / sp.cosh(x / 2)) ** 2)],
    )
    condition = sum(HALF * term.subs(a_i, v) for v in values) - sp.log(2)
    chain.equal(condition.subs(eta, 0), 0, "zero at eta = 0")
    at_zero = sp.diff(condition, eta).subs(eta, 0)
    chain.equal(at_zero, -sum(HALF * v for v in values) / 4, "slope there -|xbar|^2/4")
    chain.at_most(at_zero, 0, "negative, so exactly one positive root", hint="slack",
                  pins=[lambda l, R: (-4 * l, sum(HALF * v for v in values)), lambda l, R: (R, 0)])  # fmt: skip
    chain.result(condition=condition)


def _sharpness(chain, values):
    split = sp.log(2) - y + sp.log(sp.cosh(y))
    near = {y: Domain(-100, 100)}
    chain.equal(sp.log(1 + sp.exp(-2 * y)), split, "loss of a margin 2y = a_i eta/2", domains=near,
                hint="exponentials of both sides")  # fmt: skip
    bump = chain.at_least(
        y**2 / 2,
        sp.log(sp.cosh(y)),
        "ln cosh y <= y^2/2",
        contact=({y: 0},),
        hint="convex",
        domains=near,
        pins=[lambda l, R: (sp.log(2) - y + R, split), lambda l, R: (2 * l, y**2)],
    )
    above = split.subs(bump, y**2 / 2) - sp.log(2)
    mean, square = (sum(HALF * v**k for v in values) for k in (1, 2))
    parabola = sum(HALF * above.subs(y, v * eta / 4) for v in values)
    (root,) = (e for e in sp.solve(sp.expand(parabola), eta) if e != 0)
    root = chain.equal(root, 8 * mean / square, "the parabola above the condition vanishes here: its root lies further",
                       pins=[lambda l, R: (parabola.subs(eta, l), 0)])  # fmt: skip

    hessian = sum((HALF * p * p.T for p in POINTS), sp.zeros(2)) / 4
    xbar = HALF * POINTS[0] + HALF * POINTS[1]
    chain.equal((xbar.T * hessian * xbar)[0].subs(s, S), square / 4, "<xbar, H(0) xbar> = mean a_i^2/4", domains=MARGIN)
    trace, det = sp.expand(hessian.trace().subs(s, S)), sp.expand(hessian.det().subs(s, S))
    quotient = square / (4 * mean)
    chain.equal(2 / quotient, root, "2 over the Rayleigh quotient of xbar is that root")
    chain.at_most(
        quotient**2 - trace * quotient + det, 0, "the quotient lies between the eigenvalues of H(0)", domains=MARGIN,
        contact=({gamma: 1}, {gamma: 0}), hint="slack",
        pins=[lambda l, R: (l, (hessian - quotient * sp.eye(2)).det().subs(s, S))],
    )  # fmt: skip
    largest = trace / 2 + sp.sqrt(sp.expand(trace**2 / 4 - det))
    chain.equal(largest**2 - trace * largest + det, 0, "lambda_max(H(0))", domains=MARGIN)
    chain.at_least(root, 2 / largest, "so the first-step root exceeds 2/lambda_max(H(0))",
                   domains={gamma: Domain(0, LARGEST)}, box={gamma: (0, LARGEST)},
                   contact=({gamma: 0},), expected=Strength.BOXED,
                   pins=[lambda l, R: (2 / l, quotient), lambda l, R: (R * largest, 2)])  # fmt: skip
    chain.result(lambda_max=largest, hessian_limit=2 / largest, root_above=root)
