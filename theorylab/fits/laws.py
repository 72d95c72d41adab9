"""The dictionary: which parameters of the formula each law leaves free, and from where its fit starts."""

import math
from typing import NamedTuple

import numpy as np

from theorylab.fits.formula import DEFAULTS, LAM, PHI, SIZE, A, B, C, D, G, H, K, M, P, R, S, evaluate


class Law(NamedTuple):
    """A law: its name, its free parameters, and the values of others that differ from the defaults."""

    name: str
    free: tuple[int, ...]
    fixed: dict[int, float] = {}

    @property
    def switches(self) -> np.ndarray:
        """Which of shift, logarithm, correction, exponential and floor the formula has to evaluate."""
        groups = ((G, A), (M, K), (H, B, D, S, R), (LAM,), (PHI,))
        named = set(self.free) | set(self.fixed)
        return np.array([bool(named & set(group)) for group in groups])

    def initial(self) -> np.ndarray:
        """The defaults with the fixed values filled in, shape (SIZE,)."""
        q = DEFAULTS.copy()
        for parameter, value in self.fixed.items():
            q[parameter] = value
        return q


SIMPLE = (
    Law("power", (C, P)),
    Law("power x log", (C, P, M)),
    Law("shifted power", (C, P, G)),
    Law("power + faster power", (C, P, H, B)),
    Law("1 / (power + slower power)", (C, P, H, B), {S: -1.0}),
    Law("power + floor", (C, P, PHI)),
)
LOG_OF_CT = Law("power x log of c t", (C, P, M, K))
RICH = (
    Law("power of t + log t + shift", (C, P, G, A)),
    LOG_OF_CT,
    *(Law(f"power x (log + power)^{m:g}", (C, P, K, H, B), {M: m, S: m, R: 1.0}) for m in (-1.0, 0.5, 1.0, 2.0)),
    Law("power x log x correction", (C, P, M, H, B)),
    Law("power x log + floor", (C, P, M, PHI)),
    Law("power x correction + floor", (C, P, H, B, PHI)),
    Law("power x two corrections", (C, P, H, B, D)),
    Law("1 / (power + two slower powers)", (C, P, H, B, D), {S: -1.0}),
    Law("two powers with a knee", (C, P, H, B, S)),
)
EXPONENTIAL = (Law("exponential", (C, LAM)), Law("exponential x power", (C, P, LAM)))


def starts(law: Law, u: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Coarse grid over the parameters that enter the formula non-linearly, shape (n_starts, SIZE)."""
    span = u[-1] - u[0]
    grid = [{}]
    if K in law.free:
        grid = [{**q, K: k} for q in grid for k in (max(0.1 - u[0], 0.0), 1.0, 3.0, 10.0) if k + u[0] > 0.05]
    if G in law.free:
        shifts = [-0.5, 0.0, *np.exp(np.arange(0.0, span, 1.5))]
        grid = [{**q, G: math.asinh(shift)} for q in grid for shift in shifts]
    if S in law.free:
        grid = [{**q, B: b, H: math.asinh(math.exp(b * knee * span))}
                for q in grid for b in (0.7, 2.0, 6.0) for knee in (0.15, 0.35, 0.55)]
    elif H in law.free:
        powers, sizes = (0.15, 0.4, 0.8, 1.5, 3.0), (-0.6, 0.0, 1.5, 30.0)
        if R in law.fixed or PHI in law.free:  # other parameters have a grid as well
            powers, sizes = (0.5, 1.2), (0.0, 1.5)
        grid = [{**q, B: b, H: math.asinh(d)} for q in grid for b in powers for d in sizes]
    if PHI in law.free:
        grid = [{**q, PHI: z[-1] + math.log(f)} for q in grid for f in (0.05, 0.5, 0.9, 0.99, 0.999)]
    table = np.tile(law.initial(), (len(grid), 1))
    for row, values in zip(table, grid, strict=True):
        for parameter, value in values.items():
            row[parameter] = value
    return table


def residual(q: np.ndarray, law: Law, u: np.ndarray, v: np.ndarray, z: np.ndarray) -> np.ndarray:
    """ln y minus the law at parameters q, shape (n,); inf where the law has no meaning."""
    value, jacobian = np.empty(len(u)), np.zeros((len(u), SIZE))
    if not evaluate(q, law.switches, u, v, value, jacobian):
        return np.full(len(u), np.inf)
    return z - value


def influence(q: np.ndarray, law: Law, u: np.ndarray, v: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """d(free parameters) / d(ln y) at a weighted least-squares fit, shape (n_free, n)."""
    value, jacobian = np.empty(len(u)), np.zeros((len(u), SIZE))
    evaluate(q, law.switches, u, v, value, jacobian)
    columns = weight[:, None] * jacobian[:, law.free]
    scale = np.linalg.norm(columns, axis=0) + 1e-300
    return np.linalg.pinv(columns / scale, rcond=1e-13) * weight / scale[:, None]
