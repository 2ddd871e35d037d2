"""What a report is made of. Built by `sanqiao.reports`, rendered and verified here."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Measure = Literal["count", "distinct", "sum", "reported", "place"]
Combine = Literal["first", "sum", "difference", "ratio"]
Style = Literal["plain", "grouped", "wan", "percent", "more"]


@dataclass(frozen=True, kw_only=True)
class Number:
    """A bound number in the text: `key` names one `Evidence`, `text` is what is printed."""

    key: str
    text: str


Inline = str | Number


@dataclass(frozen=True, kw_only=True)
class Heading:
    """标题: numbered 一、（一）1. by the writer unless `text` already is."""

    level: Literal[1, 2, 3]
    text: str


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    inlines: tuple[Inline, ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    kind: Literal["chart", "map"]
    svg: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    caption: str


Block = Heading | Paragraph | Picture | Table


@dataclass(frozen=True, kw_only=True)
class Term:
    """Frozen rows of one term. `file` is a Parquet file inside the evidence folder."""

    name: str
    measure: Measure
    file: str
    selector: str
    rows: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What one printed number stands on. `value` is None when there is nothing to divide by."""

    key: str
    figure: str
    name: str
    definition: str
    since: datetime.date
    source: str
    owner: str
    area_code: str
    area_name: str
    as_of: datetime.date
    start: datetime.date | None
    unit: str
    combine: Combine
    factor: int
    decimals: int
    style: Style
    value: Decimal | None
    printed: str
    terms: tuple[Term, ...]
    url: str


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    name: str
    kind: str
    statement: str
    holds: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """工作报告. Empty `organ`: no red head; empty `copied_to` and `printed_by`: no 版记.

    ValueError when a number names no evidence or prints something else than its evidence.
    """

    title_lines: tuple[str, ...]
    organ: str
    number: str
    addressee: str
    blocks: tuple[Block, ...]
    sign: str
    date: datetime.date
    copied_to: str
    printed_by: str
    printed_on: datetime.date | None
    evidence: tuple[Evidence, ...]
    checks: tuple[CheckLine, ...]
    language: str
    seal: str | None
    chain_head: str | None

    def __post_init__(self) -> None:
        twice = [key for key, n in Counter(e.key for e in self.evidence).items() if n > 1]
        if twice:
            raise ValueError(f"evidence given twice: {twice}")
        printed = {e.key: e.printed for e in self.evidence}
        for number in self.numbers:
            if printed.get(number.key) != number.text:
                raise ValueError(f"{number} does not print its evidence: {printed.get(number.key)}")

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """In the order in which they stand."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every bound number of the blocks, in reading order."""
        return tuple(n for block in self.blocks for n in _inlines(block) if isinstance(n, Number))


def _inlines(block: Block) -> tuple[Inline, ...]:
    if isinstance(block, Paragraph):
        return block.inlines
    if isinstance(block, Table):
        return tuple(cell for row in block.rows for cell in row)
    return ()
