"""Corollary 2: the stepsize gamma^2 T/120 for a budget T, its bound of order T^-2 log^2 T, and that bound's slope."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.rates import inverse_increment
from theorylab.papers.large_stepsize.derivations.stable import stable_phase
from theorylab.papers.large_stepsize.derivations.symbols import F, T, X, eta, gamma, l, n, x
from theorylab.papers.large_stepsize.derivations.transition import transition
from theorylab.theory import Chain, Domain, derivation

C = sp.Symbol("C", positive=True)
r = sp.Symbol("r", positive=True)  # (eta + n)/eta
BUDGET = gamma**4 * T**2  # X

QUOTED_ETA = gamma**2 * T / 120
QUOTED_T_MIN = 120 * sp.Max(sp.E, n) / gamma**2
QUOTED_SHARPER = 240 * (2 + sp.log(X / 240) ** 2) / X
QUOTED_PRINTED = 480 * sp.log(X) ** 2 / X


@derivation("Corollary 2: eta = gamma^2 T/120 ends the oscillations by T/2 and L_T <= 480 ln^2(X)/X, X = gamma^4 T^2")
def corollary2(chain: Chain) -> None:
    """Corollary 2 [quoted]; the balance that returns its stepsize and the slope of its bound [derived]."""
    eta_star, loss_star = _balance(chain)
    _transition_by_half(chain, eta_star)
    sharper, printed = _bounds(chain, eta_star)
    _slopes(chain, sharper, printed)
    law = chain.law(
        printed.subs(X, BUDGET), T, "law of the printed bound",
        pins=[lambda l_, r_: (l_ * BUDGET, 480 * sp.log(BUDGET) ** 2)],
    )  # fmt: skip
    sharp = chain.law(sharper.subs(X, BUDGET), T, "law of the sharper bound",
                      pins=[lambda l_, r_: (l_, QUOTED_SHARPER.subs(X, BUDGET)),
                            lambda l_, r_: (2 * r_, law.expr)])  # fmt: skip
    data = inverse_increment()["loss_law"]
    measured = chain.law(
        data.expr.subs(data.variable, T).subs(eta, eta_star), T, "law of the loss itself with this stepsize, by D1",
        pins=[lambda l_, r_: (1 / r_, gamma**2 * eta_star * T), lambda l_, r_: (2 * r_, loss_star)],
    )  # fmt: skip
    chain.result(
        eta_star=eta_star, T_min=QUOTED_T_MIN, loss_star=loss_star, sharper=sharper, printed=printed,
        sharper_T=sharper.subs(X, BUDGET), printed_T=printed.subs(X, BUDGET), printed_law=law, sharper_law=sharp,
        loss_law=measured, exponent=-measured.power,
    )  # fmt: skip


def _terms():
    """The four terms of tau, by name."""
    terms = dict.fromkeys(("eta", "n", "e", "ratio"))
    for term in transition()["tau_terms"]:
        name = "ratio" if term.has(sp.log) else "n" if term.has(n) else "eta" if term.has(eta) else "e"
        terms[name] = term
    return terms


def _balance(chain):
    """1/(gamma^2 eta (T - C eta/gamma^2)): the loss after oscillations of length C eta/gamma^2."""
    rate = inverse_increment()["increment"]
    reached = rate * (T - C * eta / gamma**2)  # 1/L_T
    (best,) = sp.solve(sp.diff(reached, eta), eta)
    chain.equal(best, gamma**2 * T / (2 * C), "the best stepsize for the budget T")
    largest = chain.at_most(
        reached, reached.subs(eta, best), "no stepsize gives a larger 1/L_T", contact=({eta: best},), hint="slack",
        pins=[lambda l_, r_: (l_, rate * T - C * eta**2), lambda l_, r_: (r_, gamma**4 * T**2 / (4 * C))],
    )  # fmt: skip
    loss = chain.equal(1 / largest, 4 * C / (gamma**4 * T**2), "and the loss there")
    constant = chain.equal(gamma**2 * _terms()["eta"] / eta, 60, "C of tau")
    star = chain.equal(best.subs(C, constant), QUOTED_ETA, "the printed stepsize")
    return star, loss.subs(C, constant)


def _transition_by_half(chain, eta_star):
    terms, half = _terms(), T / 2
    chain.equal(terms["eta"].subs(eta, eta_star), half, "the first term of tau is T/2")
    limit = QUOTED_T_MIN  # its maximum is n from n = e on
    for name, least in (("n", limit.subs(n, sp.E + n).subs(n, n - sp.E)), ("e", limit.subs(n, sp.E))):
        chain.equal(least, 2 * terms[name], f"T is at least twice the term of {name}")
    chain.equal(eta_star.subs(T, limit), sp.Max(sp.E, n), "eta is at least max(e, n)")
    ratio = terms["ratio"].subs(n, (r - 1) * eta)
    last = chain.at_most(
        sp.simplify(ratio), ratio.subs(r, 2), "n <= eta: the last term of tau is at most 120 ln 2/gamma^2",
        domains={r: Domain(1, 2)}, contact=({r: 2},), hint="monotone",
        pins=[lambda l_, r_: (l_.subs(r, (eta + n) / eta), terms["ratio"])],
    )  # fmt: skip
    chain.at_most(last, terms["e"], "which is below the term of e", hint="slack",
                  pins=[lambda l_, r_: (l_, 120 * sp.log(2) / gamma**2),
                        lambda l_, r_: (2 * r_, QUOTED_T_MIN.subs(n, sp.E))])  # fmt: skip


def _bounds(chain, eta_star):
    stable = stable_phase()["stable_bound"].subs(F, 1)  # F(w_s) <= 1/n
    chain.at_most(
        sp.expand(x**2 * sp.diff(stable, x)).subs(sp.log(x), l), -1,
        "the stable bound falls in x, so s = T/2 is the worst case", contact=({l: 1},), hint="slack",
        pins=[lambda l_, r_: (sp.diff(l_, l, 2), -2), lambda l_, r_: (l_.subs(l, 0), 2 * r_)],
    )  # fmt: skip
    worst = chain.equal((gamma**2 * eta * (T / 2)).subs(eta, eta_star), BUDGET / 240, "x from T/2 to T")
    sharper = chain.equal(stable.subs(x, worst.subs(gamma, X ** sp.Rational(1, 4) / sp.sqrt(T))), QUOTED_SHARPER,
                          "the sharper bound, in X = gamma^4 T^2", hint="powers")  # fmt: skip
    least = BUDGET.subs(T, QUOTED_T_MIN.subs(n, sp.E))
    start = chain.equal(sp.log(least / 240), 2 + sp.log(60), "ln(X/240) is at least", hint="logs")
    lower = chain.at_least(start, 2, "so that l below lies in its domain",
                           pins=[lambda l_, r_: (240 * sp.exp(l_), least), lambda l_, r_: (r_, 2)])  # fmt: skip
    in_l = {X: 240 * sp.exp(l)}
    chain.at_most(
        sp.simplify(sharper.subs(in_l) * X.subs(in_l)), 480 * (l + sp.log(240)) ** 2,
        "l = ln(X/240) >= 2 + ln 60: the printed bound is weaker",
        domains={l: Domain(lower, sp.oo)}, hint="slack",
        pins=[lambda l_, r_: (l_.subs(l, sp.log(X / 240)), sharper * X),
              lambda l_, r_: (r_.subs(l, sp.log(X / 240)), QUOTED_PRINTED * X)],
    )  # fmt: skip
    return sharper, QUOTED_PRINTED


def _slopes(chain, sharper, printed):
    """Slope of ln(bound) in ln T: X is of order 2 in T."""
    order = chain.equal(T * sp.diff(BUDGET, T) / BUDGET, 2, "order of X in T")
    slope = chain.equal(order * X * sp.diff(printed, X) / printed, -2 + 4 / sp.log(X),
                        "local slope of the printed bound in ln T", hint="simplify")  # fmt: skip
    chain.tends(slope, -2, X, "it tends to the power of the law", pins=[lambda l_, r_: (l_ - r_, 4 / sp.log(X))])
    log = sp.log(X / 240)
    sharp = chain.equal(order * X * sp.diff(sharper, X) / sharper, -2 + 4 * log / (2 + log**2),
                        "local slope of the sharper bound", hint="simplify")  # fmt: skip
    at = {f"slope_1e{k}": slope.subs(X, sp.Integer(10) ** k) for k in (4, 6, 8)}
    chain.result(local_slope=slope, sharper_slope=sharp, **at)
