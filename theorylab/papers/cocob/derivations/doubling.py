"""S9: gradients of one sign: wealth multiplies by nearly 1 + tanh 1 (Algorithm 1) or 2 (KT) a step."""

import sympy as sp

from theorylab.papers.cocob.derivations.betting import bet_from_potential
from theorylab.papers.cocob.derivations.kt import kt
from theorylab.papers.cocob.derivations.symbols import D, G, L, T, epsilon, t, theta, v, x
from theorylab.theory import Chain, Domain, Strength, derivation

n = sp.Symbol("n", positive=True, integer=True)
FULL = 1 + sp.tanh(1)
SHORT = {v: Domain(0, sp.Rational(1, 2))}
LATE = {T: Domain(1, 10**6)}


@derivation("Time to reach D: k ln D + 2(1-tanh 1) k ln t, k = 1/ln(1 + tanh 1) = 1.766")
def doubling(chain: Chain) -> None:
    """S9 [derived]: wealth after t gradients of size L and of one sign is eps times the product of the factors."""
    fraction = bet_from_potential()["fraction"].subs({theta: t * L, G: (t + 1) * L})
    fraction = chain.equal(fraction, sp.tanh(t / (t + 2)), "theta/(G+L) after t gradients", hint="simplify")
    factor = 1 + fraction
    full = chain.tends(factor, FULL, t, "the next factor of the wealth", pins=[
        lambda l, r: (l - 1, fraction), lambda l, r: (sp.exp(2), r / (2 - r))])  # fmt: skip
    lost = sp.log(full) - sp.log(factor.subs(t, 1 / v - 2))  # v = 1/(t+2)
    share = 2 * (1 - sp.tanh(1))
    lost = chain.equal(lost, sp.log(full) - sp.log(1 + sp.tanh(1 - 2 * v)), "what it misses, v = 1/(t+2)",
                       hint="cancel", domains=SHORT)  # fmt: skip
    chain.tends(lost, share * v, v, "to first order", direction="0+", domains=SHORT,
                pins=[lambda l, r: (l, lost), lambda l, r: (sp.diff(lost, v).subs(v, 0), r / v)])  # fmt: skip
    second = sp.simplify(sp.diff(lost, v, 2).subs(v, 0)) / 2
    chain.tends(lost - share * v, second * v**2, v, "and the rest can be summed up", direction="0+", domains=SHORT,
                pins=[lambda l, r: (lost - l, share * v), lambda l, r: (r, second * v**2)])  # fmt: skip
    whole = chain.tends(sp.harmonic(t), sp.log(t), t, "the sum of 1/s up to t, and that of v up to constants",
                        pins=[lambda l, r: (l, sp.harmonic(t)), lambda l, r: (sp.exp(r), t)],
                        domains={t: Domain(1, 10**6)})  # fmt: skip
    power = chain.equal(-share * whole / sp.log(t), -4 / (sp.exp(2) + 1),
                        "so wealth ~ C t^power (1 + tanh 1)^t with this power", hint="exp")  # fmt: skip
    rate = chain.equal(sp.log(full), 2 + sp.log(2) - sp.log(sp.exp(2) + 1), "ln(1 + tanh 1)",
                       hint="exponentials of both sides")  # fmt: skip
    # D L = tanh(..) wealth: ln D = rate t + power ln t + const
    (time,) = sp.solve(rate * t + power * sp.log(T) - sp.log(D), t)  # T stands for t in the slow logarithm
    k = chain.equal(sp.diff(time, D) * D, 1 / sp.log(FULL), "slope of the hitting time in ln D", domains=LATE,
                    pins=[lambda l, r: (1 / r, rate)])  # fmt: skip
    drift = chain.equal(sp.diff(time, T) * T, share * k, "and of its drift in ln t", hint="exp",
                        pins=[lambda l, r: (r, -power * k)])  # fmt: skip
    chain.result(factor=full, factor_at=factor, exponent=1 / sp.log(FULL), log_growth=sp.log(FULL), power=-share,
                 drift=drift)  # fmt: skip


