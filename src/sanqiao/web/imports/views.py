from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sanqiao.web.access import allowed
from sanqiao.web.request import Request


@allowed("import")
def import_list(request: Request) -> HttpResponse:
    return render(request, "imports/import_list.html", {})


@allowed("import")
def upload(request: Request, register: str) -> HttpResponse:
    return render(request, "imports/import_list.html", {})
