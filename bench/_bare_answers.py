"""The floor for answers: bare Django that takes one as any workbench would, by its ORM.

The same database server and number of rows; plain tables without guards, no middleware, no user.
Four statements in a transaction: the person held, the answer, its history, its event.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: TID251
from django.urls import path
from django.utils import timezone

from sanqiao.config.database import DATABASE
from sanqiao.kernel.embedded import PORT, SUPERUSER

settings.configure(
    SECRET_KEY="a floor has no secrets",  # noqa: S106
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_I18N=False,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": SUPERUSER,
            "HOST": os.environ["BENCH_SOCKETS"],
            "PORT": str(PORT),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": "-c search_path=bench"},
        }
    },
)
django.setup()


class Called(models.Model):
    """Somebody called."""

    area_path = models.TextField()
    answer = models.TextField()

    class Meta:
        app_label, managed, db_table = "floor", False, "called"

    def __str__(self) -> str:
        return str(self.pk)


class Given(models.Model):
    """History of answers."""

    called = models.ForeignKey(Called, models.PROTECT)
    answer = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = "floor", False, "given"

    def __str__(self) -> str:
        return str(self.pk)


class Event(models.Model):
    """What happened."""

    kind = models.TextField()
    subject = models.TextField()
    at = models.DateTimeField()
    area_path = models.TextField()
    data = models.JSONField()

    class Meta:
        app_label, managed, db_table = "floor", False, "event"

    def __str__(self) -> str:
        return self.kind


@transaction.atomic
def answer(request: HttpRequest, pk: int, choice: str) -> HttpResponse:
    now = timezone.now()
    called = Called._default_manager.select_for_update().get(pk=pk)
    stands = not called.answer
    if stands:
        called.answer = choice
        called.save(update_fields=["answer"])
    Given._default_manager.create(called=called, answer=choice, at=now)
    Event._default_manager.create(
        kind="answered", subject=f"Called:{pk}", at=now, area_path=called.area_path,
        data={"via": "link", "stands": stands},
    )  # fmt: skip
    return HttpResponseRedirect(f"/a/{pk}/")


def still(request: HttpRequest) -> HttpResponse:
    return HttpResponse("")


urlpatterns = [path("a/<int:pk>/<slug:choice>/", answer), path("accounts/login/", still)]
application = get_wsgi_application()
