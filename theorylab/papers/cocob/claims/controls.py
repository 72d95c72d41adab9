"""What must fail: slips, missing assumptions, and mutants of Algorithm 1."""

import numpy as np
import sympy as sp

from problems import Coins, Distance, FlippedDistance
from theorylab.claims import Checked, claim
from theorylab.kernels import arrived, drawn, fma, inline, per_coordinate, tanh
from theorylab.methods import COCOB, KT, RegretWatch
from theorylab.methods.cocob import Bets, booked, wealth
from theorylab.papers.cocob.claims.bounds import beyond, mean_gap
from theorylab.papers.cocob.claims.means import cell
from theorylab.papers.cocob.claims.watched import against_target, searched
from theorylab.papers.cocob.derivations import kt, misspecified, overshoot, regret_bound, wealth_bound
from theorylab.papers.cocob.derivations.symbols import G, L, T, epsilon, kappa, t, u
from theorylab.replay import Statement
from theorylab.theory.evaluate import value

#: The problem of most controls.
TARGET = Distance(10.137)


@inline
def _never(method, memory):
    return False


class Trusting(COCOB):
    """Algorithm 1 that does not look whether gradients keep to L."""

    broken = staticmethod(_never)


def _stepping(rule):
    """The step of Algorithm 1 with another rule for a coordinate."""

    def step(method, oracle, at, memory, k, stream):
        f, g = drawn(oracle, at, k, stream)
        size, reward, theta, x = per_coordinate(
            rule, 0.0, (memory.size, memory.reward, memory.theta, at.x), (method.L, method.eps, g, memory.origin)
        )
        return arrived(oracle, x, f, g), Bets(memory.breach, memory.origin, size, reward, theta)

    return inline(step)


@inline
def _new_w(_, size, reward, theta, w, L, eps, g, origin):
    size += abs(g)
    theta -= g
    w = fma(tanh(theta / (size + L)) / L, wealth(eps, L, reward), origin)
    return size, fma(-g, w - origin, reward), theta, w


@inline
def _sigma(_, size, reward, theta, w, L, eps, g, origin):
    size, reward, theta = booked(size, reward, theta, w, g, origin)
    return size, reward, theta, fma(tanh(theta / (2.0 * (size + L))) / L, wealth(eps, L, reward), origin)


@inline
def _double(_, size, reward, theta, w, L, eps, g, origin):
    size, reward, theta = booked(size, reward, theta, w, g, origin)
    return size, reward, theta, fma(tanh(2.0 * theta / (size + L)) / L, wealth(eps, L, reward), origin)


@inline
def _from_zero(_, size, reward, theta, w, L, eps, g, origin):
    size, reward, theta = booked(size, reward, theta, w, g, origin)
    bet = tanh(theta / size) / L  # the sum that it bets with started at 0: L less
    return size, reward, theta, fma(bet, wealth(eps, L, reward), origin)


class NewW(Trusting):
    """Books a reward with the w that it has just computed."""

    step = staticmethod(_stepping(_new_w))


class Sigma(Trusting):
    """Forgets the factor 2 inside of the sigmoid."""

    step = staticmethod(_stepping(_sigma))


class Double(Trusting):
    """Takes 2 into the tanh as well."""

    step = staticmethod(_stepping(_double))


class FromZero(Trusting):
    """Starts G at 0 instead of L."""

    step = staticmethod(_stepping(_from_zero))


def _early(plan, method, problem=TARGET, steps=1000, **options):
    """A run whose every step is recorded."""
    return plan.run(**cell(problem, method, steps, record=range(steps + 1), **options))


def exceeded(claim_id, statement, trace, sides, label, note=""):
    """One check of lhs <= rhs at every step, with a search where it first fails by more than rounding."""
    low, high = sides
    over = low - high
    failed = over > 1e-6 * (np.abs(low) + np.abs(high))
    first = int(np.argmax(failed)) + 1 if failed.any() else -1
    room = float(-(over / (np.abs(low) + np.abs(high))).max())
    seed = trace.provenance["seed"] if hasattr(type(trace.problem), "draw") else None
    return Checked(
        room, label, checked=low.size, note=f"first at t={first}; {note}" if note else f"first at t={first}",
        replay=searched(claim_id, statement, trace.problem, trace.method, first, seed),
    )  # fmt: skip


def _half_log():
    """The simple bound with ln(1 + G u/eps)."""
    return regret_bound()["in_lam"].subs(sp.Symbol("lam", positive=True), sp.log(1 + G * u / epsilon))


def _regrets(trace):
    return (trace.problem.D * trace.theta - trace.reward)[1:]


