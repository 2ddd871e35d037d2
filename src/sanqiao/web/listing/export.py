"""A list as a file, as shown: same columns, filters and order; nothing unmasked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sanqiao.figures import catalogue
from sanqiao.kernel.models import note
from sanqiao.kernel.sheets.exporting import export_csv, export_xlsx
from sanqiao.web.downloads import file_name, to_keep
from sanqiao.web.exporting import asking
from sanqiao.web.request import Request
from sanqiao.web.viewing import Viewing

from .columns import Row, filled
from .page import chosen_columns, chosen_sort, described, selected

if TYPE_CHECKING:
    from .declaration import Listing

ACT = "export"
CHUNK = 2000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export(listing: Listing, request: Request, viewing: Viewing) -> HttpResponseBase:
    """Noted as an event, because many rows leave the house at once. A long xlsx is a job."""
    if ACT not in request.user.acts:
        raise PermissionDenied
    kind = "csv" if request.GET["export"] == "csv" else "xlsx"
    if kind == "xlsx":
        rows = _rows(listing, request, viewing)
        if there := asking.given_to_a_job(request, listing.title, rows):
            return there
    note(
        "kernel.rows_exported", subject=request.user, by=request.user,
        list=listing.name, file=kind, filters=described(listing, request, viewing),
    )  # fmt: skip
    write = _csv if kind == "csv" else _xlsx
    answer = write(listing, request, viewing)
    to_keep(answer, file_name(listing.title, viewing.area, viewing.as_of, kind=kind))
    return answer


def _head(listing: Listing, request: Request) -> list[str | Promise]:
    return [column.title for column in chosen_columns(listing, request)]


def _lines(listing: Listing, request: Request, viewing: Viewing) -> Iterator[list[Any]]:
    """A list a row, read in pieces."""
    columns = chosen_columns(listing, request)
    values = [column.bind() for column in columns]
    found = _rows(listing, request, viewing).iterator(chunk_size=CHUNK)
    while piece := list(islice(found, CHUNK)):
        for row in filled(piece, columns):
            yield [value(row) for value in values]


def _rows(listing: Listing, request: Request, viewing: Viewing) -> QuerySet[Any, Row]:
    """The ticked rows, or all."""
    columns = chosen_columns(listing, request)
    rows = selected(listing, request, viewing, columns, chosen_sort(listing, request))
    ticked = _ticked(request)
    return rows.filter(pk__in=ticked) if ticked else rows


def _ticked(request: Request) -> list[int]:
    return [int(pk) for pk in request.GET.getlist("row") if pk.isdecimal()]


def _csv(listing: Listing, request: Request, viewing: Viewing) -> HttpResponseBase:
    """Streamed; the middleware gives the stream the reader's scope again."""
    lines = export_csv(_head(listing, request), _lines(listing, request, viewing))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


def _xlsx(listing: Listing, request: Request, viewing: Viewing) -> HttpResponseBase:
    """Written to a file first: the format needs its end before its beginning."""
    place = asking.folder(request)
    file = NamedTemporaryFile(suffix=".xlsx", dir=place)  # noqa: SIM115 - the response closes it
    lines = asking.counted(
        request, _lines(listing, request, viewing), _rows(listing, request, viewing)
    )
    facts = _facts(listing, request, viewing)
    export_xlsx(file.name, listing.title, _head(listing, request), lines, facts)
    return FileResponse(file, content_type=XLSX)


def _facts(listing: Listing, request: Request, viewing: Viewing) -> list[tuple[Any, object]]:
    """For the second sheet: filters, as-of, who made it when, definitions of the sums."""
    made = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    known = catalogue.figures_on(viewing.as_of)
    ticked = [_("只有勾选的行")] if _ticked(request) else []
    figures = [known[code] for code in listing.sums if code in known]
    return [
        (_("表名"), str(listing.title)),
        (_("导出"), f"{request.user} {made}"),
        *((_("筛选"), words) for words in (*described(listing, request, viewing), *ticked)),
        *((str(figure.name), f"{figure.definition}（{figure.source}）") for figure in figures),
    ]
