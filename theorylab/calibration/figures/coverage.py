"""The calibration table as a picture."""

import json
from pathlib import Path

#: Written by `theorylab calibrate --json theorylab/calibration/measured.json`.
MEASURED = Path(__file__).parents[1] / "measured.json"


def coverage(axes):
    """How often the straight line's interval and ours hold the truth, and the share left undecided, class by class."""
    table = json.loads(MEASURED.read_text())
    rows = table["classes"]
    places, starts = [], {}
    for row in rows:  # a gap above each group, for its name
        places.append((places[-1] + 1 if places else 0) + (0 if row["group"] in starts else 1.5))
        starts.setdefault(row["group"], places[-1])
    left, right = axes
    artists = [left.axvline(0.95, color="0.5", linewidth=0.8, linestyle="--", label="0.95")]
    # an exponential law has no exponent that a line on logarithmic axes could have
    naive = [(row["naive"], at) for row, at in zip(rows, places, strict=True) if "exponential" not in row["name"]]
    ours = [(row["coverage"], at) for row, at in zip(rows, places, strict=True) if row["coverage"] is not None]
    artists += left.plot(*zip(*naive, strict=True), "s", color="C2", markerfacecolor="white",
                         label="straight line, $\\pm 1.96$ se")  # fmt: skip
    artists += left.plot(*zip(*ours, strict=True), "o", color="C0", label="fit_rate, where decided")
    with_log = [(row["coverage_log_allowed"], at) for row, at in zip(rows, places, strict=True)
                if row["coverage_log_allowed"] is not None and row["coverage_log_allowed"] != row["coverage"]]
    artists += left.plot(*zip(*with_log, strict=True), "^", color="C1", markerfacecolor="white",
                         label="its interval that allows a logarithm")  # fmt: skip
    left.set(xlabel="share of intervals that hold the truth", xlim=(-0.03, 1.03))
    left.set_yticks(places, [row["name"] for row in rows], fontsize=6)
    undecided = [(at, row["undecided"]) for row, at in zip(rows, places, strict=True) if row["undecided"] is not None]
    artists += right.barh(*zip(*undecided, strict=True), color="0.7", edgecolor="0.3", linewidth=0.4)
    right.set(xlabel="share left undecided", xlim=(0, 1.03))
    right.set_yticks(places, [])
    for ax in axes:
        ax.set_ylim(places[-1] + 1, 0)
        ax.grid(axis="y", color="0.9", linewidth=0.4)
        ax.set_axisbelow(True)
    for group, at in starts.items():
        artists.append(left.text(0.5, at - 0.95, group, fontsize=6, style="italic", ha="center", va="center"))
    artists.append(left.figure.supylabel("class of traces", fontsize=8))
    handles, names = left.get_legend_handles_labels()
    title = f"{table['draws']} draws of each class, seed {table['seed']}"
    artists.append(left.figure.legend(handles, names, loc="outside upper center", ncols=2, title=title,
                                      title_fontsize=7))  # fmt: skip
    return artists
