"""Finding claims, trying them, and what a broken one does."""

import json
import textwrap

import pytest
import sympy as sp

from theorylab.claims import (
    BadClaim,
    Checked,
    Claim,
    Measured,
    Plan,
    Result,
    UnknownName,
    claim,
    find,
    papers,
    select,
    try_claim,
    verify,
    within,
)
from theorylab.theory import Derivation, Step


def made(**changes) -> Claim:
    fields = {
        "id": "mine.two",
        "kind": "constant",
        "says": "one and one is two",
        "place": "page 1",
        "source": "derived",
        "predicted": lambda: within(sp.Integer(2), 0.1),
        "evidence": lambda plan: [Measured(2.0, 2.0, 2.0)],
    }
    return Claim(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"id": "Two"}, "paper.name"),
        ({"kind": "theorem"}, "kind is 'theorem'; it has to be one of bound, exponent"),
        ({"source": "folklore"}, "source is 'folklore'"),
        ({"expected": "TRUE"}, "expected is 'TRUE'"),
        ({"predicted": None}, "needs `predicted`"),
        ({"says": ""}, "say the claim in words"),
    ],
)
def test_a_claim_that_is_put_wrongly_is_refused(changes, sentence):
    with pytest.raises(BadClaim) as caught:
        made(**changes)
    assert sentence in str(caught.value)


def test_an_unknown_claim_names_the_nearest():
    with pytest.raises(UnknownName, match="gdpolyak.gd-exponent"):
        find("gdpolyak.gd-exponnent")


def test_an_unknown_paper_is_refused_before_anything_runs():
    with pytest.raises(UnknownName, match="gdpolyak"):
        verify("gdpollyak", on_result=lambda result: pytest.fail("something ran"))


def test_every_paper_has_claims_with_unique_ids_of_its_own():
    for paper in papers():
        found = select([paper])
        assert len({c.id for c in found}) == len(found) > 0
        assert all(c.paper == paper for c in found)


def test_at_most_a_fifth_of_a_papers_claims_is_left_out_of_the_quick_plan():
    for paper in papers():
        found = select([paper])
        assert sum(not c.quick for c in found) <= len(found) / 5


class TestTrial:
    def test_a_claim_that_does_not_fit_the_quick_plan_is_not_run_and_says_so(self):
        late = made(quick=False)
        assert try_claim(late, Plan()).outcome == "NOT_RUN"
        assert try_claim(late, Plan(full=True)).outcome == "SUPPORTED"

    def test_an_error_in_the_evidence_makes_its_claim_undecided(self):
        def broken(plan):
            raise ZeroDivisionError("no data")

        verdict = try_claim(made(evidence=broken), Plan())
        assert verdict.outcome == "UNDECIDED" and "no data" in verdict.why

    def test_a_prediction_that_breaks_does_not_take_the_report_with_it(self):
        def broken():
            raise ArithmeticError("no limit")

        claim = made(predicted=broken)
        verdict = try_claim(claim, Plan())
        assert verdict.outcome == "UNDECIDED" and "no limit" in verdict.why
        assert Result(claim, verdict).row()["verdict"] == "UNDECIDED"

    def test_a_broken_derivation_makes_its_claim_undecided(self):
        x = sp.Symbol("x", positive=True)

        def wrong():
            step = Step((x + 1) ** 2, "==", x**2 + 1, "freshman's dream")
            return Derivation("wrong", "a step that is false", (step,))

        verdict = try_claim(made(derivations=(wrong,)), Plan())
        assert verdict.outcome == "UNDECIDED" and "derivation broke" in verdict.why

    def test_the_evidence_does_not_see_the_prediction(self):
        seen = []
        prediction = lambda: seen.append("prediction") or within(sp.Integer(2), 0.1)  # noqa: E731

        def evidence(plan):
            seen.append("evidence")
            return [Measured(2.0, 2.0, 2.0)]

        try_claim(made(predicted=prediction, evidence=evidence), Plan())
        assert seen == ["evidence", "prediction"]


SHORT_FILE = '''
"""A theorem of one's own: the half-square halves under GD with stepsize 1/2."""
import sympy as sp
from problems import Quadratic
from theorylab import GD
from theorylab.claims import claim, near, Measured
from theorylab.fits import fit_factor

@claim("mine.halving", kind="constant", place="exercise 1", source="derived",
       predicted=lambda: near(sp.Rational(1, 4), 1e-6), expected="{expected}")
def halving(plan):
    """GD with stepsize 1/2 quarters the gap of x^2/2 in each step."""
    trace = plan.run(Quadratic([1.0]), GD({stepsize}), steps=40, record=range(41), start=[1.0])
    yield Measured.factor(fit_factor(trace.step, trace.gap))
'''


@pytest.mark.parametrize(("stepsize", "outcome"), [(0.5, "SUPPORTED"), (0.4, "REFUTED")])
def test_a_theorem_of_ones_own_is_one_short_file(tmp_path, stepsize, outcome):
    path = tmp_path / "mine.py"
    path.write_text(SHORT_FILE.format(stepsize=stepsize, expected="SUPPORTED"))
    trial = verify(str(path))
    assert trial["mine.halving"].outcome == outcome
    assert trial.passed == (outcome == "SUPPORTED")


def test_a_file_without_claims_is_refused(tmp_path):
    (tmp_path / "empty.py").write_text("x = 1\n")
    with pytest.raises(BadClaim, match="defines no claim"):
        select([str(tmp_path / "empty.py")])


def test_the_decorator_takes_the_words_from_the_docstring():
    @claim("mine.words", kind="bound", place="here", source="unverified")
    def words(plan):
        """Nothing
        is violated."""
        yield Checked(1.0)

    assert words.says == "Nothing is violated."


def test_the_json_report_has_the_promised_keys_and_is_strict_json(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SHORT_FILE.format(stepsize=0.5, expected="SUPPORTED"))
    report = verify(str(path)).to_json()
    text = json.dumps(report, allow_nan=False)
    assert set(report) == {"theorylab", "claims", "environment"}
    keys = textwrap.dedent(
        """id paper kind source statement predicted measured low high margin verdict expected why seconds"""
    ).split()
    assert list(json.loads(text)["claims"][0]) == keys
