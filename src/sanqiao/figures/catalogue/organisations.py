"""组织: Party organisations, units, owners' committees, village work teams."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import in_force
from sanqiao.registers.organisations.models import Organisation, OwnersCommittee, Unit, WorkTeam

SINCE = date(2019, 1, 1)
REGISTER = _("党组织登记")
ORGANISATION_OFFICE, CIVIL_AFFAIRS = _("市委组织部"), _("市民政局")
PIECE, SEAT = _("个"), _("人")
GRASSROOTS = ("committee", "general_branch", "branch")


def founded(day: date) -> Q:
    return in_force(day, start="founded_on", end="dissolved_on")


ORGANISATIONS = Figure(
    code="organisations.organisations",
    name=_("党组织"),
    unit=PIECE,
    kind="count",
    population=_("登记的党组织"),
    definition=_("截至当日存在的党委、党总支、党支部；临时党支部、功能型党支部和党小组不计。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Organisation,
        where=lambda start, as_of: founded(as_of) & Q(kind__in=GRASSROOTS),
        fields=("kind", "founded_on", "dissolved_on"),
    ),
)
BRANCHES = Figure(
    code="organisations.branches",
    name=_("党支部"),
    unit=PIECE,
    kind="count",
    population=_("登记的党组织"),
    definition=_("截至当日存在的党支部，不含临时党支部和功能型党支部。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Organisation,
        where=lambda start, as_of: founded(as_of) & Q(kind="branch"),
        fields=("kind", "founded_on", "dissolved_on"),
    ),
)
COMPOUND_ORGANISATIONS_FOUNDED = Figure(
    code="organisations.compound_organisations_founded",
    name=_("新建小区党组织"),
    unit=PIECE,
    kind="count",
    timing="flow",
    population=_("设在小区的党支部、党总支"),
    definition=_("期间内成立的小区党支部和小区党总支，以批复的成立日期为准，含期间内又撤销的。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Organisation,
        where=lambda start, as_of: Q(
            setting="compound",
            kind__in=("branch", "general_branch"),
            founded_on__gte=start or date.min,
            founded_on__lte=as_of,
        ),
        fields=("setting", "kind", "founded_on"),
    ),
)
COMPOUND_ORGANISATION_COVER = Figure(
    code="organisations.compound_organisation_cover",
    name=_("新建小区党组织与小区网格之比"),
    unit="%",
    kind="ratio",
    timing="flow",
    population=_("小区网格"),
    definition=_("期间内新建的小区党组织数除以期末小区网格数，乘以一百。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("organisations.compound_organisations_founded", "areas.compound_grids"),
    factor=100,
    decimals=2,
)
UNITS = Figure(
    code="organisations.units",
    name=_("单位"),
    unit=PIECE,
    kind="count",
    population=_("登记的机关、事业单位、企业和村集体经济组织"),
    definition=_("截至当日登记、尚未注销的单位。"),
    source=_("单位登记；统一社会信用代码"),
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Unit,
        where=lambda start, as_of: in_force(as_of),
        fields=("valid_from", "valid_to"),
    ),
)
WORK_TEAMS = Figure(
    code="organisations.work_teams",
    name=_("驻村工作队"),
    unit=_("支"),
    kind="count",
    population=_("派驻村的工作队"),
    definition=_("截至当日已进驻、尚未撤回的驻村工作队。"),
    source=_("驻村工作队台账"),
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=WorkTeam,
        where=lambda start, as_of: in_force(as_of),
        fields=("valid_from", "valid_to"),
    ),
)
OWNERS_COMMITTEES = Figure(
    code="organisations.owners_committees",
    name=_("业主委员会"),
    unit=PIECE,
    kind="count",
    population=_("小区选举的业主委员会"),
    definition=_("截至当日存在的业主委员会。"),
    source=_("业主委员会备案"),
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=Records(
        of=OwnersCommittee,
        where=lambda start, as_of: founded(as_of),
        fields=("founded_on", "dissolved_on"),
    ),
)


def seats(field: str) -> Records:
    return Records(
        of=OwnersCommittee,
        where=lambda start, as_of: founded(as_of),
        amount=field,
        fields=("founded_on", "dissolved_on"),
    )


COMMITTEE_SEATS = Figure(
    code="organisations.committee_seats",
    name=_("业主委员会委员"),
    unit=SEAT,
    kind="sum",
    population=_("截至当日存在的业主委员会的委员"),
    definition=_("各业主委员会委员数之和。"),
    source=_("业主委员会备案"),
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=seats("seats"),
)
COMMITTEE_PARTY_SEATS = Figure(
    code="organisations.committee_party_seats",
    name=_("业主委员会中的党员委员"),
    unit=SEAT,
    kind="sum",
    population=_("截至当日存在的业主委员会的委员"),
    definition=_("各业主委员会党员委员数之和。"),
    source=_("业主委员会备案"),
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    records=seats("party_seats"),
)
COMMITTEE_PARTY_SHARE = Figure(
    code="organisations.committee_party_share",
    name=_("业主委员会党员委员占比"),
    unit="%",
    kind="share",
    population=_("截至当日存在的业主委员会的委员"),
    definition=_("党员委员数除以委员数，乘以一百。"),
    source=_("业主委员会备案"),
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    parts=("organisations.committee_party_seats", "organisations.committee_seats"),
    factor=100,
    decimals=1,
)
MEAN_COMMITTEE_SEATS = Figure(
    code="organisations.mean_committee_seats",
    name=_("每个业主委员会的委员数"),
    unit=_("人/个"),
    kind="mean",
    population=_("截至当日存在的业主委员会"),
    definition=_("委员数除以业主委员会数。"),
    source=_("业主委员会备案"),
    owner=CIVIL_AFFAIRS,
    since=SINCE,
    parts=("organisations.committee_seats", "organisations.owners_committees"),
    decimals=1,
)
TERM_EXPIRED = Figure(
    code="organisations.term_expired",
    name=_("届满未换届的党组织"),
    unit=PIECE,
    kind="count",
    population=_("登记的党组织"),
    definition=_("截至当日存在、届满日期早于当日的党组织。"),
    source=REGISTER,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=Organisation,
        where=lambda start, as_of: founded(as_of) & Q(term_ends_on__lt=as_of),
        fields=("founded_on", "dissolved_on", "term_ends_on"),
    ),
)

BRANCHES_WITHIN = Check(
    code="organisations.branches_within",
    kind="subset",
    statement=_("党支部都在党组织之内。"),
    left=("organisations.branches",),
    right=("organisations.organisations",),
)
PARTY_SEATS_WITHIN = Check(
    code="organisations.party_seats_within",
    kind="subset",
    statement=_("党员委员不多于委员。"),
    left=("organisations.committee_party_seats",),
    right=("organisations.committee_seats",),
)
COMPOUND_COVER = Check(
    code="organisations.compound_cover",
    kind="cross_source",
    relation="R-30",
    statement=_("新建的小区党组织足以覆盖小区网格。"),
    left=("areas.compound_grids",),
    right=("organisations.compound_organisations_founded",),
    flag=True,
    reason=_(
        "小区党组织只覆盖一部分小区网格，四级架构不能只靠小区党组织引领，应与网格党小组一并说明。"
    ),
)
