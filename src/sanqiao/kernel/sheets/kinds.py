"""What may stand in a column."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import ClassVar, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel import codes

from .cells import EXACT_BELOW, EXPONENT, Cell, CellError, Read, Words, folded, spoken, wordings
from .lookups import Ambiguous, LookupTable

Choices = tuple[tuple[object, Words], ...]

YES = ("是", "有", "√", "✓", "☑", "对", "y", "yes", "true", "1")
YUAN = "\u00a5\uffe5元 "
NO = ("否", "无", "没有", "×", "✗", "☐", "x", "n", "no", "false", "0")
YES_NO: Choices = ((True, gettext_lazy("是")), (False, gettext_lazy("否")))


class Given(NamedTuple):
    """What a kind is told about its column: choices, look-up table, whether values are secret."""

    choices: Choices
    table: Mapping[str, object]
    secret: bool

    def quoted(self, text: str) -> str:
        return "" if self.secret else f"“{text}”"


@dataclass(frozen=True)
class Kind(ABC):
    """`bound` gives what reads one column: a typed cell, or a trimmed text that is not empty.
    `is_text`: the template formats the column as text, so that Excel leaves it alone. `width` in
    characters."""

    empty: ClassVar[object] = None
    example: ClassVar[str] = ""
    is_text: ClassVar[bool] = True
    width: ClassVar[int] = 14

    @abstractmethod
    def bound(self, given: Given) -> Read: ...

    def options(self, given: Given) -> list[str]:
        """What the drop-down offers; empty for none."""
        return []


@dataclass(frozen=True)
class Plain(Kind):
    """Reads every column alike."""

    @abstractmethod
    def read(self, cell: Cell) -> object: ...

    def bound(self, given: Given) -> Read:
        return self.read


@dataclass(frozen=True)
class Text(Plain):
    """Free text. `squeeze` drops inner spaces, as in 张 三; `pattern` must match the whole."""

    max_length: int = 200
    pattern: str = ""
    hint: Words = ""
    squeeze: bool = False

    empty: ClassVar[object] = ""

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
class Name(Text):
    """Of a person, an organisation or a place."""

    def read(self, cell: Cell) -> str:
        try:
            return super().read(codes.name(spoken(cell), squeeze=self.squeeze))
        except ValueError as error:
            raise coded(error) from None


@dataclass(frozen=True)
class Choice(Kind):
    """One of the column's `choices`, by label (either language) or by value."""

    empty: ClassVar[object] = ""

    def options(self, given: Given) -> list[str]:
        return [str(label) for _value, label in given.choices]

    def bound(self, given: Given) -> Read:
        table: dict[str, object] = {}
        for value, label in given.choices:
            table |= {folded(text): value for text in wordings(label) | {str(value)}}

        def read(cell: Cell) -> object:
            text = spoken(cell)
            try:
                return table[folded(text)]
            except KeyError:
                message = _("%(text)s不在可选项内；可填：%(options)s")
                options = "、".join(self.options(given)[:12])
                values = {"text": given.quoted(text), "options": options}
                raise CellError("not_a_choice", message % values) from None

        return read


@dataclass(frozen=True)
class Flag(Plain):
    """Yes or no; empty is no."""

    empty: ClassVar[object] = False
    width: ClassVar[int] = 8

    def options(self, given: Given) -> list[str]:
        return [str(label) for _value, label in YES_NO]

    def read(self, cell: Cell) -> bool:
        text = folded(spoken(cell))
        if text in YES:
            return True
        if text in NO:
            return False
        raise CellError("not_a_flag", _("应填“是”或“否”"))


@dataclass(frozen=True)
class Lookup(Kind):
    """Something in a register, by any of its names. `source` names the table in the context;
    without it the column's name does."""

    source: str = ""

    width: ClassVar[int] = 24

    def options(self, given: Given) -> list[str]:
        if isinstance(given.table, LookupTable):
            return list(given.table.labels)
        return [text for text, key in given.table.items() if not isinstance(key, Ambiguous)]

    def bound(self, given: Given) -> Read:
        table = given.table

        def read(cell: Cell) -> object:
            text = spoken(cell)
            key = table.get(text)
            if key is None:
                key = table.get(folded(text))
            if key is None or isinstance(key, Ambiguous):
                raise _unresolved(given.quoted(text), key)
            return key

        return read


def _unresolved(text: str, key: Ambiguous | None) -> CellError:
    if key is None:
        return CellError("not_found", _("找不到%(text)s，请核对名称") % {"text": text})
    labels = _(" 或 ").join(key.labels[:5])
    message = _("%(text)s不止一个：%(labels)s") % {"text": text, "labels": labels}
    return CellError("ambiguous", message)


