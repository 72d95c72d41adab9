"""Section 5.4: the bounds of Theorem 4 and Lemma 17 for one-pass SGD, and what they say about the stepsize."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import MARGIN, c, delta, eta, gamma, lam, t, x, z
from theorylab.theory import Chain, Domain, Rate, derivation, substitute

B = sp.sqrt(2) + 2 * sp.log(lam) + eta  # [quoted] Lemmas 8, 9 and 17
LOSS_SURELY = (1 + sp.log(lam) ** 2 + eta**2 / 4) / lam  # [quoted] Lemma 17
NORM_SURELY = B / gamma  # [quoted] Lemma 17
RANGE = (3 + 2 * sp.log(lam) + eta) / gamma  # [quoted] factor of Theorem 4's deviation
POPULATION_LOSS = (2 + 2 * sp.log(lam) ** 2 + eta**2 / 2) / lam + RANGE * 18 * sp.log(1 / delta) / t  # [quoted]
ERROR = 4 * B / lam + 36 * sp.log(1 / delta) / t  # [quoted] Theorem 4
LAM = gamma**2 * eta * t
GROWN = {lam: Domain(1, sp.oo)}
SURE = {delta: Domain(0, 1)}


@derivation("One-pass SGD: the sure bounds, mistakes, and a loss bound that is best at eta of order ln t")
def sgd_bounds(chain: Chain) -> None:
    """Theorem 4, Lemma 17 [quoted]; the mistakes, the ordering and the best constant [derived]."""
    _population(chain)
    _mistakes(chain)
    _stepsizes(chain)


def _population(chain):
    noise = 18 * sp.log(1 / delta) / t
    chain.equal(POPULATION_LOSS, 2 * LOSS_SURELY + RANGE * noise, "Theorem 4: twice the sure average plus a deviation")
    chain.equal(ERROR, 2 * (2 * B / lam + noise), "and likewise for the error, at most 2G with 2G <= 2")
    chain.at_least(
        RANGE, sp.log(2) + NORM_SURELY, "the deviation's factor covers the range ln 2 + |w| of the loss",
        domains=MARGIN | GROWN, hint="slack", pins=[lambda l, r: (l - r + sp.log(2), (3 - sp.sqrt(2)) / gamma)],
    )  # fmt: skip
    chain.result(loss_surely=LOSS_SURELY.subs(lam, LAM), norm_surely=NORM_SURELY.subs(lam, LAM),
                 population_loss=POPULATION_LOSS.subs(lam, LAM), error=ERROR.subs(lam, LAM))  # fmt: skip


def _mistakes(chain):
    potential, count = 1 / (1 + sp.exp(-x)), sp.Symbol("M", positive=True)
    least = chain.at_least(potential, sp.Rational(1, 2), "a mistake, margin -x <= 0, has G >= 1/2", contact=({x: 0},),
                           domains={x: Domain(0, sp.oo)}, hint="monotone",
                           pins=[lambda l, r: (l, -sp.diff(sp.log(1 + sp.exp(-z)), z).subs(z, -x)),
                                 lambda l, r: (r, l.subs(x, 0))])  # fmt: skip
    average = B / lam  # [quoted] Lemma 17: average of G
    (mistakes,) = sp.solve(count * least / t - average, count)
    mistakes = mistakes.subs(lam, LAM)
    mistakes = chain.equal(mistakes, 2 * B.subs(lam, LAM) / (gamma**2 * eta), "M/2 <= t B/lam: mistakes")
    chain.result(mistakes=mistakes)


def _inside(stepsize):
    """Numerator of the loss bound."""
    return (1 + sp.log(LAM) ** 2 + eta**2 / 4).subs(eta, stepsize)


def _stepsizes(chain):
    bound, laws = LOSS_SURELY.subs(lam, LAM), {}
    for name, stepsize in (("one", sp.S.One), ("log", sp.log(t)), ("sqrt", sp.sqrt(t)), ("t", t)):
        laws[name] = chain.law(bound.subs(eta, stepsize), t, f"the loss bound at eta = {stepsize}",
                               domains={t: Domain(1, sp.oo)},
                               pins=[lambda l, r, e=stepsize: (l * gamma**2 * e * t, _inside(e))])  # fmt: skip
    for name, quotient in (("one", 1 / sp.log(t)), ("sqrt", sp.log(t) / sp.sqrt(t)), ("t", sp.log(t) / t)):
        ratio = laws["log"] / laws[name]
        chain.equal(ratio.expr / ratio.constant, quotient, f"eta = ln t against {name}: the quotient tends to 0")
    along = substitute(bound, eta, c * sp.log(t), t)
    (best,) = sp.solve(sp.diff(along.constant, c), c)
    least = along.subs({c: best})
    chain.at_least(
        along.constant,
        least.constant,
        "eta = c ln t: the constant is least at this c",
        contact=({c: best},),
        domains={c: Domain(0, sp.oo)},
        hint="slack",
        pins=[lambda l, r: (l.subs(c, 1), laws["log"].constant), lambda l, r: (r, l.subs(c, best))],
    )
    chain.equal(Rate.of(bound.subs(eta, best * sp.log(t)), t).expr, least.expr, "law at the best c")
    chain.result(law_one=laws["one"], law_log=laws["log"], law_sqrt=laws["sqrt"], law_t=laws["t"],
                 best_constant=best, law_best=least)  # fmt: skip
