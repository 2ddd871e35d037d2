from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sanqiao.web.access import allowed
from sanqiao.web.request import Request

from .samples import samples


@allowed()
def gallery(request: Request) -> HttpResponse:
    """Every component in every state."""
    return render(request, "gallery/gallery.html", samples())
