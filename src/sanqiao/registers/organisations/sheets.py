"""Spreadsheets of Party organisations, units, owners' committees and work teams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.importing import Existing, Key, Register
from sanqiao.kernel.models import User
from sanqiao.kernel.sheets.columns import (
    Choice,
    Column,
    Context,
    CreditCode,
    Date,
    Lookup,
    LookupTable,
    Name,
    Text,
    Whole,
    lookup_table,
)
from sanqiao.kernel.sheets.sheet import Sheet
from sanqiao.registers.areas.names import area_names
from sanqiao.registers.areas.sheets import AREA_HELP, by_key, names_of_areas

from .commands import (
    import_organisations,
    import_owners_committees,
    import_units,
    import_work_teams,
)
from .models import Organisation, OwnersCommittee, Unit, WorkTeam
from .rows import CommitteeRow, OrganisationRow, UnitRow, WorkTeamRow

USUAL_TERM = 3
COMMUNITY_TERM = 5
FIRST_DAY = date(2000, 1, 1)

AREA = Column("area_key", _("所在区划"), Lookup("areas"), required=True, help=AREA_HELP)
ORGANISATIONS = Sheet(
    name="organisations",
    title=_("党组织"),
    key=("code",),
    columns=(
        Column("code", _("编码"), Text(max_length=30), required=True, help=_("本市自定，唯一")),
        Column("name", _("党组织名称"), Name(max_length=120), required=True),
        Column("kind", _("类型"), Choice, required=True, choices=tuple(Organisation.Kind.choices)),
        Column(
            "setting", _("设置依托"), Choice, required=True,
            choices=tuple(Organisation.Setting.choices),
        ),
        Column(
            "parent_code", _("上级党组织编码"), Text(max_length=30), aliases=("上级党组织",),
            help=_("上级的编码，可以在同一个文件里"),
        ),
        AREA,
        Column("founded_on", _("成立日期"), Date, required=True),
        Column("dissolved_on", _("撤销日期"), Date),
        Column("elected_on", _("换届日期"), Date, help=_("最近一次选举的日期")),
        Column(
            "term_years", _("任期（年）"), Whole(minimum=1, maximum=5),
            help=_("留空：村、社区 5 年，其他 3 年"),
        ),
        Column("document", _("批复文号"), Text(max_length=80)),
    ),
)  # fmt: skip
UNITS = Sheet(
    name="units",
    title=_("单位"),
    key=("credit_code",),
    columns=(
        Column("credit_code", _("统一社会信用代码"), CreditCode, required=True),
        Column("name", _("单位名称"), Name(max_length=120), required=True),
        Column("kind", _("类型"), Choice, required=True, choices=tuple(Unit.Kind.choices)),
        Column("rank", _("隶属"), Choice, required=True, choices=tuple(Unit.Rank.choices)),
        AREA,
        Column("organisation_code", _("单位党组织"), Lookup("organisations"), help=_("名称或编码")),
        Column("valid_from", _("登记日期"), Date, help=_("留空为 2000-01-01")),
    ),
)
COMMITTEES = Sheet(
    name="owners_committees",
    title=_("业主委员会"),
    key=("area_key", "compound_name", "founded_on"),
    columns=(
        Column("area_key", _("小区所在区划"), Lookup("areas"), required=True, help=AREA_HELP),
        Column("compound_name", _("小区名称"), Name(max_length=80), required=True),
        Column("founded_on", _("成立日期"), Date, required=True),
        Column("dissolved_on", _("解散日期"), Date),
        Column("seats", _("委员数"), Whole(minimum=1, maximum=30)),
        Column("party_seats", _("党员委员数"), Whole(maximum=30)),
    ),
)
WORK_TEAMS = Sheet(
    name="work_teams",
    title=_("驻村工作队"),
    key=("area_key", "valid_from"),
    columns=(
        Column("area_key", _("驻村"), Lookup("areas"), required=True, help=AREA_HELP),
        Column("credit_code", _("派出单位"), Lookup("units"), help=_("名称或统一社会信用代码")),
        Column("valid_from", _("进驻日期"), Date, required=True),
        Column("valid_to", _("撤回日期"), Date),
    ),
)


def organisation_names() -> LookupTable:
    """Visible organisations by name and code → code."""
    found = Organisation.objects.filter(dissolved_on=None).order_by("path")
    return _named(found.values_list("code", "name"))


def unit_names() -> LookupTable:
    """Visible units by name and credit code → credit code."""
    found = Unit.objects.filter(valid_to=None).order_by("name")
    return _named(found.values_list("credit_code", "name"))


def _named(pairs: Iterable[tuple[str, str]]) -> LookupTable:
    """Names that are shared stand with their code."""
    found = list(pairs)
    counts: dict[str, int] = {}
    for _code, name in found:
        counts[name] = counts.get(name, 0) + 1
    return lookup_table(
        (code, name if counts[name] == 1 else f"{name}（{code}）", (code, name))
        for code, name in found
    )


def all_names(by: User) -> Context:
    return {"areas": area_names(), "organisations": organisation_names(), "units": unit_names()}


def _existing(
    sheet: Sheet,
    rows: QuerySet[Any],
    columns: Sequence[str],
    keys: Sequence[Key] | None,
    first: str,
) -> Existing:
    """Visible rows; of the keys, whose first part is the column `first`, when there are some."""
    if keys is not None:
        rows = rows.filter(**{f"{first}__in": {key[0] for key in keys}})
    return by_key(sheet, rows.values_list(*columns))


def _organisations(keys: Sequence[Key] | None) -> Existing:
    columns = (
        "code", "name", "kind", "setting", "parent__code", "area__key", "founded_on",
        "dissolved_on", "elected_on", "term_years", "document",
    )  # fmt: skip
    rows = Organisation.objects.order_by("path")
    return _existing(ORGANISATIONS, rows, columns, keys, "code")


def _units(keys: Sequence[Key] | None) -> Existing:
    columns = (
        "credit_code", "name", "kind", "rank", "area__key", "organisation__code", "valid_from",
    )  # fmt: skip
    return _existing(UNITS, Unit.objects.order_by("name"), columns, keys, "credit_code")


def _committees(keys: Sequence[Key] | None) -> Existing:
    columns = (
        "area__key", "compound__name", "founded_on", "dissolved_on", "seats", "party_seats"
    )  # fmt: skip
    rows = OwnersCommittee.objects.order_by("area_path", "founded_on")
    return _existing(COMMITTEES, rows, columns, keys, "area__key")


def _work_teams(keys: Sequence[Key] | None) -> Existing:
    columns = ("area__key", "unit__credit_code", "valid_from", "valid_to")
    rows = WorkTeam.objects.order_by("area_path", "valid_from")
    return _existing(WORK_TEAMS, rows, columns, keys, "area__key")


def _usual_term(row: dict[str, Any]) -> int:
    """《中国共产党基层组织选举工作条例》: village and community 5 years, other branches 3."""
    return COMMUNITY_TERM if row["setting"] in {"village", "residents"} else USUAL_TERM


SHEETS: dict[str, Register] = {
    "organisations": Register(
        sheet=ORGANISATIONS,
        command=import_organisations,
        make=OrganisationRow._make,
        context=names_of_areas,
        existing=_organisations,
        defaults={"term_years": _usual_term},
    ),
    "units": Register(
        sheet=UNITS,
        command=import_units,
        make=UnitRow._make,
        context=all_names,
        existing=_units,
        defaults={"valid_from": FIRST_DAY},
    ),
    "owners_committees": Register(
        sheet=COMMITTEES,
        command=import_owners_committees,
        make=CommitteeRow._make,
        context=names_of_areas,
        existing=_committees,
        defaults={"seats": 5, "party_seats": 0},
    ),
    "work_teams": Register(
        sheet=WORK_TEAMS,
        command=import_work_teams,
        make=WorkTeamRow._make,
        context=all_names,
        existing=_work_teams,
    ),
}
