"""Lists of Party organisations and units."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import DateField, Q, QuerySet
from django.db.models import Value as Constant
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import in_force
from sanqiao.registers.organisations.models import Organisation, Unit
from sanqiao.registers.organisations.rules import ELECTED, TERM_AHEAD, Warning, warnings_for
from sanqiao.web.addresses import address
from sanqiao.web.listing import (
    Button,
    Choice,
    Column,
    Days,
    Flag,
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

from .pages import full_members


def organisations(user: User, viewing: Viewing) -> QuerySet[Organisation]:
    """With `as_of`, by which terms are judged."""
    rows = Organisation.objects.visible_to(user).on(viewing.as_of)
    return in_area(rows.annotate(as_of=day_of(viewing.as_of)), viewing)


def day_of(when: date) -> Constant:
    return Constant(when, output_field=DateField())


def tops(user: User, viewing: Viewing) -> QuerySet[Organisation]:
    """The organisations of the area itself, from which the tree goes down."""
    rows = Organisation.objects.visible_to(user).on(viewing.as_of)
    if viewing.area is None:
        return rows.filter(parent=None)
    above = Q(parent=None) | ~Q(parent__area_path__startswith=viewing.area.path)
    return in_area(rows, viewing).filter(above)


def _href(row: Row) -> str:
    return address("organisations:detail", row["code"])


def _bind_term() -> Value:
    return lambda row: row["term_ends_on"]


def _term_tone(row: Row) -> str:
    """Red when the term has run out on the day looked at, amber in its last half-year."""
    ends = row["term_ends_on"]
    if ends is None:
        return ""
    left = ends - row["as_of"]
    return "late" if left < timedelta(0) else "soon" if left < TERM_AHEAD else ""


RULED = ("kind", "setting", "founded_on", "elected_on", "term_ends_on", "dissolved_on")


def _fill_members(rows: list[Row]) -> None:
    """The rules judge by all members: a count is nobody's record."""
    counts = full_members([row["pk"] for row in rows], rows[0]["as_of"])
    for row in rows:
        row["full_members"] = counts[row["pk"]]


def _bind_warnings() -> Value:
    return lambda row: "；".join(warning.text for warning in _warnings(row))


def _warnings(row: Row) -> list[Warning]:
    organisation = Organisation(**{name: row[name] for name in RULED})
    return warnings_for(organisation, full_members=row["full_members"], on=row["as_of"])


COLUMNS = (
    link("name", _("党组织名称"), "name", _href, "code", sort=("pinyin", "name")),
    choice("kind", _("类型"), Organisation.Kind.choices),
    choice("setting", _("设置依托"), Organisation.Setting.choices, is_hidden=True),
    text("parent", _("上级党组织"), "parent__name"),
    area(_("区划")),
    day("founded_on", _("成立日期"), is_hidden=True),
    day("elected_on", _("换届日期")),
    Column(
        "term_ends_on",
        _("届满日期"),
        ("term_ends_on", "as_of"),
        _bind_term,
        ("term_ends_on",),
        "d",
        tone=_term_tone,
    ),
    Column(
        "warnings",
        _("提醒"),
        (*RULED, "as_of"),
        _bind_warnings,
        is_hidden=True,
        fill=_fill_members,
    ),
    text("code", _("编码"), is_hidden=True),
)
FILTERS = (
    Search("q", _("名称"), ("name", "pinyin", "initials"), ("code",), _("名称、拼音、编码")),
    Choice("kind", _("类型"), choices=Organisation.Kind.choices),
    Choice("setting", _("设置依托"), choices=Organisation.Setting.choices),
    Days("term", _("届满日期"), field="term_ends_on"),
    Flag("no_election", _("没有登记换届日期"), Q(term_ends_on=None, kind__in=ELECTED)),
)
TABS = ((_("列表"), "organisations:list"), (_("组织树"), "organisations:tree"))
SUMS = ("organisations.organisations", "organisations.branches", "organisations.term_expired")
BUTTONS = (
    Button(_("登记党组织"), "organisations:new", "organisations.change"),
    Button(_("导入"), "imports:upload", "import", "import", ("organisations",)),
)

ORGANISATIONS = Listing(
    "organisations",
    _("党组织"),
    organisations,
    COLUMNS,
    ("path",),
    FILTERS,
    SUMS,
    BUTTONS,
    _("还没有登记党组织；可以用“导入”登记。"),
    TABS,
)


def units(user: User, viewing: Viewing) -> QuerySet[Unit]:
    return in_area(Unit.objects.visible_to(user).filter(in_force(viewing.as_of)), viewing)


UNITS = Listing(
    "units",
    _("单位"),
    units,
    (
        link(
            "name",
            _("单位名称"),
            "name",
            lambda row: address("units:detail", row["pk"]),
            sort=("pinyin", "name"),
        ),
        choice("kind", _("类型"), Unit.Kind.choices),
        choice("rank", _("隶属"), Unit.Rank.choices),
        text("credit_code", _("统一社会信用代码")),
        text("organisation", _("单位党组织"), "organisation__name"),
        area(_("区划")),
        day("valid_from", _("登记日期"), is_hidden=True),
    ),
    ("pinyin", "id"),
    (
        Search(
            "q", _("名称"), ("name", "pinyin", "initials"), ("credit_code",), _("名称、拼音、代码")
        ),
        Choice("kind", _("类型"), choices=Unit.Kind.choices),
        Choice("rank", _("隶属"), choices=Unit.Rank.choices),
        Flag("no_organisation", _("没有党组织"), Q(organisation=None)),
    ),
    ("organisations.units", "organisations.work_teams"),
    (
        Button(_("登记单位"), "units:new", "organisations.change"),
        Button(_("导入"), "imports:upload", "import", "import", ("units",)),
    ),
    _("还没有登记单位；可以用“导入”登记。"),
)
