"""The text of a work report: paragraphs with bound figures, charts, maps and tables.

# 标题            heading of level one (## and ### below it)
文字 {{people.members}} 文字        a bound figure; also with an area, a period and a style:
{{people.members @420302 2020-06-30 | wan}}   {{organisations.… 2020-01-23..2020-06-30 | more}}
:::chart people.members | 图题      by the areas one level down (also :::map and :::table)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast, get_args

from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused

from .documents.model import Style

BOUND = re.compile(
    r"\{\{\s*(?P<code>[a-z_.0-9]+)(?:\s+@(?P<area>\S+))?(?:\s+(?P<period>[\d.-]+))?"
    r"(?:\s*\|\s*(?P<style>\w+))?\s*\}\}"
)
HEADING = re.compile(r"(#{1,3})\s*(.+)")
SHOWN = re.compile(r":::(chart|map|table)\s+([a-z_.0-9 ]+?)\s*\|\s*(.+)")

Show = Literal["chart", "map", "table"]


@dataclass(frozen=True, kw_only=True)
class Binding:
    """One number in the text. `area` is an area's key; empty means the report's own."""

    code: str
    area: str = ""
    start: date | None = None
    as_of: date | None = None
    style: Style = "grouped"


@dataclass(frozen=True, kw_only=True)
class TextBlock:
    level: int
    """0 is a paragraph, 1 to 3 a heading."""
    parts: tuple[str | Binding, ...]


@dataclass(frozen=True, kw_only=True)
class ShownBlock:
    """Figures by the areas one level down, drawn or as a table."""

    show: Show
    codes: tuple[str, ...]
    caption: str


NarrativeBlock = TextBlock | ShownBlock


def parse(text: str) -> tuple[NarrativeBlock, ...]:
    """The blocks of a narrative. Raises Refused: reports.bad_binding, naming the line."""
    lines = enumerate(map(str.strip, text.splitlines()), 1)
    return tuple(_block(number, line) for number, line in lines if line)


def bindings(blocks: tuple[NarrativeBlock, ...]) -> Iterator[Binding]:
    """Every binding in the running text, in reading order."""
    for block in blocks:
        if isinstance(block, TextBlock):
            yield from (part for part in block.parts if isinstance(part, Binding))


def _block(number: int, line: str) -> NarrativeBlock:
    if shown := SHOWN.fullmatch(line):
        show, codes, caption = shown.groups()
        return ShownBlock(show=cast(Show, show), codes=tuple(codes.split()), caption=caption)
    if line.startswith(":::"):
        raise _refusal(number, line)
    if heading := HEADING.fullmatch(line):
        return TextBlock(level=len(heading[1]), parts=(heading[2],))
    return TextBlock(level=0, parts=tuple(_parts(number, line)))


def _parts(number: int, line: str) -> Iterator[str | Binding]:
    end = 0
    for found in BOUND.finditer(line):
        yield from _plain(number, line[end : found.start()])
        yield _binding(number, found)
        end = found.end()
    yield from _plain(number, line[end:])


def _plain(number: int, text: str) -> Iterator[str]:
    if "{{" in text or "}}" in text:
        raise _refusal(number, text)
    if text:
        yield text


def _binding(number: int, found: re.Match[str]) -> Binding:
    style = found["style"] or "grouped"
    if style not in get_args(Style):
        raise _refusal(number, found[0])
    try:
        start, as_of = _period(found["period"] or "")
    except ValueError:
        raise _refusal(number, found[0]) from None
    return Binding(
        code=found["code"],
        area=found["area"] or "",
        start=start,
        as_of=as_of,
        style=cast(Style, style),
    )


def _period(text: str) -> tuple[date | None, date | None]:
    if not text:
        return None, None
    first, _dots, last = text.rpartition("..")
    return (date.fromisoformat(first) if first else None), date.fromisoformat(last)


def _refusal(number: int, text: str) -> Refused:
    message = _("第%(number)s行看不懂：%(text)s") % {"number": number, "text": text.strip()}
    return Refused("reports.bad_binding", message, field="text")
