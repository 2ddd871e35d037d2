"""Columns and what may stand in them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sanqiao.kernel import codes

from .cells import EXPONENT, Cell, CellError, Read, Words, folded, spoken, trimmed, wordings

Choices = tuple[tuple[object, Words], ...]
Context = Mapping[str, Mapping[str, object]]


class Ambiguous(NamedTuple):
    """Stands in a look-up table where one text means several things."""

    labels: tuple[str, ...]


class LookupTable(dict[str, object]):
    """Text → key or `Ambiguous`; `labels` are what the template offers."""

    labels: tuple[str, ...] = ()


def lookup_table(entries: Iterable[tuple[object, str, Iterable[str]]]) -> LookupTable:
    """From (key, label, other names). A name that two keys share becomes `Ambiguous`."""
    owners: dict[str, dict[object, str]] = {}
    labels: list[str] = []
    for key, label, others in entries:
        labels.append(label)
        for text in {label, *others}:
            owners.setdefault(folded(text), {})[key] = label
    table = LookupTable()
    for text, found in owners.items():
        table[text] = next(iter(found)) if len(found) == 1 else Ambiguous(tuple(found.values()))
    table.labels = tuple(dict.fromkeys(labels))
    return table


@dataclass(frozen=True)
class Kind:
    """What may stand in a column. `read` gets a trimmed text that is not empty, or a typed cell."""

    @property
    def empty(self) -> object:
        return None

    @property
    def example(self) -> str:
        return ""

    @property
    def is_text(self) -> bool:
        """Whether the template formats the column as text, so that Excel leaves it alone."""
        return True

    @property
    def width(self) -> int:
        """In characters."""
        return 14

    def read(self, cell: Cell) -> object:
        raise NotImplementedError

    def bound(self, column: "Column", context: Context) -> Read:
        return self.read

    def options(self, column: "Column", context: Context) -> list[str]:
        """What the drop-down offers; empty for none."""
        return []


@dataclass(frozen=True)
class Text(Kind):
    """Free text. `squeeze` drops inner spaces, as in 张 三; `pattern` must match the whole."""

    max_length: int = 200
    pattern: str = ""
    hint: Words = ""
    squeeze: bool = False

    @property
    def empty(self) -> object:
        return ""

    def read(self, cell: Cell) -> str:
        text = spoken(cell).replace("\xa0", " ")
        if self.squeeze:
            text = "".join(text.split())
        if len(text) > self.max_length:
            raise CellError("too_long", _("最多 %(length)s 个字") % {"length": self.max_length})
        if self.pattern and not re.fullmatch(self.pattern, text):
            raise CellError("format", self.hint or _("格式不对"))
        return text


@dataclass(frozen=True)
class Choice(Kind):
    """One of the column's `choices`, by label (either language) or by value."""

    @property
    def empty(self) -> object:
        return ""

    def options(self, column: "Column", context: Context) -> list[str]:
        return [str(label) for _value, label in column.listed()]

    def bound(self, column: "Column", context: Context) -> Read:
        table: dict[str, object] = {}
        for value, label in column.listed():
            table |= {folded(text): value for text in wordings(label) | {str(value)}}

        def read(cell: Cell) -> object:
            text = spoken(cell)
            try:
                return table[folded(text)]
            except KeyError:
                options = "、".join(self.options(column, context)[:12])
                message = _("%(text)s不在可选项内;可填:%(options)s")
                values = {"text": column.quoted(text), "options": options}
                raise CellError("not_a_choice", message % values) from None

        return read


@dataclass(frozen=True)
class Lookup(Kind):
    """Something in a register, by any of its names. `source` names the table in the context."""

    source: str = ""

    @property
    def width(self) -> int:
        return 24

    def table(self, column: "Column", context: Context) -> Mapping[str, object]:
        return context.get(self.source or column.name, {})

    def options(self, column: "Column", context: Context) -> list[str]:
        table = self.table(column, context)
        if isinstance(table, LookupTable):
            return list(table.labels)
        return [text for text, key in table.items() if not isinstance(key, Ambiguous)]

    def bound(self, column: "Column", context: Context) -> Read:
        table = self.table(column, context)

        def read(cell: Cell) -> object:
            text = spoken(cell)
            key = table.get(text)
            if key is None:
                key = table.get(folded(text))
            if key is None:
                message = _("找不到%(text)s") % {"text": column.quoted(text)}
                raise CellError("not_found", message)
            if isinstance(key, Ambiguous):
                raise _ambiguous(column.quoted(text), key)
            return key

        return read


def _ambiguous(text: str, key: Ambiguous) -> CellError:
    labels = _(" 或 ").join(key.labels[:5])
    return CellError("ambiguous", _("%(text)s不止一个:%(labels)s") % {"text": text, "labels": labels})


@dataclass(frozen=True)
class Date(Kind):
    """A day in any usual writing; a month is its first day where `month_ok`."""

    first: date = date(1900, 1, 1)
    last: date = date(2100, 12, 31)
    month_ok: bool = True

    @property
    def example(self) -> str:
        return "2020-06-04"

    @property
    def is_text(self) -> bool:
        return False

    def read(self, cell: Cell) -> date:
        with_reason = _coded(lambda: codes.chinese_date(cell, month_ok=self.month_ok))
        if not self.first <= with_reason <= self.last:
            message = _("日期应在 %(first)s 至 %(last)s 之间")
            raise CellError("date.range", message % {"first": self.first, "last": self.last})
        return with_reason


@dataclass(frozen=True)
class Whole(Kind):
    """A whole number between `minimum` and `maximum`."""

    minimum: int = 0
    maximum: int = 10**12

    @property
    def example(self) -> str:
        return str(max(self.minimum, 1))

    @property
    def is_text(self) -> bool:
        return False

    def read(self, cell: Cell) -> int:
        number = _number(cell)
        if number != number.to_integral_value():
            raise CellError("not_whole", _("应为整数"))
        _within(number, self.minimum, self.maximum)
        return int(number)


@dataclass(frozen=True)
class Money(Kind):
    """元, two decimals at most; typed with or without ¥, 元 and thousands separators."""

    minimum: int = 0
    maximum: int = 10**12

    @property
    def example(self) -> str:
        return "100.00"

    @property
    def is_text(self) -> bool:
        return False

    def read(self, cell: Cell) -> Decimal:
        number = _number(cell.strip("¥¥元 ") if isinstance(cell, str) else cell)
        cents = number.quantize(Decimal("0.01"))
        if cents != number:
            raise CellError("too_fine", _("金额最多两位小数"))
        _within(cents, self.minimum, self.maximum)
        return cents


def _number(cell: Cell) -> Decimal:
    """Floats are taken to 9 significant decimals, so that 0.1 + 0.2 is 0.3."""
    if isinstance(cell, float) and abs(cell) < EXACT:
        return Decimal(f"{cell:.9f}")
    if isinstance(cell, str):
        try:
            number = Decimal(folded(cell).replace(",", ""))
        except InvalidOperation:
            raise CellError("not_a_number", _("应为数字")) from None
        if number.is_finite() and abs(number) < EXACT:
            return number
    raise CellError("not_a_number", _("应为数字"))


EXACT = 10**15


def _within(number: Decimal, minimum: int, maximum: int) -> None:
    if not minimum <= number <= maximum:
        message = _("应在 %(minimum)s 至 %(maximum)s 之间")
        raise CellError("out_of_range", message % {"minimum": minimum, "maximum": maximum})


def _coded[T](read: Callable[[], T]) -> T:
    raise NotImplementedError
