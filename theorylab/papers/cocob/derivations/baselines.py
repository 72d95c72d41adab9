"""S8: SGD with steps eta/(L sqrt T) and eta/(L sqrt t): bound, best eta, and the way to D without noise."""

import sympy as sp

from theorylab.papers.cocob.derivations.symbols import D, L, T, eta, s, t
from theorylab.theory import Chain, derivation

w, g, ws = sp.symbols("w g w_star", real=True)
g_2 = sp.Symbol("g_2", positive=True)  # sum g^2


@derivation("SGD needs eta = D; from eta = 1 its mean gap on |x-D| grows like D^2 (steps 1/sqrt T) or D^3 (1/sqrt t)")
def baselines(chain: Chain) -> None:
    """S8 [derived]."""
    chain.equal(sp.expand(((w - ws) ** 2 - (w - s * g - ws) ** 2) / (2 * s) + s * g**2 / 2), sp.expand(g * (w - ws)),
                "one step of size s; summed up, sum g (w - w*) <= D^2/(2s) + s sum g^2/2")  # fmt: skip
    regret = D**2 / (2 * s) + s * g_2 / 2
    gap = chain.equal((regret / T).subs(g_2, L**2 * T), D**2 / (2 * s * T) + s * L**2 / 2, "mean gap, |g| <= L")
    bound = chain.equal(gap.subs(s, eta / (L * sp.sqrt(T))), L / (2 * sp.sqrt(T)) * (D**2 / eta + eta),
                        "steps eta/(L sqrt T)", hint="powers")  # fmt: skip
    (best,) = sp.solve(sp.diff(bound, eta), eta)
    best = chain.equal(best, D, "the best eta")
    optimum = chain.equal(bound.subs(eta, best), D * L / sp.sqrt(T), "and its bound", hint="powers")
    chain.at_least(bound, optimum, "no other eta has a smaller one", contact=({eta: D},), hint="posynomial",
                   pins=[lambda l, r: (l * eta, sp.expand(bound * eta)), lambda l, r: (r, optimum)])  # fmt: skip
    exponent = chain.equal(sp.simplify(D * sp.diff(optimum, D) / optimum), 1, "the oracle's exponent of D")
    chain.result(bound=bound, optimum=optimum, oracle_exponent=exponent)
    _equal_steps(chain)
    _decreasing_steps(chain)


def _equal_steps(chain):
    step = eta / (L * sp.sqrt(T))
    place = sp.integrate(step * L, (t, 0, t))
    chain.equal(sp.diff(place, t), step * L, "steps eta/(L sqrt T) against a constant gradient: w(t)")
    (arrival,) = sp.solve(place - D, t)
    arrival = chain.equal(arrival, D * sp.sqrt(T) / eta, "it is at D after", hint="powers",
                          pins=[lambda l, r: (place.subs(t, r), D)])  # fmt: skip
    cost = sp.integrate(L * (D - place), (t, 0, arrival)) / T
    cost = chain.equal(cost, L * D**2 / (2 * eta * sp.sqrt(T)), "what the way adds to the mean of F", hint="powers")
    exponent = chain.equal(sp.simplify(D * sp.diff(cost, D) / cost), 2, "its exponent of D")
    chain.result(equal_cost=cost, equal_arrival=arrival, equal_exponent=exponent)


def _decreasing_steps(chain):
    step = eta / (L * sp.sqrt(t))
    place = sp.integrate(step * L, (t, 0, t))
    place = chain.equal(place, 2 * eta * sp.sqrt(t), "steps eta/(L sqrt t): w(t)", hint="powers",
                        pins=[lambda l, r: (sp.diff(r, t), step * L), lambda l, r: (r.subs(t, 0), 0)])  # fmt: skip
    (arrival,) = sp.solve(place - D, t)
    arrival = chain.equal(arrival, D**2 / (4 * eta**2), "it is at D after", pins=[lambda l, r: (place.subs(t, r), D)])
    cost = sp.integrate(sp.expand(L * (D - place)), (t, 0, arrival)) / T
    cost = chain.equal(cost, L * D**3 / (12 * eta**2 * T), "what the way adds to the mean of F", hint="powers")
    exponent = chain.equal(sp.simplify(D * sp.diff(cost, D) / cost), 3, "its exponent of D")
    reach = chain.equal(place.subs(t, T), 2 * eta * sp.sqrt(T), "a larger D is not reached in T steps",
                        pins=[lambda l, r: (arrival.subs(D, r), T)])  # fmt: skip
    chain.result(decreasing_cost=cost, decreasing_arrival=arrival, decreasing_exponent=exponent, reach=reach)
