"""The length tau of the oscillating phase: the printed bound follows from the mean of G, for every eta and n."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.eos import norm_lemmas
from theorylab.papers.large_stepsize.derivations.symbols import eta, gamma, n, t, x
from theorylab.theory import Chain, Domain, derivation

M = sp.Symbol("M", positive=True)  # the maximum in tau
r = sp.Symbol("r", positive=True)  # (eta + n)/eta
v = sp.Symbol("v", positive=True)  # ln r
k = sp.Symbol("k", positive=True)  # M/(r ln r)
y = sp.Symbol("y", positive=True)
z = sp.Symbol("z", positive=True)
log_eta = sp.Symbol("log_eta", real=True)
ONE_AND_MORE = Domain(1, sp.oo)

RATIO = (eta + n) / eta
MAXIMUM = sp.Max(eta, n, sp.E, RATIO * sp.log(RATIO))
QUOTED_TAU = 60 * MAXIMUM / gamma**2  # Theorem 1 as printed


@derivation("Oscillations end by tau = (60/gamma^2) max{eta, n, e, ((eta+n)/eta) ln((eta+n)/eta)}")
def transition(chain: Chain) -> None:
    """Theorem 1 [quoted]; this proof covers every eta > 0 and n > 0 and leaves room in the constant [derived]."""
    potential = norm_lemmas()["potential_bound"]
    direct = 1 / (2 * sp.Max(eta, n))
    _enough(chain, direct)
    sufficient = _sufficient(chain, potential, direct)
    _printed(chain, sufficient)
    tau = QUOTED_TAU
    chain.result(
        tau=tau,
        direct_lhs=potential,
        direct_rhs=direct,
        sufficient_lhs=sufficient,
        tau_terms=sp.Tuple(*(term * tau / MAXIMUM for term in sorted(MAXIMUM.args, key=str))),
        tau_n_free=sp.Max(*(term for term in MAXIMUM.args if not term.has(n))) * tau / MAXIMUM,
    )


def _enough(chain, direct):
    """Some G <= min(1/(2 eta), 1/(2n)) makes every margin nonnegative and then F <= min(1/eta, 1/n)."""
    # in y = e^|margin|: a wrong point has y/(1 + y) in G, with weight at least 1/n
    chain.at_least(
        y / (1 + y), sp.Rational(1, 2), "a point with negative margin adds more than 1/(2n) to G",
        domains={y: ONE_AND_MORE}, contact=({y: 1},), hint="slack",
        pins=[lambda l, r_: (l.subs(y, sp.exp(z)), 1 / (1 + sp.exp(-z)))],
    )  # fmt: skip
    chain.at_most(
        1 / y, 2 / (1 + y), "where no margin is negative F <= 2G",
        domains={y: ONE_AND_MORE}, contact=({y: 1},), hint="slack",
        pins=[lambda l, r_: (l.subs(y, sp.exp(z)), sp.exp(-z)),
              lambda l, r_: (r_.subs(y, sp.exp(z)), 2 / (1 + sp.exp(z)))],
    )  # fmt: skip
    chain.at_most(
        y / (1 + y), sp.log(1 + y), "G <= L, in y = e^-(margin)",
        domains={y: Domain(0, sp.oo)}, contact=({y: 0},), hint="monotone",
        pins=[lambda l, r_: (l, y * sp.diff(r_, y)), lambda l, r_: (l, 1 - 1 / sp.exp(r_))],
    )  # fmt: skip
    chain.at_most(
        sp.log(1 + y), y, "L <= F", domains={y: Domain(0, sp.oo)}, contact=({y: 0},), hint="monotone",
        pins=[lambda l, r_: (sp.exp(l), 1 + r_)],
    )  # fmt: skip
    chain.equal(
        2 * direct, 1 / sp.Max(eta, n), "so G <= min(1/(2 eta), 1/(2n)) gives L <= F <= min(1/eta, 1/n)",
        pins=[lambda l, r_: (r_.subs(eta, n + z), 1 / (n + z)), lambda l, r_: (r_.subs(n, eta + z), 1 / (eta + z))],
    )  # fmt: skip


def _sufficient(chain, potential, direct):
    """The mean of G over tau = x/gamma^2 steps, with ln eta replaced by eta, against 1/(2(eta + n))."""
    mean = potential.subs(t, x / gamma**2).subs(sp.log(eta * x), sp.log(x) + log_eta)
    chain.equal(mean.subs(log_eta, sp.log(eta)), potential.subs(t, x / gamma**2), "mean of G over x/gamma^2 steps",
                hint="logs")  # fmt: skip
    chain.at_most(sp.log(eta), eta - 1, "ln eta <= eta - 1", contact=({eta: 1},), domains={eta: Domain(0, sp.oo)},
                  hint="convex", pins=[lambda l, r_: (sp.diff(l, eta).subs(eta, 1), sp.diff(r_, eta))])  # fmt: skip
    bound = chain.at_most(
        mean.subs(log_eta, eta - 1), (sp.sqrt(2) + 2 * sp.log(x) + 3 * eta) / (eta * x),
        "so the mean of G is at most this", hint="slack",
        pins=[lambda l, r_: (r_, mean.subs(log_eta, eta)), lambda l, r_: (l + 2 / (eta * x), r_)],
    )  # fmt: skip
    chain.at_least(
        direct.subs(eta, n + z), 1 / (2 * (eta + n)).subs(eta, n + z),
        "min(1/(2 eta), 1/(2n)) >= 1/(2(eta + n)), eta >= n", hint="slack",
        pins=[lambda l, r_: (1 / l + 2 * n, 1 / r_)],
    )  # fmt: skip
    chain.at_least(
        direct.subs(n, eta + z), 1 / (2 * (eta + n)).subs(n, eta + z), "and for n >= eta",
        hint="slack", pins=[lambda l, r_: (1 / l + 2 * eta, 1 / r_)],
    )  # fmt: skip
    chain.at_least(
        -eta * x**2 * sp.diff(bound, x), 3 * eta + sp.sqrt(2),
        "beyond x = e the bound falls in x", domains={x: Domain(sp.E, sp.oo)}, contact=({x: sp.E},), hint="monotone",
        pins=[lambda l, r_: (l, eta * x * bound - 2)],
    )  # fmt: skip
    return bound


def _printed(chain, sufficient):
    """At x = 60 M each part of eta x bound(x), times 2 r, is a share of M; the shares sum to less than 60."""
    x_printed = chain.equal(gamma**2 * QUOTED_TAU, 60 * MAXIMUM, "x = gamma^2 tau, tau as printed")
    share = x_printed / MAXIMUM
    need = sp.expand(2 * r * sufficient * eta * x)  # must not exceed x
    chain.equal((need / x).subs(r, RATIO), sufficient / (1 / (2 * (eta + n))), "the condition over its right-hand side",
                hint="cancel")  # fmt: skip
    chain.at_least(
        r * sp.log(r), r - 1, "r ln r >= r - 1, so lambda = eta x >= 60 n >= 1, as Lemma 9 wants",
        domains={r: ONE_AND_MORE}, contact=({r: 1},), hint="monotone",
        pins=[lambda l, r_: ((l * share * eta).subs(r, RATIO), share * eta * RATIO * sp.log(RATIO)),
              lambda l, r_: ((r_ * share * eta).subs(r, RATIO), share * n)],
    )  # fmt: skip
    # r <= M, by M >= e or by M >= r ln r
    chain.at_least((r * sp.log(r)).subs(r, sp.exp(1 + y)), sp.exp(1 + y), "r <= r ln r beyond r = e, so r <= M",
                   contact=({y: 0},), hint="slack", pins=[lambda l, r_: (l, r_ * sp.log(r_))])  # fmt: skip
    # r ln M <= (1 + 1/e) M: r <= e
    chain.at_most(
        sp.log(z), z / sp.E, "ln M <= M/e, so r ln M <= M where r <= e",
        contact=({z: sp.E},), domains={z: Domain(0, sp.oo)}, hint="convex",
        pins=[lambda l, r_: (sp.diff(l, z).subs(z, sp.E), sp.diff(r_, z))],
    )  # fmt: skip
    # r >= e: r = e^v, M = k v e^v with k, v >= 1
    chain.at_most(sp.log(k), k - 1, "ln k <= k - 1", contact=({k: 1},), domains={k: Domain(0, sp.oo)}, hint="convex",
                  pins=[lambda l, r_: (sp.diff(l, k).subs(k, 1), sp.diff(r_, k))])  # fmt: skip
    log_M = sp.log(k) + sp.log(v) + v
    chain.equal(log_M, sp.log(k * v * sp.exp(v)), "ln M where r = e^v, M = k r ln r", hint="logs")
    simple = log_M.subs({sp.log(k): k - 1, sp.log(v): v / sp.E})
    ratio = chain.at_most(
        simple / (k * v), 1 + 1 / sp.E, "r ln M <= (1 + 1/e) M where r >= e",
        domains={k: ONE_AND_MORE, v: ONE_AND_MORE}, contact=({k: 1},), hint="slack",
        pins=[lambda l, r_: (l.subs({k: 1, v: sp.E}), (log_M / (k * v)).subs({k: 1, v: sp.E})),
              lambda l, r_: (l * k * v, simple)],
    )  # fmt: skip
    product, total = sp.symbols("product total", positive=True)  # r ln M, and r eta = eta + n
    parts = sp.expand(need.subs(sp.log(x), sp.log(share) + sp.log(M))).subs({r * sp.log(M): product, eta * r: total})
    chain.equal(parts.subs({product: r * sp.log(M), total: eta * r}), need.subs(x, share * M),
                "what x = 60 M must exceed", hint="logs")  # fmt: skip
    most = {r: M, product: ratio * M, total: 2 * M}
    needed = chain.at_most(
        parts, sp.expand(parts.subs(most)), "all parts at their largest", contact=(most,), hint="slack",
        domains={r: Domain(0, M), product: Domain(0, ratio * M), total: Domain(0, 2 * M)},
    )  # fmt: skip
    coefficient = sp.expand(needed / M)
    chain.at_most(coefficient, share, "their sum is less than 60 M, whatever eta and n",
                  pins=[lambda l, r_: (l, 12 + 2 * sp.sqrt(2) + 4 * sp.log(r_) + 4 * ratio),
                        lambda l, r_: (r_ * MAXIMUM, x_printed)])  # fmt: skip
    chain.result(needed_constant=coefficient)
