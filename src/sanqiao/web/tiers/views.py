from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sanqiao.figures.catalogue.tiers import TIERS
from sanqiao.registers.areas.models import Area
from sanqiao.web.access import allowed
from sanqiao.web.crumbs import area_crumbs
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of

from .listings import GAPS
from .pages import lines_below, read, tiers_of
from .records import records_of


@allowed("areas.view")
def structure(request: Request) -> HttpResponse:
    """How far the four tiers reach: an area by its children, a micro-grid by its records."""
    viewing = viewing_of(request)
    area = viewing.place
    columns = read(viewing)
    tiers = tiers_of(viewing, columns)
    context = {"viewing": viewing, "crumbs": area_crumbs(area), "tiers": tiers}
    if area.level == Area.Level.MICROGRID:
        return render(request, "tiers/microgrid.html", context)
    context["below"] = lines_below(viewing, columns)
    return render(request, "tiers/structure.html", context)


@allowed("areas.view")
def records(request: Request) -> HttpResponse:
    """What stands behind each tier of a micro-grid: a fragment, or a page without scripts."""
    viewing = viewing_of(request)
    if viewing.place.level != Area.Level.MICROGRID:
        raise Http404
    found = records_of(request.user, viewing)
    names = [tier.name for tier in TIERS]
    context = {"viewing": viewing, "each": list(zip(names, found, strict=True))}
    page = "tiers/records.html" if request.htmx else "tiers/records_page.html"
    return render(request, page, context)


@allowed("areas.view")
def gaps(request: Request) -> HttpResponseBase:
    """Micro-grids that lack a tier, and which."""
    return GAPS.respond(request)
