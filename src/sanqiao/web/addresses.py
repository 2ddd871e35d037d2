"""Addresses of pages: Django's `reverse` takes longer over the links of a list than the database
over its rows, so each view's address is made once, with places for its arguments."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django.urls import get_script_prefix, reverse

STAND_IN = 7_400_000_000
SAFE = "/~:@!$&'()*+,;="
"""What Django leaves as it is in a path (RFC 3986, section 3.3)."""


def address(view: str, *arguments: object) -> str:
    """Of the page of `view` for these positional arguments. Raises NoReverseMatch."""
    pieces = _pieces(view, len(arguments), get_script_prefix())
    parts = [pieces[0]]
    for argument, piece in zip(arguments, pieces[1:], strict=True):
        parts += quote(str(argument), SAFE), piece
    return "".join(parts)


@lru_cache(maxsize=2048)
def _pieces(view: str, count: int, _prefix: str) -> list[str]:
    """The address cut where the arguments go; those of every view may be digits."""
    marks = [str(STAND_IN + n) for n in range(count)]
    rest, pieces = reverse(view, args=marks), []
    for mark in marks:
        piece, rest = rest.split(mark, 1)
        pieces.append(piece)
    return [*pieces, rest]
