"""值守: shifts at deployments and gates, who took them; and what squads did."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import in_force
from sanqiao.work.squads.models import Claim, Gate, LogEntry, Shift

SINCE = date(2019, 1, 1)
ROSTER, LOG = _("值守班次表"), _("突击队工作日志")
ORGANISATION_OFFICE, GRIDS_OFFICE = _("市委组织部"), _("市委政法委")
PERSON, PIECE, PLACE = _("人"), _("个"), _("个名额")


def shifts(start: date | None, as_of: date) -> Q:
    return Q(day__gte=start or date.min, day__lte=as_of, cancelled_on__isnull=True)


def closed(day: date, to: str = "") -> Q:
    return in_force(day, start=f"{to}closed_on", end=f"{to}opened_on")


def manned(day: date) -> QuerySet[Shift]:
    return Shift.objects.filter(gate=OuterRef("pk"), day=day, cancelled_on__isnull=True)


def logged(start: date | None, as_of: date) -> Q:
    """Entries that no later one corrects."""
    later = LogEntry.objects.filter(corrects=OuterRef("pk"))
    return Q(day__gte=start or date.min, day__lte=as_of) & ~Q(Exists(later))


SHIFTS = Figure(
    code="squads.shifts",
    name=_("值守班次"),
    unit=PIECE,
    kind="count",
    timing="flow",
    population=_("派驻地和封闭单元卡口的班次，不含已取消的"),
    definition=_("期间内安排的班次。"),
    source=ROSTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(of=Shift, where=shifts, fields=("day", "capacity", "cancelled_on")),
)
PLACES = Figure(
    code="squads.places",
    name=_("值守名额"),
    unit=PLACE,
    kind="sum",
    timing="flow",
    population=_("派驻地和封闭单元卡口的班次，不含已取消的"),
    definition=_("期间内各班次名额之和。"),
    source=ROSTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(of=Shift, where=shifts, amount="capacity", fields=("day", "cancelled_on")),
)
PLACES_FILLED = Figure(
    code="squads.places_filled",
    name=_("已认领的名额"),
    unit=_("人次"),
    kind="count",
    timing="flow",
    population=_("派驻地和封闭单元卡口的班次，不含已取消的"),
    definition=_("期间内各班次已认领、未取消的名额；同一人值守几次计几次。"),
    source=ROSTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=Claim,
        where=lambda start, as_of: Q(
            day__gte=start or date.min, day__lte=as_of, cancelled_on__isnull=True
        ),
        fields=("day", "seat", "cancelled_on"),
    ),
)
FILLED_SHARE = Figure(
    code="squads.places_filled_share",
    name=_("名额认领率"),
    unit="%",
    kind="share",
    timing="flow",
    population=_("派驻地和封闭单元卡口的班次，不含已取消的"),
    definition=_("已认领的名额除以值守名额，乘以一百。"),
    source=ROSTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    parts=("squads.places_filled", "squads.places"),
    factor=100,
    decimals=1,
)
ON_SHIFT = Figure(
    code="squads.people_on_shift",
    name=_("参加值守的人"),
    unit=PERSON,
    kind="distinct",
    timing="flow",
    population=_("认领了班次、未取消的人"),
    definition=_("期间内认领了至少一个班次的人，每人计一次。"),
    source=ROSTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=Claim,
        where=lambda start, as_of: Q(
            day__gte=start or date.min, day__lte=as_of, cancelled_on__isnull=True
        ),
        subject="person",
        fields=("day", "cancelled_on"),
    ),
)
GATES = Figure(
    code="squads.gates",
    name=_("卡口"),
    unit=PIECE,
    kind="count",
    population=_("封闭期间的管理单元的已命名卡口"),
    definition=_("截至当日封闭中的管理单元的卡口。"),
    source=ROSTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=Gate,
        where=lambda start, as_of: closed(as_of, "closed_unit__"),
        fields=("number", "closed_unit__closed_on", "closed_unit__opened_on"),
    ),
)
GATES_WITHOUT_SHIFT = Figure(
    code="squads.gates_without_shift",
    name=_("当日没有班次的卡口"),
    unit=PIECE,
    kind="count",
    population=_("封闭期间的管理单元的已命名卡口"),
    definition=_("当日封闭中的管理单元的卡口，当日没有安排班次的。"),
    source=ROSTER,
    owner=GRIDS_OFFICE,
    since=SINCE,
    records=Records(
        of=Gate,
        where=lambda start, as_of: closed(as_of, "closed_unit__") & ~Q(Exists(manned(as_of))),
        fields=("number", "closed_unit__closed_on", "closed_unit__opened_on"),
    ),
)
LOG_ENTRIES = Figure(
    code="squads.log_entries",
    name=_("突击队工作日志"),
    unit=_("条"),
    kind="count",
    timing="flow",
    population=_("各突击队的日志，更正过的只计最后一条"),
    definition=_("期间内的日志条数。"),
    source=LOG,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=LogEntry,
        where=lambda start, as_of: logged(start, as_of),
        fields=("day", "deeds"),
    ),
)
DEEDS = Figure(
    code="squads.deeds",
    name=_("突击队办实事"),
    unit=_("件"),
    kind="sum",
    timing="flow",
    population=_("各突击队的日志，更正过的只计最后一条"),
    definition=_("期间内日志所记办实事件数之和。"),
    source=LOG,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=LogEntry,
        where=lambda start, as_of: logged(start, as_of),
        amount="deeds",
        fields=("day",),
    ),
)
FILLED_WITHIN_PLACES = Check(
    code="squads.filled_within_places",
    kind="subset",
    statement=_("已认领的名额不多于值守名额。"),
    left=("squads.places_filled",),
    right=("squads.places",),
)
