"""S2, 5.1: the wealth of Algorithm 1 never falls below its potential."""

import sympy as sp

from theorylab.papers.cocob.derivations.betting import NEAR, bet_from_potential
from theorylab.papers.cocob.derivations.symbols import G, L, c, epsilon, kappa, m, q, theta, v
from theorylab.theory import Chain, Domain, derivation

PSI = theta**2 / (2 * G) - sp.log(G) / 2  # ln of the potential, L = 1
IN_Q = {theta: q * (G + 1)}
HALF = {c: Domain(0, 1), m: Domain(-1, 1)}


@derivation("Wealth of Algorithm 1: Wealth_T >= eps sqrt(L/G_T) exp(theta_T^2/(2 L G_T)) on every stream")
def wealth_bound(chain: Chain) -> None:
    """S2, 5.1 [derived]. h(c) is what the log slack ln(wealth/potential) gains with a coin c = -g/L."""
    beta = bet_from_potential()["beta"]
    chain.equal((1 + L * c * beta).subs({theta: L * theta, G: L * G}), 1 + c * sp.tanh(theta / (G + 1)),
                "wealth is multiplied by 1 - g beta; with theta/L and G/L in place of theta and G, L drops out",
                hint="simplify")  # fmt: skip
    right = sp.log(1 + c * m) + PSI - PSI.subs({theta: theta + c, G: G + c}, simultaneous=True)  # c >= 0
    left = sp.log(1 + c * m) + PSI - PSI.subs({theta: theta + c, G: G - c}, simultaneous=True)  # c <= 0
    mirror = {c: -c, theta: -theta, m: -m}
    chain.equal(left.subs(mirror, simultaneous=True), right, "a coin -c at -theta gains as much as c at theta",
                domains=HALF)  # fmt: skip
    _concave(chain, right)
    chain.equal(right.subs(c, 0), 0, "h(0) = 0")
    _end(chain, right)
    first = chain.equal(right.subs({c: 1, theta: 0, m: 0, G: 1}), sp.log(2) / 2 - sp.Rational(1, 4),
                        "a first coin of full size gains this; the slack never decreases", hint="logs")  # fmt: skip
    start = PSI.subs({theta: 0, G: 1})
    chain.equal(start, 0, "before it the slack is 0: G_0 = L, theta_0 = 0")
    scaled = {theta: theta / L, G: G / L}
    log_potential = sp.log(epsilon) + PSI.subs(scaled, simultaneous=True)
    potential = chain.equal(sp.exp(log_potential), epsilon * sp.sqrt(L / G) * sp.exp(theta**2 / (2 * L * G)),
                            "the potential, with L back", hint="powers",
                            domains={theta: Domain(-100, 100), G: Domain(1, 100), L: Domain(1, 100)})  # fmt: skip
    gains = [_without_cancellation(chain, *half) for half in ((right, G + c, "c >= 0"), (left, G - c, "c <= 0"))]
    chain.result(bound=potential, log_bound=log_potential, first_slack=first, step_gain=gains[0],
                 step_gain_left=gains[1],
                 log_bound_with=log_potential.subs(theta, theta * sp.sqrt(2 * kappa)))  # fmt: skip


def _without_cancellation(chain, gain, after, half):
    """h(c) with the squares of theta over one denominator: each term is of the size of h."""
    squares = sp.cancel(theta**2 / (2 * G) - (theta + c) ** 2 / (2 * after))
    parts = {c: Domain(0, 1) if half == "c >= 0" else Domain(-1, 0), m: Domain(-1, 1)}
    stable = sp.log(1 + c * m) + sp.log(after / G) / 2 + sp.factor(squares)
    return chain.equal(gain, stable, f"h(c) for {half}, without cancellation", hint="logs",
                       domains=parts | {G: Domain(1, 10**6)}).subs(m, sp.tanh(theta / (G + 1)))  # fmt: skip


def _concave(chain, right):
    """Hence h on [0,1] is at least the smaller of its end values; m = tanh(theta/(G+1))."""
    bet = -(m**2) / (1 + c * m) ** 2
    rest = -((G - theta) ** 2) / (G + c) ** 3 - 1 / (2 * (G + c) ** 2)
    chain.equal(sp.diff(right, c, 2), bet + rest, "h''", hint="cancel", domains=HALF)
    chain.at_most(bet, 0, "the logarithm is concave", domains=HALF, contact=({m: 0},), hint="slack",
                  pins=[lambda l, r: (l, sp.diff(sp.log(1 + c * m), c, 2)), lambda l, r: (r, 0)])  # fmt: skip
    chain.at_most(
        rest, 0, "and (theta+c)^2/(2(G+c)) - ln(G+c)/2 convex", domains=HALF, hint="slack",
        pins=[lambda l, r: (-l, sp.diff(PSI.subs({theta: theta + c, G: G + c}, simultaneous=True), c, 2)),
              lambda l, r: (r, 0)],
    )  # fmt: skip


def _end(chain, right):
    """h(1) is a sum of three gaps, each nonnegative."""
    bet = chain.equal(sp.log(1 + sp.tanh(q)), q - sp.log(sp.cosh(q)), "ln(1 + tanh q)", domains=NEAR,
                      hint="exponentials of both sides")  # fmt: skip
    end = right.subs(c, 1) - sp.log(1 + m)
    gaps = [(sp.log(sp.cosh(q)), q**2 / 2), (q**2, theta**2 / (G * (G + 1))), (1 / (G + 1), sp.log(1 + 1 / G))]
    identity = sum(k * (large - small) for k, (small, large) in zip((1, sp.S.Half, sp.S.Half), gaps, strict=True))
    chain.equal((end + bet).subs(IN_Q), identity.subs(IN_Q), "h(1) as a sum of gaps, q = theta/(G+1)", hint="logs",
                domains=NEAR)  # fmt: skip
    chain.at_most(
        *gaps[0], "ln cosh q <= q^2/2", contact=({q: 0},), hint="convex", domains={q: Domain(-1000, 1000)},
        pins=[lambda l, r: (l, q - bet), lambda l, r: (r, q**2 / 2)],
    )  # fmt: skip
    chain.at_most(
        gaps[1][0].subs(q, theta / (G + 1)), gaps[1][1], "q^2 <= theta^2/(G(G+1))", contact=({theta: 0},), hint="slack",
        pins=[lambda l, r: (l.subs(IN_Q), q**2), lambda l, r: (r, 2 * (PSI - PSI.subs(G, G + 1)) + _logs())],
    )  # fmt: skip
    chain.at_most(
        gaps[2][0].subs(G, 1 / v), gaps[2][1].subs(G, 1 / v), "1/(G+1) <= ln(1+1/G), v = 1/G",
        domains={v: Domain(0, sp.oo)}, contact=({v: 0},), hint="monotone",
        pins=[lambda l, r: (l.subs(v, 1 / G) * (G + 1), 1), lambda l, r: (r.subs(v, 1 / G), -_logs())],
    )  # fmt: skip


def _logs():
    return sp.log(G) - sp.log(G + 1)
