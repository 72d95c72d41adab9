"""How a sweep may depart from a plain power law: each departure with its prior weight, in a linear form.

The limit is at the right end. With v = ln(x / x_0) counted from the point x_0 farthest from it, a departure g(v) in
ln y = c + s v + g(v) is an offset plus a few columns, whose coefficients are independent standard normals:

- correction: ln(1 + d e^(-b v)), tiled in d and b; the columns are the derivatives times the tile's half-width, so
  that the tiles together cover every d in (-0.7, 2.3) and every b in [0.3, 3],
- series of corrections: A ln(1 + d e^(-b v)) + B e^(-2 b v) with A ~ N(0, 2^2) and B ~ N(0, 0.3^2), as for
  (x + x_1)^s; with B instead of without, decided draws with two corrections were held in .88 instead of .86,
  with an exponential transient in .90 instead of .80 (300 draws),
- crossover: ln(1 + d e^(-b v)) with d of up to e^8 that has died out at the last point,
- logarithm: +-ln(ln(e^v + d) + k), k > 0, with d = 0, or shifted with d near 1, as for log(x + 1),
- stray points: the first k points follow no law.

The weights and ranges were fixed on the draws of `theorylab.calibration.sweeps`, other seeds than the tests use.
"""

import math

import numpy as np

from theorylab.fits.mixture import Departure

WEIGHTS = {"a plain power": 0.40, "a correction x^-b": 0.25, "a series of corrections": 0.15, "a crossover": 0.03,
           "a logarithm": 0.08, "a shifted logarithm": 0.03, "stray first points": 0.05}
# neighbouring tiles overlap where the half-width is this share of their distance
OVERLAP = 0.6
DECAYS = np.geomspace(0.3, 3.0, 20)
COARSE_DECAYS = np.geomspace(0.3, 3.0, 10)
# sizes are drawn in ln(1 + d), the shift of ln y at the first point; the small ones centre at d = 0
SIZES = np.arange(-1.2, 1.21, 0.4)
SMALL = (0.03, 0.1)
SERIES_SIZES = (-1.2, -0.8, -0.4, 0.4, 0.8, 1.2, 1.6, 2.0)
CROSSOVERS = np.arange(1.6, 8.1, 0.4)
DIED_OUT = 0.5
POWERS = 2.0
SECOND = 0.3
KNEES = np.geomspace(0.3, 10.0, 8)
STRAY = 1.0


def departures(v: np.ndarray) -> list[Departure]:
    """All departures on the points v >= 0, shape (n,); the weights sum to 1."""
    zero = np.zeros(len(v))
    found = {
        "a plain power": [(zero, ())],
        "a correction x^-b": [_tile(v, b, d, h, DECAYS) for b in DECAYS for d, h in _sizes(SIZES, SMALL)],
        "a series of corrections": [_series_tile(v, b, d, h) for b in COARSE_DECAYS for d, h in _sizes(SERIES_SIZES)],
        "a crossover": [_tile(v, b, d, h, COARSE_DECAYS) for b in COARSE_DECAYS for d, h in _sizes(CROSSOVERS)
                        if d * math.exp(-b * v[-1]) <= DIED_OUT],
        "a logarithm": [_logarithm(v, m, k, 0.0) for m in (-1, 1) for k in KNEES],
        "a shifted logarithm": [_logarithm(v, m, k, 1.0) for m in (-1, 1) for k in (0.0, *KNEES)],
        "stray first points": [(zero, tuple(STRAY * np.eye(len(v))[:k])) for k in range(1, len(v) - 3)],
    }
    total = sum(WEIGHTS[family] for family, rows in found.items() if rows)
    return [Departure(family, WEIGHTS[family] / total / len(rows), *row)
            for family, rows in found.items() for row in rows]


def _sizes(shifts, small=()):
    """(d, half-width in d) for each shift ln(1 + d), and tiles around d = 0."""
    step = 0.4
    return [(math.expm1(s), math.exp(s) * step * OVERLAP) for s in shifts] + [(0.0, h) for h in small]


def _tile(v, b, d, h, decays):
    decay = np.exp(-b * v)
    psi = decay / (1 + d * decay)
    width = b * (decays[1] / decays[0] - 1) * OVERLAP
    return np.log1p(d * decay), (h * psi, h**2 / 2 * psi**2, width * max(abs(d), h) * v * psi)


def _series_tile(v, b, d, h):
    offset, (slope, _, sideways) = _tile(v, b, d, h, COARSE_DECAYS)
    return np.zeros(len(v)), (POWERS * offset, POWERS * slope, POWERS * sideways, SECOND * np.exp(-2 * b * v))


def _logarithm(v, m, k, d):
    shifted = np.exp(v) + d
    log = np.log(shifted) + k
    wide, shift = max(0.65 * k, 0.2) * OVERLAP, max(d, 0.5) * OVERLAP
    return m * np.log(log), (wide / log, wide**2 / 2 / log**2, shift / (shifted * log))
