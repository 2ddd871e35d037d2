"""Lists of squads, three-no compounds nobody covers, shifts, closed units."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models import Value as Constant
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanqiao.kernel.models import User
from sanqiao.registers.areas.models import ClosedUnit, Compound, in_force
from sanqiao.web.addresses import address
from sanqiao.web.listing import (
    Button,
    Choice,
    Column,
    Flag,
    Listing,
    Search,
    area,
    choice,
    day,
    link,
    number,
    text,
)
from sanqiao.web.listing.columns import Row, Value
from sanqiao.web.viewing import Viewing, in_area
from sanqiao.work.squads.models import Deployment, Shift, Squad, SquadMember

THREE_NO = Q(has_manager=False, has_committee=False, has_guard=False)
TABS = ((_("突击队"), "squads:list"), (_("无人派驻的“三无”小区"), "squads:uncovered"))


def squads(user: User, viewing: Viewing) -> QuerySet[Squad]:
    """Formed by the day; the dissolved ones too, which their state says."""
    rows = in_area(Squad.objects.visible_to(user), viewing).filter(formed_on__lte=viewing.as_of)
    day = viewing.as_of
    led = SquadMember.objects.on(day).filter(squad=OuterRef("pk"), role="captain")
    sent = Deployment.objects.on(day).filter(squad=OuterRef("pk"))
    return rows.annotate(
        captain=_first(led, "name"),
        proof=_first(led, "proof"),
        places=_counted(sent),
        is_gone=_holds(Q(dissolved_on__lte=day)),
        is_late=_holds(Q(until__lt=day, dissolved_on=None)),
    )


def _first(rows: QuerySet[Any], field: str) -> Any:
    return Subquery(rows.values(field)[:1])


def _counted(rows: QuerySet[Any]) -> Any:
    counted = rows.order_by().values("squad").annotate(n=Count("pk")).values("n")
    return Subquery(counted)


def _holds(condition: Q) -> Any:
    """True or false as a column."""
    when = When(condition, then=Constant(True))
    return Case(when, default=Constant(False), output_field=BooleanField())


def _bind_state() -> Value:
    gone, late, there = _now("已解散"), _now("到期未解散"), _now("在队")
    return lambda row: gone if row["is_gone"] else late if row["is_late"] else there


def _state_tone(row: Row) -> str:
    return "" if row["is_gone"] else "late" if row["is_late"] else "good"


def _bind_proof() -> Value:
    labels = {str(key): str(label) for key, label in SquadMember.Proof.choices}
    return lambda row: labels.get(row["proof"] or "", "") if row["proof"] else ""


def _proof_tone(row: Row) -> str:
    return {"breach": "late", "exempt": ""}.get(row["proof"] or "", "good")


SQUADS = Listing(
    "squads",
    _("突击队"),
    squads,
    (
        link("name", _("队名"), "name", lambda row: address("squads:detail", row["pk"])),
        text("number", _("编号")),
        area(_("驻地")),
        text("captain", _("队长")),
        Column("proof", _("队长资格"), ("proof",), _bind_proof, tone=_proof_tone),
        number("places", _("派驻")),
        Column("state", _("状态"), ("is_gone", "is_late"), _bind_state, tone=_state_tone),
        day("formed_on", _("组建日期")),
        text("unit_name", _("组建单位"), is_hidden=True),
        choice("kind", _("类型"), Squad.Kind.choices, is_hidden=True),
        day("until", _("预定解散日期"), is_hidden=True),
        day("dissolved_on", _("解散日期"), is_hidden=True),
    ),
    ("number", "id"),
    (
        Search("q", _("队名"), ("name", "unit_name", "number"), hint=_("队名、单位或编号")),
        Choice("kind", _("类型"), choices=Squad.Kind.choices),
        Flag("late", _("到期未解散"), Q(is_late=True)),
        Flag("breach", _("队长资格不符合"), Q(proof="breach")),
    ),
    ("squads.formed", "squads.members", "squads.deployments", "squads.deeds"),
    (
        Button(_("组建突击队"), "squads:new", "squads.lead"),
        Button(_("队长资格"), "squads:rule_new", "squads.lead", "edit"),
        Button(_("导入"), "imports:upload", "import", "import", ("squads",)),
        Button(_("导入成员"), "imports:upload", "import", "import", ("squad_members",)),
    ),
    _("还没有突击队；可以“组建突击队”。"),
    TABS,
)


def uncovered(user: User, viewing: Viewing) -> QuerySet[Compound]:
    """Three-no compounds to which no squad is sent on the day."""
    sent = Deployment.objects.filter(in_force(viewing.as_of), compound=OuterRef("pk"))
    rows = Compound.objects.visible_to(user).filter(in_force(viewing.as_of) & THREE_NO)
    return in_area(rows, viewing).filter(~Exists(sent))


def _bind_year() -> Value:
    """A year has no thousands."""
    return lambda row: str(row["built_year"] or "")


UNCOVERED = Listing(
    "uncovered",
    _("无人派驻的“三无”小区"),
    uncovered,
    (
        link("name", _("小区名称"), "name", lambda row: address("compounds:detail", row["pk"])),
        area(_("区划")),
        number("households", _("户数")),
        Column("built_year", _("建成年份"), ("built_year",), _bind_year, sort=("built_year",)),
    ),
    ("area_path", "name", "id"),
    (Search("q", _("名称"), ("name",)),),
    ("areas.three_no_compounds", "squads.three_no_covered", "squads.three_no_uncovered"),
    (),
    _("每个“三无”小区都有突击队派驻。"),
    TABS,
)


def shifts(user: User, viewing: Viewing) -> QuerySet[Shift]:
    """Of the period; of a mere day, of that day."""
    rows = in_area(Shift.objects.visible_to(user), viewing)
    first = viewing.start or viewing.as_of
    taken = Count("claims", filter=Q(claims__cancelled_on=None))
    return rows.filter(day__range=(first, viewing.as_of)).annotate(taken=taken)


def _bind_taken() -> Value:
    return lambda row: f"{row['taken']} / {row['capacity']}"


def _taken_tone(row: Row) -> str:
    return "good" if row["taken"] == row["capacity"] else "soon"


def _bind_hours() -> Value:
    return lambda row: f"{row['begins']:%H:%M}–{row['ends']:%H:%M}"


SHIFTS = Listing(
    "shifts",
    _("值守班次"),
    shifts,
    (
        link("place", _("地点"), "place_name", lambda row: address("squads:shift", row["pk"])),
        area(_("区划")),
        day("day", _("日期")),
        Column("hours", _("时间"), ("begins", "ends"), _bind_hours, sort=("begins",)),
        Column("taken", _("已认领"), ("taken", "capacity"), _bind_taken, tone=_taken_tone),
        day("cancelled_on", _("取消日期"), is_hidden=True),
    ),
    ("day", "begins", "area_path", "id"),
    (
        Search("q", _("地点"), ("place_name",)),
        Flag("free", _("还有名额"), Q(taken__lt=F("capacity"), cancelled_on=None)),
        Flag("gates", _("只看卡口"), Q(gate__isnull=False)),
        Flag("cancelled", _("已取消"), Q(cancelled_on__isnull=False)),
    ),
    ("squads.shifts", "squads.places", "squads.places_filled", "squads.people_on_shift"),
    (),
    _("这一天没有班次；换一天或一个时段再看，或在派驻、卡口上安排。"),
)


def closed_units(user: User, viewing: Viewing) -> QuerySet[ClosedUnit]:
    """Closed on the day or before; those open again too."""
    rows = ClosedUnit.objects.visible_to(user).filter(closed_on__lte=viewing.as_of)
    named = Count("named_gates")
    return in_area(rows, viewing).annotate(
        named=named, is_open=_holds(Q(opened_on__lte=viewing.as_of))
    )


def _bind_closed() -> Value:
    opened, closed = _now("已解封"), _now("封闭中")
    return lambda row: opened if row["is_open"] else closed


CLOSED = Listing(
    "closed",
    _("封闭管理单元"),
    closed_units,
    (
        link(
            "name",
            _("单元名称"),
            "name",
            lambda row: address("squads:closed_unit", row["pk"]),
        ),
        area(_("区划")),
        choice("kind", _("单元类型"), ClosedUnit.Kind.choices),
        number("gates", _("出入口")),
        number("named", _("已命名卡口")),
        Column(
            "state",
            _("状态"),
            ("is_open",),
            _bind_closed,
            tone=lambda row: "" if row["is_open"] else "soon",
        ),
        day("closed_on", _("封闭日期")),
        day("opened_on", _("解封日期")),
    ),
    ("area_path", "name", "id"),
    (
        Search("q", _("名称"), ("name",)),
        Choice("kind", _("单元类型"), choices=ClosedUnit.Kind.choices),
        Flag("standing", _("封闭中"), Q(is_open=False)),
        Flag("unnamed", _("卡口未命名"), Q(named__lt=F("gates"))),
    ),
    ("areas.closed_units", "squads.gates", "squads.gates_without_shift"),
    (
        Button(_("封闭一个单元"), "squads:closed_new", "areas.change"),
        Button(_("导入"), "imports:upload", "import", "import", ("closed_units",)),
    ),
    _("没有封闭管理单元。"),
)
