"""Every step of the annealing derivations is proved, and a wrong one is noticed."""

from dataclasses import replace

import pytest
import sympy as sp

from theorylab.papers.annealing.derivations import ALL, p_eff
from theorylab.papers.annealing.derivations.symbols import Q_1, c, eta, p, rho, x
from theorylab.theory import Strength, Undecided, check_step


@pytest.mark.parametrize(
    ("name", "reason", "side", "change"),
    [
        ("window_lemma", "noise of a step", "rhs", lambda e: e + eta**2 / 100),
        ("window_lemma", "(ii) for T = 4, k = 2", "lhs", lambda e: e * sp.Rational(101, 100)),
        ("window_lemma", "c_2 for the output x_{T+1}", "rhs", lambda e: e - 1),
        ("sharp_weights", "hence W^2 = 2 K H", "lhs", lambda e: e / 2),
        ("poly_bound", "B/B* with the best window", "rhs", lambda e: e.subs(rho, 2 * rho)),
        ("poly_bound", "below rho_c every shorter window", "rhs", lambda e: e * sp.Rational(11, 10)),
        ("general_schedule", "local exponent", "rhs", lambda e: e.subs(Q_1, 2 * Q_1)),
        ("cosine", "h at the end of the run", "rhs", lambda e: e * 2),
        ("cosine", "the integrand without", "rhs", lambda e: e * sp.Rational(99, 100)),
        ("wsd", "Q(1)", "rhs", lambda e: e - sp.log(2 - c)),
        ("sqrt_cooldown", "H in y", "rhs", lambda e: e + c / 100),
        ("fixed_upper", "no other window gives less", "lhs", lambda e: e - sp.Rational(1, 100)),
        ("fixed_lower", "mean place", "rhs", lambda e: e * sp.Rational(99, 100)),
        ("diffusion_scaling", "rho^2 a^(2p+1) = 1", "rhs", lambda e: e.subs(p, 2 * p)),
        ("smooth", "2 eta times it", "rhs", lambda e: e / 2),
        ("undershoot", "no slope costs more", "rhs", lambda e: e * sp.Rational(9, 10)),
        ("grid_saving", "B/B* = 3/2 for p = 2", "rhs", lambda e: e + sp.Rational(1, 1000)),
    ],
)
def test_a_step_changed_by_hand_fails(name, reason, side, change):
    step = next(step for step in ALL[name]().steps if step.reason.startswith(reason))
    assert check_step(step, prove=False).strength > Strength.FAILED
    wrong = replace(step, **{side: change(getattr(step, side))})
    assert check_step(wrong, prove=False).strength == Strength.FAILED


@pytest.mark.parametrize(
    ("schedule", "order", "exponent"),
    [
        (sp.S.One, 0, 1),
        (1 / sp.sqrt(1 - x), 0, 1),
        ((1 - x) ** -2, 0, 1),
        (x, 1, sp.Rational(1, 3)),
        (x**p, p, 1 / (2 * p + 1)),
        (sp.Min(1, 5 * x), 1, sp.Rational(1, 3)),
        (sp.Piecewise((1, x >= c), (1 - sp.sqrt(1 - x / c), True)), 1, sp.Rational(1, 3)),
        ((1 - sp.cos(sp.pi * x)) / 2, 2, sp.Rational(1, 5)),
        ((1 - sp.cos(sp.pi * x)) / 2 - sp.pi**2 * x**2 / 4 + 3 * x**3, 3, sp.Rational(1, 7)),
        (sp.sqrt(x), sp.Rational(1, 2), sp.Rational(1, 2)),
        (x * (1 + x) / (2 - x), 1, sp.Rational(1, 3)),
    ],
)
def test_the_order_at_the_end_gives_the_exponent_of_any_schedule(schedule, order, exponent):
    found = p_eff(schedule)
    assert sp.simplify(found[0] - order) == 0 and sp.simplify(found[1] - exponent) == 0


@pytest.mark.parametrize("schedule", [1 / x, x * sp.log(1 / x)])
def test_a_schedule_without_an_order_says_so(schedule):
    with pytest.raises(Undecided, match="has to be a power"):
        p_eff(schedule)
