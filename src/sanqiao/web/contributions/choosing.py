"""For which organisation? One page before the forms."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render

from sanqiao.kernel.models import Grant
from sanqiao.kernel.scope import within
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Membership
from sanqiao.registers.spelling import holds
from sanqiao.web.addresses import address
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.contributions.collecting import CollectPath

MOST = 200


def branches_of(
    request: Request, act: str, view: str, title: str, *, with_members: bool
) -> HttpResponse:
    """The organisations for which a grant allows the act, by place; to `view` where it is one."""
    areas = request.user.paths_for(act, Grant.Tree.AREA)
    own = request.user.paths_for(act, Grant.Tree.ORGANISATION)
    rows = Organisation.objects.visible_to(request.user).on(viewing_of(request).as_of)
    rows = rows.annotate(collect=CollectPath("pk"))
    rows = rows.filter(within("collect", areas) | within("path", own))
    if with_members:
        rows = rows.filter(Exists(Membership.objects.filter(organisation=OuterRef("pk"))))
    if query := request.GET.get("q", "").strip():
        rows = rows.filter(holds("name", query))
    found = [(row.name, address(view, row.code)) for row in rows.order_by("path")[:MOST]]
    if len(found) == 1 and not query:
        return redirect(found[0][1])
    context = {"found": found, "title": title, "query": query, "most": MOST}
    return render(request, "contributions/choose.html", context)