@derivation("KT doubles its wealth: time to reach D is log2 D + (1/2) log2 t + const")
def kt_doubling(chain: Chain) -> None:
    """S9 [derived]: with coins 1 wealth is F_n(n)."""
    wealth = kt()["potential"].subs({T: n, x: n, epsilon: 1})
    over = chain.equal(wealth / 2**n, sp.gamma(n + sp.S.Half) / (sp.sqrt(sp.pi) * sp.gamma(n + 1)), "wealth over 2^n",
                       hint="gamma")  # fmt: skip
    square = chain.equal((over.subs(n, n + 1) / over) ** 2, ((2 * n + 1) / (2 * n + 2)) ** 2, "its square grows by",
                         hint="gamma")  # fmt: skip
    up = square * (n + 1) / n
    down = square * (n + 1 + sp.S.Half) / (n + sp.S.Half)
    chain.at_least(up, 1, "and times n it rises", hint="slack",
                   pins=[lambda l, r: (l * n / (n + 1), square), lambda l, r: (r, 1),
                         lambda l, r: (sp.expand(4 * n * (n + 1) * l), (2 * n + 1) ** 2)])  # fmt: skip
    chain.at_most(down, 1, "times n + 1/2 it falls: it is C/sqrt(n) (1 + O(1/n))", hint="slack",
                  pins=[lambda l, r: (l * (2 * n + 1) / (2 * n + 3), square), lambda l, r: (r, 1)])  # fmt: skip
    log_over = sp.loggamma(n + sp.S.Half) - sp.loggamma(n + 1) - sp.log(sp.pi) / 2
    chain.equal(sp.exp(log_over), over, "in logarithms", hint="gamma", domains={n: Domain(1, 1000, True)})
    law = chain.tends(
        sp.exp(log_over), 1 / sp.sqrt(sp.pi * n), n, "C = 1/sqrt(pi)",
        pins=[lambda l, r: (sp.log(l), log_over), lambda l, r: (r**2 * sp.pi, 1 / n)],
    )  # fmt: skip
    slow = sp.expand_log(sp.log(law.subs(n, T)), force=True)  # T stands for t again
    (time,) = sp.solve(t * sp.log(2) + slow - sp.log(D), t)
    exponent = chain.equal(sp.diff(time, D) * D * sp.log(2), 1, "slope of the hitting time in log2 D",
                           domains=LATE)  # fmt: skip
    drift = chain.equal(sp.diff(time, T) * T * sp.log(2), sp.S.Half, "and in log2 t", domains=LATE)
    chain.result(exponent=exponent, drift=drift, factor=sp.Integer(2), log_growth=sp.log(2))


@derivation("The step over D multiplies w by less than 1 + tanh 1, from the third iterate on")
def overshoot(chain: Chain) -> None:
    """[derived] w_t L/eps = tanh(p_t) prod_{s<t}(1 + tanh(p_s)), p_t = t/(t+2): w_{t+1}/w_t, and where it counts."""
    fraction = doubling()["factor_at"] - 1
    ratio = fraction.subs(t, t + 1) / fraction * (1 + fraction)
    in_v = chain.equal(sp.simplify(ratio.subs(t, 1 / v)),
                       sp.tanh((1 + v) / (1 + 3 * v)) * (1 + 1 / sp.tanh(1 / (1 + 2 * v))),
                       "w_{t+1}/w_t, v = 1/t", hint="simplify", domains={v: Domain(0, 1)},
                       pins=[lambda l, r: (l.subs(v, 1 / t), ratio)])  # fmt: skip
    chain.at_most(
        in_v, FULL, "below 1 + tanh 1 for t >= 2", domains=SHORT, contact=({v: 0},), expected=Strength.BOXED,
        box={v: (0, sp.Rational(1, 2))},
        pins=[lambda l, r: (l.subs(v, 1 / t), ratio), lambda l, r: (l.subs(v, 0), r)],
    )  # fmt: skip
    second = sp.tanh(sp.S.Half) * (1 + sp.tanh(sp.Rational(1, 3)))
    chain.at_most(
        second, 1, "from D = eps/L on the step over D starts at w_2 or later", hint="slack",
        pins=[lambda l, r: (l, fraction.subs(t, 2) * (1 + fraction.subs(t, 1))), lambda l, r: (r, 1)],
    )  # fmt: skip
    early = ratio.subs(t, 1)
    chain.at_least(early, FULL, "not so for w_2/w_1: smaller D can be passed by more", hint="slack",
                   pins=[lambda l, r: (l * fraction.subs(t, 1), second), lambda l, r: (r, FULL)])  # fmt: skip
    chain.result(bound=FULL, ratio=ratio, early_ratio=early, first=fraction.subs(t, 1), second=second)
