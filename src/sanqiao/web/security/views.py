from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.kernel.chains import verify_chain
from sanqiao.kernel.commands import end_grant, give_grant
from sanqiao.kernel.models import Chain, Grant
from sanqiao.web.access import allowed
from sanqiao.web.forms import form_page
from sanqiao.web.request import Request
from sanqiao.web.titles import chain_title, event_title

from . import listings
from .forms import EndGrantForm, GiveGrantForm


@allowed("grants.give")
def grant_list(request: Request) -> HttpResponseBase:
    return listings.GRANTS.respond(request)


@allowed("grants.give")
def grant_give(request: Request) -> HttpResponse:
    form = GiveGrantForm(request.POST or None)
    if form.run(give_grant, by=request.user):
        messages.success(request, _("已授权"))
        return redirect("grants:list")
    return form_page(request, form, _("授权"), _("授权"), reverse("grants:list"))


@allowed("grants.give")
def grant_end(request: Request, pk: int) -> HttpResponse:
    grant = get_object_or_404(Grant.objects.select_related("user"), pk=pk)
    form = EndGrantForm(request.POST or None)
    if form.run(end_grant, grant=grant, by=request.user):
        messages.success(request, _("授权已结束"))
        return redirect("grants:list")
    title = _("结束授权：%(grant)s") % {"grant": grant}
    return form_page(request, form, title, _("结束"), reverse("grants:list"))


@allowed("events.view", "audit.view")
def event_list(request: Request) -> HttpResponseBase:
    return listings.EVENTS.respond(request)


@allowed("audit.view")
def look_list(request: Request) -> HttpResponseBase:
    return listings.LOOKS.respond(request)


@allowed("audit.view")
def chain_list(request: Request) -> HttpResponse:
    chains = [(chain, chain_title(chain.name)) for chain in Chain.objects.order_by("name")]
    return render(request, "security/chain_list.html", {"chains": chains})


@allowed("audit.view")
def chain_detail(request: Request, name: str) -> HttpResponse:
    """The latest links; `?verify=1` walks the whole chain and names the first bad one."""
    chain = get_object_or_404(Chain, name=name)
    is_asked = request.GET.get("verify") == "1"
    context = {
        "chain": chain,
        "title": chain_title(chain.name),
        "links": [(link, event_title(link.kind)) for link in chain.links.order_by("-seq")[:50]],
        "is_asked": is_asked,
        "bad": verify_chain(chain.name) if is_asked else None,
    }
    return render(request, "security/chain_detail.html", context)
