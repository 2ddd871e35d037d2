"""A floor for a person's page: the same records by Django as it comes.

Its own users, ORM and cached templates, sessions in cookies, one connection a thread. No scope and
no row-level security, no masking, no second language, no menu by rights; as long as our page.
"""

from __future__ import annotations

import django
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.http import HttpRequest, HttpResponse  # noqa: TID251
from django.shortcuts import get_object_or_404, render  # noqa: TID251
from django.urls import path

from sanqiao.config.database import DATABASE, embedded_server
from sanqiao.config.domains import DOMAINS
from sanqiao.kernel.embedded import SUPERUSER

SERVER = embedded_server()
SERVER.start()
MENU = [(f"/page-{n}/", f"页面 {n}") for n in range(12)]
REST = "<p>" + "其余 " * 1200 + "</p>"
DETAIL = """<!doctype html><html lang="zh-Hans"><head><title>{{ person.name }}</title></head><body>
<nav>{% for href, title in menu %}<a href="{{ href }}">{{ title }}</a>{% endfor %}{{ user }}</nav>
<main><p>{% for area in crumbs %}<a href="{% url 'place' area.key %}">{{ area.name }}</a>
{% endfor %}</p><h1>{{ person.name }}</h1><dl><dt>性别</dt>
<dd>{{ person.get_gender_display }}</dd><dt>出生日期</dt>
<dd>{{ person.born_on|date:"Y-m-d" }}</dd><dt>学历</dt><dd>{{ person.education }}</dd>
<dt>居住区划</dt><dd>{{ person.area.name }}</dd><dt>手机号</dt>
<dd>{{ person.phone }}</dd></dl><table>
{% for row in memberships %}<tr><td>{{ row.get_kind_display }}</td>
<td><a href="{% url 'place' row.organisation.code %}">{{ row.organisation.name }}</a></td>
<td>{{ row.joined_on|date:"Y-m-d" }}</td><td>{{ row.valid_from|date:"Y-m-d" }}</td>
<td>{{ row.valid_to|date:"Y-m-d" }}</td></tr>{% endfor %}
{% for row in appointments %}<tr><td>{{ row.post.name }}</td>
<td><a href="{% url 'place' row.area.key %}">{{ row.area.name }}</a></td><td>{{ row.title }}</td>
<td>{{ row.valid_from|date:"Y-m-d" }}</td><td>{{ row.valid_to|date:"Y-m-d" }}</td></tr>{% endfor %}
{% for row in households %}<tr><td>{{ row.name }}</td></tr>{% endfor %}</table></main>
{{ rest|safe }}</body></html>"""

settings.configure(
    SECRET_KEY="a floor has no secrets",  # noqa: S106
    FIELD_KEY="only-for-trials-never-in-production",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    AUTH_USER_MODEL="kernel.User",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql", "NAME": DATABASE, "USER": SUPERUSER,
            "HOST": str(SERVER.socket_dir), "CONN_MAX_AGE": 600,
        }
    },
    INSTALLED_APPS=[
        "sanqiao.kernel", *(f"sanqiao.{domain}" for domain in DOMAINS), "django.contrib.auth",
        "django.contrib.contenttypes", "django.contrib.messages",
        "django.contrib.postgres", "procrastinate.contrib.django",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "context_processors": ["django.contrib.auth.context_processors.auth"],
                "loaders": [
                    (
                        "django.template.loaders.cached.Loader",
                        [("django.template.loaders.locmem.Loader", {"one": DETAIL})],
                    )
                ],
            },
        }
    ],
)  # fmt: skip
django.setup()

from sanqiao.kernel.models import User  # noqa: E402
from sanqiao.registers.areas.models import Area  # noqa: E402
from sanqiao.registers.people.models import Person  # noqa: E402


@login_required
@transaction.atomic
def one(request: HttpRequest, pk: int) -> HttpResponse:
    people = Person.objects.select_related("area").defer("area__boundary")
    person = get_object_or_404(people, pk=pk)
    leading = [*person.area.ancestor_ids, person.area_id]
    posts = person.appointments.select_related("post", "area", "unit")
    context = {
        "person": person, "menu": MENU, "rest": REST,
        "crumbs": Area.objects.filter(pk__in=leading).order_by("path").only("name", "key"),
        "memberships": person.memberships.select_related("organisation"),
        "appointments": posts.defer("area__boundary"),
        "households": person.households.select_related("area").defer("area__boundary"),
    }  # fmt: skip
    return render(request, "one", context)


def enter(request: HttpRequest, username: str) -> HttpResponse:
    login(request, User.objects.get(username=username))
    return HttpResponse()


def place(request: HttpRequest, key: str = "") -> HttpResponse:
    return HttpResponse(key)


urlpatterns = [
    path("people/<int:pk>/", one),
    path("areas/<str:key>/", place, name="place"),
    path("in/<str:username>/", enter),
    path("accounts/login/", place),
]
application = get_wsgi_application()
