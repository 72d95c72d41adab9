"""Algorithm 2: its first displacement knows nothing of the size of the gradient."""

import sympy as sp

from theorylab.papers.cocob.derivations.symbols import alpha
from theorylab.theory import Chain, derivation

g = sp.Symbol("g", positive=True)  # |g_1|
sign = sp.Symbol("sign", real=True)  # of g_1
L_0 = sp.Symbol("L_0", positive=True)
above = sp.Symbol("above", positive=True)  # alpha - 2
excess = sp.Symbol("excess", positive=True)  # L_0 - |g_1|


def _larger(first, second):
    return (first + second + sp.Abs(first - second)) / 2


def first_move(scale):
    """One round of Algorithm 2 from w_1 [quoted code], where the largest |g| is `scale`."""
    total = 0 + g
    reward = _larger(0 - sign * g * 0, sp.S.Zero)
    theta = 0 - sign * g
    return theta / (scale * _larger(total + scale, alpha * scale)) * (scale + reward)


@derivation("Algorithm 2 with alpha >= 2 moves by -sign(g_1)/alpha first, whatever |g_1| >= L_0")
def backprop_first_step(chain: Chain) -> None:
    """[derived] from the order of the published code [quoted]; L_0 = 1e-8 there."""
    first = chain.equal(first_move(g), -sign / _larger(2, alpha), "|g_1| >= L_0: L = |g_1| drops out", hint="simplify")
    chain.equal(sp.diff(first.subs(alpha, 2 + above), g), 0, "nothing of |g_1| is left")
    first = chain.equal(first.subs(alpha, 2 + above), -sign / (2 + above), "alpha >= 2: it is 1/alpha of a unit",
                        hint="simplify")  # fmt: skip
    small = {L_0: g + excess, alpha: 2 + above}
    tiny = chain.equal(first_move(L_0).subs(small, simultaneous=True), -sign * g / ((2 + above) * (g + excess)),
                       "|g_1| < L_0: L = L_0 stays, and |g_1| counts", hint="simplify")  # fmt: skip
    back = {above: alpha - 2}
    chain.result(first=first.subs(back), first_small=tiny.subs(excess, L_0 - g).subs(back))
