"""What the figures of this paper have in common: how stepsizes look and are named, and marks at single steps."""

#: Steps recorded one by one from the start: between the records of a longer run oscillations would be aliased.
DENSE = range(2049)
#: Marks on curves; where two fall on one point both can be seen.
SIZES = {"o": 5.0, "^": 3.2, "s": 6.0}


def stepsize(eta: float) -> str:
    """A stepsize as a label."""
    return rf"$\eta={eta:g}$"


def mark(ax, trace, step: int, i: int, marker: str, x=None, y=None, **more) -> list:
    """A mark on the curve of a trace at one recorded step; x and y turn (steps, gaps) into what is drawn."""
    at = trace.at([step])
    steps, gaps = at.step, at.gap
    across, up = x(steps) if x else steps, y(steps, gaps) if y else gaps
    more = {"markersize": SIZES[marker], "markerfacecolor": "none", "zorder": 4, **more}
    return ax.plot(across, up, linestyle="none", marker=marker, color=f"C{i}", **more)


def key(ax, marker: str, label: str) -> None:
    """An entry of the legend for a mark that appears in several colours."""
    size = SIZES[marker]
    ax.plot([], [], linestyle="none", marker=marker, color="0.3", markerfacecolor="none", markersize=size, label=label)
