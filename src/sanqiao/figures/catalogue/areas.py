"""区划: territory, marks of areas, compounds and what is closed around them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records, Where
from sanqiao.registers.areas.models import (
    Area,
    ClosedUnit,
    Compound,
    Designation,
    GovernanceTier,
    in_force,
)

SINCE = date(2019, 1, 1)
TERRITORY = _("区划登记；统计用区划代码和城乡划分代码")
ESTATE_LEDGER = _("小区台账")
MARKS = _("区划标识台账及其认定文件")
CIVIL_AFFAIRS, GRIDS_OFFICE = _("市民政局"), _("市委政法委")
ORGANISATION_OFFICE, POVERTY_OFFICE = _("市委组织部"), _("市扶贫办")
LEVEL_FIELDS = ("level", "kind", "official_code", "valid_from", "valid_to")
MARK_FIELDS = ("kind", "valid_from", "valid_to")
PIECE = _("个")


def standing(**where: object) -> Records:
    """Areas of a sort that stand on the day."""
    return Records(
        of=Area,
        where=lambda start, as_of: in_force(as_of) & Q(**where),
        area="pk",
        fields=LEVEL_FIELDS,
    )


def marked(where: Where) -> Records:
    return Records(of=Designation, where=where, subject="area", fields=MARK_FIELDS)


def marked_as(kind: str) -> Records:
    """Areas that carry a mark on the day; an area twice marked counts once."""
    return marked(lambda start, as_of: in_force(as_of) & Q(kind=kind))


COUNTIES = Figure(
    code="areas.counties",
    name=_("县级区域"),
    unit=PIECE,
    kind="count",
    population=_("全市县级层级的区划"),
    definition=_("截至当日存在的县级区域，含不设统计代码、按县级管理的功能区（经开区、特区）。"),
    source=TERRITORY,
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=standing(level="county"),
)
STATUTORY_COUNTIES = Figure(
    code="areas.statutory_counties",
    name=_("法定县级行政区划"),
    unit=PIECE,
    kind="count",
    population=_("全市县级层级的区划"),
    definition=_("截至当日存在的法定县（市、区），不含功能区。"),
    source=TERRITORY,
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=standing(level="county", kind="statutory"),
)
TOWNSHIPS = Figure(
    code="areas.townships",
    name=_("乡级区划"),
    unit=PIECE,
    kind="count",
    population=_("全市乡级层级的区划"),
    definition=_("截至当日存在、有统计用区划代码的街道、镇、乡和类似乡级单位。"),
    source=TERRITORY,
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=standing(level="township", official_code__isnull=False),
)
COMMUNITIES = Figure(
    code="areas.communities",
    name=_("村（社区）"),
    unit=PIECE,
    kind="count",
    population=_("全市村级层级的区划"),
    definition=_("截至当日存在、有统计用区划代码的村、社区和类似村级单位。"),
    source=TERRITORY,
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=standing(level="community", official_code__isnull=False),
)
KEY_POOR_VILLAGES = Figure(
    code="areas.key_poor_villages",
    name=_("重点贫困村"),
    unit=PIECE,
    kind="distinct",
    population=_("认定为重点贫困村的村"),
    definition=_("截至当日已认定、尚未出列的重点贫困村，每村计一次。"),
    source=MARKS,
    owner=POVERTY_OFFICE,
    since=SINCE,
    records=marked_as("key_poor_village"),
)
POOR_VILLAGES_DELISTED = Figure(
    code="areas.poor_villages_delisted",
    name=_("出列贫困村"),
    unit=PIECE,
    kind="distinct",
    population=_("曾认定为重点贫困村的村"),
    definition=_("截至当日已经出列的重点贫困村，每村计一次。"),
    source=MARKS,
    owner=POVERTY_OFFICE,
    since=SINCE,
    records=marked(lambda start, as_of: Q(kind="key_poor_village", valid_to__lte=as_of)),
)
POOR_VILLAGES_EVER = Figure(
    code="areas.poor_villages_ever",
    name=_("曾认定的重点贫困村"),
    unit=PIECE,
    kind="distinct",
    population=_("曾认定为重点贫困村的村"),
    definition=_("截至当日曾经认定过的重点贫困村，不论是否出列，每村计一次。"),
    source=MARKS,
    owner=POVERTY_OFFICE,
    since=SINCE,
    records=marked(lambda start, as_of: Q(kind="key_poor_village", valid_from__lte=as_of)),
)
WEAK_ORGANISATIONS = Figure(
    code="areas.weak_organisations",
    name=_("软弱涣散村（社区）党组织"),
    unit=PIECE,
    kind="distinct",
    population=_("村（社区）党组织"),
    definition=_("截至当日认定为软弱涣散、尚未销号的村（社区）党组织，每村计一次。"),
    source=MARKS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=marked_as("weak_organisation"),
)
GOVERNANCE_TIERS = Figure(
    code="areas.governance_tiers",
    name=_("小区治理组织架构层级"),
    unit=_("级"),
    kind="distinct",
    population=_("小区治理组织架构"),
    definition=_("截至当日有效的小区治理组织架构的层级数；上下级采用同一架构的不重复计。"),
    source=_("小区治理组织架构文件"),
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=GovernanceTier,
        where=lambda start, as_of: in_force(as_of),
        subject="order",
        fields=("valid_from", "valid_to"),
    ),
)
COMPOUNDS = Figure(
    code="areas.compounds",
    name=_("小区"),
    unit=PIECE,
    kind="count",
    population=_("登记的住宅小区"),
    definition=_("截至当日登记、尚未注销的住宅小区。"),
    source=ESTATE_LEDGER,
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=Records(
        of=Compound,
        where=lambda start, as_of: in_force(as_of),
        fields=("valid_from", "valid_to"),
    ),
)
THREE_NO_COMPOUNDS = Figure(
    code="areas.three_no_compounds",
    name=_("“三无”小区"),
    unit=PIECE,
    kind="count",
    population=_("登记的住宅小区"),
    definition=_("无物业公司、无业主委员会、无责任单位或门卫的小区。三项按最近登记。"),
    source=ESTATE_LEDGER,
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=Records(
        of=Compound,
        where=lambda start, as_of: (
            in_force(as_of) & Q(has_manager=False, has_committee=False, has_guard=False)
        ),
        fields=("has_manager", "has_committee", "has_guard", "valid_from", "valid_to"),
    ),
)
CLOSED_UNITS = Figure(
    code="areas.closed_units",
    name=_("封闭管理单元"),
    unit=PIECE,
    kind="count",
    population=_("登记的封闭管理单元"),
    definition=_("截至当日已封闭、尚未解封的管理单元。"),
    source=_("封闭管理台账"),
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=ClosedUnit,
        where=lambda start, as_of: in_force(as_of, start="closed_on", end="opened_on"),
        fields=("closed_on", "opened_on"),
    ),
)


COUNTIES_BEYOND_STATUTORY = Check(
    code="areas.counties_cover_statutory",
    kind="subset",
    relation="R-15",
    statement=_("法定县级区划都在县级区域之内。"),
    left=("areas.statutory_counties",),
    right=("areas.counties",),
    reason=_("多出的是不设统计代码、按县级管理的功能区。"),
)
POOR_VILLAGES_ADD_UP = Check(
    code="areas.poor_villages_add_up",
    kind="identity",
    relation="R-16",
    statement=_("尚未出列的与已经出列的重点贫困村之和，等于曾认定的重点贫困村。"),
    left=("areas.key_poor_villages", "areas.poor_villages_delisted"),
    right=("areas.poor_villages_ever",),
)
DELISTING_IS_FINAL = Check(
    code="areas.delisting_is_final",
    kind="monotone",
    statement=_("出列贫困村只增不减。"),
    left=("areas.poor_villages_delisted",),
)
WEAK_SHARE = Check(
    code="areas.weak_share",
    kind="ratio_bounds",
    relation="R-17",
    statement=_("软弱涣散党组织占村（社区）的比例在5%至10%之间。"),
    left=("areas.weak_organisations",),
    right=("areas.communities",),
    low=Decimal("0.05"),
    high=Decimal("0.10"),
    flag=True,
    reason=_("各地每年倒排认定的比例一般为5%至10%；超出时应说明。"),
)
COMMUNITIES_ADD_UP = Check(
    code="areas.communities_add_up",
    kind="children_sum",
    statement=_("下一级的村（社区）数之和等于本级。"),
    left=("areas.communities",),
)
