"""Proof rules, the killable child, and the cache of proofs."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sympy as sp

from theorylab.papers.gdpolyak.derivations import alignment
from theorylab.theory import Domain, Step, Strength, boxes, proofs
from theorylab.theory.boxes import positive_on_box, prove_on_box
from theorylab.theory.equality import EQUALITY_RULES, prove_equal
from theorylab.theory.inequality import INEQUALITY_RULES, prove_at_least
from theorylab.theory.prover import Prover, TimedOut

x, y, a, b, c, p = sp.symbols("x y a b c p", positive=True)
z = sp.Symbol("z", real=True)
n = sp.Symbol("n", integer=True, positive=True)

EQUALITIES = {
    "expand": ((x + y) ** 2, x**2 + 2 * x * y + y**2),
    "cancel": ((x**2 - y**2) / (x - y), x + y),
    "simplify": (sp.sin(x) ** 2, 1 - sp.cos(x) ** 2),
    "powers": ((x * y) ** p / x**p, y**p),
    "ratio of powers": ((x / y) ** p * y**p * x, x ** (p + 1)),
    "logs": (sp.log(x**p * y), p * sp.log(x) + sp.log(y)),
    "difference of logs": ((x / (1 + x)) ** p, x**p * (1 + x) ** (-p)),
    "gamma": (sp.gamma(x + 1) / sp.gamma(x), x),
    "hyper": (sp.hyper([1, sp.Rational(1, 2)], [1], x / (1 + x)), sp.sqrt(1 + x)),
    "exp": (sp.tanh(z), 1 - 2 / (sp.exp(2 * z) + 1)),
    "exponentials of both sides": (sp.log(1 + x) + sp.log(y), sp.log(y + x * y)),
}


@pytest.mark.parametrize("rule", EQUALITY_RULES)
def test_each_equality_rule_proves_its_kind_and_no_slightly_wrong_one(rule):
    lhs, rhs = EQUALITIES[rule]
    assert prove_equal(rule, lhs, rhs) == rule
    assert prove_equal(rule, lhs, rhs * sp.Rational(11, 10)) is None


INEQUALITIES = {
    "slack": (x**2 + 1, 2 * x, {}, ()),
    "posynomial": (x**p + p / x, 1 + p, {}, ({x: 1},)),
    "convex": (sp.exp(x) + y * 0, sp.E * x, {x: Domain()}, ({x: 1},)),
    "monotone": (x, sp.log(1 + x), {x: Domain()}, ()),
    "induction": (sp.gamma(n + 1) / 2, 3 ** (n - 2), {n: Domain(2, sp.oo, True)}, ()),
    "exponentials": (sp.log(1 + x + x**2), sp.log(1 + x), {x: Domain()}, ()),
}


@pytest.mark.parametrize("rule", INEQUALITY_RULES)
def test_each_inequality_rule_proves_its_kind_and_not_the_reverse(rule):
    big, small, domains, contacts = INEQUALITIES[rule]
    assert prove_at_least(rule, big, small, domains, contacts)
    assert not prove_at_least(rule, small, big, domains, contacts)


def test_slack_uses_the_domain():
    assert prove_at_least("slack", 1, x, {x: Domain(0, 1)}, ())
    assert not prove_at_least("slack", 1, x, {x: Domain(0, 2)}, ())


class TestBoxes:
    def test_a_positive_polynomial_is_proved_and_a_touching_one_is_not(self):
        box = {x: (0, 2), y: (0, 2)}
        assert positive_on_box((x - 1) ** 2 + (y - 1) ** 2 + sp.Rational(1, 100), box).positive is True
        assert positive_on_box((x - 1) ** 2 + (y - 1) ** 2, box, limit=500).positive is None

    def test_a_negative_spot_is_found(self):
        result = positive_on_box((x - 1) ** 2 - sp.Rational(1, 10**6), {x: (0, 3)})
        assert result.positive is False and "x = 0.999" in result.where

    def test_contact_at_the_end_is_resolved_by_higher_derivatives(self):
        gap = x**2 / 2 - (1 - sp.cos(x))  # vanishes with three derivatives at 0
        proved, detail = prove_on_box(gap, {x: (0, 1)}, ({x: 0},))
        assert proved and "x in [0, 1]" in detail

    def test_a_violation_beside_a_contact_is_found(self):
        proved, detail = prove_on_box(x**3 * (sp.Rational(1, 2) - x), {x: (0, 1)}, ({x: 0},))
        assert proved is False and "violation" in detail


class TestChild:
    def test_a_hanging_attempt_is_killed_and_the_next_one_works(self):
        prover = Prover()
        try:
            assert prover.call(prove_equal, "expand", *EQUALITIES["expand"], limit=60) == "expand"
            began = time.perf_counter()
            with pytest.raises(TimedOut):
                prover.call(time.sleep, 60, limit=0.5)
            assert time.perf_counter() - began < 20
            assert prover.call(prove_equal, "expand", *EQUALITIES["expand"], limit=60) == "expand"
        finally:
            prover.close()

    def test_a_rule_that_raises_has_proved_nothing(self):
        assert proofs._PROVER.call(prove_equal, "no such rule", x, y, limit=60) is None


def simple_step(**changes):
    binomial = {"lhs": (x + y) ** 2, "relation": "==", "rhs": x**2 + 2 * x * y + y**2, "reason": "binomial"}
    return Step(**(binomial | changes))


def test_a_hint_at_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="hints at the rule 'magic'"):
        proofs.prove(simple_step(hint="magic"))


class TestCache:
    def test_a_kept_proof_needs_no_search(self, monkeypatch):
        assert proofs.recall(simple_step()) is None
        found = proofs.prove(simple_step())
        monkeypatch.setattr(proofs, "_search", lambda *a: pytest.fail("the cache was not used"))
        assert proofs.prove(simple_step()).detail == found.detail == "expand"

    def test_it_is_stale_when_the_source_of_a_rule_changes(self, monkeypatch, tmp_path):
        before = proofs.checker_hash()
        copy = tmp_path / "boxes.py"
        shutil.copy(boxes.__file__, copy)
        with copy.open("a") as file:
            file.write("# changed\n")
        monkeypatch.setattr(boxes, "__file__", str(copy))
        after = proofs.checker_hash.__wrapped__()
        assert after != before
        proofs.prove(simple_step())
        monkeypatch.setattr(proofs, "checker_hash", lambda: after)
        assert proofs.recall(simple_step()) is None

    def test_every_part_of_a_step_enters_its_key(self):
        contact = {"contact": ({x: 1},)}
        variants = [
            {}, {"rhs": x**2 + 2 * x * y + y**2 + 1}, {"relation": ">="}, {"domains": {x: Domain(0, 1)}}, contact,
            {"box": {x: (0, 1)}}, {"lhs": (x + sp.Symbol("y")) ** 2},
        ]  # fmt: skip
        assert len({proofs.proof_key(simple_step(**v)) for v in variants}) == len(variants)

    def test_keys_are_the_same_in_every_process(self):
        code = (
            "from theorylab.papers.gdpolyak.derivations import alignment\n"
            "from theorylab.theory.proofs import proof_key\n"
            "print(*[proof_key(step) for step in alignment().steps])"
        )
        command, env = [sys.executable, "-c", code], {"PYTHONHASHSEED": "1"}
        elsewhere = subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout
        assert elsewhere.split() == [proofs.proof_key(step) for step in alignment().steps]

    def test_an_unwritable_folder_only_costs_time(self, monkeypatch, tmp_path):
        blocked = tmp_path / "file"
        blocked.write_text("not a folder")
        monkeypatch.setenv("THEORYLAB_CACHE", str(blocked))
        assert proofs.prove(simple_step()).strength == Strength.PROVED
        assert proofs.recall(simple_step()) is None

    def test_the_folder_follows_the_platform(self, monkeypatch):
        monkeypatch.delenv("THEORYLAB_CACHE")
        monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
        monkeypatch.setattr(sys, "platform", "linux")
        assert proofs.cache_folder() == Path("/somewhere/theorylab/proofs")
        monkeypatch.setattr(sys, "platform", "darwin")
        assert proofs.cache_folder() == Path.home() / "Library" / "Caches" / "theorylab" / "proofs"
