"""Corollary 2: a stepsize proportional to the budget gives T^-2, and what that depends on."""

import numpy as np
import sympy as sp

from problems import LinearClassifier
from problems.samples import imbalanced, pair
from theorylab.claims import Checked, Measured, claim, within
from theorylab.claims.plan import shared
from theorylab.fits import fit_parameter
from theorylab.papers.large_stepsize.claims.common import data, value, watched
from theorylab.papers.large_stepsize.claims.ratios import worst_of_each
from theorylab.papers.large_stepsize.derivations import corollary2, inverse_increment
from theorylab.papers.large_stepsize.derivations import imbalanced as imbalanced_times
from theorylab.papers.large_stepsize.derivations.symbols import X


@shared
def _budget_runs(plan) -> list:
    """(data set, T, eta, last record): GD with eta = gamma^2 T/120 for T from T_min on."""
    cells = []
    for name in ("pair .05", "pair .09", "toy, rescaled"):
        facts = data(name).facts()
        at = {"gamma": facts["margin"].value, "n": facts["n"].value}
        for k in np.arange(0, plan.pick(3.6, 7.1), 0.5):
            T = int(2**k * np.ceil(value(corollary2()["T_min"], **at)))
            eta = float(value(corollary2()["eta_star"], T=T, **at))
            cells.append((name, at["gamma"], watched(data(name), eta, T)))
    traces = plan.run_many([cell for *_, cell in cells])
    return [
        (name, gamma, cell["steps"], trace.method.method.stepsize, trace.gap[-1], trace.first_level[-1])
        for (name, gamma, cell), trace in zip(cells, traces, strict=True)
    ]


@claim(
    "large_stepsize.corollary2-bound",
    kind="bound",
    place="Corollary 2",
    source="quoted",
    derivations=(corollary2,),
    statement=lambda: sp.Le(sp.Symbol("L_T"), corollary2()["printed_T"]),
)
def corollary2_bound(plan):
    """For T >= 120 max{e, n}/gamma^2 and eta = gamma^2 T/120 the loss at T is at most 480 ln^2(X)/X, X = gamma^4 T^2,
    and at most 240 (2 + ln^2(X/240))/X; the first L <= 1/eta comes by T/2."""
    found = []
    for name, gamma, T, _, loss, first in _budget_runs(plan):
        for what in ("printed", "sharper"):
            bound = float(value(corollary2()[f"{what}_T"], gamma=gamma, T=T))
            found.append((f"{name}: {what}, T={T}", loss / bound))
        found.append((f"{name}: tau1 <= T/2, T={T}", 2 * first / T if first >= 0 else np.inf))
    yield from worst_of_each(found)


@claim(
    "large_stepsize.t2-window",
    kind="exponent",
    place="Corollary 2 (upper bound); spec D1",
    source="quoted",
    derivations=(corollary2,),
    predicted=lambda: within(corollary2()["exponent"], 0.02),
)
def t2_window(plan):
    """With the stepsize of Corollary 2 the loss falls like T^-2 as long as eta is below 40: no logarithm, while the
    bound itself falls more slowly."""
    sets: dict = {}
    for name, gamma, T, eta, loss, _ in _budget_runs(plan):
        if eta < 40:
            sets.setdefault(name, []).append((T, loss, float(value(corollary2()["printed_T"], gamma=gamma, T=T))))
    for name, rows in sets.items():
        T, losses, bounds = np.array(rows).T
        fit = fit_parameter(T, losses)
        slope = np.polyfit(np.log(T), np.log(bounds), 1)[0]
        label = f"{name}, T={T[0]:.4g}..{T[-1]:.4g} (the bound: slope {slope:.2f})"
        yield Measured(-fit.value, -fit.high, -fit.low, label=label, why=fit.why)


