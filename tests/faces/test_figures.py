"""Figures as files: reproducible bytes, matplotlib's own state untouched, sentences for what cannot be drawn."""

import json
import subprocess
import sys

import matplotlib
import numpy as np
import pytest

from theorylab import figures
from theorylab.calibration import figures as fitting
from theorylab.calibration.classes import CLASSES
from theorylab.calibration.examples import EXAMPLES, grid
from theorylab.calibration.figures.coverage import MEASURED, coverage
from theorylab.calibration.figures.prediction import hold_out
from theorylab.calibration.figures.ranges import naive_slopes
from theorylab.claims import UnknownName
from theorylab.figures import draw_all, style
from theorylab.fits import fit_rate
from theorylab.papers.annealing import figures as annealing
from theorylab.papers.armijo import figures as armijo
from theorylab.papers.cocob import figures as cocob
from theorylab.papers.gdpolyak import figures as gdpolyak
from theorylab.papers.gdpolyak.figures.laws import few_short_steps, gd_laws
from theorylab.papers.large_stepsize import figures as large_stepsize
from theorylab.runs import BadInput

QUICK = ("few-short-steps", "ravine")
QUICK_LARGE = ("perceptron-path", "transition-times", "adaptive")
QUICK_ARMIJO = ("worst-case", "largest-step")
QUICK_ANNEALING = ("bounds", "schedules")
QUICK_COCOB = ("triptych",)
QUICK_FITTING = ("naive-slopes", "local-slopes", "hold-out", "hull", "coverage")


@pytest.fixture
def only_quick(monkeypatch):
    """The figures that take no longer than a second."""
    monkeypatch.setattr(gdpolyak, "FIGURES", {name: gdpolyak.FIGURES[name] for name in QUICK})
    monkeypatch.setattr(large_stepsize, "FIGURES", {name: large_stepsize.FIGURES[name] for name in QUICK_LARGE})
    monkeypatch.setattr(armijo, "FIGURES", {name: armijo.FIGURES[name] for name in QUICK_ARMIJO})
    monkeypatch.setattr(annealing, "FIGURES", {name: annealing.FIGURES[name] for name in QUICK_ANNEALING})
    monkeypatch.setattr(cocob, "FIGURES", {name: cocob.FIGURES[name] for name in QUICK_COCOB})
    monkeypatch.setattr(fitting, "FIGURES", {name: fitting.FIGURES[name] for name in QUICK_FITTING})


@pytest.fixture
def axes():
    return matplotlib.figure.Figure().subplots()


def test_files_are_equal_bit_for_bit_when_drawn_again(only_quick, tmp_path):
    for folder in ("first", "second"):
        paths = list(draw_all(["gdpolyak"], tmp_path / folder, ["pdf", "svg", "png"]))
        assert len(paths) == 3 * len(QUICK)
    for path in paths:
        assert path.read_bytes() == (tmp_path / "first" / "gdpolyak" / path.name).read_bytes(), path.name
    for path in draw_all(["gdpolyak"], tmp_path / "alone", ["png"]):  # whatever formats were written before it
        assert path.read_bytes() == (tmp_path / "first" / "gdpolyak" / path.name).read_bytes(), path.name


def test_settings_of_matplotlib_are_the_users_while_paths_come(only_quick, tmp_path):
    with matplotlib.rc_context({"font.size": 17.0}):
        for _ in draw_all(["gdpolyak"], tmp_path, ["png"], "ggplot"):
            assert matplotlib.rcParams["font.size"] == 17.0


def test_figures_do_not_depend_on_the_users_settings():
    with matplotlib.rc_context({"lines.linewidth": 9.0}), style("paper"):
        assert matplotlib.rcParams["lines.linewidth"] == figures.PAPER["lines.linewidth"]


def test_every_axis_of_every_quick_figure_is_labelled(only_quick):
    for module in (gdpolyak, large_stepsize, armijo, annealing, cocob, fitting):
        for name, draw in module.FIGURES.items():
            figure = draw()
            for ax in figure.axes:
                assert ax.get_xlabel() and (ax.get_ylabel() or figure.get_supylabel()), name


