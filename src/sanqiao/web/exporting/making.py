"""The job's side: open the address, write the file beside its place, and put it there whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import FileResponse, Http404, HttpRequest, QueryDict
from django.urls import resolve
from django.utils.translation import gettext as _
from django.utils.translation import override
from django_htmx.middleware import HtmxDetails

from sanqiao.kernel.commands import Stopped, advance, finish, start_progress
from sanqiao.kernel.models import Progress, User
from sanqiao.kernel.scope import acting_as

from .keeping import place_of, work_folder

T = TypeVar("T")
KIND = "export"
STEP = 1_000
State = Progress.State


class Making:
    """A file being made: where it is written, and how far it is."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.folder = work_folder(progress)
        self.rows = 0

    def counted(self, lines: Iterable[T], total: int) -> Iterator[T]:
        """Raises Stopped."""
        self._tell(total)
        for self.rows, line in enumerate(lines, 1):
            yield line
            if self.rows % STEP == 0:
                self._tell(total)
        self._tell(self.rows)

    def _tell(self, total: int) -> None:
        if not advance(progress=self.progress, done=self.rows, total=total):
            raise Stopped


def make(pk: int, language: str) -> None:
    """Begun again after a worker's death it starts over; what is over stays as it is."""
    progress = Progress.objects.select_related("started_by").get(pk=pk)
    about = dict(progress.result)
    if not start_progress(progress=progress, total=0, again=True):
        return
    making = Making(progress)
    try:
        with override(language):
            result = about | _make(making, about["address"])
            finish(progress=progress, result=result, message=_("文件保留一天，只有您能下载。"))
    except Stopped:
        finish(progress=progress, state=State.STOPPED)
    except OperationalError:
        raise  # the database went away: the queue tries again
    except Exception as error:
        finish(progress=progress, state=State.FAILED, message=_reason(error, language))
        raise
    finally:
        shutil.rmtree(making.folder, ignore_errors=True)


def _make(making: Making, address: str) -> dict[str, Any]:
    """The name of the file and how many rows it has."""
    user = User.objects.get(pk=making.progress.started_by_id)
    with acting_as(user, request=f"export-{making.progress.pk}"):
        answer = _open(_request(making, user, address))
        written = making.folder / "whole"
        with written.open("wb") as file:
            file.writelines(answer)
            file.flush()
            os.fsync(file.fileno())
    _put(written, place_of(making.progress))
    return {"file": answer.headers["Content-Disposition"], "rows": making.rows}


def _put(written: Path, place: Path) -> None:
    written.chmod(0o600)
    written.replace(place)


def _open(request: HttpRequest) -> FileResponse:
    match = resolve(request.path_info)
    request.resolver_match = match
    answer = match.func(request, *match.args, **match.kwargs)
    if not isinstance(answer, FileResponse):
        raise PermissionDenied
    return answer


def _request(making: Making, user: User, address: str) -> HttpRequest:
    """As the browser asked, without its cookies."""
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = address.partition("?")[0]
    request.GET = QueryDict(address.partition("?")[2])
    request.user = user
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    request.making = making  # type: ignore[attr-defined]
    return request


def _reason(error: Exception, language: str) -> str:
    with override(language):
        if isinstance(error, PermissionDenied | Http404):
            return _("您已无权导出这些记录。")
        return _("没有做成，请再试一次；仍不行请告诉系统管理员。")
