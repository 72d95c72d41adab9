"""What a run recorded: labelled columns over log-spaced steps, and where they came from."""

import functools
import platform
from dataclasses import dataclass, field

import numpy as np

from theorylab import kernels

from .status import Status

#: Column of a trace: what it is, in words and units.
MEANING = {
    "step": "number of steps done, k",
    "gap": "f(x_k) - f_star",
    "grad_norm": "Euclidean norm of the gradient at x_k",
    "gap_min": "least gap of the steps since the record before, this one included",
    "gap_max": "largest gap of the steps since the record before, this one included",
    "gap_mean": "mean of the gaps after steps 1..k",
    "evaluations": "oracle calls so far, the one at the start included",
    "distance": "distance from x_k to the solution set",
    "stepsize": "stepsize that step k uses from x_k",
    "estimate": "estimate of f_star in use, relative to f_star",
}


@dataclass(frozen=True, eq=False)
class Trace:
    r"""Records of one run.

    ``trace["gap"]`` or ``trace.gap`` is the column over ``trace.step``; columns are listed by ``trace.columns``.

    Attributes
    ----------
    problem, method : NamedTuple
        What ran.
    table : ndarray, shape (records, width)
        Rows as the kernel wrote them; use the columns instead.
    levels, hits : ndarray
        Levels of the gap, or of the column ``watched``, and the first step at or below each (-1: never).
    status : Status
        How the run ended; ``ending`` says it in a sentence.
    provenance : dict
        Versions, seed, parameters, source hash, wall time.
    """

    problem: tuple
    method: tuple
    table: np.ndarray
    levels: np.ndarray
    hits: np.ndarray
    status: Status
    provenance: dict = field(repr=False)

    @property
    def step(self) -> np.ndarray:
        """Recorded steps, shape (records,)."""
        return self.table[:, 0].astype(np.int64)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        base = ("step", "gap", "grad_norm", "gap_min", "gap_max", "gap_mean", "evaluations")
        return base + tuple(self.method.column_names) + (("distance",) if hasattr(self.problem, "distance") else ())

    @property
    def watched(self) -> str:
        """The column that levels, hits and the floor are about."""
        return getattr(self.method, "watched", "gap")

    @property
    def ending(self) -> str:
        """How the run ended, in one sentence."""
        if self.status == Status.FLOOR and self.watched != "gap":
            return f"{self.watched} reached the declared floor"
        if self.status == Status.BROKEN:
            return self.method.breach(int(self.step[-1]), self.memory[-1])
        return self.status.sentence

    def meaning(self, name: str) -> str:
        """What a column is, in words and units."""
        return getattr(self.method, "meanings", {}).get(name, MEANING.get(name, name))

    @property
    def x(self) -> np.ndarray:
        """Recorded iterates, shape (records, dimension)."""
        first = len(kernels.HEAD) + len(self.method.column_names)
        return self.table[:, first : first + self.problem.dimension]

    @property
    def memory(self) -> np.ndarray:
        """The method's memory at the records, flattened as by `theorylab.kernels.store`: shape (records, numbers)."""
        return self.table[:, len(kernels.HEAD) + len(self.method.column_names) + self.problem.dimension :]

    @functools.cached_property
    def _columns(self) -> dict:
        head = dict(zip(kernels.HEAD, self.table.T, strict=False))
        steps, gap = head["step"], head["gap"]
        first = steps == 0
        with np.errstate(invalid="ignore", over="ignore"):
            made = {
                "step": self.step,
                "gap": gap,
                "grad_norm": np.sqrt(head["grad_norm2"]),
                "gap_min": np.where(first, gap, head["gap_min"]),
                "gap_max": np.where(first, gap, head["gap_max"]),
                "gap_mean": np.where(first, gap, np.cumsum(head["gap_sum"]) / np.maximum(steps, 1)),
                "evaluations": self.step + 1,
            }
        own = self.table[:, len(kernels.HEAD) :]
        made.update({name: own[:, i] for i, name in enumerate(self.method.column_names)})
        return made

    def __getitem__(self, name: str) -> np.ndarray:
        if name == "distance" and name in self.columns:
            return self.problem.distance(self.x)
        if name not in self._columns:
            raise KeyError(f"{name!r} is not a column of this trace; it has {', '.join(self.columns)}")
        return self._columns[name]

    def __getattr__(self, name: str):
        if not name.startswith("_") and name in self.columns:
            return self[name]
        raise AttributeError(f"a trace has no column or attribute {name!r}")

    def __len__(self) -> int:
        return len(self.table)

    def at(self, steps) -> "Trace":
        """The trace restricted to those of the given steps that were recorded.

        Block extremes and running means of the result still refer to the full list of records.
        """
        return self._part(np.isin(self.step, np.asarray(list(steps) if not isinstance(steps, np.ndarray) else steps)))

    def before(self, step: int) -> "Trace":
        """The trace up to, not including, the given step."""
        return self._part(self.step < step)

    def _part(self, keep: np.ndarray) -> "Trace":
        part = Trace(self.problem, self.method, self.table[keep], self.levels, self.hits, self.status, self.provenance)
        part.__dict__["_columns"] = {name: column[keep] for name, column in self._columns.items()}
        return part

    def to_dataset(self):
        """The trace as an ``xarray.Dataset`` with dimension ``step``."""
        import xarray as xr

        data = {name: ("step", self[name], {"long_name": self.meaning(name)}) for name in self.columns[1:]}
        data["x"] = (("step", "coordinate"), self.x, {"long_name": "iterate"})
        attributes = {**self.provenance, "status": self.status.name, "ending": self.ending}
        return xr.Dataset(data, coords={"step": self.step}, attrs=attributes)

    def __repr__(self) -> str:
        return (
            f"Trace({_title(self.method)} on {type(self.problem).__name__}: {self.step[-1]} steps, "
            f"{len(self)} records, {self.watched} {self[self.watched][0]:.3g} -> {self[self.watched][-1]:.3g}; "
            f"{self.ending})"
        )

    def _repr_html_(self) -> str:
        rows = np.unique(np.linspace(0, len(self) - 1, 7).astype(int))
        names = [name for name in self.columns if name != "evaluations"]
        head = "".join(f"<th>{name}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{self[name][r]:.4g}</td>" for name in names) + "</tr>" for r in rows
        )
        title = f"{self.method} on {self.problem if self.problem.dimension <= 4 else type(self.problem).__name__}"
        return f"<p><code>{title}</code><br>{self.ending}</p><table><tr>{head}</tr>{body}</table>"


def _title(method) -> str:
    """The name of the method's class, with that of the method that it watches."""
    inner = next((part for part in method if hasattr(type(part), "step")), None)
    return type(method).__name__ + (f"({_title(inner)})" if inner is not None else "")


def provenance_of_machine() -> dict:
    """Versions of what computes."""
    import numba

    from theorylab import __version__

    return {
        "theorylab": __version__,
        "numpy": np.__version__,
        "numba": numba.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "source_hash": kernels.cache.source_hash(),
    }


def provenance(problem, method, seconds: float, **more) -> dict:
    """Where numbers came from: versions, source hash, parameters, wall time in seconds."""
    own = {"problem": describe(problem), "method": describe(method), "seconds": seconds}
    return {**provenance_of_machine(), **own, **more}


def describe(record) -> str:
    """A record as text; arrays by their shape."""
    if not hasattr(record, "_fields"):
        return f"array{record.shape}" if isinstance(record, np.ndarray) else repr(record)
    fields = ", ".join(f"{name}={describe(value)}" for name, value in zip(record._fields, record, strict=True))
    return f"{type(record).__name__}({fields})"
