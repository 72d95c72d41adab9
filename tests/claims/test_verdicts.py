"""From findings to verdicts: what supports, what refutes, and what cannot decide."""

import math
from types import SimpleNamespace

import pytest
import sympy as sp

from theorylab.claims import Checked, Compared, Measured, judge, near, within
from theorylab.claims.verdict import interval_text
from theorylab.fits import fit_rate

P = sp.Symbol("p", positive=True)
EXPONENT = {"value": within(P / (P - 2), 0.01)}
TRUTH = {"p": 4}  # predicts 2


def verdict(kind, *findings, bands=EXPONENT):
    return judge(kind, list(findings), bands, seconds=1.0)


class TestNumbers:
    @pytest.mark.parametrize(
        ("low", "high", "outcome"),
        [
            (1.995, 2.005, "SUPPORTED"),
            (1.99, 2.01, "SUPPORTED"),
            (1.98, 2.005, "UNDECIDED"),
            (1.5, 2.5, "UNDECIDED"),
            (2.02, 2.05, "REFUTED"),
            (1.8, 1.98, "REFUTED"),
            (math.nan, math.nan, "UNDECIDED"),
            (math.inf, math.inf, "REFUTED"),
        ],
    )
    def test_an_interval_supports_inside_the_band_and_refutes_outside_it(self, low, high, outcome):
        assert verdict("exponent", Measured((low + high) / 2, low, high, at=TRUTH)).outcome == outcome

    def test_the_prediction_is_evaluated_at_the_instance(self):
        right = Measured(1.5, 1.499, 1.501, at={"p": 6})
        assert verdict("exponent", right).outcome == "SUPPORTED"
        assert verdict("exponent", Measured(1.5, 1.499, 1.501, at={"p": 5})).outcome == "REFUTED"

    def test_a_prediction_without_its_parameter_says_which_is_missing(self):
        with pytest.raises(ValueError, match="needs p"):
            verdict("exponent", Measured(2.0, 2.0, 2.0))

    def test_the_worst_instance_speaks(self):
        good = Measured(2.0, 1.999, 2.001, at=TRUTH, label="good")
        vague = Measured(2.0, 1.9, 2.1, at=TRUTH, label="vague")
        wrong = Measured(3.0, 2.9, 3.1, at=TRUTH, label="wrong")
        assert verdict("exponent", good, vague).outcome == "UNDECIDED"
        assert "vague" in verdict("exponent", good, vague).why
        assert verdict("exponent", vague, wrong, good).outcome == "REFUTED"
        assert "wrong" in verdict("exponent", vague, wrong, good).why

    def test_one_sided_bands_leave_the_other_side_open(self):
        upper = {"value": within(sp.Integer(2), 0.01, side="at most")}
        faster, slower = Measured(1.0, 0.9, 1.1), Measured(3.0, 2.9, 3.1)
        assert verdict("exponent", faster, bands=upper).outcome == "SUPPORTED"
        assert verdict("exponent", slower, bands=upper).outcome == "REFUTED"

    def test_a_relative_band_scales_with_the_prediction(self):
        bands = {"value": near(100 * P, 0.01)}
        assert verdict("constant", Measured(403.0, 402.5, 403.5, at=TRUTH), bands=bands).outcome == "SUPPORTED"
        assert verdict("constant", Measured(405.0, 404.5, 405.5, at=TRUTH), bands=bands).outcome == "REFUTED"

    def test_an_exponential_trace_refutes_every_power(self):
        import numpy as np

        t = np.unique(np.round(np.logspace(1, 4, 120)))
        fit = fit_rate(t, np.exp(-t / 500))
        assert fit.law == "exponential"
        assert verdict("exponent", Measured.exponent(fit, at=TRUTH)).outcome == "REFUTED"


class Replay:
    """A stand-in for a replay with a known end."""

    def __init__(self, violated):
        self.result = SimpleNamespace(violated=violated, why="replayed", certificate="proof" if violated else None)

    def __call__(self, seconds):
        return self.result


class TestChecks:
    def test_no_violation_supports(self):
        result = verdict("bound", Checked(0.0, checked=10), Checked(0.2, checked=5))
        assert result.outcome == "SUPPORTED" and result.margin == 0.0

    @pytest.mark.parametrize("kind", ["bound", "event"])
    def test_a_violation_refutes_only_with_a_certificate(self, kind):
        assert verdict(kind, Checked(-1.0)).outcome == "UNDECIDED"
        assert verdict(kind, Checked(-1.0, replay=Replay(False))).outcome == "UNDECIDED"
        refuted = verdict(kind, Checked(-1.0, replay=Replay(True)))
        assert refuted.outcome == "REFUTED" and refuted.certificates == ("proof",)

    def test_an_identity_is_refuted_by_its_number(self):
        assert verdict("identity", Checked(-1e-3)).outcome == "REFUTED"

    def test_a_margin_that_is_not_a_number_decides_nothing(self):
        assert verdict("bound", Checked(math.nan)).outcome == "UNDECIDED"


class TestOrder:
    def test_beating_means_beyond_the_uncertainty(self):
        assert verdict("ordering", Compared((1, 2), (3, 4))).outcome == "SUPPORTED"
        assert verdict("ordering", Compared((1, 3.5), (3, 4))).outcome == "UNDECIDED"
        assert verdict("ordering", Compared((5, 6), (3, 4))).outcome == "REFUTED"

    def test_equal_numbers_decide_nothing(self):
        assert verdict("ordering", Compared((1, 1), (1, 1))).outcome == "UNDECIDED"


def test_findings_of_the_wrong_kind_are_refused():
    with pytest.raises(TypeError, match="needs Checked findings, not Measured"):
        verdict("bound", Measured(1, 1, 1))


def test_no_findings_decide_nothing():
    assert verdict("bound").outcome == "UNDECIDED"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [((2.0, 1.9, 2.1), "2.00 +-0.10"), ((0.75, 0.74988, 0.75012), "0.75000 +-0.00012"), ((3.0, 3.0, 3.0), "3")],
)
def test_numbers_are_printed_to_the_digits_that_the_interval_allows(numbers, text):
    assert interval_text(*numbers) == text
