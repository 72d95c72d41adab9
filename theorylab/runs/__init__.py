"""Runs: one trace, or a labelled sweep of traces; kept, resumed, parallel."""

from .checks import BadInput
from .ends import ends
from .many import run_many, sweep
from .single import run
from .status import Status
from .store import Store
from .trace import Trace

__all__ = ["BadInput", "Status", "Store", "Trace", "ends", "run", "run_many", "sweep"]
