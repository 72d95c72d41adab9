"""S4: Polyak steps on a homogeneous T(u) of degree p: angles and aligned directions."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.symbols import c, in_p, mu, q, r, u, w
from theorylab.theory import Chain, Domain, derivation

cos_phi = sp.Symbol("cos_phi", real=True)


@derivation("Polyak steps on a homogeneous T: the cosine identity and when an aligned direction is stable")
def alignment(chain: Chain) -> None:
    """S4 [derived]. The position is (r, 0) in the plane of u and grad T, with T = r^p h(theta)."""
    order = q + 2
    _cosine_identity(chain, order)
    multiplier, threshold = _transverse(chain, order)
    separable = _separable(chain, order, multiplier)
    chain.result(transverse_multiplier=in_p(multiplier), stability_threshold=in_p(threshold),
                 separable_multiplier=in_p(separable))  # fmt: skip


def _cosine_identity(chain, order):
    theta, h = sp.Symbol("theta", real=True), sp.Function("h")
    H, D = sp.Symbol("H", positive=True), sp.Symbol("D", real=True)  # h and h' at the angle in question

    def at_angle(e):
        return e.subs(sp.Derivative(h(theta), theta), D).subs(h(theta), H)

    T = r**order * h(theta)
    radial, tangential = at_angle(sp.diff(T, r)), at_angle(sp.diff(T, theta) / r)
    T = at_angle(T)
    chain.equal(radial * r, order * T, "Euler: <grad T, u> = p T", hint="powers")
    squared = radial**2 + tangential**2
    gamma = T / squared
    shrink = ((r - gamma * radial) ** 2 + (gamma * tangential) ** 2) / r**2
    cos_squared = radial**2 / squared
    identity = 1 - (2 * order - 1) / order**2 * cos_phi**2
    chain.equal(
        shrink, identity.subs(cos_phi, sp.sqrt(cos_squared)),
        "|u+|^2 = |u|^2 (1 - ((2p-1)/p^2) cos^2 phi)", hint="simplify",
    )  # fmt: skip
    chain.at_least(
        identity.subs(cos_phi, sp.sqrt(sp.simplify(cos_squared))), (1 - 1 / order) ** 2,
        "no Polyak step shrinks |u| by more than 1 - 1/p, the aligned case",
        domains={D: Domain(-sp.oo, sp.oo)}, contact=({D: 0},),
        pins=[lambda l, r_: (l, shrink), lambda l, r_: (r_, identity.subs(cos_phi, 1))],
    )  # fmt: skip
    chain.result(cosine_factor=in_p(identity), aligned_factor=in_p(sp.sqrt((1 - 1 / order) ** 2)))


def _transverse(chain, order):
    theta = sp.Symbol("theta", real=True)
    T = c * u**order + mu / 2 * u ** (order - 2) * w**2
    chain.equal(
        sp.diff(T.subs({u: sp.cos(theta), w: sp.sin(theta)}), theta, 2).subs(theta, 0), mu - order * c,
        "second derivative along the sphere: a minimum of T on it has mu >= p c",
    )  # fmt: skip
    slopes = sp.diff(T, u), sp.diff(T, w)
    gamma = T / (slopes[0] ** 2 + slopes[1] ** 2)
    ratio = (w - gamma * slopes[1]) / (u - gamma * slopes[0])
    multiplier = (1 - mu / (c * order**2)) / (1 - 1 / order)
    chain.equal(
        u * sp.diff(ratio, w).subs(w, 0), multiplier,
        "w/|u| is multiplied by (1 - mu/(c p^2))/(1 - 1/p), to first order", hint="powers",
    )  # fmt: skip
    (threshold,) = sp.solve(sp.together(multiplier + 1), mu)
    chain.equal(threshold, order * (2 * order - 1) * c, "the multiplier is -1 at mu = p (2p-1) c")
    chain.equal(multiplier.subs(mu, order * c), 1, "and +1 at the smallest mu of a minimum, p c")
    chain.at_least(
        1, multiplier**2, "stable in between",
        domains={mu: Domain(order * c, threshold)}, contact=({mu: order * c}, {mu: threshold}), hint="slack",
        pins=[lambda l, r_: (r_, (u * sp.diff(ratio, w).subs(w, 0)) ** 2), lambda l, r_: (l, 1)],
    )  # fmt: skip
    return multiplier, threshold


def _separable(chain, order, multiplier):
    c1, c2, first, second = sp.symbols("c_1 c_2 u_1 u_2", positive=True)
    T = c1 * first**order + c2 * second**order
    at = {first: c1 ** (-1 / q), second: c2 ** (-1 / q)}
    chain.equal(
        (sp.diff(T, first) / first).subs(at), (sp.diff(T, second) / second).subs(at),
        "separable T is aligned where c_i u_i^(p-2) are all equal", hint="powers",
    )  # fmt: skip
    # on the sphere scaled through that point: value T/|u|^p and transverse curvature T_nn/|u|^(p-2)
    square = first**2 + second**2
    curvature = (second**2 * sp.diff(T, first, 2) + first**2 * sp.diff(T, second, 2)) / square
    value = T / square
    ratio = chain.equal((curvature / value).subs(at), order * (order - 1), "there mu = p (p-1) c", hint="powers")
    separable = sp.simplify(multiplier.subs(mu, ratio * c))
    return chain.equal(separable, 1 / (order - 1), "so separable T has the multiplier 1/(p-1), whatever its c_i")
