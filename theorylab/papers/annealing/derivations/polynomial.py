"""S5, items 1 to 3: the bound of polynomial decay, h = x^p, and how it degrades with a stepsize rho times too large."""

import sympy as sp

from theorylab.papers.annealing.derivations.sharp import sharp_weights
from theorylab.papers.annealing.derivations.symbols import HALF, D, G, H, Q, T, c_1, c_2, eta, p, rho, x, y, z
from theorylab.theory import Chain, Domain, balance, derivation

BOUND = c_1 * D**2 / (eta * T * H) + c_2 * eta * G**2 * Q


@derivation("Polynomial decay: B/B* = const rho^(1/(2p+1)) from rho = sqrt((p+1)/p) on, (rho + 1/rho)/2 below")
def poly_bound(chain: Chain) -> None:
    """S5 [derived]; rho is eta over the tuned eta. The rate is [quoted], its constants are not."""
    ours = _functionals(chain)
    loss = _tuned(chain, ours)
    relative, exponent, rho_c = _window(chain, loss)
    _below(chain, loss, relative, rho_c)
    _constants(chain, relative, exponent)
    ((_, value),) = balance([1 / rho * x ** -(p + 1), rho * x**p], x)
    chain.equal(value, rho**exponent, "quick form: the two terms balance here", hint="powers")


def _functionals(chain):
    schedule = x**p
    area = sp.integrate(schedule, x)
    area = chain.equal(
        area,
        x ** (p + 1) / (p + 1),
        "H = int_0^x h",
        hint="powers",
        pins=[lambda l, _: (sp.diff(l, x), schedule), lambda _, r: (x * sp.diff(r, x) / r, p + 1)],
    )
    density = chain.equal(schedule**2 / area, (p + 1) * x ** (p - 1), "h^2/H", hint="powers")
    total = chain.equal(
        sp.integrate(density, x, conds="none"),
        (p + 1) / p * x**p,
        "Q = int_0^x h^2/H",
        hint="powers",
        pins=[lambda l, _: (sp.diff(l, x), density), lambda _, r: (x * sp.diff(r, x) / r, p)],
    )
    chain.result(H=area, Q=total, H1=area.subs(x, 1), Q1=total.subs(x, 1))
    return {H: area, Q: total}


def _tuned(chain, ours):
    whole = BOUND.subs(ours).subs(x, 1)
    (best,) = sp.solve(sp.diff(whole, eta), eta)
    best = chain.equal(best, D / G * sp.sqrt(c_1 * p / (c_2 * T)), "stepsize that minimises the whole-run bound",
                       hint="powers", pins=[lambda l, _: (sp.diff(whole, eta).subs(eta, l), 0)])  # fmt: skip
    tuned = chain.equal(whole.subs(eta, best), 2 * sp.sqrt(c_1 * c_2) * (p + 1) / sp.sqrt(p) * D * G / sp.sqrt(T),
                        "the tuned bound", hint="powers")  # fmt: skip
    chain.at_least(whole, tuned, "no stepsize does better", contact=({eta: best},), hint="posynomial",
                   pins=[lambda l, _: (l.subs({c_2: 0}) * eta * T, c_1 * D**2 * (p + 1)),
                         lambda l, _: (l.subs({c_1: 0}) / eta, c_2 * G**2 * (p + 1) / p)])  # fmt: skip
    loss = chain.equal(BOUND.subs(ours).subs(eta, rho * best) / tuned, (x ** -(p + 1) / rho + rho * x**p) / 2,
                       "with rho times that stepsize and the window x, over the tuned one", hint="powers")  # fmt: skip
    quarters = {c_1: sharp_weights()["c1"], c_2: sharp_weights()["c2"]}
    sharp = chain.equal(tuned.subs(quarters).subs({D: 1, G: 1, T: 1}), (p + 1) / (2 * sp.sqrt(p)),
                        "the sharp tuned bound in units of DG/sqrt T", hint="powers")  # fmt: skip
    chain.result(eta_star=best, tuned=tuned, tuned_sharp=sharp, loss_of_window=loss)
    return loss