@claim(
    "cocob.neg-halflog",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(regret_bound,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), _half_log()),
    refutation=lambda: against_target(_half_log()),
    expected="REFUTED",
)
def neg_halflog(plan):
    """The regret is below its bound with ln(1 + G u/eps), half the logarithm. (A control: on |x-D| it is not.)"""
    trace = _early(plan, COCOB(1.0))
    bounds = value(_half_log(), L=1, G=trace.G[1:], u=TARGET.D, epsilon=1)
    ratio = float((_regrets(trace) / bounds).max())
    yield exceeded("cocob.neg-halflog", against_target(_half_log()), trace, (_regrets(trace), bounds), "P1",
                    f"largest ratio {ratio:.3f}")  # fmt: skip


def _wealth(log_bound, **extra) -> Statement:
    return Statement(log_bound.subs({epsilon: L} | extra), sp.log(sp.Symbol("wealth")))


def _exponent2():
    return wealth_bound()["log_bound_with"].subs(kappa, 1)


def _logs(trace, log_bound):
    bounds = value(log_bound, L=1, G=trace.G[1:], theta=trace.theta[1:], epsilon=1)
    return bounds, np.log(trace.wealth[1:])


@claim(
    "cocob.neg-exponent2",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(wealth_bound,),
    statement=lambda: sp.Ge(sp.log(sp.Symbol(r"\mathrm{Wealth}_T")), _exponent2()),
    refutation=lambda: _wealth(_exponent2()),
    expected="REFUTED",
)
def neg_exponent2(plan):
    """Wealth grows like exp(theta^2/(L G)), twice the exponent of 5.1. (A control.)"""
    trace = _early(plan, COCOB(1.0), steps=200)
    yield exceeded("cocob.neg-exponent2", _wealth(_exponent2()), trace, _logs(trace, _exponent2()), "P1")


def _solvent() -> Statement:
    """Wealth is not negative."""
    return Statement(sp.S.Zero, sp.Symbol("wealth"))


#: |g|/L, steps and D of the runs in which L is wrong.
RATIOS = {1.2: 5000, 2.0: 5000, 3.0: 5000}


@claim(
    "cocob.neg-misspecified-l",
    kind="event",
    place="spec section 8",
    source="derived",
    derivations=(misspecified,),
    statement=lambda: sp.Gt(sp.Symbol(r"\mathrm{Wealth}_T"), 0),
    refutation=_solvent,
    expected="REFUTED",
)
def neg_misspecified(plan):
    """Wealth stays positive with gradients of 2 and 3 times the declared L, signs flipped with p = .3 (D = 3.3). (A
    control; at 1.2 times, below coth 1, it does stay so.)"""
    seeds = plan.pick(32, 200)
    for ratio, steps in RATIOS.items():
        problem, method = FlippedDistance(3.3, 0.3), Trusting(1.0 / ratio)
        traces = plan.run_many([
            cell(problem, RegretWatch(method, (3.3,)), steps, seed=seed) for seed in range(seeds)
        ], checked=False)  # fmt: skip  # after ruin wealth explodes, and means nothing
        ruins = np.array([trace.first_ruin[-1] for trace in traces])
        ruined = ruins[ruins > 0]
        first = int(ruined.min()) if ruined.size else -1
        safe = ratio <= float(misspecified()["safe_ratio"])
        seed = int(np.flatnonzero(ruins == first)[0]) if ruined.size else None
        when = f", first at t={first}, half of them by t={np.median(ruined):g}" if ruined.size else ""
        yield Checked(
            -ruined.size / seeds if ruined.size else 1.0, f"|g| = {ratio:g} L" + (" (safe)" if safe else ""),
            checked=seeds * steps, note=f"{ruined.size} of {seeds} seeds ruined in {steps} steps{when}",
            replay=searched("cocob.neg-misspecified-l", _solvent(), problem, method, first, seed),
        )  # fmt: skip


@claim(
    "cocob.neg-overshoot-small-d",
    kind="bound",
    place="spec section 8",
    source="derived",
    derivations=(overshoot,),
    statement=lambda: sp.Lt(sp.Symbol("w") / sp.Symbol("D"), overshoot()["bound"]),
    refutation=beyond,
    expected="REFUTED",
)
def neg_small_distances(plan):
    """No iterate is beyond (1 + tanh 1) D for D in (0, 1) either. (A control: the first step is tanh(1/3) long.)"""
    for D in np.linspace(0.05, 0.95, plan.pick(19, 91)).tolist():
        trace = _early(plan, COCOB(1.0), Distance(D), 30)
        far = trace.x[1:, 0]
        bound = np.full_like(far, float(overshoot()["bound"]) * D)
        if (far > bound).any():
            yield exceeded("cocob.neg-overshoot-small-d", beyond(), trace, (far, bound), f"D={D:g}",
                            f"w/D up to {far.max() / D:.3f}")  # fmt: skip


