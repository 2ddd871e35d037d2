"""Floors for pages: Django's own view and template without a query, and an answer that stands.

The same Django, templates of like size, no session, no user, no database, no middleware.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse  # noqa: TID251
from django.shortcuts import render  # noqa: TID251
from django.urls import path

LIST = """<!doctype html><html lang="zh-Hans"><head><title>{{ title }}</title></head><body>
<nav>{% for item in menu %}<a href="{{ item.0 }}">{{ item.1 }}</a>{% endfor %}</nav><main><table>
<thead><tr>{% for head in heads %}<th scope="col">{{ head }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr><td><input type="checkbox" name="row" value="{{ row.pk }}"></td>
<th scope="row"><a href="/people/{{ row.pk }}/">{{ row.name }}</a></th><td>{{ row.gender }}</td>
<td>{{ row.kind }}</td><td><a href="/organisations/{{ row.code }}/">{{ row.branch }}</a></td>
<td><a href="/areas/{{ row.code }}/">{{ row.area }}</a></td><td>{{ row.day|date:"Y-m-d" }}</td>
<td>{{ row.phone }}</td></tr>{% endfor %}</tbody></table></main>{{ rest|safe }}</body></html>"""
MENU = [(f"/page-{n}/", f"页面 {n}") for n in range(12)]
HEADS = ("", "姓名", "性别", "党员类别", "所在党组织", "区划", "入党日期", "手机号")
ROWS = [
    {
        "pk": n, "name": f"党员 {n}", "gender": "男", "kind": "正式党员", "code": f"4203{n:05d}",
        "branch": "二堰街道党工委人民路社区党支部", "area": "人民路社区", "phone": "138****0000",
        "day": date(2010, 1, 1 + n % 28),
    }
    for n in range(50)
]  # fmt: skip
REST = "<p>" + "其余 " * 600 + "</p>"

settings.configure(
    SECRET_KEY="a floor has no secrets",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_I18N=False,
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"list": LIST})]},
        }
    ],
)


def many(request: HttpRequest) -> HttpResponse:
    context = {"title": "党员", "menu": MENU, "heads": HEADS, "rows": ROWS, "rest": REST}
    return render(request, "list", context)


def still(request: HttpRequest) -> HttpResponse:
    return HttpResponse(REST)


urlpatterns = [
    path("list/", many),
    path("accounts/login/", still),
]
application = get_wsgi_application()
