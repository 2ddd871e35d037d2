"""填报: who reports, and when."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.figure import Figure, Records
from sanqiao.work.returns.models import Return, ReturnVersion

SINCE = date(2019, 1, 1)
REPORTING, ORGANISATION_OFFICE, SHEET = _("填报台账"), _("市委组织部"), _("份")


def asked(**where: object) -> Records:
    """Returns that fall due between the two days."""
    return Records(
        of=Return,
        where=lambda start, as_of: Q(
            round__due_on__gte=start or date.min, round__due_on__lte=as_of, **where
        ),
        fields=("round__due_on", "filed_on", "is_late"),
    )


def filed(**where: object) -> Records:
    return Records(
        of=Return,
        where=lambda start, as_of: Q(
            round__due_on__gte=start or date.min,
            round__due_on__lte=as_of,
            filed_on__lte=as_of,
            **where,
        ),
        fields=("round__due_on", "filed_on", "is_late"),
    )


ASKED = Figure(
    code="returns.asked",
    name=_("应报"),
    unit=SHEET,
    kind="count",
    timing="flow",
    population=_("布置给各区划的填报任务"),
    definition=_("截止日期在期间内的填报任务。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=asked(),
)
FILED = Figure(
    code="returns.filed",
    name=_("已报"),
    unit=SHEET,
    kind="count",
    timing="flow",
    population=_("布置给各区划的填报任务"),
    definition=_("截止日期在期间内、至期末已报的填报任务，含迟报。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=filed(),
)
ON_TIME = Figure(
    code="returns.on_time",
    name=_("按时报送"),
    unit=SHEET,
    kind="count",
    timing="flow",
    population=_("布置给各区划的填报任务"),
    definition=_("截止日期在期间内、首报不晚于截止时间的填报任务；更正不影响。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=filed(is_late=False),
)
LATE = Figure(
    code="returns.late",
    name=_("迟报"),
    unit=SHEET,
    kind="count",
    timing="flow",
    population=_("布置给各区划的填报任务"),
    definition=_("截止日期在期间内、截止之后才报的填报任务。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=filed(is_late=True),
)
MISSING = Figure(
    code="returns.missing",
    name=_("未报"),
    unit=SHEET,
    kind="difference",
    timing="flow",
    population=_("布置给各区划的填报任务"),
    definition=_("应报减去已报。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("returns.asked", "returns.filed"),
)
COMPLETENESS = Figure(
    code="returns.completeness",
    name=_("报送率"),
    unit="%",
    kind="share",
    timing="flow",
    population=_("布置给各区划的填报任务"),
    definition=_("已报除以应报，乘以一百。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("returns.filed", "returns.asked"),
    factor=100,
    decimals=1,
)
TIMELINESS = Figure(
    code="returns.timeliness",
    name=_("按时报送率"),
    unit="%",
    kind="share",
    timing="flow",
    population=_("布置给各区划的填报任务"),
    definition=_("按时报送除以应报，乘以一百。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    parts=("returns.on_time", "returns.asked"),
    factor=100,
    decimals=1,
)
CORRECTIONS = Figure(
    code="returns.corrections",
    name=_("更正"),
    unit=_("次"),
    kind="count",
    timing="flow",
    population=_("填报的各个版本"),
    definition=_("期间内报送的第二版及以后的版本；更正不是过错，不作考核。"),
    source=REPORTING,
    owner=ORGANISATION_OFFICE,
    since=SINCE,
    records=Records(
        of=ReturnVersion,
        where=lambda start, as_of: Q(
            number__gt=1, filed_on__gte=start or date.min, filed_on__lte=as_of
        ),
        fields=("number", "filed_on"),
    ),
)
