"""The people of a mobilisation: all of them, and branch by branch for the telephone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanqiao.kernel.errors import Refused
from sanqiao.registers.organisations.models import Organisation
from sanqiao.web.access import allowed
from sanqiao.web.people.masking import masked_phone
from sanqiao.web.request import Request
from sanqiao.web.viewing import in_area, viewing_of
from sanqiao.work.mobilisation.commands import answer_by_phone, note_attempt, open_call_list
from sanqiao.work.mobilisation.models import CallOut, Mobilisation

from . import listings
from .commanding import find
from .forms import AnswerForm, PurposeForm

SIZE = 50
OPEN = Q(answered_on=None)


@allowed("mobilisation.view")
def people(request: Request, pk: int) -> HttpResponseBase:
    return listings.called(find(request, pk)).respond(request)


@allowed("mobilisation.view")
def pledge_list(request: Request) -> HttpResponseBase:
    return listings.PLEDGES.respond(request)


@allowed("mobilisation.answer")
def call_lists(request: Request, pk: int) -> HttpResponse:
    """Branches with people who have not answered, the most first."""
    mobilisation, viewing = find(request, pk), viewing_of(request)
    mine = CallOut.objects.visible_to(request.user).filter(mobilisation=mobilisation)
    rows = (
        in_area(mine, viewing).exclude(organisation=None).order_by()
        .values("organisation__code", "organisation__name", "organisation__area__name")
        .annotate(called=Count("pk"), left=Count("pk", filter=OPEN))
        .filter(left__gt=0).order_by("-left", "organisation__code")
    )  # fmt: skip
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    context = {"mobilisation": mobilisation, "page": page, "viewing": viewing}
    return render(request, "mobilisation/call_lists.html", context)


@allowed("mobilisation.answer")
def call_list(request: Request, pk: int, code: str) -> HttpResponse:
    """The branch's own list; numbers masked until somebody says why."""
    mobilisation, organisation = find(request, pk), _organisation(request, code)
    rows = CallOut.objects.visible_to(request.user).select_related("person")
    rows = rows.filter(mobilisation=mobilisation, organisation=organisation)
    found = rows.order_by("answered_on", "person__pinyin", "pk")
    phones = {each.pk: _masked(each) for each in found}
    return _list(request, mobilisation, organisation, list(found), phones)


@allowed("mobilisation.answer")
def call_list_open(request: Request, pk: int, code: str) -> HttpResponse:
    """The numbers in full, once, on this page only."""
    mobilisation, organisation = find(request, pk), _organisation(request, code)
    form = PurposeForm(request.POST or None)
    given = {"mobilisation": mobilisation, "organisation": organisation, "by": request.user}
    if form.run(open_call_list, **given):
        phones = {each.pk: str(each.person.phone) for each in form.result if each.person}
        answer = _list(request, mobilisation, organisation, form.result, phones, is_open=True)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    context = {
        "form": form,
        "title": _("显示手机号：%(name)s") % {"name": organisation.name},
        "save": _("显示"),
        "back": reverse("mobilisations:call_list", args=[pk, code]),
    }
    return render(request, "form.html", context)


def _list(
    request: Request,
    mobilisation: Mobilisation,
    organisation: Organisation,
    call_outs: list[CallOut],
    phones: dict[int, str],
    *,
    is_open: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "mobilisation": mobilisation,
        "organisation": organisation,
        "rows": [(each, phones.get(each.pk, "")) for each in call_outs],
        "left": sum(each.answered_on is None for each in call_outs),
        "is_open": is_open,
    }
    return render(request, "mobilisation/call_list.html", context)


def _organisation(request: Request, code: str) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.user), code=code)


def _masked(call_out: CallOut) -> str:
    return masked_phone(str(call_out.person.phone)) if call_out.person else ""


@allowed("mobilisation.answer")
@require_POST
def call_result(request: Request, pk: int, call_out: int, result: str) -> HttpResponse:
    """What came of one call: can, cannot, no_reply, wrong_number."""
    mobilisation = find(request, pk)
    rows = CallOut.objects.visible_to(request.user).select_related("mobilisation", "organisation")
    found = get_object_or_404(rows, pk=call_out, mobilisation=mobilisation)
    try:
        messages.success(request, _recorded(request, found, result))
    except Refused as refusal:
        messages.error(request, refusal.message)
    code = found.organisation.code if found.organisation else ""
    return (
        redirect("mobilisations:call_list", pk, code)
        if code
        else redirect("mobilisations:people", pk)
    )


def _recorded(request: Request, call_out: CallOut, result: str) -> str:
    """What to say about it. Raises Refused, and Http404 for an unknown result."""
    if result in {"no_reply", "wrong_number"}:
        note_attempt(call_out=call_out, wrong_number=result == "wrong_number", by=request.user)
        return _("已记录")
    form = AnswerForm({"answer": result, "reason": request.POST.get("reason", "")})
    if not form.is_valid():
        raise Http404
    stands = answer_by_phone(call_out=call_out, by=request.user, **form.cleaned_data)
    return _("已记录回复") if stands else _("此前已有回复，以第一次为准；这次已留存。")
