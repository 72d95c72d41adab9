"""Figures of the GDPolyak paper: FIGURES maps a name to the function that draws it as a matplotlib Figure."""

from theorylab.figures.panels import column, triple

from .experiments import neuron_triple, ravine_triple, sensing_triple
from .laws import best_cost, breakdowns, few_short_steps, gd_laws, measurements
from .shapes import neuron_loss, polyak_constant, ravine

FIGURES = {
    "experiment-ravine": triple(ravine_triple),
    "experiment-sensing": triple(sensing_triple),
    "experiment-neuron": triple(neuron_triple),
    "gd-laws": column(gd_laws, 2.8),
    "fixed-k": column(breakdowns, 2.8),
    "best-cost": column(best_cost),
    "few-short-steps": column(few_short_steps),
    "measurements": column(measurements),
    "neuron-loss": column(neuron_loss),
    "polyak-constant": column(polyak_constant),
    "ravine": column(ravine, 2.8),
}
