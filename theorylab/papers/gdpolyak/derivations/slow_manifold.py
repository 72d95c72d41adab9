"""S6: the slow manifold of the curved ravine, and the normal error before and after a Polyak step."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.curved import QUARTIC, CurvedRavine
from theorylab.papers.gdpolyak.derivations.symbols import a, c, eta, in_p, q, x
from theorylab.theory import Chain, Rate, derivation

b4, b6, b8, C, c4 = sp.symbols("b_4 b_6 b_8 C c_4", real=True)
square = sp.Symbol("X", positive=True)  # x^2, of which every expansion at p = 4 is a series


@derivation("Slow manifold of the curved ravine: y = x^2 + (4/a) x^4 + ..., and the normal laws around a Polyak step")
def slow_manifold(chain: Chain) -> None:
    """S6 [derived]. Undetermined coefficients, order by order; c = 1 and p = 4 unless the order p is general."""
    flow = _flow(chain)
    gd = _map(chain)
    chain.equal(gd[b4], flow[b4], "flow and gradient descent agree to fourth order")
    chain.equal(sp.limit(gd[b6], eta, 0), flow[b6], "and to sixth order as eta -> 0")
    _quartic_polyak(chain, flow[b4])
    _general_order(chain)
    chain.result(flow_b4=flow[b4], flow_b6=flow[b6], flow_b8=flow[b8], map_b4=gd[b4], map_b6=gd[b6])


def determine(residual: sp.Poly, coefficients) -> dict:
    """Coefficients that make the residual vanish at orders 4, 6, ... in x, one unknown an order."""
    found = {}
    for number, unknown in enumerate(coefficients):
        (value,) = sp.solve(residual.coeff_monomial(x ** (4 + 2 * number)).subs(found), unknown)
        found[unknown] = sp.factor(value)
    return found


def remainder(residual: sp.Poly, found: dict) -> sp.Expr:
    """The residual without the orders that the coefficients remove (a pin compares it with the whole)."""
    orders = range(4 + 2 * len(found), residual.degree() + 1)
    return sum(residual.coeff_monomial(x**k).subs(found) * x**k for k in orders)


def _flow(chain):
    h = x**2 + b4 * x**4 + b6 * x**6 + b8 * x**8
    slope_x, slope_y = QUARTIC.gradient(h - x**2)
    residual = sp.Poly(slope_y - sp.diff(h, x) * slope_x, x)
    found = determine(residual, (b4, b6, b8))
    chain.equal(found[b4], 4 / a, "b4 of the gradient flow")
    chain.equal(found[b6], 16 * (2 - a) / a**2, "b6 of the gradient flow")
    chain.equal(found[b8], 64 * (a**2 - 7 * a + 6) / a**3, "b8 of the gradient flow")
    left = remainder(residual, found)
    law = chain.law(
        left, x, "with them the flow leaves the curve only at tenth order", direction="0+",
        pins=[lambda l, r: (l, (slope_y - sp.diff(h, x) * slope_x).subs(found)),
              lambda l, r: (r / x**10, residual.coeff_monomial(x**10).subs(found))],
    )  # fmt: skip
    chain.equal(law.power, 10, "that order")
    return found


def _map(chain):
    h = x**2 + b4 * x**4 + b6 * x**6
    after_x, after_n = QUARTIC.step(h - x**2, eta)
    tail = sp.Poly(h - x**2, x)
    residual = sp.Poly(after_n, x) - tail.compose(sp.Poly(after_x, x))
    found = determine(residual, (b4, b6))
    chain.equal(found[b4], 4 / a, "b4 of the gradient map")
    chain.equal(found[b6], -8 * (a * eta + 2 * a - 4) / a**2, "b6 of the gradient map")
    left = remainder(residual, found)
    law = chain.law(
        left, x, "with them the map leaves the curve only at eighth order", direction="0+",
        pins=[lambda l, r: (l, (after_n - tail.as_expr().subs(x, after_x)).subs(found)),
              lambda l, r: (r / x**8, residual.coeff_monomial(x**8).subs(found))],
    )  # fmt: skip
    chain.equal(law.power, 8, "that order")
    return found


def quartic_polyak(n: sp.Expr):
    """gamma x^2, x+/x and n+/x^2 of a Polyak step from y = x^2 + n, for p = 4 and c = 1."""
    gamma = QUARTIC.polyak_stepsize(n)
    after_x, after_n = QUARTIC.step(n, gamma)
    return tuple(sp.cancel(e) for e in (gamma * x**2, after_x / x, after_n / x**2))


def _quartic_polyak(chain, on_manifold):
    step, shrink, error = quartic_polyak(c4 * x**4)
    expansions = {
        "gamma x^2": (step, sp.Rational(1, 16), a * c4 / 8 - a**2 * c4**2 / 64),
        "x+/x": (shrink, sp.Rational(3, 4), -(a * c4 / 4 - a**2 * c4**2 / 16)),
    }
    for name, (exact, first, second) in expansions.items():
        chain.equal(exact.subs(x, 0), first, f"{name} from n = c4 x^4, first term")
        slope = sp.diff(exact.subs(x**2, square), square).subs(square, 0)
        chain.equal(slope, second, f"{name} from n = c4 x^4, coefficient of x^2")
    first = chain.equal(error.subs(x, 0), sp.Rational(7, 16) - a * c4 / 8, "n+/x^2 from n = c4 x^4, first term")
    post = chain.equal(
        first.subs(c4, on_manifold) / shrink.subs(x, 0) ** 2, -sp.Rational(1, 9),
        "from the slow manifold the long step lands at n = -x^2/9",
    )  # fmt: skip
    chain.result(quartic_post_coefficient=post, quartic_distance_factor=shrink.subs(x, 0))


def _general_order(chain):
    order = q + 2
    ravine = CurvedRavine(c, order)
    n = C * x**order
    slope_x, slope_y = ravine.gradient(n)
    residual = sp.expand(sp.powsimp(sp.expand(slope_y - sp.diff(x**2 + n, x) * slope_x)))
    lowest = Rate.of(residual, x, "0+")
    (coefficient,) = sp.solve(lowest.constant, C)
    chain.equal(coefficient, order * c / a, "general order p: n = (p c/a) x^p on the slow manifold")
    chain.equal(lowest.power, order, "where the balance is struck at order x^p")
    pre = coefficient * x**order
    after_x, after_n = ravine.step(pre, ravine.polyak_stepsize(pre))
    shrink = chain.law(after_x / x, x, "the long step shrinks x by 1 - 1/p", direction="0+",
                       pins=[lambda l, r: (l, after_x / x), lambda l, r: (r, 1 - 1 / order)])  # fmt: skip
    error = chain.law(after_n / x**2, x, "and leaves a normal error of order x^2", direction="0+",
                      pins=[lambda l, r: (l, after_n / x**2), lambda l, r: (r, -1 / order**2)])  # fmt: skip
    post = error.constant / shrink.constant**2
    chain.equal(post, -1 / (order - 1) ** 2, "so n -> -x^2/(p-1)^2 after the long step")
    chain.equal(post.subs(q, 2), -sp.Rational(1, 9), "which is -1/9 for p = 4")
    chain.result(pre_polyak_coefficient=in_p(coefficient), post_polyak_coefficient=in_p(sp.simplify(post)))
