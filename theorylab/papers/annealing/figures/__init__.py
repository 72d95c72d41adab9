"""Figures of the annealing paper: FIGURES maps a name to the function that draws it as a matplotlib Figure."""

from theorylab.figures.panels import column, pair

from .bounds import local_exponents, relative_bounds
from .diffusion import collapse, losses, slopes
from .shapes import schedules

FIGURES = {
    "losses": pair(losses, 3.2),
    "bounds": column(relative_bounds, 3.0),
    "local-exponents": pair(local_exponents, 2.8),
    "collapse": pair(collapse, 2.7),
    "slopes": column(slopes, 2.8),
    "schedules": pair(schedules, 2.7),
}
