"""The derived constants against quadrature and search: bounds of every schedule, and what annealing saves."""

import functools
import math

import numpy as np
import sympy as sp
from scipy import optimize

from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.papers.annealing.derivations import (
    cosine,
    general_schedule,
    grid_saving,
    poly_bound,
    sharp_weights,
    smooth,
)
from theorylab.papers.annealing.derivations.cosine import loss_at
from theorylab.papers.annealing.derivations.symbols import D, G, T, beta, p
from theorylab.papers.annealing.integrals import Integrals
from theorylab.papers.annealing.weights import tuned_weighted_bound
from theorylab.papers.annealing.window import SmoothWindow
from theorylab.theory.evaluate import value

UNITS = {D: 1, G: 1, T: 1}
DEGREES = (0.5, 1.0, 2.0, 3.0)
#: (c1, c2) of the sharp bound, of the window lemma for the output x_T and of that for x_{T+1}.
CONSTANTS = ((0.25, 0.25), (0.5, 0.5), (0.5, 1.5))


def exact(number: float, **more) -> Measured:
    """A number that a computation gives to rounding."""
    return Measured(number, number, number, **more)


def cosine_schedule(x):
    """(1 - cos pi x)/2 without cancellation."""
    return np.sin(np.pi * x / 2) ** 2


@functools.cache
def power(degree: float, c1: float = 0.25, c2: float = 0.25) -> Integrals:
    """Quadratures of h = x^p."""
    return Integrals(lambda x: x**degree, c1=c1, c2=c2)


@functools.cache
def cosine_integrals() -> Integrals:
    """Quadratures of the cosine."""
    return Integrals(cosine_schedule)


def slope(rhos, losses) -> float:
    """Exponent of the losses, by least squares in logarithms."""
    return float(np.polyfit(np.log(rhos), np.log(losses), 1)[0])


@claim(
    "annealing.bound-constants",
    kind="constant",
    place="spec S5",
    source="derived",
    derivations=(sharp_weights, poly_bound),
    predicted=lambda: {
        "tuned": near(poly_bound()["tuned"].subs(UNITS), 1e-9),
        "eta*": near(poly_bound()["eta_star"].subs(UNITS), 1e-9),
        "B/B*": near(poly_bound()["relative_loss"], 1e-9),
        "window": near(poly_bound()["window"], 1e-6),
    },
)
def bound_constants(plan):
    """With h = (1-u)^p the tuned bound is 2 sqrt(c1 c2) (p+1)/sqrt(p) DG/sqrt(T), and with rho >= sqrt((p+1)/p) times
    the tuned stepsize it is (1/2) ((p+1)/p)^(p/(2p+1)) ((2p+1)/(p+1)) rho^(1/(2p+1)) times that, for all c1, c2."""
    cases = [(degree, pair) for degree in DEGREES for pair in CONSTANTS]
    cases += [(degree, CONSTANTS[0]) for degree in (0.7, 1.9, 4.3)]
    for degree, (c1, c2) in cases:
        schedule, at = power(degree, c1, c2), {"p": degree, "c_1": c1, "c_2": c2}
        label = f"p={degree:g}, c1={c1:g}, c2={c2:g}"
        eta, least = schedule.tuned()
        yield exact(least, at=at, quantity="tuned", label=label)
        yield exact(eta, at=at, quantity="eta*", label=label)
        for rho in (2.0, 1000.0):
            window, loss = schedule.best(rho)
            yield exact(loss, at=at | {"rho": rho}, quantity="B/B*", label=f"{label}, rho={rho:g}")
            yield exact(window, at=at | {"rho": rho}, quantity="window", label=f"{label}, rho={rho:g}")


_FITTED = np.geomspace(4, 64, 9)
_LOCAL = (10, 100, 1000)


