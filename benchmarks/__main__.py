"""``python -m benchmarks [--json FILE] [names ...]``: every speed target of the toolkit, measured on this machine."""

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path

import benchmarks


def _discovered() -> dict:
    """Modules of this folder that measure something, by name."""
    names = [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in ("__main__", "measure")]
    return {name: f"benchmarks.{name}" for name in sorted(names)}


def _line(result) -> str:
    sign = "<=" if result.at_most else ">="
    verdict = "pass" if result.passed else "MISS"
    return (
        f"{verdict}  {result.name:<46} {result.value:>7.3g} {sign} {result.target:<5g}  "
        f"{result.ours:<24} {result.theirs}"
    )


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
    results = []
    for name in chosen.names or found:
        module = importlib.import_module(found[name])
        print(f"\n{name}: {module.__doc__.splitlines()[0]}", flush=True)
        for result in module.measure():
            print(_line(result), flush=True)
            results.append(result)
    missed = [result.name for result in results if not result.passed]
    print(f"\n{len(results) - len(missed)} of {len(results)} targets met" + (f"; missed: {missed}" if missed else ""))
    if chosen.json:
        rows = [result._asdict() | {"passed": result.passed} for result in results]
        Path(chosen.json).write_text(json.dumps(rows, indent=1))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
