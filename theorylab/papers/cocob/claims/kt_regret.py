"""KT's regret at every step."""

import sympy as sp

from theorylab.claims import Checked, claim
from theorylab.methods import KT
from theorylab.papers.cocob.claims.bounds import least_room, regret_of
from theorylab.papers.cocob.claims.watched import against_target, blur, check_bounds, derived, named, searched
from theorylab.papers.cocob.derivations import kt
from theorylab.papers.cocob.derivations.symbols import T, epsilon, t
from theorylab.replay import Statement
from theorylab.theory.evaluate import value


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
        regrets = regret_of(trace, D)[1:]
        of_form = {form: derived(*found, T=steps, u=D, epsilon=1) for form, found in forms.items()}
        exact, lambert, printed = *of_form.values(), value(kt()["regret"], T=steps, u=D, epsilon=1)
        replay = searched("cocob.kt-regret", _kt_statement(kt()["regret"]), trace.problem, KT(1.0),
                          trace.first_excess[-1])  # fmt: skip
        room = min(least_room(trace, "simple"), float((1 - regrets / printed).min()))
        ratio = float((regrets / printed)[-1])
        yield Checked(room + blur(trace), f"{label}: 24 and e^2 pi", ratio, 7 * int(steps[-1]), replay,
                      note=f"last ratios {ratio:.3f}, {(regrets / exact)[-1]:.3f}")  # fmt: skip
        yield Checked(least_room(trace, "lambert") + blur(trace), f"{label}: Lambert", float((regrets / lambert)[-1]),
                      7 * int(steps[-1]), note=f"last ratio {(regrets / lambert)[-1]:.3f}")  # fmt: skip