@claim(
    "annealing.cosine-integrals",
    kind="constant",
    place="spec S6",
    source="derived",
    derivations=(general_schedule, cosine),
    predicted=lambda: {
        "Q(1)": within(cosine()["Q1"], 1e-6),
        "tuned": within(cosine()["tuned_sharp"], 1e-6),
        **{f"exponent at {rho}": within(cosine()[f"local_exponent_{rho}"], 0.001) for rho in _LOCAL},
        "exponent over 4..64": within(slope(_FITTED, [float(loss_at(rho)[1]) for rho in _FITTED]), 0.001),
    },
)
def cosine_constants(plan):
    """For the cosine Q(1) = 2.122143, the tuned bound is 1.03008 DG/sqrt T, and the local exponent falls to 1/5 from
    above: .216, .2023, .2004 at rho = 10, 100, 1000."""
    schedule = cosine_integrals()
    yield exact(float(schedule.Q(1.0)), quantity="Q(1)")
    yield exact(schedule.tuned()[1], quantity="tuned")
    for rho in _LOCAL:
        around = rho * np.array([0.999, 1.001])
        yield exact(slope(around, schedule.losses(around)), quantity=f"exponent at {rho}", label=f"rho={rho}")
    yield exact(slope(_FITTED, schedule.losses(_FITTED)), quantity="exponent over 4..64")


@claim(
    "annealing.regime-join",
    kind="identity",
    place="spec S5, S6",
    source="derived",
    derivations=(poly_bound, general_schedule, cosine),
    statement=lambda: sp.Eq(sp.Symbol("B/B*"), general_schedule()["below"]),
)
def regime_join(plan):
    """Up to rho_c = sqrt(Q(1)) the best window is the whole run and B/B* = (rho + 1/rho)/2; there B/B* goes over into
    the next regime with the same slope."""
    schedules = {f"p={d:g}": (power(d), float(value(poly_bound()["rho_c"], p=d))) for d in DEGREES[1:]}
    schedules["cosine"] = cosine_integrals(), float(sp.N(cosine()["rho_c"], 20))
    for name, (schedule, rho_c) in schedules.items():
        tuned = schedule.tuned()
        rhos = np.append(np.geomspace(0.1, rho_c, plan.pick(40, 400)), rho_c * (1 - 1e-4))
        below = value(general_schedule()["below"], rho=rhos)
        found = [schedule.best(rho, tuned) for rho in rhos]
        apart = max(abs(loss / law - 1) for (_, loss), law in zip(found, below, strict=True))
        whole = all(window == 1.0 for (window, _), rho in zip(found, rhos, strict=True) if rho < rho_c * (1 - 1e-6))
        shorter = schedule.best(rho_c * (1 + 1e-4), tuned)[0]
        yield Checked(1 - apart / 1e-12 if whole else -1.0, f"{name}: up to rho_c", checked=len(rhos),
                      note=f"rho_c={rho_c:.4f}, off by {apart:.1g}")  # fmt: skip
        yield Checked(
            1.0 if shorter < 1 else -1.0, f"{name}: beyond rho_c", note=f"window {shorter:.6f} at 1.0001 rho_c"
        )
        left, right = (_one_sided(schedule, tuned, rho_c, side) for side in (-1, 1))
        yield Checked(1 - abs(left - right) / 1e-7, f"{name}: slopes at rho_c", note=f"{left:.9f} and {right:.9f}")


def _one_sided(schedule, tuned, at, side, step=1e-2) -> float:
    """Derivative of B/B* from one side, exact for polynomials of degree 6."""
    weights = np.array([-147, 360, -450, 400, -225, 72, -10]) / 60
    values = [schedule.best(at * (1 + side * step * k), tuned)[1] for k in range(7)]
    return float(weights @ values) / (side * step * at)


_SHARP = {
    "linear": (lambda u: 1 - u, lambda: poly_bound()["tuned_sharp"].subs(p, 1)),
    "cosine": (lambda u: cosine_schedule(1 - u), lambda: cosine()["tuned_sharp"]),
    "p=2": (lambda u: (1 - u) ** 2, lambda: poly_bound()["tuned_sharp"].subs(p, 2)),
}
_N = sp.Symbol("N", positive=True)
#: [secondary] The known bound of N constant steps, over DG/sqrt(N+1).
_KNOWN = sp.sqrt(1 + sp.log(_N) / 4)


