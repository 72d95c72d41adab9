"""What limits the accuracy: a wrong f*, rounding at a shifted minimiser, a short step that is too long."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.symbols import GROWTH, K, c, delta, eps, eta, f, in_p, lam, p, q, u, x, z
from theorylab.theory import Chain, Domain, Rate, derivation
from theorylab.theory.flows import power_flow


@derivation("A wrong f*: overshoot below delta/(2p-1) if under-estimated, a stall at delta if over-estimated")
def wrong_f_star(chain: Chain) -> None:
    """Item 6.10 [derived], along the ravine, f = c u^p."""
    value = c * u**p
    slope = sp.diff(value, u)
    under = 1 - (1 + delta / f) / p
    exact = (u - (value + delta) / slope**2 * slope) / u
    chain.equal(exact, under.subs(f, value), "f* - delta: the multiplier of a Polyak step", domains=GROWTH)
    (threshold,) = sp.solve(sp.together(under + 1), f)
    chain.equal(under.subs(f, threshold), -1, "it is -1 at the threshold", domains=GROWTH)
    chain.equal(threshold, delta / (2 * p - 1), "below f = delta/(2p-1) the step overshoots", domains=GROWTH)
    over = under.subs(delta, -delta)
    chain.equal(over.subs(f, delta), 1, "f* + delta: f = delta is a fixed point", domains=GROWTH)
    step = u * over.subs(f, value)
    at = (delta / c) ** (1 / p)
    chain.equal(sp.diff(step, u).subs(u, at), 0, "superattracting: Polyak's step is Newton's for f = delta",
                domains=GROWTH, hint="powers")  # fmt: skip
    lower, closing = _stall(chain)
    chain.result(multiplier=under, overshoot_threshold=threshold, over_multiplier=over, stall_lower=lower,
                 stall_deficit=closing)  # fmt: skip


def _stall(chain):
    """f/delta after K short steps from f = delta, by the flow: the lower edge of the stall."""
    order = q + 2
    start = sp.Symbol("u_0", positive=True)
    flow = power_flow(eta * c * order, q, start, K)
    at = (delta / c) ** (1 / order)
    progress = q * c * order * eta * K * (delta / c) ** (q / order)
    lower = (1 + z) ** (-order / q)
    chain.equal(
        (c * flow.solution**order / delta).subs(start, at), lower.subs(z, progress),
        "K short steps from f = delta, by the flow", hint="ratio of powers",
    )  # fmt: skip
    deficit = chain.law(
        1 - lower, z, "1 - f/delta to leading order in z = (p-2) c p eta K u^(p-2)", direction="0+",
        pins=[lambda l, r: (1 - l, lower),
              lambda l, r: (r.subs(z, progress), eta * K * (sp.diff(c * u**order, u) ** 2).subs(u, at) / delta)],
    )  # fmt: skip
    closing = Rate.of(deficit.expr.subs(z, progress), delta, "0+")
    chain.equal(closing.power, q / order, "so the stall closes in on delta as delta^((p-2)/p)")
    return lower.subs(z, progress).subs(q, p - 2), in_p(closing)


@derivation("Rounding floor at a shifted minimiser: dist ~ (epsmach lam |x*|/(c p))^(1/(p-1))")
def rounding_floor(chain: Chain) -> None:
    """Item 6.11 [derived]: the tangential gradient meets the rounding noise lam epsmach |x*| of the normal one."""
    shift = sp.Symbol("x_star", positive=True)
    order = q + 2
    slope, noise = sp.diff(c * u**order, u), lam * eps * shift
    power = sp.solve(sp.powsimp(slope.subs(u, x ** (1 / (q + 1)))) - noise, x)[0]
    floor = power ** (1 / (q + 1))
    chain.equal(slope.subs(u, floor), noise, "where the gradient equals the noise", hint="powers")
    dist = Rate.of(floor, shift)
    chain.equal(slope.subs(u, dist.expr), noise, "the same as a law in |x*|", hint="powers")
    gap = dist**order * c
    chain.equal(gap.expr, c * floor**order, "floor of the gap", hint="powers")
    chain.equal(dist.power, 1 / (q + 1), "exponent of |x*| in the distance")
    chain.equal(gap.power, order / (q + 1), "exponent of |x*| in the gap")
    chain.result(dist_floor=in_p(dist), gap_floor=in_p(gap), dist_exponent=in_p(dist.power),
                 gap_exponent=in_p(gap.power))  # fmt: skip


@derivation("A short step with eta lam > 2 diverges across the ravine")
def long_step(chain: Chain) -> None:
    """The misprinted stepsize of the prose: on lam x^2/2 a step multiplies x by 1 - eta lam [derived]."""
    multiplier = sp.cancel((x - eta * sp.diff(lam * x**2 / 2, x)) / x)
    chain.equal(multiplier, 1 - eta * lam, "multiplier of the normal coordinate")
    (limit,) = sp.solve(multiplier + 1, eta)
    chain.equal(multiplier.subs(eta, limit), -1, "it is -1 at the limit")
    chain.equal(limit, 2 / lam, "largest stable stepsize")
    chain.at_least(
        multiplier**2, 1, "beyond it every step enlarges the normal coordinate",
        domains={eta: Domain(limit, sp.oo)}, contact=({eta: limit},), hint="slack",
        pins=[lambda l, r: (l, (1 - eta * lam) ** 2), lambda l, r: (r, multiplier.subs(eta, limit) ** 2)],
    )  # fmt: skip
    chain.result(multiplier=multiplier, stability_limit=limit)
