"""What a file is called when somebody keeps it."""

from __future__ import annotations

import re
from datetime import date

from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

REFUSED = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
"""What one file system or another has no place for."""
LONGEST = 200
"""Bytes: a file system takes 255, and a browser adds to a name that is there already."""


def file_name(title: object, *parts: object, kind: str) -> str:
    """`<title>-<part>-<20200630>.<kind>`; of a title that is too long, the beginning."""
    rest = "".join(f"-{_plain(part)}" for part in parts if part) + f".{kind}"
    head = _plain(title).encode()[: LONGEST - len(rest.encode())].decode(errors="ignore")
    return f"{head.strip()}{rest}"


def _plain(part: object) -> str:
    text = f"{part:%Y%m%d}" if isinstance(part, date) else str(part)
    return REFUSED.sub(" ", text).strip(" .")


def to_keep(answer: HttpResponseBase, name: str) -> None:
    """The browser saves the answer under this name (RFC 6266; not in ASCII, by RFC 5987)."""
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
