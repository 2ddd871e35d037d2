"""A member's own calls, on a phone; from here on to checking in and to duty."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from sanqiao.web.access import allowed
from sanqiao.web.beside import own_tabs
from sanqiao.web.request import Request
from sanqiao.work.mobilisation.links import token_of
from sanqiao.work.mobilisation.models import CallOut

MOST = 20


@allowed()
def mine(request: Request) -> HttpResponse:
    """The latest first; a call that waits opens the very page of the message."""
    person = request.user.person_id or 0
    rows = CallOut.objects.visible_to(request.user).filter(person=person)
    found = rows.select_related("mobilisation").order_by("-pk")[:MOST]
    context = {
        "calls": [(call_out, token_of(call_out.pk, person)) for call_out in found],
        "tabs": own_tabs("mobilisations:mine"),
    }
    return render(request, "mobilisation/mine.html", context)
