"""Many runs at once: over fields of the method, of the problem, starts and seeds."""

import itertools
import math

import numpy as np

from .batch import groups, run_batch
from .checks import BadInput
from .single import run
from .trace import Trace, describe, provenance

BACKENDS = {"threads": "threading", "processes": "loky", "dask": "dask"}


def run_many(cells, *, jobs=None, backend="threads", store=None, progress=False) -> list[Trace]:
    """The traces of ``run(**cell, store=store)`` for each cell, in order, whatever the number of jobs.

    Many runs of one problem and one class of methods go abreast where that is faster. Small problems give the same
    traces, bit for bit. Eight or more runs of a classifier in more dimensions under gradient descent and its like
    agree with `run` to rounding only, since BLAS adds up in another order; but they depend neither on the number of
    jobs nor on the order of the cells nor on how many more there are. With a store, or on another backend, all runs
    are single ones.

    Parameters
    ----------
    cells : list of dict
        Arguments of `run`.
    jobs : int, optional
        Runs at a time; all cores if not given.
    backend : {"threads", "processes", "dask"}
        Threads share memory and are the right choice on one machine, since kernels run without the GIL; "dask" sends
        the runs to the cluster of the active ``dask.distributed.Client``.
    store : Store or path, optional
        Finished runs are kept there and not run again.
    progress : bool, optional
        Show a progress bar over the runs.
    """
    import joblib
    import scipy.linalg.cython_blas  # noqa: F401  the BLAS of kernels: only what is loaded can be limited below
    from threadpoolctl import threadpool_limits
    from tqdm import tqdm

    cells = list(cells)
    if backend not in BACKENDS:
        raise BadInput(f"backend is {backend!r}; it has to be one of {', '.join(BACKENDS)}")
    jobs = min(jobs or joblib.cpu_count(), len(cells)) or 1
    together = groups(cells)  # checks every pair: each fault is told before anything runs
    traces: dict[int, Trace] = {}
    with threadpool_limits(1, "blas"), tqdm(total=len(cells), unit="run", disable=not progress, leave=False) as bar:
        for indices in together if backend == "threads" and store is None else ():
            traces.update(zip(indices, run_batch([cells[i] for i in indices], jobs), strict=True))
            bar.update(len(indices))
        alone = [i for i in range(len(cells)) if i not in traces]
        with joblib.parallel_config(BACKENDS[backend], n_jobs=jobs):
            made = joblib.Parallel(return_as="generator")(joblib.delayed(run)(**cells[i], store=store) for i in alone)
            for i, trace in zip(alone, made, strict=True):
                traces[i] = trace
                bar.update()
    return [traces[i] for i in range(len(cells))]


def sweep(
    problem,
    method,
    over,
    *,
    steps,
    start=None,
    seed=0,
    record=(),
    levels=(),
    floor=None,
    ceiling=math.inf,
    jobs=None,
    backend="threads",
    store=None,
    progress=False,
):
    """Run every combination of the values in `over` and label the result.

    Parameters
    ----------
    problem, method : NamedTuple
        Base pair; `over` replaces fields.
    over : dict
        Name -> values. A name is a field of the method, a field of the problem, ``"seed"``, ``"start"`` (rows of an
        array) or ``"problem"`` (a list of problems of one dimension). A field of both counts as the method's.
    steps, start, seed, record, levels, floor, ceiling, store
        As in `run`.
    jobs, backend, progress
        As in `run_many`.

    Returns
    -------
    xarray.Dataset
        A dimension for each swept name, then ``step`` (nan after the end of a run) and ``coordinate``; variables are
        the columns of the traces (``<name>_used`` where the
        name is an axis), ``status``, ``last_step`` and, with `levels`, ``hits``.

    Raises
    ------
    BadInput
        For a name that is no field, an empty list of values, or anything that `run` refuses.
    """
    axes = _axes(problem, method, over)
    cells = [
        _cell(problem, method, dict(zip(axes, values, strict=True)), start, seed)
        for values in itertools.product(*axes.values())
    ]
    common = {"steps": steps, "record": record, "levels": levels, "floor": floor, "ceiling": ceiling}
    traces = run_many(
        [cell | common for cell in cells], jobs=jobs, backend=backend, store=store, progress=progress
    )
    return _label(axes, traces)


def _axes(problem, method, over) -> dict:
    if not over:
        raise BadInput("`over` is empty; name at least one field, seed or start to sweep, or call run")
    fields = {*method._fields, *problem._fields, "seed", "start", "problem"}
    axes = {}
    for name, values in over.items():
        if name not in fields:
            raise BadInput(
                f"{name!r} is no field of {type(method).__name__} ({', '.join(method._fields)}) nor of "
                f"{type(problem).__name__} ({', '.join(problem._fields)}), nor seed, start or problem"
            )
        axes[name] = list(values)
        if not axes[name]:
            raise BadInput(f"the list of values for {name!r} is empty")
    return axes


def _cell(problem, method, chosen, start, seed) -> dict:
    problem = chosen.pop("problem", problem)
    start, seed = chosen.pop("start", start), chosen.pop("seed", seed)
    own = {name: value for name, value in chosen.items() if name in method._fields}
    rest = {name: value for name, value in chosen.items() if name not in own}
    return {"problem": problem._replace(**rest), "method": method._replace(**own), "start": start, "seed": seed}


def _label(axes, traces):
    import xarray as xr

    shape = tuple(len(values) for values in axes.values())
    longest = max(traces, key=len)
    step = np.unique(np.concatenate([trace.step for trace in traces]))
    names = list(axes)

    def gathered(name, tail=()):
        out = np.full((len(traces), step.size, *tail), np.nan)
        for i, trace in enumerate(traces):
            out[i, np.searchsorted(step, trace.step)] = trace[name] if name != "x" else trace.x
        return out.reshape(*shape, step.size, *tail)

    data = {
        # a swept field and a column may share a name: the field names the axis, the column what was used
        (f"{name}_used" if name in names else name): (
            (*names, "step"), gathered(name), {"long_name": longest.meaning(name)},
        )
        for name in longest.columns[1:]
    }
    dimensions = {trace.problem.dimension for trace in traces}
    if len(dimensions) == 1:
        data["x"] = ((*names, "step", "coordinate"), gathered("x", (dimensions.pop(),)), {"long_name": "iterate"})
    data["status"] = (names, np.reshape([trace.status.name for trace in traces], shape))
    data["last_step"] = (names, np.reshape([trace.step[-1] for trace in traces], shape))
    coordinates = {"step": step, **{name: _coordinate(values) for name, values in axes.items()}}
    if longest.levels.size > 1:
        data["hits"] = ((*names, "level"), np.reshape([trace.hits for trace in traces], (*shape, -1)))
        coordinates["level"] = ("level", longest.levels, {"long_name": f"level of {longest.watched}"})
    seconds = sum(trace.provenance["seconds"] for trace in traces)
    attributes = provenance(longest.problem, longest.method, seconds, swept=", ".join(names))
    return xr.Dataset(data, coords=coordinates, attrs=attributes)


def _coordinate(values):
    if all(isinstance(value, (int, float, np.integer, np.floating)) for value in values):
        return values
    return [describe(value) if hasattr(value, "_fields") else i for i, value in enumerate(values)]
