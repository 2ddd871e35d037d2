"""双报到、双报告: pairings, check-ins, reports; who is counted is said each time."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check, Cover
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import in_force
from sanqiao.work.service.models import (
    Exemption,
    MechanismDuty,
    MemberCheckIn,
    Pairing,
    UnitCheckIn,
)
from sanqiao.work.service.models.pairings import agreed

SINCE = date(2019, 1, 1)
SLIPS, AGREEMENTS = _("报到单；社区接收登记"), _("包联协议台账")
RULES = _("双报到、双报告事项清单及其依据文件")
ORGANISATION_OFFICE = _("市委组织部")
PERSON, PIECE, ITEM, COPY = _("人"), _("个"), _("项"), _("份")
STAFF_OF_UNITS = _("市直机关企事业单位的党员和非党员干部职工")
SLIP_FIELDS = ("standing", "unit_rank", "checked_in_on", "accepted_on")
PAIRING_FIELDS = ("unit_rank", "valid_from", "valid_to", "unit_signed_on", "community_signed_on")


def duties(kind: str) -> Records:
    return Records(
        of=MechanismDuty,
        where=lambda start, as_of: in_force(as_of) & Q(kind=kind),
        fields=("kind", "party", "valid_from", "valid_to"),
    )


def paired(subject: str) -> Records:
    """Agreed pairings of municipal units on the day."""
    return Records(
        of=Pairing,
        where=lambda start, as_of: agreed(as_of) & Q(unit_rank="municipal"),
        subject=subject,
        fields=PAIRING_FIELDS,
    )


def accepted(start: date | None, as_of: date) -> Q:
    """Slips of the period that the community had accepted by its end."""
    return Q(
        unit_rank="municipal",
        checked_in_on__gte=start or date.min,
        checked_in_on__lte=as_of,
        accepted_on__lte=as_of,
    )


def checked_in(subject: str, **where: object) -> Records:
    return Records(
        of=MemberCheckIn,
        where=lambda start, as_of: accepted(start, as_of) & Q(**where),
        subject=subject,
        fields=SLIP_FIELDS,
    )


def held(day: date) -> Q:
    return in_force(day, start="checked_in_on", end="ended_on")


CHECK_IN_DUTIES = Figure(
    code="service.check_in_duties",
    name=_("双报到事项"),
    unit=ITEM,
    kind="count",
    population=_("双报到、双报告制度规定的事项"),
    definition=_("截至当日有效的报到事项：单位报到和个人报到各为一项。"),
    source=RULES,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=duties("check_in"),
)
REPORT_DUTIES = Figure(
    code="service.report_duties",
    name=_("双报告事项"),
    unit=ITEM,
    kind="count",
    population=_("双报到、双报告制度规定的事项"),
    definition=_("截至当日有效的报告事项：单位年度报告和个人半年报告各为一项。"),
    source=RULES,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=duties("report"),
)
PAIRED_UNITS = Figure(
    code="service.paired_units",
    name=_("包联单位"),
    unit=PIECE,
    kind="distinct",
    population=_("市直机关企事业单位"),
    definition=_("截至当日双方已签字、在有效期内的包联中的市直单位，每个单位计一次。"),
    source=AGREEMENTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=paired("unit"),
)
PAIRED_COMMUNITIES = Figure(
    code="service.paired_communities",
    name=_("被包联社区（村）"),
    unit=PIECE,
    kind="distinct",
    population=_("与市直单位签订包联协议的社区和村"),
    definition=_("截至当日有市直单位包联、双方已签字的社区（村），每个计一次。"),
    source=AGREEMENTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=paired("area"),
)
UNITS_PER_COMMUNITY = Figure(
    code="service.units_per_community",
    name=_("每个被包联社区的单位数"),
    unit=_("个/个"),
    kind="ratio",
    population=_("与市直单位签订包联协议的社区和村"),
    definition=_("包联单位数除以被包联社区（村）数；几个单位可以共同包联一个社区。"),
    source=AGREEMENTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("service.paired_units", "service.paired_communities"),
    decimals=2,
)
REPORTING_UNITS = Figure(
    code="service.reporting_units",
    name=_("有人报到的市直单位"),
    unit=PIECE,
    kind="distinct",
    timing="flow",
    population=_("市直机关企事业单位"),
    definition=_("期间内至少有一人向居住地社区报到并被接收的市直单位，每个单位计一次。"),
    source=SLIPS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=checked_in("unit"),
    apart=("service.paired_units",),
)
CHECKED_IN = Figure(
    code="service.checked_in",
    name=_("向居住地社区报到的党员干部职工"),
    unit=PERSON,
    kind="distinct",
    timing="flow",
    population=STAFF_OF_UNITS,
    definition=_(
        "期间内报到、期末前已被社区接收的市直单位人员，含非党员职工；每人计一次，搬迁不重计。"
    ),
    source=SLIPS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=checked_in("person"),
    apart=("people.members",),
)
CHECKED_IN_MEMBERS = Figure(
    code="service.checked_in_members",
    name=_("报到的党员"),
    unit=PERSON,
    kind="distinct",
    timing="flow",
    population=STAFF_OF_UNITS,
    definition=_("期间内报到并被接收的人员中，报到当日组织关系在册的党员；每人计一次。"),
    source=SLIPS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=checked_in("person", standing="member"),
)
CHECKED_IN_STAFF = Figure(
    code="service.checked_in_staff",
    name=_("报到的非党员干部职工"),
    unit=PERSON,
    kind="distinct",
    timing="flow",
    population=STAFF_OF_UNITS,
    definition=_("期间内报到并被接收的人员中，报到当日不是党员的干部职工；每人计一次。"),
    source=SLIPS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=checked_in("person", standing="staff"),
)
CHECKED_IN_PER_UNIT = Figure(
    code="service.checked_in_per_unit",
    name=_("每个单位的报到人数"),
    unit=_("人/个"),
    kind="ratio",
    timing="flow",
    population=STAFF_OF_UNITS,
    definition=_("期间内报到并被接收的人数除以有人报到的市直单位数。"),
    source=SLIPS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("service.checked_in", "service.reporting_units"),
    decimals=1,
)
REPORTING_LESS_PAIRED = Figure(
    code="service.reporting_less_paired",
    name=_("有人报到的单位数与包联单位数之差"),
    unit=PIECE,
    kind="difference",
    timing="flow",
    population=_("市直机关企事业单位"),
    definition=_("期间内有人报到的市直单位数减去期末包联单位数；是两个数之差，不是名单之差。"),
    source=_("报到单；包联协议台账"),
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("service.reporting_units", "service.paired_units"),
)
PLACED = Figure(
    code="service.placed",
    name=_("在册的报到人员"),
    unit=PERSON,
    kind="count",
    population=_("向居住地社区报到的各级单位党员和非党员干部职工"),
    definition=_(
        "截至当日已被社区接收并编组、尚未结束的报到人员；一人同时只有一处报到，故不重复。"
    ),
    source=SLIPS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=MemberCheckIn,
        where=lambda start, as_of: held(as_of) & Q(accepted_on__lte=as_of),
        fields=("checked_in_on", "accepted_on", "ended_on"),
    ),
)
WAITING = Figure(
    code="service.waiting",
    name=_("待社区接收的报到单"),
    unit=COPY,
    kind="count",
    population=_("已交到社区的报到单"),
    definition=_("截至当日已交社区、尚未接收也未退回的报到单。"),
    source=SLIPS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=MemberCheckIn,
        where=lambda start, as_of: (
            held(as_of) & (Q(accepted_on__isnull=True) | Q(accepted_on__gt=as_of))
        ),
        fields=("checked_in_on", "accepted_on", "ended_on"),
    ),
)
EXEMPT = Figure(
    code="service.exempt",
    name=_("免报到人员"),
    unit=PERSON,
    kind="distinct",
    population=_("各级单位的党员和非党员干部职工"),
    definition=_("截至当日登记了免报到原因且在有效期内的人员，每人计一次。"),
    source=_("免报到登记"),
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Exemption,
        where=lambda start, as_of: in_force(as_of),
        subject="person",
        fields=("valid_from", "valid_to"),
    ),
)
UNITS_IN = Figure(
    code="service.units_in",
    name=_("已向社区报到的包联单位"),
    unit=PIECE,
    kind="distinct",
    population=_("签订包联协议的单位"),
    definition=_("截至当日以单位名义向包联社区报到并被接收的单位，每个单位计一次。"),
    source=AGREEMENTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=UnitCheckIn,
        where=lambda start, as_of: Q(accepted_on__lte=as_of),
        subject="unit",
        fields=("checked_in_on", "accepted_on"),
    ),
)


def pairings(day: date) -> QuerySet[Pairing]:
    return Pairing.objects.on(day)


def without_lead(day: date) -> QuerySet[Pairing]:
    """Pairings of communities in which no unit leads on the day."""
    led = Pairing.objects.on(day).filter(area=OuterRef("area"), is_lead=True)
    return pairings(day).filter(~Exists(led))


def not_checked_in(day: date) -> QuerySet[Pairing]:
    """Pairings whose unit the community has not accepted by the day."""
    visits = UnitCheckIn.objects.filter(pairing=OuterRef("pk"), accepted_on__lte=day)
    return pairings(day).filter(~Exists(visits))


def placed(day: date) -> QuerySet[MemberCheckIn]:
    return MemberCheckIn.objects.placed_on(day)


def living_elsewhere(day: date) -> QuerySet[MemberCheckIn]:
    """Slips whose person lives, by today's register, outside the community that accepted."""
    return placed(day).exclude(person__area_path__startswith=F("community__path"))


