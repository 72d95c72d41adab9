"""Before the first crossing wealth multiplies: hitting times, and effective learning rates before and after."""

import numpy as np
from scipy.special import lambertw

from problems import Distance
from theorylab.claims import Measured, claim, near, within
from theorylab.claims.plan import shared
from theorylab.fits import fit_increments
from theorylab.methods import COCOB, KT
from theorylab.papers.cocob.claims.means import cell, decades, mean_slope
from theorylab.papers.cocob.derivations import doubling, effective_rates, kt_doubling
from theorylab.theory.evaluate import value

#: Farther than any bettor gets in STEPS steps: until w >= D the iterates do not depend on D.
FAR = 1e305
STEPS = 1240
#: Standard deviation of what rounding up to a whole step adds.
ROUNDING = 1 / np.sqrt(12)


@shared
def to_infinity(plan, method):
    """The trace of a bettor whose gradients are all -1."""
    return plan.run(**cell(Distance(FAR), method, STEPS, record=range(STEPS + 1)))


def hitting_times(trace) -> tuple[np.ndarray, np.ndarray]:
    """(D, first t with w_{t+1} >= D) for D = 10, 100, ... up to 1e300, t the number of gradients seen."""
    w = np.maximum.accumulate(trace.x[:, 0])
    distances = 10.0 ** np.arange(1, int(min(300, np.log10(w[-1]))) + 1)
    return distances, np.searchsorted(w, distances).astype(float)


def _slopes(trace, drift: float, unit: float) -> Measured:
    """Slope of t - drift ln(t) in ln(D)/unit: hull over all D and their upper half, each with what rounding times to
    whole steps leaves open, two standard deviations. (Per decade of D Algorithm 1 makes 4.07 steps and KT 3.32: what
    rounding adds repeats after 15 decades, or 3.)"""
    distances, times = hitting_times(trace)
    x, y = np.log(distances) / unit, times - drift * np.log(times)
    ends = []
    for first in (0, len(x) // 2):
        slope, _ = np.polyfit(x[first:], y[first:], 1)
        error = 2 * ROUNDING / (x[first:].std() * np.sqrt((len(x) - first) / 15))
        ends.append((slope - error, slope, slope + error))
    low, value, high = np.array(ends).T
    return Measured(float(value[0]), float(low.min()), float(high.max()), quantity="slope",
                    label=f"D=10..{distances[-1]:.0e}, t={times[0]:g}..{times[-1]:g}")  # fmt: skip


def _powers(trace, **more) -> Measured:
    """The power of t beside the exponential in w ~ C t^power r^t, from two ranges of t and one or two corrections."""
    found = []
    w = trace.x[:, 0]
    away = int(np.argmax(w >= FAR)) or len(w)  # the first crossing
    for first in (20, 100):
        t = trace.step[first:away].astype(float)
        for corrections in (1, 2):
            terms = [t, np.log(t), *(t**-j for j in range(corrections + 1))]
            found.append(np.linalg.lstsq(np.stack(terms, axis=1), np.log(w[first:away]), rcond=None)[0][1])
    return Measured(float(found[-1]), float(min(found)), float(max(found)), label=f"w, t=20..{away - 1}", **more)


@claim(
    "cocob.hitting-law",
    kind="exponent",
    place="spec S9",
    source="derived",
    derivations=(doubling,),
    predicted=lambda: {"slope": near(doubling()["exponent"], 0.0015), "power": within(doubling()["power"], 0.002)},
)
def hitting_law(plan):
    """Algorithm 1 is at a distance D after k ln D + drift ln t steps, k = 1/ln(1 + tanh 1): 1228 steps reach 1e300.
    The drift, k times a power of t beside the growth of wealth, is seen in w itself."""
    trace = to_infinity(plan, COCOB(1.0))
    yield _slopes(trace, float(doubling()["drift"]), 1.0)
    yield _powers(trace, quantity="power")


@claim(
    "cocob.kt-hitting-law",
    kind="exponent",
    place="spec S9",
    source="derived",
    derivations=(kt_doubling,),
    predicted=lambda: {
        "slope": near(kt_doubling()["exponent"], 0.0015),
        "power": within(-kt_doubling()["drift"], 0.002),
    },
)
def kt_hitting_law(plan):
    """KT is at a distance D after log2 D + (1/2) log2 t steps, and a constant more."""
    trace = to_infinity(plan, KT(1.0))
    yield _slopes(trace, float(kt_doubling()["drift"]) / np.log(2), np.log(2))
    yield _powers(trace, quantity="power")


@claim(
    "cocob.efflr",
    kind="exponent",
    place="figure of |x - 10|; spec 7",
    source="derived",
    derivations=(effective_rates,),
    predicted=lambda: {
        "growth of |dw|/|g|": within(effective_rates()["growth"], 0.002),
        "decay of |dw|/|g|": within(effective_rates()["step_decay"], 0.03),
        "decay of (w - w_1)/theta": within(effective_rates()["total_decay"], 0.03),
    },
)
def efflr(plan):
    """Effective learning rates grow by nearly ln(1 + tanh 1) a step up to the first crossing of D; from then on
    |dw|/|g| decays a little slower than T^(-1/2), and (w - w_1)/theta, another reading, a little faster."""
    trace = to_infinity(plan, COCOB(1.0))
    t, rate = trace.step[10:].astype(float), trace.effective_rate[10:]
    yield Measured.estimate(fit_increments(t, np.log(rate)), quantity="growth of |dw|/|g|", label=f"t to {STEPS}")
    first = 3000
    for d in decades(1, 1e5):
        (trace,) = plan.run_many([cell(Distance(d), COCOB(1.0), plan.pick(300_000, 10**6))])
        steps = trace.step[1:].astype(float)
        for column, quantity in (("effective_rate", "decay of |dw|/|g|"), ("bet_rate", "decay of (w - w_1)/theta")):
            found = mean_slope(steps, trace[column][1:], first, quantity=quantity, label=f"D={d:g}")
            middle = np.sqrt(found.at["T_1"] * found.at["T_2"])
            argument = value(effective_rates()["argument"], D=d, T=middle, L=1.0, epsilon=1.0)
            found.at["W"] = float(lambertw(argument).real)
            yield found
