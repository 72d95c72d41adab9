"""S9: f(B) = |B B^T - M|^2/4 near an over-parameterised solution."""

import sympy as sp

from theorylab.papers.gdpolyak.derivations.gd_rate import gd_rate
from theorylab.papers.gdpolyak.derivations.polyak_step import polyak_step
from theorylab.papers.gdpolyak.derivations.symbols import c, eta, k, p, u0
from theorylab.theory import Chain, derivation

excess = sp.Symbol("q", positive=True)  # number of superfluous singular values, min(k - r, d - r)
sigma = sp.Symbol("sigma", positive=True)
S = sp.Symbol("s", positive=True)
dev = sp.Symbol("d", real=True)


def _objective(B, M):
    residual = B * B.T - M
    return (residual.T * residual).trace() / 4


@derivation("Matrix factorisation: GD has f -> q/(16 eta^2 t^2), balanced Polyak steps the factor 3/4")
def matrix_factorisation(chain: Chain) -> None:
    """S9 [derived]: on P P^T = Sigma, P Q^T = 0 the loss is |Q Q^T|^2/4, quartic in the singular values of Q."""
    _reduction(chain)
    one = S**4 / 4  # one superfluous singular value
    quartic = {p: 4, c: one.coeff(S, 4)}
    gd_law = gd_rate()["gap_law"].subs(quartic) * excess
    chain.equal(gd_law.expr, excess / (16 * eta**2 * k**2), "all q of them follow the law of GD on s^4/4")

    first, second = sp.symbols("s_1 s_2", positive=True)
    runs = [gd_rate()["flow"].subs({p: 4, c: quartic[c], u0: start}) for start in (first, second)]
    chain.tends(runs[0] / runs[1], 1, k, "so all singular values become equal, whatever their start",
                pins=[lambda l, r: (l.subs(k, 0), first / second),
                      lambda l, r: (l**2, runs[0] ** 2 / runs[1] ** 2), lambda l, r: (r, 1)])  # fmt: skip

    gamma = sp.cancel((excess * one) / (excess * sp.diff(one, S) ** 2))
    chain.equal(gamma, 1 / (4 * S**2), "Polyak's stepsize with all singular values equal")
    factor = sp.cancel((S - gamma * sp.diff(one, S)) / S)
    chain.equal(factor, polyak_step()["distance_factor"].subs(p, 4), "distance factor, that of p = 4")
    chain.equal(factor, sp.Rational(3, 4), "its value")
    gap_factor = chain.equal(polyak_step()["gap_factor"].subs(p, 4), factor**4, "gap factor")
    growth = chain.equal(gamma.subs(S, factor * S) / gamma, factor**-2, "growth of the stepsize in an epoch")

    pair = [S * (1 + dev), S * (1 - dev)]
    loss = sum(one.subs(S, v) for v in pair)
    slopes = [sp.diff(one, S).subs(S, v) for v in pair]
    step = loss / sum(g**2 for g in slopes)
    after = [v - step * g for v, g in zip(pair, slopes, strict=True)]
    imbalance = (after[0] - after[1]) / (after[0] + after[1])
    contraction = chain.equal(sp.diff(imbalance, dev).subs(dev, 0), sp.Rational(1, 3),
                              "a relative imbalance is multiplied by 1/3, to first order")  # fmt: skip
    _hessian(chain)
    chain.result(gd_gap_law=gd_law, stepsize=gamma, distance_factor=factor, gap_factor=gap_factor,
                 step_growth=growth, imbalance_contraction=contraction)  # fmt: skip


def _reduction(chain):
    first, second = sp.symbols("s_1 s_2", positive=True)
    M = sp.diag(sigma, 0, 0)
    entries = sp.Matrix(3, 3, sp.symbols("b_1:10", real=True))
    at = dict(zip(entries, sp.diag(sp.sqrt(sigma), first, second), strict=True))
    f = _objective(entries, M)
    chain.equal(f.subs(at), (first**4 + second**4) / 4, "d = k = 3, r = 1: the loss on the ravine")
    slope = entries.applyfunc(lambda e: sp.diff(f, e)).subs(at)
    chain.equal(slope[1, 1], first**3, "the gradient moves each singular value by itself")
    chain.equal(slope[2, 2], second**3, "and the other one likewise")
    others = sum(slope[i, j] ** 2 for i in range(3) for j in range(3) if (i, j) not in ((1, 1), (2, 2)))
    chain.equal(others, 0, "and nothing else: the ravine is invariant")


def _hessian(chain):
    s1, s2, value = sp.symbols("sigma_1 sigma_2 x", positive=True)
    entries = sp.Matrix(3, 2, sp.symbols("b_1:7", real=True))
    at = dict(zip(entries, sp.Matrix([[sp.sqrt(s1), 0], [0, sp.sqrt(s2)], [0, 0]]), strict=True))
    hessian = sp.hessian(_objective(entries, sp.diag(s1, s2, 0)), list(entries)).subs(at)
    polynomial = sp.factor((value * sp.eye(6) - hessian).det(method="berkowitz"))
    stated = value * (value - 2 * s1) * (value - 2 * s2) * (value - s1 - s2) * (value - s1) * (value - s2)
    chain.equal(polynomial, stated, "d = 3, r = k = 2: nonzero Hessian eigenvalues sigma_i + sigma_j and sigma_i")
    roots = sp.roots(sp.Poly(polynomial, value))
    chain.result(hessian_eigenvalues=sp.Tuple(*sorted((e for e in roots if e != 0), key=str)))