def _window(chain, loss):
    best = ((p + 1) / (p * rho**2)) ** (1 / (2 * p + 1))
    chain.equal(sp.diff(loss, x).subs(x, best), 0, "this window is stationary", hint="powers")
    relative = chain.equal(
        loss.subs(x, best),
        HALF * ((p + 1) / p) ** (p / (2 * p + 1)) * (2 * p + 1) / (p + 1) * rho ** (1 / (2 * p + 1)),
        "B/B* with the best window", hint="difference of logs",
    )  # fmt: skip
    elsewhere = chain.equal(loss.subs(x, best * y) / relative, (p * y ** -(p + 1) + (p + 1) * y**p) / (2 * p + 1),
                            "a window y times that one, over it", hint="ratio of powers")  # fmt: skip
    chain.at_least(elsewhere, 1, "no other window gives less", contact=({y: 1},), hint="posynomial",
                   pins=[lambda l, _: (l, (loss / relative).subs(x, best * y))])  # fmt: skip
    exponent = chain.equal(rho * sp.diff(sp.log(relative), rho), 1 / (2 * p + 1), "exponent of rho", hint="simplify")
    (rho_c,) = sp.solve(best.subs(rho, sp.sqrt(y)) ** (2 * p + 1) - 1, y)
    rho_c = chain.equal(sp.sqrt(rho_c), sp.sqrt((p + 1) / p), "the window is the whole run at this rho", hint="powers",
                        pins=[lambda l, _: (best.subs(rho, l), 1)])  # fmt: skip
    chain.at_most(best.subs(rho, rho_c * (1 + y)) ** (2 * p + 1), 1, "and fits into the run beyond it",
                  contact=({y: 0},), hint="slack", domains={y: Domain(0, sp.oo)},
                  pins=[lambda l, _: (1 / l, (1 + y) ** 2)])  # fmt: skip
    chain.result(window=best, relative_loss=relative, exponent=exponent, rho_c=rho_c)
    return relative, exponent, rho_c


def _below(chain, loss, relative, rho_c):
    """rho = z rho_c with z < 1, x = 1/(1+y)."""
    shorter = loss.subs(x, 1 / (1 + y))
    slope = sp.diff(shorter, y).subs(rho, z * rho_c) * 2 * z * rho_c * (1 + y) ** (p + 1) / (p + 1)
    slope = chain.equal(slope, (1 + y) ** (2 * p + 1) - z**2, "slope of B/B* in a window 1/(1+y), scaled",
                        domains={z: Domain(0, 1)}, hint="powers")  # fmt: skip
    chain.at_least(slope, 1 - z**2, "below rho_c every shorter window gives more", contact=({y: 0},), hint="monotone",
                   domains={z: Domain(0, 1), y: Domain(0, sp.oo)},
                   pins=[lambda l, r: (l - r + 1, (1 + y) ** (2 * p + 1)), lambda _, r: (r.subs(z, 1), 0)])  # fmt: skip
    below = chain.equal(loss.subs(x, 1), (rho + 1 / rho) / 2, "so it is the whole run")
    chain.equal(below.subs(rho, rho_c), relative.subs(rho, rho_c), "the regimes join", hint="difference of logs")
    chain.equal(sp.diff(below, rho).subs(rho, rho_c), sp.diff(relative, rho).subs(rho, rho_c),
                "with the same slope", hint="difference of logs")  # fmt: skip
    chain.result(below=below)


def _constants(chain, relative, exponent):
    constant = chain.equal(relative / rho**exponent, relative.subs(rho, 1), "constant of rho^(1/(2p+1))", hint="powers")
    shown = {
        "half": (HALF, sp.Rational(2, 3) * 3 ** sp.Rational(1, 4)),
        "1": (1, 3 * sp.cbrt(2) / 4),
        "2": (2, sp.Rational(5, 6) * sp.Rational(3, 2) ** sp.Rational(2, 5)),
        "3": (3, sp.Rational(7, 8) * sp.Rational(4, 3) ** sp.Rational(3, 7)),
    }
    for name, (degree, value) in shown.items():
        found = chain.equal(constant.subs(p, degree), value, f"for p = {degree}", hint="powers")
        chain.result(**{f"constant_{name}": found})
    chain.result(constant=constant)
