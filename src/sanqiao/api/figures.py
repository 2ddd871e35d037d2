from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from sanqiao.figures import catalogue, engine
from sanqiao.figures.policies import may_see
from sanqiao.registers.areas.models import Area

if TYPE_CHECKING:
    from sanqiao.kernel.models import User

router = Router(tags=["figures"])


class FigureOut(Schema):
    """A declaration: what is counted, by whose rule, since when."""

    code: str
    name: str
    unit: str
    kind: str
    timing: str
    definition: str
    source: str
    owner: str
    since: date


class ValueOut(Schema):
    """`value` is in the figure's own unit; null when nothing was reported or there is nothing to
    divide by."""

    code: str
    area: str
    as_of: date
    start: date | None
    value: Decimal | None
    terms: list[Decimal | None]
    rows: int


@router.get("/", response=list[FigureOut])
def figure_list(request: HttpRequest) -> list[FigureOut]:
    """All figures in force today."""
    return [
        FigureOut(
            code=f.code, name=str(f.name), unit=str(f.unit), kind=f.kind, timing=f.timing,
            definition=str(f.definition), source=str(f.source), owner=str(f.owner), since=f.since,
        )
        for f in catalogue.figures().values()
    ]  # fmt: skip


@router.get("/{code}/", response=ValueOut)
def figure_value(
    request: HttpRequest, code: str, area: str, as_of: date | None = None, start: date | None = None
) -> ValueOut:
    """One figure of one area (by key) as of a day; a flow counts from `start`."""
    user = cast("User", request.user)
    day = as_of or timezone.localdate()
    figure = catalogue.figures_on(day).get(code)
    place = Area.objects.filter(key=area).first()
    if figure is None or place is None or not may_see(user, place):
        raise Http404
    value = engine.value_of(figure, place, day, start)
    return ValueOut(
        code=code, area=area, as_of=day, start=start, value=value.value, terms=list(value.terms),
        rows=value.rows,
    )  # fmt: skip
