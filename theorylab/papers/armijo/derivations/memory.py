"""T3 and T4, item 6.7: the search that remembers its step; how long it can lag, and what it evaluates."""

import sympy as sp

from theorylab.papers.armijo.derivations.accepted import accepted_step
from theorylab.papers.armijo.derivations.general import ABOVE
from theorylab.papers.armijo.derivations.symbols import (
    L_0,
    L_1,
    SHARE,
    Delta,
    G,
    K,
    ell,
    epsilon,
    f_1,
    f_2,
    lam,
    r,
    t_0,
    t_last,
)
from theorylab.theory import Chain, Domain, derivation

m = sp.Symbol("m", positive=True)  # lagging steps
head = sp.Symbol("head", real=True)  # ln(tb'/(f1 t0)) at the start
v = sp.Symbol("v", positive=True)
n_back = sp.Symbol("n_back", nonnegative=True)  # rejections in a run
GROWS = {f_2: Domain(1, sp.oo)}
PAIRS = {"2_2": (2, 2), "2_10000": (2, 10**4), "30_10000": (30, 10**4)}  # [secondary] 2/1e4: the author's defaults


@derivation("Memory: few steps lag behind tb'/f1, and the evaluations per step tend to 1 + ln f2/ln f1")
def memory_complexity(chain: Chain) -> None:
    """T3, T4 [derived]. G is the gradient norm at the start in the results that hold t_0."""
    weaker, a = accepted_step()["tb_prime"], accepted_step()["a"]
    after, before = G, (sp.exp(L_1 * r) * (L_0 + L_1 * G) - L_0) / L_1  # L0 + L1 G falls by e^(-L1 r) at most
    growth = chain.equal(
        sp.log(weaker.subs(G, after) / weaker.subs(G, before)), L_1 * r, "ln tb' grows by at most L1 r in a step",
        domains=SHARE, hint="difference of logs",
    )  # fmt: skip
    # a lagging step was accepted at once (else t >= tb/f1), so t grew by f2; a lag of m steps that began at step 0:
    (steps,) = sp.solve(head + growth / r * ell - (m - 1) * sp.log(f_2), m)
    steps = chain.equal(steps, (head + L_1 * ell) / sp.log(f_2) + 1, "a lag that exists at the start, with the others",
                        domains=GROWS, hint="cancel")  # fmt: skip
    (later,) = sp.solve(growth / r * ell - m * sp.log(f_2), m)
    chain.equal(later, L_1 * ell / sp.log(f_2), "without one at the start", domains=GROWS)
    started = sp.Max(head, 0) / sp.log(f_2) + 1 + later
    chain.equal(started.subs(head, v), steps.subs(head, v), "ln+ covers a lag at the start", domains=GROWS)
    chain.equal(started.subs(head, -v), later + 1, "and its absence, with one step to spare", domains=GROWS)
    start = sp.log(weaker / (f_1 * t_0))
    length = _length(chain)
    total = started.subs({ell: length, head: start})
    prompt = _prompt(chain, weaker, a)
    lagging = sp.Piecewise((steps.subs(head, start), weaker > f_1 * t_0), (later, True))
    chain.result(lag_growth=growth, lag_bound_path=lagging, lag_bound=lagging.subs(ell, length),
                 bound=prompt + total, prompt_bound=prompt, path_length=length)  # fmt: skip
    _evaluations(chain)


def _length(chain):
    gain = chain.at_least(
        lam * r * G, lam * r * epsilon, "a step of length r = t G gains lambda r G", domains=ABOVE,
        contact=({G: epsilon},), hint="slack",
        pins=[lambda l, rhs: (l / G, rhs / epsilon), lambda l, rhs: (l, lam * r * G)],
    )  # fmt: skip
    return chain.equal(Delta / (gain / r), Delta / (lam * epsilon), "so the path is not longer than this")


def _prompt(chain, weaker, a):
    gain = lam * weaker / f_1 * G**2
    least = chain.at_least(
        gain, gain.subs(G, epsilon), "a step that does not lag gains at least this", domains=SHARE | ABOVE,
        contact=({G: epsilon},), hint="slack",
        pins=[lambda l, _: (l * f_1 / (lam * G**2), weaker),
              lambda l, rhs: (l.subs(G, 2 * epsilon), rhs.subs(epsilon, 2 * epsilon))],
    )  # fmt: skip
    total = a * f_1 * Delta / (2 * lam * (1 - lam)) * (L_0 / epsilon**2 + L_1 / epsilon)
    return chain.equal(Delta / least, total, "so there are at most so many", domains=SHARE, hint="cancel")


def _evaluations(chain):
    """T4: every rejection divides by f1, every acceptance but the last multiplies by f2."""
    (back,) = sp.solve(sp.log(t_0) + (K - 1) * sp.log(f_2) - n_back * sp.log(f_1) - sp.log(t_last), n_back)
    back = chain.equal(
        back, sp.log(t_0 * f_2 ** (K - 1) / t_last) / sp.log(f_1), "rejections of an uncapped run", hint="logs",
        pins=[lambda l, rhs: (t_0 * f_2 ** (K - 1) * f_1 ** (-rhs), t_last)],
    )  # fmt: skip
    evaluations = 1 + K + back
    spread = (1 + K + sp.expand_log(back)) / K
    per_step = chain.tends(
        spread, 1 + sp.log(f_2) / sp.log(f_1), K,
        "evaluations per step of a long run whose step neither grows nor decays",
        domains=GROWS | {f_1: Domain(1, sp.oo)},
        pins=[lambda l, rhs: (l * K, evaluations), lambda l, rhs: ((rhs - 1) * sp.log(f_1), sp.log(f_2))],
    )  # fmt: skip
    shown = {}
    for name, (back_by, up_by) in PAIRS.items():
        value = per_step.subs({f_1: back_by, f_2: up_by})
        shown[f"per_step_{name}"] = chain.equal(
            value, 1 + sp.log(up_by) / sp.log(back_by), f"for {back_by}/{up_by}", hint="logs",
            pins=[lambda l, rhs, b=back_by, up=up_by: (b ** (rhs - 1), up)],
        )  # fmt: skip
    chain.equal(shown["per_step_2_2"], 2, "which is 2 for f1 = f2")
    chain.result(evaluations_identity=back, evaluations=evaluations, evaluations_per_step=per_step, **shown)
