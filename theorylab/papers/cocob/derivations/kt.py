"""S5, 5.5: the bettor of Krichevsky and Trofimov: potential, its lower bound for every T, regret."""

import sympy as sp

from theorylab.papers.cocob.derivations.conjugate import conjugate
from theorylab.papers.cocob.derivations.regret import dual_regret
from theorylab.papers.cocob.derivations.symbols import T, W, a, b, c, epsilon, theta, u, v, w, x, y, z
from theorylab.theory import Chain, Domain, Strength, derivation

n = sp.Symbol("n", positive=True, integer=True)
r = sp.Symbol("r", real=True)  # x/T
F = epsilon * 2**T * sp.gamma((T + 1 + x) / 2) * sp.gamma((T + 1 - x) / 2) / (sp.pi * sp.gamma(T + 1))  # [quoted]
LOG_F = (sp.log(epsilon) + T * sp.log(2) - sp.log(sp.pi) + sp.loggamma((T + 1 + x) / 2)
         + sp.loggamma((T + 1 - x) / 2) - sp.loggamma(T + 1))  # fmt: skip
QUOTED_LOG = sp.log(epsilon) + x**2 / (2 * T) - sp.log(T) / 2 - sp.log(sp.E * sp.sqrt(sp.pi))  # [quoted]
CONSTANT = sp.Integer(24)  # [quoted]
BETWEEN = (1 - w) / (1 + w)  # any number of (-1, 1)
INSIDE = {n: Domain(1, 300, integer=True), x: Domain(-n, n), c: Domain(-1, 1)}


@derivation("KT: wealth F_T(x) >= eps e^(x^2/2T)/(2 sqrt T); regret <= |u| sqrt(T ln(1+24 T^2u^2/eps^2)) + eps")
def kt(chain: Chain) -> None:
    """S5, 5.5: statements [quoted], proofs [derived]. Coins are -g; x is their sum."""
    chain.equal(F.subs({T: 0, x: 0}), epsilon, "F_0(0): before the first coin")
    _coins(chain)
    _constant_coin(chain)
    best = _best_fraction(chain)
    sharp = _lower(chain, best)
    _regret(chain, sharp)
    chain.result(potential=F, log_potential=LOG_F, log_lower=QUOTED_LOG, log_lower_sharp=sharp, fraction=x / T,
                 log_best=best, best_share=1 / (2 * sp.sqrt(T)))  # fmt: skip


def _coins(chain):
    """(1 + c x/t) F_{t-1}(x) = F_t(x+c) for c = +-1, and >= in between."""
    now, before = F.subs(T, n), F.subs(T, n - 1)
    for coin in (1, -1):
        chain.equal(now.subs(x, x + coin) / before, 1 + coin * x / n, f"what a coin {coin} multiplies the wealth by",
                    hint="gamma", domains=INSIDE)  # fmt: skip
    chord = (1 + c) / 2 * now.subs(x, x + 1) + (1 - c) / 2 * now.subs(x, x - 1)
    chain.equal(chord / before, 1 + c * x / n, "wealth after a coin c lies on the chord", hint="gamma", domains=INSIDE)
    # F_n(x+c) is an integral of e^(c ln(s/(1-s))/2) times something positive (Euler's beta function)
    chain.at_most(
        z ** (w / (1 + w)), (w * z + 1) / (1 + w),
        "e^(c y) lies below its chord on [-1,1]: (1+c)/2 = w/(1+w), e^(2y) = z, over e^-y", hint="convex",
        contact=({z: 1},), domains={w: Domain(0, 100)},
        pins=[lambda l, rhs: (l ** (1 + w), z**w), lambda l, rhs: (rhs * (1 + w) - 1, w * z)],
    )  # fmt: skip
    at = {x: n * BETWEEN, c: (1 - z) / (1 + z)}
    chain.at_most(
        now.subs(x, x + c).subs(at), (before * (1 + c * x / n)).subs(at),
        "so F_n(x+c) lies below it: wealth >= F_n for all |c| <= 1; c = (1-z)/(1+z), x = n (1-w)/(1+w)",
        contact=({z: 0},), expected=Strength.TESTED,
        pins=[lambda l, rhs: (l, now.subs(x, x + c).subs(at)), lambda l, rhs: (rhs, chord.subs(at))],
    )  # fmt: skip


