"""From findings to a verdict: one judge for numbers, one for checks, one for comparisons."""

import math
from dataclasses import dataclass, field

from .findings import Checked, Compared, Measured

SUPPORTED, REFUTED, UNDECIDED, NOT_RUN = "SUPPORTED", "REFUTED", "UNDECIDED", "NOT_RUN"


@dataclass(frozen=True)
class Verdict:
    """SUPPORTED, REFUTED, UNDECIDED or NOT_RUN, with the numbers and one plain sentence that says why.

    Attributes
    ----------
    outcome, why : str
    predicted, measured : str
        The worst instance's numbers, for people.
    low, high : float
        Interval of the worst instance's measurement; nan where there is none.
    margin : float
        Distance of the worst instance to the edge of what agrees with the claim; negative outside.
    rows : tuple of dict
        Every instance: label, predicted, measured, low, high, margin, outcome, note.
    certificates : tuple
        Certified counterexamples.
    seconds : float
        Wall time of the trial.
    warnings : tuple of str
        What the rounding checks said of the traces.
    """

    outcome: str
    why: str
    predicted: str = ""
    measured: str = ""
    low: float = math.nan
    high: float = math.nan
    margin: float = math.nan
    rows: tuple = ()
    certificates: tuple = field(default=(), repr=False)
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()


def undecided(why: str) -> Verdict:
    """A trial without a result."""
    return Verdict(UNDECIDED, why)


def judge(kind: str, findings: list, bands: dict, seconds: float) -> Verdict:
    """The verdict that the findings give; `seconds` is the time that the replay of a violation may take."""
    wanted = {"bound": Checked, "event": Checked, "identity": Checked, "ordering": Compared}.get(kind, Measured)
    strangers = {type(finding).__name__ for finding in findings if not isinstance(finding, wanted)}
    if strangers:
        raise TypeError(f"a claim of kind {kind} needs {wanted.__name__} findings, not {', '.join(sorted(strangers))}")
    if not findings:
        return undecided("the evidence yielded nothing")
    if wanted is Measured:
        return _judge_numbers(findings, bands)
    if wanted is Compared:
        return _judge_order(findings)
    return _judge_checks(kind, findings, seconds)


def _judge_numbers(findings, bands) -> Verdict:
    """Every interval inside its band: SUPPORTED; one disjoint from it: REFUTED."""
    rows = []
    for finding in findings:
        band = bands[finding.quantity]
        low, high = band.interval(finding.at)
        if math.isnan(finding.low) or math.isnan(finding.high):
            outcome, margin = UNDECIDED, math.nan
        else:
            margin = min(_gap(low, finding.low), _gap(finding.high, high))
            apart = finding.high < low or finding.low > high
            outcome = REFUTED if apart else SUPPORTED if margin >= 0 else UNDECIDED
        rows.append(
            {
                "label": finding.label,
                "quantity": finding.quantity,
                "predicted": f"{_number(band.at(finding.at))} {band.tolerance}",
                "measured": interval_text(finding.value, finding.low, finding.high),
                "low": finding.low,
                "high": finding.high,
                "margin": margin,
                "outcome": outcome,
                "note": finding.why,
            }
        )
    return _combine(rows, _why_number)


def _gap(low, high) -> float:
    """high - low, where two infinities of one sign agree."""
    return 0.0 if low == high else high - low


def _why_number(row) -> str:
    name = "" if row["quantity"] == "value" else f"{row['quantity']} "
    place = f" at {row['label']}" if row["label"] else ""
    if row["outcome"] == SUPPORTED:
        return f"{name}{row['measured']} lies within the predicted {row['predicted']}{place}"
    if row["outcome"] == REFUTED:
        return f"{name}{row['measured']} excludes the predicted {row['predicted']}{place}"
    if math.isnan(row["margin"]):
        return f"{name}has no interval{place}: {row['note'] or 'nothing could be measured'}"
    return f"{name}{row['measured']} overlaps the predicted {row['predicted']} but is wider than it{place}"


