"""Codes, names and dates as people type them: made regular, or refused with a stable code.

Every function raises `ValueError(code)`; `REASONS[code]` is the sentence for the user.
"""

import re
import unicodedata
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from stdnum.cn.ric import calc_check_digit

REASONS: dict[str, Promise] = {
    "id_number.length": _("身份证号应为 18 位"),
    "id_number.alphabet": _("身份证号前 17 位应为数字，末位为数字或 X"),
    "id_number.check_digit": _("身份证号校验码不对，请核对每一位"),
    "credit_code.length": _("统一社会信用代码应为 18 位"),
    "credit_code.alphabet": _("统一社会信用代码只用数字和大写字母，不用 I、O、S、V、Z"),
    "credit_code.check_digit": _("统一社会信用代码校验码不对，请核对每一位"),
    "date.unreadable": _("不是可识别的日期，请写成 2020-06-04"),
    "date.impossible": _("没有这一天"),
    "date.ambiguous_number": _("这个数不能确定是哪一天，请写成 2020-06-04"),
    "date.no_day": _("缺少日，请写成 2020-06-04"),
    "name.invisible": _("含有看不见的字符，请删去后重新键入"),
    "phone.format": _("电话号码不对：手机 11 位，座机带区号"),
}

_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_CREDIT_VALUES = {character: value for value, character in enumerate(_CREDIT_ALPHABET)}

_EPOCH = date(1899, 12, 30)
_SERIALS = (date(1910, 1, 1) - _EPOCH).days, (date(2100, 12, 31) - _EPOCH).days
_COMPACT = 19000101, 21001231

_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_PUNCTUATED = re.compile(r"(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?[.]?")
_WRITTEN = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号])?")
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_TENS = re.compile(r"(\d?)十(\d?)")

_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
"""Control, format (zero width, direction) and halves of characters. Rare ideographs that this
Python does not know yet stand on real cards and are none of these."""

_MOBILE = re.compile(r"(?:\+?86)?(1\d{10})")
_LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})(\d{7,8})(?:(?:转|EXT\.?|X|#)(\d{1,6}))?")


def name(text: str, *, squeeze: bool = False) -> str:
    """Of a person, an organisation or a place: half-width letters, single spaces, or with `squeeze`
    none; Chinese punctuation stays. What nobody sees but a search stumbles over is refused."""
    if text.isalnum() and unicodedata.is_normalized("NFKC", text):
        return text
    letters = "".join(_regular(letter) for letter in text)
    words = ("" if squeeze else " ").join(unicodedata.normalize("NFC", letters).split())
    if any(unicodedata.category(letter) in _INVISIBLE for letter in words):
        raise ValueError("name.invisible")
    return words


def _regular(letter: str) -> str:
    is_punctuation = unicodedata.category(letter).startswith("P")
    return letter if is_punctuation else unicodedata.normalize("NFKC", letter)


def id_number(text: str) -> str:
    """GB 11643 公民身份号码, 18 characters. Only length and check digit (ISO 7064 MOD 11-2) are
    tested: abolished areas and odd birth dates stand on real cards."""
    number = _squeezed(text)
    if len(number) != 18:
        raise ValueError("id_number.length")
    if not _ID_NUMBER.fullmatch(number):
        raise ValueError("id_number.alphabet")
    if calc_check_digit(number) != number[17]:
        raise ValueError("id_number.check_digit")
    return number


def credit_code(text: str) -> str:
    """GB 32100 统一社会信用代码, 18 characters; any registration department, so N codes pass."""
    code = _squeezed(text).replace("-", "")
    if len(code) != 18:
        raise ValueError("credit_code.length")
    if not _CREDIT_VALUES.keys() >= set(code):
        raise ValueError("credit_code.alphabet")
    total = sum(_CREDIT_VALUES[c] * w for c, w in zip(code, _CREDIT_WEIGHTS, strict=False))
    if _CREDIT_ALPHABET[-total % 31] != code[17]:
        raise ValueError("credit_code.check_digit")
    return code


def phone(text: str) -> str:
    """A mobile as 11 digits, a landline as area code-number(-extension). Form only: the ranges
    of the numbering plan (电信网编号计划) change."""
    if len(text) == 11 and text.isdecimal() and text.isascii() and text[0] == "1":
        return text
    number = re.sub(r"[-()—_]", "", _squeezed(text))
    if mobile := _MOBILE.fullmatch(number):
        return mobile[1]
    if landline := _LANDLINE.fullmatch(number):
        return "-".join(part for part in landline.groups() if part)
    raise ValueError("phone.format")


def chinese_date(value: object, *, month_ok: bool = True) -> date:
    """A day from a date, an Excel serial (1900 system, 1910–2100) or text as in GB/T 7408 and
    official documents; a month alone is its first day unless `month_ok` is False."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _numbered(value)
    if not isinstance(value, str):
        raise ValueError("date.unreadable")
    return _worded(value, month_ok=month_ok)


def _squeezed(text: str) -> str:
    """Half-width, upper case, without white space and zero-width marks."""
    if text.isascii() and text.isalnum():
        return text.upper()
    letters = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\u200b-\u200f\u2060\ufeff]", "", letters).upper()


def _numbered(number: float) -> date:
    """2020.06 and 2020 typed as numbers stand below the plausible serials, so they are refused."""
    if _COMPACT[0] <= number <= _COMPACT[1] and number % 1 == 0:
        return _day(*divmod(int(number) // 100, 100), int(number) % 100)
    if _SERIALS[0] <= number < _SERIALS[1] + 1:
        return _EPOCH + timedelta(days=int(number))
    raise ValueError("date.ambiguous_number")


def _worded(value: str, *, month_ok: bool) -> date:
    text = _TIME.sub("", unicodedata.normalize("NFKC", value).strip().upper())
    text = re.sub(r"\s", "", text)
    if text.isdigit() and len(text) == 5:
        return _numbered(int(text))
    year, month, day = _parts(text)
    if day is None and not month_ok:
        raise ValueError("date.no_day")
    return _day(int(year), int(month), int(day or 1))


def _parts(text: str) -> tuple[str, str, str | None]:
    """Year, month and perhaps day, as digits."""
    if found := _PUNCTUATED.fullmatch(text):
        return found[1], found[3], found[4]
    found = _SOLID.fullmatch(text) or _WRITTEN.fullmatch(_arabic(text))
    if found is None:
        raise ValueError("date.unreadable")
    return found[1], found[2], found[3]


def _arabic(text: str) -> str:
    """二〇二〇年十二月二十一日 → 2020年12月21日."""
    digits = text.translate(_NUMERALS)
    return _TENS.sub(lambda ten: f"{ten[1] or 1}{ten[2] or 0}", digits)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError("date.impossible") from None
