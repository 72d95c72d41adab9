"""Item 6.5: normal growth measured from the metric projection fails on the parabola."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.curved import QUARTIC, y
from theorylab.papers.gdpolyak.derivations.slow_manifold import slow_manifold
from theorylab.papers.gdpolyak.derivations.symbols import a, x
from theorylab.theory import Chain, derivation

distance = sp.Symbol("q", real=True)  # along the normal (-h'(x), 1) at the foot (x, h(x))


def _off_curve(h: sp.Expr) -> sp.Expr:
    foot = {x: x, y: h}
    moved = {x: x - distance * sp.diff(h, x), y: h + distance}
    return sp.expand(QUARTIC.value.subs(moved, simultaneous=True) - QUARTIC.value.subs(foot, simultaneous=True))


@derivation("From the parabola f falls along the normal: f - f(P) = -8 x^4 q + (a + 8 a x^2) q^2 + ...")
def metric_projection(chain: Chain) -> None:
    """Item 6.5 [derived], p = 4 and c = 1; on the slow manifold the linear term is two orders smaller."""
    on_parabola = _off_curve(x**2)
    linear = chain.equal(sp.diff(on_parabola, distance).subs(distance, 0), -8 * x**4, "linear term on the parabola")
    quadratic = sp.diff(on_parabola, distance, 2).subs(distance, 0) / 2
    chain.equal(quadratic, a * (1 + 4 * x**2) ** 2 + 24 * x**4, "quadratic term on the parabola")
    crossing = chain.law(
        -linear / quadratic, x, "the two cancel at q ~ 8 x^4/a: f lies below f(P) up to there", direction="0+",
        pins=[lambda l, r: (l * quadratic, -linear), lambda l, r: (r * a, -linear)],
    )  # fmt: skip
    dip = on_parabola.subs(distance, crossing.expr / 2)
    law = chain.law(dip, x, "halfway there f - f(P) ~ -16 x^8/a", direction="0+",
                    pins=[lambda l, r: (l, on_parabola.subs(distance, 4 * x**4 / a)),
                          lambda l, r: (r, linear**2 / (-4 * a))])  # fmt: skip

    curve = x**2 + slow_manifold()["flow_b4"] * x**4
    slow = sp.diff(_off_curve(curve), distance).subs(distance, 0)
    slow_law = chain.law(
        slow, x, "on y = x^2 + (4/a) x^4 the linear term is (32 - 64/a) x^6", direction="0+",
        pins=[lambda l, r: (l, sp.diff(_off_curve(curve), distance).subs(distance, 0)),
              lambda l, r: (r / x**6, sp.expand(slow).coeff(x, 6))],
    )  # fmt: skip
    chain.equal(slow_law.constant, 32 - 64 / a, "its coefficient")
    chain.equal(slow_law.power - 4, 2, "two orders higher than on the parabola")
    chain.result(linear_coefficient=linear, quadratic_coefficient=quadratic, crossing=crossing, dip=law,
                 slow_linear_coefficient=slow_law)  # fmt: skip
