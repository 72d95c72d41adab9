"""S6, item 5: best window and envelope for any schedule, and the exponent by the order at which it vanishes."""

import sympy as sp

from theorylab.papers.annealing.derivations.polynomial import BOUND, poly_bound
from theorylab.papers.annealing.derivations.symbols import (
    H_1,
    Q_1,
    SHARP,
    A,
    D,
    G,
    H,
    Q,
    T,
    c_1,
    c_2,
    eta,
    h,
    p,
    rho,
    x,
)
from theorylab.theory import Chain, Rate, Undecided, derivation

START, COST = H_1 / (rho * H), rho * Q / Q_1  # a and b of S6


@derivation("Any schedule: the best window solves rho^2 h H = H(1) Q(1), and the local exponent is (b-a)/(a+b)")
def general_schedule(chain: Chain) -> None:
    """S6 [derived]; rho is eta over the tuned eta, H, Q and h belong to the window, H_1 and Q_1 to the whole run."""
    whole = BOUND.subs({H: H_1, Q: Q_1})
    (best,) = sp.solve(sp.diff(whole, eta), eta)
    best = chain.equal(best, D / G * sp.sqrt(c_1 / (c_2 * T * H_1 * Q_1)), "best stepsize for the whole-run bound",
                       hint="powers", pins=[lambda l, _: (sp.diff(whole, eta).subs(eta, l), 0)])  # fmt: skip
    tuned = chain.equal(whole.subs(eta, best), 2 * sp.sqrt(c_1 * c_2 * Q_1 / H_1) * D * G / sp.sqrt(T),
                        "the tuned bound", hint="powers")  # fmt: skip
    loss = chain.equal(BOUND.subs(eta, rho * best) / tuned, (START + COST) / 2,
                       "B/B* = (a+b)/2, a = H(1)/(rho H), b = rho Q/Q(1)", hint="powers")  # fmt: skip
    slope = sp.diff(loss, H) * h + sp.diff(loss, Q) * h**2 / H  # H' = h, Q' = h^2/H
    condition = chain.equal(slope * 2 * rho * H**2 * Q_1 / h, rho**2 * h * H - H_1 * Q_1,
                            "its derivative in the window, scaled: the best window is its root",
                            hint="cancel")  # fmt: skip
    (rho_c,) = sp.solve(condition.subs({h: 1, H: H_1}), rho)
    rho_c = chain.equal(rho_c, sp.sqrt(Q_1), "with h = 1 at the start the root is the whole run at this rho",
                        pins=[lambda l, _: (condition.subs({h: 1, H: H_1, rho: l}), 0)])  # fmt: skip
    below = chain.equal(loss.subs({H: H_1, Q: Q_1}), (rho + 1 / rho) / 2, "below it B/B* is that of the whole run")
    # the envelope: at the best window the derivative in rho is the partial one
    local = chain.equal(rho * sp.diff(loss, rho) / loss, (COST - START) / (START + COST), "local exponent",
                        hint="cancel")  # fmt: skip
    at_join = chain.equal(local.subs({H: H_1, Q: Q_1, rho: rho_c}), (Q_1 - 1) / (Q_1 + 1),
                          "which is this at rho_c, whatever comes later", hint="cancel")  # fmt: skip
    chain.equal((rho * sp.diff(sp.log(below), rho)).subs(rho, rho_c), at_join,
                "and so is that of the whole run: B/B* has no kink at rho_c", hint="simplify")  # fmt: skip
    sharp = chain.equal(tuned.subs(SHARP).subs({D: 1, G: 1, T: 1}), sp.sqrt(Q_1 / H_1) / 2,
                        "the sharp tuned bound in units of DG/sqrt T", hint="powers")  # fmt: skip
    _polynomial(chain, loss, local, condition)
    _leading(chain, loss, condition)
    chain.result(eta_star=best, tuned=tuned, tuned_sharp=sharp, relative_loss=loss, window_condition=condition,
                 rho_c=rho_c, below=below, local_exponent=local, exponent_at_join=at_join)  # fmt: skip


def _polynomial(chain, loss, local, condition):
    """x^p again."""
    theirs = poly_bound()
    at = {h: x**p, H: theirs["H"], Q: theirs["Q"], H_1: theirs["H1"], Q_1: theirs["Q1"]}
    chain.equal(condition.subs(at).subs(x, theirs["window"]), 0, "x^p: its window solves the condition", hint="powers")
    chain.equal(loss.subs(at).subs(x, theirs["window"]), theirs["relative_loss"], "with its B/B*",
                hint="difference of logs")  # fmt: skip
    chain.equal(local.subs(at).subs(x, theirs["window"]), theirs["exponent"], "and its exponent", hint="powers")


def _leading(chain, loss, condition):
    """Late in the run only h ~ A x^p is left of a schedule."""
    theirs = poly_bound()
    at = {h: A * x**p, H: A * theirs["H"], Q: A * theirs["Q"]}
    chain.equal(sp.diff(at[Q], x), at[h] ** 2 / at[H], "h ~ A x^p: Q ~ A (p+1) x^p/p", hint="powers")
    best = ((p + 1) * H_1 * Q_1 / (A * rho) ** 2) ** (1 / (2 * p + 1))
    chain.equal(condition.subs(at).subs(x, best), 0, "its window", hint="powers")
    form = (2 * p + 1) * (p + 1) * H_1 / (2 * p * A * rho * best ** (p + 1))
    late = chain.equal(loss.subs(at).subs(x, best), form, "its B/B*", hint="ratio of powers")
    exponent = chain.equal(rho * sp.diff(sp.log(late), rho), 1 / (2 * p + 1),
                           "only the order p matters for the exponent", hint="simplify")  # fmt: skip
    chain.result(leading_window=best, leading_loss=late, exponent=exponent)


def near_end(schedule: sp.Expr) -> sp.Expr:
    """The piece of a schedule h(x) that holds as the remaining fraction x tends to 0."""
    pieces = sp.piecewise_fold(sp.sympify(schedule).rewrite(sp.Piecewise))
    if not isinstance(pieces, sp.Piecewise):
        return pieces
    return next(piece for piece, condition in pieces.args if condition.subs(x, 0) == sp.true)


def p_eff(schedule: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """(order at which h(x) vanishes at the end, exponent 1/(2 order + 1) of the loss in rho).

    Parameters
    ----------
    schedule : sympy.Expr
        h in `symbols.x`, the remaining fraction of the run; Min and Piecewise are allowed.

    Raises
    ------
    Undecided
        If h has no leading power at the end, or grows without bound there.

    Examples
    --------
    >>> p_eff((1 - sp.cos(sp.pi * x)) / 2)
    (2, 1/5)
    """
    end = near_end(schedule)
    law = Rate.of(end, x, "0+")
    if law.log_power != 0 or law.loglog_power != 0 or law.power.is_negative:
        raise Undecided(f"the schedule {schedule} behaves like {law} at the end; its order has to be a power >= 0")
    return law.power, poly_bound()["exponent"].subs(p, law.power)
