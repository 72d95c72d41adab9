"""Figures of the annealing paper: FIGURES maps a name to the function that draws it as a matplotlib Figure."""

from theorylab.figures.panels import column, pair, square

from .bounds import local_exponents, relative_bounds
from .data import coarse_grids
from .diffusion import collapse, losses, slopes
from .fixed import fixed_rate
from .misread import powers_of_t
from .sampled import sgd
from .shapes import schedules

FIGURES = {
    "losses": pair(losses, 3.2),
    "sgd": pair(sgd, 3.0),
    "bounds": column(relative_bounds, 3.0),
    "local-exponents": pair(local_exponents, 2.8),
    "collapse": pair(collapse, 2.7),
    "slopes": column(slopes, 2.8),
    "fixed-rate": column(fixed_rate, 2.8),
    "schedules": pair(schedules, 2.7),
    "coarse-grids": square(coarse_grids, 5.0),
    "powers-of-t": pair(powers_of_t, 3.0),
}
