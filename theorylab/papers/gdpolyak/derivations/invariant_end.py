"""Where a fixed number of short steps ends if a Polyak step does not leave the ravine."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.fixed_k import fixed_k
from theorylab.papers.gdpolyak.derivations.polyak_step import polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import CONTRACTION, GROWTH, K, lam, p, rho, u, u0
from theorylab.theory import Chain, derivation


@derivation("Without curvature the linear phase ends at (1 - 1/p) dist_onset^2/dist_1")
def invariant_end(chain: Chain) -> None:
    """S5 for a ravine that a Polyak step does not leave, as that of P4 [derived].

    S5 lets a long step throw the iterate off the ravine by x^2/(p-1)^2, which is the curvature's doing. Here the
    normal error is only ever multiplied: by less than 1 until the onset, and as often by more than 1 after it.
    """
    X = sp.Symbol("X", positive=True)  # ln(dist_1/dist_onset)
    i, n = sp.Symbol("i", integer=True, positive=True), sp.Symbol("n", integer=True, positive=True)
    J, b = sp.Symbol("J", positive=True), sp.Symbol("b", positive=True)  # epochs; ln(p/(p-1))
    onset = fixed_k()["onset"]
    cycle = polyak_step()["stepsize"] * lam * rho**K / polyak_step()["distance_factor"] ** 2
    chain.equal(
        cycle, (onset / u) ** (p - 2), "an epoch multiplies the normal error over dist^2 by (dist_onset/dist)^(p-2)",
        domains=GROWTH | CONTRACTION, hint="ratio of powers",
    )  # fmt: skip
    summed = sp.summation(-X + (i - 1) * b, (i, 1, n)).subs(n, J)
    chain.equal(summed, b * J * (J - 1) / 2 - J * X, "logarithm of J multipliers, over p-2")
    # the K short steps before the first long one leave rho^K, which is the first multiplier up to a factor free of K
    total = sp.expand(summed - X)
    (back,) = [root for root in sp.solve(total, J) if root.subs({X: 1, b: 1}) > 0]
    chain.equal(total.subs(J, back), 0, "the error is back at its first size after J epochs", pins=[
        lambda l, r: (sp.diff(total, J, 2), b), lambda l, r: (total.subs(J, 1), -2 * X)])  # fmt: skip
    extra = chain.tends(back - 2 * X / b, 2, X, "J is 2X/b + 2 for late onsets",
                        pins=[lambda l, r: (l + 2 * X / b, back)])  # fmt: skip
    last = u0 * sp.exp(-b * (2 * X / b + extra - 1))  # the last point from which an epoch is still linear
    end = polyak_step()["distance_factor"] * onset**2 / u0
    chain.equal(
        last.subs(b, -sp.log(1 - 1 / p)), polyak_step()["distance_factor"] * (u0 * sp.exp(-X)) ** 2 / u0,
        "where the last linear epoch begins", domains=GROWTH, hint="logs",
    )  # fmt: skip
    late = (u0 * sp.exp(-X)).subs(X, sp.log(u0 / onset))
    chain.equal(late, onset, "u_0 e^-X is the onset", domains=GROWTH | CONTRACTION)
    chain.result(dist_end=end)
