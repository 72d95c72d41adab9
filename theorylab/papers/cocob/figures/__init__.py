"""Figures of the coin-betting paper: FIGURES maps a name to the function that draws it as a matplotlib Figure."""

from theorylab.figures.panels import pair, triple

from . import data
from .bounds import logarithm, rate
from .iterates import triptych
from .scaling import distances
from .wealth import growth

FIGURES = {
    "triptych": triple(triptych, 2.5),
    "rate": pair(rate, 3.0),
    "logarithm": pair(logarithm, 2.9),
    "distances": pair(distances, 3.0),
    "growth": pair(growth, 2.8),
    **data.FIGURES,
}
