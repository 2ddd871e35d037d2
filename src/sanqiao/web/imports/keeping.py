"""The uploaded file between preview and commit: on our disk, for one session, for a day at most."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404

from sanqiao.web.request import Request

DAY_SECONDS = 24 * 60 * 60
LARGEST = 50 * 1024 * 1024
SESSION_KEY, DONE_KEY = "imports", "imported"


class Upload(NamedTuple):
    register: str
    name: str
    content: bytes


def keep(request: Request, register: str, name: str, content: bytes) -> str:
    """The token by which this session finds the file again."""
    sweep()
    token = secrets.token_urlsafe(16)
    path = _folder() / token
    path.touch(mode=0o600)
    path.write_bytes(content)
    kept = request.session.get(SESSION_KEY, {})
    request.session[SESSION_KEY] = {**kept, token: [register, name]}
    return token


def kept(request: Request, register: str, token: str) -> Upload:
    """Raises Http404 for another session's file, and for one that is gone."""
    found = request.session.get(SESSION_KEY, {}).get(token)
    path = _folder() / token if found else None
    if path is None or found[0] != register or not path.is_file():
        raise Http404
    return Upload(register, found[1], path.read_bytes())


def forget(request: Request, token: str) -> None:
    """The file goes; that it was imported stays known, for who sends the button twice."""
    left = dict(request.session.get(SESSION_KEY, {}))
    if left.pop(token, None):
        (_folder() / token).unlink(missing_ok=True)
        request.session[DONE_KEY] = [*request.session.get(DONE_KEY, [])[-9:], token]
    request.session[SESSION_KEY] = left


def is_done(request: Request, token: str) -> bool:
    """Did this session import that file?"""
    return token in request.session.get(DONE_KEY, [])


def _folder() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def sweep() -> None:
    """Files that nobody came back for."""
    for path in _folder().iterdir():
        if time.time() - path.stat().st_mtime > DAY_SECONDS:
            path.unlink(missing_ok=True)