def _typo():
    return kt()["regret_without_u"].subs(T, t)


@claim(
    "cocob.neg-kt-typo",
    kind="bound",
    place="Orabona and Pal, a displayed formula of the appendix",
    source="quoted",
    derivations=(kt,),
    statement=lambda: sp.Le(sp.Symbol(r"\mathrm{Regret}_T(u)"), kt()["regret_without_u"]),
    refutation=lambda: against_target(_typo().subs(epsilon, sp.Symbol("eps"))),
    expected="REFUTED",
)
def neg_kt_typo(plan):
    """KT's regret is below its bound without the factor ||u||, as once displayed. (A slip of the display: the factor
    stands in the theorem.)"""
    trace = _early(plan, KT(1.0))
    bounds = value(_typo(), t=trace.step[1:], u=TARGET.D, epsilon=1)
    ratio = float((_regrets(trace) / bounds).max())
    yield exceeded("cocob.neg-kt-typo", against_target(_typo().subs(epsilon, sp.Symbol("eps"))), trace,
                    (_regrets(trace), bounds), "P1", f"largest ratio {ratio:.2f}")  # fmt: skip


@claim(
    "cocob.mut-new-w",
    kind="identity",
    place="spec section 8",
    source="derived",
    statement=lambda: sp.Eq(sp.Symbol(r"\mathrm{Reward}_T"), sp.Symbol(r"-\sum g_t(w_t-w_1)"), evaluate=False),
    expected="REFUTED",
)
def mut_new_w(plan):
    """A mutant that books rewards with the new w: on |x-D| its reward is still D theta minus the sum of F(w_t)."""
    yield wealth_identity(plan, NewW(1.0))


def wealth_identity(plan, method) -> Checked:
    """Whether the reward on the books is -sum g (w - w_1) = D theta - sum F(w_t), before the first crossing of D."""
    trace = _early(plan, method, steps=40)
    before = trace.theta[1:] == trace.step[1:]  # the sign of theta is not in the columns: all gradients were -1
    steps, means = (column[before] for column in mean_gap(trace))
    true = TARGET.D * trace.theta[1:][before] - means * steps
    apart = float(np.max(np.abs(trace.reward[1:][before] - true) / (1 + np.abs(true))))
    return Checked(1 - apart / 1e-9, "P1", checked=int(before.sum()), note=f"largest relative difference {apart:.2g}")


def _mutant(claim_id, says, method, instances):
    """The claim that a mutant keeps 5.1: on each instance, (label, problem, seeds), the seed with the least slack."""

    def log_bound():
        return wealth_bound()["log_bound"]

    def slack(trace):
        bounds, logs = _logs(trace, log_bound())
        return float(np.min(logs - bounds))

    def evidence(plan):
        for label, problem, seeds in instances:
            trace = min((_early(plan, method, problem, seed=seed) for seed in range(seeds)), key=slack)
            note = f"least log slack {slack(trace):.3f}, seed {trace.provenance['seed']} of {seeds}"
            yield exceeded(claim_id, _wealth(log_bound()), trace, _logs(trace, log_bound()), label, note)

    evidence.__doc__ = says
    evidence.__module__ = __name__
    return claim(
        claim_id, kind="bound", place="spec section 8", source="derived", derivations=(wealth_bound,),
        statement=lambda: sp.Ge(sp.Symbol(r"\mathrm{Wealth}_T"), wealth_bound()["bound"]),
        refutation=lambda: _wealth(log_bound()), expected="REFUTED",
    )(evidence)  # fmt: skip


_FAR = ("P1, D=1.0137", Distance(1.0137), 1), ("P1, D=1e5", Distance(1.0137e5), 1)
mut_sigma = _mutant(
    "cocob.mut-sigma", "A mutant that bets tanh(theta/(2(G+L))) keeps the wealth bound 5.1 of Algorithm 1.", Sigma(1.0),
    _FAR,
)  # fmt: skip
mut_double = _mutant(
    "cocob.mut-double", "A mutant that bets tanh(2 theta/(G+L)) keeps the wealth bound 5.1 of Algorithm 1.",
    Double(1.0), _FAR,
)  # fmt: skip
mut_g0 = _mutant(
    "cocob.mut-g0", "A mutant whose G starts at 0 keeps the wealth bound 5.1 of Algorithm 1. (On |x-D| it does.)",
    FromZero(1.0), (*_FAR, ("P4, fair signs", Coins.streams()["fair signs"], 12)),
)  # fmt: skip
