from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from sanqiao.web.access import allowed
from sanqiao.web.request import Request, is_fragment

from .answers import answers
from .suggestions import SEARCHES, options


@allowed()
def find(request: Request) -> HttpResponse:
    """One box for areas, organisations, people, figures and pages; a dropdown or a page."""
    text = request.GET.get("q", "").strip()[:60]
    context = {"q": text, "groups": answers(request, text) if text else []}
    page = "finding/found.html" if is_fragment(request, "found") else "finding/find.html"
    return render(request, page, context)


@allowed("areas.view", "organisations.view")
def suggest(request: Request, kind: str) -> HttpResponse:
    """Options for the input that asks; its only parameter has the name of the field."""
    if kind not in SEARCHES:
        raise Http404
    text = str(next(iter(request.GET.dict().values()), ""))[:60]
    return HttpResponse(options(kind, text, request.user))
