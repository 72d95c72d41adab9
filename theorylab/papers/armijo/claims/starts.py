"""How the number of steps depends on the start: exponentially for a fixed step, linearly for a search."""

import numpy as np
import sympy as sp

from problems import Cosh, PolynomialNeuron, RealPower
from theorylab.claims import Checked, Measured, claim, near, within
from theorylab.methods import GD, ClippedGD, L0L1Step, MemoryArmijo, ResetArmijo
from theorylab.papers.armijo.claims.common import grown, straight, until
from theorylab.papers.armijo.derivations import start_dependence
from theorylab.replay import Statement, certify_trajectory


def _steps(plan, problem, method, starts, eps, values=False):
    cells = [until(problem, method(x), [eps], start=[x]) for x in starts]
    traces = plan.run_many(cells, checked=False)
    return np.array([float(trace["values"][-1] if values else trace.step[-1]) for trace in traces])


def _fixed_on_cosh(plan):
    starts = np.linspace(6.0, plan.pick(11.0, 12.0), 7)
    return starts, _steps(plan, Cosh(1.0), lambda x: GD(1 / np.cosh(x)), starts, 1e-4)


#: c of the step 1/(L0 + c L1 G), far out: a clipped step is 1/(10 L1 G) there.
_SLOPES = {"clipped": 10, "(L0,L1)": sp.Rational(4, 3)}


def _secants(x, y, **more) -> Measured:
    """The local exponent of y in x on the upper half: counts of a few dozen are too coarse for a fit."""
    half = len(x) // 2
    slopes = [np.log(y[i + half] / y[i]) / np.log(x[i + half] / x[i]) for i in range(len(x) - half)]
    return Measured(float(slopes[-1]), float(min(slopes)), float(max(slopes)), **more)


@claim(
    "armijo.start-fixed",
    kind="constant",
    place="spec section 5",
    source="derived",
    derivations=(start_dependence,),
    predicted=lambda: {
        "cosh": within(start_dependence()["cosh_fixed_slope"], 0.02),
        "|x|^4": within(start_dependence()["quartic_fixed_exponent"], 0.02),
    },
)
def start_fixed(plan):
    """With the fixed step 1/sup|f''| over the initial sublevel set N grows like e^x0 on cosh and like x0^2 on x^4."""
    starts, steps = _fixed_on_cosh(plan)
    slopes = np.diff(np.log(steps)) / np.diff(starts)
    yield Measured(float(slopes.mean()), float(slopes.min()), float(slopes.max()), quantity="cosh",
                   label=f"cosh, x0=6..{starts[-1]:g}: d ln N/d x0")  # fmt: skip
    starts = np.geomspace(2.0, 40.0, 8)
    steps = _steps(plan, RealPower(1.0, 4.0), lambda x: GD(1 / (12 * x**2)), starts, 1e-3)
    yield grown(starts, steps, quantity="|x|^4", label="x^4, x0=2..40")


@claim(
    "armijo.neg-fixed-start",
    kind="exponent",
    place="spec section 8",
    source="derived",
    derivations=(start_dependence,),
    predicted=lambda: within(start_dependence()["quartic_fixed_exponent"], 0.5),
    expected="REFUTED",
)
def fixed_start(plan):
    """With a fixed step N is polynomial in x0 on cosh as on x^4. (A control: the local exponent is x0 itself.)"""
    starts, steps = _fixed_on_cosh(plan)
    slopes = np.diff(np.log(steps)) / np.diff(np.log(starts))
    yield Measured(float(slopes.mean()), float(slopes.min()), float(slopes.max()), label="cosh, local exponents in x0")


