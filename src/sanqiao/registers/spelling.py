"""Pinyin and initials of names, so that they are found by typing letters, in either case."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from django.db.models import Q
from pypinyin import lazy_pinyin


class Spelling(NamedTuple):
    """Lower case, without spaces: 三桥 is `sanqiao` and `sq`."""

    pinyin: str
    initials: str


class _Readings(dict[str, str]):
    def __missing__(self, character: str) -> str:
        reading = "".join(lazy_pinyin(character)).lower()
        self[character] = reading
        return reading


_readings = _Readings()


def spelled_name(name: str) -> Spelling:
    """Of a person: a character at a time, which is fast; readings that depend on the word are not
    looked for."""
    readings = [_readings[character] for character in name if not character.isspace()]
    return Spelling("".join(readings), "".join(reading[:1] for reading in readings))


def _one_by_one(others: str) -> list[str]:
    return list(others)


@lru_cache(maxsize=4096)
def spelled(text: str) -> Spelling:
    """Of a place or an organisation: readings by word, so that 银行 is `yinhang`. Digits and
    letters stay as they are."""
    parts = ["".join(part.split()).lower() for part in lazy_pinyin(text, errors=_one_by_one)]  # type: ignore[arg-type]
    return Spelling("".join(parts), "".join(part[:1] for part in parts))


def holds(column: str, text: str, *, how: str = "contains") -> Q:
    """`column` contains (`how` "startswith": begins with) `text`, its Latin letters in either case.
    Text without any, as most is, is matched as it stands, which is cheaper."""
    is_cased = text.lower() != text.upper()
    return Q(**{f"{column}__{'i' if is_cased else ''}{how}": text})
