"""From growth to rate: the flow u' = -A u^(1+q), and recursions u+ = phi(u) that behave like it."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theorylab.theory.leading import Undecided, sign
from theorylab.theory.rate import Rate
from theorylab.theory.step import Step


@dataclass(frozen=True)
class Flow:
    """Solution u(t) of u' = -A u^(1+q), u(0) = u0, with the steps that prove it."""

    solution: sp.Expr
    steps: tuple[Step, ...]


def power_flow(A, q, start: sp.Symbol, time: sp.Symbol) -> Flow:
    """u' = -A u^(1+q) has the solution u(t) = (u0^-q + q A t)^(-1/q), found by separating the variables.

    Gradient flow on f = c u^p is the case q = p - 2, A = c p.

    Parameters
    ----------
    A, q : sympy.Expr
        Positive coefficient and excess of the order over 1.
    start, time : sympy.Symbol
        u0 and t, both positive.

    References
    ----------
    [derived] separation of variables; residual and initial value are steps of the result.
    """
    A, q = sp.sympify(A), sp.sympify(q)
    u, v = sp.Symbol("u", positive=True), sp.Symbol("v", positive=True)
    primitive = sp.integrate(sp.powsimp(u ** (-1 - q)), u, conds="none")
    primitive = sp.powdenest(sp.powsimp(primitive), force=True)
    elapsed = sp.powdenest(primitive.subs(u, start) - primitive.subs(u, v ** (-1 / q)), force=True) / A
    (at,) = (sp.expand(root) for root in sp.solve(elapsed - time, v, check=False))
    linear = start ** (-q) + q * A * time
    solution = linear ** (-1 / q)
    steps = (
        Step(sp.diff(primitive, u), "==", u ** (-1 - q), "separated variables: primitive of u^-(1+q)", hint="powers"),
        Step(at, "==", linear, "solved for u^-q: it grows linearly in time", hint="powers"),
        Step(
            sp.diff(solution, time), "==", -A * solution ** (1 + q), "the solution satisfies the flow equation",
            hint="powers",
        ),
        Step(solution.subs(time, 0), "==", start, "the solution starts at u0", hint="powers"),
    )  # fmt: skip
    return Flow(solution, steps)


def recursion_law(phi, u: sp.Symbol, k: sp.Symbol) -> Rate:
    """Law of u_{k+1} = phi(u_k), where phi(u) = u - A u^(1+q) (1 + o(1)) as u -> 0+: u_k ~ (q A k)^(-1/q).

    By Stolz-Cesaro: the increments of u_k^-q tend to q A.

    Raises
    ------
    Undecided
        If the decrease is not of an order above 1: then the recursion is linear or does not contract.

    References
    ----------
    [derived]; the argument is classical (N. G. de Bruijn, Asymptotic Methods in Analysis, 1958, section 8.5
    [unverified]).
    """
    decrease = Rate.of(u - phi, u, "0+")
    q = sp.simplify(decrease.power - 1)
    if decrease.log_power != 0 or sign(q) != 1 or sign(decrease.constant) != 1:
        raise Undecided(f"the decrease {decrease} is not of the form A u^(1+q) with A, q > 0")
    return Rate.of((q * decrease.constant * k) ** (-1 / q), k)