@claim(
    "armijo.start-armijo",
    kind="exponent",
    place="spec section 5",
    source="derived",
    derivations=(start_dependence,),
    predicted=lambda: {
        "steps": within(start_dependence()["cosh_adaptive_power"], 0.03),
        "slope": near(start_dependence()["cosh_adaptive_slope"], 0.01),
        "values, memory": within(start_dependence()["cosh_adaptive_power"], 0.03),
        "x^4": within(sp.Integer(1), 0.06),
        # a search from t0 = 1 rejects about ln G = x times, as often as there are steps left
        "values, reset": within(2 * start_dependence()["cosh_adaptive_power"], 0.1),
    },
)
def start_armijo(plan):
    """On cosh searches and (L0,L1)-steps take a number of steps linear in x0, so logarithmic in the gap; values grow
    like x0^2 if every search starts anew; on x^4 N is linear in ln x0."""
    starts = np.linspace(20.0, 300.0, 9)
    methods = {
        "reset": lambda x: ResetArmijo(1.0), "memory": lambda x: MemoryArmijo(1.0, 2.0, 2.0, 0.5),
        "clipped": lambda x: ClippedGD(1.0, 1.0), "(L0,L1)": lambda x: L0L1Step(1.0, 1.0),
    }  # fmt: skip
    for name, method in methods.items():
        steps = _steps(plan, Cosh(1.0), method, starts, 1e-4)
        label = f"cosh, {name}, x0=20..300: N={steps[0]:.0f}..{steps[-1]:.0f}"
        yield straight(starts, steps, quantity="steps", label=label)
        if name in _SLOPES:
            slope, error = np.array([steps[-1] - steps[0], 1.0]) / (starts[-1] - starts[0])
            yield Measured(slope, slope - error, slope + error, quantity="slope", at={"c": _SLOPES[name], "L_1": 1},
                           label=f"cosh, {name}: steps a unit of x0")  # fmt: skip
    values = _steps(plan, Cosh(1.0), methods["reset"], starts, 1e-4, values=True)
    yield _secants(starts, values, quantity="values, reset", label="cosh, reset, x0=20..300")
    values = _steps(plan, Cosh(1.0), methods["memory"], starts, 1e-4, values=True)
    yield straight(starts, values, quantity="values, memory", label="cosh, memory, values, x0=20..300")
    starts = np.geomspace(10.0, 1e30, 9)
    for name in ("reset", "memory"):
        steps = _steps(plan, RealPower(1.0, 4.0), methods[name], starts, 1e-3)
        yield straight(np.log(starts), steps, quantity="x^4", label=f"x^4, {name}, x0=10..1e30")


def _stays() -> Statement:
    """The run ends within 1/2 of b = 1."""
    return Statement(sp.Abs(sp.Symbol("x1") - 1), sp.Rational(1, 2))


@claim(
    "armijo.neg-converges",
    kind="event",
    place="spec section 8",
    source="derived",
    statement=lambda: sp.Le(_stays().lhs, _stays().rhs),
    refutation=_stays,
    expected="REFUTED",
)
def converges_in_its_basin(plan):
    """A search with lambda = 0.1 that grows its step by 1e4 ends at the minimiser to which gradient flow leads from the
    same start. (A control: only convergence of each run may be claimed. The certificate shows where the search ends;
    where the flow leads is measured.)"""
    problem, method = PolynomialNeuron.two(), MemoryArmijo(0.1, 2.0, 1e4, 0.1)
    rng = np.random.default_rng(4)
    starts = [tuple(map(float, start)) for start in rng.uniform(-3, 3, (plan.pick(60, 200), 2))]
    short = MemoryArmijo(1e-3, 2.0, 2.0, 0.5, 1e-3)  # close to the flow
    flow, quick = (
        plan.run_many([until(problem, each, [1e-4], start=start) for start in starts], checked=False)
        for each in (short, method)
    )
    ours = [abs(trace.x[-1, 1] - 1) < 0.1 for trace in flow]
    found = [(start, trace) for start, trace, own in zip(starts, quick, ours, strict=True)
             if own and abs(trace.x[-1, 1] - 1) > 0.5]  # fmt: skip
    note = f"{len(found)} of {sum(ours)} starts whose flow ends at b = 1 end elsewhere"
    if not found:
        yield Checked(1.0, "one neuron, P = z^2 - 1", checked=len(starts), note=note)
        return
    start, trace = min(found, key=lambda pair: pair[1].step[-1])
    k = int(trace.step[-1])
    yield Checked(
        -1.0, "one neuron, P = z^2 - 1", checked=len(starts), note=f"{note}; from {start} after {k} steps",
        replay=lambda seconds: certify_trajectory("armijo.neg-converges", _stays(), problem, method, start, k, at=[k],
                                                  seconds=seconds),
    )  # fmt: skip
