"""The harness that mutates steps."""

import pytest
import sympy as sp

from theorylab.theory import Derivation, Step, mutants

x = sp.Symbol("x", positive=True)


def kinds(expr):
    return {kind for kind, _ in mutants.changed_expressions(expr)}


def test_every_kind_of_slip_is_tried_in_every_place():
    expr = 3 * x**2 + sp.exp(-x) / 2
    changed = [new for _, new in mutants.changed_expressions(expr)]
    assert kinds(expr) == {"constant", "sign", "dropped", "exponent"}
    for wrong in (3 * x**2, -3 * x**2 + sp.exp(-x) / 2, 3 * x**3 + sp.exp(-x) / 2, 3 * x**2 + 11 * sp.exp(-x) / 20):
        assert any(sp.simplify(new - wrong) == 0 for new in changed)


def test_a_vanishing_side_is_mutated_too():
    assert dict(mutants.changed_expressions(sp.S.Zero)) == {"constant": sp.Rational(1, 10)}


def test_inequalities_and_laws_are_also_turned_round():
    step = Step(x + 1, ">=", x, "more")
    assert any(m.step.relation == "<=" for m in mutants.mutants_of(step, "d"))


def test_an_unguarded_inequality_has_survivors_and_they_are_named():
    loose = Derivation("loose", "no pin", (Step(x**2 + 1, ">=", x, "nowhere tight"),))
    outcomes = mutants.run([loose])
    assert mutants.caught_share(outcomes) < mutants.REQUIRED
    assert "survived: loose: 'nowhere tight'" in mutants.report(outcomes)


def test_a_survivor_that_is_the_same_function_is_counted_apart():
    step = Step((x - 1) ** 2, "==", x**2 - 2 * x + 1, "binomial")
    same = mutants.Mutant("== sign", Step((1 - x) ** 2, "==", step.rhs, step.reason), step, "even")
    assert same.step.lhs != step.lhs
    assert mutants.verdict(same) == "equivalent"
    outcomes = mutants.run([Derivation("even", "squares", (step,))])
    assert mutants.caught_share([*outcomes, (same, "equivalent")]) == mutants.caught_share(outcomes) == 1


def test_the_command_line_reports_and_refuses_unknown_papers(capsys):
    with pytest.raises(SystemExit) as stopped:
        mutants.main(["no-such-paper"])
    assert stopped.value.code == 2 and "no package" in capsys.readouterr().err
