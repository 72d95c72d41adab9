"""The calibration table: printed line by line while it is made, and as JSON."""

import math

from theorylab.calibration.classes import SWEEP_COVERAGE, Class
from theorylab.calibration.sweeps import SweepRow
from theorylab.calibration.table import Row

COLUMNS = (
    ("decided", "decided", "d"), ("coverage", "coverage", ".3f"), ("coverage_log_allowed", "log allowed", ".3f"),
    ("half_width", "half-width", ".4f"), ("undecided", "undecided", ".3f"), ("right_law", "right law", ".3f"),
    ("rejects_tenth", "off by .1", ".3f"), ("rejects_twentieth", "off by .05", ".3f"),
    ("log_power", "log power", ".3f"), ("naive", "naive", ".3f"),
)  # fmt: skip
SWEEP_COLUMNS = (
    ("coverage", "coverage", ".3f"), ("decided_coverage", "decided", ".3f"), ("half_width", "half-width", ".4f"),
    ("undecided", "undecided", ".3f"), ("naive_coverage", "naive", ".3f"),
)  # fmt: skip
LEGEND = """
coverage: share of the decided 95 % intervals that hold the truth; log allowed: of those that allow a logarithm
half-width: median over draws that have to be decided; relative to the rate for exponential laws
undecided: share of the draws that have to be decided: they span four decades or, for runs, have settled
off by .1, off by .05: share of the intervals that exclude exponents wrong by so much; log power: right within 0.25
naive: coverage of 1.96 standard errors around the slope of a straight line through all points
"""
SWEEP_LEGEND = """
fit_parameter on sweeps of 5 to 10 points; coverage: of all intervals; decided: of those narrower than 0.1 a side
"""


class Table:
    """Collects rows and prints each as it comes.

    Parameters
    ----------
    out : file
    classes : list of Class
    draws, seed : int
        Only told to the reader.
    """

    def __init__(self, out, classes: list[Class], draws: int, seed: int):
        self.out, self.draws, self.seed = out, draws, seed
        self.rows: list[Row] = []
        self.sweeps: list[SweepRow] = []
        self.width = max((len(c.name) for c in classes), default=0)
        self._print(f"{draws} draws of each class, seed {seed}")

    def add(self, row: Row) -> None:
        """A class of traces; the first of a group gets the group's name above it."""
        if not self.rows:
            self._print("\n" + _header("class", self.width, COLUMNS))
        if not self.rows or self.rows[-1].group != row.group:
            self._print(f"- {row.group}")
        self.rows.append(row)
        self._print(_line(row.name, self.width, row, COLUMNS) + _missed(row.missed))

    def add_sweeps(self, sweeps: list[SweepRow]) -> None:
        """The rows of parameter sweeps."""
        self.sweeps += sweeps
        names = [f"{row.kind}, errors {row.errors}" for row in sweeps]
        width = max(map(len, names), default=0)
        if sweeps:
            self._print(SWEEP_LEGEND + "\n" + _header("sweep", width, SWEEP_COLUMNS))
        for name, row in zip(names, sweeps, strict=True):
            self._print(_line(name, width, row, SWEEP_COLUMNS) + _missed(sweep_misses(row)))

    def close(self) -> None:
        """What the columns mean, and whether all targets were reached."""
        if self.rows:
            self._print(LEGEND)
        asked = len(self.rows) + len(self.sweeps)
        self._print(f"{asked - self.missed} of {asked} classes reach all that is asked of them")

    @property
    def missed(self) -> int:
        """Number of classes that miss a target."""
        return sum(bool(row.missed) for row in self.rows) + sum(bool(sweep_misses(row)) for row in self.sweeps)

    def to_json(self) -> dict:
        """Everything printed; what has no value is null."""
        return {"draws": self.draws, "seed": self.seed, "classes": [_plain(row) for row in self.rows],
                "sweeps": [_plain(row) for row in self.sweeps]}

    def _print(self, text: str) -> None:
        print(text, file=self.out, flush=True)


def sweep_misses(row: SweepRow) -> tuple[str, ...]:
    """("coverage",) where a sweep's intervals hold less often than is asked."""
    return ("coverage",) if row.coverage < SWEEP_COVERAGE.get(row.kind, 0.0) else ()


def _header(what: str, width: int, columns) -> str:
    return " ".join([f"{what:<{width + 2}}", *(f"{title:>{_wide(title)}}" for _, title, _ in columns)])


def _line(name: str, width: int, row, columns) -> str:
    cells = []
    for field, title, form in columns:
        value = getattr(row, field)
        cells.append(f"{'-' if math.isnan(value) else format(value, form):>{_wide(title)}}")
    return " ".join([f"  {name:<{width}}", *cells])


def _wide(title: str) -> int:
    return max(len(title), 6)


def _missed(columns) -> str:
    return f"   <-- misses {', '.join(columns)}" if columns else ""


def _plain(row) -> dict:
    return {name: None if isinstance(value, float) and math.isnan(value) else value
            for name, value in row._asdict().items()}
