"""The paper's rates: by the bound, by the diffusion limit and by SGD itself, which share nothing but the schedules."""

import sympy as sp

from theorylab.claims import Checked, Measured, claim, within
from theorylab.papers.annealing.claims.bounds import exact, power
from theorylab.papers.annealing.claims.diffusion import fp_cosine, fp_exponent
from theorylab.papers.annealing.claims.fp_curves import DEGREES, curve, mean_exponent
from theorylab.papers.annealing.claims.trajectories import ANNEALED, RHOS, STEPS, measured
from theorylab.papers.annealing.derivations import cosine, diffusion_scaling, poly_bound

#: The widest half-width that an exponent of sampled runs may have.
WIDEST = 0.04
_SAMPLED = {"linear": "p=1", "p=2": "p=2", "p=3": "p=3"}


def sampled(plan, name: str, **more) -> Measured:
    """The exponent of SGD's last iterate on the noisy slope under a schedule of `trajectories.SCHEDULES`."""
    found = measured(plan, name)
    return Measured(*found[:3], label=f"{name}, SGD, rho {RHOS[0]:g}..{RHOS[-1]:g}, T={STEPS}", **more)


@claim(
    "annealing.poly-exponent",
    kind="exponent",
    place="abstract; S1",
    source="quoted",
    derivations=(poly_bound, diffusion_scaling),
    predicted=lambda: {
        "bound": within(poly_bound()["exponent"], 1e-6),
        "diffusion": within(poly_bound()["exponent"], 0.01),
        "SGD": within(poly_bound()["exponent"], 0.05),
    },
)
def poly_exponent(plan):
    """Under a schedule that ends like (1-u)^p, a base rate rho times too large costs rho^(1/(2p+1)): the best window's
    bound by quadrature, the worst loss of the diffusion limit, and SGD by sampling. (The lower routes are our own: the
    paper states the upper bound.)"""
    for degree in DEGREES:
        far = power(degree).losses([1e3, 1e4])
        yield exact(float(sp.log(far[1] / far[0]) / sp.log(10)), at={"p": degree}, quantity="bound",
                    label=f"p={degree:g}, bound, rho 1e3..1e4")  # fmt: skip
        yield fp_exponent(plan, f"p={degree:g}", quantity="diffusion")
    for name, degree in _SAMPLED.items():
        yield sampled(plan, name, at={"p": float(degree[2:])}, quantity="SGD")


@claim(
    "annealing.cosine-exponent",
    kind="exponent",
    place="abstract; S2",
    source="secondary",
    derivations=(cosine, diffusion_scaling),
    predicted=lambda: {
        "diffusion": within(cosine()["exponent"], 0.02),
        "late diffusion": within(cosine()["exponent"], 0.002),
        "SGD": within(cosine()["exponent"], 0.05),
    },
)
def cosine_exponent(plan):
    """Under the cosine schedule the exponent is 1/5, that of the degree 2 with which it ends: .213 on average over
    rho = 4 to 64, .201 past 256 on the diffusion limit, and by SGD within its interval."""
    yield from fp_cosine(plan, wide="diffusion", narrow="late diffusion")
    yield sampled(plan, "cosine", quantity="SGD")


@claim(
    "annealing.routes-agree",
    kind="identity",
    place="spec section 7",
    source="derived",
    derivations=(diffusion_scaling,),
    statement=lambda: sp.Eq(sp.Symbol("diffusion"), sp.Symbol("SGD")),
)
def routes_agree(plan):
    """The exponents of the diffusion limit and of SGD by sampling agree within their intervals, over the same rho, and
    those of SGD are known to +-0.04 or better."""
    for name in ANNEALED:
        found = measured(plan, name)
        limit = mean_exponent(curve(plan, _SAMPLED.get(name, name)), RHOS[0], RHOS[-1])
        common = min(found.high, limit.high) - max(found.low, limit.low)
        half = (found.high - found.low) / 2
        yield Checked(
            min(common, WIDEST - half), name,
            note=f"SGD {found.value:.3f} [{found.low:.3f}, {found.high:.3f}], diffusion {limit.value:.4f}",
        )  # fmt: skip
