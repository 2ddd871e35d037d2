"""Which rows a page of a list shows, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from sanqiao.kernel import prepared
from sanqiao.kernel.models import User
from sanqiao.kernel.periods import Day
from sanqiao.registers.areas.models import Area
from sanqiao.web.request import Request
from sanqiao.web.viewing import Viewing

from .columns import Column, Row, filled
from .filters import ONE, conditions

if TYPE_CHECKING:
    from .declaration import Listing

Columns = tuple[Column, ...]
SIZE = 50
COUNTED = 10_000
"""Counting stops here; beyond it the page says so."""


@dataclass(frozen=True)
class Found:
    """The rows of one page, whether more follow, and the count, which stops after 10,000."""

    rows: list[Row]
    has_more: bool
    count: int


def found(
    listing: Listing, request: Request, viewing: Viewing, columns: Columns, sort: str, number: int
) -> Found:
    """Three queries: the ids of the page and one more, their rows, so that only these are joined
    to others, and the count."""
    start = (number - 1) * SIZE
    narrow = conditions(listing.narrowing, request.GET)
    if listing.is_plain and not sort and not narrow:
        asked: Asked | Kept = Kept(listing, request.user, viewing)
    else:
        asked = Asked(narrowed(listing, request, viewing), ordering(listing, sort))
    ids, count = asked.ids_and_count(start)
    by_id = {row["pk"]: row for row in asked.page(columns, ids)} if ids else {}
    shown = [by_id[pk] for pk in ids[:SIZE] if pk in by_id]
    return Found(filled(shown, columns), len(ids) > SIZE, count)


def narrowed(listing: Listing, request: Request, viewing: Viewing) -> QuerySet[Any]:
    """By the filters; the one record that somebody came for is found wherever it lies in the
    reader's scope, as its area may have moved since."""
    rows = listing.rows(request.user, viewing)
    if ONE.is_given(request.GET) and rows.model is not Area:
        rows = listing.rows(request.user, replace(viewing, area=None))
    return rows.filter(*conditions(listing.narrowing, request.GET))


@dataclass(frozen=True)
class Asked:
    """A query of this request."""

    rows: QuerySet[Any]
    order: tuple[str, ...]

    def ids_and_count(self, start: int) -> tuple[list[int], int]:
        """Without asking for the count where the first page holds everything."""
        ids = list(page_ids(self.rows, self.order, start).values_list("pk", flat=True))
        is_whole = not start and len(ids) <= SIZE
        return ids, len(ids) if is_whole else counted(self.rows).count()

    def page(self, columns: Columns, ids: list[int]) -> list[Row]:
        return list(page_rows(self.rows, columns, tuple(ids)))


@dataclass(frozen=True)
class Kept:
    """A query that is the same for every reader, area and day."""

    listing: Listing
    user: User
    viewing: Viewing

    def ids_and_count(self, start: int) -> tuple[list[int], int]:
        ids, counts = prepared.answers(
            prepared.question(PlainIds(self.listing, start), self.user, **self.place),
            prepared.how_many(Plain(self.listing), self.user, **self.place),
        )
        return [row["pk"] for row in ids], sum(counts)

    def page(self, columns: Columns, ids: list[int]) -> list[Row]:
        """The last id again and again for a short page: all pages are one statement."""
        filled = (*ids, *ids[-1:] * (SIZE + 1 - len(ids)))
        return prepared.fetch(PlainRows(self.listing, columns), self.user, ids=filled, **self.place)

    @property
    def place(self) -> dict[str, Any]:
        area = self.viewing.area
        return {"path": area.path if area else None, "day": self.viewing.as_of}


@dataclass(frozen=True)
class Plain:
    """Builds the rows of a listing for some reader, area and day."""

    listing: Listing

    def __call__(self, user: User, *, path: str | None, day: date) -> QuerySet[Any]:
        return counted(self.rows(user, path, day))

    def rows(self, user: User, path: str | None, day: date) -> QuerySet[Any]:
        area = None if path is None else Area(path=path)
        return self.listing.rows(user, Viewing(area, Day(day), ()))


@dataclass(frozen=True)
class PlainIds(Plain):
    start: int

    def __call__(self, user: User, *, path: str | None, day: date) -> QuerySet[Any]:
        return page_ids(self.rows(user, path, day), self.listing.order, self.start)


@dataclass(frozen=True)
class PlainRows(Plain):
    columns: Columns

    def __call__(  # type: ignore[override]
        self, user: User, *, path: str | None, day: date, ids: tuple[int, ...]
    ) -> QuerySet[Any]:
        return page_rows(self.rows(user, path, day), self.columns, ids)


def page_ids(rows: QuerySet[Any], order: tuple[str, ...], start: int) -> QuerySet[Any, Row]:
    return rows.order_by(*order).values("pk")[start : start + SIZE + 1]


def page_rows(rows: QuerySet[Any], columns: Columns, ids: tuple[int, ...]) -> QuerySet[Any, Row]:
    return rows.order_by().filter(pk__in=ids).values(*fields(columns))


def counted(rows: QuerySet[Any]) -> QuerySet[Any, Row]:
    return rows.order_by().values("pk")[: COUNTED + 1]


def fields(columns: Columns) -> Iterable[str]:
    return dict.fromkeys(("pk", *(name for column in columns for name in column.fields)))


def ordering(listing: Listing, sort: str) -> tuple[str, ...]:
    name, sign = sort.removeprefix("-"), "-" if sort.startswith("-") else ""
    column = next((column for column in listing.columns if column.name == name), None)
    return (*(sign + field for field in column.sort), *listing.order) if column else listing.order
