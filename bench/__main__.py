"""`python -m bench [name …] [--write]`: every module of this folder that has `run(report)`."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from bench import HEAD, Report

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """1 when a goal is missed."""
    found = [m.name for m in iter_modules([str(ROOT / "bench")]) if not m.name.startswith("_")]
    parser = argparse.ArgumentParser("bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(found))
    parser.add_argument("--write", action="store_true", help="keep the table in docs/bench.md")
    options = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    report = measured(options.names or found)
    _show(report, load, is_kept=options.write)
    return 0 if all(line.ok for line in report.lines) else 1


def prepare() -> None:
    """Django, set up; connects to nothing yet."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanqiao.config.settings")
    import django

    django.setup()


def measured(names: list[str]) -> Report:
    """Over the reference city in SANQIAO_HOME, which is loaded when missing."""
    prepare()
    from bench._city import ready

    report = Report()
    with ready():
        print(HEAD, flush=True)
        for name in names:
            import_module(f"bench.{name}").run(report)
    return report


def _show(report: Report, load: float, *, is_kept: bool) -> None:
    from bench._markdown import table, write

    text = table(report, load)
    print(f"\n{text}")
    if is_kept:
        write(text, ROOT / "docs" / "bench.md")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
