"""D4, item 6.10: two points of weights 1 - 1/n and 1/n; how long the light one stays misclassified."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import MARGIN, S, T, c, d, eta, gamma, n, s, t, tau, x, z
from theorylab.theory import Chain, Domain, Rate, derivation, substitute

A = sp.Symbol("A", positive=True)  # (s d - gamma^2)/2 > 0: the light point starts misclassified
B2 = sp.Symbol("B2", positive=True)  # |z_2|^2
X = sp.Symbol("X", positive=True)  # e^|m|: the magnitude of a margin
HEAVY, LIGHT = sp.Matrix([gamma, s]), sp.Matrix([gamma, -d])
CROSS, SQUARE = HEAVY.dot(LIGHT), LIGHT.dot(LIGHT)
IN_DATA = {A: -CROSS / 2, B2: SQUARE}
ROOM = {n: Domain(1, sp.oo)}


def in_data(value):
    """A and B2 put back in terms of gamma and d."""
    value = value.subs(IN_DATA)
    return value.subs(s, S)


def gain(g1, g2):
    """<z_2, w> gains eta times this in a step where -l' is g1 and g2 at the two points."""
    return (1 - 1 / n) * CROSS * g1 + SQUARE / n * g2


def drift(g1, g2):
    """The same in A and B2."""
    return -(1 - 1 / n) * 2 * A * g1 + B2 / n * g2


@derivation("Imbalanced pair: tau_1 = n A/B2 + ... for eta >= n, n (A - n/eta^2)/B2 for smaller eta")
def imbalanced(chain: Chain) -> None:
    """D4 [derived]. Leading order for large n and eta, if eta heavy_margin > ln(eta); exact bound: `certificate`."""
    chain.equal(-CROSS / 2, (s * d - gamma**2) / 2, "A, from <z_1, z_2> = -2A")
    chain.equal(SQUARE, gamma**2 + d**2, "B2, the squared norm of the light point")
    chain.equal(gain(z, x), drift(z, x).subs(IN_DATA), "a step in A and B2")
    half = sp.Rational(1, 2)
    start = chain.tends(drift(half, half), -A, n, "margin of the light point over eta after the first step",
                        domains=MARGIN, pins=[lambda l, r: (in_data(l), gain(half, half).subs(s, S))])  # fmt: skip
    pace = chain.equal(drift(0, 1), B2 / n, "then its gain over eta, while the heavy one is right and it is wrong")
    path = eta * (start + pace * t)
    (zero,) = sp.solve(path, t)
    chain.equal(path.subs(t, zero), 0, "the constant drift takes it to margin 0")
    _heavy(chain, half, zero)
    large = _large(chain, path, zero)
    middle = _middle(chain, path)
    _families(chain, large, middle)
    chain.result(A=in_data(A), B2=in_data(B2), tau_large=in_data(large), tau_middle=in_data(middle))


def _heavy(chain, half, zero):
    """Margin of the heavy point over eta when the light one reaches 0: small for small gamma unless d is, too.

    The laws below need its loss to be less than 1/eta, that is eta times this margin above ln(eta).
    """
    norm = HEAVY.dot(HEAVY).subs(s, S)
    mean = (1 - 1 / n) * HEAVY + LIGHT / n
    start = chain.tends(half * ((1 - 1 / n) * norm - 2 * A / n), half, n, "heavy point's margin after the first step",
                        domains=MARGIN, pins=[lambda l, r: (in_data(l), HEAVY.dot(mean).subs(s, S) / 2)])  # fmt: skip
    margin = start - zero / n * 2 * A
    kept = gamma**2 * (S + d) ** 2 / (2 * SQUARE)
    chain.equal(in_data(margin), kept, "what the drift leaves of it", domains=MARGIN,
                pins=[lambda l, r: (2 * r * SQUARE, sp.Matrix.hstack(HEAVY, LIGHT).det().subs(s, S) ** 2)])  # fmt: skip
    chain.result(heavy_margin=kept)


