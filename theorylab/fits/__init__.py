"""Measurement: the law that a trace follows, with an interval that covers what is really uncertain."""

from theorylab.fits.fit import Estimate, Fit, ParameterFit, PolynomialFit
from theorylab.fits.increments import fit_increments
from theorylab.fits.joint import ExponentsFit, fit_exponents
from theorylab.fits.mean import mean_interval
from theorylab.fits.parameter import fit_parameter
from theorylab.fits.polynomial import fit_polynomial
from theorylab.fits.rate import fit_rate, local_exponents
from theorylab.fits.sequence import fit_constant, fit_factor

__all__ = ["Estimate", "ExponentsFit", "Fit", "ParameterFit", "PolynomialFit", "fit_constant", "fit_exponents",
           "fit_factor", "fit_increments", "fit_parameter", "fit_polynomial", "fit_rate", "local_exponents",
           "mean_interval"]
