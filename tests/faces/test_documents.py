"""What the documents say is what happens."""

import ast
import contextlib
import io
import json
import math
import re
from pathlib import Path

import pytest

from theorylab.calibration.classes import CLASSES
from theorylab.calibration.show import Table
from theorylab.calibration.sweeps import SweepRow
from theorylab.calibration.table import Row
from theorylab.fits.describe import NARROWEST, WIDEST_NOISY, WIDEST_POWER

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_pages_examples_print_what_the_page_says(path):
    """Every block of Python is followed by "prints" and an indented block; all blocks of a page share their names."""
    text = path.read_text()
    examples = re.findall(r"```python\n(.*?)```\n\nprints\n\n((?:    [^\n]*\n)+)", text, re.S)
    assert examples and len(examples) == text.count("```python")
    names = {}
    for code, printed in examples:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, names)
        assert out.getvalue().splitlines() == [line.removeprefix("    ") for line in printed.splitlines()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_each_pages_links_lead_somewhere(path):
    links = re.findall(r"\]\(([^)]+)\)", path.read_text())
    assert links
    for link in links:
        assert (path.parent / link).exists(), link


def test_the_page_on_fitting_states_the_present_thresholds():
    text = (ROOT / "docs" / "fitting.md").read_text()
    assert f"wider than {WIDEST_POWER:g} on either side ({WIDEST_NOISY:g} where there is noise" in text
    assert f"smallest half-width it ever claims is {NARROWEST:g}." in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_was_run_top_to_bottom_without_an_error(path):
    import nbformat

    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_finds_what_it_imports(path):
    import nbformat

    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    lines = [node for cell in cells for node in ast.parse(cell).body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert lines
    exec(compile(ast.Module(lines, []), str(path), "exec"), {})


@pytest.mark.notebooks
@pytest.mark.filterwarnings("ignore")  # of the notebook machinery, not of ours
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_still_runs(path):
    """Minutes: `make notebooks` runs it, `make test` does not."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": path.parent}}).execute()


def test_the_calibration_table_of_the_docs_is_the_measured_one():
    table = json.loads((ROOT / "theorylab/calibration/measured.json").read_text())
    text = (ROOT / "docs/fitting.md").read_text()
    assert f"theorylab calibrate --seed {table['seed']}` ({table['draws']} draws" in text
    out = io.StringIO()
    shown = Table(out, list(CLASSES), table["draws"], table["seed"])
    for row in table["classes"]:
        shown.add(Row(**_with_nan(row)))
    shown.add_sweeps([SweepRow(**_with_nan(row)) for row in table["sweeps"]])
    for line in out.getvalue().splitlines()[1:]:
        assert line.strip() in text
    assert shown.missed == 0


def _with_nan(row):
    return {name: math.nan if value is None else value for name, value in row.items()}
