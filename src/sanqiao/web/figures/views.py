from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from sanqiao.figures import catalogue, engine
from sanqiao.figures.figure import Figure
from sanqiao.figures.policies import may_see
from sanqiao.registers.areas.models import Area
from sanqiao.web.access import allowed
from sanqiao.web.doors import closed, doors
from sanqiao.web.request import Request, is_fragment
from sanqiao.web.viewing import Viewing, viewing_of

from . import evidence
from .groups import groups, of_level

MOST = 12


@allowed("figures.view")
def catalogue_page(request: Request) -> HttpResponse:
    """Every figure in force: what it means, and its door."""
    viewing = viewing_of(request)
    context = {"groups": groups(viewing), "viewing": viewing, "q": request.GET.get("q", "")}
    return render(request, "figures/catalogue.html", context)


@allowed("figures.view")
def band(request: Request) -> HttpResponse:
    return render(
        request, "figures/band.html", {"doors": doors(_codes(request), viewing_of(request))}
    )


@allowed("figures.view")
def sums(request: Request) -> HttpResponse:
    return render(
        request, "figures/sums.html", {"doors": doors(_codes(request), viewing_of(request))}
    )


def _codes(request: Request) -> list[str]:
    return request.GET.get("codes", "").split(",")[:MOST]


@allowed("figures.view")
def of_area(request: Request, key: str) -> HttpResponse:
    """The figures that say most about an area of this level."""
    area = get_object_or_404(Area.objects.defer("boundary"), key=key)
    if not may_see(request.user, area):
        raise Http404
    viewing = viewing_of(request)
    here = Viewing(area, viewing.period, viewing.given, viewing.asked_start)
    return render(request, "figures/sums.html", {"doors": doors(of_level(area.level), here)})


@allowed("figures.view")
def drawer(request: Request, code: str) -> HttpResponse:
    """The evidence of one number: at the right edge, or as a page of its own."""
    figure, area, viewing = _asked(request, code)
    value, bars = evidence.value_and_bars(figure, area, viewing)
    context = {
        **_rows(request, figure, area, viewing, evidence.FIRST),
        "figure": figure,
        "viewing": viewing,
        "value": value,
        "bars": bars,
        "parts": [
            closed([part.code], viewing)
            for part in catalogue.parts_of(figure, viewing.as_of)
            if part is not figure
        ],
    }
    page = "figures/evidence.html" if is_fragment(request, "drawer") else "figures/drawer.html"
    return render(request, page, context)


@allowed("figures.view")
def trend(request: Request, code: str) -> HttpResponse:
    """Twelve months of one number; it comes after the rest of the drawer."""
    figure, area, viewing = _asked(request, code)
    context = {
        "trend": evidence.trend(figure, area, viewing.as_of),
        "figure": figure,
        "viewing": viewing,
    }
    page = "figures/trend.html" if request.htmx else "figures/trend_page.html"
    return render(request, page, context)


@allowed("figures.view")
def rows(request: Request, code: str) -> HttpResponse:
    """All rows behind a number, as far as the reader may see them, page by page."""
    figure, area, viewing = _asked(request, code)
    number = request.GET.get("page", "1")
    start = (max(1, int(number)) - 1) * evidence.ALL.size if number.isdecimal() else 0
    context = {
        "figure": figure,
        "viewing": viewing,
        **_rows(request, figure, area, viewing, evidence.ALL, start),
    }
    return render(request, "figures/rows.html", context)


def _asked(request: Request, code: str) -> tuple[Figure, Area, Viewing]:
    viewing = viewing_of(request)
    figure = evidence.figure_on(code, viewing.as_of)
    if figure is None:
        raise Http404(_("没有这个指标，或者那一天还没有这个口径"))
    if viewing.area is None:
        raise PermissionDenied
    return figure, viewing.area, viewing


def _rows(
    request: Request,
    figure: Figure,
    area: Area,
    viewing: Viewing,
    view: evidence.Rows,
    start: int = 0,
) -> dict[str, Any]:
    """Rows of the first part, whose number is the numerator; none without the right to see them."""
    found = engine.rows_of(figure, area, viewing.as_of, viewing.start)
    seen = engine.shown_to(request.user, found)
    if _act(found.model) not in request.user.acts:
        return {"heads": [], "lines": [], "shown": 0, "total": seen.total, "next": 0}
    fields = evidence.heads(found.model, view.columns)
    page = seen.rows.order_by("pk")[start : start + view.size]
    return {
        "heads": [field.verbose_name for field in fields],
        "lines": evidence.lines(fields, page),
        "first": start,
        "shown": seen.shown,
        "total": seen.total,
        "next": start // view.size + 2 if seen.shown > start + view.size else 0,
    }


def _act(model: Any) -> str:
    """`people.view` and the like: the act that opens rows of a domain."""
    return f"{model._meta.app_label}.view"