@claim(
    "annealing.sharp-discrete",
    kind="constant",
    place="spec S4",
    source="derived",
    derivations=(sharp_weights, poly_bound, cosine),
    predicted=lambda: {
        **{name: within(law(), 0.0005) for name, (_, law) in _SHARP.items()},
        "constant": within(_KNOWN, 0.0, side="at most"),
    },
)
def sharp_discrete(plan):
    """The weights of the last-iterate inequality, optimised at a finite T together with the stepsize, reach the sharp
    constants 1 (linear), 1.0301 (cosine) and 1.0607 (p=2) of DG/sqrt T; for constant steps they stay below the known
    sqrt(1 + ln(N)/4)."""
    for steps in plan.pick((240, 960), (240, 960, 3840)):
        u = np.arange(1, steps) / steps
        for name, (h, _) in _SHARP.items():
            yield exact(tuned_weighted_bound(h(u)), quantity=name, label=f"{name}, T={steps}")
        found = tuned_weighted_bound(np.ones(steps - 1))
        yield exact(found, quantity="constant", at={"N": steps - 1}, label=f"constant, T={steps}")


@claim(
    "annealing.smooth-bound",
    kind="exponent",
    place="spec S10",
    source="derived",
    derivations=(smooth, poly_bound, cosine),
    predicted=lambda: {
        "noiseless": within(smooth()["noiseless_exponent"], 0.01),
        "noiseless cosine": within(slope(_FITTED, _noiseless_cosine(_FITTED)), 0.01),
        "noisy": within(smooth()["noisy_exponent"], 0.01),
        "noisy cosine": within(slope(_FITTED, [float(loss_at(rho)[1]) for rho in _FITTED]), 0.01),
    },
)
def smooth_bound(plan):
    """For smooth functions the bound degrades like rho^(1/p) without noise and like rho^(1/(2p+1)) with much of it, on
    rho from 4 to 64: 1, 1/2, 1/3 and 1/3, 1/5, 1/7 for p = 1, 2, 3; the cosine (.53 and .21) is on its way to 1/2 and
    1/5."""
    steps = plan.pick(200_000, 2_000_000)
    x = 1 - np.arange(steps) / steps
    shapes = {degree: x**degree for degree in (1, 2, 3)} | {"cosine": cosine_schedule(x)}
    for name, shape in shapes.items():
        window = SmoothWindow(shape)
        more = {"at": {"p": name}, "label": f"p={name}"} if name != "cosine" else {"label": name}
        tail = " cosine" if name == "cosine" else ""
        losses = [window.bound(rho / 2, beta=1.0, sigma=0.0) for rho in _FITTED]
        yield exact(slope(_FITTED, losses), quantity=f"noiseless{tail}", **more)
        tuned = window.tuned(sigma=1.0)
        losses = [window.bound(rho * tuned, beta=0.0, sigma=1.0) for rho in _FITTED]
        yield exact(slope(_FITTED, losses), quantity=f"noisy{tail}", **more)


def _noiseless_cosine(rhos):
    return value(smooth()["noiseless_cosine"].subs({D: 1, T: 1, beta: 1}), rho=rhos)


@claim(
    "annealing.grid-saving",
    kind="constant",
    place="spec S12",
    source="derived",
    derivations=(poly_bound, grid_saving),
    predicted=lambda: {
        "rho": near(grid_saving()["rho_of_factor"], 1e-8),
        "rho, whole run": near(grid_saving()["rho_whole"], 1e-8),
    },
)
def grid_saved(plan):
    """A loss of half the tuned bound is reached at rho = 4.000, 8.40, 18.4 for p = 1, 2, 3, against 2.618 where the
    bound is that of the whole run: a grid may be as much coarser."""
    for factor in (1.5, 3.0):
        at = {"factor": factor}
        for degree in (1.0, 2.0, 3.0):
            schedule, label = power(degree), f"p={degree:g}, factor {factor:g}"
            tuned = schedule.tuned()
            found = _reaches(lambda rho, s=schedule, t=tuned: s.best(rho, t)[1], factor)
            yield exact(found, at=at | {"p": degree}, quantity="rho", label=label)
            eta, least = tuned
            whole = _reaches(lambda rho, s=schedule, e=eta, b=least: float(s.bound(1.0, rho * e)) / b, factor)
            yield exact(whole, at=at, quantity="rho, whole run", label=label)


def _reaches(loss, factor) -> float:
    return math.exp(optimize.brentq(lambda s: loss(math.exp(s)) - factor, 0.0, 12.0, xtol=1e-12))
