"""The lines of a run as a Markdown table, with what the numbers depend on."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

from bench import Line, Report, cells

HEAD = ("figure", "measured", "floor", "ratio", "goal", "ok?")
START, END = "<!-- bench -->", "<!-- /bench -->"
PAGE = "# Speed\n\n`make bench` measures; `python -m bench --write` keeps the last run here.\n\n"


def table(report: Report, load: float) -> str:
    """`load` is the machine's one-minute load average before the run."""
    rules = ["---", "--:", "--:", "--:", "--:", "---"]
    rows = [HEAD, rules, *map(_row, report.lines)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    place = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    words = f"{time.strftime('%Y-%m-%d')}, {place}; load average before the run {load:.1f}."
    return "\n".join([words, "", *lines, ""])


def write(text: str, file: Path) -> None:
    """Between the marks, so that what people wrote around them stays."""
    page = file.read_text(encoding="utf-8") if file.exists() else ""
    if START not in page:
        page = (page or PAGE) + f"{START}\n{END}\n"
    before, rest = page.split(START, 1)
    _old, after = rest.split(END, 1)
    file.write_text(f"{before}{START}\n{text}{END}{after}", encoding="utf-8")


def _row(line: Line) -> tuple[str, ...]:
    return tuple(cell.replace("|", "\\|") for cell in cells(line))
