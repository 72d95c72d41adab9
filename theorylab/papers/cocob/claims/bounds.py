"""What Algorithm 1 and KT guarantee at every step: wealth, regret and, from it, the gap."""

import math

import numpy as np
import sympy as sp

from problems import Distance
from theorylab.claims import Checked, claim
from theorylab.methods import COCOB, KT, RegretWatch, gap_of_average
from theorylab.papers.cocob.claims.means import cell, decades, last_mean, mean_gap
from theorylab.papers.cocob.claims.watched import (
    against_target,
    blur,
    check_bounds,
    derived,
    excess,
    in_balls,
    log_blur,
    named,
    on_distances,
    on_flipped,
    searched,
)
from theorylab.papers.cocob.derivations import gap_bound, kt, overshoot, regret_bound, wealth_bound
from theorylab.papers.cocob.derivations.symbols import L, T, epsilon, t
from theorylab.replay import Statement
from theorylab.theory.evaluate import value


def _own(trace):
    """The bettor, its problem and its seed."""
    method = trace.method
    while hasattr(method, "method"):
        method = method.method
    return trace.problem, method, trace.provenance["seed"] if hasattr(type(trace.problem), "draw") else None


def _regret(trace, size: float) -> np.ndarray:
    """The larger regret of u and -u at the records."""
    return size * trace.theta - trace.reward


def _least(trace, kind: str) -> float:
    return min(float(trace[f"{kind}_{i}"][-1]) for i in range(4))


def _regret_findings(plan, claim_id: str, kind: str):
    bound = regret_bound()[kind]
    for label, trace in named(plan):
        forms = {form: (regret_bound()[form], regret_bound()["argument"]) for form in ("simple", "lambert")}
        check_bounds(trace, forms, L=1.0, epsilon=1.0, G=lambda i, trace=trace: trace.G[i])
        problem, method, seed = _own(trace)
        steps = int(trace.step[-1])
        size = getattr(problem, "D", 100.0)
        last = derived(bound, regret_bound()["argument"], L=1, G=trace.G[-1], u=size, epsilon=1)
        final = float(_regret(trace, size)[-1] / last)
        yield Checked(
            _least(trace, kind) + blur(trace), label, final, 7 * steps,
            replay=searched(claim_id, excess(bound), problem, method, trace.first_excess[-1], seed),
            note=f"regret against {size:g} is {final:.3f} of the bound at T={steps:g}",
        )  # fmt: skip
    for name, exact in in_balls(plan).items():
        rooms, ratio = [], 0.0
        for size, regrets in exact.regrets.items():
            if size == 0 and kind == "lambert":
                bounds = np.ones_like(regrets)  # W(0) = 0: what is left is eps
            else:
                bounds = derived(bound, regret_bound()["argument"], L=1, G=exact.size, u=size, epsilon=1)
            rooms.append(float(((bounds - regrets) / (bounds + 1)).min()))
            ratio = max(ratio, float((regrets / bounds)[1:].max()))
        yield Checked(min(rooms), f"P4, {name}, in balls", ratio, 7 * exact.size.size,
                      note=f"largest wealth e^{exact.log_wealth.max():.4g}")  # fmt: skip


@claim(
    "cocob.regret-bound",
    kind="bound",
    place="spec 5.2",
    source="derived",
    derivations=(regret_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), regret_bound()["simple"]),
    refutation=lambda: excess(regret_bound()["simple"]),
)
def regret(plan):
    """Regret_T(u) <= |u| sqrt(L G lam) + eps(1 - sqrt(L/G)) at every step, for u in {0, +-.3, +-7, +-D}: on |x-D|
    (P1), with flipped signs (P2), on streams of coins (P4)."""
    yield from _regret_findings(plan, "cocob.regret-bound", "simple")


