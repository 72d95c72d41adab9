"""Sizes of a paper's column and page, curves and marks that stay apart in grey, legends beside the panels."""

import functools
from collections.abc import Callable

COLUMN, PAGE = 3.4, 7.0  # inches
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
MARKS = ("o", "s", "^", "D", "v", "x")


def column(draw: Callable, height: float = 2.5) -> Callable:
    """A function that makes a Figure of one column's width of ``draw(ax)``."""
    return _framed(draw, COLUMN, height, 1, 1)


def triple(draw: Callable, height: float = 2.2) -> Callable:
    """A function that makes a Figure of a page's width of ``draw(axes)``, three axes."""
    return _framed(draw, PAGE, height, 1, 3)


def pair(draw: Callable, height: float = 2.6) -> Callable:
    """A function that makes a Figure of a page's width of ``draw(axes)``, two axes."""
    return _framed(draw, PAGE, height, 1, 2)


def square(draw: Callable, height: float = 4.4) -> Callable:
    """A function that makes a Figure of a page's width of ``draw(axes)``, two rows of two axes as one array of four."""
    return _framed(draw, PAGE, height, 2, 2)


def _framed(draw, width, height, rows, columns):
    @functools.wraps(draw)
    def make():
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots(rows, columns)
        draw(axes.ravel() if rows * columns > 1 else axes)
        return figure

    return make


def look(i: int, **more) -> dict:
    """Colour and dashes of the i-th curve."""
    return {"color": f"C{i}", "linestyle": LINES[i], **more}


def dots(i: int, **more) -> dict:
    """Colour and mark of the i-th series of points, without a line."""
    return {"color": f"C{i}", "linestyle": "none", "marker": MARKS[i], "markerfacecolor": "none", **more}


def outside(ax, source=None, columns: int | None = None):
    """A legend above all panels."""
    handles, names = (source or ax).get_legend_handles_labels()
    return ax.figure.legend(handles, names, loc="outside upper center", ncols=columns or len(names))


def evaluated(expression, symbol, values, **at):
    """A derived expression at many values of one symbol, the other symbols by name; shape of `values`."""
    import sympy as sp

    known = {s: sp.nsimplify(at[s.name]) for s in expression.free_symbols if s.name in at}
    return sp.lambdify(symbol, expression.subs(known), "numpy")(values)
