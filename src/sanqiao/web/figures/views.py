from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
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

from .behind import ALL, FIRST, behind
from .evidence import read
from .evidence import trend as trend_of
from .groups import groups, of_level
from .rows_file import rows_file

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
    evidence = read(figure, area, viewing)
    parts = [p.code for p in catalogue.parts_of(figure, viewing.as_of) if p is not figure]
    context = {
        "figure": figure,
        "viewing": viewing,
        "evidence": evidence,
        "behind": behind(request.user, figure, viewing, evidence.rows, FIRST),
        "parts": closed(parts, viewing),
    }
    page = "figures/evidence.html" if is_fragment(request, "drawer") else "figures/drawer.html"
    return render(request, page, context)


@allowed("figures.view")
def trend(request: Request, code: str) -> HttpResponse:
    """Twelve months of one number; it comes after the rest of the drawer."""
    figure, area, viewing = _asked(request, code)
    context = {
        "trend": trend_of(figure, area, viewing.as_of),
        "figure": figure,
        "viewing": viewing,
    }
    page = "figures/trend.html" if request.htmx else "figures/trend_page.html"
    return render(request, page, context)


@allowed("figures.view")
def rows(request: Request, code: str) -> HttpResponse:
    """All rows behind a number, page by page."""
    figure, area, viewing = _asked(request, code)
    total = engine.value_of(figure, area, viewing.as_of, viewing.start).rows
    start = _start(request.GET.get("page", ""), total)
    found = behind(request.user, figure, viewing, total, ALL, start)
    context = {"figure": figure, "viewing": viewing, "behind": found}
    return render(request, "figures/rows.html", context)


def _start(number: str, total: int) -> int:
    """The first row of a page; of a page past the end, past the last row."""
    page = int(number) if number.isdecimal() else 1
    return min(max(page - 1, 0) * ALL.rows, total)


@allowed("export")
def export(request: Request, code: str) -> HttpResponseBase:
    """The rows behind a number as xlsx, as far as the reader may see them."""
    figure, _area, viewing = _asked(request, code)
    return rows_file(request, figure, viewing)


def _asked(request: Request, code: str) -> tuple[Figure, Area, Viewing]:
    """Raises Http404 for a figure that is not in force on the day."""
    viewing = viewing_of(request)
    figure = catalogue.figures_on(viewing.as_of).get(code)
    if figure is None:
        raise Http404(_("没有这个指标，或者那一天还没有这个口径"))
    return figure, viewing.place, viewing