def _large(chain, path, zero):
    """eta >= n: the drift to zero, then the tail until e^-m/n = 1/eta."""
    pace = sp.diff(path, t) / (1 + sp.exp(z))
    elapsed = sp.expand(sp.integrate(sp.expand(1 / pace), z))
    chain.equal(sp.diff(elapsed, z) * pace, 1, "time along dm/dt = eta B2/(n (1 + e^m))", hint="cancel")
    chain.tends(
        elapsed.subs(z, -sp.log(X)), -sp.log(X) / sp.diff(path, t), X, "far below 0 it is the drift's: no time is lost",
        domains={z: Domain(-100, 100)},
        pins=[lambda l, r: (l.subs(X, sp.exp(-z)), elapsed),
              lambda l, r: (r, (t - zero).subs(t, sp.solve(path + sp.log(X), t)[0]))],
    )  # fmt: skip
    small = chain.law(sp.log(1 + x), x, "loss of a large margin, x = e^-m", direction="0+",
                      domains={z: Domain(-100, 100)},
                      pins=[lambda l, r: (l.subs(x, sp.exp(-z)), sp.log(1 + sp.exp(-z)))])  # fmt: skip
    (exit_x,) = sp.solve(small.expr / n - 1 / eta, x)
    exit_margin = sp.expand_log(-sp.log(exit_x), force=True)
    chain.equal(exit_margin, sp.log(eta / n), "margin at which the loss is 1/eta", hint="logs")
    chain.equal(elapsed, (sp.exp(z) + z) / sp.diff(path, t), "elapsed time (e^m + m) n/(eta B2)")
    large = zero + sp.simplify(elapsed.subs(z, sp.log(eta / n)))
    loss = _after(chain, elapsed)
    chain.result(loss_prefactor=in_data(loss))
    return chain.equal(large, n * A / B2 + 1 / B2 + n / (eta * B2) * sp.log(eta / n), "tau_1 for eta >= n",
                       pins=[lambda l, r: (r - zero, elapsed.subs(z, sp.log(eta / n)))])  # fmt: skip


def _after(chain, elapsed):
    """Long after the exit: the time is n e^m/(eta B2), and the loss e^-m/n."""
    since = sp.Symbol("u", positive=True)
    law = chain.law(elapsed.subs(z, sp.log(X)), X, "long after the exit, X = e^m",
                    pins=[lambda l, r: (l.subs(X, sp.exp(z)), elapsed)])  # fmt: skip
    reached = law.invert(since).expr
    loss = (1 / (n * X)).subs(X, reached)
    return chain.equal(loss, 1 / (eta * B2 * since), "the loss then, |z_2|^2 in place of gamma^2").subs(since, T - tau)


def _middle(chain, path):
    """eta < n < A eta^2: L = 1/eta while the light point is still wrong."""
    wrong = chain.law(sp.log(1 + X), X, "loss of a very negative margin, X = e^-m",
                      domains={z: Domain(-100, 100)},
                      pins=[lambda l, r: (l.subs(X, sp.exp(-z)), sp.log(1 + sp.exp(-z))),
                            lambda l, r: (r.subs(X, sp.exp(-z)), -z)])  # fmt: skip
    level = sp.solve(wrong.expr.subs(X, sp.exp(x)) / n - 1 / eta, x)[0]
    chain.equal(level, n / eta, "the loss is 1/eta at the margin -n/eta")
    (middle,) = sp.solve(path + level, t)
    middle = chain.equal(middle, n * (A - n / eta**2) / B2, "tau_1 for eta < n < A eta^2")
    (last,) = sp.solve(middle, n)
    chain.at_least(middle, 0, "it is positive up to n = A eta^2", domains={n: Domain(0, last)}, contact=({n: last},),
                   hint="slack", pins=[lambda l, r: (path.subs(t, l), -level)])  # fmt: skip
    chain.equal(last, A * eta**2, "beyond it the first step suffices")
    (best,) = sp.solve(sp.diff(middle, n), n)
    most = middle.subs(n, best)
    chain.at_most(middle, A**2 * eta**2 / (4 * B2), "largest over n", domains={n: Domain(0, last)},
                  contact=({n: best},), hint="slack", pins=[lambda l, r: (r, most)])  # fmt: skip
    chain.result(max_over_n=in_data(most), worst_n=in_data(best))
    return middle


def _families(chain, large, middle):
    coupled = chain.law(large.subs(n, eta), eta, "n = eta: linear in eta",
                        pins=[lambda l, r: (l, large.subs(n, eta)),
                              lambda l, r: (r, (n * A / B2).subs(n, eta))])  # fmt: skip
    square = Rate.of(middle.subs(n, eta**2 / 16), eta)
    chain.equal(middle.subs(n, eta**2 / 16), square.expr, "n = eta^2/16: quadratic in eta")
    chain.equal(square.expr / (eta**2 / 16), (A - sp.Rational(1, 16)) / B2, "tau_1/n then")
    budget = {n: T / 4, eta: c * T}
    shares = [chain.law(v.subs(budget), T, f"n = T/4 and eta = c T, {what}",
                        pins=[lambda l, r, v=v: (l, v.subs(budget)), lambda l, r: (r, (n * A / B2).subs(budget))])
              for v, what in ((large, "c >= 1/4"), (middle, "c < 1/4"))]  # fmt: skip
    share = chain.equal(shares[0].constant, A / (4 * B2), "share of the budget that the first phase takes")
    chain.equal(shares[1].constant, share, "the same below c = 1/4")

    leading = substitute(large, eta, c * n, n).expr
    chain.equal(leading, n * A / B2, "eta = c n: the leading term")
    own = leading.subs(IN_DATA).subs(d, gamma)
    own = chain.equal(own, n * (s - gamma) / (4 * gamma), "d = gamma")
    small = chain.law(own.subs(s, S), gamma, "d = gamma, small margins", direction="0+", domains=MARGIN,
                      pins=[lambda l, r: (4 * gamma / n * l + gamma, S),
                            lambda l, r: (r * gamma / n, (l * gamma / n).subs(gamma, 0))])  # fmt: skip
    chain.result(tau_large_d_gamma=own.subs(s, S), tau_large_d_gamma_small=small, slope_coupled=coupled.power,
                 exponent_sq=square.power, tau_sq_over_n=in_data(square.constant * 16),
                 tau_over_T=in_data(share).subs(d, S / 2))  # fmt: skip


