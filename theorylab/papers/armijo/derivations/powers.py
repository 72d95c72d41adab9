"""Item 6.4: the constants of f = |x|^p, p > 2."""

import sympy as sp

from theorylab.papers.armijo.derivations.symbols import L_1, G, in_p, p, q, x
from theorylab.theory import Chain, derivation


@derivation("|x|^p: L0 = p (p-2)^(p-2) L1^(2-p) for every L1 > 0, and theta = 1-1/p with c = 1/p")
def power_constants(chain: Chain) -> None:
    """Section 4 [derived]: L0(L1) is the largest value of f'' - L1 |f'|."""
    order = q + 2
    f = x**order
    slope, curvature = sp.diff(f, x), sp.diff(f, x, 2)
    excess = chain.equal(curvature - L_1 * slope, order * (order - 1) * x**q - L_1 * order * x ** (q + 1),
                         "f'' - L1 f'", hint="powers")  # fmt: skip
    (at,) = sp.solve(sp.powsimp(sp.expand(sp.diff(excess, x) / x ** (q - 1))), x)
    chain.equal(sp.diff(excess, x).subs(x, at), 0, "stationary at x = (p-2)/L1", hint="powers")
    largest = chain.equal(excess.subs(x, at), order * q**q * L_1 ** (-q), "its value there", hint="powers")
    chain.at_least(
        largest * x ** (-q) + L_1 * order * x, order * (order - 1), "nowhere is it larger (divided by x^(p-2))",
        contact=({x: at},), hint="posynomial",
        pins=[lambda l, r: ((l - r) * x**q, largest - excess), lambda l, r: (r * x**q, curvature)],
    )  # fmt: skip
    result = in_p(largest)
    quartic = chain.equal(result.subs(p, 4), 16 / L_1**2, "p = 4")
    theta = chain.equal(x * sp.diff(sp.log(slope), x) / (x * sp.diff(sp.log(f), x)), 1 - 1 / order,
                        "f^theta is a multiple of |f'| for this theta", hint="simplify")  # fmt: skip
    constant = chain.equal(f**theta / slope, 1 / order, "namely by c", hint="powers")
    chain.equal((f**theta / constant).subs(x, (G / order) ** (1 / (q + 1))), G,
                "the Lojasiewicz inequality is an equality", hint="powers")  # fmt: skip
    chain.result(L0_of_L1=result, L0_quartic=quartic, argmax=in_p(at), kl_theta=in_p(theta), kl_c=in_p(constant))
