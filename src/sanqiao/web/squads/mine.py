"""A member's own shifts, on a phone: what is mine, what is free, who asks to swap."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sanqiao.kernel.errors import Refused
from sanqiao.kernel.reach import past_scope
from sanqiao.kernel.scope import within
from sanqiao.registers.people.models import Person
from sanqiao.web.access import allowed
from sanqiao.web.request import Request
from sanqiao.work.squads import commands
from sanqiao.work.squads.models import Claim, Shift, SquadMember, SwapOffer
from sanqiao.work.squads.reach import NEAREST, home_path

AHEAD, SHOWN, BEFORE = timedelta(days=14), 40, 10
ANSWERS = {
    "agree": commands.agree_to_swap,
    "decline": commands.decline_swap,
    "withdraw": commands.withdraw_swap,
}


@allowed()
def mine(request: Request) -> HttpResponse:
    person = Person.objects.filter(pk=request.user.person_id or 0).annotate(near=NEAREST).first()
    return render(request, "squads/mine.html", _page(request, person) if person else {})


@allowed()
@require_POST
def claim(request: Request, pk: int) -> HttpResponse:
    own = Person.objects.annotate(near=NEAREST)
    person = get_object_or_404(own, pk=request.user.person_id or 0)
    with past_scope(request.user):
        shift = get_object_or_404(_open_to(person), pk=pk)
    try:
        commands.claim_shift(shift=shift, person=person, by=request.user)
        messages.success(request, _("已认领"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("squads:mine")


@allowed()
@require_POST
def give_up(request: Request, pk: int) -> HttpResponse:
    own = get_object_or_404(_claims(request), pk=pk)
    try:
        commands.cancel_claim(claim=own, by=request.user)
        messages.success(request, _("已取消"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("squads:mine")


@allowed()
def swap(request: Request, pk: int) -> HttpResponse:
    """Choose whose place to ask for in exchange."""
    own = get_object_or_404(_claims(request), pk=pk)
    with past_scope(request.user):
        others = list(_others(own))
    if request.method == "POST":
        theirs = next((c for c in others if str(c.pk) == request.POST.get("theirs")), None)
        if theirs and _offer(request, own, theirs):
            return redirect("squads:mine")
    return render(request, "squads/swap.html", {"own": own, "others": others})


@allowed()
@require_POST
def answer(request: Request, pk: int, answer: str) -> HttpResponse:
    offer = get_object_or_404(SwapOffer.objects.filter(_asked(request)), pk=pk)
    command = ANSWERS.get(answer, commands.decline_swap)
    try:
        command(offer=offer, by=request.user)
        messages.success(request, _("已保存"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("squads:mine")


def _page(request: Request, person: Person) -> dict[str, Any]:
    today = timezone.localdate()
    claims = _own_claims(request, today)
    own = [claim for claim in claims if claim.day >= today]
    taken = Count("claims", filter=Q(claims__cancelled_on=None))
    with past_scope(request.user):
        free = _open_to(person).annotate(taken=taken).filter(taken__lt=F("capacity"))
        free = free.exclude(pk__in=[claim.shift_id for claim in own])
        offers = SwapOffer.objects.filter(_asked(request), state=SwapOffer.State.OPEN)
        context = {
            "free": list(free.order_by("day", "begins", "place_name", "id")[:SHOWN]),
            "offers": list(offers.select_related("mine__shift", "theirs__shift", "asker", "other")),
        }
    before = [claim for claim in reversed(claims) if claim.day < today]
    return {"person": person, "own": own, "before": before, **context}


def _own_claims(request: Request, today: date) -> list[Claim]:
    """Those to come and the last ones before, in one query."""
    rows = _claims(request)
    before = rows.filter(day__lt=today).order_by("-day", "-begins")[:BEFORE]
    return list(rows.filter(Q(day__gte=today) | Q(pk__in=before.values("pk"))))


def _claims(request: Request) -> QuerySet[Claim]:
    """One's own, standing."""
    rows = Claim.objects.standing().filter(person=request.user.person_id or 0)
    return rows.select_related("shift").order_by("day", "begins")


def _asked(request: Request) -> Q:
    person = request.user.person_id or 0
    return Q(asker=person) | Q(other=person)


def _open_to(person: Person) -> QuerySet[Shift]:
    """Of one's squads, and at the gates of the community in which one lives, in the next days."""
    today = timezone.localdate()
    squads = SquadMember.objects.on(today).filter(person=person).values("squad")
    home = within("area_path", (home_path(person),)) & Q(gate__isnull=False)
    rows = Shift.objects.standing().filter(day__range=(today, today + AHEAD))
    return rows.filter(Q(deployment__squad__in=squads) | home)


def _others(own: Claim) -> QuerySet[Claim]:
    """Places of others at the same squad, or at the same closed unit, still to come."""
    shift = own.shift
    rows = Claim.objects.standing().filter(day__gte=timezone.localdate())
    rows = rows.exclude(person=own.person_id).exclude(shift=shift.pk)
    if shift.deployment is not None:
        rows = rows.filter(shift__deployment__squad=shift.deployment.squad_id)
    else:
        rows = rows.filter(shift__gate__closed_unit=shift.gate.closed_unit_id if shift.gate else 0)
    return rows.select_related("shift").order_by("day", "begins", "name")[:SHOWN]


def _offer(request: Request, own: Claim, theirs: Claim) -> bool:
    try:
        commands.offer_swap(mine=own, theirs=theirs, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, _("已发出，等对方同意"))
    return True
