"""Member households: the list, and forms that run the commands."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import in_force
from sanqiao.registers.people.commands import close_household, open_household
from sanqiao.registers.people.models import MemberHousehold, Person
from sanqiao.registers.people.policies import check_may
from sanqiao.web.access import allowed, ask, ask_area
from sanqiao.web.addresses import address
from sanqiao.web.ending import EndForm
from sanqiao.web.forms import CommandForm, Day, Name, form_page
from sanqiao.web.listing import Button, Listing, Search, area, day, link, number, text
from sanqiao.web.listing.columns import Row
from sanqiao.web.references import AreaReference, asked_by
from sanqiao.web.request import Request
from sanqiao.web.viewing import Viewing, in_area

ACT = "people.change"


class OpenHouseholdForm(CommandForm):
    name = Name(label=gettext_lazy("名称"), max_length=80)
    area = AreaReference(
        label=gettext_lazy("所在网格"), help_text=gettext_lazy("编码或全名；输入时有提示")
    )
    buildings = forms.IntegerField(label=gettext_lazy("联系楼栋数"), min_value=0, initial=1)
    valid_from = Day(label=gettext_lazy("挂牌日期"))


class CloseHouseholdForm(EndForm):
    on = Day(label=gettext_lazy("摘牌日期"))


def households(user: User, viewing: Viewing) -> QuerySet[MemberHousehold]:
    rows = MemberHousehold.objects.visible_to(user).filter(in_force(viewing.as_of))
    return in_area(rows, viewing)


def _person_href(row: Row) -> str:
    return address("people:detail", row["person"])


HOUSEHOLDS = Listing(
    "households",
    gettext_lazy("党员中心户"),
    households,
    (
        text("name", gettext_lazy("名称")),
        link("person", gettext_lazy("党员"), "person__name", _person_href, "person"),
        area(gettext_lazy("区划")),
        number("buildings", gettext_lazy("联系楼栋数")),
        day("valid_from", gettext_lazy("挂牌日期")),
        day("valid_to", gettext_lazy("摘牌日期"), is_hidden=True),
    ),
    ("area_path", "id"),
    filters=(Search("q", gettext_lazy("名称"), ("name", "person__name")),),
    sums=("tiers.with_household", "tiers.without_committee_or_household"),
    buttons=(
        Button(gettext_lazy("导入"), "imports:upload", "import", "import", ("member_households",)),
    ),
    empty=gettext_lazy("还没有登记党员中心户；在党员的页面登记，或者用“导入”。"),
)


@allowed("people.view")
def household_list(request: Request) -> HttpResponseBase:
    return HOUSEHOLDS.respond(request)


@allowed(ACT)
def household_new(request: Request, person: int) -> HttpResponse:
    """Of a member, where he or she lives unless another grid is named."""
    ask_area(request.user, ACT)
    rows = Person.objects.visible_to(request.user).select_related("area")
    found = get_object_or_404(rows, pk=person)
    first = {"area": found.area, "name": _("%(name)s党员中心户") % {"name": found}}
    form = asked_by(OpenHouseholdForm(request.POST or None, initial=first), request.user)
    if form.run(open_household, person=found, by=request.user):
        messages.success(request, _("已登记"))
        return redirect("people:detail", person)
    title = _("登记“%(name)s”的党员中心户") % {"name": found}
    return form_page(request, form, title, _("登记"), address("people:detail", person))


@allowed(ACT)
def household_close(request: Request, pk: int) -> HttpResponse:
    household = get_object_or_404(MemberHousehold.objects.visible_to(request.user), pk=pk)
    ask(check_may, request.user, ACT, area=household.area_path)
    form = CloseHouseholdForm(request.POST or None)
    if form.run(close_household, household=household, by=request.user):
        messages.success(request, _("已摘牌"))
        return redirect("people:detail", household.person_id)
    title = _("“%(name)s”摘牌") % {"name": household}
    back = address("people:detail", household.person_id)
    return form_page(request, form, title, _("摘牌"), back)
