"""S4, item 6: the weights that leave only the last coefficient, and the sharp constants 1/4, 1/4."""

import sympy as sp

from theorylab.papers.annealing.derivations.symbols import D, G, H, Q, T, eta, h
from theorylab.theory import Chain, derivation

v, W, K, C = sp.symbols("v W K C", positive=True)  # weight, int_u^1 h v, their product, a scale


def along(expression):
    """d/du of an expression in H: H' = -h, since u = 1 - x."""
    return -h * sp.diff(expression, H)


@derivation("Sharp weights: v ~ H^(-1/2) kills all coefficients but the last: B = D^2/(4 eta T H) + eta G^2 Q/4")
def sharp_weights(chain: Chain) -> None:
    """S4 [derived] from the weighted inequality in the manner of Zamani and Glineur [derived]: the coefficient of
    f(x_k) - f* is eta_k v_k^2 - (v_k - v_{k-1}) sum_{i>=k} eta_i v_i, in the continuum h v^2 - v' W."""
    slope = h * v**2 / W  # v'
    chain.equal(slope * W + v * (-h * v), 0, "v' W = h v^2 and W' = -h v: the product v W is constant", hint="cancel")
    square = chain.equal(2 * W * (-h * v).subs(v, K / W), -2 * K * h, "so (W^2)' = -2 h v W = -2 K h, K = v W")
    weight_sum = sp.sqrt(2 * K * H)
    chain.equal(along(weight_sum**2), square, "hence W^2 = 2 K H")
    weight = chain.equal(K / weight_sum, sp.sqrt(K / 2) * H ** -sp.Rational(1, 2), "and v = K/W ~ H^(-1/2)",
                         hint="powers", pins=[lambda _, r: (r**2 * H * 2, K)])  # fmt: skip
    chain.equal(H * sp.diff(weight, H) / weight, -sp.Rational(1, 2), "its exponent in H", hint="simplify")
    chain.equal(along(weight) * weight_sum, h * weight**2, "it solves v' W = h v^2", hint="powers")
    # over the whole window: v_0^2 D^2 + G^2 eta^2 T int h^2 v^2, over twice the last coefficient eta T v W
    per_square = chain.equal(h**2 * weight**2, K / 2 * h**2 / H, "h^2 v^2: its integral is K Q/2", hint="powers")
    integral = per_square * Q * H / h**2
    bound = chain.equal(
        (weight**2 * D**2 + G**2 * eta**2 * T * integral) / (2 * eta * T * K),
        D**2 / (4 * eta * T * H) + eta * G**2 * Q / 4, "the sharp bound", hint="simplify",
        pins=[lambda l, _: (sp.diff(l, Q), eta * G**2 / 4)],
    )  # fmt: skip
    c1 = chain.equal(bound.subs(Q, 0) * eta * T * H / D**2, sp.Rational(1, 4), "c_1")
    c2 = chain.equal(sp.diff(bound, Q) / (eta * G**2), sp.Rational(1, 4), "c_2")
    chain.result(c1=c1, c2=c2, bound=bound, weight=weight)
