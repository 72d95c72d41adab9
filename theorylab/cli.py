"""theorylab verify | list | show | figures | replay | calibrate."""

import argparse
import json
import math
import os
import sys
from pathlib import Path

COLOURS = {"SUPPORTED": "32", "REFUTED": "35", "UNDECIDED": "33", "NOT_RUN": "2"}


class Refused(Exception):
    """Bad usage, told in one sentence: exit code 2."""


def main(argv=None) -> int:
    """Entry point of the command line; returns the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of a pipe has left: not an error
        return 0
    except _refusals() as error:
        print(f"theorylab: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("theorylab: interrupted", file=sys.stderr)
        return 130


def _refusals():
    from theorylab.claims import BadClaim, UnknownName
    from theorylab.runs import BadInput

    return (Refused, BadClaim, UnknownName, BadInput)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="theorylab", description="Puts the claims of optimisation papers on trial.")
    from theorylab import __version__

    parser.add_argument("--version", action="version", version=f"theorylab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    verify = commands.add_parser("verify", help="put claims on trial; exit code 0 if every verdict is as expected")
    verify.add_argument("names", nargs="*", metavar="PAPER|CLAIM|FILE.py", help="what to try; everything by default")
    plan = verify.add_mutually_exclusive_group()
    plan.add_argument("--quick", action="store_true", help="the quick plan (default)")
    plan.add_argument("--full", action="store_true", help="the full plan: all claims, larger instances, proofs")
    verify.add_argument("--jobs", type=int, metavar="N", help="runs at a time (default: all cores)")
    verify.add_argument("--json", metavar="FILE", help="write the verdicts as JSON ('-': to standard output)")
    verify.add_argument("--report", metavar="DIR", help="write an HTML report and the certificates there")
    verify.add_argument("--why", action="store_true", help="say why, claim by claim, also where all is as expected")
    verify.set_defaults(run=_verify)

    listing = commands.add_parser("list", help="name all claims")
    listing.add_argument("names", nargs="*", metavar="PAPER|CLAIM|FILE.py")
    listing.set_defaults(run=_list)

    show = commands.add_parser("show", help="statement, derivation and evidence of one claim")
    show.add_argument("claim", metavar="CLAIM")
    show.set_defaults(run=_show)

    figures = commands.add_parser("figures", help="draw the figures of the papers and of fitting")
    figures.add_argument("papers", nargs="*", metavar="PAPER|fitting")
    figures.add_argument("--out", default="figures", metavar="DIR", help="where to (default: figures)")
    figures.add_argument("--format", default="pdf", metavar="F[,F]", help="pdf, svg, png or pgf (default: pdf)")
    figures.add_argument("--style", default="paper", metavar="NAME", help="'paper' or a matplotlib style")
    figures.set_defaults(run=_figures)

    replay = commands.add_parser("replay", help="re-check certificates of counterexamples in twice the precision")
    replay.add_argument("files", nargs="+", metavar="CERTIFICATE.json")
    replay.set_defaults(run=_replay)

    calibration = commands.add_parser("calibrate", help="measure how often the intervals of the fits hold the truth")
    calibration.add_argument("--draws", type=int, default=200, metavar="N", help="traces of each class (default: 200)")
    calibration.add_argument("--seed", type=int, default=0, help="of the draws (default: 0)")
    calibration.add_argument("--only", action="append", metavar="TEXT", help="classes whose name or group has TEXT")
    calibration.add_argument("--jobs", type=int, metavar="N", help="processes (default: all cores)")
    calibration.add_argument("--json", metavar="FILE", help="write the table as JSON ('-': to standard output)")
    calibration.set_defaults(run=_calibrate)
    return parser


def _verify(arguments) -> int:
    from theorylab.claims import select
    from theorylab.claims.trial import verify

    _at_least_one("--jobs", arguments.jobs)
    report = Path(arguments.report) if arguments.report else None
    _writable(arguments.json, report)
    claims = select(arguments.names)
    out = sys.stderr if arguments.json == "-" else sys.stdout
    width = max(len(claim.id) for claim in claims)
    print(_row(width, "claim", "predicted", "measured", "margin", "verdict", "expected"), file=out)
    trial = verify(
        *arguments.names, full=arguments.full, jobs=arguments.jobs,
        on_result=lambda result: _print_result(result, width, arguments.why, out),
    )  # fmt: skip
    _print_summary(trial, len(claims), out)
    _write_json(trial.to_json(), arguments.json)
    if report:
        from theorylab.report import write_report

        print(f"report: {write_report(trial, report)}", file=out)
    return 0 if trial.passed and len(trial.results) == len(claims) else 1


def _at_least_one(option: str, value) -> None:
    if value is not None and value < 1:
        raise Refused(f"{option} is {value}; it has to be at least 1")


def _write_json(content, file) -> None:
    if file:
        text = json.dumps(content, indent=1, ensure_ascii=False)
        print(text) if file == "-" else Path(file).write_text(text + "\n")


def _writable(file, folder) -> None:
    """Refuse an output that cannot be written before hours of work, not after."""
    try:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        for path in [Path(file)] if file and file != "-" else []:
            with path.open("a"):
                pass
        if folder and not os.access(folder, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise Refused(f"{folder or file} cannot be written ({error.strerror}); name another place") from None


def _row(width, name, predicted, measured, margin, verdict, expected) -> str:
    return f"{name:<{width}}  {predicted:>20}  {measured:>26}  {margin:>9}  {verdict:<9}  {expected}"


def _print_result(result, width, always_why, out) -> None:
    claim, verdict = result.claim, result.verdict
    margin = "" if math.isnan(verdict.margin) else f"{verdict.margin:.2g}"
    shown = f"{verdict.outcome:<9}"
    if out.isatty():
        shown = f"\033[{COLOURS[verdict.outcome]}m{shown}\033[0m"
    mark = "" if result.as_expected else "   <-- not as expected"
    row = _row(width, claim.id, verdict.predicted, verdict.measured, margin, shown, claim.expected + mark)
    print(row, file=out, flush=True)
    if always_why or not result.as_expected:
        for sentence in (verdict.why, *verdict.warnings):
            print(f"{'':<{width}}    {sentence}", file=out)


def _print_summary(trial, asked: int, out) -> None:
    results = trial.results
    count = {}
    for result in results:
        count[result.verdict.outcome] = count.get(result.verdict.outcome, 0) + 1
    seconds = sum(result.verdict.seconds for result in results)
    tally = ", ".join(f"{number} {outcome}" for outcome, number in sorted(count.items()))
    good = sum(result.as_expected for result in results)
    print(f"\n{len(results)} claims in {seconds:.1f} s: {tally}; {good} as expected", file=out)
    left = [result.claim.id for result in results if result.verdict.outcome == "NOT_RUN"]
    if left:
        print(f"not run in the quick plan: {', '.join(left)}", file=out)
    if len(results) < asked:
        print(f"interrupted: {asked - len(results)} claims were not tried", file=out)


def _list(arguments) -> int:
    from theorylab.claims import select

    claims = select(arguments.names)
    width = max(len(claim.id) for claim in claims)
    for claim in claims:
        plan = "" if claim.quick else "  (full plan only)"
        print(f"{claim.id:<{width}}  {claim.kind:<9} {claim.source:<10} {claim.expected:<9} {claim.says}{plan}")
    return 0


def _show(arguments) -> int:
    from sympy import pretty

    from theorylab.claims import find

    claim = find(arguments.claim)
    print(f"{claim.id}: {claim.says}\n")
    print(f"kind {claim.kind}; source [{claim.source}], {claim.place}; expected {claim.expected}\n")
    if claim.statement is not None:
        print("statement:\n" + _indented(pretty(claim.statement())))
    for name, band in claim.bands().items():
        print(f"prediction, {name} (tolerance {band.tolerance}):\n" + _indented(pretty(band.value)))
    print(f"LaTeX: {claim.latex()}\n")
    for derive in claim.derivations:
        derivation = derive()
        derivation.check(prove=True)  # a reader wants the proofs, also those that no trial has looked for yet
        print(derivation.table() + "\n")
    print(f"plan: {'quick and full' if claim.quick else 'full only'}")
    return 0


def _indented(text: str) -> str:
    return "\n".join("    " + line for line in text.splitlines()) + "\n"


def _figures(arguments) -> int:
    from theorylab.figures import draw_all

    formats = arguments.format.split(",")
    unknown = sorted(set(formats) - {"pdf", "svg", "png", "pgf"})
    if unknown:
        raise Refused(f"--format {unknown[0]} is not one of pdf, svg, png, pgf")
    folder = Path(arguments.out)
    _writable(None, folder)
    for path in draw_all(arguments.papers, folder, formats, arguments.style):
        print(path)
    return 0


def _replay(arguments) -> int:
    from theorylab.claims.certificates import recheck

    good = True
    for name in arguments.files:
        if not Path(name).is_file():
            raise Refused(f"there is no certificate {name}")
        result = recheck(name)
        good &= result.ok
        print(f"{name}: {'confirmed' if result.ok else 'REJECTED'}: {result.why}")
    return 0 if good else 1


def _calibrate(arguments) -> int:
    from theorylab.calibration.classes import choose
    from theorylab.calibration.show import Table
    from theorylab.calibration.sweeps import sweep_table
    from theorylab.calibration.table import calibrate
    from theorylab.runs.trace import provenance_of_machine

    _at_least_one("--draws", arguments.draws)
    _at_least_one("--jobs", arguments.jobs)
    if arguments.seed < 0:
        raise Refused(f"--seed is {arguments.seed}; it must not be negative")
    classes, sweeps = choose(arguments.only)
    if not classes and not sweeps:
        raise Refused(f"no class or group has {' or '.join(map(repr, arguments.only))} in its name")
    _writable(arguments.json, None)
    out = sys.stderr if arguments.json == "-" else sys.stdout
    table = Table(out, classes, arguments.draws, arguments.seed)
    calibrate(arguments.draws, arguments.seed, classes=classes, jobs=arguments.jobs, on_row=table.add)
    table.add_sweeps(sweep_table(arguments.draws, arguments.seed, sweeps) if sweeps else [])
    table.close()
    _write_json({**table.to_json(), "environment": provenance_of_machine()}, arguments.json)
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
