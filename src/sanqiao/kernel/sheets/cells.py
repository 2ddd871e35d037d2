"""One cell: what a person meant by it, or why it cannot be taken."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

Cell = str | float | bool | date | datetime | time | timedelta
Read = Callable[[Cell], object]
Words = str | Promise

# Excel keeps 15 digits; a longer number has already lost its tail.
EXACT_BELOW = 10**15
# White space of every script, and the zero-width marks that come with text from web pages.
BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\u200c\u200d\u2060\ufeff"
EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
ERROR_VALUES = frozenset(
    ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
)


class CellError(Exception):
    """A cell that cannot be taken. `code` is stable, `message` is shown in the cell."""

    def __init__(self, code: str, message: Words) -> None:
        super().__init__(code)
        self.code = code
        self.message = str(message)


def trimmed(text: str) -> str:
    """Without surrounding spaces of any kind and the apostrophe that marks text. Refuses formula
    text and error values, which come from files without computed results."""
    text = text.strip(BLANK)
    if text[:1] == "=":
        raise CellError("formula", _("公式没有算出的结果，请粘贴为数值"))
    if text[:1] == "#" and text in ERROR_VALUES:
        raise CellError("error_value", _("公式出错（%(value)s），请改正") % {"value": text})
    return text[1:].strip(BLANK) if text[:1] == "'" else text


def spoken(cell: Cell) -> str:
    """The text of a cell whose column holds text. Refuses what Excel has already changed."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        if abs(cell) >= EXACT_BELOW:
            raise CellError(
                "digits_lost", _("数字过长，Excel 已丢失末尾几位，请设为文本格式后重新填写")
            )
        return str(int(cell)) if cell == int(cell) else str(cell)
    raise CellError("date_for_text", _("Excel 把它变成了日期，请设为文本格式后重新填写"))


def raw(cell: Cell) -> str:
    """The cell as the user sees it, for showing and for the refused file."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT_BELOW else str(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return str(cell)


def folded(text: str) -> str:
    """For comparing: half-width, lower case, no white space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return "".join(text.split()).casefold()


def wordings(words: Words) -> set[str]:
    """The same words in Chinese, English and the language in use."""
    found = {str(words)}
    for language in (None, "en"):
        with translation.override(language):
            found.add(str(words))
    return found
