"""Steps that hold, steps that fail, and what the report says of them."""

import pytest
import sympy as sp

from theorylab.theory import Chain, Derivation, Domain, Rate, Step, Strength, check_step, derivation
from theorylab.theory.derivation import Report

x, y, T, q = sp.symbols("x y T q", positive=True)
w = sp.Symbol("w", real=True)


def outcome(*args, prove=False, **guards):
    return check_step(Step(*args, **guards), prove)


class TestStep:
    def test_floats_are_rejected(self):
        with pytest.raises(ValueError, match="float 0.5.*Rational"):
            Step(0.5 * x, "==", x / 2, "half")

    def test_relations_are_checked(self):
        with pytest.raises(ValueError, match="expected one of"):
            Step(x, "=", x, "typo")
        with pytest.raises(ValueError, match="go together"):
            Step(x, "~", x, "no direction")
        with pytest.raises(ValueError, match="declare the symbol as real"):
            Step(x, "==", x, "too wide", domains={x: Domain(-1, 1)})


class TestWrongSteps:
    def test_a_false_equality_fails_with_a_counterexample(self):
        checked = outcome((x + 1) ** 2, "==", x**2 + x + 1, "wrong binomial", prove=True)
        assert checked.strength == Strength.FAILED
        assert checked.label.startswith("FAILED (lhs = ") and "x = " in checked.label

    def test_an_inequality_violated_only_near_an_end_is_caught(self):
        gap = 1 - w + sp.Rational(1, 10**5)
        checked = outcome(2 * gap - sp.Rational(3, 10**5), ">=", 0, "just too strong", domains={w: Domain(0, 1)})
        assert checked.strength == Strength.FAILED

    def test_infinity_is_not_a_value(self):
        assert "not a value" in outcome(sp.oo, ">=", x, "vacuous").detail
        assert "not a value" in outcome(sp.Limit(x * y, x, sp.oo), "==", y, "unevaluated").detail

    def test_a_complex_side_cannot_be_evaluated(self):
        assert "cannot be evaluated" in outcome(sp.sqrt(w), "==", sp.sqrt(w) + 1, "root of a negative number").detail

    def test_a_wrong_law_fails(self):
        for wrong in (2 / T, 1 / T**2, sp.log(T) / T):
            assert outcome(1 / (T + 1), "~", wrong, "wrong law", toward=(T, "oo")).strength == Strength.FAILED

    def test_empty_domains_do_not_count_as_a_proof(self):
        assert "no admissible point" in outcome(x, "==", x + 1, "vacuous", conditions=(-x,)).detail


class TestTrueButWeaker:
    bernoulli = dict(domains={x: Domain(0, 1)}, contact=({x: 0},))

    def test_a_weaker_bound_is_caught_by_its_contact_point(self):
        assert outcome(1 + x, "<=", sp.exp(x), "tangent", **self.bernoulli).strength == Strength.TESTED
        weaker = outcome(1 + x, "<=", sp.exp(x) * sp.Rational(11, 10), "weaker", **self.bernoulli)
        assert weaker.strength == Strength.FAILED and "not tight" in weaker.detail

    def test_a_weaker_bound_with_the_same_contact_is_caught_by_its_pin(self):
        pin = (lambda l, r: (r, sp.exp(x)),)
        assert outcome(1 + x, "<=", sp.exp(2 * x), "weaker", **self.bernoulli).strength == Strength.TESTED
        weaker = outcome(1 + x, "<=", sp.exp(2 * x), "weaker", pins=pin, **self.bernoulli)
        assert weaker.strength == Strength.FAILED and "neighbouring step" in weaker.detail


class TestLabels:
    def test_from_proved_to_tested(self):
        proved = outcome((x + 1) ** 2, "==", x**2 + 2 * x + 1, "binomial", prove=True)
        assert proved.label == "proved symbolically (expand)"
        box = outcome(
            sp.exp(x) * sp.cos(x), "<=", sp.S(2), "on a box", prove=True, expected=Strength.BOXED,
            domains={x: Domain(0, 3)}, box={x: (0, 3)},
        )  # fmt: skip
        assert box.label.startswith("proved on a box by interval arithmetic (x in [0, 3], ")
        tested = outcome((x + 1) ** 2, "==", x**2 + 2 * x + 1, "another reason", prove=False)
        assert tested.strength == Strength.PROVED, "the proof above is recalled"
        assert outcome((x + 3) ** 2, "==", x**2 + 6 * x + 9, "new", prove=False).label == "tested at 40 points"

    def test_balls_refute_what_random_points_may_miss(self):
        spot = (x - sp.Rational(1, 3)) ** 2 - sp.Rational(1, 10**12)
        where = {"domains": {x: Domain(0, 1)}, "box": {x: (0, 1)}}
        assert outcome(spot, ">=", 0, "a spot of width 2e-6", **where).strength == Strength.TESTED
        for expected in (Strength.BOXED, Strength.PROVED):
            checked = outcome(spot, ">=", 0, "a spot of width 2e-6", prove=True, expected=expected, **where)
            assert checked.strength == Strength.FAILED and "x = 0.33333" in checked.detail

    def test_a_label_below_the_expected_one_is_reported(self):
        step = Step(sp.gamma(x + 1), ">=", sp.Rational(88, 100), "minimum of gamma", domains={x: Domain(0, 1)})
        report = Report("weak", (check_step(step, prove=True),))
        assert report.ok and report.below and "weaker than expected: 'minimum of gamma'" in report.why


@derivation("A chain for the tests")
def sound(chain: Chain) -> None:
    """Docstring."""
    square = chain.equal((x + 1) ** 2, x**2 + 2 * x + 1, "binomial")
    chain.at_least(square, 4 * x, "difference is a square", contact=({x: 1},), pins=[lambda l, r: (l, (x + 1) ** 2)])
    law = chain.law(square, x, "leading law")
    chain.result(square=square, law=law, order=law.power)


class TestDerivation:
    def test_it_is_memoised_and_named_after_its_function(self):
        assert sound() is sound() and sound().name == "sound" and sound.__doc__ == "Docstring."

    def test_results_are_named(self):
        assert sound()["order"] == 2 and isinstance(sound()["law"], Rate)
        with pytest.raises(KeyError, match="no result 'oder'; it has square, law, order"):
            sound()["oder"]

    def test_a_sound_chain_is_proved(self):
        report = sound().check()
        assert report.ok and report.why == "All 3 steps of sound hold: 3 proved symbolically."

    def test_a_broken_step_breaks_the_derivation_and_says_which(self):
        steps = (*sound().steps, Step(x + 1, "==", x + 2, "a slip"))
        report = Derivation("broken", "with a slip", steps).check(prove=False)
        assert not report.ok and "breaks at the step 'a slip'" in report.why and len(report.failed) == 1

    def test_table_and_markdown_show_every_step_and_result(self):
        table, markdown = sound().table(), sound()._repr_markdown_()
        for step in sound().steps:
            assert step.reason in table and step.reason in markdown and step.latex() in markdown
        assert "order = 2" in table and "| order | $2$ |" in markdown
