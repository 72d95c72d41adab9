"""Every claim with statement, derivation, figure, numbers and verdict on one page that needs nothing else."""

import base64
import io
import math
from html import escape
from pathlib import Path

_STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
h2 { margin-top: 2.5rem; border-top: 1px solid #ccc; padding-top: 1rem; font-size: 1.15rem }
table { border-collapse: collapse; font-size: .85rem } td, th { padding: .2rem .6rem; text-align: left;
border-bottom: 1px solid #ddd; vertical-align: top } .SUPPORTED { color: #176d2c } .REFUTED { color: #8a1c6b }
.UNDECIDED { color: #8a5a00 } .NOT_RUN { color: #777 } .verdict { font-weight: 600 } details { margin: .4rem 0 }
.bad { background: #fff3cd } pre { font-size: .8rem; overflow-x: auto } .figures img { max-width: 100%; margin: .5rem }
"""


def write_report(trial, folder: Path) -> Path:
    """Write ``index.html`` and ``certificates/*.json`` to `folder`; return the page's path."""
    folder = Path(folder)
    certificates = [_save_certificates(result, folder) for result in trial.results]
    parts = [_summary(trial), *map(_section, trial.results, certificates)]
    parts.append(_figures(sorted({result.claim.paper for result in trial.results})))
    page = folder / "index.html"
    body = "\n".join(parts)
    page.write_text(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>theorylab report</title><style>{_STYLE}</style>"
        f"<body><h1>Claims on trial</h1>{body}</body></html>\n",
        encoding="utf-8",
    )
    return page


def _save_certificates(result, folder: Path) -> list[Path]:
    paths = []
    for i, certificate in enumerate(result.verdict.certificates):
        place = folder / "certificates"
        place.mkdir(exist_ok=True)
        paths.append(place / f"{result.claim.id}{f'-{i}' if i else ''}.json")
        certificate.write(paths[-1])
    return paths


def _summary(trial) -> str:
    rows = "".join(
        f"<tr{'' if result.as_expected else ' class=bad'}><td><a href='#{result.claim.id}'>{result.claim.id}</a>"
        f"<td>{escape(result.verdict.predicted)}<td>{escape(result.verdict.measured)}<td>{_verdict(result)}"
        f"<td>{result.claim.expected}"
        for result in trial.results
    )
    environment = ", ".join(f"{key} {value}" for key, value in trial.to_json()["environment"].items())
    return (
        f"<p>{escape(environment)}</p><table><tr><th>claim<th>predicted<th>measured<th>verdict<th>expected{rows}</table>"
    )


def _verdict(result) -> str:
    return f"<span class='verdict {result.verdict.outcome}'>{result.verdict.outcome}</span>"


def _section(result, certificates) -> str:
    claim, verdict = result.claim, result.verdict
    warnings = "".join(f"<p>Rounding: {escape(sentence)}" for sentence in verdict.warnings)
    links = "".join(f"<p>Certificate: <a href='{p.parent.name}/{p.name}'>{p.name}</a>" for p in certificates)
    derivations = "".join(
        f"<details><summary>Derivation</summary><pre>{escape(derive().table())}</pre></details>"
        for derive in claim.derivations
    )
    return (
        f"<h2 id='{claim.id}'>{claim.id} {_verdict(result)}</h2><p>{escape(claim.says)}"
        f"<p>{claim.kind}, {escape(claim.place)}, [{claim.source}], expected {claim.expected}"
        f"<p>{_mathematics(claim)}<p>{escape(verdict.why)}{warnings}{links}{_instances(verdict)}{derivations}"
    )


def _mathematics(claim) -> str:
    objects = {"": claim.statement()} if claim.statement else {n: band.value for n, band in claim.bands().items()}
    return "<br>".join(
        f"{escape(name) + ': ' if name not in ('', 'value') else ''}"
        f"{_formula(value)}"
        for name, value in objects.items()
    )


def _formula(value) -> str:
    """MathML, which browsers set without help; plain text for the few objects that sympy cannot print so."""
    from sympy import mathml, sympify

    try:
        return f"<math display='inline'>{mathml(sympify(value), printer='presentation')}</math>"
    except AttributeError:  # some functions have no MathML printer in sympy
        return f"<code>{escape(str(value))}</code>"


def _instances(verdict) -> str:
    if not verdict.rows:
        return ""
    keys = [key for key in ("quantity", "label", "predicted", "measured", "margin", "outcome", "note")
            if any(row.get(key) not in (None, "", "value") for row in verdict.rows)]  # fmt: skip
    head = "".join(f"<th>{key}" for key in keys)
    body = "".join("<tr>" + "".join(f"<td>{_cell(row.get(key, ''))}" for key in keys) for row in verdict.rows)
    return f"<details><summary>{len(verdict.rows)} instances</summary><table><tr>{head}{body}</table></details>"


def _cell(value) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3g}"
    return escape(str(value))


def _figures(papers) -> str:
    from theorylab.figures import figures_of, style

    images = []
    for paper in papers:
        with style("paper"):
            for name, draw in figures_of(paper).items():
                buffer = io.BytesIO()
                draw().savefig(buffer, format="png", dpi=200)
                data = base64.b64encode(buffer.getvalue()).decode()
                images.append(f"<h3>{paper}: {name}</h3><img alt='{name}' src='data:image/png;base64,{data}'>")
    return f"<div class=figures><h2>Figures</h2>{''.join(images)}</div>" if images else ""
