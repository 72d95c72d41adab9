"""Certificates: what is violated is found and can be replayed, what holds is not refuted, what is tampered with is."""

import json
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import sympy as sp
from replay_statements import METRIC_POINT, STATEMENTS, Subtracted, Walk

import problems
from theorylab.kernels import Stream
from theorylab.methods import GD, GDPolyak, Polyak
from theorylab.replay import (
    Draws,
    Statement,
    certify_evaluation,
    certify_static,
    certify_step,
    certify_trajectory,
    check,
)

RAVINE = problems.CurvedRavine(p=4, c=1.0, a=10.0)
START = (1.0970541496874935, 0.5327534435573401)


def _static():
    return certify_static("metric-normal-growth", STATEMENTS["metric-normal-growth"], METRIC_POINT)


def _one_step():
    return certify_step("monotone", STATEMENTS["monotone"], RAVINE, GD(0.125), (1.0, 0.5), t=10**7)


def _trajectory():
    return certify_trajectory("monotone", STATEMENTS["monotone"], RAVINE, Polyak(), START, 400)


def _event():
    return certify_trajectory("stays-right", STATEMENTS["stays-right"], RAVINE, Polyak(), START, 3000, at=[3000])


def _drawn():
    draws = Draws.of(Stream(3, 1), 0, 20, 2)
    return certify_trajectory("below-start", STATEMENTS["below-start"], RAVINE, Walk(0.5), (0.5, 0.25), 20, draws=draws)


def _evaluation():
    x = (1e-3,)
    recorded = {"gap": float(Subtracted.kernel.py_func(Subtracted(3.3), (), x, x)[0])}
    return certify_evaluation("accurate", STATEMENTS["accurate"], Subtracted(3.3), x, recorded)


KINDS = {"static": _static, "one-step": _one_step, "trajectory": _trajectory, "event": _event, "draws": _drawn,
         "evaluation": _evaluation}  # fmt: skip
CLASSES = (Walk, Subtracted)


@pytest.fixture(scope="module")
def certificates():
    return {kind: make().certificate for kind, make in KINDS.items()}


def _check(data, **options):
    return check(data, STATEMENTS.__getitem__, classes=CLASSES, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_a_violation_is_certified_and_survives_the_check_at_twice_the_precision(kind, certificates, tmp_path):
    certificate = certificates[kind]
    path = certificate.write(tmp_path / "certificate.json")
    outcome = _check(path)
    assert outcome.ok, outcome.why
    low, high = map(float.fromhex, certificate.enclosures["difference"])
    assert 0 < low <= high and outcome.difference[0] > 0
    if kind != "draws":
        assert path.stat().st_size < 2500


def test_certificates_hold_in_a_fresh_process(certificates, tmp_path):
    for kind, certificate in certificates.items():
        certificate.write(tmp_path / f"{kind}.json")
    here = str(Path(__file__).parent)
    program = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1])\n"
        "from replay_statements import STATEMENTS, Subtracted, Walk\n"
        "from theorylab.replay import check\n"
        "for path in sorted(pathlib.Path(sys.argv[2]).glob('*.json')):\n"
        "    outcome = check(path, STATEMENTS.__getitem__, classes=(Walk, Subtracted))\n"
        "    print(path.stem, outcome.ok, outcome.why)\n"
    )
    result = subprocess.run([sys.executable, "-c", program, here, str(tmp_path)], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == len(KINDS) and all(line.split()[1] == "True" for line in lines), result.stdout


def _changed(certificate, **changes):
    return {**json.loads(json.dumps(certificate.as_dict())), **changes}


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"steps": 5}, "no violation|misses"),
        ({"rhs": "2*before_gap"}, "in the claim today"),
        ({"hypotheses": ["t > 0"]}, "in the claim today"),
        ({"assumed": ["f is convex"]}, "in the claim today"),
        ({"source_hash": "0123456789abcdef"}, "made from sources"),
        ({"claim": "something-else"}, "no claim"),
        ({"format": "theorylab-certificate/2"}, "format"),
        ({"engine": "trust me"}, "engine"),
        ({"difference": ["0x1.0p+3", "0x1.0p+4"]}, "misses"),
        ({"difference": ["nan", "nan"]}, "no violation"),
        ({"problem": {"class": "os.system", "fields": {}}}, "os.system"),
        ({"problem": {"class": "problems.ravines.os", "fields": {}}}, "problems.ravines.os"),
        ({"start": "zero"}, "not a readable certificate"),
        ({"precision_bits": None}, "not a readable certificate"),
    ],
)
def test_a_tampered_certificate_is_rejected(certificates, changes, word):
    outcome = _check(_changed(certificates["trajectory"], **changes))
    assert not outcome.ok and re.search(word, outcome.why)


