from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from sanqiao.kernel.history import history_of
from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import Area, ClosedUnit, Compound
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.models import Appointment, Membership, Person
from sanqiao.web.access import allowed
from sanqiao.web.request import Request
from sanqiao.work.mobilisation.models import Mobilisation
from sanqiao.work.squads.models import Shift, Squad

MODELS: dict[str, Any] = {
    model._meta.label: model
    for model in (
        Area,
        ClosedUnit,
        Compound,
        Organisation,
        Unit,
        Person,
        Membership,
        Appointment,
        Squad,
        Shift,
        Mobilisation,
    )  # fmt: skip
}


@allowed("areas.view", "organisations.view", "people.view")
def history(request: Request, label: str, pk: int) -> HttpResponse:
    """Who changed what of one record, and when."""
    record = get_object_or_404(_visible(label, request.user), pk=pk)
    context = {"record": record, "versions": history_of(record)}
    page = "components/history.html" if request.htmx else "history/history.html"
    return render(request, page, context)


def _visible(label: str, user: User) -> QuerySet[Any]:
    model = MODELS.get(label)
    if model is None:
        raise Http404
    if f"{model._meta.app_label}.view" not in user.acts:
        raise PermissionDenied
    rows: QuerySet[Any] = model.objects.all() if model is Area else model.objects.visible_to(user)
    return rows
