"""S11 and S12: what undershooting costs, and how many grid points annealing saves."""

import sympy as sp

from theorylab.papers.annealing.derivations.polynomial import poly_bound
from theorylab.papers.annealing.derivations.symbols import Hbar, T, e, epsilon, factor, p, rho
from theorylab.theory import Chain, Domain, derivation


@derivation("Undershoot: the noiseless slope costs 1/(4 rho Hbar) with every schedule")
def undershoot(chain: Chain) -> None:
    """S11 [derived]: f = eps x on [0, 1] from x = 1, g = eps; D = G = 1, eta = rho/sqrt T, eps = e/sqrt T."""
    travelled = epsilon * (rho / sp.sqrt(T)) * T * Hbar  # eps times the sum of the steps
    loss = chain.equal((epsilon * (1 - travelled)).subs(epsilon, e / sp.sqrt(T)) * sp.sqrt(T), e * (1 - e * rho * Hbar),
                       "R of a slope that does not reach 0", hint="expand")  # fmt: skip
    (worst,) = sp.solve(sp.diff(loss, e), e)
    worst = chain.equal(worst, 1 / (2 * rho * Hbar), "the worst slope",
                        pins=[lambda l, _: (sp.diff(loss, e).subs(e, l), 0)])  # fmt: skip
    largest = chain.at_most(
        loss,
        1 / (4 * rho * Hbar),
        "no slope costs more",
        contact=({e: worst},),
        hint="slack",
        pins=[lambda l, r: (r, l.subs(e, worst)), lambda l, _: (l + e**2 * rho * Hbar, e)],
    )
    reached = chain.equal((e * rho * Hbar).subs(e, worst), sp.Rational(1, 2), "it goes half the way: 0 is not reached")
    exponent = chain.equal(rho * sp.diff(sp.log(largest), rho), -1, "exponent of rho")
    chain.result(R=largest, slope=worst, exponent=exponent, travelled=reached, R_of_slope=loss)


@derivation("Grid: a loss of the factor c allows the grid ratio ~ c^(2p+1), 2p+1 times fewer points")
def grid_saving(chain: Chain) -> None:
    """S12 [derived]; rho is eta over the tuned eta, overshoot only."""
    theirs = poly_bound()
    allowed = (factor / theirs["constant"]) ** (1 / theirs["exponent"])
    chain.equal(theirs["relative_loss"].subs(rho, allowed), factor, "the rho with B/B* = factor", hint="powers")
    growth = chain.equal(factor * sp.diff(sp.log(allowed), factor), 2 * p + 1, "its exponent in the factor",
                         hint="simplify")  # fmt: skip
    whole = factor + sp.sqrt(factor**2 - 1)
    above = {factor: Domain(1, sp.oo)}
    chain.equal(theirs["below"].subs(rho, whole), factor, "where B/B* is (rho + 1/rho)/2", domains=above,
                hint="simplify", pins=[lambda l, _: (2 * whole * l, whole**2 + 1)])  # fmt: skip
    fewer = chain.equal(sp.log(factor**growth) / sp.log(factor), 2 * p + 1, "a grid of ratio c^(2p+1) over one of c",
                        domains=above, hint="logs")  # fmt: skip
    half_more = sp.Rational(3, 2)
    values = {
        1: sp.Integer(4),
        2: sp.Rational(9, 5) ** 5 * sp.Rational(4, 9),
        3: sp.Rational(12, 7) ** 7 * sp.Rational(27, 64),
    }
    for degree, form in values.items():
        at = chain.equal(allowed.subs({p: degree, factor: half_more}), form, f"B/B* = 3/2 for p = {degree}",
                         hint="powers")  # fmt: skip
        chain.at_least(at, theirs["rho_c"].subs(p, degree), "which lies beyond rho_c", hint="slack",
                       pins=[lambda l, r, d=degree: (theirs["relative_loss"].subs({p: d, rho: l}), half_more),
                             lambda l, r, d=degree: (r**2 * d, d + 1)])  # fmt: skip
        chain.result(**{f"rho_{degree}": at})
    symmetric = chain.equal(whole.subs(factor, half_more), (3 + sp.sqrt(5)) / 2, "and where B/B* is (rho + 1/rho)/2",
                            hint="simplify")  # fmt: skip
    chain.result(rho_of_factor=allowed, rho_whole=whole, rho_symmetric=symmetric, growth=growth, fewer_points=fewer)
