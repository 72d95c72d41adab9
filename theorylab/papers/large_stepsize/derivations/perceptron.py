"""D3, item 6.10: the batch perceptron, limit of w/eta for ever larger stepsizes, leaves within n/gamma^2 steps."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import MARGIN, S, gamma, n, r, s, t
from theorylab.theory import Chain, Domain, derivation

A = sp.Symbol("A", positive=True)  # sum of the misclassified fractions so far
V = sp.Symbol("V", positive=True)  # |v|
share = sp.Symbol("a_k", positive=True)  # misclassified fraction of one step
length = sp.Symbol("h", positive=True)  # norm of the mean of the misclassified points
HALF = sp.Rational(1, 2)


@derivation("Batch perceptron: every datum within n/gamma^2 steps, the pair after (1-gamma^2)/(8 gamma^2)")
def perceptron(chain: Chain) -> None:
    """D3 [derived], free of eta. Start v_1 = xbar/2; v grows by sum p_i z_i over the misclassified points.

    The first step, from v = 0, counts as the fraction 1/2 (ties count half); later ties are left out.
    """
    _bound(chain)
    _pair(chain)


def _bound(chain):
    across = sp.Symbol("w", positive=True)
    after = sp.Matrix(
        [-r / length + share * length, across]
    )  # v + a_k e in the plane of v and e, e along the first axis
    grown = V**2 - 2 * share * r + share**2 * length**2
    chain.at_most(
        grown, V**2 + share**2, "a step with <v, e> = -r <= 0 and |e| = h <= 1 adds at most a_k^2 to |v|^2",
        domains={length: Domain(0, 1)}, contact=({r: 0, length: 1},), hint="slack",
        pins=[lambda l, R: (l.subs(V, sp.sqrt((r / length) ** 2 + across**2)), after.dot(after)),
              lambda l, R: (R - V**2, (l - V**2).subs({r: 0, length: 1}))],
    )  # fmt: skip
    chain.at_most(share**2, share, "a fraction: a_k^2 <= a_k, so |v|^2 <= A", domains={share: Domain(0, 1)},
                  contact=({share: 1},), hint="slack", pins=[lambda l, R: (l, R**2)])  # fmt: skip
    # <v, w*> grows by gamma a_k at least, hence gamma A <= |v| <= sqrt(A)
    (largest,) = sp.solve((gamma * A) ** 2 - A, A)
    chain.equal((gamma * largest) ** 2, largest, "where gamma A meets sqrt(A)")
    chain.at_least(
        (gamma * A) ** 2, A, "beyond it gamma A <= |v| <= sqrt(A) is impossible", domains={A: Domain(largest, sp.oo)},
        contact=({A: largest},), hint="slack", pins=[lambda l, R: (l, (gamma * R) ** 2)],
    )  # fmt: skip
    (bound,) = sp.solve(t / n - largest, t)  # each step before the exit has a_k >= 1/n
    chain.equal(bound / n, largest, "t steps make A >= t/n, so t <= n/gamma^2")
    chain.result(sum_bound=largest, tau_bound=bound)


def _pair(chain):
    first, second = sp.Matrix([gamma, s]), sp.Matrix([gamma, -s / 2])
    start = (HALF * first + HALF * second) / 2
    chain.equal(start[1], s / 8, "v_1 = xbar/2 has this second coordinate")
    (growth,) = {HALF * point[0] for point in (first, second)}
    chain.equal(growth, start[0], "whichever point is misclassified, the first coordinate grows by gamma/2")
    v, exits = sp.Matrix([growth * t, start[1]]), []
    for _ in range(3):
        wrong = [p for p in (first, second) if (p.dot(v)).subs(t, 0).is_negative]  # for v_1 still small
        (point,) = wrong
        (leaves,) = sp.solve(point.dot(v), t)
        exits.append((leaves, point.dot(v)))
        chain.equal(point.dot(v).subs(t, leaves), 0, "one point is misclassified until then")
        v = sp.Matrix([growth * t, (v + HALF * point)[1]])
    chain.equal(v[1], start[1], "after three steps the second coordinate is back: period 3")
    found = exits[0][0]
    for later, margin in exits[1:]:
        chain.at_most(found, later, "the state of v_1 is the first that classifies everything", hint="slack",
                      pins=[lambda l, R: (exits[0][1].subs(t, l), 0),
                            lambda l, R, m=margin: (m.subs(t, R), 0)])  # fmt: skip
    found = found.subs(s, S)
    chain.equal(gamma**2 * found / 2, S**2 / 16, "exit equation gamma^2 t/2 = s^2/16", domains=MARGIN)
    tau = chain.equal(found, (1 - gamma**2) / (8 * gamma**2), "exit, up to the three steps of a period", domains=MARGIN)
    law = chain.law(tau, gamma, "for small margins", direction="0+", domains=MARGIN,
                    pins=[lambda l, R: (l, found), lambda l, R: (R, tau + sp.Rational(1, 8))])  # fmt: skip
    chain.result(tau_inf=tau, tau_inf_constant=law.constant, tau_inf_exponent=-law.power)