@claim(
    "large_stepsize.log-bias",
    kind="identity",
    place="spec 6.7",
    source="derived",
    derivations=(corollary2,),
    statement=lambda: corollary2()["local_slope"],
)
def log_bias(plan):
    """The bound of Corollary 2 falls with the local slope -2 + 4/ln X in ln T: far from -2 even at X = 1e8."""
    import mpmath

    bound = sp.lambdify(X, corollary2()["printed"], "mpmath")
    for exponent in (4, 6, 8):
        with mpmath.workdps(40):
            step = mpmath.mpf(10) ** -12
            X0 = mpmath.mpf(10) ** exponent
            # X goes with T^2: a relative step h in T is one of 2h in X
            numeric = mpmath.log(bound(X0 * mpmath.exp(2 * step)) / bound(X0 * mpmath.exp(-2 * step))) / (2 * step)
            apart = abs(numeric - mpmath.mpf(sp.N(corollary2()[f"slope_1e{exponent}"], 40)))
        yield Checked(float(1 - apart / mpmath.mpf(10) ** -20), f"X=1e{exponent}", note=f"slope {float(numeric):.4f}")


def _family(c: float, T: int) -> dict:
    return watched(LinearClassifier(imbalanced(0.1, T // 4, "s/2")), c * T, T)


@claim(
    "large_stepsize.t2-family",
    kind="exponent",
    place="spec D4 with n = T/4, eta = c T",
    source="derived",
    derivations=(imbalanced_times, inverse_increment),
    predicted=lambda: {
        "exponent": within(inverse_increment()["budget_exponent"], 0.02),
        "tau1/T": within(imbalanced_times()["tau_over_T"], 0.005),
        "ln(L_T/law)": within(0, 0.01),
    },
)
def t2_family(plan):
    """On imbalanced(.1, T/4, s/2) with eta = c T the loss after T steps falls like T^-2: the data grow with the budget,
    the first phase takes the same share of it, and the light point's norm stands in the place of the margin."""
    for c, first in ((0.25, 13), (0.05, 15)):
        budgets = [int(2.0**k / 4) * 4 for k in np.arange(first, 17.1, 0.5)]
        traces = plan.run_many([_family(c, T) for T in budgets])
        losses = np.array([trace.gap[-1] for trace in traces])
        fit = fit_parameter(budgets, losses)
        label = f"c={c:g}, T=2^{first}..2^17"
        yield Measured(-fit.value, -fit.high, -fit.low, quantity="exponent", label=label, why=fit.why)
        last = traces[-1]
        share = last.first_level[-1] / budgets[-1]
        at = {"gamma": 0.1}
        yield Measured(share, share - 1 / budgets[-1], share, quantity="tau1/T", label=label, at=at)
        d = -last.problem.sample.z[1, 1]
        law = value(imbalanced_times()["loss_prefactor"], gamma=0.1, d=d, eta=c * budgets[-1], T=budgets[-1],
                    tau=last.first_level[-1])  # fmt: skip
        off = float(np.log(losses[-1] / law))
        yield Measured(off, off, off, quantity="ln(L_T/law)", label=label)


@claim(
    "large_stepsize.exact-t2-fixed-data",
    kind="exponent",
    place="spec section 8",
    source="derived",
    derivations=(inverse_increment,),
    predicted=lambda: within(inverse_increment()["budget_exponent"], 0.02),
    expected="REFUTED",
)
def exact_t2_fixed_data(plan):
    """On fixed data with eta = c T the loss after T steps falls like T^-2, however large T. (A misreading: once the
    margins at the exit are worth more than the steps after it, the loss falls faster, and not even monotonically.)"""
    problem = LinearClassifier(pair(0.05))
    budgets = 2 ** np.arange(10, 19)
    for c in (0.01, 0.1):
        traces = plan.run_many([watched(problem, c * float(T), int(T)) for T in budgets])
        logs = np.array([trace.log_loss[-1] for trace in traces])
        slopes = (-np.diff(logs) / np.diff(np.log(budgets))).tolist()
        for k, slope in enumerate(slopes[3:], 13):
            yield Measured(slope, slope, slope, label=f"pair .05, eta={c:g} T, from T=2^{k} to 2^{k + 1}",
                           why=f"from T=2^10 on {', '.join(f'{s:.3g}' for s in slopes)}")  # fmt: skip
