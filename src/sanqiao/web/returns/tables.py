"""Pages of comparison tables: the numbers, the places, and what may be said of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sanqiao.web.access import allowed, ask_area
from sanqiao.web.actions import Action, history_href
from sanqiao.web.addresses import address
from sanqiao.web.forms import form_page
from sanqiao.web.request import Request
from sanqiao.web.viewing import viewing_of
from sanqiao.work.returns.commands import rank_table, register_table
from sanqiao.work.returns.models import ComparisonTable, Superlative

from . import listings, pages
from .table_forms import RankForm, SayForm, TableForm


@allowed("returns.view")
def table_list(request: Request) -> HttpResponseBase:
    return listings.TABLES.respond(request)


@allowed("returns.view")
def table_detail(request: Request, pk: int) -> HttpResponse:
    table = get_object_or_404(
        ComparisonTable.objects.visible_to(request.user).select_related("edition__form"), pk=pk
    )
    columns = list(table.columns.select_related("line").order_by("order"))
    found, rankings = pages.cells(table), pages.ranked(table)
    rows = [
        (row, [found.get(row.pk, {}).get(c.pk, "") for c in columns],
         [ranked.places.get(row.pk, "") for ranked in rankings])
        for row in table.rows.order_by("order")
    ]  # fmt: skip
    said = Superlative.objects.visible_to(request.user).filter(
        measure__startswith=f"{table.series}."
    )
    context = {
        "table": table,
        "facts": _facts(table),
        "columns": columns,
        "rows": rows,
        "rankings": rankings,
        "warnings": pages.read(table.warnings),
        "said": said.select_related("area").order_by("on_day", "id"),
        "actions": _actions(request, table),
        "history_href": history_href(table),
    }
    return render(request, "returns/table_detail.html", context)


def _facts(table: ComparisonTable) -> pages.Facts:
    return [
        (_("范围"), table.scope),
        (_("数据日期"), table.valid_from),
        (_("口径（报表）"), table.edition.form.name),
        (_("主管单位"), table.edition.form.competent_body),
        (_("来源"), table.source),
        (_("版次"), table.number),
    ]


def _actions(request: Request, table: ComparisonTable) -> list[Action]:
    if "returns.compare" not in request.user.acts:
        return []
    return [
        Action(_("排序"), address("returns:rank", table.pk), "plus"),
        Action(_("登记名次说法"), reverse("returns:say"), "edit"),
    ]


@allowed("returns.view")
def said(request: Request, pk: int) -> HttpResponse:
    """One sentence that says highest or lowest, and what became of it."""
    rows = Superlative.objects.visible_to(request.user).select_related(
        "area", "standing__row__table", "standing__ranking"
    )
    one = get_object_or_404(rows, pk=pk)
    context = {
        "said": one,
        "facts": pages.said_facts(one),
        "crumbs": [(_("对照表"), reverse("returns:tables"))],
        "table": one.standing.row.table if one.standing else None,
        "history_href": history_href(one),
    }
    return render(request, "returns/said.html", context)


@allowed("returns.compare")
def table_new(request: Request) -> HttpResponse:
    form = TableForm(request.POST or None)
    if form.run(register_table, by=request.user):
        messages.success(request, _("已登记对照表"))
        return redirect("returns:table", form.result.pk)
    explain = _("照录已发布的表：来源、日期、每个地区一行；我们之外的地区只记名称。")
    return form_page(request, form, _("登记对照表"), _("登记"), reverse("returns:tables"), explain)


@allowed("returns.compare")
def table_rank(request: Request, pk: int) -> HttpResponse:
    table = get_object_or_404(ComparisonTable.objects.visible_to(request.user), pk=pk)
    form = RankForm(request.POST or None)
    form.offer(table)
    if form.run(rank_table, table=table, by=request.user):
        messages.success(request, _("已排序"))
        return redirect("returns:table", pk)
    title = _("给“%(name)s”排序") % {"name": table}
    return form_page(request, form, title, _("排序"), address("returns:table", pk))


@allowed("returns.compare")
def say(request: Request) -> HttpResponse:
    """A superlative stands only on a table; the refusal stands beside the field."""
    ask_area(request.user, "returns.compare")
    form = SayForm(request.POST or None, initial={"area_key": viewing_of(request).place.key})
    if form.run(form.command, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("returns:tables")
    explain = _("“最高”“最低”只能出自有来源、有日期的对照表；比率要有分母。")
    return form_page(
        request, form, _("登记名次说法"), _("登记"), reverse("returns:tables"), explain
    )
