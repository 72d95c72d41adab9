"""``python -m benchmarks [--json FILE] [names ...]``: every speed target of the toolkit, measured on this machine."""

import argparse
import importlib
import json
import os
import pkgutil
import sys
from pathlib import Path

import benchmarks


def _discovered() -> dict:
    """Modules of this folder that measure something, by name."""
    names = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in ("__main__", "measure")]
    return {name: f"benchmarks.{name}" for name in sorted(names)}


_COLUMNS = "{:<5} {:<44} {:<18} {:<26} {:<17} {}"


def _line(result) -> str:
    measured = f"{result.value:.3g} {result.unit}" if result.value == result.value else "-"
    target = f"at {'most' if result.at_most else 'least'} {result.target:g}"
    verdict = "pass" if result.passed else "MISS"
    return _COLUMNS.format(verdict, result.name, result.ours, result.theirs, measured, target)


def _as_json(result) -> dict:
    value = result.value if result.value == result.value else None
    return result._asdict() | {"value": value, "passed": result.passed}


def main(arguments=None) -> int:
    """Print one line a target; 0 if all are met, 1 if one is missed or could not be measured, 2 on bad usage."""
    found = _discovered()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of {', '.join(found)}; all if none is named")
    parser.add_argument("--json", metavar="FILE", help="write the results there too")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in found]
    if unknown:
        parser.error(f"no benchmark {', '.join(unknown)}; there are {', '.join(found)}")
    busy = os.getloadavg()[0]
    if busy > 0.5 * os.cpu_count():
        print(f"Load average {busy:.1f} on {os.cpu_count()} CPUs: others are working here, ratios are less reliable.")
    results = []
    for name in chosen.names or found:
        module = importlib.import_module(found[name])
        print(f"\n{name}: {module.__doc__.splitlines()[0]}")
        print(_COLUMNS.format("", "what", "ours", "compared with", "measured", "target"), flush=True)
        for result in module.measure():
            print(_line(result), flush=True)
            results.append(result)
    missed = [result.name for result in results if not result.passed]
    print(f"\n{len(results) - len(missed)} of {len(results)} targets met" + (f"; missed: {missed}" if missed else ""))
    if chosen.json:
        Path(chosen.json).write_text(json.dumps([_as_json(result) for result in results], indent=1))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
