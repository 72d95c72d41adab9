"""The Fokker-Planck route: loss and worst slope against rho, and losses of all slopes on one curve."""

import functools
import os

import numpy as np

from theorylab.figures.panels import look, outside
from theorylab.papers.annealing.claims.fp_curves import SCHEDULES
from theorylab.papers.annealing.derivations import diffusion_scaling, fixed_lower, undershoot
from theorylab.papers.annealing.derivations.symbols import p
from theorylab.papers.annealing.diffusion import FULL, Grid, Level, sweep

from .looks import COOLDOWNS, GUIDE, POLYNOMIALS, line, points

#: Unit rho from those that undershoot on: octaves, and finer where the loss is least.
RATES = tuple(2.0 ** (np.unique([*range(-18, 33, 3), *range(-6, 10)]) / 3))
OCTAVES = tuple(2.0 ** np.arange(11))
UNIT_RHO = r"$\rho=\eta\sqrt{T}\,G/D$"


@functools.cache
def drawn(name: str, rates=RATES):
    """R(rho) of a schedule at the rates of the figures, on a grid whose errors of .002 cannot be seen."""
    return sweep(SCHEDULES[name], rates, Grid(100, 400), os.cpu_count())


def exponent(degree: float) -> float:
    """1/(2p+1), from its derivation."""
    return float(diffusion_scaling()["exponent"].subs(p, degree))


def _guide(ax, found, power: float, label: str, where: float = 1.0):
    """A reference slope through the last point of a curve, named at its end."""
    rho = np.array([4.0, found.rho[-1]])
    (guide,) = ax.loglog(rho, found.loss[-1] * (rho / rho[-1]) ** power, **GUIDE)
    ax.text(rho[-1] * 1.25, found.loss[-1] * where, label, color="0.3", fontsize=7, va="center")
    return guide


def _undershoot(ax, found):
    """The reference slope of rates that are too small, through the first point of a curve."""
    rho, power = np.array([found.rho[0], 1 / 4]), float(undershoot()["exponent"])
    (guide,) = ax.loglog(rho, found.loss[0] * (rho / rho[0]) ** power, **GUIDE)
    ax.text(rho[1], 1.3 * found.loss[0] * (rho[1] / rho[0]) ** power, f"${power:g}$", color="0.3", fontsize=7)
    return guide


def losses(axes):
    """R against rho: schedules that end at a positive height are linear, polynomials of degree p have 1/(2p+1)."""
    left, right = axes
    artists = []
    for name in ("fixed", "inverse-sqrt", *POLYNOMIALS):
        found = drawn(name)
        artists += left.loglog(found.rho, found.loss, **line(name))
    artists.append(_guide(left, drawn("fixed"), float(fixed_lower()["exponent"]), "1"))
    for name, label in zip(POLYNOMIALS, ("1/2", "1/3", "1/5", "1/7"), strict=True):
        artists.append(_guide(left, drawn(name), exponent(float(name[2:])), label, 0.93 if name == "p=3" else 1.0))
    artists.append(_undershoot(left, drawn("p=3")))
    for name in ("p=1", *COOLDOWNS, "p=2", "cosine"):
        found = drawn(name)
        artists += right.loglog(found.rho, found.loss, **line(name))
    for name, degree, label in (("WSD c=0.1", 1, "1/3"), ("p=1", 1, "1/3"), ("cosine", 2, "1/5"), ("p=2", 2, "1/5")):
        artists.append(_guide(right, drawn(name), exponent(degree), label, 1.08 if name == "cosine" else 1.0))
    artists.append(_undershoot(right, drawn("p=2")))
    for ax in axes:
        ax.set(xlabel=UNIT_RHO, ylabel=r"worst loss $R=\sup_e e\,\mathrm{E}\,y(1)$", xlim=(1 / 64, 4e3))
        ax.set_xscale("log", base=2)
        ax.set_xticks([2.0**k for k in range(-6, 11, 4)], [rf"$2^{{{k}}}$" for k in range(-6, 11, 4)])
        ax.legend(loc="upper left", ncols=2)
    left.set_ylim(0.2, 3e3)
    right.set_ylim(0.2, 600)
    return artists


def collapse(axes):
    """Loss against slope under linear decay for five rho: one curve once both are divided by rho^(1/3)."""
    left, right = axes
    power, artists = exponent(1), []
    for i, rho in enumerate((1.0, 4.0, 16.0, 64.0, 256.0)):
        level = Level(SCHEDULES["p=1"], rho, *FULL)
        e = np.geomspace(0.1, 4.5, 40) * rho**power  # beyond, the mean lies within few cells of the wall
        loss = np.array([level.loss(slope) for slope in e])
        artists += left.loglog(e, loss, **look(i, label=rf"$\rho={rho:g}$"))
        artists += right.loglog(e / rho**power, loss / rho**power, **look(i))
    left.set(xlabel="slope $e$", ylabel=r"loss $e\,\mathrm{E}\,y(1)$")
    right.set(xlabel=r"$e/\rho^{1/3}$", ylabel=r"$e\,\mathrm{E}\,y(1)/\rho^{1/3}$", ylim=(0.04, 0.42))
    right.set_yticks([0.05, 0.1, 0.2, 0.4], ["0.05", "0.1", "0.2", "0.4"])
    right.set_yticks([], minor=True)
    return [*artists, outside(left)]


def slopes(ax):
    """The worst slope against rho, and the derived powers through its last points."""
    artists = []
    for name in POLYNOMIALS:
        found, power = drawn(name, OCTAVES), exponent(float(name[2:]))
        artists += ax.loglog(found.rho, found.slope, **points(name))
        artists += ax.loglog(found.rho, found.slope[-1] * (found.rho / found.rho[-1]) ** power,
                             **line(name, label=None, linewidth=0.7))  # fmt: skip
    ax.set(xlabel=UNIT_RHO, ylabel="worst slope $e$; lines: $\\propto\\rho^{1/(2p+1)}$")
    ax.set_xscale("log", base=2)
    ax.legend(loc="upper left")
    return artists
