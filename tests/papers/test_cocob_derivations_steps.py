"""Every step of the coin-betting derivations is checked, and every one of them can fail."""

from dataclasses import replace

import pytest
import sympy as sp

from theorylab.papers.cocob.derivations import ALL
from theorylab.papers.cocob.derivations.symbols import G, L, T, W, c, epsilon, theta, u, w, x
from theorylab.theory import Rate, Strength, check_step, mutants

#: Steps that no rule proves: conclusions from steps that are proved, tested at points.
TESTED = {"so F_n(x+c) lies below it", "with Pinsker: F >= eps"}
BOXED = {"below 1 + tanh 1 for t >= 2"}


@pytest.fixture(scope="module")
def cold_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THEORYLAB_CACHE", str(tmp_path_factory.mktemp("proofs")))
        yield


@pytest.mark.parametrize("name", ALL)
def test_every_step_is_as_strong_as_stated(name, cold_cache):
    report = ALL[name]().check(prove=True)
    assert report.ok and not report.below, report.why
    for found in report.steps:
        expected = Strength.PROVED
        expected = Strength.TESTED if any(found.step.reason.startswith(start) for start in TESTED) else expected
        expected = Strength.BOXED if any(found.step.reason.startswith(start) for start in BOXED) else expected
        assert found.strength == expected, found.step.reason


@pytest.mark.parametrize("name", ALL)
def test_no_result_holds_a_float_or_an_unfinished_limit(name):
    for value in ALL[name]().results.values():
        expr = sp.sympify(value.expr if isinstance(value, Rate) else value)
        assert not expr.atoms(sp.Float) and not expr.has(sp.Limit, sp.nan, sp.zoo)


@pytest.mark.parametrize("name", ALL)
def test_a_changed_constant_or_direction_fails_in_every_step(name):
    escaped = []
    for step in ALL[name]().steps:
        changed = [replace(step, lhs=step.lhs * sp.Rational(9, 10), rhs=step.rhs + sp.Rational(1, 7))]
        changed += [replace(step, relation=mutants.FLIPPED[step.relation])] if step.relation in mutants.FLIPPED else []
        escaped += [s for s in changed if check_step(s, prove=False).strength != Strength.FAILED]
    assert not escaped, "; ".join(map(str, escaped))


def test_a_sample_of_mutants_is_caught():
    outcomes = mutants.run([build() for build in ALL.values()], per_step=1, seed=5)
    assert len(outcomes) > 130
    assert mutants.caught_share(outcomes) >= mutants.REQUIRED, mutants.report(outcomes)


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
