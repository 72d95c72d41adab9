"""Function values count: the identity of the memory, and what a step costs."""

import math

import sympy as sp

from problems import Cosh, Extremal, Mixed, RealPower
from theorylab.claims import Checked, Measured, claim, near
from theorylab.methods import MemoryArmijo
from theorylab.papers.armijo.claims.common import until
from theorylab.papers.armijo.derivations import memory_complexity
from theorylab.theory.evaluate import value

PAIRS = ((2.0, 2.0), (2.0, 1e4), (30.0, 1e4), (1.5, 1.5), (1.1, 1.1))


@claim(
    "armijo.eval-identity",
    kind="identity",
    place="spec T4",
    source="derived",
    derivations=(memory_complexity,),
    statement=lambda: sp.Eq(sp.Symbol("n_back"), memory_complexity()["evaluations_identity"]),
)
def eval_identity(plan):
    """On every run of an uncapped search with memory the number of rejections is log_{f1}(t0 f2^(K-1)/t_last), an
    integer, and the values are 1 + K + n_back."""
    problems = {"|x|^4": (RealPower(1.0, 4.0), [0.937]), "cosh": (Cosh(1.0), [8.0]),
                "extremal": (Extremal(1.0, 5.0), [3.0]), "mixed": (Mixed(4, 1.37), [1.0, 1.0])}  # fmt: skip
    for name, (problem, start) in problems.items():
        cells = [until(problem, MemoryArmijo(t0, f1, f2, share), [1e-4], start=start)
                 for f1, f2 in PAIRS for t0 in (0.1, 0.61) for share in (0.3, 0.5)]  # fmt: skip
        back_of = sp.expand_log(memory_complexity()["evaluations_identity"], force=True)  # f2^(K-1) overflows
        worst = 0.0
        for trace in plan.run_many(cells, checked=False):
            method, accepted = trace.method.method, trace.gradients[-1] - 1
            at = {"t_0": method.t0, "f_1": method.shrink, "f_2": method.grow}
            back = float(value(back_of, K=accepted, t_last=trace.stepsize[-1], **at))
            apart = abs(back - trace.rejections[-1]), abs(trace["values"][-1] - 1 - accepted - trace.rejections[-1])
            worst = max(worst, *apart)
        yield Checked((1e-6 - worst) / 1e-6, name, checked=len(cells), note=f"at most {worst:.1e} apart")


@claim(
    "armijo.evals-per-step",
    kind="constant",
    place="spec T4",
    source="derived",
    derivations=(memory_complexity,),
    predicted=lambda: near(memory_complexity()["evaluations_per_step"], 0.01),
)
def evals_per_step(plan):
    """Where the step neither grows nor decays a step costs 1 + ln f2/ln f1 values in the mean: 2, 14.3 and 3.7 for the
    pairs (2, 2), (2, 1e4) and (30, 1e4). Measured on the network of the digits."""
    from problems import DigitsNetwork

    problem = DigitsNetwork.of()
    pairs = PAIRS[:3]
    # a run ends where its step does: the identity leaves ln(t_last/t0)/(K ln f1), which long runs make small
    steps = plan.pick(2000, 5000)
    cells = [{"problem": problem, "method": MemoryArmijo(0.1, f1, f2, 0.5), "steps": steps} for f1, f2 in pairs]
    for (f1, f2), trace in zip(pairs, plan.run_many(cells, checked=False), strict=True):
        taken = trace.step[-1]
        per_step = float((trace["values"][-1] - 1) / taken)
        drift = abs(math.log(trace.stepsize[-1] / 0.1)) / (taken * math.log(f1))
        yield Measured(per_step, per_step - drift, per_step + drift, at={"f_1": f1, "f_2": f2},
                       label=f"digits, f1={f1:g}, f2={f2:g}, {taken} steps")  # fmt: skip
