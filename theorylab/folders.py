"""Where things are kept that can be made again: compiled kernels and proofs."""

import os
import sys
from pathlib import Path


def cache_root() -> Path:
    """``$THEORYLAB_CACHE``, else theorylab's folder in the user's cache directory of the platform."""
    if given := os.environ.get("THEORYLAB_CACHE"):
        return Path(given)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "theorylab"
