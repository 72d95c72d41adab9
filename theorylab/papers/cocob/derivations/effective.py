"""Effective learning rates of Algorithm 1 on |x - D|, and what a wrong L does."""

import sympy as sp

from theorylab.papers.cocob.derivations.betting import bet_from_potential
from theorylab.papers.cocob.derivations.conjugate import POTENTIAL, conjugate
from theorylab.papers.cocob.derivations.doubling import doubling
from theorylab.papers.cocob.derivations.symbols import D, G, L, T, W, a, b, epsilon, q, t, theta, v, w, x, y
from theorylab.theory import Chain, Domain, derivation

ratio = sp.Symbol("ratio", positive=True)  # |g|/L


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


@derivation("Gradients of size r L: wealth stays positive on every stream if r <= coth 1 = 1.313, and need not beyond")
def misspecified(chain: Chain) -> None:
    """[derived] |g| = r L with r > 1, for an algorithm that believes in L."""
    fraction = bet_from_potential()["tanh"]
    (ruin,) = sp.solve(1 - ratio * v, v)
    ruin = chain.equal(ruin, 1 / ratio, "a lost bet takes everything at this fraction")
    place = sp.log((ratio + 1) / (ratio - 1)) / 2
    beyond = {ratio: Domain(1, sp.oo)}
    chain.equal(fraction.subs(q, place), ruin, "tanh of what it is", hint="exp", domains=beyond)
    run = chain.equal((theta / (G + L)).subs({theta: ratio * L * t, G: L + ratio * L * t}), ratio * t / (2 + ratio * t),
                      "theta/(G+L) after t gradients of one sign", hint="simplify")  # fmt: skip
    chain.at_most(run, 1, "never 1", hint="slack",
                  pins=[lambda l, r: (l / (1 - l), ratio * t / 2), lambda l, r: (r, 1)])  # fmt: skip
    chain.tends(run, sp.S.One, t, "but as near as one likes", pins=[lambda l, r: (l, run), lambda l, r: (r, 1)])
    (safe,) = sp.solve(ruin - fraction.subs(q, 1), ratio)
    safe = chain.equal(safe, (sp.exp(2) + 1) / (sp.exp(2) - 1), "the ratio whose ruin is at theta/(G+L) = 1",
                       hint="exp", pins=[lambda l, r: (place.subs(ratio, r), 1)])  # fmt: skip
    (rounds,) = sp.solve(run - y, t)
    rounds = chain.equal(rounds, 2 * y / (ratio * (1 - y)), "gradients of one sign until theta/(G+L) = y",
                         hint="cancel", domains={y: Domain(0, 1)})  # fmt: skip
    chain.result(ruin_fraction=ruin, ruin_place=place, safe_ratio=1 / sp.tanh(1), run_length=rounds.subs(y, place))
