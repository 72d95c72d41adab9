"""How long a fresh process takes, with the kernels in the disk cache already."""

import statistics
import subprocess
import sys
import time

from .measure import Result

FIRST_RUN_SECONDS = 1.0
IMPORT_SECONDS = 0.35
_ROUNDS = 7
_FIRST_RUN = """
import time
from problems import CurvedRavine
from theorylab import GDPolyak, run
run(CurvedRavine(4, 1.0, 10.0), GDPolyak(0.0125, 100), steps=1000)
print(time.time())
"""
_IMPORT = """
import time
before = time.perf_counter()
import theorylab
print(time.perf_counter() - before)
"""


def _number_printed_by(code: str) -> float:
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def _first_run() -> float:
    """Seconds from the start of a process until its first run has returned."""
    started = time.time()
    return _number_printed_by(_FIRST_RUN) - started


def measure() -> list[Result]:
    """Medians over fresh processes; one before, which may compile, is not counted."""
    _first_run()
    first = statistics.median(_first_run() for _ in range(_ROUNDS))
    imported = statistics.median(_number_printed_by(_IMPORT) for _ in range(_ROUNDS))
    return [
        Result("process start to first run, warm cache", f"{first:.2f} s", "", first, FIRST_RUN_SECONDS, "s"),
        Result("import theorylab", f"{imported:.3f} s", "", imported, IMPORT_SECONDS, "s"),
    ]
