"""The narrow door for one-tap answers, before Django: for when a whole city answers at once.

It takes `POST /a/<token>/<can|cannot>/` and nothing else, needs no session, no cookie and no
template, and leaves whatever is unusual (a wrong link, a late answer) to the page behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import parse_qs

import psycopg
from django.db import DatabaseError, connection

from sanqiao.kernel.errors import Refused
from sanqiao.work.mobilisation.commands.answering import answer_at_the_door
from sanqiao.work.mobilisation.links import Named, named_by

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]
MOST_BYTES = 4096
HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Length", "0"),
    ("Referrer-Policy", "no-referrer"),
)


class Tap(NamedTuple):
    """What one request wants."""

    token: str
    named: Named
    answer: str
    reason: str


class AnswerDoor:
    """WSGI, around the application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        tap = tapped(environ)
        if tap is None or not taken(tap):
            return self.application(environ, start)
        start("303 See Other", [("Location", f"/a/{tap.token}/"), *HEADERS])
        return ()


def tapped(environ: Environ) -> Tap | None:
    """None for everything that this door does not know."""
    path: str = environ["PATH_INFO"]
    if environ["REQUEST_METHOD"] != "POST" or not path.startswith("/a/"):
        return None
    parts = path.split("/")
    named = named_by(parts[2]) if len(parts) == 5 and parts[4] == "" else None
    return None if named is None else Tap(parts[2], named, parts[3], _reason(environ))


def _reason(environ: Environ) -> str:
    """From the body, which the page behind the door can read again."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= MOST_BYTES:
        return ""
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return parse_qs(body.decode("utf-8", "replace")).get("reason", [""])[0]


def taken(tap: Tap) -> bool:
    """False when the page behind has to say why not. The connection stays for the next one."""
    try:
        answer_at_the_door(named=tap.named, answer=tap.answer, reason=tap.reason)
    except Refused:
        return False
    except (DatabaseError, psycopg.Error):
        connection.close()
        return False
    return True
