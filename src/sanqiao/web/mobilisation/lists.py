"""The people of a mobilisation: all of them, and branch by branch for the telephone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce, Concat
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanqiao.kernel.errors import Refused
from sanqiao.registers.areas.models import Area
from sanqiao.registers.organisations.models import Organisation
from sanqiao.web.access import allowed, ask
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.people.masking import masked_phone
from sanqiao.web.request import Request
from sanqiao.web.viewing import in_area, viewing_of
from sanqiao.work.mobilisation.commands import answer_by_phone, note_attempt, open_call_list
from sanqiao.work.mobilisation.models import CallOut, Mobilisation
from sanqiao.work.mobilisation.policies import check_opens_list

from . import listings
from .commanding import find
from .forms import AnswerForm, PurposeForm

SIZE = 50
OPEN = Q(answered_on=None)
OF_AREA = "area-"
"""Begins the code of a list of those who belong to no branch; the area's key follows."""


@allowed("mobilisation.view")
def people(request: Request, pk: int) -> HttpResponseBase:
    mobilisation = find(request, pk)
    return listings.called(mobilisation).respond(request, mobilisation=mobilisation)


@allowed("mobilisation.view")
def pledge_list(request: Request) -> HttpResponseBase:
    return listings.PLEDGES.respond(request)


@allowed("mobilisation.answer")
def call_lists(request: Request, pk: int) -> HttpResponse:
    """Lists with people who have not answered, the most first: a branch's, and an area's of those
    who belong to no branch."""
    mobilisation, viewing = find(request, pk), viewing_of(request)
    mine = CallOut.objects.visible_to(request.user).filter(mobilisation=mobilisation)
    lists = in_area(mine, viewing).order_by().annotate(
        code=Coalesce("organisation__code", Concat(Value(OF_AREA), "area__key")),
        name=Coalesce("organisation__name", "area__name"),
        where=Coalesce("organisation__area__name", "area__parent__name"),
        is_branch=Q(organisation__isnull=False),
    )  # fmt: skip
    rows = (
        lists.values("code", "name", "where", "is_branch")
        .annotate(called=Count("pk"), left=Count("pk", filter=OPEN))
        .filter(left__gt=0).order_by("-left", "code")
    )  # fmt: skip
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    context = {"mobilisation": mobilisation, "page": page, "viewing": viewing}
    return render(request, "mobilisation/call_lists.html", context)


@allowed("mobilisation.answer")
def call_list(request: Request, pk: int, code: str) -> HttpResponse:
    """The branch's own list; numbers masked until somebody says why."""
    mobilisation, place = find(request, pk), _place(request, code)
    rows = CallOut.objects.visible_to(request.user).on_list_of(place).select_related("person")
    found = rows.filter(mobilisation=mobilisation).order_by("person__pinyin", "pk")
    left_first = sorted(found, key=lambda each: each.answered_on is not None)
    phones = {each.pk: _masked(each) for each in found}
    return _list(request, mobilisation, place, left_first, phones)


@allowed("mobilisation.answer")
def call_list_open(request: Request, pk: int, code: str) -> HttpResponse:
    """The numbers in full, once, on this page only."""
    mobilisation, place = find(request, pk), _place(request, code)
    ask(check_opens_list, mobilisation, place, request.user)
    form = PurposeForm(request.POST or None)
    given = {"mobilisation": mobilisation, "place": place, "by": request.user}
    if form.run(open_call_list, **given):
        phones = {each.pk: str(each.person.phone) for each in form.result if each.person}
        answer = _list(request, mobilisation, place, form.result, phones, is_open=True)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    title = _("显示手机号：%(name)s") % {"name": place.name}
    return form_page(request, form, title, _("显示"), address("mobilisations:call_list", pk, code))


def _list(
    request: Request,
    mobilisation: Mobilisation,
    place: Organisation | Area,
    call_outs: list[CallOut],
    phones: dict[int, str],
    *,
    is_open: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "mobilisation": mobilisation,
        "place": place,
        "code": _code(place),
        "rows": [(each, phones.get(each.pk, "")) for each in call_outs],
        "left": sum(each.answered_on is None for each in call_outs),
        "is_open": is_open,
    }
    return render(request, "mobilisation/call_list.html", context)


def _place(request: Request, code: str) -> Organisation | Area:
    """The branch with this code, or the area of those without one. Raises Http404."""
    if code.startswith(OF_AREA):
        return get_object_or_404(Area, key=code.removeprefix(OF_AREA))
    return get_object_or_404(Organisation.objects.visible_to(request.user), code=code)


def _code(place: Organisation | Area) -> str:
    return place.code if isinstance(place, Organisation) else f"{OF_AREA}{place.key}"


def _masked(call_out: CallOut) -> str:
    return masked_phone(str(call_out.person.phone)) if call_out.person else ""


@allowed("mobilisation.answer")
@require_POST
def call_result(request: Request, pk: int, call_out: int, result: str) -> HttpResponse:
    """What came of one call: can, cannot, no_reply, wrong_number."""
    mobilisation = find(request, pk)
    rows = CallOut.objects.visible_to(request.user)
    rows = rows.select_related("mobilisation", "organisation", "area")
    found = get_object_or_404(rows, pk=call_out, mobilisation=mobilisation)
    try:
        done, said = True, _recorded(request, found, result)
    except Refused as refusal:
        done, said = False, refusal.message
    if request.htmx:
        return _row(request, mobilisation, found, said)
    (messages.success if done else messages.error)(request, said)
    return redirect("mobilisations:call_list", pk, _code(found.organisation or found.area))


def _row(
    request: Request, mobilisation: Mobilisation, call_out: CallOut, said: str
) -> HttpResponse:
    """In place, so that the numbers that were opened stay open."""
    call_out.refresh_from_db()
    place = call_out.organisation or call_out.area
    rows = CallOut.objects.visible_to(request.user).on_list_of(place).unanswered()
    left = rows.filter(mobilisation=mobilisation).count()
    context = {"mobilisation": mobilisation, "row": call_out, "said": said, "left": left}
    return render(request, "mobilisation/call_result.html", context)


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
