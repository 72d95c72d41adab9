"""The stable phase: monotone below 2/eta, the bound of Theorem 1, and a bound without a logarithm."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.descent import (
    D_0,
    D_t,
    L_u,
    mean,
    solved_for_the_mean,
    squared_distance,
)
from theorylab.papers.large_stepsize.derivations.symbols import F, L, R, eta, gamma, kappa, l, n, s, t, w, x
from theorylab.theory import Chain, Domain, derivation

g = sp.Symbol("g", positive=True)  # |grad L|
v = sp.Symbol("v", positive=True)  # e^-(margin)
y = sp.Symbol("y", positive=True)
z = sp.Symbol("z", real=True)

DESCENT = eta * (1 / L - eta / 2)  # Lemma 10: ln L falls by at least this, times |grad L|^2


@derivation("Stable phase: below 2/eta the loss falls, and L_t <= (2 F(w_s) + ln^2 x)/x, x = gamma^2 eta (t-s)")
def stable_phase(chain: Chain) -> None:
    """Second part of Theorem 1 and Lemma 10 [quoted]; the threshold for data of norm R [derived]."""
    threshold = _monotone(chain)
    squared_distance(chain)
    kept = chain.at_most(
        eta * g**2, L, "eta |grad|^2 <= eta L^2 <= L where L <= 1/eta",
        domains={g: Domain(0, L), L: Domain(0, 1 / eta)}, contact=({g: 1 / eta, L: 1 / eta},), hint="slack",
        pins=[lambda l_, r: (sp.diff(l_, g) / g, 2 * eta)],
    )  # fmt: skip
    steps = x / (gamma**2 * eta)  # t - s
    change = steps * (2 * eta * (L_u - mean) + eta * kept.subs(L, mean))
    bound = solved_for_the_mean(change)
    chain.equal(D_0 + change.subs(mean, bound), D_t, "the sum over t - s steps, u = w_s + ln(x) w*/gamma",
                hint="expand")  # fmt: skip

    margin = sp.Symbol("m", real=True)
    chain.equal(sp.exp(-margin - gamma * y).subs(y, sp.log(x) / gamma), sp.exp(-margin) / x,
                "L(u) <= F(u) <= F(w_s)/x: every margin grows by ln x", hint="powers")  # fmt: skip
    quoted = (2 * F + l**2) / x
    stable = chain.equal(
        bound.subs({L_u: F / x, D_0: (l / gamma) ** 2, D_t: 0}), quoted, "mean from s to t, and so L_t, for x >= 1",
        hint="expand",
    )  # fmt: skip
    chain.at_most(F, quoted, "for x < 1 it is above F(w_s), so above L_s", domains={x: Domain(0, 1)}, hint="slack",
                  pins=[lambda l_, r: (x * r, 2 * l_ + l**2)])  # fmt: skip
    stable = stable.subs(l, sp.log(x))
    chain.result(
        stable_bound=stable,
        stable_bound_t=stable.subs(x, gamma**2 * eta * (t - s)),
        threshold=threshold,
        theorem_threshold=sp.solve(eta * L**2 - L, L)[0],
    )


def _monotone(chain):
    slope, curvature = v / (1 + v), v / (1 + v) ** 2  # -l' and l''
    # in v = e^-z the derivative in z is -v d/dv
    chain.equal(v * sp.diff(sp.log(1 + v), v), slope, "-l', in v = e^-(margin)")
    chain.equal(v * sp.diff(slope, v), curvature, "l''", hint="cancel")
    chain.at_most(curvature, sp.log(1 + v), "l'' <= l, so ln L is 1-smooth on data of norm at most 1",
                  domains={v: Domain(0, sp.oo)}, contact=({v: 0},), hint="monotone",
                  pins=[lambda l_, r: (l_ * (1 + v), slope), lambda l_, r: (sp.exp(r) - 1, v)])  # fmt: skip
    direction = g / L  # |grad ln L|, along which the step has length eta g
    fall = chain.equal(direction * eta * g - (eta * g) ** 2 / 2, DESCENT * g**2, "Lemma 10: the least fall of ln L")
    (threshold,) = sp.solve(fall, L)
    chain.equal(threshold, 2 / eta, "which is positive below L = 2/eta")
    chain.at_least(fall, 0, "so there the loss falls", domains={L: Domain(0, threshold)}, contact=({L: threshold},),
                   hint="slack", pins=[lambda l_, r: (l_, direction * eta * g - (eta * g) ** 2 / 2)])  # fmt: skip
    _scaling(chain, threshold)
    return threshold


def _scaling(chain, threshold):
    """Data z/R with stepsize R^2 eta is the run of the data z with eta: w becomes R w."""
    point, weight = sp.symbols("z_i g_i", real=True)

    def step(at, data, size):
        return at + size * data * weight

    chain.equal(step(R * w, point / R, R**2 * eta), R * step(w, point, eta), "a step on data divided by R",
                hint="expand")  # fmt: skip
    chain.equal((point / R) * (R * w), point * w, "has the same margins", hint="expand")
    raw = chain.equal(threshold.subs(eta, R**2 * eta), 2 / (R**2 * eta), "so the threshold for norms up to R")
    chain.result(increase_threshold_raw=raw)


@derivation("Stable phase without a logarithm: 1/L_t >= 1/L_s + gamma^2 eta (t-s)/(8 ln^2 2)")
def log_free(chain: Chain) -> None:
    """D2 [derived], where L_s <= min(1/eta, ln 2/n)."""
    chain.equal(sp.log(1 + sp.exp(-z)).subs(z, 0) / n, sp.log(2) / n,
                "a point with negative margin alone has a loss above ln 2/n")  # fmt: skip
    ratio = _loss_over_slope(chain)
    least = gamma * L / ratio  # |grad L| >= gamma G >= gamma L/ratio
    fall = chain.at_least(
        DESCENT * g**2, gamma**2 * eta * L / (8 * sp.log(2) ** 2), "where L <= 1/eta ln L falls by at least",
        domains={L: Domain(0, 1 / eta), g: Domain(least, sp.oo)}, contact=({L: 1 / eta, g: least.subs(L, 1 / eta)},),
        hint="slack", pins=[lambda l_, r: (r, eta / (2 * L) * least**2), lambda l_, r: (l_.subs(g, 1), DESCENT)],
    )  # fmt: skip
    chain.at_least(sp.exp(y), 1 + y, "e^y >= 1 + y", contact=({y: 0},), domains={y: Domain(0, sp.oo)}, hint="monotone",
                   pins=[lambda l_, r: (r, 1 + sp.diff(l_, y).subs(y, 0) * y)])  # fmt: skip
    increment = chain.equal(sp.expand(((1 + y) / L - 1 / L).subs(y, fall)), gamma**2 * eta / (8 * sp.log(2) ** 2),
                            "so 1/L grows by at least this, a step", pins=[lambda l_, r: (l_, fall / L)])  # fmt: skip
    constant = chain.equal(gamma**2 * eta / increment, 8 * sp.log(2) ** 2, "the constant",
                           pins=[lambda l_, r: (r, 2 * ratio**2)])  # fmt: skip
    bound_with = 1 / L + gamma**2 * eta * (t - s) / kappa
    bound = chain.equal(bound_with.subs(kappa, constant), 1 / L + increment * (t - s), "after t - s steps", pins=[
        lambda l_, r: (r.subs(t, s), 1 / L), lambda l_, r: (r.subs(t, t + 1) - r, increment)])  # fmt: skip
    chain.result(constant=constant, bound=bound, bound_with=bound_with)


def _loss_over_slope(chain):
    """l <= 2 ln 2 g on margins >= 0: in v = e^-(margin) the gap is concave with zeros at v = 0 and v = 1."""
    loss, slope = sp.log(1 + v), v / (1 + v)
    ratio = (loss / slope).subs(v, 1)
    gap = sp.expand(ratio * slope * (1 + v)) - (1 + v) * loss
    (top,) = sp.solve(sp.simplify(sp.diff(gap, v)), v)
    chain.equal(top, 4 / sp.E - 1, "the gap between 2 ln 2 g and l, times 1 + v, has its top here", hint="simplify")
    for domain, end in ((Domain(0, top), 0), (Domain(top, 1), 1)):
        chain.at_least(
            ratio * v, (1 + v) * loss, f"l <= 2 ln 2 g on the side of v = {end}", domains={v: domain},
            contact=({v: end},), hint="monotone",
            pins=[lambda l_, r: (l_, ratio * slope * (1 + v)), lambda l_, r: (r, loss * (1 + v))],
        )  # fmt: skip
    return ratio
