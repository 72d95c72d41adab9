"""A kernel cache that cannot go stale.

Numba compares only the file that holds a cached function. Our loops inline kernels of many other files, so an edit
there would return old machine code with a cache hit. The cure: a cache folder named by a hash of every source that a
loop can inline. For the toolkit's own kernels the folder is set once, before the first decorator runs; for other
classes `compiled` makes entry points whose folder also depends on the files that their kernels may come from.
"""

import functools
import hashlib
import os
import shutil
import sys
import sysconfig
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numba

from theorylab.folders import cache_root

#: What a loop can inline. Claims, fits and docs are left out: an edit there need not compile anything anew.
PACKAGES = ("theorylab/kernels", "theorylab/methods", "problems")
_ROOT = Path(__file__).resolve().parents[2]
#: The toolkit's own sources are hashed anyway, and installed packages change with their versions.
_OTHERS = [*(_ROOT / package for package in PACKAGES), *map(Path, map(sysconfig.get_path, ("stdlib", "purelib")))]
_KEEP_DAYS = 14.0
_entry_points: list = []
_writable = True


def _sources(root: Path = _ROOT) -> list[Path]:
    return sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))


@functools.cache
def source_hash(*extra: str) -> str:
    """Hash of the kernels' sources, of numba's version and of the files named in `extra`."""
    digest = hashlib.sha256(f"{numba.__version__} {sys.version_info[:2]}".encode())
    for path in [*_sources(), *map(Path, extra)]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _folder(*extra: str) -> Path:
    return cache_root() / "kernels" / source_hash(*extra)


def _prune(keep: Path) -> None:
    """Remove the folders of sources that nobody has run for two weeks."""
    try:
        for folder in keep.parent.iterdir():
            if folder != keep and time.time() - folder.stat().st_mtime > _KEEP_DAYS * 86400:
                shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return


def enable() -> None:
    """Point numba at the folder of the present sources, unless the user has named a folder of their own."""
    global _writable
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    folder = _folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
    except OSError:
        _writable = False  # numba would write beside the sources, where an edit in another file goes unseen
        return
    numba.config.CACHE_DIR = str(folder)
    _prune(folder)


def entry(function):
    """Decorator of an outermost kernel: compiled and cached for each (problem, method) pair, without the GIL."""
    _entry_points.append(function)
    return _loop(function, _writable)


def _loop(function, cached: bool):
    return numba.njit(cache=cached, error_model="numpy", nogil=True)(function)


@functools.cache
def _compiled(files: tuple[str, ...] | None) -> SimpleNamespace:
    if files is None or not _writable:
        return SimpleNamespace(**{f.__name__: _loop(f, False) for f in _entry_points})
    before = numba.config.CACHE_DIR
    if not os.environ.get("NUMBA_CACHE_DIR"):
        numba.config.CACHE_DIR = str(_folder(*files))
    try:
        made = {f.__name__: _loop(f, True) for f in _entry_points}
    finally:
        numba.config.CACHE_DIR = before
    return SimpleNamespace(**made)


def extra_files(*records) -> tuple[str, ...] | None:
    """Files outside `PACKAGES` that these records' kernels may come from; None if a class has no file."""
    files: set[str] = set()
    for record in _with_nested(records):
        module = sys.modules.get(type(record).__module__)
        path = getattr(module, "__file__", None)
        if path is None or module.__name__ == "__main__":
            return None
        _collect(module, files)
    return tuple(sorted(files))


def is_covered(path) -> bool:
    """Whether an edit of this file shows in `source_hash` anyway, or in the version of an installed package."""
    return any(Path(path).is_relative_to(folder) for folder in _OTHERS)


def _collect(module, files: set[str]) -> None:
    """Add the file of a module outside `PACKAGES` and those of such modules whose names it uses."""
    path = getattr(module, "__file__", None)
    if path is None or path in files or is_covered(path):
        return
    files.add(path)
    for value in list(vars(module).values()):
        name = getattr(getattr(value, "py_func", value), "__module__", None)
        _collect(value if isinstance(value, ModuleType) else sys.modules.get(name), files)


def compiled(*records) -> SimpleNamespace:
    """The entry points for these problems and methods: cached where all their sources are files, else not.

    Classes of the toolkit share one cache folder. A class from a user's module adds that module's file to the hash;
    one without a file (a notebook, an interactive session) is compiled once a process.
    """
    return _compiled(extra_files(*records))


def _with_nested(records):
    for record in records:
        if hasattr(record, "_fields"):
            yield record
            yield from _with_nested(record)
