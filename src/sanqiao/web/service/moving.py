"""Moving house: find the new place by its name, tap it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.kernel.errors import Refused
from sanqiao.registers.areas.models import Area
from sanqiao.registers.spelling import holds
from sanqiao.web.request import Request
from sanqiao.work.service.commands import move_house
from sanqiao.work.service.models import MemberCheckIn

LEVELS = (Area.Level.COMMUNITY, Area.Level.GRID, Area.Level.MICROGRID)
MOST = 20


def moving(request: Request, slip: MemberCheckIn, back: str) -> HttpResponse:
    """The page and its one button a place."""
    text = request.GET.get("q", "").strip()[:40]
    if request.method == "POST":
        to = get_object_or_404(Area, key=request.POST.get("to", ""))
        try:
            move_house(check_in=slip, to=to, on=timezone.localdate(), by=request.user)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("居住地已改为%(place)s") % {"place": to.name})
            return redirect(back)
    context = {"slip": slip, "back": back, "q": text, "found": _places(text) if text else []}
    return render(request, "service/move.html", context)


def _places(text: str) -> QuerySet[Area]:
    """Communities and grids by name or pinyin initials; names of areas are public."""
    wanted = holds("name", text)
    if text.isascii():
        wanted = Q(initials__startswith=text.lower()) | Q(pinyin__startswith=text.lower())
    rows = Area.objects.filter(wanted, level__in=LEVELS, valid_to=None).select_related("parent")
    return rows.defer("boundary", "parent__boundary").order_by("level", "path")[:MOST]