@derivation("Exact: on the imbalanced pair the loss stays above a floor, so no bound on tau can do without n")
def certificate(chain: Chain) -> None:
    """[derived] against "tau <= 60 max{eta, e}/gamma^2 with n dropped"; needs s d > gamma^2, t >= 1 only.

    A counterexample at one point, where the floor at t = 60 eta/gamma^2 is still above the threshold 1/eta.
    """
    g1, g2 = sp.symbols("g_1 g_2", positive=True)
    chain.equal(gain(g1, g2), drift(g1, g2).subs(IN_DATA), "gain of <z_2, w> over eta, -l' in (0, 1) at both points")
    most = chain.at_most(
        eta * drift(g1, g2), eta * B2 / n, "no step raises it by more", hint="slack", contact=({g1: 0, g2: 1},),
        domains=ROOM | {g1: Domain(0, 1), g2: Domain(0, 1)},
        pins=[lambda l, r: (l.subs(IN_DATA), eta * gain(g1, g2)), lambda l, r: (r, eta * drift(0, 1))],
    )  # fmt: skip
    half = sp.Rational(1, 2)
    first = chain.equal(eta * drift(half, half), eta / 2 * (B2 / n - (1 - 1 / n) * 2 * A), "the first step, from 0")
    bound = first + (t - 1) * most
    chain.equal(bound - bound.subs(t, t - 1), most, "summed up, m_2 is at most this")
    chain.equal(bound.subs(t, 1), first, "from the first step on")
    others, own = sp.symbols("l_1 l_2", positive=True)
    chain.at_least((1 - 1 / n) * others + own / n, own / n, "the loss is at least the light point's share",
                   domains=ROOM, contact=({n: 1},), hint="slack",
                   pins=[lambda l, r: (l - r, (1 - 1 / n) * others), lambda l, r: (r, l.subs(others, 0))])  # fmt: skip
    w = sp.Symbol("w", positive=True)
    chain.at_least(
        sp.log(1 + x + w),
        sp.log(1 + x),
        "which falls in its margin, x = e^-m",
        contact=({w: 0},),
        domains={w: Domain(0, sp.oo)},
        hint="exponentials",
        pins=[lambda l, r: (r.subs(x, sp.exp(-z)), sp.log(1 + sp.exp(-z))), lambda l, r: (l, r.subs(x, x + w))],
    )
    floor = sp.log(1 + sp.exp(-bound)) / n
    (last,) = sp.solve(sp.log(1 + sp.exp(-first - (tau - 1) * most)) / n - 1 / eta, tau)
    last = sp.simplify(last)
    chain.equal(sp.exp(-bound.subs(t, last)), sp.exp(n / eta) - 1, "until here the floor lies above 1/eta",
                domains={n: Domain(1, 10), eta: Domain(sp.Rational(1, 10), 10)}, hint="simplify")  # fmt: skip
    chain.result(m2_bound=in_data(bound), loss_floor=in_data(floor), tau_lower=in_data(last))
    _witness(chain, in_data(bound), in_data(floor))


def _witness(chain, bound, floor):
    point = {gamma: sp.Rational(3, 10), n: 82125000, eta: 30000}
    point[d] = (S / 2).subs(point)
    point[t] = 60 * point[eta] / point[gamma] ** 2
    chain.at_least(in_data(A).subs(point), 0, "the light point starts on the wrong side: A > 0", hint="slack",
                   pins=[lambda l, r: (l, -CROSS.subs(s, S).subs(point) / 2), lambda l, r: (r, 0)])  # fmt: skip
    chain.at_least(
        floor.subs(point), 1 / sp.Integer(point[eta]), "its loss is above 1/eta at t = 60 eta/gamma^2", hint="slack",
        pins=[lambda l, r: (sp.exp(point[n] * l) - 1, sp.exp(-bound.subs(point))),
              lambda l, r: (r, (1 / eta).subs(point))],
    )  # fmt: skip
    chain.result(witness_tau=point[t])
