"""Spreadsheets of squads, of the people in them, and of closed units."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.importing import Existing, Key, Register
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
    Text,
    Whole,
    lookup_table,
)
from sanqiao.kernel.sheets.sheet import Sheet
from sanqiao.registers.areas.models import ClosedUnit
from sanqiao.registers.areas.rows import ClosedUnitRow
from sanqiao.registers.areas.sheets import AREA_HELP, by_key, names_of_areas
from sanqiao.registers.organisations.sheets import all_names

from .commands import enter_closed_units, enter_members, enter_squads
from .lists import member_lines, squad_lines
from .models import Squad, SquadMember
from .rows import MemberLine, SquadLine

ID_ALIASES = ("公民身份号码", "身份证号码")
SQUADS = Sheet(
    name="squads",
    title=_("突击队"),
    key=("number",),
    columns=(
        Column("number", _("编号"), Text(max_length=20), required=True, help=_("全市唯一")),
        Column("name", _("队名"), Name(max_length=80), required=True, aliases=("突击队", "名称")),
        Column(
            "kind", _("类型"), Choice, choices=tuple(Squad.Kind.choices), help=_("留空为市直单位")
        ),
        Column(
            "credit_code", _("组建单位"), Lookup("units"), required=True,
            help=_("名称或统一社会信用代码"), aliases=("单位", "单位名称"),
        ),
        Column(
            "area_key", _("驻地"), Lookup("areas"), required=True, help=AREA_HELP,
            aliases=("派驻社区", "社区"),
        ),
        Column(
            "id_number", _("队长身份证号"), IdNumber, secret=True,
            aliases=("队长公民身份号码", "队长身份证号码"),
            help=_("新的突击队必填；按组建当日的任职判断资格"),
        ),
        Column(
            "breach_reason", _("不符合而任命的原因"), Text(max_length=200),
            help=_("队长当日不符合资格时必填；会一直标为不符合"),
        ),
        Column("formed_on", _("组建日期"), Date(month_ok=False), required=True, aliases=("起",)),
        Column("until", _("预定解散日期"), Date(month_ok=False), aliases=("止",)),
        Column("task", _("任务"), Text(max_length=200)),
        Column("document", _("依据文件"), Text(max_length=120)),
        Column(
            "branch_parent", _("临时党支部的上级"), Lookup("organisations"),
            help=_("填了就同时成立临时党支部"),
        ),
        Column("appraisal", _("群众评价"), Text(max_length=300), help=_("写走访听到的话，不打分")),
    ),
    notes=(
        _(
            "已登记的突击队可改队名、预定解散日期、任务、依据文件和群众评价；"
            "换队长、派驻和解散在突击队的页面上办理。"
        ),
        _("市直单位的队长应是单位主要负责人，或达到规定的职级；以组建当日为准。"),
    ),
)  # fmt: skip
MEMBERS = Sheet(
    name="squad_members",
    title=_("突击队成员"),
    key=("number", "id_number", "valid_from"),
    columns=(
        Column(
            "number", _("突击队"), Lookup("squads"), required=True, help=_("队名或编号"),
            aliases=("编号", "队名", "突击队编号"),
        ),
        Column(
            "id_number", _("身份证号"), IdNumber, required=True, secret=True, aliases=ID_ALIASES,
            help=_("18 位；按文本格式填写"),
        ),
        Column(
            "role", _("职责"), Choice, choices=tuple(SquadMember.Role.choices), help=_("留空为队员")
        ),
        Column("valid_from", _("入队日期"), Date(month_ok=False), required=True, aliases=("起",)),
        Column("valid_to", _("离队日期"), Date(month_ok=False), aliases=("止",)),
        Column(
            "breach_reason", _("不符合而任命的原因"), Text(max_length=200),
            help=_("队长当日不符合资格时必填；会一直标为不符合"),
        ),
    ),
    notes=(
        _("此人应已登记在“人员”或“党员”里。"),
        _("新队长从入队日期起任，原队长到那一天为止；队长不能空缺，所以不单独填离队日期。"),
    ),
)  # fmt: skip
CLOSED_UNITS = Sheet(
    name="closed_units",
    title=_("封闭管理单元"),
    key=("area_key", "name", "closed_on"),
    columns=(
        Column(
            "area_key", _("所在区划"), Lookup("areas"), required=True, help=AREA_HELP,
            aliases=("所在网格", "社区"),
        ),
        Column("name", _("单元名称"), Name(max_length=80), required=True, aliases=("单元",)),
        Column(
            "kind", _("单元类型"), Choice, choices=tuple(ClosedUnit.Kind.choices),
            help=_("留空为小区"), aliases=("类型",),
        ),
        Column("gates", _("出入口数"), Whole(minimum=1), help=_("留空为 1"), aliases=("出入口",)),
        Column("closed_on", _("封闭日期"), Date(month_ok=False), required=True),
        Column("opened_on", _("解封日期"), Date(month_ok=False)),
    ),
    notes=(_("再次封闭的另写一行；卡口的名称在单元页上填写。"),),
)  # fmt: skip


def squad_names() -> LookupTable:
    """Visible squads by name and number → number."""
    rows = Squad.objects.order_by("number").values_list("number", "name")
    return lookup_table((number, name, (number,)) for number, name in rows)


def _squad_names(by: User) -> Context:
    return {"squads": squad_names()}


def _squads(keys: Sequence[Key] | None) -> Existing:
    numbers = None if keys is None else {str(number) for (number,) in keys}
    return by_key(SQUADS, squad_lines(numbers))


def _members(keys: Sequence[Key] | None) -> Existing:
    numbers = None if keys is None else {str(key[0]) for key in keys}
    return by_key(MEMBERS, member_lines(numbers))


def _closed_units(keys: Sequence[Key] | None) -> Existing:
    found = ClosedUnit.objects.order_by("area_path", "name", "closed_on")
    if keys is not None:
        found = found.filter(area__key__in={key[0] for key in keys})
    names = [column.name for column in CLOSED_UNITS.columns]
    columns = ["area__key" if name == "area_key" else name for name in names]
    return by_key(CLOSED_UNITS, found.values_list(*columns))


SHEETS: dict[str, Register] = {
    "squads": Register(
        sheet=SQUADS,
        command=enter_squads,
        make=SquadLine._make,
        context=all_names,
        existing=_squads,
        defaults={"kind": Squad.Kind.MUNICIPAL.value},
    ),
    "squad_members": Register(
        sheet=MEMBERS,
        command=enter_members,
        make=MemberLine._make,
        context=_squad_names,
        existing=_members,
        defaults={"role": SquadMember.Role.MEMBER.value},
    ),
    "closed_units": Register(
        sheet=CLOSED_UNITS,
        command=enter_closed_units,
        make=ClosedUnitRow._make,
        context=names_of_areas,
        existing=_closed_units,
        defaults={"kind": ClosedUnit.Kind.COMPOUND.value, "gates": 1},
    ),
}
