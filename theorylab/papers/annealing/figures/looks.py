"""One look for each schedule in all figures of this paper: colours by family, dashes within it."""

from theorylab.papers.annealing.claims.fp_curves import WSD

#: Schedules by the names of `fp_curves.SCHEDULES` and powers of t: colour, dashes, mark, label.
LOOKS = {
    "fixed": ("C0", "-", "o", "fixed"),
    "inverse-sqrt": ("C0", (0, (4, 2)), "x", r"$t^{-1/2}$"),
    "p=0.5": ("C1", ":", "v", r"$p=\frac{1}{2}$"),
    "p=1": ("C1", "-", "s", "$p=1$, linear"),
    "p=2": ("C2", "--", "^", "$p=2$"),
    "p=3": ("C3", "-.", "D", "$p=3$"),
    "cosine": ("C4", (0, (5, 1, 1, 1, 1, 1)), "o", "cosine"),
    "WSD c=0.1": ("C5", "--", "^", "WSD, $c=0.1$"),
    "WSD c=0.2": ("C5", "-", "v", "WSD, $c=0.2$"),
    "sqrt-cooldown c=0.2": ("C3", "-", "s", "sqrt, $c=0.2$"),
    "sqrt-cooldown c=1": ("C3", ":", "D", "sqrt, $c=1$"),
    "t^-1": ("C0", ":", "^", "$t^{-1}$"),
    "t^-2": ("C0", "-.", "D", "$t^{-2}$"),
}
#: Other names of the same schedules.
_SAME = {"linear": "p=1", "t^-0.5": "inverse-sqrt"}
#: Reference slopes and limits.
GUIDE = {"color": "0.75", "linewidth": 2.5, "zorder": 0}
POLYNOMIALS = ("p=0.5", "p=1", "p=2", "p=3")
COOLDOWNS = tuple(f"WSD c={c:g}" for c in WSD) + ("sqrt-cooldown c=0.2", "sqrt-cooldown c=1")


def line(name: str, **more) -> dict:
    """The curve of a schedule, with its label."""
    colour, dashes, _, label = LOOKS[_SAME.get(name, name)]
    return {"color": colour, "linestyle": dashes, "label": label, **more}


def points(name: str, **more) -> dict:
    """Points of a schedule, without a line, with its label."""
    colour, _, mark, label = LOOKS[_SAME.get(name, name)]
    return {"color": colour, "linestyle": "none", "marker": mark, "markerfacecolor": "none", "label": label, **more}
