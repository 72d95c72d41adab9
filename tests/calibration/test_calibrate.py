"""Coverage, class by class, on draws that played no part in fixing the constants; and the table that counts."""

import io
import json
import math

import numpy as np
import pytest
from scipy.stats import binom, linregress

from theorylab.calibration import synthetic
from theorylab.calibration.classes import CLASSES, choose
from theorylab.calibration.show import Table
from theorylab.calibration.sweeps import sweep_table
from theorylab.calibration.table import Row, calibrate, outcome
from theorylab.cli import main
from theorylab.fits import fit_rate

DRAWS, SEED = 30, 20261125
NAMES = [c.name.replace(" ", "-") for c in CLASSES]


def is_compatible(share, least, n):
    """Whether a share of n draws is one that a probability of `least` gives in at least 1 of 1000 cases."""
    return binom.cdf(round(share * n), n, least) >= 1e-3


@pytest.mark.parametrize("kind", CLASSES, ids=NAMES)
def test_decided_intervals_of_the_class_hold_the_truth(kind):
    (row,) = calibrate(DRAWS, SEED, classes=[kind], jobs=1)
    held = row.coverage_log_allowed if kind.log_allowed else row.coverage
    if row.decided:
        assert is_compatible(held, kind.targets.coverage, row.decided)
        assert is_compatible(row.right_law, kind.targets.right_law, row.decided)
    else:
        assert kind.group == "outside the dictionary"
    if kind.targets.half_width:
        assert row.half_width <= 2 * kind.targets.half_width  # the median of few draws
    if kind.targets.undecided is not None:
        assert row.undecided <= kind.targets.undecided + 3 * math.sqrt(0.09 / DRAWS)
    if not math.isnan(row.rejects_tenth) and kind.targets.rejects_tenth:
        assert is_compatible(row.rejects_tenth, kind.targets.rejects_tenth, row.decided)


def test_a_fit_that_claims_too_much_is_caught(monkeypatch):
    """The table is worth something only if a naive slope with its textbook interval fails in it."""
    from theorylab.calibration import table

    def naive(t, y, **_):
        line = linregress(np.log(t), np.log(y))
        fit = fit_rate(t[-8:], 1 / t[-8:])
        from dataclasses import replace
        return replace(fit, law="power", exponent=-line.slope, low=-line.slope - 1.96 * line.stderr,
                       high=-line.slope + 1.96 * line.stderr)

    monkeypatch.setattr(table, "fit_rate", naive)
    kind = next(c for c in CLASSES if c.name == "log")
    (row,) = calibrate(10, SEED, classes=[kind], jobs=1)
    assert row.coverage == 0.0 and "coverage" in row.missed


def test_numbers_do_not_depend_on_the_number_of_processes():
    kinds = [c for c in CLASSES if c.name in ("shift", "seeds on pure")]
    assert calibrate(14, 3, classes=kinds, jobs=1) == calibrate(14, 3, classes=kinds, jobs=2)


def test_every_class_of_the_issue_is_drawn():
    names = {c.name for c in CLASSES}
    assert {"pure", "log", "shift", "transient", "floor", "rounding", "oscillation", "power staircase",
            "exponential staircase", "seeds on pure", "knee", "exponential", "exponential times power",
            "real runs"} <= names
    assert len(names) == len(CLASSES)


@pytest.mark.parametrize("kind", [c for c in CLASSES if c.without], ids=lambda c: c.name.replace(" ", "-"))
def test_a_removed_law_and_what_contains_it_are_not_used(kind):
    for i in range(3):
        draw = kind.draw(np.random.default_rng([SEED, i]))
        fit = fit_rate(draw.t, draw.y, without=kind.without)
        assert fit.model not in kind.without
        assert not set(kind.without) & {name for name, _ in fit.alternatives}


@pytest.mark.parametrize("i", [57, 65])
def test_the_last_few_grid_steps_of_a_quantised_trace_do_not_bend_the_exponent(i):
    """With them the first of these was decided and wrong, the second open within 5."""
    draw = synthetic.rounding(np.random.default_rng([99, i]))
    fit = fit_rate(draw.t, draw.y)
    assert fit.decided and fit.low <= draw.exponent <= fit.high
    assert "grid steps" in fit.why


def test_pure_powers_agree_with_scipys_linregress():
    for i in range(20):
        draw = synthetic.pure(np.random.default_rng([SEED, i]))
        fit, line = fit_rate(draw.t, draw.y), linregress(np.log(draw.t), np.log(draw.y))
        assert fit.exponent == pytest.approx(-line.slope, abs=1e-10)
        assert math.log(fit.constant) == pytest.approx(line.intercept, abs=1e-8)


def test_an_outcome_counts_a_rejection_only_if_both_sides_are_excluded():
    kind = next(c for c in CLASSES if c.name == "pure")
    t = np.geomspace(1, 1e5, 200)
    draw = synthetic.Draw(t, t**-1.0, "power", 1.0)
    exact, wrong = outcome(kind, draw), outcome(kind, draw._replace(exponent=1.1))
    assert exact.covered and exact.rejects_tenth and exact.rejects_twentieth
    assert not wrong.covered and not wrong.rejects_tenth and wrong.rejects_twentieth


def test_table_names_what_is_missed_and_json_has_no_nan():
    out = io.StringIO()
    table = Table(out, list(CLASSES[:1]), 10, 7)
    nan = math.nan
    table.add(Row("pure", "noise-free", 10, 9, 0.9, 0.9, 0.001, 0.0, 1.0, 1.0, 1.0, nan, 0.5, ("coverage",)))
    table.add_sweeps(sweep_table(5, 1, ["pure"]))
    table.close()
    text = out.getvalue()
    assert "misses coverage" in text and "2 of 3 classes reach all" in text
    assert json.loads(json.dumps(table.to_json(), allow_nan=False))["classes"][0]["log_power"] is None


def test_command_prints_the_table_and_its_exit_code_says_whether_targets_are_met(capsys, tmp_path):
    file = tmp_path / "calibration.json"
    assert main(["calibrate", "--draws", "10", "--only", "transient", "--jobs", "1", "--json", str(file)]) in (0, 1)
    printed = capsys.readouterr().out
    assert "10 draws of each class, seed 0" in printed and "seeds on transient" in printed
    content = json.loads(file.read_text())
    assert content["seed"] == 0 and content["environment"]["numpy"] == np.__version__


@pytest.mark.parametrize("arguments, message", [
    (["--draws", "0"], "--draws is 0"), (["--seed", "-1"], "--seed is -1"),
    (["--only", "nothing"], "no class or group"),
    (["--json", "/no/such/folder/file"], "cannot be written"),
])
def test_bad_usage_is_refused_before_anything_is_drawn(arguments, message, capsys):
    assert main(["calibrate", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_words_choose_classes_by_name_or_group():
    assert [c.name for c in choose(["real"])[0]] == ["real runs"]
    assert choose(["parameter sweeps"])[0] == [] and len(choose(["parameter sweeps"])[1]) > 3
