"""Spreadsheets of people, members, appointments and member households."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.fields import find_key
from sanqiao.kernel.importing import Existing, Key, Register, Values
from sanqiao.kernel.models import User
from sanqiao.kernel.sheets.columns import (
    Choice,
    Column,
    Context,
    Date,
    IdNumber,
    Lookup,
    LookupTable,
    Name,
    Phone,
    Text,
    Whole,
    lookup_table,
)
from sanqiao.kernel.sheets.sheet import Sheet
from sanqiao.registers.areas.names import area_names
from sanqiao.registers.areas.sheets import AREA_HELP, by_key, names_of_areas
from sanqiao.registers.organisations.sheets import all_names, organisation_names

from .commands import (
    import_appointments,
    import_member_households,
    import_members,
    import_people,
)
from .commands.people import persons_of
from .models import Appointment, MemberHousehold, Membership, Person, Post
from .rows import AppointmentRow, HouseholdRow, MemberRow, PersonRow

ID_NUMBER = Column(
    "id_number", _("身份证号"), IdNumber, required=True, secret=True,
    aliases=("公民身份号码", "身份证号码"), help=_("18 位；按文本格式填写"),
)  # fmt: skip
PERSON = (
    Column("name", _("姓名"), Name(max_length=60, squeeze=True), required=True),
    Column("gender", _("性别"), Choice, required=True, choices=tuple(Person.Gender.choices)),
    Column("born_on", _("出生日期"), Date, aliases=("出生年月",)),
    Column("education", _("学历"), Text(max_length=20)),
    ID_NUMBER,
    Column("phone", _("手机号"), Phone, secret=True, aliases=("联系电话", "电话")),
    Column(
        "area_key", _("居住地"), Lookup("areas"), required=True, help=AREA_HELP,
        aliases=("居住社区", "现居住地"),
    ),
)  # fmt: skip
PEOPLE = Sheet(name="people", title=_("人员"), key=("id_number",), columns=PERSON)
MEMBERS = Sheet(
    name="members",
    title=_("党员"),
    key=("id_number",),
    columns=(
        *PERSON,
        Column(
            "organisation_code", _("所在党组织"), Lookup("organisations"), required=True,
            help=_("名称或编码"), aliases=("所在党支部", "党支部", "党组织"),
        ),
        Column(
            "kind", _("党员类别"), Choice, required=True, choices=tuple(Membership.Kind.choices)
        ),
        Column("joined_on", _("入党日期"), Date, required=True, aliases=("入党时间",)),
        Column("full_on", _("转正日期"), Date, help=_("正式党员必填"), aliases=("转正时间",)),
        Column("valid_from", _("转入日期"), Date, help=_("转入现组织的日期；留空同入党日期")),
        Column("valid_to", _("转出日期"), Date),
    ),
    notes=(
        _("居住地可以在本辖区外，所在党组织应在本辖区内。"),
        _("换了党组织的，请用“组织关系转接”办理，不在这里改。"),
    ),
)  # fmt: skip
APPOINTMENTS = Sheet(
    name="appointments",
    title=_("任职"),
    key=("id_number", "post_code", "area_key", "valid_from"),
    columns=(
        ID_NUMBER,
        Column("post_code", _("职务"), Lookup("posts"), required=True),
        Column("area_key", _("任职地"), Lookup("areas"), required=True, help=AREA_HELP),
        Column("credit_code", _("派出单位"), Lookup("units"), help=_("名称或统一社会信用代码")),
        Column("organisation_code", _("党组织"), Lookup("organisations"), help=_("名称或编码")),
        Column("rank", _("职级"), Choice, choices=tuple(Appointment.Rank.choices)),
        Column("title", _("具体职务"), Text(max_length=80)),
        Column("valid_from", _("任职日期"), Date, required=True),
        Column("valid_to", _("免职日期"), Date),
        Column("document", _("任免文号"), Text(max_length=80)),
    ),
    notes=(_("此人应已登记在“人员”或“党员”里。"),),
)
HOUSEHOLDS = Sheet(
    name="member_households",
    title=_("党员中心户"),
    key=("id_number", "area_key", "valid_from"),
    columns=(
        ID_NUMBER,
        Column("name", _("名称"), Name(max_length=80), required=True),
        Column("area_key", _("所在区划"), Lookup("areas"), required=True, help=AREA_HELP),
        Column("buildings", _("联系楼栋数"), Whole),
        Column("valid_from", _("挂牌日期"), Date, required=True),
        Column("valid_to", _("摘牌日期"), Date),
    ),
)
PERSON_COLUMNS = ("name", "gender", "born_on", "education", "id_number", "phone", "area__key")
MEMBER_COLUMNS = (
    "organisation__code", "kind", "joined_on", "full_on", "valid_from", "valid_to"
)  # fmt: skip


def post_names() -> LookupTable:
    """The city's list of posts by name and code → code."""
    posts = Post.objects.order_by("order").values_list("code", "name")
    return lookup_table((code, name, (code,)) for code, name in posts)


