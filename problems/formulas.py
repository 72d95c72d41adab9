"""Formulas in sympy with the parameters that the kernels really use: float64 numbers are rational numbers."""

#: Above this dimension a problem gives no formula: nobody would read it, and differentiating it takes minutes.
LARGEST = 6


def rational(value):
    """The rational number that a float64 is, exactly."""
    import sympy as sp

    return sp.Rational(float(value))
