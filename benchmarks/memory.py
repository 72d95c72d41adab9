"""Memory grows with the number of records, not of steps."""

import subprocess
import sys
from pathlib import Path

from .measure import Result, not_measured

MEGABYTES = 50.0
SHORT, LONG = 10**3, 10**9
NAME = "memory of 1e9 steps in two dimensions"
# VmHWM, not getrusage: the peak that getrusage reports starts from that of the process that made this one.
_RUN = """
import re, sys
from pathlib import Path
from problems import CurvedRavine
from theorylab import GD, run
from theorylab.runs import Status
trace = run(CurvedRavine(4, 1.0, 10.0), GD(0.0125), steps=int(sys.argv[1]))
assert trace.status == Status.STEP_LIMIT, trace.status.sentence
print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text()).group(1))
"""


def _peak_megabytes(steps: int) -> float:
    """Peak resident set of a fresh process that makes one run."""
    done = subprocess.run([sys.executable, "-c", _RUN, str(steps)], check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1]) / 1024


def measure() -> list[Result]:
    """Peak resident set of a run of 1e9 steps less that of one of 1e3, both in two dimensions."""
    if not Path("/proc/self/status").exists():
        return [not_measured(NAME, "needs Linux's /proc", MEGABYTES, "MB more")]
    _peak_megabytes(SHORT)  # may compile, and a compiler takes memory
    short, long = _peak_megabytes(SHORT), _peak_megabytes(LONG)
    return [Result(NAME, f"{long:.0f} MB", f"1e3 steps: {short:.0f} MB", long - short, MEGABYTES, "MB more")]
