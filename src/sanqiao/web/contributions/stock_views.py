"""Goods and what the money was used for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.registers.organisations.models import Organisation
from sanqiao.web.access import allowed, ask
from sanqiao.web.actions import Action, history_href
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.request import Request
from sanqiao.work.contributions.commands import (
    deliver_goods,
    receive_goods,
    reverse_delivery,
    reverse_goods,
    reverse_spending,
    spend,
)
from sanqiao.work.contributions.models import Delivery, Goods, Spending
from sanqiao.work.contributions.policies import check_may, check_reversible, may

from . import listings
from .choosing import branches_of
from .forms import DeliverForm, GoodsForm, ReverseForm, SpendForm
from .pages import goods_facts, is_reversible, spending_facts
from .views import PASS, VIEW


@allowed(VIEW)
def goods_list(request: Request) -> HttpResponseBase:
    return listings.GOODS.respond(request)


@allowed(PASS)
def goods_branches(request: Request) -> HttpResponse:
    view = "contributions:goods_new"
    return branches_of(request, PASS, view, _("登记物资"), with_members=False)


@allowed(PASS)
def goods_new(request: Request, code: str) -> HttpResponse:
    organisation = _organisation(request, code)
    ask(check_may, request.user, PASS, organisation)
    form = GoodsForm(request.POST or None)
    if form.run(receive_goods, organisation=organisation, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("contributions:lot", form.result.pk)
    title = _("登记物资 · %(name)s") % {"name": organisation}
    return form_page(request, form, title, _("登记"), reverse("contributions:goods"))


@allowed(VIEW)
def goods_detail(request: Request, pk: int) -> HttpResponse:
    goods = _lot(request, pk)
    deliveries = goods.deliveries.select_related("reversal").order_by("delivered_on", "id")
    may_pass = may(request.user, PASS, goods.organisation)
    offers = [
        Action(_("发放"), address("contributions:deliver", pk), "move", is_first=True),
        Action(_("冲正"), address("contributions:lot_reverse", pk), "close"),
    ]
    context = {
        "goods": goods,
        "facts": goods_facts(goods),
        "deliveries": deliveries,
        "may_reverse": may_pass,
        "actions": offers if may_pass and is_reversible(goods) else [],
        "history_href": history_href(goods),
    }
    return render(request, "contributions/goods.html", context)


@allowed(PASS)
def goods_deliver(request: Request, pk: int) -> HttpResponse:
    goods = _lot(request, pk)
    ask(check_may, request.user, PASS, goods.organisation)
    form = DeliverForm(request.POST or None)
    if form.run(deliver_goods, goods=goods, by=request.user):
        messages.success(request, _("已登记发放"))
        return redirect("contributions:lot", pk)
    left = _("结存 %(left)s %(measure)s") % {"left": f"{goods.left:,}", "measure": goods.measure}
    back = address("contributions:lot", pk)
    return form_page(request, form, _("发放 · %(name)s") % {"name": goods}, _("发放"), back, left)


@allowed(PASS)
def goods_reverse(request: Request, pk: int) -> HttpResponse:
    goods, form = _lot(request, pk), ReverseForm(request.POST or None)
    ask(check_reversible, goods, PASS, request.user)
    if form.run(reverse_goods, goods=goods, by=request.user):
        messages.success(request, _("已冲正"))
        return redirect("contributions:lot", pk)
    back = address("contributions:lot", pk)
    return form_page(request, form, _("冲正 · %(name)s") % {"name": goods}, _("冲正"), back)


@allowed(PASS)
def delivery_reverse(request: Request, pk: int) -> HttpResponse:
    rows = Delivery.objects.visible_to(request.user).select_related(
        "goods", "organisation", "reversal"
    )
    delivery, form = get_object_or_404(rows, pk=pk), ReverseForm(request.POST or None)
    ask(check_reversible, delivery, PASS, request.user)
    if form.run(reverse_delivery, delivery=delivery, by=request.user):
        messages.success(request, _("已冲正"))
        return redirect("contributions:lot", delivery.goods_id)
    back = address("contributions:lot", delivery.goods_id)
    return form_page(request, form, _("冲正 · %(name)s") % {"name": delivery}, _("冲正"), back)


@allowed(VIEW)
def spending_list(request: Request) -> HttpResponseBase:
    return listings.SPENDING.respond(request)


@allowed(PASS)
def spending_branches(request: Request) -> HttpResponse:
    view = "contributions:spend"
    return branches_of(request, PASS, view, _("登记支出"), with_members=False)


@allowed(PASS)
def spending_new(request: Request, code: str) -> HttpResponse:
    organisation = _organisation(request, code)
    ask(check_may, request.user, PASS, organisation)
    form = SpendForm(request.POST or None)
    if form.run(spend, organisation=organisation, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("contributions:spending")
    title = _("登记支出 · %(name)s") % {"name": organisation}
    return form_page(request, form, title, _("登记"), reverse("contributions:spending"))


@allowed(VIEW)
def spending_detail(request: Request, pk: int) -> HttpResponse:
    spending = _payment(request, pk)
    href = address("contributions:payment_reverse", pk)
    may_reverse = is_reversible(spending) and may(request.user, PASS, spending.organisation)
    context = {
        "entry": spending,
        "facts": spending_facts(spending),
        "actions": [Action(_("冲正"), href, "close")] if may_reverse else [],
        "history_href": history_href(spending),
    }
    return render(request, "contributions/entry.html", context)


@allowed(PASS)
def spending_reverse(request: Request, pk: int) -> HttpResponse:
    spending, form = _payment(request, pk), ReverseForm(request.POST or None)
    ask(check_reversible, spending, PASS, request.user)
    if form.run(reverse_spending, spending=spending, by=request.user):
        messages.success(request, _("已冲正"))
        return redirect("contributions:payment", pk)
    back = address("contributions:payment", pk)
    return form_page(request, form, _("冲正 · %(name)s") % {"name": spending}, _("冲正"), back)


def _organisation(request: Request, code: str) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.user), code=code)


def _lot(request: Request, pk: int) -> Goods:
    rows = Goods.objects.visible_to(request.user).select_related("organisation", "reversal")
    return get_object_or_404(rows, pk=pk)


def _payment(request: Request, pk: int) -> Spending:
    rows = Spending.objects.visible_to(request.user).select_related("organisation", "reversal")
    return get_object_or_404(rows, pk=pk)