PAIRED_WITHIN = Check(
    code="service.paired_within",
    kind="subset",
    relation="R-14",
    statement=_("被包联社区（村）不多于包联单位：每个被包联社区至少有一个单位。"),
    left=("service.paired_communities",),
    right=("service.paired_units",),
)
EVERY_COMMUNITY_IS_LED = Check(
    code="service.every_community_is_led",
    kind="cover",
    statement=_("每个被包联社区有一个牵头单位。"),
    cover=Cover(all=pairings, missing=without_lead),
)
EVERY_PAIRING_HAS_CHECKED_IN = Check(
    code="service.every_pairing_has_checked_in",
    kind="cover",
    statement=_("每个生效的包联，单位都已向社区报到并被接收。"),
    cover=Cover(all=pairings, missing=not_checked_in),
)
REPORTING_AND_PAIRED = Check(
    code="service.reporting_and_paired",
    kind="identity",
    relation="R-25",
    statement=_("有人报到的市直单位与包联单位是同一批单位。"),
    left=("service.reporting_units",),
    right=("service.paired_units",),
    flag=True,
    reason=_(
        "两个数的范围和时间不同：前者是应急期间有人报到的单位，后者是签了包联协议的单位；"
        "差额是否与突击队组建单位有关，应询问组织部门，不能把两份名单合并。"
    ),
)
CHECKED_IN_ARE_NOT_ALL_MEMBERS = Check(
    code="service.checked_in_are_not_all_members",
    kind="cross_source",
    relation="R-26",
    statement=_("报到的党员干部职工都是党员。"),
    left=("service.checked_in",),
    right=("service.checked_in_members",),
    flag=True,
    reason=_("报到人数含非党员职工，不能除以党员数当作党员报到率；党员和职工应分开说明。"),
)
BOTH_STANDINGS_COVER = Check(
    code="service.both_standings_cover",
    kind="subset",
    statement=_("报到的人不是党员就是非党员干部职工。"),
    left=("service.checked_in",),
    right=("service.checked_in_members", "service.checked_in_staff"),
)
LIVE_WHERE_THEY_REPORTED = Check(
    code="service.live_where_they_reported",
    kind="cover",
    statement=_("在册的报到人员都住在接收他们的社区。"),
    cover=Cover(all=placed, missing=living_elsewhere),
)
