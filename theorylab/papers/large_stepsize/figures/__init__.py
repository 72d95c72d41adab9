"""Figures of the large-stepsize paper: FIGURES maps a name to the function that draws it as a matplotlib Figure."""

from theorylab.figures.panels import column, pair, triple

from .budgets import budget, imbalanced, perceptron_path
from .neighbours import adaptive, poly_losses, sgd
from .phases import inverse_loss, mean_loss, transition_times, two_phases
from .recreated import digits_accuracy, figure_1, figure_1_digits, figure_1_zero_eight

FIGURES = {
    "figure-1": pair(figure_1),
    "figure-1-digits": pair(figure_1_digits),
    "figure-1-digits-0v8": pair(figure_1_zero_eight),
    "digits-accuracy": pair(digits_accuracy),
    "two-phases": pair(two_phases, 2.9),
    "transition-times": pair(transition_times),
    "mean-loss": triple(mean_loss, 2.4),
    "inverse-loss": pair(inverse_loss),
    "budget": pair(budget),
    "imbalanced": pair(imbalanced),
    "perceptron-path": column(perceptron_path, 2.9),
    "poly-losses": column(poly_losses, 2.8),
    "sgd": column(sgd, 3.3),
    "adaptive": column(adaptive, 2.8),
}
