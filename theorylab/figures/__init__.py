"""Figures as files: the `figures` module of a paper or of a subject offers FIGURES, name -> function that draws one."""

import contextlib
import difflib
import importlib
import importlib.util
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from theorylab.claims import UnknownName, papers
from theorylab.runs import BadInput

#: The style 'paper': sans-serif 8 point type and thin lines, for a column of 3.4 inches.
PAPER = {
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "legend.fontsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "lines.linewidth": 1.0,
    "lines.markersize": 3.5,
    "xtick.major.width": 0.5,
    "ytick.major.width": 0.5,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.frameon": False,
    "legend.handlelength": 2.4,
    "legend.labelspacing": 0.3,
    "mathtext.fontset": "dejavusans",
    "savefig.dpi": 200,
}
#: What has figures besides the papers, and the module that offers them.
SUBJECTS = {"fitting": "theorylab.calibration.figures"}
#: Told apart by colour-blind readers, and of different greys.
COLOURS = ["#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"]
#: Files have to come out equal bit for bit: fixed ids in SVG, real type in PDF.
REPRODUCIBLE = {"svg.hashsalt": "theorylab", "pdf.fonttype": 42}
#: Dates are left out for the same reason.
METADATA = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}


@contextlib.contextmanager
def style(name: str) -> Iterator[None]:
    """Draw in a style: 'paper', or any style of matplotlib. The user's own settings play no part and come back.

    Raises
    ------
    BadInput
        For an unknown style.
    """
    import matplotlib
    from matplotlib import style as styles

    if name != "paper" and name not in styles.available and name != "default":
        known = ["paper", "default", *styles.available]
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        hint = f"nearest: {', '.join(near)}; " if near else ""
        raise BadInput(f"there is no style {name!r}; {hint}the styles are {', '.join(known)}")
    paper = PAPER | {"axes.prop_cycle": matplotlib.cycler(color=COLOURS)}
    with styles.context(["default", paper if name == "paper" else name, REPRODUCIBLE]):
        yield


def drawable() -> list[str]:
    """What has figures: the papers, then the other subjects."""
    return [*papers(), *SUBJECTS]


def figures_of(name: str) -> dict[str, Callable]:
    """The figures of a paper or a subject: name -> function without arguments that returns a matplotlib Figure.

    Raises
    ------
    UnknownName
        If there is no such paper or subject.
    """
    known = drawable()
    if name not in known:
        raise UnknownName(f"there is no paper or subject {name!r} to draw; there are {', '.join(known)}")
    module = SUBJECTS.get(name, f"theorylab.papers.{name}.figures")
    return dict(importlib.import_module(module).FIGURES) if importlib.util.find_spec(module) else {}


def draw_all(wanted: Iterable[str], folder, formats: Iterable[str], style_name: str = "paper") -> Iterator[Path]:
    """Draw the figures of these papers and subjects (all if none is named) to ``folder/<paper>/<name>.<format>``.

    Yields
    ------
    Path
        Each file as soon as it is written.

    Raises
    ------
    UnknownName, BadInput
        For an unknown name or style, or a format that this machine cannot write; nothing is drawn then.
    """
    formats = list(formats)
    with style(style_name):
        chosen = {name: figures_of(name) for name in list(wanted) or drawable()}
        _check_formats(formats)
    for subject, figures in chosen.items():
        place = Path(folder) / subject
        place.mkdir(parents=True, exist_ok=True)
        for name, draw in figures.items():
            paths = [place / f"{name}.{form}" for form in formats]
            with style(style_name):  # not around the yield: whoever takes the paths keeps their own settings
                figure = draw()
                figure.draw_without_rendering()
                figure.set_layout_engine("none")  # laid out once: no format depends on those written before it
                for path, form in zip(paths, formats, strict=True):
                    figure.savefig(path, format=form, metadata=METADATA.get(form))
            yield from paths


def _check_formats(formats) -> None:
    """Refuse at once what only fails at the first figure."""
    from matplotlib.figure import Figure

    known = Figure().canvas.get_supported_filetypes()
    for form in formats:
        if form not in known:
            raise BadInput(f"there is no format {form!r}; the formats are {', '.join(sorted(known))}")
    if "pgf" in formats:
        import shutil

        import matplotlib

        system = matplotlib.rcParams["pgf.texsystem"]
        if shutil.which(system) is None:
            raise BadInput(f"the format pgf needs {system}, which is not installed: install TeX or take pdf")
