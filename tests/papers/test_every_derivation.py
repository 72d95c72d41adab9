"""What every derivation of every paper has to satisfy: proved anew, free of floats, and guarded step by step."""

import importlib
from dataclasses import replace

import pytest
import sympy as sp

from theorylab.claims.discovery import papers
from theorylab.theory import Rate, Strength, check_step, mutants

DERIVATIONS = {
    f"{paper}.{name}": build
    for paper in papers()
    for name, build in importlib.import_module(f"theorylab.papers.{paper}.derivations").ALL.items()
}
#: Steps of which no symbolic proof is known, by how their reasons begin, with the label that their authors expect too.
WEAKER = {
    "annealing.fixed_upper": {"and its next term": Strength.TESTED},
    "cocob.kt": {"so F_n(x+c) lies below it": Strength.TESTED, "with Pinsker: F >= eps": Strength.TESTED},
    "cocob.overshoot": {"below 1 + tanh 1 for t >= 2": Strength.BOXED},
    "large_stepsize.first_step": {"so the first-step root exceeds 2/lambda_max(H(0))": Strength.BOXED},
}


@pytest.fixture(scope="module")
def cold_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("THEORYLAB_CACHE", str(tmp_path_factory.mktemp("proofs")))
        yield


@pytest.mark.parametrize("name", DERIVATIONS)
def test_every_step_is_proved_and_none_weaker_than_expected(name, cold_cache):
    report = DERIVATIONS[name]().check(prove=True)
    assert report.ok and not report.below, report.why
    known = WEAKER.get(name, {})
    for checked in report.steps:
        (label,) = [known[start] for start in known if checked.step.reason.startswith(start)] or [Strength.PROVED]
        assert checked.strength == label, checked.step.reason


@pytest.mark.parametrize("name", DERIVATIONS)
def test_no_result_holds_a_float_or_an_unfinished_limit(name):
    for value in DERIVATIONS[name]().results.values():
        expr = sp.sympify(value.expr if isinstance(value, Rate) else value)
        assert not expr.atoms(sp.Float) and not expr.has(sp.Limit, sp.nan, sp.zoo)


@pytest.mark.parametrize("name", DERIVATIONS)
def test_a_changed_constant_or_direction_fails_in_every_step(name):
    escaped = []
    for step in DERIVATIONS[name]().steps:
        changed = [replace(step, lhs=step.lhs * sp.Rational(9, 10), rhs=step.rhs + sp.Rational(1, 7))]
        changed += [replace(step, relation=mutants.FLIPPED[step.relation])] if step.relation in mutants.FLIPPED else []
        escaped += [s for s in changed if check_step(s, prove=False).strength != Strength.FAILED]
    assert not escaped, "; ".join(map(str, escaped))


@pytest.mark.parametrize("paper", papers())
def test_a_sample_of_mutants_is_caught(paper):
    built = [build() for name, build in DERIVATIONS.items() if name.startswith(f"{paper}.")]
    outcomes = mutants.run(built, per_step=1, seed=5)
    assert len(outcomes) > 0.9 * sum(len(derivation.steps) for derivation in built)
    assert mutants.caught_share(outcomes) >= mutants.REQUIRED, mutants.report(outcomes)
