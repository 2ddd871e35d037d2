from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from sanqiao.kernel.history import history_of
from sanqiao.kernel.models import User
from sanqiao.kernel.scope import Scoped
from sanqiao.registers.areas.models import Area, Building, ClosedUnit, Compound
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.people.models import Appointment, Membership, Person
from sanqiao.web.access import allowed
from sanqiao.web.request import Request
from sanqiao.work.contributions.models import (
    Batch,
    Contribution,
    Delivery,
    Goods,
    Remittance,
    Spending,
    Verification,
)
from sanqiao.work.mobilisation.models import (
    Answer,
    CallOut,
    Deed,
    Mobilisation,
    Pledge,
    PledgeCampaign,
)
from sanqiao.work.returns.models import (
    ComparisonTable,
    Return,
    ReturnEntry,
    ReturnForm,
    ReturnVersion,
    Standing,
    Superlative,
    TableCell,
)
from sanqiao.work.service.models import (
    Exemption,
    MemberCheckIn,
    MemberReport,
    Pairing,
    UnitCheckIn,
    UnitReport,
)
from sanqiao.work.squads.models import Shift, Squad

MODELS: dict[str, Any] = {
    model._meta.label: model
    for model in (
        Area, ClosedUnit, Compound, Building, Organisation, Unit, Person, Membership, Appointment,
        Mobilisation, CallOut, Answer, PledgeCampaign, Pledge, Deed, Squad, Shift,
        Pairing, UnitCheckIn, MemberCheckIn, Exemption, MemberReport, UnitReport,
        Contribution, Batch, Remittance, Verification, Goods, Delivery, Spending,
        ReturnForm, Return, ReturnVersion, ReturnEntry, ComparisonTable, TableCell, Standing,
        Superlative,
    )
}  # fmt: skip
VIEW = tuple(f"{domain}.view" for domain in dict.fromkeys(x.split(".")[0] for x in MODELS))
"""Any of these opens the page; the record's own domain decides which records."""


@allowed(*VIEW)
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
    rows: QuerySet[Any] = model._default_manager.all()
    return rows.filter(model.rows_in(user.scope)) if issubclass(model, Scoped) else rows
