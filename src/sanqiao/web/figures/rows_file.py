"""The rows behind a number as a file, with the number and its definition beside them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Field, Model, QuerySet
from django.http import FileResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.figures import engine
from sanqiao.figures.figure import Figure
from sanqiao.kernel.models import User, note
from sanqiao.kernel.sheets.exporting import export_xlsx
from sanqiao.web.doors import shown
from sanqiao.web.downloads import file_name, to_keep
from sanqiao.web.exporting import asking
from sanqiao.web.listing.export import CHUNK, XLSX
from sanqiao.web.request import Request
from sanqiao.web.viewing import Viewing

from .behind import ALL, fields_of, picked, visible, word


def rows_file(request: Request, figure: Figure, viewing: Viewing) -> HttpResponseBase:
    """Noted as an event, because many rows leave the house at once; a long file is a job.

    Raises PermissionDenied.
    """
    user = request.user
    found = engine.rows_of(figure, viewing.place, viewing.as_of, viewing.start)
    rows = visible(found, user)
    if rows is None:
        raise PermissionDenied
    if there := asking.given_to_a_job(request, figure.name, rows):
        return there
    where = [viewing.place.name, viewing.as_of.isoformat()]
    note(
        "kernel.rows_exported", subject=user, by=user,
        list=figure.code, file="xlsx", filters=where,
    )  # fmt: skip
    fields = fields_of(found.model, ALL.columns)
    heads = [str(field.verbose_name) for field in fields]
    place = asking.folder(request)
    file = NamedTemporaryFile(suffix=".xlsx", dir=place)  # noqa: SIM115 - the response closes it
    facts = _facts(user, figure, viewing)
    lines = asking.counted(request, _lines(rows, fields), rows)
    export_xlsx(file.name, str(figure.name), heads, lines, facts)
    answer = FileResponse(file, content_type=XLSX)
    to_keep(answer, file_name(figure.name, viewing.place, viewing.as_of, kind="xlsx"))
    return answer


def _lines(rows: QuerySet[Any], fields: list[Field[Any, Any]]) -> Iterator[list[Any]]:
    for row in picked(rows, fields).iterator(chunk_size=CHUNK):
        yield [_cell(row, field) for field in fields]


def _cell(row: Model, field: Field[Any, Any]) -> Any:
    """Numbers and days as such; choices and records as words."""
    if field.flatchoices or field.is_relation:
        return word(row, field)
    return getattr(row, field.name)


def _stated(figure: Figure, value: Decimal | None) -> str:
    """With its unit; a dash alone for no value."""
    return shown(value, figure.decimals) + ("" if value is None else str(figure.unit))


def _facts(user: User, figure: Figure, viewing: Viewing) -> list[tuple[Any, object]]:
    value = engine.value_of(figure, viewing.place, viewing.as_of, viewing.start).value
    made = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    return [
        (_("指标"), f"{figure.name}：{_stated(figure, value)}"),
        (_("口径"), f"{figure.definition}（{figure.source}）"),
        (_("区划"), viewing.place.name),
        (_("截至"), viewing.as_of.isoformat()),
        (_("导出"), f"{user} {made}"),
        (_("范围"), _("只含导出人可查看的记录；数值本身不因查看人而变")),
    ]
