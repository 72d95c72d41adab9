"""Every step of the coin-betting derivations is checked, and every one of them can fail."""

from dataclasses import replace

import pytest
import sympy as sp

from theorylab.papers.cocob.derivations import ALL
from theorylab.papers.cocob.derivations.symbols import G, L, T, W, c, epsilon, theta, u, w, x
from theorylab.theory import Strength, check_step


@pytest.mark.parametrize(
    ("name", "reason", "side", "change"),
    [
        ("bet_from_potential", "the fraction with (1+f)/(1-f)", "rhs", lambda e: e.subs(sp.tanh, sp.sin)),
        ("wealth_bound", "h(1) as a sum of gaps", "rhs", lambda e: e + theta**2),
        ("wealth_bound", "ln cosh q <= q^2/2", "rhs", lambda e: e * sp.Rational(11, 10)),
        ("wealth_bound", "the potential, with L back", "rhs", lambda e: e * sp.exp(theta**2 / (2 * L * G))),
        ("wealth_bound", "the logarithm is concave", "lhs", lambda e: e * (1 + c)),
        ("conjugate", "Fenchel-Young", "lhs", lambda e: e * sp.Rational(101, 100)),
        ("conjugate", "W(z) <= ln(1+z)", "rhs", lambda e: e + w),
        ("conjugate", "so that slope is positive", "lhs", lambda e: e * sp.Rational(101, 100)),
        ("regret_bound", "a u^2/b^2", "rhs", lambda e: e / G),
        ("gap_bound", "5.4: G = L(T+1)", "rhs", lambda e: e.subs(T, T + 1)),
        ("gap_bound", "a larger G gives a larger bound", "lhs", lambda e: e + G),
        ("doubling", "to first order", "rhs", lambda e: e / 2),
        ("overshoot", "below 1 + tanh 1", "lhs", lambda e: e * sp.Rational(101, 100)),
        ("effective_rates", "slope of ln |dw|/|g|", "rhs", lambda e: e + 1 / (1 + w)),
        ("misspecified", "the ratio whose ruin", "rhs", lambda e: e + sp.Rational(1, 100)),
        ("kt", "what a coin 1 multiplies", "rhs", lambda e: e + x / T),
        ("kt", "Pinsker", "rhs", lambda e: e * sp.Rational(99, 100)),
        ("kt", "so F_n(x+c) lies below it", "rhs", lambda e: e * sp.Rational(101, 100)),
        ("kt", "with Pinsker: F >= eps", "rhs", lambda e: e * sp.Rational(99, 100)),
        ("kt", "the Lambert form", "rhs", lambda e: e + epsilon * W),
        ("lower_bound", "regret of such a stream", "rhs", lambda e: e + u / 100),
    ],
)
def test_a_step_changed_by_hand_fails(name, reason, side, change):
    (step,) = (step for step in ALL[name]().steps if step.reason.startswith(reason))
    assert check_step(step, prove=False).strength > Strength.FAILED
    wrong = replace(step, **{side: change(getattr(step, side))})
    assert wrong != step and getattr(wrong, side) != getattr(step, side)
    assert check_step(wrong, prove=False).strength == Strength.FAILED
