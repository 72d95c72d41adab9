"""Cooldowns by bound and by Fokker-Planck, and the diffusion's part in claims that have other evidence too."""

import numpy as np

from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.fits import fit_parameter
from theorylab.papers.annealing.claims.fp_curves import (
    DEGREES,
    SCHEDULES,
    SMALL,
    SQRT,
    WSD,
    bound_of,
    curve,
    fitted,
    local_exponents,
    number,
)
from theorylab.papers.annealing.derivations import diffusion_scaling, sqrt_cooldown, undershoot, wsd
from theorylab.papers.annealing.diffusion import time_grid
from theorylab.theory.evaluate import value


def bound_exponent(name: str, low: float, high: float, **more) -> Measured:
    """The exponent that the window bound tends to, by quadrature, between two unit rho."""
    theirs = bound_of(name)
    rho = np.geomspace(low, high, 9)
    return Measured.estimate(fit_parameter(rho, theirs.at(rho / theirs.unit)), **more)


@claim(
    "annealing.wsd-exponent",
    kind="exponent",
    place="spec S6, S9",
    source="derived",
    derivations=(wsd, diffusion_scaling),
    predicted=lambda: {
        "exponent": within(wsd()["exponent"], 0.005),
        "R": near(diffusion_scaling()["R_wsd"], 0.01),
    },
)
def wsd_exponent(plan):
    """A schedule that is constant until the last fraction c of the run and then falls linearly has exponent 1/3, by
    bound and by Fokker-Planck, and its R is the C_1 (rho/c)^(1/3) of a linear one."""
    linear = curve(plan, "p=1")
    constant = float(linear.loss[-1] / linear.rho[-1] ** (1 / 3))
    for c in WSD:
        name = f"WSD c={c:g}"
        found = curve(plan, name)
        yield bound_exponent(name, 16, 256, quantity="exponent", label=f"{name}, bound")
        yield fitted(found, 16, 256, quantity="exponent", label=f"{name}, FP")
        for i in np.flatnonzero((found.rho >= 16) & (found.rho <= 256)):
            at = {"C_p": constant, "rho": float(found.rho[i]), "c": c}
            error = found.loss_error[i] + linear.loss_error[-1] / linear.loss[-1] * found.loss[i]
            yield number(found, found.loss[i], error, at=at, quantity="R", label=f"{name}, rho={found.rho[i]:g}")


@claim(
    "annealing.sqrtcool-exponent",
    kind="exponent",
    place="spec S6, S9",
    source="derived",
    derivations=(sqrt_cooldown,),
    predicted=lambda: {
        "exponent": within(sqrt_cooldown()["exponent"], 0.03),
        "from below": within(sqrt_cooldown()["exponent"], 0, side="at most"),
    },
)
def sqrtcool_exponent(plan):
    """A cooldown 1 - sqrt(1 - x/c) vanishes to first order: exponent 1/3, which local exponents approach from below."""
    for c in SQRT:
        name = f"sqrt-cooldown c={c:g}"
        found, theirs = curve(plan, name), bound_of(name)
        low, high = theirs.local(np.array([64.0, 256.0]) / theirs.unit)
        for quantity in ("exponent", "from below"):
            yield Measured(high, low, high, quantity=quantity, label=f"{name}, bound, local, rho 64..256")
            yield local_exponents(found, 64, 256, quantity=quantity, label=f"{name}, FP, local, rho 64..256")
        yield fitted(found, 64, 256, quantity="exponent", label=f"{name}, FP, extrapolated")


def fp_tpower(plan, **more):
    """Findings for the misreading t^-p of "decay of degree p", p = 1/2 and 1, by the symbol p: exponents of R."""
    for degree in (0.5, 1.0):
        at = {"p": degree}
        yield fitted(curve(plan, f"t^-{degree:g}"), 4, 64, at=at, label=f"t^-{degree:g}, FP, rho 4..64", **more)
        yield fitted(curve(plan, f"p={degree:g}"), 4, 64, at=at, label=f"(1-u)^{degree:g}, FP, rho 4..64", **more)


def fp_undershoot(plan, tolerance: float = 0.02):
    """Checks that R of rates far below the tuned one is 1/(4 rho Hbar) within the tolerance, for every h <= 1.

    What noise there is reflects the start at y = 1, which costs 2 rho^2 Hbar h(u=0) of it: the inverse square root, as
    high as 1000 at its start, is not in that regime for any of these rates.
    """
    names = ["fixed", *(f"p={degree:g}" for degree in DEGREES), "cosine", *(f"WSD c={c:g}" for c in WSD),
             *(f"sqrt-cooldown c={c:g}" for c in SQRT)]  # fmt: skip
    for name in names:
        found = curve(plan, name, SMALL)
        x, du = time_grid(4000)
        exact = value(undershoot()["R"], rho=found.rho, Hbar=SCHEDULES[name](x) @ du)
        apart = abs(found.loss / exact - 1) + found.loss_error / exact
        worst = float(apart.max()) if not found.why else np.nan
        yield Checked((tolerance - worst) / tolerance, f"{name}, FP", checked=len(SMALL),
                      note=found.why or f"at most {100 * worst:.2g} % from 1/(4 rho Hbar), rho 1/64..1/16")  # fmt: skip
