"""From a work report to the document model: text, pictures, tables, evidence and checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from sanqiao.kernel.errors import Refused

from .documents.charts import bars_svg, map_svg
from .documents.model import (
    Block,
    CheckLine,
    Heading,
    Paragraph,
    Picture,
    Report,
    Table,
)
from .evidence import Bound, Numbers, door, figure_on
from .models import WorkReport
from .narrative import Binding, NarrativeBlock, ShownBlock, TextBlock, parse
from .wording import Rankings, check_wording

HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, kw_only=True)
class Row:
    area_name: str
    bounds: tuple[Bound, ...]


def compose(
    report: WorkReport,
    *,
    folder: Path | None = None,
    before_freezing: Callable[[], None] = lambda: None,
) -> Report:
    """The document of a report as of its day; `folder` freezes the rows into it, once all numbers
    are known.

    Raises Refused: reports.bad_binding, reports.unknown_figure, reports.unknown_area, those of
    `wording`, and with a folder reports.no_value.
    """
    numbers = Numbers(area=report.area, start=report.start, as_of=report.as_of)
    prepared = [prepare(block, numbers) for block in parse(report.text)]
    words: list[list[str | Bound]] = [[report.title], *map(words_of, prepared)]
    rankings = Rankings(part for parts in words for part in parts if isinstance(part, Bound))
    for parts in words:
        check_wording(parts, rankings)
    if folder:
        check_values(prepared, numbers)
        before_freezing()
    with override(language_of(report)):
        return _document(report, prepared, numbers, folder)


def language_of(report: WorkReport) -> str:
    """That of its own words, whoever's screen it is opened or published on."""
    return "zh-hans" if HAN.search(report.title + report.text) else "en"


def _document(
    report: WorkReport, prepared: Sequence[Prepared], numbers: Numbers, folder: Path | None
) -> Report:
    checks = tuple(check_lines(numbers))
    blocks = tuple(block for item in prepared for block in finish(item, numbers))
    return Report(
        title_lines=(report.title,),
        organ=report.organ,
        number=report.number,
        addressee=report.addressee,
        blocks=blocks,
        sign=report.sign,
        date=report.as_of,
        copied_to=report.copied_to,
        printed_by=report.sign,
        printed_on=report.as_of,
        evidence=numbers.evidence(folder=folder),
        checks=checks,
        language=language_of(report),
        seal=None,
        chain_head=None,
    )


Prepared = tuple[NarrativeBlock, list[str | Bound] | list[Row]]


def prepare(block: NarrativeBlock, numbers: Numbers) -> Prepared:
    """Bind first, so that all values come in one go."""
    if isinstance(block, TextBlock):
        parts = [numbers.bind(p) if isinstance(p, Binding) else p for p in block.parts]
        return block, parts
    check_drawn(block, numbers)
    rows = [
        Row(
            area_name=child.name,
            bounds=tuple(numbers.bind(Binding(code=code, area=child.key)) for code in block.codes),
        )
        for child in numbers.children
    ]
    return block, rows


def check_drawn(block: ShownBlock, numbers: Numbers) -> None:
    """A bar or a shade ranks areas. Raises Refused: reports.not_comparable."""
    figure = figure_on(numbers.as_of, block.codes[0])
    if block.show != "table" and not figure.comparable:
        words = _("“%(name)s”不作各地比较，不能画成图，可以列表。") % {"name": figure.name}
        raise Refused("reports.not_comparable", words, field="text")


def words_of(prepared: Prepared) -> list[str | Bound]:
    """What is read as a sentence: of a picture or table its caption."""
    block, content = prepared
    if isinstance(block, ShownBlock):
        return [block.caption]
    return [part for part in content if not isinstance(part, Row)]


def check_values(prepared: Sequence[Prepared], numbers: Numbers) -> None:
    """No gap is printed in a sentence; a table may have one. Raises Refused: reports.no_value."""
    for item in prepared:
        for part in words_of(item):
            if isinstance(part, Bound) and numbers.values[part].value is None:
                words = _("“%(name)s”在%(area)s（%(day)s）没有数值，请改写这一句。")
                found = {"name": part.figure.name, "area": part.area, "day": part.as_of}
                raise Refused("reports.no_value", words % found, field="text")


def finish(prepared: Prepared, numbers: Numbers) -> Iterator[Block]:
    block, content = prepared
    if isinstance(block, ShownBlock):
        yield from shown(block, [row for row in content if isinstance(row, Row)], numbers)
        return
    parts = tuple(
        numbers.number(p) if isinstance(p, Bound) else p for p in content if not isinstance(p, Row)
    )
    if block.level == 0:
        yield Paragraph(inlines=parts)
    else:
        yield Heading(level=block.level, text="".join(str(p) for p in parts))  # type: ignore[arg-type]


def shown(block: ShownBlock, rows: list[Row], numbers: Numbers) -> Iterator[Block]:
    """A picture is followed by its table, so that each drawn value is a bound number too."""
    caption = block.caption
    if block.show != "table" and can_be_drawn(block, rows, numbers):
        yield Picture(kind=block.show, svg=drawing(block, rows, numbers), caption=caption)
        caption = ""
    names = [str(bound.figure.name) for bound in rows[0].bounds] if rows else []
    yield Table(
        head=(numbers.level_below, *names),
        rows=tuple((row.area_name, *map(numbers.number, row.bounds)) for row in rows),
        caption=caption,
    )


def can_be_drawn(block: ShownBlock, rows: list[Row], numbers: Numbers) -> bool:
    """Is there a value to draw, and for a map a boundary?"""
    is_there = any(numbers.values[row.bounds[0]].value is not None for row in rows)
    return is_there and (block.show == "chart" or any(area.boundary for area in numbers.children))


def drawing(block: ShownBlock, rows: list[Row], numbers: Numbers) -> str:
    bounds = [row.bounds[0] for row in rows]
    values = {bound: numbers.values[bound].value for bound in bounds}
    if block.show == "chart":
        items = [
            (bound.area.name, value, door(bound))
            for bound, value in values.items()
            if value is not None
        ]
        return bars_svg(block.caption, items, str(bounds[0].figure.unit))
    features = [
        {"id": area.key, "name": area.name, "geometry": area.boundary, "label_point": None}
        for area in numbers.children
        if area.boundary
    ]
    return map_svg(
        block.caption,
        features,
        {bound.area.key: value for bound, value in values.items()},
        unit=str(bounds[0].figure.unit),
        hrefs={bound.area.key: door(bound) for bound in bounds},
    )


def check_lines(numbers: Numbers) -> Iterator[CheckLine]:
    for result in numbers.check_results():
        yield CheckLine(
            name=result.check.code,
            kind=result.check.kind,
            statement=str(result.check.statement),
            holds=result.holds,
            note=str(result.note),
        )