def test_without_names_the_papers_and_the_other_subjects_are_drawn(only_quick, tmp_path):
    drawn = {(path.parent.name, path.stem) for path in draw_all([], tmp_path, ["png"])}
    quick = {"annealing": QUICK_ANNEALING, "gdpolyak": QUICK, "large_stepsize": QUICK_LARGE, "armijo": QUICK_ARMIJO,
             "cocob": QUICK_COCOB, "fitting": QUICK_FITTING}  # fmt: skip
    assert drawn == {(subject, name) for subject, names in quick.items() for name in names}


def test_unknown_style_is_refused_with_the_nearest_and_all_names(tmp_path):
    with pytest.raises(BadInput, match="nearest: ggplot.*paper, default"):
        next(draw_all([], tmp_path, ["png"], "gplot"))
    assert not any(tmp_path.iterdir())


def test_unknown_format_and_paper_are_refused_before_anything_is_drawn(tmp_path):
    with pytest.raises(BadInput, match="no format 'bmp'"):
        next(draw_all(["gdpolyak"], tmp_path, ["png", "bmp"]))
    with pytest.raises(UnknownName, match="no paper or subject 'gdpoly' to draw; there are annealing, armijo,"):
        next(draw_all(["gdpoly"], tmp_path, ["png"]))
    assert not any(tmp_path.iterdir())


def test_drawing_never_loads_pyplot():
    code = ("import sys, theorylab.figures as f\n"
            "with f.style('paper'): f.figures_of('gdpolyak')['ravine'](), f.figures_of('fitting')['hull']()\n"
            "sys.exit('matplotlib.pyplot' in sys.modules)")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_derived_lines_meet_the_measured_ends_of_gradient_descent(axes):
    artists = gd_laws(axes)
    for measured, law in zip(artists[0::2], artists[1::2], strict=True):
        assert measured.get_ydata()[-1] == pytest.approx(law.get_ydata()[-1], rel=0.01), measured.get_label()


def test_derived_factor_of_one_short_step_is_the_measured_one(axes):
    artists = {artist.get_label(): artist for artist in few_short_steps(axes)}
    for count in (1, 2):
        law, found = artists[f"law, $K={count}$"], artists[f"$K={count}$"]
        # near the kink at a = 3/2 the factor is reached only slowly
        away = np.abs(np.log(found.get_xdata() / 1.5)) > 0.1
        at = np.interp(found.get_xdata(), law.get_xdata(), law.get_ydata())
        np.testing.assert_allclose(found.get_ydata()[away], at[away], rtol=2e-3)


def test_the_straight_line_is_off_by_more_than_it_claims_and_fit_rate_is_not():
    artists = naive_slopes(matplotlib.figure.Figure().subplots(1, 4))
    for example, off, reach, half in zip(EXAMPLES, artists[0:12:3], artists[1:12:3], artists[2:12:3], strict=True):
        assert (off.get_ydata() > reach.get_ydata()).all(), example.name
        for end, claimed in zip(half.get_xdata(), half.get_ydata(), strict=True):
            fit = fit_rate(grid(end), example.law(grid(end)))
            assert fit.low <= example.exponent <= fit.high and claimed == (fit.high - fit.low) / 2, example.name


def test_each_closed_form_has_a_law_that_predicts_to_rounding_and_it_is_not_the_plain_power():
    left, right = matplotlib.figure.Figure().subplots(1, 2)
    hold_out([left, right])
    for line, example in zip(right.lines, EXAMPLES, strict=True):
        power, *others = line.get_xdata()
        assert power > 1e-3 and min(others) < 1e-14, example.name


def test_the_coverage_shown_is_the_one_measured_on_the_present_classes():
    measured = json.loads(MEASURED.read_text())["classes"]
    assert [row["name"] for row in measured] == [c.name for c in CLASSES]
    left, right = matplotlib.figure.Figure().subplots(1, 2)
    shown = {artist.get_label(): artist for artist in coverage([left, right]) if artist.axes is left}
    ours = shown["fit_rate, where decided"].get_xdata()
    assert list(ours) == [row["coverage"] for row in measured if row["coverage"] is not None]
    assert [bar.get_width() for bar in right.patches] == [
        row["undecided"] for row in measured if row["undecided"] is not None
    ]
