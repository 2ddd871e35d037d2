"""The uploaded file and its preview, until it is imported: on our disk, sealed, for who sent it,
for a day."""

from __future__ import annotations

import json
import secrets
import shutil
import time
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404

from sanqiao.kernel.fields import seal, unseal
from sanqiao.kernel.models import User
from sanqiao.web.request import Request

DAY_SECONDS = 24 * 60 * 60
LARGEST = 50 * 1024 * 1024
DONE_KEY = "imported"


class Upload(NamedTuple):
    """`token` is how who sent it finds it again."""

    token: str
    register: str
    name: str
    folder: Path

    @property
    def content(self) -> bytes:
        """As it was sent. Raises FileNotFoundError."""
        return self.get("file")

    def get(self, part: str) -> bytes:
        """Raises FileNotFoundError."""
        return unseal((self.folder / part).read_bytes())

    def has(self, part: str) -> bool:
        return (self.folder / part).is_file()

    def put(self, part: str, content: bytes) -> None:
        """Whole or not at all, whoever is killed. Raises FileNotFoundError when it is forgotten."""
        made = self.folder / f"{part}.part"
        made.touch(mode=0o600)
        made.write_bytes(seal(content))
        made.replace(self.folder / part)


def keep(by: User, register: str, name: str, content: bytes) -> Upload:
    sweep()
    token = secrets.token_urlsafe(16)
    upload = Upload(token, register, name, _place(by, token))
    upload.folder.mkdir(mode=0o700)
    upload.put("file", content)
    upload.put("about", json.dumps([register, name]).encode())
    return upload


def found(by: User, register: str, token: str) -> Upload | None:
    """None for somebody else's file, for one of another register, and for one that is gone."""
    folder = _place(by, token)
    if not (folder / "about").is_file():
        return None
    of, name = json.loads(unseal((folder / "about").read_bytes()))
    return Upload(token, of, name, folder) if of == register else None


def kept(by: User, register: str, token: str) -> Upload:
    """Raises Http404 where nothing is found."""
    upload = found(by, register, token)
    if upload is None:
        raise Http404
    return upload


def forget(upload: Upload) -> None:
    shutil.rmtree(upload.folder, ignore_errors=True)


def mark_done(request: Request, upload: Upload) -> None:
    """The file goes; that it was imported stays known, for who sends the button twice."""
    forget(upload)
    request.session[DONE_KEY] = [*request.session.get(DONE_KEY, [])[-9:], upload.token]


def is_done(request: Request, token: str) -> bool:
    """Did this session import that file?"""
    return token in request.session.get(DONE_KEY, [])


def sweep() -> None:
    """Files that nobody came back for."""
    for path in _uploads().iterdir():
        if time.time() - path.stat().st_mtime > DAY_SECONDS:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def _place(by: User, token: str) -> Path:
    return _uploads() / f"{by.pk}-{token}"


def _uploads() -> Path:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
