"""Instances without noise, and the exact law of the fixed rate: what needs no sampling."""

import math

import numpy as np
import sympy as sp
from scipy import optimize

from problems import BoundedAbs, Slope
from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.claims.plan import shared
from theorylab.methods import ScheduledSGD
from theorylab.methods.heights import heights
from theorylab.papers.annealing.claims.trajectories import SCHEDULES, has_digits
from theorylab.papers.annealing.derivations import ALL
from theorylab.papers.annealing.derivations.symbols import n
from theorylab.theory.evaluate import value

fixed_lower, undershoot = ALL["fixed_lower"], ALL["undershoot"]

PHASES = 64
RHOS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


@shared
def worst_phase(plan, name: str, rhos: tuple = RHOS, phases: int = PHASES, steps: int = 2**12) -> np.ndarray:
    """Worst loss on |x| over starts (j + 1/2)/phases of the first step, one for each rho: shape (rhos,)."""
    cells = []
    for rho in rhos:
        eta = rho / math.sqrt(steps)
        method = ScheduledSGD(eta, SCHEDULES[name], steps)
        cells += [
            {"problem": BoundedAbs(), "method": method, "steps": steps, "record": (0, steps),
             "start": [(j + 0.5) / phases * eta]} for j in range(phases)
        ]  # fmt: skip
    gaps = np.array([trace.gap[-1] for trace in plan.run_many(cells)]).reshape(len(rhos), phases)
    return math.sqrt(steps) * gaps.max(axis=1)


def exact(number, **more) -> Measured:
    """A number without noise."""
    return Measured(float(number), float(number), float(number), **more)


def log_slope(x, y) -> float:
    """Exponent of y in x, by least squares in logarithms."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


@claim(
    "annealing.fixed-deterministic",
    kind="constant",
    place="S8 (A)",
    source="derived",
    derivations=(fixed_lower,),
    predicted=lambda: {
        "R/rho": near(fixed_lower()["cycle_phases"].subs(n, PHASES), 1e-9),
        "exponent": within(fixed_lower()["cycle_exponent"], 0.001),
    },
)
def fixed_deterministic(plan):
    """Without noise a fixed rate ends on |x| in a cycle of two points: of 64 starts within a step the worst loses
    127/128 of rho DG/sqrt(T), so that R grows linearly in rho."""
    found = worst_phase(plan, "fixed")
    for rho, loss in zip(RHOS, found, strict=True):
        yield exact(loss / rho, quantity="R/rho", label=f"rho={rho:g}")
    yield exact(log_slope(RHOS, found), quantity="exponent", label="rho=1..32, T=4096")


def _supremum(rho: float, steps: int) -> float:
    """Largest R of the exact stationary law over slopes e < sqrt(T)."""
    law = fixed_lower()["stationary_R"]
    top = 0.5 * math.log(steps) - 1e-9
    at = lambda log_e: -float(value(law, rho=rho, e=math.exp(log_e), T=float(steps)))  # noqa: E731
    best = optimize.minimize_scalar(at, bounds=(math.log(0.1), top), method="bounded", options={"xatol": 1e-9})
    return -best.fun


@claim(
    "annealing.fixed-large-t",
    kind="exponent",
    place="S8 (B)",
    source="derived",
    derivations=(fixed_lower,),
    predicted=lambda: within(fixed_lower()["exponent"], 0.005),
)
def fixed_large_T(plan):
    """By the exact stationary law, its slope the worst for each rho, the exponent of the fixed rate over rho = 1 to 16
    rises to 1 as T grows: below .9 at T = 2^14 it is the effect of finite T. (The interval reaches from the exponent
    at 2^32 steps up by as much as it rose since 2^28, more than all that is left.)"""
    rhos = RHOS[:5]
    found = {k: log_slope(rhos, [_supremum(rho, 2**k) for rho in rhos]) for k in range(14, 33, 2)}
    values = np.array(list(found.values()))
    rises = np.diff(values)
    settled = (rises > 0).all() and (rises[1:] < rises[:-1]).all()
    shown = ", ".join(f"{found[k]:.3f} at 2^{k}" for k in (14, 18, 20, 32))
    high = values[-1] + (values[-1] - values[-3]) if settled else math.nan
    yield Measured(float(values[-1]), float(values[-1]) if settled else math.nan, float(high), label="rho=1..16",
                   why=f"{shown}{'' if settled else '; it does not settle'}")  # fmt: skip


@claim(
    "annealing.undershoot",
    kind="identity",
    place="S11",
    source="derived",
    derivations=(undershoot,),
    statement=lambda: sp.Eq(sp.Symbol("R"), undershoot()["R"]),
)
def undershoot_costs(plan):
    """Every schedule pays 1/rho below: on the slope without noise R = e (1 - e rho Hbar) after 2^14 steps, rho = 1/8 to
    1/64, and the worst slope costs 1/(4 rho Hbar), Hbar the mean of h."""
    steps = 2**14
    for name, schedule in SCHEDULES.items():
        mean = float(heights(schedule, steps).mean())
        apart, tight = [], []
        for rho in (1 / 8, 1 / 16, 1 / 32, 1 / 64):
            known = {"rho": rho, "Hbar": mean}
            worst = float(value(undershoot()["slope"], **known))
            slopes = [e for e in (0.5 * worst, worst, 1.3 * worst) if e <= math.sqrt(steps)]
            found = slope_losses(plan, schedule, rho, slopes, steps)
            exact_losses = value(undershoot()["R_of_slope"], e=np.array(slopes), **known)
            apart.append(np.abs(found / exact_losses - 1).max())
            largest = float(value(undershoot()["R"], **known))
            apart.append(abs(found.max() / largest - 1))
            tight.append(found.max() / largest)
        yield Checked(1 - max(apart) / 1e-10, name, min(tight), checked=len(apart), note=f"within {max(apart):.1e}")


def slope_losses(plan, schedule, rho, slopes, steps) -> np.ndarray:
    """Losses on the slope without noise, one for each e."""
    root = math.sqrt(steps)
    method = ScheduledSGD(rho / root, schedule, steps)
    cells = [{"problem": Slope(e / root), "method": method, "steps": steps, "record": (0, steps)} for e in slopes]
    traces = plan.run_many(cells, checked=has_digits(method))
    return root * np.array([trace.gap[-1] for trace in traces])
