"""Effective learning rates of Algorithm 1 on |x - D|, before and after the crossing."""

import sympy as sp

from theorylab.papers.cocob.derivations.conjugate import POTENTIAL, conjugate
from theorylab.papers.cocob.derivations.doubling import doubling
from theorylab.papers.cocob.derivations.symbols import D, G, L, T, W, a, b, epsilon, w, x, y
from theorylab.theory import Chain, derivation


@derivation("On |x-D|: rates grow by ln(1+tanh 1) a step up to D, then decay like T^(-1/2-1/(1+W)) and T^(-1/2+..)")
def effective_rates(chain: Chain) -> None:
    """[derived], to leading order: after the crossing w stays at D, and wealth at its bound, with G = L T.

    W = W(G^2 D^2/eps^2). The two rates are (w - w_1)/theta and |dw|/|g|.
    """
    at = {a: L * G, b: epsilon * sp.sqrt(L / G)}
    chain.equal(sp.diff(POTENTIAL, x), x / a * POTENTIAL, "w - w_1 = theta/(L G) wealth is the slope of the potential")
    rounds = epsilon / (L * D) * sp.sqrt(w) * sp.exp(w / 2)
    argument = conjugate()["argument"].subs(at).subs({y: D, G: L * T}, simultaneous=True)
    chain.equal(argument.subs(T, rounds), w * sp.exp(w), "so theta = sqrt(L G w) where w - w_1 = D", hint="powers")
    per_log = chain.equal(sp.simplify(1 / sp.diff(sp.log(rounds), w)), 2 * w / (1 + w), "dw/d ln T", hint="simplify")
    bend = sp.simplify((sp.diff(POTENTIAL, x, 2) / sp.diff(POTENTIAL, x)).subs(x, sp.sqrt(a * w)))
    bend = chain.equal(bend, (1 + w) / sp.sqrt(a * w), "the slope of ln(w - w_1) in theta there", hint="simplify")
    rates = {"total": y / sp.sqrt(a * w), "step": y * bend}
    forms = {"total": -sp.S.Half - 1 / (1 + w), "step": -sp.S.Half + (w - 1) / (1 + w) ** 2}
    names = {"total": "(w - w_1)/theta", "step": "|dw|/|g|"}
    for name, rate in rates.items():
        along = sp.log(rate.subs(at).subs({y: D, G: L * rounds}, simultaneous=True))
        form = chain.equal(sp.simplify(sp.diff(along, w)) * per_log, forms[name], f"slope of ln {names[name]} in ln T",
                           hint="simplify")  # fmt: skip
        chain.result(**{f"{name}_decay": form.subs(w, W)})
    chain.result(growth=doubling()["log_growth"], W=sp.LambertW(sp.simplify(argument)), argument=sp.simplify(argument))
