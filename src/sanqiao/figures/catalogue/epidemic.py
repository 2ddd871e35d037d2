"""疫情统计: totals of the health authority, as of a day. No case of a person is ever collected."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sanqiao.figures.check import Check
from sanqiao.figures.figure import Figure, Records
from sanqiao.registers.areas.models import in_force
from sanqiao.work.returns.models import ReturnEntry

SINCE = date(2019, 1, 1)
BULLETIN, HEALTH = _("市卫生健康委员会疫情通报（导入）"), _("市卫生健康委员会")
PERSON, CASE = _("人"), _("例")
PATIENTS = _("本市确诊病例，一人一例；只有累计数，不收任何个案")
ENTRY_FIELDS = ("value", "is_part", "line__code", "version__valid_from", "version__valid_to")


def last_reported(*codes: str) -> Records:
    """The last number reported: it speaks of the last day of its period and holds until the next
    return of the same form and area. Corrections replace; totals with parts are not added twice."""
    return Records(
        of=ReturnEntry,
        where=lambda start, as_of: (
            in_force(as_of, start="version__valid_from", end="version__valid_to")
            & Q(version__is_current=True, line__code__in=codes)
        ),
        amount="amount",
        fields=ENTRY_FIELDS,
    )


def reported_within(code: str) -> Records:
    """Numbers of the periods that lie between the two days."""
    return Records(
        of=ReturnEntry,
        where=lambda start, as_of: Q(
            version__is_current=True,
            line__code=code,
            version__period_first__gte=start or date.min,
            version__valid_from__lte=as_of,
        ),
        amount="amount",
        fields=ENTRY_FIELDS,
    )


def split(**sort: bool) -> Records:
    """Stated numbers of confirmed cases where a return splits them by area."""
    return Records(
        of=ReturnEntry,
        where=lambda start, as_of: (
            in_force(as_of, start="version__valid_from", end="version__valid_to")
            & Q(version__is_current=True, line__code="epidemic.confirmed", **sort)
        ),
        amount="value",
        fields=ENTRY_FIELDS,
    )


CONFIRMED = Figure(
    code="returns.confirmed",
    name=_("累计确诊"),
    unit=PERSON,
    kind="reported",
    population=PATIENTS,
    definition=_("截至当日最近一期通报的累计确诊数。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=last_reported("epidemic.confirmed"),
)
CURED = Figure(
    code="returns.cured",
    name=_("累计治愈出院"),
    unit=PERSON,
    kind="reported",
    population=PATIENTS,
    definition=_("截至当日最近一期通报的累计治愈出院数。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=last_reported("epidemic.discharged"),
)
DEATHS = Figure(
    code="returns.deaths",
    name=_("累计病亡"),
    unit=PERSON,
    kind="reported",
    population=PATIENTS,
    definition=_("截至当日最近一期通报的累计病亡数。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=last_reported("epidemic.deaths"),
)
IN_HOSPITAL = Figure(
    code="returns.in_hospital",
    name=_("在院治疗"),
    unit=PERSON,
    kind="reported",
    population=PATIENTS,
    definition=_("截至当日最近一期通报的在院治疗数。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=last_reported("epidemic.in_hospital"),
)
TREATED = Figure(
    code="returns.treated",
    name=_("累计收治"),
    unit=PERSON,
    kind="reported",
    population=PATIENTS,
    definition=_("最近一期通报的治愈出院、在院治疗与病亡之和：收进医院的都在内。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=last_reported("epidemic.discharged", "epidemic.in_hospital", "epidemic.deaths"),
)
CLOSED = Figure(
    code="returns.closed",
    name=_("治愈与病亡合计"),
    unit=PERSON,
    kind="reported",
    population=PATIENTS,
    definition=_("最近一期通报的治愈出院与病亡之和：已有结局的病例。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=last_reported("epidemic.discharged", "epidemic.deaths"),
)
TREATMENT_RATE = Figure(
    code="returns.treatment_rate",
    name=_("救治率"),
    unit="%",
    kind="ratio",
    population=PATIENTS,
    definition=_("累计收治除以累计确诊，乘以一百。与治愈率是两个口径。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    parts=("returns.treated", "returns.confirmed"),
    factor=100,
    decimals=2,
)
CURE_RATE = Figure(
    code="returns.cure_rate",
    name=_("治愈率"),
    unit="%",
    kind="ratio",
    population=PATIENTS,
    definition=_("累计治愈出院除以累计确诊，乘以一百。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    parts=("returns.cured", "returns.confirmed"),
    factor=100,
    decimals=2,
)
FATALITY_RATE = Figure(
    code="returns.fatality_rate",
    name=_("病死率"),
    unit="%",
    kind="ratio",
    population=PATIENTS,
    definition=_("累计病亡除以累计确诊，乘以一百；原文作“死亡率”，分母是病例，不是人口。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    parts=("returns.deaths", "returns.confirmed"),
    factor=100,
    decimals=2,
)
CLOSED_RATE = Figure(
    code="returns.closed_rate",
    name=_("治愈率与病死率之和"),
    unit="%",
    kind="ratio",
    population=PATIENTS,
    definition=_("治愈与病亡合计除以累计确诊，乘以一百；100%即无人在院。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    parts=("returns.closed", "returns.confirmed"),
    factor=100,
    decimals=2,
)
NEW_CONFIRMED = Figure(
    code="returns.new_confirmed",
    name=_("通报的新增确诊"),
    unit=CASE,
    kind="reported",
    timing="flow",
    population=PATIENTS,
    definition=_("期间内各期通报的新增确诊之和；只含已导入的各期。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=reported_within("epidemic.new_confirmed"),
)
NEW_CURED = Figure(
    code="returns.new_cured",
    name=_("通报的新增出院"),
    unit=CASE,
    kind="reported",
    timing="flow",
    population=PATIENTS,
    definition=_("期间内各期通报的新增出院之和；只含已导入的各期。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=reported_within("epidemic.new_discharged"),
)
SPLIT_TOTALS = Figure(
    code="returns.split_totals",
    name=_("有分区划数的累计确诊合计"),
    unit=CASE,
    kind="reported",
    population=PATIENTS,
    definition=_("最近一期通报中，带分区划数的累计确诊的合计原数。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=split(has_parts=True),
)
SPLIT_PARTS = Figure(
    code="returns.split_parts",
    name=_("累计确诊的分区划数"),
    unit=CASE,
    kind="reported",
    population=PATIENTS,
    definition=_("最近一期通报中各区划的累计确诊数；没有分区划数的，空缺。"),
    source=BULLETIN,
    owner=HEALTH,
    since=SINCE,
    records=split(is_part=True),
)


IN_HOSPITAL_ADDS_UP = Check(
    code="returns.in_hospital_adds_up",
    kind="identity",
    relation="R-01",
    statement=_("在院治疗、治愈出院与病亡之和等于累计确诊。"),
    left=("returns.in_hospital", "returns.cured", "returns.deaths"),
    right=("returns.confirmed",),
)
CURED_WITHIN_TREATED = Check(
    code="returns.cured_within_treated",
    kind="subset",
    relation="R-02",
    statement=_("治愈的都在收治之内：救治率与治愈率是两个口径，不能互换。"),
    left=("returns.cured",),
    right=("returns.treated",),
)
TREATED_WITHIN_CONFIRMED = Check(
    code="returns.treated_within_confirmed",
    kind="subset",
    relation="R-02",
    statement=_("收治的不多于确诊的。"),
    left=("returns.treated",),
    right=("returns.confirmed",),
)
SPLIT_ADDS_UP = Check(
    code="returns.split_adds_up",
    kind="identity",
    statement=_("累计确诊的分区划数之和等于所报的合计。"),
    left=("returns.split_parts",),
    right=("returns.split_totals",),
)
CONFIRMED_BY_CHILDREN = Check(
    code="returns.confirmed_by_children",
    kind="children_sum",
    statement=_("下一级的累计确诊与本级未分区划的部分之和等于本级。"),
    left=("returns.confirmed",),
)
