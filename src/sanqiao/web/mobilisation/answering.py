"""The page behind the link in a message: one person, no login, one tap.

The link is the credential: it is signed, and opens the rows of that one person only.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.scope import Scope, apply
from sanqiao.web.access import public
from sanqiao.web.beside import own_tabs
from sanqiao.work.mobilisation.commands import answer_by_link, pledge_by_link
from sanqiao.work.mobilisation.links import Named, named_by
from sanqiao.work.mobilisation.models import Answer, CallOut, PledgeCampaign

REASONS = ("在外地", "照顾家人", "已在单位值守", "个人原因")


def opened(token: str) -> Named:
    """Who the link is for; from here on the transaction sees that person's rows. Raises Http404."""
    named = named_by(token)
    if named is None:
        raise Http404(_("链接不完整，请从消息里重新打开。"))
    apply(Scope(person_id=named.person), actor=None, request="answer")
    return named


@public
@never_cache
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The letter, and two buttons; afterwards what was answered, and what one may pledge."""
    call_out = _call_out(opened(token))
    answers = call_out.answers.order_by("id")
    context = {
        "token": token,
        "call_out": call_out,
        "mobilisation": call_out.mobilisation,
        "standing": next((each for each in answers if each.stands), None),
        "later": [each for each in answers if not each.stands],
        "reasons": REASONS,
        "steps": [tab for tab in own_tabs("mobilisations:mine") if not tab.is_here],
        "campaigns": _campaigns(call_out) if call_out.answer == Answer.Choice.CAN else [],
        "pledges": call_out.pledges.select_related("campaign").order_by("id"),
    }
    return render(request, "mobilisation/answer.html", context)


@public
@csrf_exempt
@require_POST
def give_answer(request: HttpRequest, token: str, choice: str) -> HttpResponse:
    """One tap. Nothing but the link is needed, so no cookie can be forged into it."""
    named = opened(token)
    try:
        answer_by_link(
            call_out=named.call_out, answer=choice, reason=request.POST.get("reason", "")
        )
    except Refused as refusal:
        return _refused(request, refusal)
    return redirect("answers:page", token)


@public
@csrf_exempt
@require_POST
def pledge(request: HttpRequest, token: str, campaign: int) -> HttpResponse:
    call_out = _call_out(opened(token))
    found = get_object_or_404(PledgeCampaign, pk=campaign, mobilisation=call_out.mobilisation)
    try:
        pledge_by_link(
            call_out=call_out, campaign=found, item=request.POST.get("item", ""),
            words=request.POST.get("words", ""),
        )  # fmt: skip
    except Refused as refusal:
        return _refused(request, refusal)
    return redirect("answers:page", token)


def _call_out(named: Named) -> CallOut:
    """After the closing nobody is behind the link any more."""
    rows = CallOut.objects.select_related("mobilisation", "person", "organisation")
    return get_object_or_404(rows, pk=named.call_out, person=named.person)


def _campaigns(call_out: CallOut) -> list[PledgeCampaign]:
    today = timezone.localdate()
    rows = PledgeCampaign.objects.filter(mobilisation=call_out.mobilisation, opens_on__lte=today)
    return [each for each in rows if each.closes_on is None or each.closes_on > today]


def _refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    context = {"refusal": refusal}
    return render(request, "mobilisation/answer_refused.html", context, status=409)
