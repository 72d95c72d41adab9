"""The kernel cache hits when nothing changed and never returns old code after an edit, in whatever file."""

import os
import shutil
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Prints the gap at a start and how many entry points came out of the cache.
_GAP = """
{imports}
from theorylab.kernels import cache
from theorylab.methods import GD
problem, method = {problem}, GD(0.0125)
loops = cache.compiled(problem, method)
print(loops.begin(problem, method, (0.3, 0.05)).at.f.hex(), sum(loops.begin.stats.cache_hits.values()))
"""
_TOOLKIT = _GAP.format(imports="from problems import CurvedRavine", problem="CurvedRavine(4, 1.0, 10.0)")
_USERS = _GAP.format(imports="from bowls import Bowl", problem="Bowl(1.0)")
_BOWL = """
from typing import NamedTuple
from theorylab.kernels import inline

@inline
def _bowl(problem, work, x, g):
    return {scale} * (x[0] * x[0] + x[1] * x[1]), (2.0 * {scale} * x[0], 2.0 * {scale} * x[1])

@inline
def _nothing(problem):
    return ()

class Bowl(NamedTuple):
    scale: float

    kernel = staticmethod(_bowl)
    workspace = staticmethod(_nothing)
"""
_BOWL_GAP = 0.3**2 + 0.05**2
_RAVINE_GAP = 0.3**4 + 10.0 * (0.05 - 0.3**2) ** 2


def _near(value: float):
    return pytest.approx(value, rel=1e-12)


@pytest.fixture
def packages(tmp_path):
    """A copy of the packages: a test may edit it, and nobody else does while the test runs."""
    folder = tmp_path / "packages"
    for name in ("theorylab", "problems"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "papers"))
    return folder


@pytest.fixture
def gap(fresh, packages):
    """Run code in a fresh process: (gap, cache hits)."""

    def call(code, **environment):
        value, hits = fresh(code, packages=packages, **environment).split()
        return float.fromhex(value), int(hits)

    return call


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_an_edit_in_another_file_of_the_toolkit_is_seen_and_no_edit_is_a_hit(gap, packages):
    first, again = gap(_TOOLKIT), gap(_TOOLKIT)
    assert first == (_near(_RAVINE_GAP), 0) and again == (first[0], 1)
    # The loop's own file stays as it is: numba alone would now return the old machine code.
    _edit(packages / "problems" / "ravines.py", "r, u * u, problem.a * n * n", "r, u * u, 3.0 * problem.a * n * n")
    assert gap(_TOOLKIT) == (_near(0.3**4 + 3.0 * (_RAVINE_GAP - 0.3**4)), 0)


def test_an_edit_in_a_users_module_is_seen_and_no_edit_is_a_hit(gap, tmp_path):
    module = tmp_path / "bowls.py"
    module.write_text(_BOWL.format(scale="1.0"))
    first, again = gap(_USERS), gap(_USERS)
    assert first == (_near(_BOWL_GAP), 0) and again == (first[0], 1)
    before = set((tmp_path / "cache" / "kernels").iterdir())
    module.write_text(_BOWL.format(scale="3.0"))
    assert gap(_USERS) == (_near(3.0 * _BOWL_GAP), 0)
    assert len(set((tmp_path / "cache" / "kernels").iterdir()) - before) == 1


def test_a_class_of_the_script_itself_works_and_is_not_cached(gap, tmp_path):
    code = _USERS.replace("from bowls import Bowl", _BOWL.format(scale="2.0"))
    assert gap(code) == (_near(2.0 * _BOWL_GAP), 0)
    assert not list((tmp_path / "cache").rglob("*.nbi"))


def test_without_a_writable_folder_kernels_run_and_edits_are_seen(gap, packages, tmp_path):
    (tmp_path / "a-file").write_text("")
    nowhere = {"THEORYLAB_CACHE": str(tmp_path / "a-file" / "below")}
    assert gap(_TOOLKIT, **nowhere)[0] == _near(_RAVINE_GAP)
    _edit(packages / "problems" / "ravines.py", "r, u * u, problem.a * n * n", "r, u * u, 3.0 * problem.a * n * n")
    assert gap(_TOOLKIT, **nowhere)[0] == _near(0.3**4 + 3.0 * (_RAVINE_GAP - 0.3**4))


def test_folders_of_sources_that_nobody_runs_are_removed_after_two_weeks(fresh, tmp_path):
    kernels = tmp_path / "cache" / "kernels"
    old, recent = kernels / "old", kernels / "recent"
    for folder, days in ((old, 15), (recent, 13)):
        folder.mkdir(parents=True)
        (folder / "kernel.nbc").write_text("")
        os.utime(folder, (time.time() - days * 86400,) * 2)
    fresh("import theorylab.kernels")
    assert not old.exists() and recent.exists()


def test_numbas_own_cache_folder_is_respected(gap, tmp_path):
    gap(_TOOLKIT, NUMBA_CACHE_DIR=str(tmp_path / "mine"))
    assert list((tmp_path / "mine").rglob("*.nbi")) and not (tmp_path / "cache").exists()


def test_an_edit_in_a_file_that_a_users_module_imports_is_seen(gap, tmp_path):
    (tmp_path / "bowls.py").write_text("import middle" + _BOWL.format(scale="middle.scale()"))
    (tmp_path / "middle.py").write_text("from far import scale\n")
    far = tmp_path / "far.py"
    far.write_text("from theorylab.kernels import inline\n\n@inline\ndef scale():\n    return 1.0\n")
    assert gap(_USERS)[0] == _near(_BOWL_GAP)
    _edit(far, "1.0", "3.0")
    assert gap(_USERS)[0] == _near(3.0 * _BOWL_GAP)
