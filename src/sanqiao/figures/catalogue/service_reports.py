"""双报告: half-yearly reports of members and yearly ones of units."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records
from sanqiao.work.service.models import MemberReport, UnitReport

from .service import COPY, ORGANISATION_OFFICE, SINCE

REPORTS = _("双报告台账")


def due(start: date | None, as_of: date) -> Q:
    """Reports of periods that ended in the period."""
    return Q(period_last__gte=start or date.min, period_last__lte=as_of)


MEMBER_REPORTS = Figure(
    code="service.member_reports",
    name=_("应交的个人半年报告"),
    unit=COPY,
    kind="count",
    timing="flow",
    population=_("期末在册的报到人员"),
    definition=_("期间内到期末的各期个人半年报告，由记录生成，每人每期一份。"),
    source=REPORTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(of=MemberReport, where=due, fields=("period_last",)),
)
MEMBER_REPORTS_DONE = Figure(
    code="service.member_reports_done",
    name=_("已完成的个人半年报告"),
    unit=COPY,
    kind="count",
    timing="flow",
    population=_("期末在册的报到人员"),
    definition=_("期间内到期末的各期报告中，本人已确认、社区已签署意见的。"),
    source=REPORTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=MemberReport,
        where=lambda start, as_of: due(start, as_of) & Q(remarked_on__isnull=False),
        fields=("period_last", "confirmed_on", "remarked_on"),
    ),
)
MEMBER_REPORT_RATE = Figure(
    code="service.member_report_rate",
    name=_("个人半年报告完成率"),
    unit="%",
    kind="share",
    timing="flow",
    population=_("期末在册的报到人员"),
    definition=_("已完成的个人半年报告除以应交的个人半年报告，乘以一百。"),
    source=REPORTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("service.member_reports_done", "service.member_reports"),
    factor=100,
    decimals=1,
)
UNIT_REPORTS_DONE = Figure(
    code="service.unit_reports_done",
    name=_("已完成的单位年度报告"),
    unit=COPY,
    kind="count",
    timing="flow",
    population=_("签订包联协议的单位"),
    definition=_("期间内到期末的单位年度报告中，单位已确认、社区已签署意见的。"),
    source=REPORTS,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=UnitReport,
        where=lambda start, as_of: due(start, as_of) & Q(remarked_on__isnull=False),
        fields=("period_last", "confirmed_on", "remarked_on"),
    ),
)


DONE_WITHIN_DUE = Check(
    code="service.done_within_due",
    kind="subset",
    statement=_("已完成的个人半年报告不多于应交的。"),
    left=("service.member_reports_done",),
    right=("service.member_reports",),
)
