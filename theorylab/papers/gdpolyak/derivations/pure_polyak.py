"""S8: Polyak's method alone, one normal direction: a chaotic Newton map and its mean."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.gd_rate import gd_rate
from theorylab.papers.gdpolyak.derivations.symbols import c, in_p, k, lam, p, q, s, u, x
from theorylab.theory import Chain, derivation
from theorylab.theory.flows import power_flow

b = sp.Symbol("b", positive=True)
W = sp.Symbol("w", positive=True)
theta = sp.Symbol("theta", positive=True)


@derivation("Pure Polyak on c u^p + lam x^2/2: Newton's map for s^2 = -2c/lam, and exponents twice those of GD")
def pure_polyak(chain: Chain) -> None:
    """S8 [derived]: x = s u^(p/2); s is chaotic with a Cauchy law, u falls in rare jumps where s is near 0."""
    order = q + 2
    value = c * u**order + lam * x**2 / 2
    slopes = sp.diff(value, u), sp.diff(value, x)
    gamma = value / (slopes[0] ** 2 + slopes[1] ** 2)
    _newton_map(chain, order, gamma, slopes)
    jump = _jump(chain, order, gamma, slopes)
    _mean_field(chain, order, jump)
    _mean_constant(chain, order, jump)


def _newton_map(chain, order, gamma, slopes):
    S = sp.Symbol("s", positive=True)
    start = {x: S * u ** (order / 2)}
    after_u, after_x = (u - gamma * slopes[0]).subs(start), (x - gamma * slopes[1]).subs(start)
    chain.law(after_u / u, u, "away from s = 0 a step leaves u, to leading order", direction="0+",
              pins=[lambda l, r: (l * u, after_u), lambda l, r: (r, 1)])  # fmt: skip
    newton = S / 2 - c / (lam * S)
    chain.tends(
        after_x / u ** (order / 2), newton, u, "and s+ = s/2 - c/(lam s)", direction="0+",
        pins=[lambda l, r: (l * u ** (order / 2), after_x),
              lambda l, r: (r, S - (S**2 + 2 * c / lam) / sp.diff(S**2 + 2 * c / lam, S))],
    )  # fmt: skip
    scale = sp.sqrt(2 * c / lam)
    chain.equal(newton.subs(S, scale * sp.cot(theta)), scale * sp.cot(2 * theta), "s = b cot(theta) doubles the angle",
                hint="exp")  # fmt: skip
    root = sp.sqrt(W**2 + 1)  # preimages of w = s/b under (w' - 1/w')/2 are w + root and w - root
    cauchy = 1 / (sp.pi * (1 + s**2))
    pushed = sum(
        cauchy.subs(s, at) / sp.diff((s - 1 / s) / 2, s).subs(s, at) for at in (W + root, W - root)
    )
    chain.equal(pushed, cauchy.subs(s, W), "the Cauchy law of scale b is invariant", hint="simplify")
    chain.result(newton_map=newton.subs(S, s), cauchy_scale=scale)


def _jump(chain, order, gamma, slopes):
    near = {x: W * (c * order / lam) * u ** (order - 1)}
    jump = 1 - 1 / (order * (1 + W**2))
    chain.tends(
        ((u - gamma * slopes[0]) / u).subs(near), jump, u, "where s = (p c/lam) w u^(p/2-1), u falls by this factor",
        direction="0+",
        pins=[lambda l, r: (l, 1 - (gamma * slopes[0] / u).subs(near)),
              lambda l, r: (r.subs(W, 0), 1 - 1 / order), lambda l, r: ((1 - r) * (1 + W**2), 1 / order)],
    )  # fmt: skip
    return jump


def _mean_field(chain, order, jump):
    scale = sp.sqrt(2 * c / lam)
    density = c * order / lam * u ** (order / 2 - 1) / (sp.pi * scale)  # of w, at s = 0 of the Cauchy law
    drift = density / order * sp.integrate(sp.simplify((1 - jump) * order), (W, -sp.oo, sp.oo))
    coefficient = sp.sqrt(c / (2 * lam))
    chain.equal(drift, coefficient * u ** (order / 2 - 1), "mean relative fall of u in a step", hint="powers")
    u0 = sp.Symbol("u_0", positive=True)
    flow = power_flow(coefficient, q / 2, u0, k)
    chain.add(*flow.steps)
    u_law = chain.law(
        flow.solution, k, "mean-field law of u",
        pins=[lambda l, r: (sp.diff(l, k) / l, -drift.subs(u, l)), lambda l, r: (l.subs(k, 0), u0),
              lambda l, r: (sp.diff(r, k) / r, -drift.subs(u, r))],
    )  # fmt: skip
    constant = chain.equal(u_law.constant ** (-q / 2), q / 2 * coefficient, "u^-(p/2-1)/k in the mean field",
                           hint="ratio of powers")  # fmt: skip
    gap_law = u_law**order
    gd = gd_rate()
    for ours, theirs, what in ((u_law, "u_exponent", "distance"), (gap_law, "gap_exponent", "running minimum of f")):
        chain.equal(-ours.power, 2 * gd[theirs].subs(p, order), f"the exponent of the {what} is twice that of GD")
    chain.result(u_law=in_p(u_law), u_exponent=in_p(-u_law.power), running_min_exponent=in_p(-gap_law.power),
                 mean_field_constant=in_p(constant))  # fmt: skip


def _mean_constant(chain, order, jump):
    v, n = sp.Symbol("v", real=True), sp.Symbol("n", positive=True)
    m = q / 2
    rise = jump.subs(W, v) ** (-m) - 1
    scale = sp.sqrt(2 * c / lam)
    density = c * order / (lam * scale)
    prefactor = chain.equal(density, order * sp.sqrt(c / (2 * lam)), "u^-(p/2-1) rises by this times J_p on average",
                            hint="powers")  # fmt: skip

    # J_p = (1/pi) Int (rise) dv, term by term in 1/(p (1 + v^2)): moments I_n of the Cauchy weight
    power = (1 + v**2) ** (-n)
    chain.equal(sp.diff(v * power, v), (1 - 2 * n) * power + 2 * n * power / (1 + v**2),
                "by parts: I_(n+1) = (1 - 1/(2n)) I_n for I_n = (1/pi) Int (1+v^2)^-n dv", hint="powers")  # fmt: skip
    moment = sp.gamma(n - sp.Rational(1, 2)) / (sp.sqrt(sp.pi) * sp.gamma(n))
    chain.equal(moment.subs(n, n + 1) / moment, 1 - 1 / (2 * n), "I_n as a quotient of gammas: recursion", hint="gamma")
    first = sp.integrate(1 / (sp.pi * (1 + v**2)), (v, -sp.oo, sp.oo))
    chain.equal(moment.subs(n, 1), first, "and start")
    term = sp.gamma(m + n) / (sp.gamma(m) * sp.gamma(n + 1)) * order ** (-n) * moment
    small = sp.Symbol("y", positive=True)
    chain.equal((sp.diff((1 - small) ** (-m), small, 3) / 6).subs(small, 0), (term / moment * order**n).subs(n, 3),
                "binomial coefficients of (1-y)^-(p/2-1)", hint="gamma")  # fmt: skip
    ratio = (m + n) * (n - sp.Rational(1, 2)) / ((n + 1) * n * order)
    chain.equal(term.subs(n, n + 1) / term, ratio, "ratio of terms, that of 2F1(p/2, 1/2; 2; 1/p)", hint="gamma")
    lead = chain.equal(term.subs(n, 1), m / order, "first term", hint="gamma")
    J = lead * sp.hyper([m + 1, sp.Rational(1, 2)], [2], 1 / order)

    J4 = sp.integrate(sp.cancel(rise.subs(q, 2)) / sp.pi, (v, -sp.oo, sp.oo))
    chain.equal(J4, sp.sqrt(3) / 6, "J_4 integrated in closed form")
    chain.equal(J.subs(q, 2), J4, "which is the value of the series", hint="hyper")
    C4 = chain.equal((prefactor * J4).subs(q, 2), sp.sqrt(2 * c / (3 * lam)), "C_4", hint="powers")
    integral = sp.Integral(rise / sp.pi, (v, -sp.oo, sp.oo))
    chain.result(J=in_p(J), J_integral=in_p(integral), J4=J4, mean_constant=in_p(prefactor * J), C4=C4)
