"""How much evidence to gather, and the runs that gather it, an even choice of which pass the rounding checks."""

import functools
import os

import numpy as np

from theorylab.kernels import Stream
from theorylab.runs import Trace, run_many

#: Traces of a batch that the rounding checks look at, and records of a trace by the dimension up to which it holds.
CHECKED_TRACES = {"quick": 4, "full": 12}
CHECKED_RECORDS = {4: 24, 120: 6, float("inf"): 2}
#: Relative error of a value that counts as shaped by rounding, unless the claim is less particular.
TOLERANCE = 1e-6
#: Steps that a shadow run of 106 bits follows a trace.
SHADOW_STEPS = 1000
#: Seconds that the replay of one violation may take.
REPLAY_SECONDS = {"quick": 2.0, "full": 60.0}


class Plan:
    """The quick or the full plan of one claim's trial.

    Evidence asks it for sizes, ``plan.pick(quick, full)``, and for runs. A single trace, and an even choice of the
    traces of a batch, is looked at by the value and the move check of `theorylab.replay`; if one of the choice is
    shaped by rounding, all are looked at. Where rounding has taken over, the trace is cut and `warnings` says so.

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
    def name(self) -> str:
        """The plan's name: quick or full."""
        return "full" if self.full else "quick"

    @property
    def replay_seconds(self) -> float:
        """Time that the replay of one violation may take."""
        return REPLAY_SECONDS[self.name]

    def pick(self, quick, full):
        """`quick` or `full`, by the plan."""
        return full if self.full else quick

    def run(self, problem, method, *, checked: bool = True, tolerance: float = TOLERANCE, **options) -> Trace:
        """`theorylab.run`, with the rounding checks."""
        cell = {"problem": problem, "method": method, **options}
        return self.run_many([cell], checked=checked, tolerance=tolerance)[0]

    def run_many(self, cells, *, checked: bool = True, tolerance: float = TOLERANCE) -> list[Trace]:
        """`theorylab.runs.run_many`, with the rounding checks on an even choice of the traces.

        Parameters
        ----------
        cells : list of dict
            Arguments of `theorylab.run`.
        checked : bool
            False is for evidence that is ABOUT rounding and must see what floating point did.
        tolerance : float
            Relative error of a gap or a column that counts as shaped by rounding: 1e-6, or up to a tenth of what the
            claim tolerates of the quantity that it takes from the traces.
        """
        traces = run_many(cells, jobs=self.jobs)
        if not checked:
            return traces
        chosen = np.unique(np.linspace(0, len(traces) - 1, CHECKED_TRACES[self.name]).astype(int)).tolist()
        looked_at = {i: self._checked(traces[i], tolerance) for i in chosen}
        if any(looked_at[i] is not traces[i] for i in chosen):  # where one is shaped by rounding, others may be
            rest = [i for i in range(len(traces)) if i not in looked_at]
            looked_at.update((i, self._checked(traces[i], tolerance)) for i in rest)
        return [looked_at.get(i, trace) for i, trace in enumerate(traces)]

    def _checked(self, trace: Trace, tolerance: float) -> Trace:
        found = first_alarm(trace, self.full, tolerance)
        if found is None:
            return trace
        step, why = found
        self.warnings.append(f"{trace.provenance['method']} on {type(trace.problem).__name__}: {why}")
        return trace.before(step)


def first_alarm(trace: Trace, shadow: bool, tolerance: float = TOLERANCE) -> tuple[int, str] | None:
    """The first recorded step from which rounding shapes a trace, and why; None if it does not.

    The value check and the move check look at an even choice of the records. Only where moves are off, or in the
    full plan (`shadow`), does a shadow run follow: moves may lose digits while the gap still agrees with its shadow.
    Between the last good and the first bad record looked at, bisection finds where it begins.
    """
    records = _records(trace)
    # a record at the declared floor says that the run ended, and there its numbers may underflow
    rows = np.flatnonzero(np.isfinite(trace.gap) & (trace.gap != 0) & (trace[trace.watched] > trace.levels[-1]))
    if not rows.size:
        return None
    wanted = next(number for dimension, number in CHECKED_RECORDS.items() if trace.problem.dimension <= dimension)
    chosen = np.unique(rows[np.linspace(0, rows.size - 1, wanted).astype(int)])
    found = _alarm(trace, records.take(chosen), shadow, tolerance)
    if found is None:
        return None
    bad = int(np.searchsorted(trace.step, found[0]))
    good = int(chosen[np.searchsorted(chosen, bad) - 1]) if bad > chosen[0] else -1
    while bad - good > 1:
        middle = (good + bad) // 2
        if _alarm(trace, records.take([middle]), False, tolerance) is None:
            good = middle
        else:
            bad = middle
    step = int(trace.step[bad])
    return step, found[1].replace(f"from step {found[0]}:", f"from step {step}:")


def _alarm(trace, records, shadow: bool, tolerance: float) -> tuple[int, str] | None:
    from theorylab.replay import move_check, rounding_report, value_check

    problem, method = trace.problem, trace.method
    value = value_check(problem, method, records, tolerance=tolerance)
    move = move_check(problem, method, records)
    if not (value.high.size or move.high.size or shadow):
        return None
    window = SHADOW_STEPS if problem.dimension <= 4 else 0
    report = rounding_report(problem, method, records, window=window, tolerance=tolerance)
    return (report.first, report.why) if report.alarm else None


def _records(trace: Trace):
    from theorylab.replay import Records

    names = ("gap", "grad_norm", *trace.method.column_names)
    stream = Stream(np.uint64(trace.provenance["seed"]), np.uint64(trace.provenance["trajectory"]))
    return Records(trace.step, trace.x, trace.memory, {name: trace[name] for name in names}, stream)


def shared(gather):
    """Decorator of ``gather(plan, *key)``: runs that several claims look at are made once for each size of plan.

    What the rounding checks said goes to every claim that looks. ``gather.forget()`` drops what was kept.
    """
    kept = {}

    @functools.wraps(gather)
    def once(plan, *key):
        if (plan.full, key) not in kept:
            own = Plan(plan.full, plan.jobs)
            kept[plan.full, key] = gather(own, *key), own.warnings
        found, warnings = kept[plan.full, key]
        plan.warnings.extend(warnings)
        return found

    once.forget = kept.clear
    return once
