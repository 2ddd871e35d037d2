"""Lists of members and appointments. A row is the membership or the appointment, not the person."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.kernel.scope import within
from sanqiao.registers.organisations.models import Organisation
from sanqiao.registers.people.models import Appointment, Membership, Person, Post
from sanqiao.web.listing import (
    Button,
    Choice,
    Column,
    Days,
    Filter,
    Listing,
    Search,
    area,
    choice,
    day,
    link,
    text,
)
from sanqiao.web.listing.columns import Row, Value
from sanqiao.web.viewing import Viewing, in_area

from .masking import masked_phone


def _person_href(row: Row) -> str:
    return f"/people/{row['person_id']}/"


def _organisation_href(row: Row) -> str:
    return f"/organisations/{row['organisation__code']}/"


NAME = link(
    "name",
    _("姓名"),
    "person__name",
    _person_href,
    "person_id",
    sort=("person__pinyin", "person__name"),
)
BY_NAME = Search(
    "q", _("姓名"), ("person__name", "person__pinyin", "person__initials"), hint=_("姓名或拼音")
)


def _bind_phone() -> Value:
    return lambda row: masked_phone(row["person__phone"])


def members(user: User, viewing: Viewing) -> QuerySet[Membership]:
    return in_area(Membership.objects.visible_to(user).on(viewing.as_of), viewing)


class InOrganisation(Filter):
    """Below one organisation, named by its code."""

    def q(self, given: QueryDict) -> Q | None:
        code = given.get(self.name, "")
        if not code:
            return None
        path = Organisation.objects.filter(code=code).values_list("path", flat=True).first()
        return within("organisation_path", (path or " ",))

    def control(self, given: QueryDict) -> str:
        return Search(self.name, self.title, hint=_now("编码")).control(given)

    def words(self, given: QueryDict) -> str:
        return f"{self.title}：{given[self.name]}" if given.get(self.name) else ""


MEMBERS = Listing(
    "members",
    _("党员"),
    members,
    (
        NAME,
        choice("gender", _("性别"), Person.Gender.choices, "person__gender"),
        choice("kind", _("党员类别"), Membership.Kind.choices),
        link(
            "organisation",
            _("所在党组织"),
            "organisation__name",
            _organisation_href,
            "organisation__code",
            sort=("organisation_path",),
        ),
        area(_("区划")),
        day("joined_on", _("入党日期")),
        day("full_on", _("转正日期"), is_hidden=True),
        day("born_on", _("出生日期"), "person__born_on", is_hidden=True),
        text("education", _("学历"), "person__education", is_hidden=True),
        Column("phone", _("手机号"), ("person__phone",), _bind_phone),
    ),
    ("area_path", "id"),
    (
        BY_NAME,
        Choice("kind", _("党员类别"), choices=Membership.Kind.choices),
        Choice("gender", _("性别"), field="person__gender", choices=Person.Gender.choices),
        InOrganisation("organisation", _("党组织")),
        Days("joined", _("入党日期"), field="joined_on"),
    ),
    ("people.members", "people.full_members", "people.probationary_members"),
    (
        Button(_("登记人员"), "people:new", "people.change"),
        Button(_("导入"), "imports:upload", "import", "import", ("members",)),
    ),
    _("这里还没有登记党员；可以用“导入”登记。"),
    is_plain=True,
)


class Posts(Choice):
    """One post of the city's list, which the database holds."""

    def _labels(self) -> dict[str, Any]:
        return dict(Post.objects.order_by("order", "code").values_list("code", "name"))


def appointments(user: User, viewing: Viewing) -> QuerySet[Appointment]:
    return in_area(Appointment.objects.visible_to(user).on(viewing.as_of), viewing)


APPOINTMENTS = Listing(
    "appointments",
    _("任职"),
    appointments,
    (
        NAME,
        text("post", _("职务"), "post__name", sort=("post__order", "post__code")),
        text("title", _("具体职务"), is_hidden=True),
        choice("rank", _("职级"), Appointment.Rank.choices, is_hidden=True),
        area(_("任职区划")),
        text("unit", _("派出单位"), "unit__name"),
        day("valid_from", _("任职日期")),
        day("valid_to", _("免职日期"), is_hidden=True),
        text("document", _("任免文号"), is_hidden=True),
    ),
    ("area_path", "id"),
    (
        BY_NAME,
        Posts("post", _("职务"), field="post__code"),
        Choice("group", _("类别"), field="post__group", choices=Post.Group.choices),
    ),
    ("people.community_cadres", "people.first_secretaries", "people.stewards"),
    (Button(_("导入"), "imports:upload", "import", "import", ("appointments",)),),
    _("这里还没有登记任职；可以用“导入”登记。"),
    is_plain=True,
)
