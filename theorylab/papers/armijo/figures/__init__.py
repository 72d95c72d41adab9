"""Figures of the Armijo paper: FIGURES maps a name to the function that draws it as a matplotlib Figure."""

from theorylab.figures.panels import column, pair, square, triple

from .complexity import complexity, conditions, exponents
from .landscapes import digits, mixed, polynomials
from .steps import lag, largest, starts
from .worst_case import worst_case

FIGURES = {
    "complexity": pair(complexity, 2.9),
    "worst-case": triple(worst_case, 2.3),
    "exponents": column(exponents, 3.2),
    "conditions": pair(conditions, 3.0),
    "largest-step": column(largest, 2.9),
    "lag": pair(lag, 2.7),
    "starts": pair(starts, 2.8),
    "mixed": pair(mixed, 2.8),
    "polynomials": square(polynomials, 5.6),
    "digits": triple(digits, 2.6),
}