def test_other_sources_pass_only_on_request(certificates):
    assert _check(_changed(certificates["trajectory"], source_hash="0"), require_source=False).ok


def test_a_moved_start_is_rejected(certificates):
    moved = [float.hex(2 * u) for u in START]
    assert not _check(_changed(certificates["trajectory"], start=moved)).ok


def test_a_missing_file_and_junk_are_refused_with_a_sentence(tmp_path):
    (tmp_path / "junk.json").write_text("{")
    for path in (tmp_path / "absent.json", tmp_path / "junk.json"):
        assert not _check(path).ok and "refused" in _check(path).why


def test_a_true_bound_is_not_refuted():
    outcome = certify_trajectory("monotone", STATEMENTS["monotone"], RAVINE, GD(0.0125), START, 300)
    assert outcome.status == "holds" and outcome.certificate is None


def test_a_violation_that_only_float64_shows_is_not_refuted():
    # fl(1 + u^4) - 1 = 0: in float64 the gap is the same before and after the step; in reals it falls
    x, statement = (2.0**-14,), STATEMENTS["monotone"]
    problem = Subtracted(1.0)
    after = (x[0] - 0.25 * 4.0 * x[0] ** 3,)
    assert Subtracted.kernel.py_func(problem, (), after, x)[0] >= Subtracted.kernel.py_func(problem, (), x, x)[0] == 0
    strictly = Statement(statement.rhs, statement.lhs)
    assert certify_step("monotone", statement, problem, GD(0.25), x).status == "holds"
    assert certify_step("strictly", strictly, problem, GD(0.25), x).status == "violated"


def test_an_exact_tie_is_never_called_a_violation():
    root = sp.Symbol("y", positive=True)
    tie = Statement(sp.sqrt(root) * sp.sqrt(root + 1), sp.sqrt(root * (root + 1)))
    outcome = certify_static("tie", tie, {"y": Fraction(2)}, seconds=0.5)
    assert outcome.status == "undecidable" and outcome.tried[-1][0] > 10**4


def test_a_search_that_runs_out_of_time_says_so():
    outcome = certify_trajectory("monotone", STATEMENTS["monotone"], RAVINE, GD(0.0125), START, 10**6, seconds=0.2)
    assert outcome.status == "undecidable" and "within 0.2 s" in outcome.why
    assert sum(seconds for _, seconds, _ in outcome.tried) < 2


@pytest.mark.parametrize("at", [[], [-1], [3, 21]])
def test_steps_outside_the_run_are_refused(at):
    with pytest.raises(ValueError, match="0 to 20"):
        certify_trajectory("monotone", STATEMENTS["monotone"], RAVINE, GD(0.0125), START, 20, at=at)


def test_chaos_is_replayed_by_more_precision_in_few_passes(certificates):
    # pure Polyak loses several bits a step; extrapolating the loss needs far fewer passes than doubling
    certificate = certificates["event"]
    assert certificate.precision_bits > 4000 and len(certificate.tried) <= 5


def test_a_fixed_number_of_short_steps_is_followed_to_the_end():
    at_end = Statement(-sp.Symbol("gap", real=True), -sp.Symbol("start_gap", real=True) / 10**6)
    outcome = certify_trajectory("end", at_end, RAVINE, GDPolyak(0.0125, 20), START, 2000, at=[2000])
    assert outcome.status == "violated" and check(outcome.certificate.as_dict(), lambda name: at_end).ok