def _constant_coin(chain):
    """Wealth of KT and of the best fixed fraction, 1, on a coin v in (0,1) that never changes."""
    power = 1 / (1 + v**2)
    wealth = (1 + v**2) ** n * sp.gamma(n + power) / (sp.gamma(power) * sp.gamma(n + 1))
    fair = {v: Domain(0, 1)}
    chain.equal(wealth.subs(n, n + 1) / wealth, 1 + v * (v * n / (n + 1)), "a constant coin v: fraction v n/(n+1)",
                hint="gamma", domains=fair | {n: Domain(1, 300, integer=True)})  # fmt: skip
    chain.equal(wealth.subs(n, 1), 1, "after one coin nothing was bet", hint="gamma", domains=fair)
    chain.at_least(1 + v, 1 + v**2, "betting all grows faster, by more than any power of n", domains=fair, hint="slack",
                   contact=({v: 1},),
                   pins=[lambda l, rhs: (l - 1, v), lambda l, rhs: (rhs - 1, v * (l - 1))])  # fmt: skip
    log_wealth = T * sp.log(1 + v**2) + sp.loggamma(T + power) - sp.loggamma(power) - sp.loggamma(T + 1)
    chain.result(constant_log_wealth=log_wealth, constant_log_best=T * sp.log(1 + v))


def _best_fraction(chain):
    """Best fixed fraction of n coins +-1 with the sum n r: it bets r, and (1+r)^((n+x)/2) (1-r)^((n-x)/2) results."""
    growth = (1 + r) / 2 * sp.log(1 + v) + (1 - r) / 2 * sp.log(1 - v)
    inside = {r: Domain(-1, 1), v: Domain(0, 1)}
    chain.equal(sp.diff(growth, v).subs(v, r), 0, "ln wealth a coin is stationary where the fraction is r",
                domains=inside, hint="cancel")  # fmt: skip
    bend = chain.equal(sp.diff(growth, v, 2), -(1 + r) / (2 * (1 + v) ** 2) - (1 - r) / (2 * (1 - v) ** 2),
                       "its second derivative", domains=inside)  # fmt: skip
    chain.at_most(bend, 0, "is not positive", domains=inside, hint="slack",
                  pins=[lambda l, rhs: (l, sp.diff(growth, v, 2)), lambda l, rhs: (rhs, 0)])  # fmt: skip
    best = growth.subs(v, r)
    chain.at_least(
        best, r**2 / 2, "Pinsker: the best growth is at least r^2/2", domains=inside, contact=({r: 0},), hint="convex",
        pins=[lambda l, rhs: (l, growth.subs(v, r)), lambda l, rhs: (2 * rhs, r**2)],
    )  # fmt: skip
    return (T * best).subs(r, x / T)


def _lower(chain, best):
    """ln F - ln best is concave in x, hence least at x = +-T, where its square times n rises."""
    k = sp.Symbol("k", positive=True)  # j + heads + 1/2
    chain.at_most(
        1 / k**2, 1 / (k - sp.S.Half) - 1 / (k + sp.S.Half), "terms of psi'(a+1/2) = sum 1/(j+a+1/2)^2 telescope",
        domains={k: Domain(sp.S.Half, sp.oo)}, hint="slack",
        pins=[lambda l, rhs: (l * k**2, 1), lambda l, rhs: (1 / rhs, k**2 - sp.Rational(1, 4))],
    )  # fmt: skip
    chain.equal((1 / (k - sp.S.Half)).subs(k, a + sp.S.Half), 1 / a,
                "psi'(a+1/2) <= 1/a: ln Gamma(a+1/2) - a ln a is concave, a heads or tails")  # fmt: skip
    heads = sp.expand_log((best.subs(x, 2 * a - T) - T * sp.log(2 / T)).subs(T, a + b), force=True)
    chain.equal(heads, a * sp.log(a) + b * sp.log(b), "ln best is a ln a + b ln b + n ln(2/n)", hint="logs",
                pins=[lambda l, rhs: (sp.exp(rhs / a).subs(b, a), a**2)],
                domains={a: Domain(0, 100), b: Domain(0, 100)})  # fmt: skip
    end = (F / epsilon).subs({T: n, x: n}) / 2**n  # best = 2^n there
    end = chain.equal(end, sp.gamma(n + sp.S.Half) / (sp.sqrt(sp.pi) * sp.gamma(n + 1)), "F/best for coins of one sign",
                      hint="gamma")  # fmt: skip
    square = chain.equal((end.subs(n, n + 1) / end) ** 2, ((2 * n + 1) / (2 * n + 2)) ** 2, "its square grows by this",
                         hint="gamma")  # fmt: skip
    rises = square * (n + 1) / n
    chain.at_least(rises, 1, "and times n it rises", hint="slack",
                   pins=[lambda l, rhs: (sp.expand(4 * n * (n + 1) * l), (2 * n + 1) ** 2),
                         lambda l, rhs: (rhs, 1)])  # fmt: skip
    share = chain.equal((end * sp.sqrt(n)).subs(n, 1), sp.S.Half, "from this: F >= best/(2 sqrt n) for all n >= 1")
    room = chain.at_least(sp.E * sp.sqrt(sp.pi), 1 / share, "which is more than best/(e sqrt(pi n))", hint="slack",
                          pins=[lambda l, rhs: (l**2, sp.E**2 * sp.pi), lambda l, rhs: (rhs, 1 / share)])  # fmt: skip
    sharp = sp.log(epsilon) + x**2 / (2 * T) - sp.log(T) / 2 - sp.log(room)
    at = {T: n, x: n * BETWEEN}
    chain.at_least(
        F.subs(at), sp.exp(sharp.subs(at)), "with Pinsker: F >= eps e^(x^2/2n)/(2 sqrt n); x = n (1-w)/(1+w)",
        expected=Strength.TESTED,
        pins=[lambda l, rhs: (sp.log(l), LOG_F.subs(at)), lambda l, rhs: (sp.log(rhs), sharp.subs(at)),
              lambda l, rhs: (2 * sp.sqrt(n) * rhs.subs(w, 1), epsilon)],
    )  # fmt: skip
    return sharp


