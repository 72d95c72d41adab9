"""Figures of how rates are fitted: FIGURES maps a name to the function that draws it as a matplotlib Figure."""

from theorylab.figures.panels import column, pair, square

from .coverage import coverage
from .prediction import hold_out, hull_of_laws, local_slopes
from .ranges import longer_runs, more_seeds, naive_slopes

FIGURES = {
    "naive-slopes": square(naive_slopes, 4.2),
    "local-slopes": column(local_slopes, 2.8),
    "hold-out": pair(hold_out, 2.8),
    "hull": column(hull_of_laws, 2.8),
    "longer-runs": pair(longer_runs),
    "more-seeds": pair(more_seeds),
    "coverage": pair(coverage, 5.0),
}
