"""The window bound: how it degrades with the stepsize, and its local exponent beside that of the diffusion."""

import numpy as np

from theorylab.papers.annealing.claims.fp_curves import HALVES, bound_of
from theorylab.papers.annealing.derivations import cosine, poly_bound, sqrt_cooldown, wsd
from theorylab.theory.evaluate import value

from .diffusion import UNIT_RHO, drawn
from .looks import COOLDOWNS, GUIDE, LOOKS, POLYNOMIALS, line, points

BOUNDARY = {"marker": "o", "markersize": 4, "markerfacecolor": "none", "linestyle": "none", "zorder": 4}


def polynomial(p: float, rho) -> np.ndarray:
    """B/B* of polynomial decay in both regimes, from its derivation."""
    theirs = poly_bound()
    late = value(theirs["relative_loss"], p=p, rho=rho)
    return np.where(rho < value(theirs["rho_c"], p=p), value(theirs["below"], rho=rho), late)


def relative_bounds(ax):
    """B/B* against the stepsize over the tuned one; circles: the best window leaves the start, then the plateau."""
    rho, artists = np.geomspace(0.1, 256, 400), []
    artists += ax.loglog(rho, value(poly_bound()["below"], rho=rho), **GUIDE, label=r"$(\rho+1/\rho)/2$")
    for name in POLYNOMIALS:
        p = float(name[2:])
        artists += ax.loglog(rho, polynomial(p, rho), **line(name))
        artists += _boundary(ax, name, float(value(poly_bound()["rho_c"], p=p)))
    for name, rho_c in (("cosine", cosine()["rho_c"]), ("WSD c=0.2", wsd()["rho_c"])):
        artists += ax.loglog(rho, bound_of(name).at(rho), **line(name))
        artists += _boundary(ax, name, float(value(rho_c, c=0.2)))
    pure = {"c": 0.2, "rho": value(wsd()["rho_pure"], c=0.2)}
    artists += ax.loglog(pure["rho"], value(wsd()["relative_loss"], **pure), **BOUNDARY, color="C5")
    ax.plot([], [], color="0.3", **BOUNDARY, label="regimes join")
    ax.set(xlabel=r"$\rho=\eta/\eta^*$", ylabel="bound over tuned bound, $B/B^*$", xlim=(0.1, 256), ylim=(0.9, 40))
    ax.legend(loc="upper left", ncols=2)
    return artists


def _boundary(ax, name, rho):
    """The circle where the window of a schedule leaves the start of the run."""
    return ax.loglog(rho, value(poly_bound()["below"], rho=rho), **BOUNDARY, color=LOOKS[name][0])


def local_exponents(axes):
    """Local exponents in rho of the bound (lines) and by Fokker-Planck (marks): cosine and powers, and cooldowns."""
    left, right = axes
    artists = []
    for ax, names, limit in ((left, ("p=2", "cosine"), cosine()["exponent"]),
                             (right, COOLDOWNS, sqrt_cooldown()["exponent"])):  # fmt: skip
        artists.append(ax.axhline(float(limit), **GUIDE))
        for name in names:
            theirs, rho = bound_of(name), np.geomspace(2, 1024, 300)
            artists += ax.semilogx(rho, theirs.local(rho / theirs.unit), **line(name, linewidth=0.8))
            middle, slopes, _ = drawn(name, HALVES).local()
            artists += ax.semilogx(middle, slopes, **points(name, label=None))
        ax.set(xlabel=UNIT_RHO, ylabel="local exponent")
        ax.set_xscale("log", base=2)
    left.set_ylim(0.15, 0.3)
    right.set_ylim(0.15, 0.65)
    left.text(2, float(cosine()["exponent"]) - 0.003, "1/5", color="0.3", fontsize=7, va="top")
    right.text(700, float(sqrt_cooldown()["exponent"]) + 0.012, "1/3", color="0.3", fontsize=7)
    return [*artists, *(ax.legend(title="lines: bound, marks: diffusion", title_fontsize=7) for ax in axes)]
