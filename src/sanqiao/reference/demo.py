"""`sanqiao demo`: load the reference city, write the reference report, prove the figures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from time import monotonic
from unicodedata import east_asian_width

from django.conf import settings

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import EVERYTHING, acting_as
from sanqiao.reports.reference import build_reference_report

from .accounts import PASSWORD, account_names, loader, open_accounts
from .expected import Compared, compare
from .load import load_city
from .sizes import SMALLEST

QUALIFIERS = {"exact": "", "at_least": "≥ "}
HEADINGS = ("id", "figure", "source", "ours", "rows behind", "agrees")


def main(args: list[str]) -> int:
    """1 when a figure differs from the source. Below full size nothing can agree, and is only
    shown."""
    parser = _parser()
    scale = parser.parse_args(args).scale
    if scale < SMALLEST:
        parser.error(f"--scale: the smallest reference city is of scale {SMALLEST}")
    started = monotonic()
    by = loader()
    load_city(scale, by, _say)
    open_accounts()
    _say(f"The reference city is loaded ({monotonic() - started:.1f} s).")
    if scale >= 1:
        _write_report(by)
    compared = compare_as(by)
    _say_table(HEADINGS, map(_cells, compared))
    _say_accounts()
    differing = [each.expected.id for each in compared if not each.agrees]
    if differing:
        _say(f"Differs from the source: {', '.join(differing)}.")
    return 1 if differing and scale >= 1 else 0


def compare_as(by: User) -> list[Compared]:
    with acting_as(by, scope=EVERYTHING, request="reference"):
        return compare()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sanqiao demo", description=__doc__)
    parser.add_argument(
        "--scale", type=float, default=1.0, help="0.01 for a try, 10 for ten times the people"
    )
    return parser


def _write_report(by: User) -> None:
    started = monotonic()
    with acting_as(by, scope=EVERYTHING, request="reference"):
        build_reference_report(by=by, out=settings.OUT)
    _say(f"The reference report is in {settings.OUT} ({monotonic() - started:.1f} s).")


def _cells(compared: Compared) -> tuple[str, ...]:
    expected = compared.expected
    return (
        expected.id,
        compared.name,
        f"{QUALIFIERS[expected.qualifier]}{expected.printed:,f}",
        "—" if compared.value is None else f"{compared.value:,f}",
        f"{compared.rows:,}",
        "yes" if compared.agrees else "NO",
    )


def _say_accounts() -> None:
    _say(f"\nDemo accounts; the password of each is {PASSWORD}")
    _say_table(("user", "role", "place"), account_names())


def _say_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell; numbers to the right."""
    lines = [headings, *rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    _say("")
    for line in lines:
        _say("  ".join(_padded(cell, width) for cell, width in zip(line, widths, strict=True)))


def _padded(cell: str, width: int) -> str:
    blanks = " " * (width - _width(cell))
    return blanks + cell if cell[-1:].isdigit() and cell[:1] in "≥—0123456789" else cell + blanks


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _say(line: str) -> None:
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()