def _judge_order(findings) -> Verdict:
    rows = []
    for finding in findings:
        margin = _relative(finding.larger[0] - finding.smaller[1], finding.larger[0], finding.smaller[1])
        reverse = finding.smaller[0] > finding.larger[1]
        rows.append(
            {
                "label": finding.label,
                "predicted": "smaller < larger",
                "measured": f"{_range(finding.smaller)} against {_range(finding.larger)}",
                "low": math.nan,
                "high": math.nan,
                "margin": margin,
                "outcome": REFUTED if reverse else SUPPORTED if margin > 0 else UNDECIDED,
                "note": finding.note,
            }
        )
    return _combine(rows, lambda row: f"{row['label']}: {row['measured']}")


def _relative(difference, *sizes) -> float:
    scale = max(map(abs, sizes))
    return difference / scale if math.isfinite(scale) and scale > 0 else math.copysign(1.0, difference)


def _judge_checks(kind, findings, seconds) -> Verdict:
    """No violation: SUPPORTED. A violation counts only with a certificate, otherwise the claim is UNDECIDED."""
    rows, certificates = [], []
    for finding in findings:
        outcome, note = (SUPPORTED, finding.note) if finding.margin >= 0 else (UNDECIDED, finding.note)
        if math.isnan(finding.margin):
            outcome = UNDECIDED
        elif finding.margin < 0 and kind == "identity":
            outcome = REFUTED
        elif finding.margin < 0 and not certificates:
            outcome, said, certificate = _replayed(finding, seconds)
            note = f"{note}; {said}" if note else said
            certificates += [certificate] if certificate is not None else []
        rows.append(
            {
                "label": finding.label,
                "predicted": "holds",
                "measured": f"margin {finding.margin:.3g}",
                "low": math.nan,
                "high": math.nan,
                "margin": finding.margin,
                "tightness": finding.tightness,
                "checked": finding.checked,
                "outcome": outcome,
                "note": note,
            }
        )
    verdict = _combine(rows, _why_check)
    return Verdict(**{**verdict.__dict__, "certificates": tuple(certificates)})


def _replayed(finding, seconds):
    if finding.replay is None:
        return UNDECIDED, "no replay in high precision is possible", None
    result = finding.replay(seconds)
    return (REFUTED if result.violated else UNDECIDED), result.why, result.certificate


def _why_check(row) -> str:
    place = f"{row['label']}: " if row["label"] else ""
    seen = f" ({row['note']})" if row["note"] else ""
    if row["outcome"] == SUPPORTED:
        tight = "" if math.isnan(row["tightness"]) else f", tightness {row['tightness']:.4g}"
        return f"{place}never violated in {row['checked']} checks, {row['measured']}{tight}{seen}"
    if row["outcome"] == REFUTED:
        return f"{place}violated, {row['measured']}{seen}"
    if math.isnan(row["margin"]):
        return f"{place}says neither that it holds nor that it is violated{seen}"
    return f"{place}violated in floating point without a certificate{seen}"


def _combine(rows, why) -> Verdict:
    """The whole from its instances: the worst one speaks."""
    rank = {REFUTED: 0, UNDECIDED: 1, SUPPORTED: 2}
    worst = min(rows, key=lambda row: (rank[row["outcome"]], -math.inf if math.isnan(row["margin"]) else row["margin"]))
    count = f" (worst of {len(rows)})" if len(rows) > 1 else ""
    return Verdict(
        outcome=worst["outcome"],
        why=why(worst) + count,
        predicted=worst["predicted"],
        measured=worst["measured"],
        low=worst["low"],
        high=worst["high"],
        margin=worst["margin"],
        rows=tuple(rows),
    )


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else str(value)


def _range(ends) -> str:
    return _number(ends[0]) if ends[0] == ends[1] else f"[{_number(ends[0])}, {_number(ends[1])}]"


def interval_text(value, low, high) -> str:
    """A number with its interval in as many digits as the interval's width allows."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return _number(value)
    half = (high - low) / 2
    if half == 0:
        return f"{value:.6g}"
    digits = max(0, 1 - math.floor(math.log10(half)))
    if digits > 9 or abs(value) >= 1e6:
        return f"{value:.6g} +-{half:.1g}"
    return f"{value:.{digits}f} +-{half:.{digits}f}"