@claim(
    "cocob.regret-lambert",
    kind="bound",
    place="spec 5.2",
    source="derived",
    derivations=(regret_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), regret_bound()["lambert"]),
    refutation=lambda: excess(regret_bound()["lambert"]),
)
def regret_lambert(plan):
    """The same with Lambert's W in the place of the logarithm, W e^W = G^2 u^2/eps^2: the tighter form, at every step
    of the same runs."""
    yield from _regret_findings(plan, "cocob.regret-lambert", "lambert")


def _wealth(log_bound) -> Statement:
    """ln wealth is at least this."""
    return Statement(log_bound.subs(epsilon, L), sp.log(sp.Symbol("wealth")))


@claim(
    "cocob.wealth-bound",
    kind="bound",
    place="spec 5.1",
    source="derived",
    derivations=(wealth_bound,),
    statement=lambda: sp.Ge(sp.Symbol(r"\mathrm{Wealth}_T"), wealth_bound()["bound"]),
    refutation=lambda: _wealth(wealth_bound()["log_bound"]),
)
def wealth(plan):
    """ln Wealth_T - ln(eps sqrt(L/G)) - theta^2/(2LG) >= 0 at every step of P1, P2 and P4; where the first gradient has
    the size L, it is at least (ln 2)/2 - 1/4 from then on."""
    first = float(wealth_bound()["first_slack"])
    for label, trace in named(plan):
        problem, method, seed = _own(trace)
        i = len(trace) - 1
        least = value(wealth_bound()["log_bound"], L=1, G=trace.G[i], theta=trace.theta[i], epsilon=1)
        if not abs(math.log(trace.wealth[i]) - least - trace.log_slack[i]) <= 1e-9 * (1 + abs(least)):
            raise ValueError(f"the watch's slack is {trace.log_slack[i]}, another than the derived bound's: {label}")
        full = trace.G[1] == 2.0
        least = float(trace.least_log_slack[-1])
        yield Checked(
            least - (first if full else 0.0) + log_blur(trace), label, math.exp(-least), int(trace.step[-1]),
            replay=searched("cocob.wealth-bound", _wealth(wealth_bound()["log_bound"]), problem, method,
                            trace.first_short[-1], seed),
            note=f"least log slack {least:.4f}" + (f", from the first coin on {first:.4f}" if full else ""),
        )  # fmt: skip
    for name, exact in in_balls(plan).items():
        slack = _exact_slack(exact)
        yield Checked(float(slack.min()) - first + 1e-10, f"P4, {name}, in balls", math.exp(-slack.min()), slack.size,
                      note=f"least log slack {slack.min():.4f}")  # fmt: skip


def _exact_slack(exact) -> np.ndarray:
    return exact.log_wealth - value(wealth_bound()["log_bound"], L=1, G=exact.size, theta=exact.theta, epsilon=1)


def _rises() -> Statement:
    """The log slack does not fall in a step."""
    slack = sp.log(sp.Symbol("wealth")) - wealth_bound()["log_bound"].subs(epsilon, L)
    before = {name: sp.Symbol(f"before_{name}") for name in ("wealth", "G", "theta")}
    return Statement(slack.subs({s: before[s.name] for s in slack.free_symbols if s.name in before}), slack)


@claim(
    "cocob.slack-monotone",
    kind="event",
    place="spec S2",
    source="derived",
    derivations=(wealth_bound,),
    statement=lambda: sp.Ge(wealth_bound()["step_gain"], 0),
    refutation=_rises,
)
def slack_monotone(plan):
    """The log slack ln(wealth/potential) falls in no step of P1, P2 and P4, by more than rounding (1e-10, or 1e-12 of
    the largest wealth over the least)."""
    for label, trace in named(plan):
        step = float(trace.least_log_step[-1])
        yield Checked(step + log_blur(trace), label, checked=int(trace.step[-1]) - 1, note=f"least gain {step:.2g}")
    for name, exact in in_balls(plan).items():
        gains = np.diff(_exact_slack(exact))
        yield Checked(float(gains.min()) + 1e-10, f"P4, {name}, in balls", checked=gains.size,
                      note=f"least gain {gains.min():.2g}")  # fmt: skip