@dataclass(frozen=True)
class Date(Plain):
    """A day in any usual writing; a month is its first day where `month_ok`."""

    first: date = date(1900, 1, 1)
    last: date = date(2100, 12, 31)
    month_ok: bool = True

    example: ClassVar[str] = "2020-06-04"
    is_text: ClassVar[bool] = False

    def read(self, cell: Cell) -> date:
        try:
            day = self._day(cell)
        except ValueError as error:
            raise coded(error) from None
        if self.first <= day <= self.last:
            return day
        message = _("日期应在 %(first)s 至 %(last)s 之间")
        raise CellError("date.range", message % {"first": self.first, "last": self.last})

    def _day(self, cell: Cell) -> date:
        if type(cell) is date:
            return cell
        return codes.chinese_date(cell, month_ok=self.month_ok)


@dataclass(frozen=True)
class Whole(Plain):
    """A whole number from `minimum` to `maximum`."""

    minimum: int = 0
    maximum: int = 10**12

    example: ClassVar[str] = "1"
    is_text: ClassVar[bool] = False
    width: ClassVar[int] = 10

    def read(self, cell: Cell) -> int:
        number = cell if type(cell) is float else _decimal(cell)
        if number != int(number):
            raise CellError("not_whole", _("应为整数"))
        _check_range(number, self.minimum, self.maximum)
        return int(number)


@dataclass(frozen=True)
class Degrees(Plain):
    """A longitude or a latitude, rounded to what a building needs (0.1 m)."""

    decimals: int = 6

    example: ClassVar[str] = "110.798123"
    is_text: ClassVar[bool] = False

    def read(self, cell: Cell) -> float:
        number = _decimal(cell.strip("° ") if isinstance(cell, str) else cell)
        _check_range(number, -180, 180)
        return round(float(number), self.decimals)


@dataclass(frozen=True)
class Money(Plain):
    """元 with two decimals at most, typed with or without ¥, 元 and thousands separators."""

    minimum: int = 0
    maximum: int = 10**12

    example: ClassVar[str] = "100.00"
    is_text: ClassVar[bool] = False

    def read(self, cell: Cell) -> Decimal:
        number = _decimal(cell.strip(YUAN) if isinstance(cell, str) else cell)
        cents = round(number, 2)
        if cents != number:
            raise CellError("too_fine", _("金额最多两位小数"))
        _check_range(cents, self.minimum, self.maximum)
        return cents


def _decimal(cell: Cell) -> Decimal:
    """Floats count to 15 digits, as in Excel, so that 0.1 + 0.2 is 0.3. Dates are no numbers."""
    try:
        if isinstance(cell, float | int):
            number = Decimal(f"{cell:.15g}")
        else:
            number = Decimal(folded(str(cell)).replace(",", ""))
    except InvalidOperation:
        raise CellError("not_a_number", _("应为数字")) from None
    if not number.is_finite() or abs(number) >= EXACT_BELOW:
        raise CellError("not_a_number", _("应为数字"))
    return number


def _check_range(number: float | Decimal, minimum: int, maximum: int) -> None:
    if not minimum <= number <= maximum:
        message = _("应在 %(minimum)s 至 %(maximum)s 之间")
        raise CellError("out_of_range", message % {"minimum": minimum, "maximum": maximum})


@dataclass(frozen=True)
class IdNumber(Plain):
    """公民身份号码 (GB 11643) as text. Numbers are refused: Excel has lost the last digits."""

    example: ClassVar[str] = "420300199002310016"
    width: ClassVar[int] = 21

    def read(self, cell: Cell) -> str:
        if not isinstance(cell, str) or (cell[1:2] in (".", "e", "E") and EXPONENT.fullmatch(cell)):
            message = _(
                "身份证号被 Excel 存成了数字，末尾几位已丢失；请把这一列设为文本格式后重新填写"
            )
            raise CellError("id_number.as_number", message)
        try:
            return codes.id_number(cell)
        except ValueError as error:
            raise coded(error) from None


@dataclass(frozen=True)
class CreditCode(Plain):
    """统一社会信用代码 (GB 32100) as text."""

    example: ClassVar[str] = "91110000600037341L"
    width: ClassVar[int] = 21

    def read(self, cell: Cell) -> str:
        try:
            return codes.credit_code(spoken(cell))
        except ValueError as error:
            raise coded(error) from None


@dataclass(frozen=True)
class Phone(Plain):
    """A mobile or landline number."""

    example: ClassVar[str] = "10000000000"

    def read(self, cell: Cell) -> str:
        try:
            return codes.phone(spoken(cell))
        except ValueError as error:
            raise coded(error) from None


def coded(error: ValueError) -> CellError:
    """The refusal of `sanqiao.kernel.codes` as a cell's."""
    code = error.args[0]
    return CellError(code, codes.REASONS[code])
