"""Norms that do not exceed 1 as real numbers: a certificate takes float64 data as exact."""

import math
from fractions import Fraction

import numpy as np

#: How far a rounded norm, or a rounded sum of weights, may be from 1.
SLACK = 1e-12


def in_unit_ball(z) -> bool:
    """Whether all norms are at most 1, decided exactly for the float64 numbers that the rows hold."""
    squares = np.einsum("ij,ij->i", z, z)
    if squares.max() > 1.0 + SLACK:
        return False
    near = z[squares > 1.0 - SLACK].tolist()
    return all(sum(Fraction(entry) ** 2 for entry in row) <= 1 for row in near)


def into_unit_ball(z) -> np.ndarray:
    """z/R with R the largest norm, taken up by units of rounding until the rounded rows lie in the unit ball."""
    radius = float(np.linalg.norm(z, axis=1).max())
    while not in_unit_ball(scaled := z / radius):
        radius = math.nextafter(radius, math.inf)
    return scaled


def height(gamma: float) -> float:
    r"""The largest float64 number s with :math:`\gamma^2 + s^2 \le 1`."""
    s = math.nextafter(math.sqrt((1.0 - gamma) * (1.0 + gamma)), 1.0)
    while Fraction(gamma) ** 2 + Fraction(s) ** 2 > 1:
        s = math.nextafter(s, 0.0)
    return s
