"""Coverage, width and rejections of `fit_rate`, counted class by class."""

import math
import zlib
from typing import NamedTuple

import numpy as np

from theorylab.calibration.classes import CLASSES, Class
from theorylab.calibration.draw import Draw
from theorylab.calibration.examples import naive_slope
from theorylab.fits import fit_rate

CHUNK = 10
NEAR = 1e-12


class Outcome(NamedTuple):
    """One draw: whether it has to be decided and was, and what its interval did; nan where that has no meaning.

    `naive` tells whether the 1.96 standard errors of a straight line through all points hold the exponent.
    """

    settled: bool
    decided: bool
    covered: bool
    covered_log_allowed: bool
    half_width: float
    right_law: bool
    rejects_tenth: float
    rejects_twentieth: float
    log_power: float
    naive: float


class Row(NamedTuple):
    """One class. Shares are over decided draws, `undecided` over draws that have to be decided; nan where none is.

    Attributes
    ----------
    coverage, coverage_log_allowed : float
        Share of the intervals that hold the truth: the main one, and the one that allows a logarithm.
    half_width : float
        Median over draws that are decided and had to be; relative to the rate for exponential laws.
    right_law : float
        Share in which power and exponential are not confused.
    rejects_tenth, rejects_twentieth : float
        Share in which exponents off by 0.1 and by 0.05, on either side, lie outside the interval.
    log_power : float
        Share with |m - m_true| <= 0.25, of draws that span six decades or more.
    naive : float
        Coverage of 1.96 standard errors around the slope of a straight line through all points, for comparison;
        nan for exponential laws.
    missed : tuple of str
        The columns that do not reach the targets of the class.
    """

    name: str
    group: str
    draws: int
    decided: int
    coverage: float
    coverage_log_allowed: float
    half_width: float
    undecided: float
    right_law: float
    rejects_tenth: float
    rejects_twentieth: float
    log_power: float
    naive: float
    missed: tuple[str, ...] = ()


def calibrate(draws: int = 200, seed: int = 0, *, classes=CLASSES, jobs: int | None = None, on_row=None) -> list[Row]:
    """Draw `draws` traces of every class and count; draw i of a class depends on (seed, class, i) only.

    Parameters
    ----------
    draws, seed : int
    classes : iterable of Class
    jobs : int, optional
        Processes; all cores if not given. The numbers do not depend on it.
    on_row : callable, optional
        Called with each finished Row.
    """
    import joblib

    classes = tuple(classes)
    cells = [(k, first, min(first + CHUNK, draws)) for k in range(len(classes)) for first in range(0, draws, CHUNK)]
    parallel = joblib.Parallel(n_jobs=jobs or joblib.cpu_count(), return_as="generator")
    rows, outcomes = [], []
    parts = parallel(joblib.delayed(_outcomes)(classes[k].name, first, last, seed) for k, first, last in cells)
    for (k, _, last), part in zip(cells, parts, strict=True):
        outcomes += part
        if last == draws:
            rows.append(_row(classes[k], outcomes))
            outcomes = []
            if on_row:
                on_row(rows[-1])
    return rows


def _outcomes(name: str, first: int, last: int, seed: int) -> list[Outcome]:
    kind = next(c for c in CLASSES if c.name == name)
    key = zlib.crc32(name.encode())
    return [outcome(kind, kind.draw(np.random.default_rng([seed, key, i]))) for i in range(first, last)]


def outcome(kind: Class, draw: Draw) -> Outcome:
    """Fit one draw and compare with the truth."""
    m = draw.log_power if kind.log_known else 0.0
    fit = fit_rate(draw.t, draw.y, seeds_axis=0 if draw.y.ndim == 2 else None, log_power=m, without=kind.without)
    found = "exponential" if math.isfinite(fit.ratio) else "power"
    right, truth = found == draw.law, draw.exponent
    if draw.law == "exponential":
        low, high = (-math.log(fit.ratio_high), -math.log(fit.ratio_low)) if right else (math.nan, math.nan)
        covered = right and low <= truth * (1 + NEAR) and truth * (1 - NEAR) <= high
        return Outcome(draw.settled, fit.decided, covered, covered, (high - low) / 2 / truth, right, math.nan,
                       math.nan, math.nan, math.nan)
    with_log = fit.log_allowed if math.isfinite(fit.log_allowed[0]) else (fit.low, fit.high)
    off = [all(not fit.low <= truth + sign * d <= fit.high for sign in (1, -1)) for d in (0.1, 0.05)]
    m = abs(fit.log_power - draw.log_power) <= 0.25 if draw.decades >= 6 else math.nan
    return Outcome(draw.settled, fit.decided, right and fit.low <= truth <= fit.high,
                   right and with_log[0] <= truth <= with_log[1], (fit.high - fit.low) / 2, right,
                   float(off[0]), float(off[1]), float(m), float(_naive(draw)))


def _naive(draw: Draw) -> bool:
    """Whether the textbook interval of a straight line through ln y against ln t holds the exponent."""
    y = draw.y.mean(axis=0) if draw.y.ndim == 2 else draw.y
    slope, reach = naive_slope(draw.t[y > 0], y[y > 0])
    return abs(slope - draw.exponent) <= reach


def _row(kind: Class, outcomes: list[Outcome]) -> Row:
    table = np.array(outcomes, dtype=float).T
    column = dict(zip(Outcome._fields, table, strict=True))
    settled, decided = column["settled"] > 0, column["decided"] > 0

    def share(name, of=decided):
        values = column[name][of]
        values = values[~np.isnan(values)]
        return float(values.mean()) if len(values) else math.nan

    widths = column["half_width"][decided & settled]
    row = Row(
        kind.name, kind.group, len(outcomes), int(decided.sum()), share("covered"), share("covered_log_allowed"),
        float(np.nanmedian(widths)) if len(widths) else math.nan,
        1 - share("decided", settled) if settled.any() else math.nan, share("right_law"),
        share("rejects_tenth"), share("rejects_twentieth"), share("log_power"),
        share("naive", slice(None)),
    )  # fmt: skip
    return row._replace(missed=_missed(kind, row))


def _missed(kind: Class, row: Row) -> tuple[str, ...]:
    """Names of the columns that fall short; a share of no draws falls short of nothing."""
    targets = kind.targets._asdict()
    found = row._asdict()
    if kind.log_allowed:
        found["coverage"] = row.coverage_log_allowed
    most = ("half_width", "undecided")
    return tuple(
        name for name, bound in targets.items()
        if bound is not None and (found[name] > bound + NEAR if name in most else found[name] < bound - NEAR)
    )  # fmt: skip