def _gap_ratios(plan, form: str):
    """(label, largest ratio, last ratio, checks): means of F, and F at the average, over the bound, at all records."""
    bound = gap_bound()[form]
    for trace in on_distances(plan):
        steps, means = mean_gap(trace)
        bounds = value(bound, L=1, G=trace.G[1:], u=trace.problem.D, tau=1, T=steps)
        for what, found in (("mean of F", means), ("F at the average", gap_of_average(trace))):
            yield f"P1, D={trace.problem.D:g}: {what}", (found / bounds).max(), (found / bounds)[-1], steps.size
    for p, traces in on_flipped(plan).items():
        steps = mean_gap(traces[0])[0]
        bounds = value(bound, L=1, G=traces[0].G[1:], u=traces[0].problem.D, tau=1, T=steps)  # every |g| is 1
        for what, found in (("mean of F", [mean_gap(trace)[1] for trace in traces]),
                            ("F at the average", [gap_of_average(trace) for trace in traces])):  # fmt: skip
            ratio = np.mean(found, axis=0) / bounds
            yield f"P2, p={p:g}, {len(traces)} seeds: {what}", ratio.max(), ratio[-1], steps.size


@claim(
    "cocob.gap-bound",
    kind="bound",
    place="spec 5.3",
    source="derived",
    derivations=(gap_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{E}F(w_I) - F_\star"), gap_bound()["bound"]),
)
def gap(plan):
    """E F(w_I) - F* <= (L + |u| sqrt(L G ln(1+G^2u^2/L^2)))/T, u = w* - w_1, for the mean of F over the iterates and
    for F at their average, at all records of P1 and, averaged over seeds, of P2."""
    for label, largest, last, checks in _gap_ratios(plan, "bound"):
        yield Checked(1 - float(largest), label, float(largest), checks, note=f"last ratio {last:.3f}")


@claim(
    "cocob.theorem1-form",
    kind="bound",
    place="Theorem 1, as recalled",
    source="unverified",
    derivations=(gap_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{E}F(w_I) - F_\star"), gap_bound()["printed"]),
)
def theorem1(plan):
    """The same with G + L in the place of G, the form in which Theorem 1 is recalled: implied by the one without."""
    for label, largest, last, checks in _gap_ratios(plan, "printed"):
        yield Checked(1 - float(largest), label, float(largest), checks, note=f"last ratio {last:.3f}")


def beyond() -> Statement:
    """No iterate is beyond (1 + tanh 1) D."""
    return Statement(sp.Symbol("x0"), overshoot()["bound"] * sp.Symbol("D"))


@claim(
    "cocob.overshoot",
    kind="bound",
    place="spec S9",
    source="derived",
    derivations=(overshoot,),
    statement=lambda: sp.Lt(sp.Symbol("w") / sp.Symbol("D"), overshoot()["bound"]),
    refutation=beyond,
)
def overshoots(plan):
    """On |x-D| with D >= 1 no iterate is beyond (1 + tanh 1) D, in 2000 steps on a grid of D up to 1e6."""
    most = float(overshoot()["bound"])
    traces = plan.run_many([
        cell(Distance(D), RegretWatch(COCOB(1.0), (D,)), 2000) for D in decades(1, 1e6, plan.pick(10, 100))
    ])  # fmt: skip
    ratios = np.array([trace.reach[-1] / trace.problem.D for trace in traces])
    worst = traces[int(ratios.argmax())]
    yield Checked(
        1 - float(ratios.max()) / most, f"D=1..1e6, {ratios.size} values", float(ratios.max()) / most,
        2000 * ratios.size, note=f"largest w/D from {ratios.min():.3f} to {ratios.max():.3f}, bound {most:.4f}",
        replay=lambda seconds: _beyond_replay(worst, seconds),
    )  # fmt: skip


def _beyond_replay(trace, seconds):
    first = trace.problem.D
    return searched("cocob.overshoot", beyond(), trace.problem, COCOB(1.0), _first_beyond(first))(seconds)


def _first_beyond(D: float) -> int:
    """A few steps after the first crossing: w multiplies by less than 1.77 a step."""
    return max(2, math.ceil(math.log(1 + D) / math.log(1.5)) + 3)


#: Initial wealths of the sweep, and how much their regrets may differ.
WEALTHS = (1e-6, 1e-4, 1e-2, 1.0, 1e1, 1e2, 1e3)
FACTOR = 2.0


@claim(
    "cocob.eps-log",
    kind="bound",
    place="spec 7",
    source="derived",
    derivations=(regret_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), regret_bound()["simple"]),
)
def eps_log(plan):
    """The initial wealth counts by its logarithm: at D = 10.137 regrets with eps from 1e-6 to 1e3 are below their own
    bound, and within a factor 2 of one another."""
    problem, steps = Distance(10.137), plan.pick(10**5, 10**6)
    found = {}
    for eps in (*WEALTHS, 1e6):
        trace = plan.run(**cell(problem, COCOB(1.0, eps), steps))
        found[eps] = last_mean(trace) * steps
        bound = float(value(regret_bound()["simple"], L=1, G=trace.G[-1], u=problem.D, epsilon=eps))
        yield Checked(1 - found[eps] / bound, f"eps={eps:g}: regret under its bound", found[eps] / bound,
                      note=f"regret {found[eps]:.3g}")  # fmt: skip
    regrets = [found[eps] for eps in WEALTHS]
    apart = max(regrets) / min(regrets)
    note = f"regrets {max(regrets):.3g} to {min(regrets):.3g} at T={steps:g}; eps=1e6: {found[1e6]:.3g}"
    yield Checked(1 - apart / FACTOR, "eps=1e-6..1e3: one regret over another", apart / FACTOR, len(WEALTHS), note=note)


def _kt_statement(bound) -> Statement:
    return against_target(sp.sympify(bound).subs(T, t).subs(epsilon, sp.Symbol("eps")))


@claim(
    "cocob.kt-regret",
    kind="bound",
    place="Orabona and Pal, spec 5.5",
    source="quoted",
    derivations=(kt,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), kt()["regret"]),
    refutation=lambda: _kt_statement(kt()["regret"]),
)
def kt_regret(plan):
    """KT: Regret_T(u) <= |u| sqrt(T ln(1+24T^2u^2/eps^2)) + eps(1 - 1/(e sqrt(pi T))), with e^2 pi in the place of 24,
    and with Lambert's W, at every step of P1 for u in {0, +-.3, +-7, +-D}."""
    argument = kt()["lambert_argument"]
    forms = {"simple": (kt()["regret_exact"], argument), "lambert": (kt()["regret_lambert"], argument)}
    for label, trace in named(plan, KT):
        check_bounds(trace, forms, epsilon=1.0, T=lambda i, trace=trace: float(trace.step[i]))
        steps, D = trace.step[1:].astype(float), trace.problem.D
        regrets = _regret(trace, D)[1:]
        of_form = {form: derived(*found, T=steps, u=D, epsilon=1) for form, found in forms.items()}
        exact, lambert, printed = *of_form.values(), value(kt()["regret"], T=steps, u=D, epsilon=1)
        replay = searched("cocob.kt-regret", _kt_statement(kt()["regret"]), trace.problem, KT(1.0),
                          trace.first_excess[-1])  # fmt: skip
        room = min(_least(trace, "simple"), float((1 - regrets / printed).min()))
        ratio = float((regrets / printed)[-1])
        yield Checked(room + blur(trace), f"{label}: 24 and e^2 pi", ratio, 7 * int(steps[-1]), replay,
                      note=f"last ratios {ratio:.3f}, {(regrets / exact)[-1]:.3f}")  # fmt: skip
        yield Checked(_least(trace, "lambert") + blur(trace), f"{label}: Lambert", float((regrets / lambert)[-1]),
                      7 * int(steps[-1]), note=f"last ratio {(regrets / lambert)[-1]:.3f}")  # fmt: skip


