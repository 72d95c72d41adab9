"""S9, item 7: in the diffusion limit rho scales out: the loss is C_p rho^(1/(2p+1)) once the start is forgotten."""

import sympy as sp

from theorylab.papers.annealing.derivations.polynomial import poly_bound
from theorylab.papers.annealing.derivations.symbols import A, C_p, a, c, e, p, rho, x
from theorylab.theory import Chain, derivation

s = sp.Symbol("s", positive=True)  # x = a s


@derivation("Diffusion limit: with x = a s, rho^2 a^(2p+1) = 1, rho is gone, and R = C_p rho^(1/(2p+1))")
def diffusion_scaling(chain: Chain) -> None:
    """S9 [derived]: dy = -rho h e du + rho h dW, h = x^p; rho is eta over D/(G sqrt T), e is sqrt T times the slope.
    C_p is a number of the limit that is measured, not derived."""
    schedule = x**p
    variance = (rho * schedule) ** 2  # per unit of u, hence of x
    drift = rho * schedule * e
    scaled = chain.equal((variance * sp.diff(a * s, s)).subs(x, a * s), rho**2 * a ** (2 * p + 1) * s ** (2 * p),
                         "variance per unit of s", hint="powers")  # fmt: skip
    (share,) = sp.solve(sp.powsimp(scaled / s ** (2 * p)) - 1, a)
    share = chain.equal(share, rho ** (-2 / (2 * p + 1)), "rho^2 a^(2p+1) = 1", hint="powers",
                        pins=[lambda _, r: (rho**2 * r ** (2 * p + 1), 1)])  # fmt: skip
    moved = chain.equal((drift * sp.diff(a * s, s)).subs(x, a * s).subs(a, share), e * rho ** (-1 / (2 * p + 1)) * s**p,
                        "drift per unit of s", hint="powers")  # fmt: skip
    fixed = moved / s**p  # what the slope is in the scaled problem
    slope_exponent = chain.equal(-rho * sp.diff(sp.log(fixed), rho), 1 / (2 * p + 1),
                                 "e = const rho^(1/(2p+1)) keeps it", hint="simplify")  # fmt: skip
    loss = C_p * rho**slope_exponent  # R = sup e E y, y untouched
    exponent = chain.equal(rho * sp.diff(sp.log(loss), rho), poly_bound()["exponent"],
                           "R = sup e E y scales like e: the exponent of the bound", hint="simplify")  # fmt: skip
    started = chain.law(1 / share, rho, "the start lies 1/a before the end: it is forgotten as rho grows",
                        pins=[lambda l, _: (l**-1, share), lambda _, r: (r ** (2 * p + 1), rho**2)])  # fmt: skip
    chain.equal(started.power, 2 / (2 * p + 1), "at this pace")
    amplitude = chain.equal((rho * A * schedule) / schedule, A * rho, "h ~ A x^p at the end acts like rho times A")
    late = loss.subs(rho, amplitude)
    wsd = chain.equal(late.subs({p: 1, A: 1 / c}), C_p * (rho / c) ** sp.Rational(1, 3), "h = min(1, x/c)",
                      hint="powers", pins=[lambda _, r: (r**3 * c / rho, C_p**3)])  # fmt: skip
    cosine = chain.equal(late.subs({p: 2, A: sp.pi**2 / 4}), C_p * (sp.pi**2 * rho / 4) ** sp.Rational(1, 5), "cosine",
                         hint="powers", pins=[lambda _, r: (r**5 * 4 / rho, C_p**5 * sp.pi**2)])  # fmt: skip
    theirs = poly_bound()
    sharp = chain.equal(
        (theirs["tuned_sharp"] * theirs["relative_loss"]).subs(rho, rho / sp.sqrt(p)),
        theirs["tuned_sharp"] * theirs["constant"] * (rho / sp.sqrt(p)) ** (1 / (2 * p + 1)),
        "the sharp bound in these units: the tuned stepsize is sqrt(p) D/(G sqrt T)", hint="difference of logs",
        pins=[lambda _, r: (rho * sp.diff(r, rho) / r, exponent)],
    )  # fmt: skip
    chain.result(share=share, exponent=exponent, slope_exponent=slope_exponent, R=loss, R_late=late, R_wsd=wsd,
                 R_cosine=cosine, sharp_bound=sharp)  # fmt: skip