def _regret(chain, sharp):
    forms = {}
    for name, log_lower in (("quoted", QUOTED_LOG), ("sharp", sharp)):
        at = {a: T, b: sp.simplify(sp.exp(log_lower.subs(x, 0)))}
        simple, lambert = dual_regret(chain, sp.exp(log_lower.subs(x, theta)), at)
        forms[name] = simple, lambert, sp.simplify(conjugate()["argument"].subs(at).subs(y, u)), at[b]
    simple, lambert, argument, least = forms["quoted"]
    constant = chain.equal(argument * epsilon**2 / (T**2 * u**2), sp.E**2 * sp.pi, "a u^2/b^2 = e^2 pi T^2 u^2/eps^2",
                           hint="simplify")  # fmt: skip
    chain.at_most(constant, CONSTANT, "rounded up", hint="slack",
                  pins=[lambda l, rhs: (sp.log(l / sp.pi), 2), lambda l, rhs: (rhs, CONSTANT)])  # fmt: skip
    tail = epsilon - least
    printed = u * sp.sqrt(T * sp.log(1 + CONSTANT * T**2 * u**2 / epsilon**2)) + tail
    exact = chain.equal(simple, u * sp.sqrt(T * sp.log(1 + constant * T**2 * u**2 / epsilon**2)) + tail,
                        "regret before rounding", hint="powers")  # fmt: skip
    chain.equal(tail, epsilon * (1 - 1 / (sp.E * sp.sqrt(sp.pi * T))), "the term of eps", hint="powers")
    at_W = {u: epsilon / (T * sp.sqrt(constant)) * sp.sqrt(W) * sp.exp(W / 2)}
    in_W = u * sp.sqrt(T) * (sp.sqrt(W) - 1 / sp.sqrt(W)) + epsilon
    chain.equal(lambert, in_W.subs(at_W), "the Lambert form, W e^W = e^2 pi T^2 u^2/eps^2", hint="powers",
                domains={W: Domain(0, 50)}, pins=[lambda l, rhs: (argument.subs(at_W), W * sp.exp(W))])  # fmt: skip
    sharper = chain.equal(forms["sharp"][0], u * sp.sqrt(T * sp.log(1 + 4 * T**2 * u**2 / epsilon**2))
                        + epsilon * (1 - 1 / (2 * sp.sqrt(T))), "and 4 in the place of 24", hint="powers")  # fmt: skip
    chain.result(regret=printed, regret_exact=exact, regret_sharp=sharper, regret_without_u=(printed - tail) / u + tail,
                 regret_lambert=in_W.subs(W, sp.LambertW(argument)), regret_lambert_in_W=lambert,
                 lambert_argument=argument, constant=constant, printed_constant=CONSTANT)  # fmt: skip