def _names_of_homes(by: User) -> Context:
    return {"areas": area_names(), "organisations": organisation_names()}


def _names_with_posts(by: User) -> Context:
    return {**all_names(by), "posts": post_names()}


def _digests(keys: Sequence[Key]) -> RawSQL:
    return RawSQL(*persons_of(find_key(str(key[0])) for key in keys))  # noqa: S611


def _people(keys: Sequence[Key] | None) -> Existing:
    rows = Person.objects.order_by("area_path", "id")
    if keys is not None:
        rows = rows.filter(id_number_key__in=_digests(keys))
    return by_key(PEOPLE, rows.values_list(*PERSON_COLUMNS))


def _members(keys: Sequence[Key] | None) -> Existing:
    """Each person's last membership."""
    rows = Membership.objects.order_by("valid_from")
    if keys is not None:
        digests = _digests(keys)
        if not Person.objects.filter(id_number_key__in=digests).exists():
            return {}
        rows = rows.filter(person__id_number_key__in=digests)
    columns = [f"person__{name}" for name in PERSON_COLUMNS] + list(MEMBER_COLUMNS)
    return by_key(MEMBERS, rows.values_list(*columns))


def _appointments(keys: Sequence[Key] | None) -> Existing:
    rows = Appointment.objects.order_by("area_path", "id")
    if keys is not None:
        rows = rows.filter(person__id_number_key__in=_digests(keys))
    columns = (
        "person__id_number", "post__code", "area__key", "unit__credit_code", "organisation__code",
        "rank", "title", "valid_from", "valid_to", "document",
    )  # fmt: skip
    return by_key(APPOINTMENTS, rows.values_list(*columns))


def _households(keys: Sequence[Key] | None) -> Existing:
    rows = MemberHousehold.objects.order_by("area_path", "id")
    if keys is not None:
        rows = rows.filter(person__id_number_key__in=_digests(keys))
    columns = (
        "person__id_number", "name", "area__key", "buildings", "valid_from", "valid_to"
    )  # fmt: skip
    return by_key(HOUSEHOLDS, rows.values_list(*columns))


def _joined(row: Values) -> Any:
    return row["joined_on"]


SHEETS: dict[str, Register] = {
    "people": Register(
        sheet=PEOPLE,
        command=import_people,
        make=PersonRow._make,
        context=names_of_areas,
        existing=_people,
    ),
    "members": Register(
        sheet=MEMBERS,
        command=import_members,
        make=MemberRow._make,
        context=_names_of_homes,
        existing=_members,
        defaults={"valid_from": _joined},
        tables=2,
    ),
    "appointments": Register(
        sheet=APPOINTMENTS,
        command=import_appointments,
        make=AppointmentRow._make,
        context=_names_with_posts,
        existing=_appointments,
    ),
    "member_households": Register(
        sheet=HOUSEHOLDS,
        command=import_member_households,
        make=HouseholdRow._make,
        context=names_of_areas,
        existing=_households,
        defaults={"buildings": 0},
    ),
}
