"""The branch's entries, the batches on their way up, the board, what is published."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sanqiao.registers.organisations.models import Organisation
from sanqiao.web.access import allowed, ask, public
from sanqiao.web.actions import Action, history_href
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.contributions.commands import (
    enter_contribution,
    remit_batch,
    reverse_contribution,
    verify_remittance,
)
from sanqiao.work.contributions.models import Batch, Contribution
from sanqiao.work.contributions.policies import (
    check_counts,
    check_hands_up,
    check_may,
    check_reversible,
    may,
)

from . import listings
from .choosing import branches_of
from .forms import EnterForm, RemitForm, ReverseGiftForm, VerifyForm
from .pages import (
    batch_actions,
    batch_facts,
    board_of,
    entries_of,
    entry_facts,
    is_reversible,
    received_in,
    standing_of,
    top_for,
)
from .public import published

COLLECT, VIEW, PASS = "contributions.collect", "contributions.view", "contributions.pass"
PUBLIC_SECONDS = 300


@allowed(VIEW)
def board(request: Request) -> HttpResponse:
    """How far the money of each organisation below has come."""
    viewing = viewing_of(request)
    top = top_for(request.user, viewing, request.GET.get("organisation", ""))
    if top is None:
        raise Http404
    context = {
        "board": board_of(top, request.user),
        "listing": listings.BATCHES,
        "viewing": viewing,
        "collects": COLLECT in request.user.acts,
    }
    return render(request, "contributions/board.html", context)


@allowed(COLLECT)
def entry_list(request: Request) -> HttpResponseBase:
    return listings.CONTRIBUTIONS.respond(request)


@allowed(COLLECT)
def entry_branches(request: Request) -> HttpResponse:
    """Which branch collects? Straight on where there is only one."""
    return branches_of(request, COLLECT, "contributions:enter", _("登记捐款"), with_members=True)


@allowed(COLLECT)
def entry_new(request: Request, code: str) -> HttpResponse:
    branch = get_object_or_404(Organisation.objects.visible_to(request.user), code=code)
    ask(check_may, request.user, COLLECT, branch)
    form = EnterForm.over(branch, request.POST or None, collector=str(request.user))
    if form.run(enter_contribution, organisation=branch, by=request.user):
        messages.success(request, _("已登记收据 %(receipt)s") % {"receipt": form.result.receipt})
        return redirect("contributions:enter", code)
    title = _("登记捐款 · %(branch)s") % {"branch": branch}
    return form_page(request, form, title, _("登记"), reverse("contributions:entries"))


@allowed(COLLECT)
def entry_detail(request: Request, pk: int) -> HttpResponse:
    rows = Contribution.objects.visible_to(request.user)
    entry = get_object_or_404(rows.select_related("person", "organisation", "batch"), pk=pk)
    reverse_href = address("contributions:reverse", pk)
    may_reverse = is_reversible(entry) and may(request.user, COLLECT, entry.organisation)
    context = {
        "entry": entry,
        "facts": entry_facts(entry),
        "actions": [Action(_("冲正"), reverse_href, "close")] if may_reverse else [],
        "history_href": history_href(entry),
    }
    return render(request, "contributions/entry.html", context)


@allowed(COLLECT)
def entry_reverse(request: Request, pk: int) -> HttpResponse:
    rows = Contribution.objects.visible_to(request.user).select_related("organisation", "reversal")
    entry = get_object_or_404(rows, pk=pk)
    ask(check_reversible, entry, COLLECT, request.user)
    form = ReverseGiftForm(request.POST or None)
    if form.run(reverse_contribution, contribution=entry, by=request.user):
        messages.success(request, _("已冲正"))
        return redirect("contributions:entry", pk)
    title = _("冲正收据 %(receipt)s") % {"receipt": entry.receipt}
    explain = _("原记录不改也不删；另记一笔负数，写明原因。")
    return form_page(request, form, title, _("冲正"), address("contributions:entry", pk), explain)


@allowed(VIEW)
def batch_list(request: Request) -> HttpResponseBase:
    return listings.BATCHES.respond(request)


@allowed(VIEW)
def batch_detail(request: Request, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    standing = standing_of(batch, request.user)
    context = {
        "batch": batch,
        "standing": standing,
        "tone": listings.TONES[standing.state],
        "facts": batch_facts(standing),
        "entries": entries_of(batch, request.user),
        "received": standing.received,
        "actions": batch_actions(standing, request.user),
        "history_href": history_href(batch),
    }
    return render(request, "contributions/batch.html", context)


@allowed(COLLECT, PASS)
def batch_remit(request: Request, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    ask(check_hands_up, batch, request.user)
    form = RemitForm(request.POST or None)
    if form.run(remit_batch, batch=batch, by=request.user):
        messages.success(request, _("已上缴"))
        return redirect("contributions:batch", pk)
    context = {
        "form": form, "title": _("上缴 · %(batch)s") % {"batch": batch}, "save": _("上缴"),
        "back": address("contributions:batch", pk), "held": batch.content,
        "difference": form.difference, "entries": entries_of(batch, request.user),
        "received": received_in(batch, request.user),
    }  # fmt: skip
    return render(request, "contributions/remit.html", context)


@allowed(PASS)
def batch_verify(request: Request, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    standing = standing_of(batch, request.user)
    if standing.remittance is None or standing.receiver is None:
        raise Http404
    ask(check_counts, standing.remittance, request.user)
    form = VerifyForm(request.POST or None)
    if form.run(verify_remittance, remittance=standing.remittance, by=request.user):
        words = (
            _("已核收，数额相符")
            if form.result.into_id
            else _("数额不符，两个数都已留下，待重新清点")
        )
        messages.success(request, words)
        return redirect("contributions:batch", pk)
    title = _("核收 · %(batch)s") % {"batch": batch}
    return form_page(request, form, title, _("核收"), address("contributions:batch", pk))


@allowed()
def mine(request: Request) -> HttpResponse:
    """One's own gifts, and nobody else's."""
    own = Contribution.objects.filter(person_id=request.user.person_id or 0)
    return render(request, "contributions/mine.html", {"entries": own.order_by("-given_on", "-id")})


@public
def publish(request: HttpRequest) -> HttpResponse:
    """公益事业捐赠法 第二十二条: receipts and uses are open to everybody."""
    try:
        as_of = date.fromisoformat(request.GET.get("as_of") or str(timezone.localdate()))
    except ValueError:
        raise Http404 from None
    answer = render(request, "contributions/public.html", {"published": published(as_of)})
    answer.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    return answer


def _batch(request: Request, pk: int) -> Batch:
    rows = Batch.objects.visible_to(request.user).select_related("organisation", "area")
    return get_object_or_404(rows, pk=pk)
