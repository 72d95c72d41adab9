"""The telescoped distance to a comparator u, used in the oscillating and in the stable phase."""

import sympy as sp

from theorylab.papers.large_stepsize.derivations.symbols import eta, w
from theorylab.theory import Chain

D_0 = sp.Symbol("D_0", positive=True)  # |w_0 - u|^2
D_t = sp.Symbol("D_t", positive=True)  # |w_t - u|^2
mean = sp.Symbol("L_mean", positive=True)  # mean of L_k over the steps
L_u = sp.Symbol("L_u", positive=True)  # loss at u1, the part of u that convexity sees
_u1, _u2, _slope = sp.symbols("u_1 u_2 slope", real=True)


def squared_distance(chain: Chain) -> None:
    """Append the change of |w - u|^2 in a step, u = u1 + u2, in one coordinate; the sum over them is the vector's."""
    inner = 2 * eta * _slope * (_u1 - w) + eta * (2 * _slope * _u2 + eta * _slope**2)
    chain.equal(
        (w - eta * _slope - _u1 - _u2) ** 2, (w - _u1 - _u2) ** 2 + inner,
        "a step changes |w - u|^2 by 2 eta <grad, u1 - w> + eta (2 <grad, u2> + eta |grad|^2), u = u1 + u2",
        hint="expand",
    )  # fmt: skip


def solved_for_the_mean(change: sp.Expr) -> sp.Expr:
    """Upper bound of the mean loss where D_t - D_0 is at most `change`, a falling function of the mean."""
    (bound,) = sp.solve(D_0 + change - D_t, mean)
    return sp.expand(bound)
