"""How N depends on the start: exponentially for a fixed step on cosh, linearly for steps that follow the curvature."""

import sympy as sp

from theorylab.papers.armijo.derivations.lojasiewicz import lojasiewicz
from theorylab.papers.armijo.derivations.symbols import L_0, L_1, Delta, G, c, epsilon, p, t, x, x_0
from theorylab.theory import Chain, Domain, derivation

X = sp.Symbol("X", positive=True)  # e^x0
x_end = sp.Symbol("x_epsilon", positive=True)
w = sp.Symbol("w", positive=True)  # -ln tanh(x_epsilon/2)


@derivation("Start: cosh needs e^x0 fixed steps, x^4 needs x0^2, steps 1/(L0 + c L1 G) only c L1 x0 on cosh")
def start_dependence(chain: Chain) -> None:
    """[derived] The fixed step is 1/(curvature at the start); N by the flow dN = dx/(t f')."""
    f = sp.cosh(x) - 1  # 2 sinh^2(x/2)
    chain.equal(2 * sp.sinh(x / 2) ** 2, f, "2 sinh^2(x/2) = cosh x - 1", hint="exp")
    slope, curvature = sp.diff(f, x), sp.diff(f, x, 2)
    primitive = sp.log(sp.tanh(x / 2))
    chain.equal(sp.diff(primitive, x), 1 / slope, "primitive of 1/f'", hint="exp", domains={x: Domain(0, 50)})
    _fixed(chain, primitive, curvature)
    _power(chain)
    _adaptive(chain, primitive, slope)


def _fixed(chain, primitive, curvature):
    end = sp.log(epsilon + sp.sqrt(1 + epsilon**2))
    chain.equal(sp.sinh(end), epsilon, "G = eps at x = asinh(eps)", hint="exp")
    in_X = {x: sp.log(X)}
    steps = (curvature * (primitive + w)).subs(in_X)
    steps = chain.equal(steps, (X + 1 / X) / 2 * (sp.log((X - 1) / (X + 1)) + w),
                        "N with t = 1/f''(x0), in X = e^x0; w = -ln tanh(x_eps/2)", hint="exp",
                        domains={X: Domain(1, 10**6)})  # fmt: skip
    law = chain.law(steps, X, "its law in e^x0",
                    pins=[lambda l, r: (2 * l / (X + 1 / X) - w, sp.log(1 - 2 / (X + 1))), lambda l, r: (2 * r / X, w)],
                    domains={X: Domain(1, sp.oo)})  # fmt: skip
    chain.equal(law.power, 1, "d ln N/d x0 -> 1")
    weight = sp.log((1 + sp.sqrt(1 + epsilon**2)) / epsilon)
    chain.equal(sp.exp(-weight), (sp.exp(end) - 1) / (sp.exp(end) + 1), "w = asinh(1/eps)", hint="simplify")
    chain.result(cosh_fixed_law=law.subs({w: weight}), cosh_fixed_slope=law.power,
                 cosh_fixed_steps=(curvature * (primitive + weight)).subs(x, x_0))  # fmt: skip


def _power(chain):
    """|x|^p with t = 1/f''(x0)."""
    steps = lojasiewicz()["fixed_step_steps"]
    for order, name in ((4, "quartic"), (6, "sextic")):
        at = steps.subs(p, order).subs(t, 1 / sp.diff(x**order, x, 2).subs(x, x_0))
        law = chain.law(at, x_0, f"N on x^{order} with t = 1/f''(x0)",
                        pins=[lambda l, r, o=order: (l + sp.Rational(o - 1, o - 2), r)])  # fmt: skip
        chain.equal(law.power, order - 2, f"exponent of x0 for x^{order}")
        chain.result(**{f"{name}_fixed_law": law, f"{name}_fixed_exponent": law.power})


def _adaptive(chain, primitive, slope):
    """t = 1/(L0 + c L1 G), cosh: L0 = L1 = 1."""
    step = 1 / (L_0 + c * L_1 * G)
    moved = chain.law(step * G, G, "far out a step moves by 1/(c L1), whatever G", pins=[
        lambda l, r: (1 / l, L_0 / G + c * L_1), lambda l, r: (r * c * L_1, 1)])  # fmt: skip
    chain.equal(1 / moved.expr, c * L_1, "so each unit of x0 costs c L1 steps")
    ours = {L_0: 1, L_1: 1, G: slope}
    spent = primitive + c * x
    chain.equal(sp.diff(spent, x), (1 / (step * G)).subs(ours), "the flow on cosh: primitive of 1/(t f')", hint="exp",
                domains={x: Domain(0, 50)})  # fmt: skip
    in_X = (spent + w - c * x_end).subs(x, sp.log(X))
    in_X = chain.equal(in_X, sp.log((X - 1) / (X + 1)) + c * sp.log(X) + w - c * x_end, "N in X = e^x0", hint="exp",
                       domains={X: Domain(1, 10**6)})  # fmt: skip
    law = chain.law(in_X, X, "N is linear in x0 = ln X", domains={X: Domain(1, sp.oo)},
                    pins=[lambda l, r: (l - c * sp.log(X) - w + c * x_end, sp.log(1 - 2 / (X + 1))),
                          lambda l, r: (r, c * sp.log(X))])  # fmt: skip
    chain.equal(law.constant, (c * L_1).subs(ours), "with the same slope c L1")
    gap = chain.equal((sp.cosh(x) - 1).subs(x, sp.log(X)), (X + 1 / X) / 2 - 1, "Delta in X", hint="exp",
                      domains={X: Domain(1, 10**6)})  # fmt: skip
    gap = chain.law(gap, X, "its law", pins=[lambda l, r: (2 * (l + 1), X + 1 / X)])
    in_gap = chain.law(law.expr.subs(X, gap.invert(Delta).expr), Delta, "hence logarithmic in Delta",
                       pins=[lambda l, r: (l, c * sp.log(2 * Delta))])  # fmt: skip
    chain.result(cosh_adaptive_slope=c * L_1, cosh_adaptive_power=law.log_power, cosh_adaptive_law=law,
                 cosh_adaptive_gap_law=in_gap, far_step=moved)  # fmt: skip
