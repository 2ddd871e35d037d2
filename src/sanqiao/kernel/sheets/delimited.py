"""CSV as people save it: UTF-8, GB18030 or UTF-16; comma, semicolon or tab."""

import codecs
import csv
import io

from django.utils.translation import gettext as _

from .archive import Unreadable
from .cells import Cell

DELIMITERS = ",;\t"


def text_rows(content: bytes) -> list[list[Cell]]:
    """Every cell as text. Raises Unreadable for what is no text."""
    text = decoded(content)
    if "\0" in text:
        raise Unreadable(_("这不是表格文件，请上传 xlsx 或 csv"))
    if text.lstrip()[:200].casefold().startswith(("<html", "<!doctype", "<?xml", "<table")):
        raise Unreadable(_("这是网页格式的文件，请在 Excel 中打开后另存为 xlsx 再上传"))
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, ""), delimiter=delimiter(text))]
    except csv.Error:
        raise Unreadable(_("csv 文件格式不对，请另存为 xlsx 再上传")) from None


def decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(_("看不出文件的文字编码，请另存为 xlsx 或 UTF-8 的 csv"))


def delimiter(text: str) -> str:
    """The one that stands most often in the first ten lines."""
    head = "\n".join(text.splitlines()[:10]) if len(text) < 10_000 else text[:10_000]
    return max(DELIMITERS, key=head.count)
